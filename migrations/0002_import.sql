-- What was taken in of each source's exports, file by file.
CREATE TABLE import_file (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    source      TEXT    NOT NULL,
    key         TEXT    NOT NULL, -- as the far side writes it
    dataset     TEXT    NOT NULL, -- Sangoma's container; Vergic's file stem
    size        INTEGER NOT NULL, -- bytes
    tag         TEXT    NOT NULL,
    sha256      BLOB    NOT NULL,
    modified    INTEGER,          -- this and all other times: Unix seconds
    taken_at    INTEGER NOT NULL,
    rows        INTEGER NOT NULL,
    set_aside   INTEGER NOT NULL, -- malformed rows
    first       INTEGER,          -- earliest and latest time in its rows
    last        INTEGER,
    covers_from INTEGER,          -- what was reported of this time is known, half-open
    covers_to   INTEGER,
    notes       TEXT    NOT NULL, -- JSON: columns too many or missing, what it replaced
    UNIQUE (source, key)
) STRICT;

CREATE INDEX import_file_covers ON import_file (source, dataset, covers_from);

CREATE TABLE import_set_aside (
    file   INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    text   TEXT,                  -- only where contacts are kept
    PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;

-- Days whose intervals must be reckoned anew from facts.
CREATE TABLE import_dirty (
    source TEXT    NOT NULL,
    day    INTEGER NOT NULL,      -- UTC days since 1970
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
