//! An agent's day from rows: hand-made sessions, breaks and calls.

use jiff::Timestamp;

use crate::report::{AgentActivity, AgentDayQuery, History};
use wallboard_domain::{DataScope, Id, Pattern};

use super::compute_tests::{CALL, ComputeFixture, DAY};

const HOUR: i64 = 3_600;

/// "08:00 Talking" for the start of each span, and the end of the last.
async fn day_of(history: &History, agent: &str) -> Vec<String> {
    let query = AgentDayQuery {
        agent: Id::new(&"calls".into(), agent),
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 24 * HOUR).unwrap(),
    };
    let spans = history.load_agent_day(query).await.unwrap();
    let time = |at: i64| {
        let at = Timestamp::from_second(at).unwrap();
        let day = if at.as_second() == DAY + 24 * HOUR {
            "24:00"
        } else {
            "%H:%M:%S"
        };
        at.strftime(day).to_string()
    };
    let spans = spans.iter().map(|span| {
        let activity = match span.activity {
            AgentActivity::Talking => "talking",
            AgentActivity::WrapUp => "wrap-up",
            AgentActivity::OnBreak => "break",
            AgentActivity::SignedIn => "signed in",
            AgentActivity::SignedOut => "signed out",
        };
        format!("{}–{} {activity}", time(span.from), time(span.to))
    });
    spans.collect()
}

#[tokio::test]
async fn sessions_breaks_and_calls_make_a_day_and_the_rest_is_unknown() {
    let center = ComputeFixture::new();
    let hour = |hour: i64| DAY + hour * HOUR;
    let logins = "agent_login_id,agent_id,time_logged_in,time_logged_off\n";
    let login = format!("{logins}1,9,{},{}\n", hour(8), hour(16));
    center.import_file("Agent_Login", 3, &login).await;
    let pauses = "agent_pause_id,agent_id,time_start,time_end\n";
    let pause = format!("{pauses}1,9,{},{}\n", hour(10), hour(10) + 900);
    center.import_file("Agent_Pause", 3, &pause).await;
    let wrap_ups = "agent_acw_id,agent_id,time_start,time_end\n";
    let wrap_up = format!("{wrap_ups}5,9,{},{}\n", hour(9) + 300, hour(9) + 360);
    center.import_file("Agent_ACW", 3, &wrap_up).await;
    // The second is of another agent, the third wasn't answered.
    let calls = [
        format!("1,7,9,{},{},{},,a,5,", hour(9), hour(9) + 10, hour(9) + 300),
        format!("2,7,4,{},{},{},,b,,", hour(12), hour(12) + 10, hour(13)),
        format!("3,7,9,{},,{},,c,,", hour(14), hour(14) + 60),
    ];
    let calls = CALL.to_owned() + &calls.join("\n");
    center.import_file("Queue_Call", 3, &calls).await;
    center.compute_days().await;

    let expected = [
        "00:00:00–08:00:00 signed out",
        "08:00:00–09:00:10 signed in",
        "09:00:10–09:05:00 talking",
        "09:05:00–09:06:00 wrap-up",
        "09:06:00–10:00:00 signed in",
        "10:00:00–10:15:00 break",
        "10:15:00–16:00:00 signed in",
    ];
    // A session that isn't over is in no file yet: nobody knows whether one began after four.
    let history = center.open_history();
    assert_eq!(day_of(&history, "9").await, expected);

    let within = |agents: Vec<Pattern>| {
        let scope = DataScope {
            queues: vec![Pattern("*".to_owned())],
            agents,
        };
        history.within(scope.into())
    };
    let others = within(vec![Pattern("calls/4".to_owned())]);
    assert_eq!(day_of(&others, "9").await, [""; 0]);
    assert_eq!(day_of(&within(Vec::new()), "9").await, [""; 0]);
    assert_eq!(day_of(&history.without_agent_figures(), "9").await, [""; 0]);
}
