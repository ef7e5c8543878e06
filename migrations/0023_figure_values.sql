-- What custom figures were, looked at once a minute. A row says what a figure was from then on, until its next row or
-- until recording ended: a time that no run has is unknown.
CREATE TABLE figure_subject (
    id     INTEGER PRIMARY KEY,
    figure TEXT NOT NULL,
    source TEXT NOT NULL, -- of the queue; empty: the figure is the site's
    queue  TEXT NOT NULL, -- the vendor's id
    UNIQUE (figure, source, queue)
) STRICT;

CREATE TABLE figure_value (
    subject INTEGER NOT NULL,
    at      INTEGER NOT NULL, -- Unix seconds
    number  REAL,
    word    TEXT,             -- neither: unknown or out of date
    PRIMARY KEY (subject, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure_run (
    start INTEGER PRIMARY KEY, -- recorded from here …
    until INTEGER NOT NULL     -- … up to here
) STRICT;
