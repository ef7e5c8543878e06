-- Figures of intervals, reckoned from facts; never added to. Times are Unix seconds,
-- lengths seconds, days the days since 1970 of a local date. An interval in which
-- nothing happened has no row; what its source does not tell is NULL.
CREATE TABLE queue_interval (
    source   TEXT    NOT NULL,
    count_by INTEGER NOT NULL, -- 0: by the start of the contact, 1: by the event
    length   INTEGER NOT NULL, -- 900; of Vergic 3600 or 86400, in UTC
    start    INTEGER NOT NULL,
    queue    TEXT    NOT NULL, -- the vendor's id, as in all tables here
    offered          INTEGER,
    answered         INTEGER,
    answered_within  INTEGER,
    abandoned        INTEGER,
    abandoned_within INTEGER,
    short_abandoned  INTEGER,
    flow_outs        INTEGER,
    waiting          INTEGER,
    waiting_late     INTEGER,
    wait_time        INTEGER,
    waits            INTEGER,
    handled          INTEGER,
    talk_time        INTEGER,
    talks_within     INTEGER,
    talks_limited    INTEGER,
    wrap_up_time     INTEGER,
    handle_time      INTEGER, -- where only the sum of talk and wrap-up is told
    transferred      INTEGER,
    longest_wait     INTEGER,
    csat_sum         INTEGER,
    csat_answers     INTEGER,
    csat_top         INTEGER,
    promoters        INTEGER,
    detractors       INTEGER,
    nps_answers      INTEGER,
    PRIMARY KEY (source, count_by, length, start, queue)
) STRICT, WITHOUT ROWID;

-- The same, summed over the days of history_source.zone; without whole days in UTC.
CREATE TABLE queue_day (
    source   TEXT    NOT NULL,
    count_by INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    queue    TEXT    NOT NULL,
    offered          INTEGER,
    answered         INTEGER,
    answered_within  INTEGER,
    abandoned        INTEGER,
    abandoned_within INTEGER,
    short_abandoned  INTEGER,
    flow_outs        INTEGER,
    waiting          INTEGER,
    waiting_late     INTEGER,
    wait_time        INTEGER,
    waits            INTEGER,
    handled          INTEGER,
    talk_time        INTEGER,
    talks_within     INTEGER,
    talks_limited    INTEGER,
    wrap_up_time     INTEGER,
    handle_time      INTEGER, -- where only the sum of talk and wrap-up is told
    transferred      INTEGER,
    longest_wait     INTEGER,
    csat_sum         INTEGER,
    csat_answers     INTEGER,
    csat_top         INTEGER,
    promoters        INTEGER,
    detractors       INTEGER,
    nps_answers      INTEGER,
    PRIMARY KEY (source, count_by, day, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_interval (
    source TEXT    NOT NULL,
    length INTEGER NOT NULL,
    start  INTEGER NOT NULL,
    agent  TEXT    NOT NULL,
    handled              INTEGER,
    handled_by_event     INTEGER,
    transferred          INTEGER,
    transferred_by_event INTEGER,
    missed               INTEGER,
    logged_in            INTEGER,
    ready                INTEGER,
    ringing              INTEGER,
    talk                 INTEGER,
    wrap_up              INTEGER,
    other                INTEGER,
    busy                 INTEGER,
    engaged              INTEGER,
    PRIMARY KEY (source, length, start, agent)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_day (
    source TEXT    NOT NULL,
    day    INTEGER NOT NULL,
    agent  TEXT    NOT NULL,
    handled              INTEGER,
    handled_by_event     INTEGER,
    transferred          INTEGER,
    transferred_by_event INTEGER,
    missed               INTEGER,
    logged_in            INTEGER,
    ready                INTEGER,
    ringing              INTEGER,
    talk                 INTEGER,
    wrap_up              INTEGER,
    other                INTEGER,
    busy                 INTEGER,
    engaged              INTEGER,
    PRIMARY KEY (source, day, agent)
) STRICT, WITHOUT ROWID;

-- Seconds not ready.
CREATE TABLE agent_pause (
    source  TEXT    NOT NULL,
    length  INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    agent   TEXT    NOT NULL,
    code    INTEGER NOT NULL, -- 0: none was given
    seconds INTEGER NOT NULL,
    PRIMARY KEY (source, length, start, agent, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_pause_day (
    source  TEXT    NOT NULL,
    day     INTEGER NOT NULL,
    agent   TEXT    NOT NULL,
    code    INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    PRIMARY KEY (source, day, agent, code)
) STRICT, WITHOUT ROWID;

-- How many contacts had which reason, issue, type or end; by their start.
CREATE TABLE breakdown (
    source   TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- reason, issue, type, end_by
    start    INTEGER NOT NULL,
    queue    TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    contacts INTEGER NOT NULL,
    PRIMARY KEY (source, kind, start, queue, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE breakdown_day (
    source   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    queue    TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    contacts INTEGER NOT NULL,
    PRIMARY KEY (source, kind, day, queue, key)
) STRICT, WITHOUT ROWID;

-- Names as of today, and what queues aim at.
CREATE TABLE history_name (
    source        TEXT    NOT NULL,
    class         TEXT    NOT NULL, -- queue, agent, pause_code, reason, issue, type, end_by
    external_id   TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    enabled       INTEGER NOT NULL, -- 0 or 1
    answer_within INTEGER,          -- seconds, of a queue
    service_level REAL,             -- percent
    short_abandon INTEGER,          -- seconds
    talk_within   INTEGER,          -- seconds
    talk_level    REAL,             -- percent
    longest       INTEGER,          -- seconds that a pause may last
    productive    INTEGER,          -- 0 or 1, of a pause code
    abandons      INTEGER,          -- 0 or 1, of an end: who was not answered gave up
    transfers     INTEGER,          -- 0 or 1, of an end: who was answered was passed on
    PRIMARY KEY (source, class, external_id)
) STRICT, WITHOUT ROWID;

-- Time of which all that was reported is in the tables above, half-open, merged.
CREATE TABLE history_cover (
    source TEXT    NOT NULL,
    start  INTEGER NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (source, start)
) STRICT, WITHOUT ROWID;

-- With what each source was reckoned.
CREATE TABLE history_source (
    source      TEXT    PRIMARY KEY,
    zone        TEXT    NOT NULL, -- of the days
    fingerprint TEXT    NOT NULL, -- of thresholds and meanings
    linked      INTEGER NOT NULL, -- the last file whose late rows were followed
    facts_from  INTEGER           -- before it facts were removed: never reckoned anew
) STRICT, WITHOUT ROWID;
