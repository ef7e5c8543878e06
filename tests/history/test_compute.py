"""Tests the reference calculator on small cases computed by hand, and the generator against its own
manifest.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import compute
from compute_sangoma import Export, Sangoma, measure
from compute_vergic import Vergic

HERE = pathlib.Path(__file__).parent
# 2025-10-26 10:00 in New York, Sunday; a whole hour in UTC.
TEN = 1761487200
CALLS = "queue_call_id,queue_id,agent_id,queue_call_end_by_id,time_join,time_connect,time_leave,uuid,acw_id,call_reason_id"


class Small(unittest.TestCase):
    """Writes files of a few lines."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def fact(self, container, *lines, date="20251026"):
        self._write("FACTS", f"7-{container}-F", f"{date}-7-{container}-F.csv", lines)

    def dimension(self, container, *lines):
        self._write("DIMENSIONS", f"7-{container}-D", f"7-{container}-D.csv", lines)

    def _write(self, kind, folder, name, lines):
        path = self.root / "CCAAS" / kind / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("\r\n".join(lines).encode("utf-8", "surrogateescape"))

    def run_query(self, settings=None, **query):
        source = Sangoma(Export(self.root), **(settings or {}))
        query = {"zone": "UTC", "step": "15m", "count_by": "start", "from": "2025-10-26T14:00:00Z",
                 "to": "2025-10-26T15:00:00Z", "by": None, "queue": None, "agent": None,
                 "formula": "short_ignored", "source": "sangoma", "site_zone": "UTC"} | query
        return compute.answer(source, argparse.Namespace(**query))

    def check(self, intervals, **expected):
        for name, values in expected.items():
            self.assertEqual([interval[name] for interval in intervals], values, name)


class Contacts(Small):
    def test_thresholds_include_answers_and_exclude_short_abandons(self):
        self.dimension("Queue_Details", "queue_id,name,enabled,sla_wait,abandoned_threshold", "1,Sales,1,20,5")
        self.dimension("Queue_Call_End_By", "queue_call_end_by_id,end_by", "2,Caller ABANDONed", "3,Timeout")
        self.fact("Queue_Call", CALLS,
                  f"1,1,9,0,{TEN},{TEN + 20},{TEN + 60},a,0,0",     # within
                  f"2,1,9,0,{TEN},{TEN + 21},{TEN + 81},b,0,0",     # late
                  f"3,1,0,2,{TEN},0,{TEN + 4},c,0,0",               # short
                  f"4,1,0,2,{TEN},0,{TEN + 5},d,0,0",               # abandoned
                  f"5,1,0,3,{TEN},,{TEN + 300},e,0,0",              # flows out
                  f"6,1,0,0,{TEN},,,f,0,0")                         # still open

        intervals = self.run_query(queue="sangoma/1")["intervals"]

        self.check(intervals, offered=[6, 0, 0, 0], answered=[2, 0, 0, 0], abandoned=[1, 0, 0, 0],
                   short_abandoned=[1, 0, 0, 0], flow_outs=[1, 0, 0, 0],
                   # 1 of 2 answered + 1 abandoned + 1 overflowed + 1 open.
                   service_level=[20.0, None, None, None], average_speed_of_answer=[20.5, None, None, None],
                   average_talk_time=[50.0, None, None, None], longest_wait=[300, None, None, None])

    def test_percentiles_are_waits_at_the_nearest_rank(self):
        self.dimension("Queue_Call_End_By", "queue_call_end_by_id,end_by", "2,Caller abandoned")
        answered = [f"{n},1,9,0,{TEN},{TEN + wait},{TEN + 60},a{n},0,0" for n, wait in enumerate((30, 5, 10, 20, 90), 1)]
        self.fact("Queue_Call", CALLS, *answered, f"9,1,0,2,{TEN},0,{TEN + 25},x,0,0")

        intervals = self.run_query()["intervals"]

        nothing = [None] * 3
        self.check(intervals, wait_p50=[20, *nothing], wait_p80=[30, *nothing], wait_p90=[90, *nothing],
                   answered_within_10=[100 * 2 / 6, *nothing], answered_within_30=[100 * 4 / 6, *nothing],
                   answered_within_120=[100 * 5 / 6, *nothing])
        by_formula = self.run_query(formula="positive")["intervals"]
        self.check(by_formula[:1], answered_within_20=[50.0], answered_within_30=[100 * 5 / 6])

    def test_staffed_agents_are_a_mean_of_those_signed_in(self):
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN},{TEN + 60},{TEN + 240},a,0,0")
        self.fact("Agent_Login", "agent_login_id,agent_id,time_logged_in,time_logged_off,logoff_reason_id",
                  f"1,9,{TEN},{TEN + 1800},2", f"2,8,{TEN},{TEN + 450},2", f"3,7,{TEN},,2")
        self.fact("Agent_Login_Queue", "agent_login_queue_id,queue_id,agent_login_id", "1,1,1", "2,1,2", "3,2,2", "4,2,3")

        site = self.run_query()["intervals"]
        queue = self.run_query(queue="sangoma/1")["intervals"]
        signed_out = self.run_query(by="logoff_reason")["series"]

        expected = {"staffed_agents": [1.5, 1.0, 0.0, 0.0],
                    # 180 s of talk; ready: 720 and 450 s, then all of the time.
                    "occupancy": [100 * 180 / 1350, 0.0, None, None]}
        self.check(site, **expected)
        self.check(queue, **expected)
        self.assertEqual([(one["id"], [here["count"] for here in one["intervals"]]) for one in signed_out],
                         [("2", [1, 0, 1, 0])])

    def test_each_formula_computes_its_own_share(self):
        sums = {"answered": 1000, "answered_within": 860, "abandoned": 50, "abandoned_within": 10, "short_abandoned": 10}
        level = lambda formula: round(compute.figures(sums, formula, True)["service_level"], 2)

        self.assertEqual(level("negative"), 81.13)
        self.assertEqual(level("positive"), 83.02)
        self.assertEqual(level("quick_ignored"), 82.69)
        self.assertEqual(level("short_ignored"), 81.90)
        self.assertEqual(level("short_met"), 82.08)
        self.assertEqual(level("answered_only"), 86.0)

    def test_events_count_when_they_happened(self):
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN + 895},{TEN + 905},{TEN + 1795},a,5,0")
        self.fact("Agent_ACW", "agent_acw_id,agent_id,time_start,time_end", f"5,9,{TEN + 1795},{TEN + 1805}")

        by_event = self.run_query(count_by="event")["intervals"]
        by_start = self.run_query()["intervals"]

        self.check(by_event, offered=[1, 0, 0, 0], answered=[0, 1, 0, 0], service_level=[None, 100.0, None, None],
                   average_speed_of_answer=[None, 10.0, None, None], average_handle_time=[None, None, 900.0, None])
        self.check(by_start, offered=[1, 0, 0, 0], answered=[1, 0, 0, 0],
                   average_handle_time=[900.0, None, None, None], average_wrap_up=[10.0, None, None, None])

    def test_missing_queue_talk_time_comes_from_the_call(self):
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN},{TEN + 10},{TEN + 10},a,0,0", f"2,1,9,0,{TEN},{TEN + 10},,b,0,0",
                  f"3,1,9,0,{TEN},{TEN + 10},,c,0,0")
        self.fact("Call_Details", "call_details_id,uuid,start_time,answer_time,end_time,callerid_number,destination_number",
                  f"1,a,{TEN},{TEN},{TEN + 110},1,2", f"2,b,{TEN},{TEN},{TEN + 60},1,2")

        intervals = self.run_query()["intervals"]

        self.check(intervals[:1], answered=[3], average_talk_time=[75.0])

    def test_mapping_overrides_the_end_reason_text(self):
        self.dimension("Queue_Call_End_By", "queue_call_end_by_id,end_by",
                       "1,Abandoned callback", "2,Hangup", "3,Blind transfer", "4,Passed on", "5,No Transfer at all")
        self.fact("Queue_Call", CALLS, f"1,1,0,1,{TEN},,{TEN + 50},a,0,0", f"2,1,0,2,{TEN},,{TEN + 50},b,0,0",
                  *(f"{n},1,9,{n},{TEN},{TEN + 1},{TEN + 9},t{n},0,0" for n in (3, 4, 5)))
        meanings = {"Abandoned callback": "flow_out", " hangUP ": "abandoned", "Passed on": "transferred",
                    "No Transfer at all": "abandoned"}

        intervals = self.run_query({"end_by": meanings})["intervals"]
        agent = self.run_query({"end_by": meanings}, agent="sangoma/9")["intervals"]

        self.check(intervals[:1], flow_outs=[1], abandoned=[1], answered=[3])
        self.check(agent[:1], handled=[3], transferred=[2])

    def test_thresholds_come_from_the_queue_or_a_matching_target(self):
        self.dimension("Queue_Details", "queue_id,name,sla_wait,abandoned_threshold", "1,A,0,0", "2,B,60,", "3,C,60,9")
        targets_of = lambda **settings: [Sangoma(Export(self.root), **settings).target(queue) for queue in (1, 2, 3, 4)]
        pair = lambda within, short: {"answer_within": within, "short_abandon": short}

        self.assertEqual(targets_of(), [pair(20, 0), pair(60, 5), pair(60, 9), pair(20, 5)])
        targets = {"*": {"answer_within": 30}, "sangoma/3": {"answer_within": 10}}
        self.assertEqual(targets_of(targets=targets), [pair(30, 0), pair(60, 5), pair(10, 5), pair(30, 5)])

    def test_survey_belongs_to_the_latest_contact_within_seven_days(self):
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN},{TEN},{TEN + 9},a,0,0", f"2,1,9,0,{TEN + 900},{TEN + 900},{TEN + 909},a,0,0",
                  f"3,1,9,0,{TEN + 2700},{TEN + 2700},{TEN + 2709},a,0,0")
        self.fact("Queue_Call_Survey", "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id",
                  f"1,a,5,10,{TEN + 1800},1",    # the second leg
                  f"2,a,2,0,{TEN + 2699},1",     # also: the third had not begun
                  f"3,a,0,,{TEN + 2700},1",      # no answer at all
                  f"4,a,6,11,{TEN + 2700},1",    # out of range
                  f"5,other,1,6,{TEN + 1800},1") # of no call: where it was answered

        by_start = self.run_query(queue="sangoma/1")["intervals"]
        by_event = self.run_query(queue="sangoma/1", count_by="event")["intervals"]

        self.check(by_start, csat=[None, 3.5, 1.0, None], csat_top=[None, 50.0, 0.0, None], nps=[None, 0.0, -100.0, None])
        self.check(by_event, csat=[None, None, 8 / 3, None], nps=[None, None, (1 - 2) * 100 / 3, None])

    def test_later_file_wins_and_rejected_rows_are_ignored(self):
        self.fact("Queue_Call", CALLS, f"1,1,0,0,{TEN},,,a,0,0", f"2,1,0,0,{TEN},,,b,0,0")
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN},{TEN + 5},{TEN + 9},a,0,0", f"2,1,9,0,{TEN},{TEN - 5},{TEN + 9},b,0,0",
                  "3,1,nine,0,0,0,0,c,0,0", "4,1", date="20251027")
        export = Export(self.root)

        contacts = Sangoma(export).contacts

        self.assertEqual([(c.id, c.outcome) for c in contacts], [(1, "answered"), (2, "waiting")])
        self.assertEqual([(line, why) for _, line, why in export.rejected_rows],
                         [(3, "negative wait"), (4, "number"), (5, "few columns")])

    def test_days_without_a_file_are_unknown(self):
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN},{TEN + 5},{TEN + 9},a,0,0")

        query = {"zone": "America/New_York", "step": "1d", "from": "2025-10-25", "to": "2025-10-28"}
        intervals = self.run_query(**query)["intervals"]

        self.check(intervals, offered=[None, 1, None], start=[f"2025-10-{day}T04:00:00.000Z" for day in (25, 26, 27)])

    def test_late_calls_count_and_are_partial(self):
        day = 86400
        self.fact("Queue_Call", CALLS, f"1,1,0,2,{TEN - day},,{TEN - day + 9},a,0,0", f"2,1,0,2,{TEN},,{TEN + 9},b,0,0")
        span = {"from": "2025-10-25T14:00:00Z", "to": "2025-10-26T14:30:00Z", "step": "30m"}

        intervals = self.run_query(**span)["intervals"]

        offered = [(n, i["offered"], i["partial"]) for n, i in enumerate(intervals) if i["offered"]]
        self.assertEqual(offered, [(0, 1, True), (48, 1, None)])
        self.assertEqual(intervals[1]["offered"], None)


class Agents(Small):
    def test_time_splits_at_quarters_and_overlaps_count_once(self):
        self.fact("Agent_Login", "agent_login_id,agent_id,time_logged_in,time_logged_off,extension",
                  f"1,9,{TEN},{TEN + 1000},201", f"2,9,{TEN + 900},{TEN + 1800},201", f"3,9,{TEN},,201")
        self.fact("Agent_Pause", "agent_pause_id,agent_id,agent_login_id,time_start,time_end,Reason_id (pause_code_id)",
                  f"1,9,1,{TEN + 850},{TEN + 950},4", f"2,9,1,{TEN + 900},{TEN + 910},", f"3,9,1,{TEN},0,4")
        self.fact("Queue_Call", CALLS, f"1,1,9,0,{TEN + 90},{TEN + 100},{TEN + 200},a,5,0")
        self.fact("Agent_ACW", "agent_acw_id,agent_id,time_start,time_end", f"5,9,{TEN + 190},{TEN + 250}")
        self.fact("Call_Attempt", "call_attempt_id,agent_id,start_time,end_time,no_answer_reason",
                  f"1,9,{TEN + 90},{TEN + 100},", f"2,9,{TEN + 1790},{TEN + 1820},busy")
        self.fact("Call_Details", "call_details_id,uuid,answer_time,end_time,callerid_number,destination_number",
                  f"1,a,{TEN + 100},{TEN + 200},201,1", f"2,x,{TEN + 300},{TEN + 400},+46,201",
                  f"3,y,{TEN + 1800},{TEN + 1900},201,1")

        intervals = self.run_query(agent="sangoma/9")["intervals"]

        self.check(intervals[:3], logged_in_time=[900, 900, 0], talk_time=[100, 0, 0], wrap_up_time=[60, 0, 0],
                   other_calls=[100, 0, 0], missed=[0, 1, 0], not_ready=[{"4": 50}, {"4": 50, "0": 10}, {}],
                   # 900 − pause 50 − talk and wrap-up 150 − ringing 10 − other 100; 900 − pause 50 − ringing 10.
                   ready_time=[590, 840, 0], occupancy=[100 * 250 / (260 + 590), 0.0, 0.0])

    def test_measured_time_is_of_the_union(self):
        self.assertEqual(measure([(0, 10), (5, 15), (20, 21), (1, 2)]), 16)


class Clock(unittest.TestCase):
    def starts(self, zone, step, since, until):
        zone = compute.zoneinfo.ZoneInfo(zone)
        buckets = compute.Buckets(compute.instant(since, zone), compute.instant(until, zone), step, zone)
        return [buckets.start(number)[5:16] for number in range(len(buckets.starts))]

    def test_days_have_twenty_three_or_twenty_five_hours(self):
        self.assertEqual(len(self.starts("Europe/Stockholm", "30m", "2025-10-26", "2025-10-27")), 50)
        self.assertEqual(len(self.starts("America/New_York", "1h", "2026-03-08", "2026-03-09")), 23)
        self.assertEqual(self.starts("Europe/Stockholm", "1d", "2025-10-25", "2025-10-28"),
                         ["10-24T22:00", "10-25T22:00", "10-26T23:00"])

    def test_hours_follow_the_wall_clock_of_odd_zones(self):
        self.assertEqual(self.starts("Asia/Kathmandu", "1h", "2025-10-26", "2025-10-27")[:2], ["10-25T18:15", "10-25T19:15"])


class Generated(unittest.TestCase):
    def test_dialects_agree_and_list_their_malformed_rows(self):
        answers = {}
        with tempfile.TemporaryDirectory() as folder:
            for dialect in ("plain", "guide", "quoted", "loose", "sparse", "mixed"):
                out = pathlib.Path(folder) / dialect
                generate("generate.py", out, "--from", "2025-10-26", "--days", "2", "--calls-per-day", "120", "--dialect", dialect)
                manifest = json.loads((out / "manifest.json").read_text())
                export = Export(out)
                source = Sangoma(export, end_by=manifest["end_by"])
                query = argparse.Namespace(**{
                    "zone": "UTC", "step": "1h", "count_by": "event", "from": "2025-10-26", "to": "2025-10-28",
                    "by": "queue", "queue": None, "agent": None, "formula": "short_ignored", "source": "sangoma",
                    "site_zone": "UTC"})
                answers[dialect] = compute.answer(source, query)
                wrong = {(bad["file"], bad["line"], bad["reason"]) for bad in manifest["malformed"]}
                self.assertEqual(set(export.find_rejected_rows()), wrong)
                self.assertGreater(len(wrong), 5)
                for container, count in manifest["rows"].items():
                    self.assertTrue(export.rows(container) if count else True, container)
        for dialect, figures in answers.items():
            self.assertEqual(figures, answers["plain"], dialect)

    def test_same_arguments_write_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("generate.py", "generate_vergic.py"):
                trees = []
                for copy in ("one", "two"):
                    out = pathlib.Path(folder) / name / copy
                    generate(name, out, "--from", "2026-03-28", "--days", "2")
                    trees.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*.csv")})
                self.assertEqual(*trees)


class VergicFiles(unittest.TestCase):
    def run_query(self, files, **query):
        columns = {"q": {"time": "Start", "queue": "Group", "offered": "Chats", "answered": "Answered",
                         "average_speed_of_answer": "Wait"}}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / "Metrics" / name
                path.parent.mkdir(parents=True)
                path.write_text(text, "utf-8")
            source = Vergic(folder, columns, "v")
            query = {"zone": "UTC", "step": "1d", "count_by": "start", "from": "2026-03-01", "to": "2026-03-04",
                     "by": None, "queue": None, "agent": None, "formula": "short_ignored", "source": "v", "site_zone": "UTC"} | query
            return compute.answer(source, argparse.Namespace(**query))["intervals"]

    def test_hourly_files_override_the_daily_file(self):
        intervals = self.run_query({
            "2026/3/1/q.csv": "Group;Chats;Answered;Wait\nA;100;90;5", "2026/03/01/9/q.csv": "Group;Chats;Answered;Wait\nA;4;3;10,5\nB;2;1;20",
            "2026/03/01/10/q.csv": "Group\tChats\tAnswered\tWait\nA\t1\t0\t",
            "2026/03/02/q.csv": "\ufeffChats,Group,Answered,Wait\n7,A,7,1"})

        pick = lambda name: [interval[name] for interval in intervals]
        self.assertEqual(pick("offered"), [7, 7, None])
        self.assertEqual(pick("average_speed_of_answer"), [51.5 / 4, 1.0, None])
        # No column has it.
        self.assertEqual(pick("abandoned"), [None, None, None])
        self.assertEqual(pick("service_level"), [None, None, None])

    def test_missing_column_is_unknown_for_ids_in_the_file(self):
        intervals = self.run_query({"2026/03/01/9/q.csv": "Group,Chats,Wait\nA,4,10", "2026/03/01/10/q.csv": "Group,Chats,Answered,Wait\nA,2,1,8"},
                                  step="1h", **{"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T11:00:00Z"})

        pick = lambda name: [interval[name] for interval in intervals]
        self.assertEqual([pick("offered"), pick("answered")], [[4, 2], [None, 1]])
        self.assertEqual(pick("average_speed_of_answer"), [None, 8.0])

    def test_missing_column_is_unknown_for_ids_without_a_row(self):
        files = {"2026/03/01/9/q.csv": "Group,Chats,Answered,Wait\nA,4,3,10\nB,2,1,8", "2026/03/01/10/q.csv": "Group,Chats,Wait\nA,2,8",
                 "2026/03/01/11/q.csv": "Group,Chats,Answered,Wait\nA,4,3,10"}
        hours = {"from": "2026-03-01T09:00:00Z", "to": "2026-03-01T12:00:00Z"}
        pick = lambda intervals, name: [interval[name] for interval in intervals]

        for step, offered, answered in (("1h", [2, 0, 0], [1, None, 0]), ("1d", [2], [None])):
            intervals = self.run_query(files, step=step, queue="v/B", **hours)
            self.assertEqual([pick(intervals, "offered"), pick(intervals, "answered")], [offered, answered])

    def test_hour_without_a_file_is_unknown(self):
        intervals = self.run_query({"2026/03/01/9/q.csv": "Group,Chats,Answered,Wait\nA,4,3,10"}, step="1h",
                                  **{"from": "2026-03-01T08:00:00Z", "to": "2026-03-01T11:00:00Z", "queue": "v/A"})

        self.assertEqual([interval["offered"] for interval in intervals], [None, 4, None])


def generate(program, out, *more):
    subprocess.run([sys.executable, HERE / program, out, *more], check=True)


if __name__ == "__main__":
    unittest.main()
