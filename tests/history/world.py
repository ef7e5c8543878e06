"""The contact center behind a generated export: who calls, who answers, and the resulting rows.

Simple but plausible: calls arrive by the hour of the day, the first available agent answers, and
contacts that wait too long leave. Edge cases occur on purpose: waits of exactly a threshold, talk
that ends on the quarter of an hour, queue legs over midnight and over a clock change.
"""

import itertools
import math

from containers import FACTS

HOURS = [2, 1, 1, 1, 1, 2, 6, 12, 22, 28, 30, 28, 24, 26, 27, 25, 22, 18, 14, 10, 8, 7, 6, 8]
QUEUE_NAMES = [
    "Sales", "Support, 1st line", 'The "Gold" queue', "Kundendienst für Straßenfahrzeugzulassungsangelegenheiten",
    "技術サポート（夜間）", "=SUM(A1:A9)", " Leading and trailing ", "+46 desk", "-20 % campaign", "@night",
    "Línea\nde dos", "“Curly” and ‘quotes’", "דלפק", "Q13",
]
FIRST = ["Åsa", "Jürgen", "María José", "王秀英", "O'Brien", "Anne-Sofie", "김민수", "Zoë", "Đặng", "\"Mac\""]
LAST = ["Öberg", "von der Donaudampfschifffahrtsgesellschaft", "Núñez", "佐藤", "Smith, Jr.", " Blank ", "=cmd()", "Łukasiewicz"]
CALLERS = ["ANONYMOUS", "Müller, Hans", 'Bob "B" Lee', "田中", "=HYPERLINK(1)", "+1 call", "-", "@x", "a\r\nb", " spaced ", "“Q”"]
SLA = [(20, 80, 300, 5), (30, 90, 0, 0), (0, 0, 600, 10), (15, 85, None, None), (None, None, 120, 3), (60, 70, 1, 60)]
END_BY = {
    1: "Agent hung up", 2: "Caller Abandoned", 3: "ABANDON (timeout)", 4: "Timeout", 5: "Exit key pressed",
    6: "Blind Transfer", 7: "transferred to agent", 8: "Hangup", 9: "Anrufer hat aufgelegt – „zu lang“",
    10: "Abandoned, callback requested", 11: "Weiterleitung", 12: "Conference (no transfer)", 13: "Caller hung up",
}
ANSWER_ENDS, TRANSFER_ENDS = (1, 1, 13, 13, 12, 8), (6, 7, 11)
ABANDON_ENDS, OVERFLOW_ENDS = (2, 2, 3, 8, 9), (4, 5, 10, 99, None)
PAUSES = {1: ("Lunch", False, False), 2: ("Coaching, 1:1", True, False), 3: ("Pause café", False, False),
          4: ("=System", True, True)}
NO_ANSWER = ["RINGNOANSWER", 'Agent "busy", rejected', "declined"]
QUARTER, DAY = 900, 86400


class World:
    def __init__(self, args, rng):
        self.args, self.rng = args, rng
        self.is_plain = args.plain
        self.queues = list(range(1, args.queues + 1))
        self.agents = list(range(101, 101 + args.agents))
        self.ids = {container: itertools.count(1) for container in FACTS}
        per_agent = min(3, args.queues)
        self.serves = {agent: [self.queues[(n + k) % args.queues] for k in range(per_agent)]
                       for n, agent in enumerate(self.agents)}
        self.members = {q: [a for a in self.agents if q in self.serves[a]] for q in self.queues}
        self.free_at = dict.fromkeys(self.agents, 0)
        self.sequence = 0
        self.uuid = ""

    # The day

    def day(self, start, end):
        """Yields (container, instant at which the row is closed, row) of what begins in [start, end)."""
        shifts = self._shifts(start, end)
        yield from self._logins(shifts)
        rng = self.rng
        joins = sorted(start + int((hour + rng.random()) * (end - start) / 24)
                       for hour in rng.choices(range(24), HOURS, k=self.args.calls_per_day))
        rows = itertools.chain.from_iterable(self._call(join, shifts) for join in joins)
        if self.is_plain:
            yield from rows
        else:
            yield from self._repeat_exports(rows)
        yield from self._other_calls(shifts)

    def _shifts(self, start, end):
        """Returns {agent: (from, to, extension)} of the day; one in six works over midnight."""
        shifts = {}
        for number, agent in enumerate(self.agents):
            if self.rng.random() < 0.15:
                continue
            begin = start + (20 * 3600 if number % 6 == 5 else 6 * 3600 + (number * 37 % 19) * 1800)
            begin += self.rng.randrange(-300, 300)
            length = 8 * 3600 + self.rng.randrange(-600, 600)
            shifts[agent] = (begin, begin + length, str(200 + number))
        return shifts

    def _logins(self, shifts):
        rng = self.rng
        for agent, (begin, end, extension) in shifts.items():
            # Occasionally the connection drops, or somebody is signed in twice.
            drop = begin + (end - begin) // 2 + rng.randrange(-600, 600) if rng.random() < 0.2 else None
            for since, until in [(begin, end)] if drop is None else [(begin, drop), (drop - rng.randrange(-200, 200), end)]:
                login = next(self.ids["Agent_Login"])
                whole = (login, agent, since, until, extension, rng.choice([1, 2, None]))
                open_rate = 0 if self.is_plain else rng.random()
                if 0 < open_rate < 0.15:
                    yield "Agent_Login", since, (login, agent, since, None, extension, None)
                if not 0 < open_rate < 0.05:
                    yield "Agent_Login", until, whole
                for queue in self.serves[agent]:
                    yield "Agent_Login_Queue", until, (next(self.ids["Agent_Login_Queue"]), queue, login)
            for _ in range(rng.randrange(2, 5)):
                since = begin + rng.randrange(0, end - begin - 900)
                since -= since % QUARTER if rng.random() < 0.2 else 0
                until = since + rng.choice([300, 900, 1800, rng.randrange(20, 3600)])
                code = rng.choice([1, 1, 2, 3, 4, None])
                stays_open = not self.is_plain and rng.random() < 0.03
                row = (next(self.ids["Agent_Pause"]), agent, login, since, None if stays_open else until, code)
                yield "Agent_Pause", until, row

    def _repeat_exports(self, rows):
        """Exports some rows again with the same id: unchanged, or corrected."""
        rng = self.rng
        for container, at, row in rows:
            yield container, at, row
            if rng.random() < 0.01:
                if container == "Queue_Call":
                    # The reason was corrected afterwards; the figures must follow.
                    row = (*row[:4], rng.choice([1, 2, 3]), *row[5:])
                yield container, at + DAY * rng.choice([0, 1, 1, 2]), row

    # One call

    def _call(self, join, shifts):
        rng = self.rng
        if rng.random() < 0.04:
            join -= join % QUARTER + rng.choice([0, 0, 1])
        self.sequence += 1
        # A space is part of its field: this is a different call from the one before.
        with_space = not self.is_plain and self.uuid and rng.random() < 0.005 and not self.uuid.endswith(" ")
        uuid = self.uuid = self.uuid + " " if with_space else f"{join}.{self.sequence}"
        caller = f"+4670{rng.randrange(10**7):07}"
        queue = self._queue()
        started, first_answer, last = join - rng.randrange(0, 30), None, join
        for hop in range(2):
            rows, connected, left, is_transfer = self._queue_leg(queue, join, uuid, caller, shifts, hop)
            yield from rows
            first_answer = first_answer or connected
            last = max(last, left)
            if not is_transfer:
                break
            queue, join = rng.choice(self.queues), left
        name = "CALLER" if self.is_plain else rng.choice(CALLERS)
        yield "Call_Details", last, (
            next(self.ids["Call_Details"]), name, caller, str(3000 + queue), "incoming", "ulaw", started,
            first_answer, last, last - started, "ANSWERED" if first_answer else "NO ANSWER", "trunk-1", f"+46812{queue:04}", uuid)
        if first_answer and rng.random() < 0.9:
            yield "Recording", last, (
                next(self.ids["Recording"]), uuid, f"s3://recordings/{self.sequence}.wav", "pcm", (last - first_answer) * 1000,
                (last - first_answer) * 16000, 1, 8000, 128, f"{self.sequence:032x}", "s3", last, last + 60)

    def _queue(self):
        # The first queues are busier; one that no dimension names occurs now and then.
        if not self.is_plain and self.rng.random() < 0.005:
            return 9999
        return self.queues[int(len(self.queues) * self.rng.random() ** 1.3)]

    def _queue_leg(self, queue, join, uuid, caller, shifts, hop):
        """Creates one contact: its rows, when it was answered and left, and whether it continues in
        another queue.
        """
        rng, ids = self.rng, self.ids
        threshold, _, limit, short = SLA[queue % len(SLA)]
        patience = 2 + int(rng.expovariate(1 / 180))
        edge = rng.random()
        if edge < 0.1:
            patience = (short or 5) + rng.choice([-1, 0, 1])
        picks = self.members.get(queue) or self.agents
        picks = [a for a in rng.choices(picks, k=16) if a in shifts and shifts[a][0] <= join < shifts[a][1]]
        agent = min(picks, key=self.free_at.__getitem__, default=None)
        connect = None
        if agent is not None:
            connect = max(join + 2 + int(rng.expovariate(1 / 9)), self.free_at[agent] + 1)
            if edge > 0.93:
                connect = max(connect, join + (threshold or 20) + rng.choice([-1, 0, 1]))
            if rng.random() < 0.01:
                connect = join
            if connect - join > patience:
                connect = None
        call_id = next(ids["Queue_Call"])
        reason = rng.choice([1, 2, 2, 3, None])
        if connect is None:
            rows = self._unanswered(call_id, queue, join, patience, uuid, caller, reason)
            return rows, None, join + patience, False

        rows = []
        talk = max(1, int(math.exp(rng.gauss(5, 0.9))))
        if limit and rng.random() < 0.05:
            talk = limit + rng.choice([-1, 0, 1])
        end = connect + talk
        if rng.random() < 0.02:
            end += QUARTER - end % QUARTER
        if connect - join > 20 and rng.random() < 0.3:
            missing = rng.choice(self.members.get(queue) or self.agents)
            rows.append(("Call_Attempt", join + 17, (
                next(ids["Call_Attempt"]), missing, caller, uuid, queue, join + 1,
                None if not self.is_plain and rng.random() < 0.05 else join + 17, rng.choice(NO_ANSWER) if not self.is_plain else "RINGNOANSWER")))
        rows.append(("Call_Attempt", connect, (
            next(ids["Call_Attempt"]), agent, caller, uuid, queue, max(join, connect - rng.randrange(2, 12)), connect, "")))

        acw_id, free = None, end
        if rng.random() < 0.85:
            acw_id = next(ids["Agent_ACW"])
            free = end + rng.randrange(0, 120) if rng.random() < 0.9 else end + 900
            closed = free + (DAY if rng.random() < 0.1 else 0)
            never = not self.is_plain and rng.random() < 0.01
            rows.append(("Agent_ACW", closed, (acw_id, agent, end, None if never else free, uuid)))
        self.free_at[agent] = free
        is_transfer = hop == 0 and rng.random() < 0.06
        draw = rng.random()
        leave = end if draw < 0.7 or draw > 0.95 else connect if draw < 0.9 else None
        if is_transfer:
            leave = connect if draw > 0.8 else end
        end_by = rng.choice(TRANSFER_ENDS if is_transfer else ANSWER_ENDS)
        extension = shifts[agent][2]
        row = (call_id, queue, agent, extension, reason, end_by, None, join, connect, leave,
               rng.choice([1, 2]), caller, uuid, str(3000 + queue), acw_id)
        rows += self._close(row, end)
        rows += self._results(call_id, queue, uuid, end)
        return rows, connect, end, is_transfer

    def _unanswered(self, call_id, queue, join, patience, uuid, caller, reason):
        rng = self.rng
        leave = join + patience
        is_overflow = patience > 240 or rng.random() < 0.15
        end_by = rng.choice(OVERFLOW_ENDS if is_overflow else ABANDON_ENDS)
        if self.is_plain:
            end_by = 4 if is_overflow else 2
        row = (call_id, queue, None, "", reason, end_by, "1" if end_by == 5 else None, join, None, leave,
               rng.choice([1, 2]), caller, uuid, str(3000 + queue), None)
        return self._close(row, leave)

    def _close(self, row, end):
        """Closes a row; a few are exported while still open, and a few never close."""
        draw = 1 if self.is_plain else self.rng.random()
        as_open = (*row[:2], None, "", None, None, None, row[7], None, None, *row[10:14], None)
        if draw < 0.003:
            return [("Queue_Call", row[7], as_open)]
        if draw < 0.01:
            return [("Queue_Call", row[7], as_open), ("Queue_Call", end + DAY, row)]
        return [("Queue_Call", end, row)]

    def _results(self, call_id, queue, uuid, end):
        """Adds the results of an answered contact: a known caller, issues, a survey."""
        rng, ids = self.rng, self.ids
        if rng.random() < 0.3:
            yield "Queue_Call_Contact", end, (next(ids["Queue_Call_Contact"]), call_id, rng.randrange(1, 200))
        for issue in rng.sample([1, 2, 3, 4], rng.choice([0, 1, 1, 1, 2])):
            yield "Call_Issue_Queue_Call", end, (next(ids["Call_Issue_Queue_Call"]), call_id, issue)
        if rng.random() < 0.1:
            at = end + rng.randrange(20, 900)
            draw = rng.random()
            if draw < 0.15:
                at += DAY * rng.randrange(1, 6)
            elif draw < 0.2:
                at += DAY * 8
            elif draw < 0.25:
                uuid = f"lost-{uuid}"
            csat = rng.choice([1, 2, 3, 4, 4, 5, 5, 0, None]) if rng.random() < 0.97 else rng.choice([6, -1, 11])
            nps = rng.choice([0, 1, 5, 6, 7, 8, 9, 10, 10, None]) if rng.random() < 0.97 else rng.choice([11, -1])
            yield "Queue_Call_Survey", at, (next(ids["Queue_Call_Survey"]), uuid, csat, nps, at, queue, rng.choice([None, 2, 7, 9]))

    def _other_calls(self, shifts):
        """Creates an extension's calls that never queued: outbound, inbound, internal, unanswered.
        """
        rng = self.rng
        for agent, (begin, end, extension) in shifts.items():
            for _ in range(rng.randrange(0, 4)):
                start = rng.randrange(begin - 600, end)
                answer = None if rng.random() < 0.2 else start + rng.randrange(0, 20)
                over = (answer or start) + rng.randrange(1, 600)
                draw = rng.random()
                outside = f"+4671{rng.randrange(10**7):07}"
                colleague = shifts[rng.choice(list(shifts))][2]
                caller, called = ((extension, outside) if draw < 0.5 else (outside, extension) if draw < 0.8
                                  else (extension, colleague))
                self.sequence += 1
                kind = "outgoing" if draw < 0.5 else "incoming"
                yield "Call_Details", over, (
                    next(self.ids["Call_Details"]), "", caller, called, kind, "ulaw", start, answer, over,
                    over - start, "ANSWERED" if answer else "BUSY", "trunk-2", "", f"{start}.{self.sequence}")

    # Dimensions

    def dimension(self, container):
        rows = getattr(self, f"_{container.lower()}")()
        return [tuple(row) for row in rows]

    def name_of_queue(self, queue):
        if self.is_plain:
            return f"Queue {queue}"
        name = QUEUE_NAMES[(queue - 1) % len(QUEUE_NAMES)]
        return name if queue <= len(QUEUE_NAMES) else f"{name} {queue}"

    def name_of_agent(self, agent):
        number = agent - 101
        if self.is_plain:
            return f"Agent {agent}"
        return f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}{number // len(FIRST) or ''}"

    def _agent_details(self):
        for agent in self.agents:
            # The last one is gone; its figures remain.
            yield agent, self.name_of_agent(agent), f"a{agent}", f"a{agent}@example.org", agent != self.agents[-1]

    def _agent_group(self):
        for agent in self.agents:
            yield agent, agent % 3 + 1, f"Team {agent % 3 + 1}", "A, B\nand C"

    def _queue_agents(self):
        for agent, queues in self.serves.items():
            for priority, queue in enumerate(queues):
                yield queue, agent, priority

    def _queue_details(self):
        for queue in self.queues:
            wait, target, duration, short = SLA[queue % len(SLA)]
            is_enabled = queue != self.queues[-1] or len(self.queues) == 1
            yield (queue, self.name_of_queue(queue), f"q{queue}", is_enabled, str(3000 + queue), "+468123", "", "ringall",
                   30, wait, target, duration, 90, short, 5)

    def _queue_pause_code(self):
        for number, (queue, code) in enumerate(itertools.product(self.queues, PAUSES)):
            yield number + 1, queue, code, [0, 600, 1800][number % 3], True, False, True

    def _queue_call_end_by(self):
        yield from END_BY.items()

    def _queue_call_reason(self):
        yield from itertools.product(self.queues, [1, 2, 3])

    def _queue_group(self):
        yield 1, "All, of course", 'the "whole" lot'
        yield 2, "First", ""

    def _queue_group_queues(self):
        for number, queue in enumerate(self.queues):
            yield number + 1, queue, 1
        yield len(self.queues) + 1, self.queues[0], 2

    def _contact(self):
        for number in range(1, 200):
            yield number, self.name_of_agent(101 + number), f"c{number}@example.org", f"19{number:06}-1234", number % 7 != 0

    def _destination(self):
        for queue in self.queues:
            yield queue, "queue", self.name_of_queue(queue), True

    def _did(self):
        for queue in self.queues:
            yield queue, f"+46812{queue:04}", queue

    def _dnis(self):
        yield 1, "Main", "+468123", "Main, line", True
        yield 2, "-old", "+468124", "", False

    def _agent_logoff_reason(self):
        yield 1, "Went home"
        yield 2, 'Line "dropped"'

    def _call_issue(self):
        yield from [(1, "Invoice"), (2, "Delivery, late"), (3, "=Other"), (4, "返品")]

    def _call_reason(self):
        yield from [(1, "New order"), (2, 'A "question"'), (3, "Fehler\nim Gerät")]

    def _call_type(self):
        yield from [(1, "Inbound"), (2, "Callback")]

    def _pause_code(self):
        for code, (name, is_productive, is_system) in PAUSES.items():
            yield code, name, is_productive, is_system
