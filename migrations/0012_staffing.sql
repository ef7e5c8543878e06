-- Seconds of the agents who were signed in to a queue: signed in, without other activity, busy in
-- any queue or call, busy or ringing. An agent of two queues counts in both: never added up over
-- queues. A day on which no queue has a row isn't known.
CREATE TABLE queue_staff (
    source    TEXT    NOT NULL,
    start     INTEGER NOT NULL, -- of a quarter of an hour, Unix seconds
    queue     TEXT    NOT NULL,
    logged_in INTEGER NOT NULL,
    ready     INTEGER NOT NULL,
    busy      INTEGER NOT NULL,
    engaged   INTEGER NOT NULL,
    PRIMARY KEY (source, start, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_staff_day (
    source    TEXT    NOT NULL,
    day       INTEGER NOT NULL, -- as in queue_day
    queue     TEXT    NOT NULL,
    logged_in INTEGER NOT NULL,
    ready     INTEGER NOT NULL,
    busy      INTEGER NOT NULL,
    engaged   INTEGER NOT NULL,
    PRIMARY KEY (source, day, queue)
) STRICT, WITHOUT ROWID;
