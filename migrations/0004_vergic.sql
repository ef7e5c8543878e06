-- Rows of Vergic's files as they came. What they are about and their headers stand in
-- import_file, what they mean in the configuration.
CREATE TABLE vergic_row (
    id    INTEGER PRIMARY KEY, -- file << 32 | line
    cells TEXT    NOT NULL     -- JSON, in the order of the header
) STRICT;

-- When the folders of a UTC day were listed last, and how many files stood there: a day
-- that was seen long after its end, and whose files are all here, is not listed again.
CREATE TABLE vergic_day (
    source    TEXT    NOT NULL,
    day       INTEGER NOT NULL, -- days since 1970
    listed_at INTEGER NOT NULL, -- Unix seconds
    files     INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
