//! The eleven fact containers, as the guide lists them. Fields that may identify a caller
//! are marked.

use wallboard_store::{DataKind, PeopleColumns};

use super::container::{
    AGENT, ContainerDeclaration, RecomputeRule, id_field, integer_field, text_field, time_field,
};

/// A call's wrap-up can end a day after its leg. And since it was in a queue, it doesn't
/// count as another call of its agent's extension on the day before.
const QUEUE_CALL_TIMES: RecomputeRule = RecomputeRule::Times {
    of: &["time_join", "time_connect", "time_leave"],
    before: 1,
    after: 1,
};

pub(super) const FACTS: [ContainerDeclaration; 11] = [
    ContainerDeclaration {
        name: "Agent_Login",
        recompute_rule: recompute_for_times(&["time_logged_in", "time_logged_off"], 0),
        people: agent_of("time_logged_in", DataKind::Activity),
        fields: &[
            id_field("agent_login_id").required(),
            id_field(AGENT).required(),
            time_field("time_logged_in").required(),
            time_field("time_logged_off"),
            text_field("extension"),
            id_field("logoff_reason_id"),
        ],
    },
    ContainerDeclaration {
        name: "Agent_Login_Queue",
        recompute_rule: RecomputeRule::FileDate,
        people: PeopleColumns::Nobody,
        fields: &[
            id_field("agent_login_queue_id").required(),
            id_field("queue_id"),
            id_field("agent_login_id"),
        ],
    },
    ContainerDeclaration {
        name: "Agent_Pause",
        recompute_rule: recompute_for_times(&["time_start", "time_end"], 0),
        people: agent_of("time_start", DataKind::Activity),
        fields: &[
            id_field("agent_pause_id").required(),
            id_field(AGENT).required(),
            id_field("agent_login_id"),
            time_field("time_start").required(),
            time_field("time_end"),
            id_field("Reason_id (pause_code_id)")
                .stored_as("pause_code_id")
                .with_aliases(&["reason_id", "pause_code_id"]),
        ],
    },
    ContainerDeclaration {
        name: "Agent_ACW",
        // Its call may have joined the day before.
        recompute_rule: recompute_for_times(&["time_start", "time_end"], 1),
        people: agent_of("time_start", DataKind::Activity),
        fields: &[
            id_field("agent_acw_id").required(),
            id_field(AGENT),
            time_field("time_start").required(),
            time_field("time_end"),
            text_field("call_uuid"),
        ],
    },
    ContainerDeclaration {
        name: "Call_Attempt",
        recompute_rule: recompute_for_times(&["start_time", "end_time"], 0),
        people: agent_of("start_time", DataKind::Calls),
        fields: &[
            id_field("call_attempt_id").required(),
            id_field(AGENT),
            text_field("callerid_number").contact_data(),
            text_field("uuid"),
            id_field("queue_id"),
            time_field("start_time").required(),
            time_field("end_time"),
            text_field("no_answer_reason"),
        ],
    },
    // The guide's "Container Name: Call_Attempt" in this section is a slip.
    ContainerDeclaration {
        name: "Queue_Call",
        recompute_rule: QUEUE_CALL_TIMES,
        people: agent_of("time_join", DataKind::Calls),
        fields: &[
            id_field("queue_call_id").required(),
            id_field("queue_id").required(),
            id_field(AGENT),
            text_field("exten"),
            id_field("call_reason_id"),
            id_field("queue_call_end_by_id"),
            text_field("exit_key"),
            time_field("time_join").required(),
            time_field("time_connect"),
            time_field("time_leave"),
            id_field("call_type_id"),
            text_field("callerid").contact_data(),
            text_field("uuid"),
            // For a callback this is the customer. `to` is an SQL keyword.
            text_field("to").stored_as("to_number").contact_data(),
            id_field("acw_id"),
        ],
    },
    ContainerDeclaration {
        name: "Queue_Call_Contact",
        recompute_rule: RecomputeRule::Nothing,
        people: PeopleColumns::Nobody,
        fields: &[
            id_field("queue_call_contact_id").required(),
            id_field("queue_call_id").required(),
            id_field("contact_id").required(),
        ],
    },
    ContainerDeclaration {
        name: "Call_Issue_Queue_Call",
        recompute_rule: RecomputeRule::FileDate,
        people: PeopleColumns::Nobody,
        fields: &[
            id_field("call_issue_queue_call_id").required(),
            id_field("queue_call_id").required(),
            id_field("call_issue_id").required(),
        ],
    },
    ContainerDeclaration {
        name: "Queue_Call_Survey",
        recompute_rule: recompute_for_times(&["created_at"], 0),
        people: PeopleColumns::Nobody,
        fields: &[
            id_field("queue_call_survey_id").required(),
            text_field("uuid"),
            integer_field("csat_score"),
            integer_field("nps_score"),
            time_field("created_at").required(),
            id_field("queue_id").required(),
            integer_field("nps_enterprise_score"),
        ],
    },
    ContainerDeclaration {
        name: "Call_Details",
        // It holds the end of a call's talk; the call may have joined the day before.
        recompute_rule: recompute_for_times(&["start_time", "answer_time", "end_time"], 1),
        people: PeopleColumns::CallerName {
            name: "callerid_name",
            time: "start_time",
        },
        fields: &[
            id_field("call_details_id").required(),
            text_field("callerid_name").contact_data(),
            text_field("callerid_number").phone_number(),
            text_field("destination_number").phone_number(),
            text_field("call_type"),
            text_field("codec"),
            time_field("start_time").required(),
            time_field("answer_time"),
            time_field("end_time"),
            integer_field("duration"),
            text_field("status"),
            text_field("trunk"),
            text_field("did_number"),
            text_field("uuid"),
        ],
    },
    ContainerDeclaration {
        name: "Recording",
        recompute_rule: RecomputeRule::Nothing,
        people: PeopleColumns::Nobody,
        fields: &[
            id_field("recording_id").required(),
            text_field("uuid"),
            // File names of recordings often contain the numbers of both ends.
            text_field("path").contact_data(),
            text_field("codec"),
            integer_field("duration_ms"),
            integer_field("size"),
            integer_field("channels"),
            integer_field("sample rate").stored_as("sample_rate"),
            integer_field("bit rate").stored_as("bit_rate"),
            text_field("checksum"),
            text_field("storage"),
            time_field("created_at"),
            time_field("updated_at"),
        ],
    },
];

const fn recompute_for_times(of: &'static [&'static str], before: i64) -> RecomputeRule {
    RecomputeRule::Times {
        of,
        before,
        after: 0,
    }
}

/// Rows of an agent, who becomes somebody else when they are forgotten.
const fn agent_of(time: &'static str, kind: DataKind) -> PeopleColumns {
    let id = AGENT;
    PeopleColumns::AgentOf { id, time, kind }
}
