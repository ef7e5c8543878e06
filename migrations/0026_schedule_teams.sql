-- The team that a schedule gives an agent for an activity. NULL: it names none.
ALTER TABLE plan_schedule ADD COLUMN team TEXT;
