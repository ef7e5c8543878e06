-- Each case at its end, once, and the times in which some may be missing, in the order of the log.
CREATE TABLE case_record (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT    NOT NULL, -- '': a gap of the log
    case_id  TEXT,             -- NULL: a gap
    ended    INTEGER NOT NULL, -- Unix milliseconds, as its source reported it, or else as noticed
    noticed  INTEGER NOT NULL, -- Unix milliseconds, on our clock
    document TEXT    NOT NULL, -- JSON
    UNIQUE (source, case_id, ended)
) STRICT;

-- The entry of the log that follows the records, and when the one before it was received, which tells this log
-- from another one.
CREATE TABLE case_record_position (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    next      INTEGER NOT NULL,
    wall      INTEGER, -- Unix milliseconds
    monotonic INTEGER  -- milliseconds
) STRICT;
