//! The eleven containers of facts, as the guide lists them. What may tell who called is
//! marked so.

use super::container::{Declared, Touches, id, integer, text, time};

/// What came of a call can lie a day after its stay, in its wrap-up; and that it was in a
/// queue changes what its agent's extension did before.
const STAY: Touches = Touches::Times {
    of: &["time_join", "time_connect", "time_leave"],
    before: 1,
    after: 1,
};

pub(super) const FACTS: [Declared; 11] = [
    Declared {
        name: "Agent_Login",
        table: "sangoma_agent_login",
        touches: times(&["time_logged_in", "time_logged_off"], 0),
        fields: &[
            id("agent_login_id").needed(),
            id("agent_id").needed(),
            time("time_logged_in").needed(),
            time("time_logged_off"),
            text("extension"),
            id("logoff_reason_id"),
        ],
    },
    Declared {
        name: "Agent_Login_Queue",
        table: "sangoma_agent_login_queue",
        touches: Touches::Nothing,
        fields: &[
            id("agent_login_queue_id").needed(),
            id("queue_id"),
            id("agent_login_id"),
        ],
    },
    Declared {
        name: "Agent_Pause",
        table: "sangoma_agent_pause",
        touches: times(&["time_start", "time_end"], 0),
        fields: &[
            id("agent_pause_id").needed(),
            id("agent_id").needed(),
            id("agent_login_id"),
            time("time_start").needed(),
            time("time_end"),
            id("Reason_id (pause_code_id)")
                .column("pause_code_id")
                .also(&["reason_id", "pause_code_id"]),
        ],
    },
    Declared {
        name: "Agent_ACW",
        table: "sangoma_agent_acw",
        // Its call may have joined the day before.
        touches: times(&["time_start", "time_end"], 1),
        fields: &[
            id("agent_acw_id").needed(),
            id("agent_id"),
            time("time_start").needed(),
            time("time_end"),
            text("call_uuid"),
        ],
    },
    Declared {
        name: "Call_Attempt",
        table: "sangoma_call_attempt",
        touches: times(&["start_time", "end_time"], 0),
        fields: &[
            id("call_attempt_id").needed(),
            id("agent_id"),
            text("callerid_number").contact(),
            text("uuid"),
            id("queue_id"),
            time("start_time").needed(),
            time("end_time"),
            text("no_answer_reason"),
        ],
    },
    // The guide's "Container Name: Call_Attempt" in this section is a slip.
    Declared {
        name: "Queue_Call",
        table: "sangoma_queue_call",
        touches: STAY,
        fields: &[
            id("queue_call_id").needed(),
            id("queue_id").needed(),
            id("agent_id"),
            text("exten"),
            id("call_reason_id"),
            id("queue_call_end_by_id"),
            text("exit_key"),
            time("time_join").needed(),
            time("time_connect"),
            time("time_leave"),
            id("call_type_id"),
            text("callerid").contact(),
            text("uuid"),
            // Of a call back this is the customer. `to` is a word of SQL.
            text("to").column("to_number").contact(),
            id("acw_id"),
        ],
    },
    Declared {
        name: "Queue_Call_Contact",
        table: "sangoma_queue_call_contact",
        touches: Touches::Nothing,
        fields: &[
            id("queue_call_contact_id").needed(),
            id("queue_call_id").needed(),
            id("contact_id").needed(),
        ],
    },
    Declared {
        name: "Call_Issue_Queue_Call",
        table: "sangoma_call_issue_queue_call",
        touches: Touches::FileDate,
        fields: &[
            id("call_issue_queue_call_id").needed(),
            id("queue_call_id").needed(),
            id("call_issue_id").needed(),
        ],
    },
    Declared {
        name: "Queue_Call_Survey",
        table: "sangoma_queue_call_survey",
        touches: times(&["created_at"], 0),
        fields: &[
            id("queue_call_survey_id").needed(),
            text("uuid"),
            integer("csat_score"),
            integer("nps_score"),
            time("created_at").needed(),
            id("queue_id").needed(),
            integer("nps_enterprise_score"),
        ],
    },
    Declared {
        name: "Call_Details",
        table: "sangoma_call_details",
        // It tells when the talk of a call ended that may have joined the day before.
        touches: times(&["start_time", "answer_time", "end_time"], 1),
        fields: &[
            id("call_details_id").needed(),
            text("callerid_name").contact(),
            text("callerid_number").number(),
            text("destination_number").number(),
            text("call_type"),
            text("codec"),
            time("start_time").needed(),
            time("answer_time"),
            time("end_time"),
            integer("duration"),
            text("status"),
            text("trunk"),
            text("did_number"),
            text("uuid"),
        ],
    },
    Declared {
        name: "Recording",
        table: "sangoma_recording",
        touches: Touches::Nothing,
        fields: &[
            id("recording_id").needed(),
            text("uuid"),
            // File names of recordings are often made of the numbers on both ends.
            text("path").contact(),
            text("codec"),
            integer("duration_ms"),
            integer("size"),
            integer("channels"),
            integer("sample rate").column("sample_rate"),
            integer("bit rate").column("bit_rate"),
            text("checksum"),
            text("storage"),
            time("created_at"),
            time("updated_at"),
        ],
    },
];

const fn times(of: &'static [&'static str], before: i64) -> Touches {
    Touches::Times {
        of,
        before,
        after: 0,
    }
}
