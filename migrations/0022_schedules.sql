-- Activities of imported schedules. An agent is in them by ID or name, as the file has it.
CREATE TABLE plan_schedule (
    id       INTEGER PRIMARY KEY, -- file << 32 | line
    agent    TEXT    NOT NULL,
    start    INTEGER NOT NULL,    -- Unix seconds
    until    INTEGER NOT NULL,    -- Unix seconds
    activity TEXT    NOT NULL
) STRICT;

CREATE INDEX plan_schedule_start ON plan_schedule (start);
