"""Computes the figures of a tree of Vergic's statistics from its files alone. A row has the figures
of one hour or one UTC day; a UTC day's daily file counts only if that day has no hourly file of the
same data set.
"""

import csv
import datetime
import fnmatch
import io
import pathlib

HOUR, DAY = 3600, 86400
MEANS = {"csat": ("csat_sum", "csat_answers"), "average_speed_of_answer": ("wait_time", "answered"),
         "average_talk_time": ("talk_time", "handled"), "average_wrap_up": ("wrap_up_time", "handled")}


class Vergic:
    says_partial = False

    def __init__(self, root, columns, source):
        self.columns, self.source = columns, source
        self.queues, self.agents = {}, {}
        self.rows = []   # (start, length, dataset, {ours: value})
        self.files = []   # (start, length, dataset, ours that it should have, ours that it has)
        for path in sorted(pathlib.Path(root, "Metrics").rglob("*.csv")):
            self._read(path, path.relative_to(pathlib.Path(root, "Metrics")).parts)
        hours = {(dataset, start // DAY) for start, length, dataset, _ in self.rows if length == HOUR}
        is_used = lambda start, length, dataset, *_: length == HOUR or (dataset, start // DAY) not in hours
        self.rows = [row for row in self.rows if is_used(*row)]
        self.files = [file for file in self.files if is_used(*file)]
        self.set_step(HOUR, datetime.timezone.utc)

    def set_step(self, step, zone):
        """Selects what is visible at this interval length on that wall clock: (start, local start,
        length, values).
        """
        self.cache = {}
        self.visible_rows = [(start, to_local_start(start, length, zone), length, values)
                     for start, length, _, values in self.rows if length <= step]
        self.visible_files = [(start, to_local_start(start, length, zone), length, *columns)
                           for start, length, _, *columns in self.files if length <= step]

    def _read(self, path, parts):
        *numbers, _ = parts
        year, month, day, *hour = map(int, numbers)
        start = int(datetime.datetime(year, month, day, *hour, tzinfo=datetime.timezone.utc).timestamp())
        mapping = next((m for pattern, m in self.columns.items() if fnmatch.fnmatchcase(path.stem, pattern)), {})
        text = path.read_bytes().decode("utf-8-sig")
        first = text.split("\n")[0]
        separator = max(",;\t", key=first.count)
        ours = {theirs: ours for ours, theirs in mapping.items()}
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        has = {ours[header] for header in rows.fieldnames if header in ours}
        self.files.append((start, HOUR if hour else DAY, path.stem, set(mapping), has))
        for row in rows:
            values = {ours[header]: cell for header, cell in row.items() if header in ours}
            # What its header lacks is unknown for the ids that it names.
            values |= dict.fromkeys(set(mapping) - set(values))
            self.rows.append((start, HOUR if hour else DAY, path.stem, values))

    def counters(self, kind="queue"):
        """Returns the counters that any file has a column for, of queues or agents; the others are
        unknown.
        """
        counters = {ours for _, _, _, mapped, has in self.files if kind in mapped for ours in has}
        return counters | {sum for mean, (sum, _) in MEANS.items() if mean in counters}

    def coverage(self):
        # A figure counts only where its hour or day begins.
        return {(local_start, local_start + 1) for _, local_start, _, _ in self.visible_rows}

    def unknown_counters(self, kind):
        """Returns (start, id, counter) of what is unknown for ids without a row, because no file of
        that time has it.
        """
        all_ids = {values[kind] for *_, values in self.rows if values.get(kind)}
        periods = {(start, length): local_start for start, local_start, length, *_ in self.visible_files}
        for period, local_start in periods.items():
            listed = {values.get(kind) for start, _, length, values in self.visible_rows if (start, length) == period}
            here = [(mapped, has) for start, _, length, mapped, has in self.visible_files
                    if (start, length) == period and kind in mapped]
            missing = {ours for mapped, _ in here for ours in mapped} - {ours for _, has in here for ours in has}
            for id in all_ids - listed:
                for counter in missing - {"longest_wait", "time"}:
                    yield local_start, id, MEANS.get(counter, (counter,))[0]

    def counts(self, _count_by):
        for _, start, _, values in self.visible_rows:
            queue = values.get("queue")
            if queue is None:
                continue
            self.queues[queue] = {"name": queue, "enabled": True}
            for counter, cell in values.items():
                if counter in ("queue", "time") or cell == "" or (counter, cell) == ("longest_wait", None):
                    continue
                weight = MEANS.get(counter, (None, None))[1]
                if cell is None or weight and values[weight] is None:
                    yield start, queue, "no " + (MEANS[counter][0] if weight else counter), 1
                    continue
                value = float(cell.replace(",", "."))
                if counter in MEANS:
                    counter, weight = MEANS[counter]
                    value *= float(values[weight] or 0)
                yield start, queue, counter, int(value) if value == int(value) else value
        for start, queue, counter in self.unknown_counters("queue"):
            yield start, queue, "no " + counter, 1

    def agent_counts(self, _count_by):
        for _, start, _, values in self.visible_rows:
            agent = values.get("agent")
            if agent is not None:
                self.agents[agent] = {"name": agent, "enabled": True}
                for counter in ("handled", "transferred", "talk_time", "wrap_up_time"):
                    if values.get(counter):
                        yield start, agent, counter, int(values[counter])
                    elif counter in values and values[counter] is None:
                        yield start, agent, "no " + counter, 1
        for start, agent, counter in self.unknown_counters("agent"):
            yield start, agent, "no " + counter, 1

    def agent_times(self):
        return []

    def staffing(self):
        return []


def to_local_start(start, length, zone):
    """Shows a UTC day as the local day of the same date."""
    if length == HOUR:
        return start
    date = datetime.datetime.fromtimestamp(start, datetime.timezone.utc).date()
    return int(datetime.datetime.combine(date, datetime.time(), zone).timestamp())
