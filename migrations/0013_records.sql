-- What people make, in documents of their owners' formats. Each change is a new row that replaces the
-- record's previous one: AUTOINCREMENT never uses a revision twice. A deletion is a row as well,
-- so that it reaches those who watch.
CREATE TABLE record (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    document BLOB, -- NULL: deleted
    UNIQUE (kind, id)
) STRICT;

CREATE INDEX record_kind ON record (kind, revision);
CREATE INDEX record_deletion ON record (kind, revision) WHERE document IS NULL;
