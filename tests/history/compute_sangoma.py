"""Computes the figures of a Sangoma export from its files alone: contacts, surveys and agents'
time, each assigned to a quarter of an hour by the rules. compute.py lists the decisions where the
brief leaves rules open.
"""

import collections
import csv
import datetime
import pathlib
import re
import types
import zoneinfo

from containers import fields

QUARTER, WEEK = 900, 7 * 86400
TRUE, FALSE = {"true", "t", "1", "yes", "y", "on"}, {"false", "f", "0", "no", "n", "off"}
KINDS = ("not_ready", "talk", "wrap_up", "ringing", "other")

Contact = collections.namedtuple(
    "Contact", "id queue agent join connect leave outcome wait talk wrap_up ended transferred uuid row")


class Export:
    """The files, read once."""

    def __init__(self, root, tenant=None):
        self.root = pathlib.Path(root)
        self.rejected_rows = []
        self.rows_by_container = {}
        folders = sorted(p for p in self.root.glob("CCAAS/*/*-*-[FD]") if p.is_dir())
        self.files = collections.defaultdict(list)
        for folder in folders:
            number, container, _ = folder.name.split("-")
            if tenant is None or number == str(tenant):
                # By name: the file of the later day is the later file.
                self.files[container] += sorted(folder.glob("*.csv"))

    def rows(self, container):
        """Returns rows by record id; the later file (within a file, the later line) wins."""
        if container not in self.rows_by_container:
            key = normalize_header(next(name for name, _, _ in fields(container)))
            rows = (row for path in self.files[container] for row in self._read(path, container))
            self.rows_by_container[container] = {row[key]: row for row in rows}
        return self.rows_by_container[container].values()

    def find_rejected_rows(self):
        """Returns every malformed row of every container: file, line, reason."""
        for container in list(self.files):
            self.rows(container)
        return self.rejected_rows

    def counts(self):
        """Counts each container's well-formed rows. Duplicates count twice."""
        return {container: sum(1 for path in paths for _ in self._read(path, container))
                for container, paths in self.files.items()}

    def days(self):
        """Returns the dates that have a file of queue calls."""
        return sorted(datetime.datetime.strptime(p.name[:8], "%Y%m%d").date() for p in self.files["Queue_Call"])

    def _read(self, path, container):
        kinds = {normalize_header(name): kind for name, kind, _ in fields(container)}
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
        reader = csv.reader(keep_ends(text), strict=True)
        header = [normalize_header(name) for name in next(reader)]
        line = reader.line_num + 1
        for cells in reader:
            fault, row = parse_row(cells, header, kinds)
            if not fault and container == "Queue_Call":
                fault = find_time_fault(row)
            if fault:
                self.rejected_rows.append((path.relative_to(self.root).as_posix(), line, fault))
            else:
                yield row
            line = reader.line_num + 1


def keep_ends(text):
    """Splits lines as an editor counts them: by line feeds alone."""
    return (line for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text))


def normalize_header(name):
    """Normalizes a header: no case, no outer spaces, none of the guide's odd spellings."""
    name = name.strip().lower()
    name = {"reason_id (pause_code_id)": "pause_code_id", "reason_id": "pause_code_id"}.get(name, name)
    return name.replace(" ", "_")


def parse_row(cells, header, kinds):
    """Returns (error, row by name)."""
    if any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
        return "invalid UTF-8", None
    if len(cells) < len(header):
        return "few columns", None
    if len(cells) > len(header):
        return "many columns", None
    row = collections.defaultdict(lambda: None)
    for name, cell in zip(header, cells):
        kind = kinds.get(name)
        if kind in ("i", "t"):
            if cell and not re.fullmatch(r"-?[0-9]+", cell):
                return "number", None
            row[name] = int(cell) if cell else None
            if kind == "t" and row[name] == 0:
                row[name] = None
        elif kind == "b" and cell:
            if cell.lower() not in TRUE | FALSE:
                return "boolean", None
            row[name] = cell.lower() in TRUE
        elif kind == "s":
            row[name] = cell
    return None, row


def find_time_fault(row):
    if row["time_join"] is None:
        return "no time_join"
    left = row["time_connect"] if row["time_connect"] is not None else row["time_leave"]
    if left is not None and left < row["time_join"]:
        return "negative wait"
    return None


class Sangoma:
    """Returns all figures of an export. `settings`: end_by (end reason text → meaning), targets
    ([(queue pattern, target)]).
    """

    # A bucket with missing files is marked.
    says_partial = True

    def __init__(self, export, file_zone="America/New_York", end_by=None, targets=None, source="sangoma"):
        self.export, self.zone, self.source = export, zoneinfo.ZoneInfo(file_zone), source
        self.end_by = {normalize_wording(wording): meaning for wording, meaning in (end_by or {}).items()}
        self.targets, self.cache = targets or {}, {}
        self.queues = {row["queue_id"]: row for row in export.rows("Queue_Details")}
        self.agents = {row["agent_id"]: row for row in export.rows("Agent_Details")}
        self.contacts = list(self._contacts())
        self.surveys = list(self._surveys())

    # Imported data

    def set_step(self, _step, _zone):
        """Contacts have exact times: any interval and zone works."""

    def counters(self, _kind=None):
        """Returns the known counters: all."""
        return None

    def coverage(self):
        """Returns half-open time spans with known figures: the days that have a file."""
        for day in self.export.days():
            start, end = (datetime.datetime.combine(d, datetime.time(), self.zone).timestamp()
                          for d in (day, day + datetime.timedelta(days=1)))
            yield int(start), int(end)

    # Contacts

    def _contacts(self):
        wordings = {row["queue_call_end_by_id"]: row["end_by"] for row in self.export.rows("Queue_Call_End_By")}
        acws = {row["agent_acw_id"]: row for row in self.export.rows("Agent_ACW")}
        ends = {}
        for row in self.export.rows("Call_Details"):
            if row["end_time"] is not None:
                ends[row["uuid"]] = max(ends.get(row["uuid"], 0), row["end_time"])
        for row in self.export.rows("Queue_Call"):
            join, connect, leave = row["time_join"], row["time_connect"], row["time_leave"]
            wording = wordings.get(row["queue_call_end_by_id"]) or ""
            meaning = self.end_by.get(normalize_wording(wording))
            transferred, talk, wrap_up, ended = False, None, None, None
            if connect is not None:
                outcome, wait = "answered", connect - join
                transferred = meaning == "transferred" or (meaning is None and "transfer" in wording.lower())
                end = leave if leave not in (None, connect) else ends.get(row["uuid"])
                talk = end - connect if end is not None and end >= connect else None
                acw = acws.get(row["acw_id"]) if row["acw_id"] else None
                if acw and None not in (acw["time_start"], acw["time_end"]) and acw["time_end"] >= acw["time_start"]:
                    wrap_up, ended = acw["time_end"] - acw["time_start"], acw["time_end"]
                ended = ended if ended is not None else connect + (talk or 0)
            elif leave is not None:
                wait = leave - join
                is_abandon = meaning == "abandoned" or (meaning is None and "abandon" in wording.lower())
                short = self.target(row["queue_id"])["short_abandon"]
                outcome = ("short_abandoned" if wait < short else "abandoned") if is_abandon else "flow_out"
            else:
                outcome, wait = "waiting", None
            yield Contact(row["queue_call_id"], row["queue_id"], row["agent_id"], join, connect, leave, outcome,
                          wait, talk, wrap_up, ended, transferred, row["uuid"], row)

    def target(self, queue):
        """Returns a queue's thresholds in seconds and percent."""
        default = {"answer_within": 20, "short_abandon": 5} | self.targets.get("*", {})
        named = self.targets.get(f"{self.source}/{queue}")
        if named is not None:
            return default | named
        details = self.queues.get(queue) or {}
        short = details.get("abandoned_threshold")
        return {"answer_within": details.get("sla_wait") or default["answer_within"],
                "short_abandon": default["short_abandon"] if short is None else short}

    def talk_limit(self, queue):
        return (self.queues.get(queue) or {}).get("sla_duration") or None

    def counts(self, count_by):
        """Yields (instant, queue, counter, amount)."""
        for c in self.contacts:
            at_join = lambda moment: c.join if count_by == "start" else moment
            within = c.wait is not None and c.wait <= self.target(c.queue)["answer_within"]
            yield c.join, c.queue, "offered", 1
            if c.outcome == "waiting":
                if count_by == "start":
                    yield c.join, c.queue, "waiting_late", 1
                continue
            at = at_join(c.connect if c.outcome == "answered" else c.leave)
            counter = {"flow_out": "flow_outs"}.get(c.outcome, c.outcome)
            yield at, c.queue, counter, 1
            yield at, c.queue, "longest_wait", c.wait
            if c.outcome in ("answered", "abandoned"):
                yield at, c.queue, (c.outcome, c.wait), 1
            if within and c.outcome in ("answered", "abandoned"):
                yield at, c.queue, f"{c.outcome}_within", 1
            if c.outcome != "answered":
                continue
            yield at, c.queue, "wait_time", c.wait
            at = at_join(c.ended)
            if c.transferred:
                yield at, c.queue, "transferred", 1
            if c.talk is not None:
                yield at, c.queue, "handled", 1
                yield at, c.queue, "talk_time", c.talk
                yield at, c.queue, "wrap_up_time", c.wrap_up or 0
                limit = self.talk_limit(c.queue)
                if limit:
                    yield at, c.queue, "talks_limited", 1
                    yield at, c.queue, "talks_within", int(c.talk <= limit)
        for survey, contact in self.surveys:
            at = contact.join if contact and count_by == "start" else survey["created_at"]
            csat, nps = survey["csat_score"], survey["nps_score"]
            yield at, survey["queue_id"], "surveys", 1
            if csat is not None and 1 <= csat <= 5:
                yield at, survey["queue_id"], "csat_answers", 1
                yield at, survey["queue_id"], "csat_sum", csat
                yield at, survey["queue_id"], "csat_top", int(csat >= 4)
            if nps is not None and 0 <= nps <= 10:
                yield at, survey["queue_id"], "nps_answers", 1
                yield at, survey["queue_id"], "promoters", int(nps >= 9)
                yield at, survey["queue_id"], "detractors", int(nps <= 6)
            enterprise = survey["nps_enterprise_score"]
            if enterprise is not None and 0 <= enterprise <= 10:
                yield at, survey["queue_id"], "enterprise_answers", 1
                yield at, survey["queue_id"], "enterprise_balance", int(enterprise >= 9) - int(enterprise <= 6)

    def _surveys(self):
        """Yields each survey with the contact that it's about, or None."""
        legs = collections.defaultdict(list)
        for contact in self.contacts:
            legs[contact.uuid, contact.queue].append(contact)
        for row in self.export.rows("Queue_Call_Survey"):
            before = [c for c in legs[row["uuid"], row["queue_id"]] if 0 <= row["created_at"] - c.join <= WEEK]
            yield row, max(before, key=lambda c: (c.join, c.id), default=None)

    def breakdown(self, by):
        """Yields (instant, id, amount) of contacts by reason, issue, type or end."""
        if by == "logoff_reason":
            for row in self.export.rows("Agent_Login"):
                since, until = row["time_logged_in"], row["time_logged_off"]
                if row["logoff_reason_id"] and row["agent_id"] and None not in (since, until) and since <= until:
                    yield types.SimpleNamespace(join=until, queue=None), row["logoff_reason_id"]
            return
        if by in ("exit_key", "number"):
            numbers = {row["uuid"]: row["did_number"].strip() for row in self.export.rows("Call_Details")
                       if row["end_time"] is not None and (row["did_number"] or "").strip()}
            for contact in self.contacts:
                id = (contact.row["exit_key"] or "").strip() if by == "exit_key" else numbers.get(contact.uuid)
                if id:
                    yield contact, id
            return
        issues = collections.defaultdict(list)
        if by == "issue":
            for row in self.export.rows("Call_Issue_Queue_Call"):
                issues[row["queue_call_id"]].append(row["call_issue_id"])
        column = {"reason": "call_reason_id", "type": "call_type_id", "end_by": "queue_call_end_by_id"}.get(by)
        for contact in self.contacts:
            for id in issues[contact.id] if by == "issue" else [contact.row[column]]:
                if id:
                    yield contact, id

    def groups(self, by):
        """Returns the members of the export's own groups."""
        container, group, member = {"queue_group": ("Queue_Group_Queues", "queue_group_id", "queue_id"),
                                    "agent_group": ("Agent_Group", "agent_group_id", "agent_id")}[by]
        found = collections.defaultdict(set)
        for path in self.export.files[container]:
            for row in self.export._read(path, container):
                found[row[group]].add(row[member])
        return found

    def names_of(self, by):
        if by in ("exit_key", "number"):
            return {}
        container, id, name = {
            "reason": ("Call_Reason", "call_reason_id", "description"),
            "issue": ("Call_Issue", "call_issue_id", "description"),
            "type": ("Call_Type", "call_type_id", "call_type"),
            "end_by": ("Queue_Call_End_By", "queue_call_end_by_id", "end_by"),
            "logoff_reason": ("Agent_Logoff_Reason", "logoff_reason_id", "description")}[by]
        return {row[id]: row[name] for row in self.export.rows(container)}

    # Agents

    def agent_counts(self, count_by):
        """Yields (instant, agent, counter, amount) of what is counted, not measured."""
        for c in self.contacts:
            if c.outcome != "answered" or not c.agent:
                continue
            at = c.join if count_by == "start" else c.ended
            if c.talk is not None:
                yield at, c.agent, "handled", 1
            if c.transferred:
                yield at, c.agent, "transferred", 1
        for row in self.export.rows("Call_Attempt"):
            if row["no_answer_reason"] and row["start_time"] is not None:
                yield row["start_time"], row["agent_id"], "missed", 1

    def handled(self, count_by, queue):
        """Yields (instant, agent, counter, amount) of the calls that agents handled in a queue."""
        for c in self.contacts:
            if c.outcome != "answered" or not c.agent or str(c.queue) != queue:
                continue
            at = c.join if count_by == "start" else c.ended
            if c.talk is not None:
                yield at, c.agent, "handled", 1
                yield at, c.agent, "talk_time", c.talk
                yield at, c.agent, "wrap_up_time", c.wrap_up or 0
            if c.transferred:
                yield at, c.agent, "transferred", 1

    def spans(self):
        """Returns {agent: {kind: [(from, to)]}}; not_ready is also by pause code."""
        found = collections.defaultdict(lambda: collections.defaultdict(list))

        def add(agent, kind, since, until):
            if agent and since is not None and until is not None and since < until:
                found[agent][kind].append((since, until))

        logins = collections.defaultdict(list)
        for row in self.export.rows("Agent_Login"):
            since, until = row["time_logged_in"], row["time_logged_off"]
            add(row["agent_id"], "logged_in", since, until)
            if since is not None and until is not None:
                logins[row["extension"]].append((since, until, row["agent_id"]))
        for row in self.export.rows("Agent_Pause"):
            add(row["agent_id"], "not_ready", row["time_start"], row["time_end"])
            add(row["agent_id"], ("pause", row["pause_code_id"] or 0), row["time_start"], row["time_end"])
        for c in self.contacts:
            if c.talk is not None:
                add(c.agent, "talk", c.connect, c.connect + c.talk)
        for row in self.export.rows("Agent_ACW"):
            add(row["agent_id"], "wrap_up", row["time_start"], row["time_end"])
        for row in self.export.rows("Call_Attempt"):
            add(row["agent_id"], "ringing", row["start_time"], row["end_time"])
        queued = {c.uuid for c in self.contacts}
        for row in self.export.rows("Call_Details"):
            answer, end = row["answer_time"], row["end_time"]
            if answer is None or end is None or row["uuid"] in queued:
                continue
            for number in {row["callerid_number"], row["destination_number"]} - {""}:
                for agent in {a for since, until, a in logins.get(number, []) if since <= answer < until}:
                    add(agent, "other", answer, end)
        return found

    def agent_times(self):
        """Yields (quarter, agent, counter, seconds)."""
        for agent, kinds in self.spans().items():
            quarters = {kind: cut(spans) for kind, spans in kinds.items()}
            for quarter in sorted(set().union(*quarters.values())):
                here = {kind: cuts.get(quarter, []) for kind, cuts in quarters.items()}
                one = lambda *names: [span for name in names for span in here.get(name, [])]
                busy, unavailable = one("talk", "wrap_up", "other"), one(*KINDS)
                yield quarter, agent, "logged_in_time", measure(one("logged_in"))
                yield quarter, agent, "talk_time", measure(one("talk"))
                yield quarter, agent, "wrap_up_time", measure(one("wrap_up"))
                yield quarter, agent, "other_calls", measure(one("other"))
                yield quarter, agent, "busy", measure(busy)
                yield quarter, agent, "engaged", measure(busy + one("ringing"))
                yield quarter, agent, "ready_time", measure(one("logged_in") + unavailable) - measure(unavailable)
                for kind in here:
                    # Only while signed in: of a session without its row, neither is known.
                    seconds = overlap(here[kind], one("logged_in")) if isinstance(kind, tuple) else 0
                    if seconds:
                        yield quarter, agent, kind, seconds


    def staffing(self):
        """Yields (quarter, queue or "site", counter, seconds) of the agents who were signed in."""
        for quarter, agent, counter, seconds in self.agent_times():
            if counter in ("logged_in_time", "ready_time", "busy", "engaged"):
                yield quarter, "site", counter, seconds
        logins = {row["agent_login_id"]: row for row in self.export.rows("Agent_Login")
                  if None not in (row["time_logged_in"], row["time_logged_off"])
                  and row["time_logged_in"] <= row["time_logged_off"]}
        in_queue = collections.defaultdict(list)
        for row in self.export.rows("Agent_Login_Queue"):
            login = logins.get(row["agent_login_id"])
            if login and row["queue_id"] is not None and login["agent_id"] is not None:
                in_queue[row["queue_id"], login["agent_id"]].append((login["time_logged_in"], login["time_logged_off"]))
        kinds_of = self.spans()
        cuts = {agent: {kind: cut(spans) for kind, spans in kinds.items()} for agent, kinds in kinds_of.items()}
        for (queue, agent), spans in in_queue.items():
            for quarter, here in cut(spans).items():
                one = lambda *names: [span for name in names for span in cuts[agent].get(name, {}).get(quarter, [])]
                unavailable = one(*KINDS)
                yield quarter, queue, "logged_in_time", measure(here)
                yield quarter, queue, "ready_time", measure(here + unavailable) - measure(unavailable)
                yield quarter, queue, "busy", overlap(here, one("talk", "wrap_up", "other"))
                yield quarter, queue, "engaged", overlap(here, one("talk", "wrap_up", "other", "ringing"))


def cut(spans):
    """Returns {quarter: the spans within it}."""
    pieces = collections.defaultdict(list)
    for since, until in spans:
        quarter = since - since % QUARTER
        while quarter < until:
            pieces[quarter].append((max(since, quarter), min(until, quarter + QUARTER)))
            quarter += QUARTER
    return pieces


def measure(spans):
    """Returns seconds covered; overlaps count once."""
    total, reached = 0, float("-inf")
    for since, until in sorted(spans):
        total += max(0, until - max(since, reached))
        reached = max(reached, until)
    return total


def overlap(these, those):
    """Returns seconds covered by both."""
    return measure(these) + measure(those) - measure(these + those)


def normalize_wording(wording):
    """Normalizes an end reason: case and outer spaces don't matter."""
    return wording.strip().lower()
