-- How long contacts waited, to the second: pairs of a wait (as what it is longer than the one
-- before) and how many waited so long, each in seven-bit groups, lowest first. Of abandons without
-- the short ones. NULL, of what was computed before or whose source has no single calls.
ALTER TABLE queue_interval ADD COLUMN answered_waits BLOB;
ALTER TABLE queue_interval ADD COLUMN abandoned_waits BLOB;
ALTER TABLE queue_day ADD COLUMN answered_waits BLOB;
ALTER TABLE queue_day ADD COLUMN abandoned_waits BLOB;
-- The net promoter score of the company as a whole.
ALTER TABLE queue_interval ADD COLUMN enterprise_promoters INTEGER;
ALTER TABLE queue_interval ADD COLUMN enterprise_detractors INTEGER;
ALTER TABLE queue_interval ADD COLUMN enterprise_answers INTEGER;
ALTER TABLE queue_day ADD COLUMN enterprise_promoters INTEGER;
ALTER TABLE queue_day ADD COLUMN enterprise_detractors INTEGER;
ALTER TABLE queue_day ADD COLUMN enterprise_answers INTEGER;
