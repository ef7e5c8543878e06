#!/usr/bin/env python3
"""Baselines for the import: the sqlite3 shell, pandas and DuckDB on the same export.

  beside.py shell FOLDER               prints a script for the sqlite3 shell
  beside.py pandas FOLDER DATABASE     read_csv and to_sql of every file
  beside.py duckdb FOLDER DATABASE     every file into bare tables, and the figures

The figures are the product's, by quarters of an hour: queues by start and by event, agents with the
measured union of their time, and breakdowns. Wrap-up counts once the talk time is known: a call that
ends after the last midnight has its end in the next file.
"""

import pathlib
import sys

QUARTER = 900


def main():
    what, folder, *rest = sys.argv[1:]
    {"shell": shell, "pandas": pandas, "duckdb": duckdb}[what](pathlib.Path(folder), *rest)


def containers(folder):
    """Yields each container with its files in order."""
    for path in sorted(folder.glob("CCAAS/*/*")):
        yield path.name.split("-")[1], sorted(path.glob("*.csv"))


def shell(folder):
    for container, files in containers(folder):
        for number, file in enumerate(files):
            # The header of the first file names the columns.
            print(f'.import --csv {"--skip 1 " if number else ""}"{file}" {container}')
    print(figures(
        integer=lambda column: f"nullif(CAST({column} AS INTEGER), 0)",
        score=lambda column: f"CASE WHEN {column} <> '' THEN CAST({column} AS INTEGER) END",
        least="min", greatest="max",
        quarters="generate_series(a - a % 900, b - 1, 900) AS quarter"))


def pandas(folder, database):
    import sqlite3

    import pandas

    with sqlite3.connect(database) as connection:
        for container, files in containers(folder):
            for file in files:
                pandas.read_csv(file, low_memory=False).to_sql(container, connection, if_exists="append", index=False)


def duckdb(folder, database):
    import duckdb

    connection = duckdb.connect(database)
    for container, files in containers(folder):
        names = [str(file) for file in files]
        connection.execute(
            f"CREATE TABLE {container} AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", [names])
    connection.execute(figures(
        integer=lambda column: f"nullif(TRY_CAST({column} AS BIGINT), 0)",
        score=lambda column: f"TRY_CAST({column} AS BIGINT)",
        least="least", greatest="greatest",
        quarters="unnest(generate_series(a - a % 900, b - 1, 900)) AS quarter(value)"))


def figures(integer, score, least, greatest, quarters):
    """Returns the SQL of the figures; the arguments are what engines write differently."""
    quarter = lambda column: f"{column} - {column} % {QUARTER}"
    sums = """count(*) AS n, sum(answered) AS answered, sum(within) AS within, sum(abandoned) AS abandoned,
        sum(abandoned_within) AS abandoned_within, sum(short) AS short, sum(flow_out) AS flow_outs,
        sum(wait_time) AS wait_time, sum(handled) AS handled, sum(talk) AS talk_time,
        sum(CASE WHEN handled = 1 THEN wrap_up END) AS wrap_up_time, sum(talks_within) AS talks_within,
        sum(transferred) AS transferred, max(wait) AS longest_wait"""
    return f"""
CREATE TABLE wrap AS SELECT {integer("agent_acw_id")} AS id, {integer("agent_id")} AS agent,
    {integer("time_start")} AS a, {integer("time_end")} AS b FROM Agent_ACW;
CREATE TABLE call AS SELECT uuid, {integer("answer_time")} AS answered, {integer("end_time")} AS ended,
    callerid_number AS caller, destination_number AS called FROM Call_Details;
CREATE TABLE queue AS SELECT {integer("queue_id")} AS id, coalesce({integer("sla_wait")}, 20) AS t,
    coalesce({score("abandoned_threshold")}, 5) AS s, {integer("sla_duration")} AS longest FROM Queue_Details;
CREATE TABLE ending AS SELECT {integer("queue_call_end_by_id")} AS id,
    lower(end_by) LIKE '%abandon%' AND end_by <> 'Abandoned, callback requested' OR end_by = 'Hangup'
        OR end_by LIKE 'Anrufer hat%' AS abandoned,
    lower(end_by) LIKE '%transfer%' AND end_by <> 'Conference (no transfer)' OR end_by = 'Weiterleitung' AS transferred
    FROM Queue_Call_End_By;
CREATE TABLE stay AS
    SELECT q.*, w.b AS wrapped, w.b - w.a AS wrap_up, queue.t, queue.s, queue.longest,
        coalesce(ending.abandoned, false) AS is_abandon, coalesce(ending.transferred, false) AS is_transfer,
        CASE WHEN q.answer IS NULL THEN NULL
            WHEN q.leaves IS NULL OR q.leaves = q.answer THEN call.ended - q.answer
            ELSE q.leaves - q.answer END AS talk,
        coalesce(q.answer, q.leaves) - q.joined AS wait
    FROM (SELECT {integer("queue_call_id")} AS id, {integer("queue_id")} AS queue, {integer("agent_id")} AS agent,
            {integer("call_reason_id")} AS reason, {integer("queue_call_end_by_id")} AS end_by,
            {integer("call_type_id")} AS type, {integer("time_join")} AS joined, {integer("time_connect")} AS answer,
            {integer("time_leave")} AS leaves, {integer("acw_id")} AS acw, uuid FROM Queue_Call) AS q
        LEFT JOIN wrap AS w ON w.id = q.acw
        LEFT JOIN call ON call.uuid = q.uuid
        LEFT JOIN queue ON queue.id = q.queue
        LEFT JOIN ending ON ending.id = q.end_by;
CREATE TABLE counted AS SELECT *,
    CASE WHEN answer IS NOT NULL THEN 1 ELSE 0 END AS answered,
    CASE WHEN answer IS NOT NULL AND wait <= t THEN 1 ELSE 0 END AS within,
    CASE WHEN answer IS NULL AND is_abandon AND wait >= s THEN 1 ELSE 0 END AS abandoned,
    CASE WHEN answer IS NULL AND is_abandon AND wait <= t THEN 1 ELSE 0 END AS abandoned_within,
    CASE WHEN answer IS NULL AND is_abandon AND wait < s THEN 1 ELSE 0 END AS short,
    CASE WHEN answer IS NULL AND leaves IS NOT NULL AND NOT is_abandon THEN 1 ELSE 0 END AS flow_out,
    CASE WHEN answer IS NOT NULL THEN wait ELSE 0 END AS wait_time,
    CASE WHEN talk IS NOT NULL THEN 1 ELSE 0 END AS handled,
    CASE WHEN talk <= longest THEN 1 ELSE 0 END AS talks_within,
    CASE WHEN answer IS NOT NULL AND is_transfer THEN 1 ELSE 0 END AS transferred,
    coalesce(wrapped, answer + talk) AS over FROM stay;
CREATE TABLE by_start AS SELECT queue, {quarter("joined")} AS start, {sums} FROM counted GROUP BY 1, 2;
CREATE TABLE by_event AS
    SELECT queue, start, sum(n) AS n, sum(answered) AS answered, sum(within) AS within, sum(abandoned) AS abandoned,
        sum(short) AS short, sum(flow_out) AS flow_outs, sum(wait_time) AS wait_time, sum(handled) AS handled,
        sum(talk) AS talk_time, sum(wrap_up) AS wrap_up_time, sum(transferred) AS transferred, max(wait) AS longest_wait
    FROM (
        SELECT queue, {quarter("joined")} AS start, 1 AS n, 0 AS answered, 0 AS within, 0 AS abandoned, 0 AS short,
            0 AS flow_out, 0 AS wait_time, 0 AS handled, 0 AS talk, 0 AS wrap_up, 0 AS transferred, 0 AS wait FROM counted
        UNION ALL SELECT queue, {quarter("coalesce(answer, leaves)")}, 0, answered, within, abandoned, short, flow_out,
            wait_time, 0, 0, 0, 0, wait FROM counted
        UNION ALL SELECT queue, {quarter("over")}, 0, 0, 0, 0, 0, 0, 0, handled, talk, wrap_up, transferred, 0 FROM counted
            WHERE handled = 1) AS events
    GROUP BY 1, 2;
CREATE TABLE survey AS
    SELECT queue, {quarter("moment")} AS start, count(csat) AS csat_answers, sum(csat) AS csat_sum,
        sum(CASE WHEN csat > 3 THEN 1 ELSE 0 END) AS csat_top, count(nps) AS nps_answers,
        sum(CASE WHEN nps > 8 THEN 1 ELSE 0 END) AS promoters, sum(CASE WHEN nps < 7 THEN 1 ELSE 0 END) AS detractors
    FROM (SELECT s.queue, CASE WHEN s.csat BETWEEN 1 AND 5 THEN s.csat END AS csat,
            CASE WHEN s.nps BETWEEN 0 AND 10 THEN s.nps END AS nps, coalesce(max(stay.joined), s.moment) AS moment
        FROM (SELECT {integer("queue_call_survey_id")} AS id, uuid, {integer("queue_id")} AS queue,
                {integer("created_at")} AS moment, {score("csat_score")} AS csat, {score("nps_score")} AS nps
            FROM Queue_Call_Survey) AS s
            LEFT JOIN stay ON stay.uuid = s.uuid AND stay.queue = s.queue
                AND stay.joined BETWEEN s.moment - 604800 AND s.moment
        GROUP BY s.id, s.queue, s.csat, s.nps, s.moment) AS linked
    GROUP BY 1, 2;
CREATE TABLE handled AS SELECT agent, {quarter("joined")} AS start, sum(handled) AS handled,
    sum(transferred) AS transferred FROM counted WHERE agent IS NOT NULL GROUP BY 1, 2;
CREATE TABLE missed AS SELECT agent, {quarter("moment")} AS start, count(*) AS missed
    FROM (SELECT {integer("agent_id")} AS agent, {integer("start_time")} AS moment FROM Call_Attempt
        WHERE no_answer_reason <> '') AS attempts GROUP BY 1, 2;
CREATE TABLE login AS SELECT {integer("agent_id")} AS agent, extension, {integer("time_logged_in")} AS a,
    {integer("time_logged_off")} AS b FROM Agent_Login;
CREATE TABLE span AS
    SELECT agent, 'logged_in' AS kind, a, b FROM login
    UNION ALL SELECT {integer("agent_id")}, 'not_ready', {integer("time_start")}, {integer("time_end")} FROM Agent_Pause
    UNION ALL SELECT agent, 'talk', answer, answer + talk FROM stay WHERE talk IS NOT NULL AND agent IS NOT NULL
    UNION ALL SELECT agent, 'wrap_up', a, b FROM wrap
    UNION ALL SELECT {integer("agent_id")}, 'ringing', {integer("start_time")}, {integer("end_time")} FROM Call_Attempt
    UNION ALL SELECT login.agent, 'other', answered, ended
        FROM (SELECT caller AS number, * FROM call UNION ALL SELECT called, * FROM call) AS call
            JOIN login ON login.extension = call.number AND login.a <= call.answered AND call.answered < login.b
        WHERE call.uuid NOT IN (SELECT uuid FROM stay) AND call.ended IS NOT NULL;
CREATE TABLE labelled AS
    SELECT agent, kind, a, b FROM span WHERE a < b
    UNION ALL SELECT agent, 'busy', a, b FROM span WHERE kind IN ('talk', 'wrap_up', 'other') AND a < b
    UNION ALL SELECT agent, 'engaged', a, b FROM span WHERE kind IN ('talk', 'wrap_up', 'other', 'ringing') AND a < b
    UNION ALL SELECT agent, 'away', a, b FROM span WHERE kind <> 'logged_in' AND a < b
    UNION ALL SELECT agent, 'any', a, b FROM span WHERE a < b;
CREATE TABLE agent_time AS
    SELECT agent, kind, value AS start,
        sum({least}(b, value + {QUARTER}) - {greatest}(a, value)) AS seconds
    FROM (
        SELECT agent, kind, min(a) AS a, max(b) AS b FROM (
            SELECT *, sum(fresh) OVER (PARTITION BY agent, kind ORDER BY a, b ROWS UNBOUNDED PRECEDING) AS island FROM (
                SELECT *, CASE WHEN a <= max(b) OVER (PARTITION BY agent, kind ORDER BY a, b
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS fresh FROM labelled) AS f) AS i
        GROUP BY agent, kind, island) AS islands, {quarters}
    GROUP BY 1, 2, 3;
CREATE TABLE breakdown AS
    SELECT 'reason' AS kind, queue, {quarter("joined")} AS start, reason AS what, count(*) AS contacts FROM stay GROUP BY 1, 2, 3, 4
    UNION ALL SELECT 'type', queue, {quarter("joined")}, type, count(*) FROM stay GROUP BY 1, 2, 3, 4
    UNION ALL SELECT 'end_by', queue, {quarter("joined")}, end_by, count(*) FROM stay GROUP BY 1, 2, 3, 4
    UNION ALL SELECT 'issue', queue, {quarter("joined")}, issue, count(*)
        FROM (SELECT {integer("queue_call_id")} AS call, {integer("call_issue_id")} AS issue FROM Call_Issue_Queue_Call) AS i
            JOIN stay ON stay.id = i.call GROUP BY 1, 2, 3, 4;
"""


if __name__ == "__main__":
    main()
