-- Names and configuration as the sources said them last: queues, agents,
-- opportunities, solutions and case types. NULL was never said.
CREATE TABLE profile (
    class        TEXT NOT NULL,
    source       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    name         TEXT,
    display_name TEXT,
    email        TEXT,
    queues       TEXT, -- JSON: the vendor's ids
    external_ids TEXT, -- JSON: pairs of system and id there
    PRIMARY KEY (class, source, external_id)
) STRICT, WITHOUT ROWID;
