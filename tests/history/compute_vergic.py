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
        self.look(HOUR, datetime.timezone.utc)

    def look(self, step, zone):
        """Returns what is visible at this interval length on that wall clock: (start, shown from,
        length, values).
        """
        self.kept = {}
        self.seen = [(start, shown(start, length, zone), length, values)
                     for start, length, _, values in self.rows if length <= step]
        self.seen_files = [(start, shown(start, length, zone), length, *columns)
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

    def told(self, whose="queue"):
        """Returns the counters that any file has a column for, of queues or agents; the others are
        unknown.
        """
        told = {ours for _, _, _, mapped, has in self.files if whose in mapped for ours in has}
        return told | {sum for mean, (sum, _) in MEANS.items() if mean in told}

    def covered(self):
        # A figure counts only where its hour or day begins.
        return {(shown_from, shown_from + 1) for _, shown_from, _, _ in self.seen}

    def left_out(self, whose):
        """Returns (start, id, counter) of what is unknown for ids without a row, because no file of
        that time has it.
        """
        everyone = {values[whose] for *_, values in self.rows if values.get(whose)}
        periods = {(start, length): shown_from for start, shown_from, length, *_ in self.seen_files}
        for period, shown_from in periods.items():
            named = {values.get(whose) for start, _, length, values in self.seen if (start, length) == period}
            here = [(mapped, has) for start, _, length, mapped, has in self.seen_files
                    if (start, length) == period and whose in mapped]
            lacking = {ours for mapped, _ in here for ours in mapped} - {ours for _, has in here for ours in has}
            for who in everyone - named:
                for counter in lacking - {"longest_wait", "time"}:
                    yield shown_from, who, MEANS.get(counter, (counter,))[0]

    def booked(self, _count_by):
        for _, start, _, values in self.seen:
            queue = values.get("queue")
            if queue is None:
                continue
            self.queues[queue] = {"name": queue, "enabled": True}
            for counter, cell in values.items():
                if counter in ("queue", "time") or cell == "" or (counter, cell) == ("longest_wait", None):
                    continue
                over = MEANS.get(counter, (None, None))[1]
                if cell is None or over and values[over] is None:
                    yield start, queue, "no " + (MEANS[counter][0] if over else counter), 1
                    continue
                value = float(cell.replace(",", "."))
                if counter in MEANS:
                    counter, over = MEANS[counter]
                    value *= float(values[over] or 0)
                yield start, queue, counter, int(value) if value == int(value) else value
        for start, queue, counter in self.left_out("queue"):
            yield start, queue, "no " + counter, 1

    def agents_booked(self, _count_by):
        for _, start, _, values in self.seen:
            agent = values.get("agent")
            if agent is not None:
                self.agents[agent] = {"name": agent, "enabled": True}
                for counter in ("handled", "transferred", "talk_time", "wrap_up_time"):
                    if values.get(counter):
                        yield start, agent, counter, int(values[counter])
                    elif counter in values and values[counter] is None:
                        yield start, agent, "no " + counter, 1
        for start, agent, counter in self.left_out("agent"):
            yield start, agent, "no " + counter, 1

    def agents_measured(self):
        return []


def shown(start, length, zone):
    """Shows a UTC day as the local day of the same date."""
    if length == HOUR:
        return start
    date = datetime.datetime.fromtimestamp(start, datetime.timezone.utc).date()
    return int(datetime.datetime.combine(date, datetime.time(), zone).timestamp())
