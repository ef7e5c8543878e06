-- People who were forgotten, as hashes with a key: an import that has them again doesn't bring them
-- back. Nobody can read who it was; who has this file can try an ID or a name.
CREATE TABLE forgotten (
    hash      BLOB PRIMARY KEY,
    pseudonym INTEGER -- of an agent, below 0; NULL: of a name or an address
) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten_key (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL -- 32 random bytes
) STRICT;

-- Who is being forgotten, in JSON. Removed once nothing is left; if it's here, that was interrupted.
CREATE TABLE forgetting (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    person TEXT NOT NULL
) STRICT;
