-- Files that were deleted because they are kept no longer, and from when to when they told
-- anything: while one of them is not here again, what was reckoned of its time stays.
CREATE TABLE import_gone (
    source TEXT    NOT NULL,
    key    TEXT    NOT NULL, -- as the far side writes it
    start  INTEGER NOT NULL, -- Unix seconds, half-open
    until  INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
