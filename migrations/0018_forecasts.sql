-- What was forecast of a queue for a half hour, when it began: the range of 8 of 10 outcomes. Compared
-- with what the boards showed at its start and at its end.
CREATE TABLE queue_forecast (
    source        TEXT    NOT NULL,
    queue         TEXT    NOT NULL,
    start         INTEGER NOT NULL, -- Unix seconds
    until         INTEGER NOT NULL,
    contacts_low  REAL    NOT NULL,
    contacts_high REAL    NOT NULL,
    level_low     REAL, -- service level, in percent
    level_high    REAL,
    PRIMARY KEY (source, queue, start)
) STRICT, WITHOUT ROWID;
