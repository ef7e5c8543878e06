-- Forecasts of imported plans, a queue's interval each. Volume, handle time and agents are thousandths.
CREATE TABLE plan_forecast (
    id          INTEGER PRIMARY KEY, -- file << 32 | line
    queue       TEXT    NOT NULL,    -- as the file names it
    start       INTEGER NOT NULL,    -- Unix seconds
    length      INTEGER NOT NULL,    -- seconds
    day         INTEGER NOT NULL,    -- the local day, as days since 1970
    volume      INTEGER,             -- contacts
    handle_time INTEGER,             -- seconds
    agents      INTEGER
) STRICT;

CREATE INDEX plan_forecast_start ON plan_forecast (start);
