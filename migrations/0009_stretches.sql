-- What stretches of rows reach over, of files of many days: a part of their time is read
-- without the rest. A file without stretches is read as a whole.
CREATE TABLE import_stretch (
    file  INTEGER NOT NULL,
    line  INTEGER NOT NULL, -- of its first row
    first INTEGER NOT NULL, -- earliest and latest time in its rows, Unix seconds; where they
    last  INTEGER NOT NULL, -- have none, the least and the greatest id of a call
    PRIMARY KEY (file, line)
) STRICT, WITHOUT ROWID;
