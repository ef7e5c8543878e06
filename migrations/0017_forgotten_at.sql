-- When a person was forgotten, in Unix milliseconds: the live state forgets them once, at that time.
ALTER TABLE forgotten ADD COLUMN at INTEGER NOT NULL DEFAULT 0;

-- Forgetting is one transaction now.
DROP TABLE forgetting;

-- A row: somebody was forgotten since the file was last written as a whole, so unused parts of it may
-- still have them.
CREATE TABLE unwritten (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
