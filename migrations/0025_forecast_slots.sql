-- How many contacts at once the queue's agents were seen with on the day so far. NULL: not known.
ALTER TABLE queue_forecast ADD COLUMN slots INTEGER;
