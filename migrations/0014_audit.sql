-- Who saw or changed what. Entries are added, and deleted once they're old; never changed.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL, -- milliseconds since 1970
    actor   TEXT NOT NULL,
    address TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'audit entries never change');
END;
