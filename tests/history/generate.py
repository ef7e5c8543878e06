#!/usr/bin/env python3
"""Writes a plausible Sangoma export: all 29 containers, consistent with each other, reproducible by
its arguments. It shares no code with the product or with compute.py.

  generate.py OUT --seed 7 --from 2025-10-25 --days 3 --calls-per-day 200 --queues 6 --agents 20 --tenant 1234
                  [--without 2025-10-26]

`--from` may be given several times: each begins a period of `--days` days, with nothing in between.
`--without` is a failed night run: that day's rows come in the next day's files.
The files are OUT/CCAAS/FACTS/<tenant>-<Container>-F/<YYYYMMDD>-<tenant>-<Container>-F.csv and
OUT/CCAAS/DIMENSIONS/<tenant>-<Container>-D/<tenant>-<Container>-D.csv. OUT/manifest.json lists the
malformed rows of each file, the number of rows of each container, and the `[end_by]` to configure.

A file contains the rows that were closed on its day (in the night run's zone), so a call over
midnight is in the file after its join. Some wrap-up comes a file later than its call, surveys come
days later, some rows are exported again with the same id, and open calls and logins are closed in a
later file.
"""

import argparse
import bisect
import datetime
import json
import pathlib
import sys
import zoneinfo

import dialect
from containers import DIMENSIONS, FACTS
from world import World

# The mapping for `[sources.<id>.end_by]`; the other end reasons need none.
END_BY = {" HANGup": "abandoned", "Anrufer hat aufgelegt – „zu lang“": "abandoned",
          "Abandoned, callback requested": "flow_out", "Weiterleitung": "transferred",
          "Conference (no transfer)": "flow_out"}
FAULTS = ["number", "few columns", "many columns", "invalid UTF-8"]


def main():
    args = arguments()
    out = pathlib.Path(args.out)
    midnights = [period_midnights(date, args.days, args.file_zone) for date in args.start]
    world = World(args, dialect.generator(args.seed, "world"))
    manifest = {"tenant": args.tenant, "end_by": END_BY, "malformed": [], "rows": dict.fromkeys(FACTS | DIMENSIONS, 0)}

    for period in midnights:
        for date, rows in deliver_days(export_days(world, period), args.without):
            for container in FACTS:
                name = f"{date:%Y%m%d}-{args.tenant}-{container}-F.csv"
                path = out / "CCAAS" / "FACTS" / f"{args.tenant}-{container}-F" / name
                write(path, container, rows.get(container, []), args, manifest, is_fact=True)
    for container in DIMENSIONS:
        name = f"{args.tenant}-{container}-D"
        path = out / "CCAAS" / "DIMENSIONS" / name / f"{name}.csv"
        write(path, container, world.dimension(container), args, manifest, is_fact=False)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start", action="append", type=datetime.date.fromisoformat, required=True)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--without", action="append", default=[], type=datetime.date.fromisoformat)
    parser.add_argument("--calls-per-day", type=int, default=200)
    parser.add_argument("--queues", type=int, default=6)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--tenant", type=int, default=1234)
    parser.add_argument("--file-zone", default="America/New_York", help="of the night run and the file dates")
    parser.add_argument("--dialect", default="mixed", choices=["mixed", *dialect.NAMED])
    parser.add_argument("--malformed", type=float, default=0.004, help="malformed rows per row; 0 for none")
    parser.add_argument("--plain", action="store_true", help="big volumes, fast: sober names, nothing malformed")
    args = parser.parse_args()
    if args.plain:
        args.dialect, args.malformed = "plain", 0
    return args


def period_midnights(first, days, zone):
    """Returns the instants at which the period's days begin, and the end of the last."""
    zone = zoneinfo.ZoneInfo(zone)
    dates = [first + datetime.timedelta(days=n) for n in range(days + 1)]
    return [(date, int(datetime.datetime.combine(date, datetime.time(), zone).timestamp())) for date in dates]


def export_days(world, period):
    """Yields each day's date with its rows by container, once no later day can add to it."""
    dates, starts = [date for date, _ in period], [start for _, start in period]
    files = {}
    for day in range(len(period) - 1):
        for container, closed_at, row in world.day(starts[day], starts[day + 1]):
            # What is closed after the period is never exported.
            file = bisect.bisect_right(starts, closed_at) - 1
            if day <= file < len(period) - 1:
                files.setdefault(file, {}).setdefault(container, []).append(row)
        yield dates[day], files.pop(day, {})


def deliver_days(days, without):
    """Yields the same without failed nights, whose rows come with the next ones."""
    late = {}
    for date, rows in days:
        for container, more in rows.items():
            late.setdefault(container, []).extend(more)
        if date not in without:
            yield date, late
            late = {}


def write(path, container, rows, args, manifest, is_fact):
    path.parent.mkdir(parents=True, exist_ok=True)
    manifest["rows"][container] += len(rows)
    if args.plain and is_fact:
        path.write_bytes(dialect.plain(container, rows))
        return
    rng = dialect.generator(args.seed, path.name)
    writer = dialect.Writer(container, dialect.draw_dialect(args.dialect, rng), rng, is_fact)
    for row in rows:
        writer.row(row)
        if is_fact and rng.random() < args.malformed:
            add_malformed_row(writer, container, row, rng, manifest)
    if is_fact and args.malformed and rows and rng.random() < 0.5:
        add_malformed_row(writer, container, rows[-1], rng, manifest)
    path.write_bytes(writer.bytes())
    inside = path.relative_to(args.out).as_posix()
    manifest["malformed"] += [{"file": inside, **bad} for bad in writer.malformed]


def add_malformed_row(writer, container, row, rng, manifest):
    """Returns a row with an id of its own, so that a wrong import shows."""
    row = (800_000_000 + len(manifest["malformed"]) * 1000 + len(writer.malformed), *row[1:])
    kinds = FAULTS
    if container == "Queue_Call":
        kinds = [*FAULTS, "negative wait", "negative wait"]
    kind = rng.choice(kinds)
    if kind == "negative wait":
        join = row[7]
        row = (*row[:8], *rng.choice([(join - 5, join + 60), (None, join - 1)]), *row[10:])
    writer.write_malformed(row, kind)


if __name__ == "__main__":
    sys.exit(main())
