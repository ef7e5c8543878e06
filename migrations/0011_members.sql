-- What belongs to what, as of today: queues and agents to the export's groups, agents and reasons
-- to queues.
CREATE TABLE history_member (
    source   TEXT NOT NULL,
    class    TEXT NOT NULL, -- of the whole: queue_group, agent_group, queue
    whole    TEXT NOT NULL,
    part     TEXT NOT NULL, -- class of the part: queue, agent, reason
    member   TEXT NOT NULL,
    priority INTEGER,       -- of an agent in a queue
    PRIMARY KEY (source, class, whole, part, member)
) STRICT, WITHOUT ROWID;

-- What else the export says of a queue, a group or a number, under its own field names.
CREATE TABLE history_detail (
    source      TEXT NOT NULL,
    class       TEXT NOT NULL, -- as in history_name
    external_id TEXT NOT NULL,
    field       TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (source, class, external_id, field)
) STRICT, WITHOUT ROWID;
