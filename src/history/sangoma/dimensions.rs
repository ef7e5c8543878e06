//! The eighteen containers of dimensions, as the guide lists them. Their own people,
//! queues and numbers are the centre's; only `Contact` is about who calls.

use super::container::{Declared, Field, Touches, boolean, id, integer, text};

pub(super) const DIMENSIONS: [Declared; 18] = [
    dimension(
        "Agent_Details",
        "sangoma_agent_details",
        &[
            id("agent_id").needed(),
            text("name"),
            text("login_name"),
            text("email"),
            boolean("enabled"),
        ],
    ),
    dimension(
        "Agent_Group",
        "sangoma_agent_group",
        &[
            id("agent_id").needed(),
            id("agent_group_id").needed(),
            text("group_name"),
            text("group_description"),
        ],
    ),
    dimension(
        "Queue_Agents",
        "sangoma_queue_agents",
        &[
            id("queue_id").needed(),
            id("agent_id").needed(),
            integer("priority"),
        ],
    ),
    dimension(
        "Queue_Details",
        "sangoma_queue_details",
        &[
            id("queue_id").needed(),
            text("name"),
            text("small_name"),
            boolean("enabled"),
            text("number"),
            text("public_number"),
            text("description"),
            text("strategy"),
            integer("wrapuptime"),
            integer("sla_wait"),
            integer("sla_wait_target"),
            integer("sla_duration"),
            integer("sla_duration_target"),
            integer("abandoned_threshold"),
            integer("agent_disconnection_rate"),
        ],
    ),
    dimension(
        "Queue_Pause_Code",
        "sangoma_queue_pause_code",
        &[
            id("queue_pause_code_id"),
            id("queue_id").needed(),
            id("pause_code_id").needed(),
            integer("limit_duration"),
            boolean("automatic_unpause"),
            boolean("disable_unpause"),
            boolean("limit_notification_enabled"),
        ],
    ),
    dimension(
        "Queue_Call_End_By",
        "sangoma_queue_call_end_by",
        &[id("queue_call_end_by_id").needed(), text("end_by")],
    ),
    dimension(
        "Queue_Call_Reason",
        "sangoma_queue_call_reason",
        &[id("queue_id").needed(), id("call_reason_id").needed()],
    ),
    dimension(
        "Queue_Group",
        "sangoma_queue_group",
        &[
            id("queue_group_id").needed(),
            text("name"),
            text("description"),
        ],
    ),
    dimension(
        "Queue_Group_Queues",
        "sangoma_queue_group_queues",
        &[
            id("queue_group_queues_id"),
            id("queue_id").needed(),
            id("queue_group_id").needed(),
        ],
    ),
    dimension(
        "Contact",
        "sangoma_contact",
        &[
            id("contact_id").needed(),
            text("name").contact(),
            text("email").contact(),
            text("id_number").contact(),
            boolean("active"),
        ],
    ),
    dimension(
        "Destination",
        "sangoma_destination",
        &[
            id("destination_id").needed(),
            text("destination_type"),
            text("name"),
            boolean("active"),
        ],
    ),
    dimension(
        "DID",
        "sangoma_did",
        &[id("did_id").needed(), text("number"), id("destination_id")],
    ),
    dimension(
        "DNIS",
        "sangoma_dnis",
        &[
            id("dnis_id").needed(),
            text("name"),
            text("number"),
            text("description"),
            boolean("enabled"),
        ],
    ),
    dimension(
        "Agent_Logoff_Reason",
        "sangoma_agent_logoff_reason",
        &[id("logoff_reason_id").needed(), text("description")],
    ),
    dimension(
        "Call_Issue",
        "sangoma_call_issue",
        &[id("call_issue_id").needed(), text("description")],
    ),
    dimension(
        "Call_Reason",
        "sangoma_call_reason",
        &[id("call_reason_id").needed(), text("description")],
    ),
    dimension(
        "Call_Type",
        "sangoma_call_type",
        &[id("call_type_id").needed(), text("call_type")],
    ),
    dimension(
        "Pause_Code",
        "sangoma_pause_code",
        &[
            id("pause_code_id").needed(),
            text("description"),
            boolean("productive"),
            boolean("system"),
        ],
    ),
];

const fn dimension(name: &'static str, table: &'static str, fields: &'static [Field]) -> Declared {
    Declared {
        name,
        table,
        touches: Touches::Nothing,
        fields,
    }
}
