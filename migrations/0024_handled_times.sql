-- Of the contacts with a code, those that an agent handled, and their talk and wrap-up in seconds. NULL: computed
-- before, or the codes aren't a contact's only ones.
ALTER TABLE breakdown ADD COLUMN handled INTEGER;
ALTER TABLE breakdown ADD COLUMN talk_time INTEGER;
ALTER TABLE breakdown ADD COLUMN wrap_up_time INTEGER;
ALTER TABLE breakdown_day ADD COLUMN handled INTEGER;
ALTER TABLE breakdown_day ADD COLUMN talk_time INTEGER;
ALTER TABLE breakdown_day ADD COLUMN wrap_up_time INTEGER;
