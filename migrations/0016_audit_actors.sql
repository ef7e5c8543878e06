-- Names of actors may be equal: where each comes from, and the ID there. Empty in entries of before.
ALTER TABLE audit ADD COLUMN actor_origin TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN actor_id     TEXT NOT NULL DEFAULT '';
