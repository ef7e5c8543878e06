#!/usr/bin/env python3
"""Writes a plausible tree of Vergic's statistics export, reproducible by its arguments.

  generate_vergic.py OUT --seed 7 --from 2025-10-24 --days 6 --queues 4

OUT/Metrics/<year>/<month>/<day>[/<hour>]/<file>.csv with two data sets: `queues` (hourly and daily)
and `agents` (hourly). Days differ: hourly files with empty hours, hourly and daily files of the
same contacts, daily files only, nothing at all. Late files are in OUT/late/Metrics/… for a test to
move. OUT/manifest.json has the `columns` to configure.
"""

import argparse
import datetime
import json
import pathlib
import random
import sys

NAMES = ["Sales", "Support, 1st line", 'The "Gold" group', "Kundtjänst å ä ö", "技術サポート", "=Group", "+46", "@night"]
AGENTS = ["Åsa Öberg", "Smith, Jr.", "王秀英", "O'Brien"]
COLUMNS = {
    "queues*": {"time": "Start", "queue": "Group", "offered": "Chats", "answered": "Answered", "abandoned": "Missed",
                "wait_time": "Waiting time (s)", "handled": "Closed", "talk_time": "Chat time (s)",
                "longest_wait": "Longest wait (s)", "csat": "Rating", "csat_answers": "Ratings"},
    "agents": {"agent": "Agent", "handled": "Closed chats", "transferred": "Passed on"},
}
# Mapped columns that some files lack.
OPTIONAL_COLUMNS = {"queues": ["Answered", "Missed", "Longest wait (s)", "Rating", "Ratings", "Closed"], "agents": ["Passed on", "Closed chats"]}
OTHERS = ["Proactive invitations", "Conversion %"]
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def main():
    args = arguments()
    rng = random.Random(f"vergic/{args.seed}")
    out = pathlib.Path(args.out)
    for number in range(args.days):
        date = args.start + datetime.timedelta(days=number)
        kind = ["hourly", "both", "daily", "hourly", "none", "both"][number % 6] if args.kind == "mixed" else args.kind
        hours = [hour for hour in range(24) if kind in ("hourly", "both") and rng.random() < 0.8]
        for hour in hours:
            figures = {queue: numbers(rng) for queue in range(args.queues) if rng.random() < 0.9}
            start = datetime.datetime.combine(date, datetime.time(hour))
            write(out, args, rng, start, True, "queues", figures)
            write(out, args, rng, start, True, "agents", {a: agent(rng) for a in range(len(AGENTS)) if rng.random() < 0.7})
        if kind in ("daily", "both"):
            start = datetime.datetime.combine(date, datetime.time())
            # The day's own count never equals the sum of its hours: adding or mixing them shows.
            write(out, args, rng, start, False, "queues", {queue: numbers(rng, 20) for queue in range(args.queues)})
    (out / "manifest.json").write_text(json.dumps({"columns": COLUMNS}, indent=1))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start", type=datetime.date.fromisoformat, required=True)
    parser.add_argument("--days", type=int, default=6)
    parser.add_argument("--queues", type=int, default=4)
    parser.add_argument("--kind", choices=["mixed", "hourly", "daily", "both"], default="mixed")
    parser.add_argument("--dialect", choices=["mixed", *SEPARATORS], default="mixed")
    parser.add_argument("--late", type=float, default=0.0, help="share of the files that come late")
    return parser.parse_args()


def numbers(rng, times=1):
    answered, missed = rng.randrange(0, 30) * times, rng.randrange(0, 8) * times
    ratings = rng.choice([0, 2, 4, 8]) * times if answered > 10 * times else 0
    # People answer in whole numbers.
    rating = rng.randrange(ratings, 5 * ratings + 1) / ratings if ratings else 0
    return {"Chats": answered + missed, "Answered": answered, "Missed": missed,
            "Waiting time (s)": answered * rng.randrange(5, 60), "Closed": answered, "Chat time (s)": answered * rng.randrange(60, 900),
            "Longest wait (s)": rng.randrange(60, 600) if answered + missed else "", "Rating": rating if ratings else "", "Ratings": ratings,
            "Proactive invitations": rng.randrange(100), "Conversion %": rng.randrange(1000) / 10}


def agent(rng):
    return {"Closed chats": rng.randrange(20), "Passed on": rng.randrange(3)}


def write(out, args, rng, start, is_hourly, dataset, figures):
    """Writes one file in a random dialect. A period without data has no file."""
    if not figures:
        return
    names, label = (AGENTS, "Agent") if dataset == "agents" else (NAMES, "Group")
    separator = SEPARATORS[args.dialect if args.dialect != "mixed" else rng.choice(list(SEPARATORS))]
    comma = separator != "," and rng.random() < 0.6
    headers = [label, *next(iter(figures.values()))]
    if dataset == "queues":
        headers.insert(0, "Start")
    if rng.random() < 0.5:
        rng.shuffle(headers)
    if rng.random() < 0.1:
        # A platform version without this column.
        headers.remove(rng.choice(OPTIONAL_COLUMNS[dataset]))
    lines = [headers]
    for one, values in figures.items():
        values = values | {label: names[one % len(names)], "Start": start.strftime("%Y-%m-%d %H:%M:%S")}
        lines.append([number(values[header], comma) for header in headers])
    end = rng.choice(["\n", "\r\n"])
    text = end.join(separator.join(quote(cell, separator) for cell in line) for line in lines)
    text = rng.choice(["", "\ufeff"]) + text + rng.choice(["", end])

    padded = rng.random() < 0.5
    part = lambda value: f"{value:02}" if padded else str(value)
    folder = out / ("late" if rng.random() < args.late else "") / "Metrics" / str(start.year) / part(start.month) / part(start.day)
    if is_hourly:
        folder /= part(start.hour)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{dataset}.csv").write_bytes(text.encode())


def number(value, comma):
    return str(value).replace(".", ",") if comma and isinstance(value, float) else str(value)


def quote(cell, separator):
    if any(c in cell for c in (separator, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


if __name__ == "__main__":
    sys.exit(main())
