-- Whether what may be of callers and visitors can stand in a file's rows. Of what was taken
-- in before, nobody knows.
ALTER TABLE import_file ADD COLUMN contacts INTEGER NOT NULL DEFAULT 1;
