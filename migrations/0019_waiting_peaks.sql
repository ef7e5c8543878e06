-- The most that waited in a queue in a quarter of an hour. A quarter of which a part is unknown has no row.
CREATE TABLE waiting_peak (
    start   INTEGER NOT NULL, -- Unix seconds
    source  TEXT    NOT NULL,
    queue   TEXT    NOT NULL,
    waiting INTEGER NOT NULL,
    PRIMARY KEY (start, source, queue)
) STRICT, WITHOUT ROWID;
