#!/usr/bin/env python3
"""Computes the interval figures of an export from its files alone, in the shape of /api/v1/history/intervals.
It shares nothing with the product: if both agree, they are right, or both misread the rules in the same way.

  compute.py EXPORT --zone Europe/Stockholm --step 30m --from 2025-10-25 --to 2025-10-28 [--count-by event]
                   [--by queue|agent|reason|issue|type|end_by | --queue ID [--by agent] | --agent ID] [--settings JSON]

EXPORT contains CCAAS (Sangoma) or Metrics (Vergic). `--settings`: {"end_by": {end reason: meaning}, "targets":
{pattern: {"answer_within", "short_abandon"}}, "columns": {dataset: {ours: theirs}}}.
With `--ask` it reads queries from standard input, one JSON object of these options per line, and answers each with a line.

Decisions where the rules leave it open:
 * If a record id occurs twice, the row of the file with the later name wins, within one file the later line.
   A rejected row counts for nothing.
 * A missing abandoned_threshold (not 0) falls back to the pattern "*", then to 5 s.
 * Negative talk time is unknown. A contact without known talk time is not handled, and its wrap-up is in no
   average; it still counts as transferred, at the end of wrap-up, else at connect.
 * Of several Call_Details of one uuid the latest end counts. Wrap-up that never ended is unknown: 0.
 * A survey belongs to the latest contact of its uuid and queue that joined at most 604,800 s before it.
 * Breakdowns count every contact at its join, whatever count_by; without a reason (0 or empty) in none.
 * A day (in the night run's zone) is known if it has a file of queue calls. A wholly unknown bucket is null
   throughout, a partly known one has the figures of the known part, and one with counts of its own is known by
   them. A bucket with figures that isn't wholly known is `partial`: calls that came in another day's file are
   counted, but they may not be all.
 * A row of Vergic doesn't count in intervals shorter than itself, nor does its absence. It counts where it begins.
   A UTC day counts as the local day of its date. A column that a file lacks is unknown for the ids in its rows, and
   for all ids without a row, unless another file of that time has it. A missing file means that nothing happened.
 * A percentile of waits is the wait at the nearest rank, of answered contacts, or of abandoned ones that weren't
   short. Patience is the sum of both's waits by those abandoned, from five on. The share answered within a limit is
   the service level with that limit instead of the queue's, which changes neither short abandons nor the base.
 * The number called is that of the call's details, once they have ended. A sign-out counts when it happened. A member
   of several groups of the export counts in each.
 * Agents are staffed while signed in to the queue. Their mean number needs an interval that is wholly known, on a day
   (of the site) on which anybody was signed in to any queue; of the site, on which anybody was signed in.
 * Breaks count only while signed in. An abandonment rate is of the contacts that ended, whenever they were offered.
 * Open logins are left out, also for finding who was signed in at an extension. A pause without a code is code 0.
"""

import argparse
import collections
import datetime
import functools
import json
import math
import pathlib
import sys
import zoneinfo

from compute_sangoma import QUARTER, Export, Sangoma
from compute_vergic import Vergic

STEPS = {"15m": 900, "30m": 1800, "1h": 3600, "1d": 86400}
# The counters behind each figure, where it isn't a counter itself.
END_COUNTERS = ("answered", "abandoned", "short_abandoned", "flow_outs", "answered_within")
COUNTERS_OF = {
    "service_level": END_COUNTERS, "average_speed_of_answer": ("wait_time", "answered"),
    "average_handle_time": ("talk_time", "wrap_up_time", "handled"), "average_talk_time": ("talk_time", "handled"),
    "average_wrap_up": ("wrap_up_time", "handled"), "csat": ("csat_sum", "csat_answers"), "csat_top": ("csat_top",),
    "nps": ("promoters", "detractors", "nps_answers"),
}
PERCENTILES, LIMITS = (50, 80, 90, 95), (10, 20, 30, 60, 120)
COUNTS = ("offered", "answered", "abandoned", "short_abandoned", "flow_outs")
AGENT_SECONDS = ("logged_in_time", "ready_time", "talk_time", "wrap_up_time", "other_calls")
# Counters that are no figures, of sources that provide all of them.
SUMS = ("answered_within", "abandoned_within", "wait_time", "handled", "talk_time", "wrap_up_time", "transferred",
        "csat_sum", "csat_answers", "csat_top", "promoters", "detractors", "nps_answers")
BREAKDOWNS = ("reason", "issue", "type", "end_by", "exit_key", "number", "logoff_reason")
# A contact has one of these at most, so its handle time is that of the code.
TIMED = ("reason", "type", "end_by")
GROUPS = ("queue_group", "agent_group")


def main():
    options = parser()
    args = options.parse_args()
    settings = json.loads(args.settings)
    if (pathlib.Path(args.export) / "Metrics").exists():
        source = Vergic(args.export, settings.get("columns", {}), args.source)
    else:
        source = Sangoma(Export(args.export, args.tenant), args.file_zone, settings.get("end_by"),
                         settings.get("targets"), args.source)
    if args.rejected_rows:
        print(json.dumps(source.export.find_rejected_rows()))
    elif args.rows:
        print(json.dumps(source.export.counts()))
    elif args.ask:
        for line in sys.stdin:
            query = argparse.Namespace(**vars(args) | {k.replace("-", "_"): v for k, v in json.loads(line).items()})
            print(json.dumps(answer(source, query)), flush=True)
    else:
        print(json.dumps(answer(source, args), indent=1))


def parser():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("export")
    options.add_argument("--zone", default="UTC")
    options.add_argument("--step", choices=STEPS, default="30m")
    options.add_argument("--count-by", choices=["start", "event"], default="start")
    options.add_argument("--from", help="a date of the zone, or an instant")
    options.add_argument("--to")
    options.add_argument("--by", choices=["queue", "agent", *GROUPS, *BREAKDOWNS])
    options.add_argument("--queue")
    options.add_argument("--agent")
    options.add_argument("--formula", default="short_ignored")
    options.add_argument("--site-zone", default="UTC", help="of the days on which anybody was signed in")
    options.add_argument("--source", default="sangoma")
    options.add_argument("--tenant", type=int)
    options.add_argument("--file-zone", default="America/New_York", help="of the night run and the file dates")
    options.add_argument("--settings", default="{}")
    options.add_argument("--ask", action="store_true")
    options.add_argument("--rejected-rows", action="store_true", help="the malformed rows instead: file, line, reason")
    options.add_argument("--rows", action="store_true", help="rows of each container instead, without malformed ones")
    return options


def answer(source, query):
    zone = zoneinfo.ZoneInfo(query.zone)
    since, until = instant(vars(query)["from"], zone), instant(query.to, zone)
    buckets = Buckets(since, until, query.step, zone)
    source.set_step(STEPS[query.step], zone)
    head = {"step": query.step, "zone": query.zone, "count_by": query.count_by, "formula": query.formula}
    if query.by in BREAKDOWNS:
        return head | {"series": breakdown(source, query, buckets)}
    if query.by in GROUPS:
        return head | {"series": groups(source, query, buckets)}
    if query.by == "agent" and query.queue:
        return head | {"series": handled(source, query, buckets)}
    if query.by == "agent" or query.agent:
        series = agents(source, query, buckets)
        wanted = query.agent
    else:
        series = queues(source, query, buckets)
        wanted = query.queue if query.by != "queue" else None
    if query.by in ("queue", "agent"):
        return head | {"series": series}
    return head | next({"intervals": one["intervals"]} for one in series if one["id"] == (wanted or "site"))


def cached(source, method, *arguments):
    """Returns the result of a source's method, cached for the next query."""
    cache = source.cache
    if (method, arguments) not in cache:
        cache[method, arguments] = list(getattr(source, method)(*arguments))
    return cache[method, arguments]


def instant(text, zone):
    if len(text) == 10:
        return int(datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(), zone).timestamp())
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


class Buckets:
    """Intervals on the zone's wall clock, half-open; each contains whole quarters of an hour."""

    def __init__(self, since, until, step, zone):
        self.starts, self.of_quarter, length, self.all_known = [], {}, STEPS[step], None
        self.quarters = collections.Counter()
        last = None
        for quarter in range(since - since % QUARTER, until, QUARTER):
            local = datetime.datetime.fromtimestamp(quarter, zone)
            offset = int(local.utcoffset().total_seconds())
            key = local.date() if step == "1d" else quarter - (quarter + offset) % length
            if key != last:
                self.starts.append(quarter)
                last = key
            self.of_quarter[quarter] = len(self.starts) - 1
            self.quarters[len(self.starts) - 1] += 1

    def at(self, moment):
        """Returns the interval's number, or None outside of all."""
        return self.of_quarter.get(moment - moment % QUARTER)

    def known(self, spans):
        """Returns the numbers of the intervals of which anything is known."""
        return {number for quarter, number in self.of_quarter.items()
                if any(since <= quarter < until for since, until in spans)}

    def whole(self, spans):
        """Returns the numbers of the wholly known intervals."""
        if self.all_known is None:
            unknown = {number for quarter, number in self.of_quarter.items()
                       if not any(since <= quarter < until for since, until in spans)}
            self.all_known = set(self.of_quarter.values()) - unknown
        return self.all_known

    def sums(self, counts):
        """Returns {id: [{counter: sum} by interval]}."""
        found = collections.defaultdict(lambda: [collections.defaultdict(int) for _ in self.starts])
        for moment, id, counter, amount in counts:
            number = self.at(moment)
            if number is None:
                continue
            here = found[id][number]
            if counter == "longest_wait":
                here[counter] = max(here.get(counter, 0), amount)
            else:
                here[counter] += amount
        return found

    def start(self, number):
        moment = datetime.datetime.fromtimestamp(self.starts[number], datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def queues(source, query, buckets):
    """Returns the site, then every queue, including disabled ones (marked `hidden`)."""
    known = buckets.known(cached(source, "coverage"))
    by_queue = buckets.sums(cached(source, "counts", query.count_by))
    site = [collections.defaultdict(int) for _ in buckets.starts]
    for series in by_queue.values():
        for total, part in zip(site, series):
            for counter, amount in part.items():
                total[counter] = max(total.get(counter, 0), amount) if counter == "longest_wait" else total[counter] + amount
    empty = [{} for _ in buckets.starts]
    series = [("site", "", False, site)]
    everywhere = {queue for _, queue, _, _ in cached(source, "counts", query.count_by)}
    for queue in sorted(set(source.queues) | everywhere, key=str):
        details = source.queues.get(queue)
        name, hidden = (details["name"], details["enabled"] is False) if details else (str(queue), False)
        series.append((f"{query.source}/{queue}", name, hidden, by_queue.get(queue, empty)))
    staff = Staff(source, query, buckets)
    return [{"id": id, "name": name, "hidden": hidden, "intervals": [
        add_marks(source, buckets, number, figures(sums, query.formula, number in known or bool(sums), source.counters())
                  | staff.figures(id.removeprefix(f"{query.source}/"), number))
        for number, sums in enumerate(intervals)]} for id, name, hidden, intervals in series]


class Staff:
    """Who was signed in. Known in wholly known intervals that begin on a day of the site on which anybody was."""

    def __init__(self, source, query, buckets):
        self.source, self.buckets, self.zone = source, buckets, zoneinfo.ZoneInfo(query.site_zone)
        counts = [(at, str(queue), counter, amount) for at, queue, counter, amount in cached(source, "staffing")]
        self.sums = buckets.sums(counts)
        self.days = {is_site: {self.day(at) for at, queue, counter, seconds in counts
                               if (queue == "site") == is_site and counter == "logged_in_time" and seconds}
                     for is_site in (True, False)}

    def day(self, moment):
        return datetime.datetime.fromtimestamp(moment, self.zone).date()

    def figures(self, queue, number):
        is_known = (number in self.buckets.whole(cached(self.source, "coverage"))
                    and self.day(self.buckets.starts[number]) in self.days[queue == "site"])
        if not is_known:
            return {"staffed_agents": None, "occupancy": None}
        sums = self.sums[queue][number] if queue in self.sums else {}
        length = QUARTER * self.buckets.quarters[number]
        return {"staffed_agents": sums.get("logged_in_time", 0) / length,
                "occupancy": ratio(100 * sums.get("busy", 0), sums.get("engaged", 0) + sums.get("ready_time", 0))}


def groups(source, query, buckets):
    """Returns every group of the export with the sums of its members; a member counts in each of its groups."""
    known = buckets.known(cached(source, "coverage"))
    is_agents = query.by == "agent_group"
    counts = (cached(source, "agent_counts", query.count_by) + cached(source, "agent_times") if is_agents
              else cached(source, "counts", query.count_by))
    series = []
    for group, members in sorted(source.groups(query.by).items()):
        by_group = buckets.sums((at, group, counter, amount) for at, member, counter, amount in counts if member in members)
        intervals = by_group.get(group, [{} for _ in buckets.starts])
        is_known = lambda number, sums: number in known or (any(sums.values()) if is_agents else bool(sums))
        series.append({"id": f"{query.source}/{group}", "name": str(group), "hidden": False, "intervals": [
            add_marks(source, buckets, number, agent_figures(sums, is_known(number, sums), source.counters("agent")) if is_agents
                      else figures(sums, query.formula, is_known(number, sums), source.counters()))
            for number, sums in enumerate(intervals)]})
    return series


def add_marks(source, buckets, number, found):
    """Adds the start, and the mark of partly known intervals, if the source's rules define it."""
    found["start"] = buckets.start(number)
    if source.says_partial:
        is_known = found.get("count", found.get("handled", found.get("offered"))) is not None
        found["partial"] = True if is_known and number not in buckets.whole(cached(source, "coverage")) else None
    return found


def percentile(waits, percent):
    """Returns the wait at the nearest rank: the least that so many percent of the waits don't exceed."""
    return waits[math.ceil(len(waits) * percent / 100) - 1] if waits else None


def service_level(sums, formula):
    sum_of = lambda counter: sums.get(counter, 0)
    all_abandoned = sum_of("abandoned") + sum_of("short_abandoned")
    all_abandoned_within = sum_of("abandoned_within") + sum_of("short_abandoned")
    ended = sum_of("answered") + all_abandoned + sum_of("flow_outs") + sum_of("waiting_late")
    met, base = {
        "short_ignored": (sum_of("answered_within"), ended - sum_of("short_abandoned")),
        "negative": (sum_of("answered_within"), ended),
        "positive": (sum_of("answered_within") + all_abandoned_within, ended),
        "quick_ignored": (sum_of("answered_within"), ended - all_abandoned_within),
        "short_met": (sum_of("answered_within") + sum_of("short_abandoned"), ended),
        "answered_only": (sum_of("answered_within"), sum_of("answered")),
    }[formula]
    return ratio(100 * met, base)


def figures(sums, formula, is_known, counters=None):
    """Returns one interval's figures; `counters` has the counters that its source provides, all if
    None.
    """
    if not sums:
        return dict(figures_of_nothing(formula, is_known, None if counters is None else frozenset(counters)))
    return compute_figures(sums, formula, is_known, counters)


@functools.cache
def figures_of_nothing(formula, is_known, counters):
    return compute_figures({}, formula, is_known, counters)


def compute_figures(sums, formula, is_known, counters):
    sum_of = lambda counter: sums.get(counter, 0)
    handled = sum_of("handled")
    waits = lambda outcome: sorted(wait for key, count in sums.items() if isinstance(key, tuple) and key[0] == outcome
                                   for wait in [key[1]] * count)
    answered, abandoned = waits("answered"), waits("abandoned")

    def share_within(limit):
        others = {counter: amount for counter, amount in sums.items() if not isinstance(counter, tuple)}
        within = {"answered_within": sum(wait <= limit for wait in answered),
                  "abandoned_within": sum(wait <= limit for wait in abandoned)}
        return service_level(others | within, formula)

    found = {counter: sum_of(counter) for counter in COUNTS} | {
        "service_level": service_level(sums, formula),
        "average_speed_of_answer": ratio(sum_of("wait_time"), sum_of("answered")),
        "average_handle_time": ratio(sum_of("talk_time") + sum_of("wrap_up_time"), handled),
        "average_talk_time": ratio(sum_of("talk_time"), handled),
        "average_wrap_up": ratio(sum_of("wrap_up_time"), handled),
        "longest_wait": sums.get("longest_wait"),
        "csat": ratio(sum_of("csat_sum"), sum_of("csat_answers")),
        "csat_top": ratio(100 * sum_of("csat_top"), sum_of("csat_answers")),
        "nps": ratio(100 * (sum_of("promoters") - sum_of("detractors")), sum_of("nps_answers")),
        "enterprise_nps": ratio(100 * sum_of("enterprise_balance"), sum_of("enterprise_answers")),
        "abandoned_wait_p50": percentile(abandoned, 50),
        "average_patience": ratio(sum(answered) + sum(abandoned), len(abandoned)) if len(abandoned) >= 5 else None,
    } | {f"wait_p{percent}": percentile(answered, percent) for percent in PERCENTILES} | {
        f"answered_within_{limit}": share_within(limit) for limit in LIMITS}
    if counters is None:
        found["sums"] = {counter: sum_of(counter) for counter in SUMS}
    is_provided = lambda figure: (counters is None or counters.issuperset(COUNTERS_OF.get(figure, (figure,)))) and not any(
        "no " + counter in sums for counter in COUNTERS_OF.get(figure, (figure,)))
    return {figure: value if is_known and is_provided(figure) else None for figure, value in found.items()}


def ratio(sum, count):
    return sum / count if count else None


def agents(source, query, buckets):
    known = buckets.known(cached(source, "coverage"))
    counts = cached(source, "agent_counts", query.count_by) + cached(source, "agent_times")
    by_agent = buckets.sums(counts)
    empty = [{} for _ in buckets.starts]
    series = []
    for agent in sorted(set(source.agents) | set(by_agent), key=str):
        details = source.agents.get(agent)
        name, hidden = (details["name"], details["enabled"] is False) if details else (str(agent), False)
        series.append({"id": f"{query.source}/{agent}", "name": name, "hidden": hidden, "intervals": [
            add_marks(source, buckets, number, agent_figures(sums, number in known or any(sums.values()), source.counters("agent")))
            for number, sums in enumerate(by_agent.get(agent, empty))]})
    return series


def handled(source, query, buckets):
    """Returns what each agent handled in a queue: all of a call counts at its start or at its end."""
    queue = query.queue.removeprefix(f"{query.source}/")
    by_agent = buckets.sums(source.handled(query.count_by, queue))
    return [{"id": f"{query.source}/{agent}", "intervals": [dict(sums) for sums in series]}
            for agent, series in sorted(by_agent.items(), key=str)]


def agent_figures(sums, is_known, counters=None):
    """Returns one interval's figures; `counters` as above."""
    found = {counter: sums.get(counter, 0) for counter in ("handled", "missed", "transferred", *AGENT_SECONDS)}
    found["not_ready"] = {str(kind[1]): seconds for kind, seconds in sums.items() if isinstance(kind, tuple)}
    found["occupancy"] = ratio(100 * sums.get("busy", 0), sums.get("engaged", 0) + sums.get("ready_time", 0))
    if counters is None:
        found |= {"busy_time": sums.get("busy", 0), "engaged_time": sums.get("engaged", 0)}
    return {figure: value if is_known and (counters is None or figure in counters) and "no " + figure not in sums else None
            for figure, value in found.items()}


def breakdown(source, query, buckets):
    known = buckets.known(cached(source, "coverage"))
    names = source.names_of(query.by)
    wanted = query.queue and query.queue.removeprefix(f"{query.source}/")
    counts = (count for contact, id in source.breakdown(query.by) if wanted is None or str(contact.queue) == wanted
              for count in [(contact.join, id, "count", 1), *handle_times(contact, id, query.by)])
    return [{"id": str(id), "name": names.get(id, str(id)), "intervals": [
        add_marks(source, buckets, number, coded_figures(sums, query.by in TIMED, number in known or bool(sums)))
        for number, sums in enumerate(intervals)]} for id, intervals in sorted(buckets.sums(counts).items())]


def handle_times(contact, id, by):
    """Returns what a contact with a code adds to its handle time: all of it counts at its start."""
    if by not in TIMED or contact.outcome != "answered" or contact.talk is None:
        return []
    return [(contact.join, id, counter, amount) for counter, amount in (
        ("handled", 1), ("talk_time", contact.talk), ("wrap_up_time", contact.wrap_up or 0))]


def coded_figures(sums, is_timed, is_known):
    """Returns one interval's contacts with a code, and of some codes their handle time."""
    sum_of = lambda counter: sums.get(counter, 0)
    found = {"count": sum_of("count") if is_known else None}
    times = {counter: sum_of(counter) for counter in ("handled", "talk_time", "wrap_up_time")} | {
        "average_handle_time": ratio(sum_of("talk_time") + sum_of("wrap_up_time"), sum_of("handled"))}
    return found | {counter: amount if is_known and is_timed else None for counter, amount in times.items()}


if __name__ == "__main__":
    sys.exit(main())
