-- What boards showed of a queue's day at quarters of an hour; never added to what is
-- imported. Times are Unix seconds, days the days since 1970 of a local date. Figures
-- are as they were shown; what the source does not give is NULL.
CREATE TABLE board_tally (
    source   TEXT    NOT NULL,
    queue    TEXT    NOT NULL, -- the vendor's id
    day      INTEGER NOT NULL,
    at       INTEGER NOT NULL, -- it stood so from here …
    until    INTEGER NOT NULL, -- … up to here
    fresh    INTEGER NOT NULL, -- 0 or 1, as the next two
    complete INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    since    INTEGER,          -- the day is counted from here
    missing  INTEGER,          -- seconds of the day so far that are not counted
    offered                 REAL,
    answered                REAL,
    abandoned               REAL,
    short_abandoned         REAL,
    flow_outs               REAL,
    abandon_rate            REAL, -- percent
    service_level           REAL, -- percent
    average_speed_of_answer REAL, -- this and the next four: seconds
    average_handle_time     REAL,
    average_talk_time       REAL,
    average_wrap_up         REAL,
    first_response_time     REAL,
    transferred             REAL,
    outcome_positive        REAL,
    outcome_negative        REAL,
    outcome_neutral         REAL,
    outcome_unresolved      REAL,
    occupancy               REAL, -- percent
    answered_within  INTEGER,  -- what ratios are of, where contacts are counted here
    abandoned_within INTEGER,
    waits            INTEGER,
    wait_time        INTEGER,  -- milliseconds
    handled          INTEGER,
    handle_time      INTEGER,  -- milliseconds
    PRIMARY KEY (source, queue, day, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX board_tally_day ON board_tally (day);
