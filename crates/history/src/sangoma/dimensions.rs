//! The eighteen dimension containers, as the guide lists them. Their people, queues and
//! numbers are the center's own; only `Contact` is about callers.

use wallboard_store::DataKind;

use super::container::{
    AGENT, ContainerDeclaration, boolean_field, dimension, id_field, integer_field, text_field,
};

pub(super) const DIMENSIONS: [ContainerDeclaration; 18] = [
    dimension("Agent_Details")
        .about_agents(DataKind::Names, &["name", "login_name", "email"])
        .with_fields(&[
            id_field(AGENT).required(),
            text_field("name"),
            text_field("login_name"),
            text_field("email"),
            boolean_field("enabled"),
        ]),
    dimension("Agent_Group")
        .about_agents(DataKind::Groups, &[])
        .with_fields(&[
            id_field(AGENT).required(),
            id_field("agent_group_id").required(),
            text_field("group_name"),
            text_field("group_description"),
        ]),
    dimension("Queue_Agents")
        .about_agents(DataKind::Groups, &[])
        .with_fields(&[
            id_field("queue_id").required(),
            id_field(AGENT).required(),
            integer_field("priority"),
        ]),
    dimension("Queue_Details").with_fields(&[
        id_field("queue_id").required(),
        text_field("name"),
        text_field("small_name"),
        boolean_field("enabled"),
        text_field("number"),
        text_field("public_number"),
        text_field("description"),
        text_field("strategy"),
        integer_field("wrapuptime"),
        integer_field("sla_wait"),
        integer_field("sla_wait_target"),
        integer_field("sla_duration"),
        integer_field("sla_duration_target"),
        integer_field("abandoned_threshold"),
        integer_field("agent_disconnection_rate"),
    ]),
    dimension("Queue_Pause_Code").with_fields(&[
        id_field("queue_pause_code_id"),
        id_field("queue_id").required(),
        id_field("pause_code_id").required(),
        integer_field("limit_duration"),
        boolean_field("automatic_unpause"),
        boolean_field("disable_unpause"),
        boolean_field("limit_notification_enabled"),
    ]),
    dimension("Queue_Call_End_By").with_fields(&[
        id_field("queue_call_end_by_id").required(),
        text_field("end_by"),
    ]),
    dimension("Queue_Call_Reason").with_fields(&[
        id_field("queue_id").required(),
        id_field("call_reason_id").required(),
    ]),
    dimension("Queue_Group").with_fields(&[
        id_field("queue_group_id").required(),
        text_field("name"),
        text_field("description"),
    ]),
    dimension("Queue_Group_Queues").with_fields(&[
        id_field("queue_group_queues_id"),
        id_field("queue_id").required(),
        id_field("queue_group_id").required(),
    ]),
    dimension("Contact").with_fields(&[
        id_field("contact_id").required(),
        text_field("name").contact_data(),
        text_field("email").contact_data(),
        text_field("id_number").contact_data(),
        boolean_field("active"),
    ]),
    dimension("Destination").with_fields(&[
        id_field("destination_id").required(),
        text_field("destination_type"),
        text_field("name"),
        boolean_field("active"),
    ]),
    dimension("DID").with_fields(&[
        id_field("did_id").required(),
        text_field("number"),
        id_field("destination_id"),
    ]),
    dimension("DNIS").with_fields(&[
        id_field("dnis_id").required(),
        text_field("name"),
        text_field("number"),
        text_field("description"),
        boolean_field("enabled"),
    ]),
    dimension("Agent_Logoff_Reason").with_fields(&[
        id_field("logoff_reason_id").required(),
        text_field("description"),
    ]),
    dimension("Call_Issue").with_fields(&[
        id_field("call_issue_id").required(),
        text_field("description"),
    ]),
    dimension("Call_Reason").with_fields(&[
        id_field("call_reason_id").required(),
        text_field("description"),
    ]),
    dimension("Call_Type")
        .with_fields(&[id_field("call_type_id").required(), text_field("call_type")]),
    dimension("Pause_Code").with_fields(&[
        id_field("pause_code_id").required(),
        text_field("description"),
        boolean_field("productive"),
        boolean_field("system"),
    ]),
];
