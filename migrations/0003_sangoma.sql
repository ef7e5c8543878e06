-- The rows of Sangoma's export, one table a container. An id is the file and the line
-- (import_file.id << 32 | line), so that a file's rows are one range; they are only ever
-- read so, by files whose times reach into what is wanted. Times are Unix
-- seconds, booleans 0 or 1; what a row does not say is NULL. `extra`: JSON of columns
-- that nobody knows, only where contacts are kept.

CREATE TABLE sangoma_agent_login (
    id               INTEGER PRIMARY KEY,
    agent_login_id   INTEGER,
    agent_id         INTEGER,
    time_logged_in   INTEGER,
    time_logged_off  INTEGER,
    extension        TEXT,
    logoff_reason_id INTEGER,
    extra            TEXT
) STRICT;

CREATE TABLE sangoma_agent_login_queue (
    id                   INTEGER PRIMARY KEY,
    agent_login_queue_id INTEGER,
    queue_id             INTEGER,
    agent_login_id       INTEGER,
    extra                TEXT
) STRICT;

CREATE TABLE sangoma_agent_pause (
    id             INTEGER PRIMARY KEY,
    agent_pause_id INTEGER,
    agent_id       INTEGER,
    agent_login_id INTEGER,
    time_start     INTEGER,
    time_end       INTEGER,
    pause_code_id  INTEGER,
    extra          TEXT
) STRICT;

CREATE TABLE sangoma_agent_acw (
    id           INTEGER PRIMARY KEY,
    agent_acw_id INTEGER,
    agent_id     INTEGER,
    time_start   INTEGER,
    time_end     INTEGER,
    call_uuid    TEXT,
    extra        TEXT
) STRICT;

CREATE TABLE sangoma_call_attempt (
    id               INTEGER PRIMARY KEY,
    call_attempt_id  INTEGER,
    agent_id         INTEGER,
    callerid_number  TEXT,
    uuid             TEXT,
    queue_id         INTEGER,
    start_time       INTEGER,
    end_time         INTEGER,
    no_answer_reason TEXT,
    extra            TEXT
) STRICT;

CREATE TABLE sangoma_queue_call (
    id                   INTEGER PRIMARY KEY,
    queue_call_id        INTEGER,
    queue_id             INTEGER,
    agent_id             INTEGER,
    exten                TEXT,
    call_reason_id       INTEGER,
    queue_call_end_by_id INTEGER,
    exit_key             TEXT,
    time_join            INTEGER,
    time_connect         INTEGER,
    time_leave           INTEGER,
    call_type_id         INTEGER,
    callerid             TEXT,
    uuid                 TEXT,
    to_number            TEXT,
    acw_id               INTEGER,
    extra                TEXT
) STRICT;

CREATE TABLE sangoma_queue_call_contact (
    id                    INTEGER PRIMARY KEY,
    queue_call_contact_id INTEGER,
    queue_call_id         INTEGER,
    contact_id            INTEGER,
    extra                 TEXT
) STRICT;

CREATE TABLE sangoma_call_issue_queue_call (
    id                       INTEGER PRIMARY KEY,
    call_issue_queue_call_id INTEGER,
    queue_call_id            INTEGER,
    call_issue_id            INTEGER,
    extra                    TEXT
) STRICT;

CREATE TABLE sangoma_queue_call_survey (
    id                   INTEGER PRIMARY KEY,
    queue_call_survey_id INTEGER,
    uuid                 TEXT,
    csat_score           INTEGER,
    nps_score            INTEGER,
    created_at           INTEGER,
    queue_id             INTEGER,
    nps_enterprise_score INTEGER,
    extra                TEXT
) STRICT;

CREATE TABLE sangoma_call_details (
    id                 INTEGER PRIMARY KEY,
    call_details_id    INTEGER,
    callerid_name      TEXT,
    callerid_number    TEXT,
    destination_number TEXT,
    call_type          TEXT,
    codec              TEXT,
    start_time         INTEGER,
    answer_time        INTEGER,
    end_time           INTEGER,
    duration           INTEGER,
    status             TEXT,
    trunk              TEXT,
    did_number         TEXT,
    uuid               TEXT,
    extra              TEXT
) STRICT;

CREATE TABLE sangoma_recording (
    id           INTEGER PRIMARY KEY,
    recording_id INTEGER,
    uuid         TEXT,
    path         TEXT,
    codec        TEXT,
    duration_ms  INTEGER,
    size         INTEGER,
    channels     INTEGER,
    sample_rate  INTEGER,
    bit_rate     INTEGER,
    checksum     TEXT,
    storage      TEXT,
    created_at   INTEGER,
    updated_at   INTEGER,
    extra        TEXT
) STRICT;

CREATE TABLE sangoma_agent_details (
    id         INTEGER PRIMARY KEY,
    agent_id   INTEGER,
    name       TEXT,
    login_name TEXT,
    email      TEXT,
    enabled    INTEGER,
    extra      TEXT
) STRICT;

CREATE TABLE sangoma_agent_group (
    id                INTEGER PRIMARY KEY,
    agent_id          INTEGER,
    agent_group_id    INTEGER,
    group_name        TEXT,
    group_description TEXT,
    extra             TEXT
) STRICT;

CREATE TABLE sangoma_queue_agents (
    id       INTEGER PRIMARY KEY,
    queue_id INTEGER,
    agent_id INTEGER,
    priority INTEGER,
    extra    TEXT
) STRICT;

CREATE TABLE sangoma_queue_details (
    id                       INTEGER PRIMARY KEY,
    queue_id                 INTEGER,
    name                     TEXT,
    small_name               TEXT,
    enabled                  INTEGER,
    number                   TEXT,
    public_number            TEXT,
    description              TEXT,
    strategy                 TEXT,
    wrapuptime               INTEGER,
    sla_wait                 INTEGER,
    sla_wait_target          INTEGER,
    sla_duration             INTEGER,
    sla_duration_target      INTEGER,
    abandoned_threshold      INTEGER,
    agent_disconnection_rate INTEGER,
    extra                    TEXT
) STRICT;

CREATE TABLE sangoma_queue_pause_code (
    id                         INTEGER PRIMARY KEY,
    queue_pause_code_id        INTEGER,
    queue_id                   INTEGER,
    pause_code_id              INTEGER,
    limit_duration             INTEGER,
    automatic_unpause          INTEGER,
    disable_unpause            INTEGER,
    limit_notification_enabled INTEGER,
    extra                      TEXT
) STRICT;

CREATE TABLE sangoma_queue_call_end_by (
    id                   INTEGER PRIMARY KEY,
    queue_call_end_by_id INTEGER,
    end_by               TEXT,
    extra                TEXT
) STRICT;

CREATE TABLE sangoma_queue_call_reason (
    id             INTEGER PRIMARY KEY,
    queue_id       INTEGER,
    call_reason_id INTEGER,
    extra          TEXT
) STRICT;

CREATE TABLE sangoma_queue_group (
    id             INTEGER PRIMARY KEY,
    queue_group_id INTEGER,
    name           TEXT,
    description    TEXT,
    extra          TEXT
) STRICT;

CREATE TABLE sangoma_queue_group_queues (
    id                    INTEGER PRIMARY KEY,
    queue_group_queues_id INTEGER,
    queue_id              INTEGER,
    queue_group_id        INTEGER,
    extra                 TEXT
) STRICT;

CREATE TABLE sangoma_contact (
    id         INTEGER PRIMARY KEY,
    contact_id INTEGER,
    name       TEXT,
    email      TEXT,
    id_number  TEXT,
    active     INTEGER,
    extra      TEXT
) STRICT;

CREATE TABLE sangoma_destination (
    id               INTEGER PRIMARY KEY,
    destination_id   INTEGER,
    destination_type TEXT,
    name             TEXT,
    active           INTEGER,
    extra            TEXT
) STRICT;

CREATE TABLE sangoma_did (
    id             INTEGER PRIMARY KEY,
    did_id         INTEGER,
    number         TEXT,
    destination_id INTEGER,
    extra          TEXT
) STRICT;

CREATE TABLE sangoma_dnis (
    id          INTEGER PRIMARY KEY,
    dnis_id     INTEGER,
    name        TEXT,
    number      TEXT,
    description TEXT,
    enabled     INTEGER,
    extra       TEXT
) STRICT;

CREATE TABLE sangoma_agent_logoff_reason (
    id               INTEGER PRIMARY KEY,
    logoff_reason_id INTEGER,
    description      TEXT,
    extra            TEXT
) STRICT;

CREATE TABLE sangoma_call_issue (
    id            INTEGER PRIMARY KEY,
    call_issue_id INTEGER,
    description   TEXT,
    extra         TEXT
) STRICT;

CREATE TABLE sangoma_call_reason (
    id             INTEGER PRIMARY KEY,
    call_reason_id INTEGER,
    description    TEXT,
    extra          TEXT
) STRICT;

CREATE TABLE sangoma_call_type (
    id           INTEGER PRIMARY KEY,
    call_type_id INTEGER,
    call_type    TEXT,
    extra        TEXT
) STRICT;

CREATE TABLE sangoma_pause_code (
    id            INTEGER PRIMARY KEY,
    pause_code_id INTEGER,
    description   TEXT,
    productive    INTEGER,
    system        INTEGER,
    extra         TEXT
) STRICT;
