use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{json, value::RawValue};

use crate::domain::{AgentState, Metric, SourceId, Stance, Stated, Subject, Value};

use super::*;

pub(super) fn statistic(measure: Measure, delivered: Delivered) -> Statistic {
    let voice = SourceId::from("voice");
    Statistic {
        name: "Any".into(),
        object_type: "Agent".into(),
        object: "akl".into(),
        subject: Subject::Agent(crate::domain::Id::new(&voice, "akl")),
        measure,
        delivered,
        no_estimate_above: None,
    }
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

/// The bare number of a figure.
fn figure(metric: Metric, delivered: Delivered, text: &str) -> Option<f64> {
    let statistic = statistic(Measure::Figure(metric), delivered);
    match statistic.stated(Some(&raw(text)), &States::default()) {
        Stated::Figure(of, said) if of == metric => said.map(Value::number),
        other => panic!("{other:?}"),
    }
}

fn stance_with(states: &States, text: &str) -> Option<Stance> {
    let statistic = statistic(Measure::State, Delivered::State);
    match statistic.stated(Some(&raw(text)), states) {
        Stated::Stance(stance) => stance,
        other => panic!("{other:?}"),
    }
}

fn stance(value: &serde_json::Value) -> Option<Stance> {
    stance_with(&States::default(), &value.to_string())
}

fn state(value: &serde_json::Value) -> Option<AgentState> {
    stance(value).map(|stance| stance.state)
}

#[test]
fn a_number_is_read_however_it_is_written() {
    let table = [
        ("7", Some(7.0)),
        ("0", Some(0.0)),
        ("-0", Some(0.0)),
        ("7.0", Some(7.0)),
        ("7e0", Some(7.0)),
        ("\"7\"", Some(7.0)),
        ("\" 7 \"", Some(7.0)),
        (
            r#"{"intervalLength":0,"tag":-1,"stringValue":"7","timestamp":1490830620000,"intValue":7}"#,
            Some(7.0),
        ),
        (r#"{"intValue":7}"#, Some(7.0)),
        (r#"{"IntValue":"7"}"#, Some(7.0)),
        (r#"{"stringValue":"","intValue":7}"#, Some(7.0)),
        (r#"{"stringValue":null,"intValue":7}"#, Some(7.0)),
        (r#"{"value":7}"#, Some(7.0)),
        (r#"{"value":{"stringValue":"7"}}"#, Some(7.0)),
        (r#"{"stringValue":"7","more":[{"a":[1e9]}]}"#, Some(7.0)),
    ];
    for (text, expected) in table {
        let number = figure(Metric::Waiting, Delivered::Count, text);
        assert_eq!(number, expected, "{text}");
        assert!(number.is_none_or(f64::is_sign_positive), "{text}");
    }
}

#[test]
fn what_is_no_count_is_unknown_and_never_0() {
    let table = [
        "null",
        "true",
        "false",
        "[]",
        "[7]",
        "{}",
        "\"\"",
        "\"NaN\"",
        "\"inf\"",
        "\"n/a\"",
        "\"1,234\"",
        "\"0x7\"",
        "-1",
        "7.5",
        "1e400",
        "\"1e400\"",
        "2147483647",
        "4294967295",
        "99999999999999999999",
        r#"{"stringValue":"NaN","intValue":0}"#,
        r#"{"stringValue":"n/a","intValue":0}"#,
        r#"{"stringValue":{},"intValue":null}"#,
        r#"{"stringValue":["7"],"intValue":0}"#,
        r#"{"stringValue":"0","intValue":0,"valid":false}"#,
        r#"{"stringValue":"0","intValue":0,"invalid":true}"#,
        r#"{"stringValue":"7","intValue":1e400}"#,
        r#"{"intValue":-1}"#,
        r#"{"AgentStatus":{"Status":9}}"#,
    ];
    for text in table {
        assert_eq!(
            figure(Metric::Waiting, Delivered::Count, text),
            None,
            "{text}"
        );
    }
}

#[test]
fn a_value_that_is_not_there_is_unknown_for_every_measure() {
    let states = States::default();
    let measures = [
        (Measure::Figure(Metric::Waiting), Delivered::Count),
        (Measure::State, Delivered::State),
        (Measure::TimeInState, Delivered::Seconds),
    ];
    for (measure, delivered) in measures {
        let statistic = statistic(measure, delivered);
        assert!(!is_known(&statistic.stated(None, &states)), "{measure:?}");
        assert!(!is_known(&statistic.stated(Some(&raw("null")), &states)));
    }
}

#[test]
fn values_are_put_into_our_units() {
    let decimals = r#"{"stringValue":"87.5","intValue":87}"#;
    let share = r#"{"stringValue":"0.875","intValue":0}"#;
    let table = [
        (
            Metric::ServiceLevel,
            Delivered::Percent,
            decimals,
            Some(87.5),
        ),
        (
            Metric::ServiceLevel,
            Delivered::Percent,
            "\"87.5 %\"",
            Some(87.5),
        ),
        (Metric::ServiceLevel, Delivered::Ratio, share, Some(87.5)),
        (
            Metric::ServiceLevel,
            Delivered::Ratio,
            "1.00000000001",
            Some(100.0),
        ),
        (Metric::ServiceLevel, Delivered::Ratio, "87.5", None),
        (Metric::ServiceLevel, Delivered::Percent, "875", None),
        (Metric::ServiceLevel, Delivered::Count, "87", None),
        (
            Metric::AverageHandleTime,
            Delivered::Seconds,
            decimals,
            Some(87.5),
        ),
        (
            Metric::AverageHandleTime,
            Delivered::Milliseconds,
            decimals,
            Some(0.0875),
        ),
        (
            Metric::AverageHandleTime,
            Delivered::Milliseconds,
            "2147483647",
            None,
        ),
        (Metric::LongestWait, Delivered::Seconds, "41", Some(41.0)),
        // A time of day is no duration.
        (Metric::LongestWait, Delivered::Seconds, "1490830620", None),
        (Metric::LongestWait, Delivered::Count, "41", None),
        (Metric::Waiting, Delivered::Seconds, "41", None),
    ];
    for (metric, delivered, text, expected) in table {
        assert_eq!(
            figure(metric, delivered, text),
            expected,
            "{metric:?} {delivered:?} {text}"
        );
    }
}

#[test]
fn at_the_mark_for_no_estimate_there_is_none() {
    let expected_wait = Statistic {
        no_estimate_above: Some(10_000.0),
        ..statistic(
            Measure::Figure(Metric::ExpectedWait),
            Delivered::Milliseconds,
        )
    };
    let said = |text: &str| is_known(&expected_wait.stated(Some(&raw(text)), &States::default()));

    assert!(said("9999.9"));
    assert!(!said("10000"));
    assert!(!said(r#"{"stringValue":"10001","intValue":10001}"#));
}

#[test]
fn a_trial_tells_a_text_from_no_value_and_no_value_from_no_estimate() {
    let found = |measure, above: Option<f64>, text: &str| {
        let statistic = Statistic {
            no_estimate_above: above,
            ..statistic(measure, Delivered::Seconds)
        };
        statistic.found(Some(&raw(text)), &States::default())
    };
    let wait = Measure::Figure(Metric::ExpectedWait);

    assert_eq!(found(wait, Some(10_000.0), "10000"), Finding::Well);
    assert_eq!(found(wait, Some(10_000.0), "12"), Finding::Well);
    assert_eq!(found(wait, None, "-1"), Finding::Unknown);
    for none in ["10000", "\"10000\"", r#"{"intValue":10000}"#] {
        assert_eq!(found(wait, None, none), Finding::NoEstimate, "{none}");
    }
    assert_eq!(found(wait, None, "10001"), Finding::Well);
    let waits = Measure::Figure(Metric::LongestWait);
    assert_eq!(found(waits, None, "10000"), Finding::Well);
    for none in ["\"NaN\"", "\"N/A\"", "\"\"", "null", "\"-\""] {
        assert_eq!(found(wait, None, none), Finding::Unknown, "{none}");
    }
    let Finding::Refused(why) = found(wait, None, "\"WaitForNextCall\"") else {
        panic!("a text is no number");
    };
    assert_eq!(why, "it sends text where a number is expected");
}

#[test]
fn the_time_in_a_state_is_in_seconds() {
    let clock = statistic(Measure::TimeInState, Delivered::Milliseconds);

    let stated = clock.stated(Some(&raw("1500")), &States::default());

    assert_eq!(stated, Stated::TimeInState(Some(1.5)));
}

#[test]
fn a_state_is_known_by_name_alias_or_number_in_any_case() {
    use AgentState::{
        Available, Busy, Hold, LoggedOut, NotReady, Ringing, Talking, Unknown, WrapUp,
    };
    let table = [
        ("WaitForNextCall", Available, None),
        ("waitfornextcall", Available, None),
        ("Ready", Available, None),
        ("4", Available, None),
        ("NotReadyForNextCall", NotReady, None),
        ("NOT_READY", NotReady, None),
        ("8", NotReady, None),
        ("AfterCallWork", WrapUp, None),
        ("ACW", WrapUp, None),
        ("9", WrapUp, None),
        ("CallRinging", Ringing, None),
        ("CallOnHold", Hold, None),
        ("LoggedOut", LoggedOut, None),
        ("Logout", LoggedOut, None),
        ("23", LoggedOut, None),
        ("CallDialing", Busy, Some("CallDialing")),
        ("6", Busy, Some("CallDialing")),
        ("OffHook", Busy, Some("OffHook")),
        ("ASM_Engaged", Ringing, Some("ASM_Engaged")),
        ("asm engaged", Ringing, Some("ASM_Engaged")),
        ("ASM_Outbound", Talking, Some("ASM_Outbound")),
        ("CallConsult", Talking, Some("CallConsult")),
        ("22", Talking, Some("CallInbound")),
        ("Monitored", Unknown, Some("Monitored")),
        ("OnHook", Unknown, Some("OnHook")),
        // Not confirmed, and so nobody's.
        ("0", Unknown, Some("0")),
        ("3", Unknown, Some("3")),
        ("27", Unknown, Some("27")),
        ("Teleporting", Unknown, Some("Teleporting")),
    ];
    for (word, expected, left) in table {
        let shapes = [
            json!(word),
            json!({"status": word}),
            json!({"AgentStatus": {"Status": word}}),
            json!({"stringValue": word, "intValue": 0}),
            json!({"AgentStatus": {"Status": {"name": word, "id": 0}}}),
        ];
        for shape in &shapes {
            let stance = stance(shape).unwrap();
            assert_eq!(
                (stance.state, stance.raw.as_deref()),
                (expected, left),
                "{shape}"
            );
        }
        if let Ok(number) = word.parse::<u8>() {
            assert_eq!(state(&json!(number)), Some(expected), "{word}");
            assert_eq!(state(&json!({"State": number})), Some(expected), "{word}");
        }
    }
}

#[test]
fn a_site_says_what_its_states_mean_first() {
    let say = |pairs: &[(&str, AgentState)]| {
        let states = pairs
            .iter()
            .map(|(word, state)| ((*word).to_owned(), *state));
        States::new(&states.collect(), &HashMap::new())
    };
    let numbers = say(&[("27", AgentState::Busy), ("4", AgentState::NotReady)]);
    let names = say(&[
        ("ready", AgentState::Busy),
        ("offhook", AgentState::Available),
        ("coaching", AgentState::NotReady),
    ]);
    let state =
        |states: &States, word: &str| stance_with(states, &format!("{word:?}")).unwrap().state;

    assert_eq!(state(&numbers, "27"), AgentState::Busy);
    assert_eq!(state(&numbers, "4"), AgentState::NotReady);
    // Another interface's numbers say nothing of the names.
    assert_eq!(state(&numbers, "WaitForNextCall"), AgentState::Available);
    assert_eq!(state(&names, "WaitForNextCall"), AgentState::Busy);
    assert_eq!(state(&names, "4"), AgentState::Busy);
    assert_eq!(state(&names, "OffHook"), AgentState::Available);
    assert_eq!(state(&names, "5"), AgentState::Available);
    assert_eq!(state(&names, "Coaching"), AgentState::NotReady);
}

/// As the vendor's platform SDK shows it, with names spelt its way.
fn documented() -> serde_json::Value {
    json!({"AgentStatus": {
        "AgentId": "akl", "LoginId": "1001", "Status": 9, "Time": 1_392_641_892,
        "Place": {"PlaceId": "P1", "PlaceStatus": 9, "Time": 1_392_641_892, "DnStatuses": [
            {"DN Id": "1001", "SwitchId": "SIP", "GSW DN TYPES": 1, "DN Status": 9, "Time": 1_392_641_892,
             "Actions": [{"Action": "AfterCallWork", "Time": 1_392_641_892, "ConnectionId": "0"}]},
        ]},
    }})
}

#[test]
fn the_documented_tree_is_read_with_its_clock() {
    let stance = stance(&documented()).unwrap();

    assert_eq!(stance.state, AgentState::WrapUp);
    assert_eq!(stance.since, Timestamp::from_second(1_392_641_892).ok());
    assert_eq!(stance.media, Vec::new());
}

#[test]
fn a_tree_is_read_in_any_spelling_and_any_envelope() {
    let plain = documented();
    let inner = &plain["AgentStatus"];
    let shapes = [
        plain.clone(),
        inner.clone(),
        json!({"name": "CurrentAgentState", "value": plain}),
        json!({"objectId": "akl", "agentState": inner}),
        json!({"agents": [{"agentId": "other", "status": 4}, inner]}),
        json!({"CurrentTargetState": {"Agents": [{"AgentId": "akl", "AgentStatus": inner, "Capacity": []}]}}),
        json!([[[inner]]]),
    ];
    for shape in shapes {
        let lower: serde_json::Value =
            serde_json::from_str(&shape.to_string().to_lowercase()).unwrap();
        let snake = shape
            .to_string()
            .replace("DnStatuses", "dn_statuses")
            .replace("DN Status", "dn_status");
        let snake: serde_json::Value = serde_json::from_str(&snake).unwrap();
        for shape in [&shape, &lower, &snake] {
            let stance = stance(shape).unwrap_or_else(|| panic!("{shape}"));
            assert_eq!(stance.state, AgentState::WrapUp, "{shape}");
            assert_eq!(
                stance.since,
                Timestamp::from_second(1_392_641_892).ok(),
                "{shape}"
            );
        }
    }
}

fn on(media: &serde_json::Value) -> serde_json::Value {
    json!({"AgentId": "akl", "Place": {"PlaceId": "P1", "DnStatuses": media}})
}

#[test]
fn of_several_media_the_highest_state_holds_and_each_is_kept() {
    let tree = on(&json!([
        {"Media": "Chat", "DnStatus": "WaitForNextCall", "Time": 1_392_641_000},
        {"DnId": "1001", "DnStatus": "CallInbound", "Time": 1_392_641_892},
        {"Media": "email", "DnStatus": "LoggedOut", "Time": 1_392_640_000},
        {"DnId": "1002", "DnStatus": "WaitForNextCall", "Time": 1_392_641_893},
    ]));

    let stance = stance(&tree).unwrap();

    assert_eq!(
        (stance.state, stance.raw.as_deref()),
        (AgentState::Talking, Some("CallInbound"))
    );
    assert_eq!(stance.since, Timestamp::from_second(1_392_641_892).ok());
    let media = [
        ("chat".into(), AgentState::Available),
        ("email".into(), AgentState::LoggedOut),
        ("voice".into(), AgentState::Talking),
    ];
    assert_eq!(stance.media, media);
}

#[test]
fn a_telephone_at_rest_is_what_its_agent_is() {
    let tree = json!({"Status": "Ready", "Place": {"DnStatuses": [
        {"DnId": "1", "DnStatus": "OnHook"},
        {"Media": "chat", "DnStatus": "CallInbound"},
    ]}});

    let media = stance(&tree).unwrap().media;

    assert_eq!(media[1], ("voice".into(), AgentState::Available));
}

#[test]
fn what_the_vendor_does_not_know_is_asked_of_its_media() {
    let tree = json!({"Status": "Monitored", "Time": 1, "Place": {"DnStatuses": [
        {"DnId": "1", "Actions": [
            {"Action": "WaitForNextCall", "Time": 1_392_641_000},
            {"Action": "CallRinging", "Time": 1_392_641_892},
        ]},
    ]}});

    let stance = stance(&tree).unwrap();

    assert_eq!(stance.state, AgentState::Ringing);
    assert_eq!(stance.since, Timestamp::from_second(1_392_641_892).ok());
}

#[test]
fn who_has_no_place_is_logged_out_and_what_says_nothing_is_unknown() {
    let table = [
        (
            json!({"AgentId": "akl", "Place": null}),
            Some(AgentState::LoggedOut),
        ),
        (
            json!({"AgentId": "akl", "Place": {}}),
            Some(AgentState::LoggedOut),
        ),
        (on(&json!([])), Some(AgentState::LoggedOut)),
        (
            json!({"AgentId": "akl", "Status": 23}),
            Some(AgentState::LoggedOut),
        ),
        (json!({"AgentId": "akl"}), None),
        (json!({"Place": null}), None),
        (json!({}), None),
        (json!([]), None),
        (json!([{"status": 4}, {"status": 8}]), None),
        (json!(null), None),
        (json!(true), None),
        (json!(""), None),
        (json!({"stringValue": ""}), None),
        (json!({"status": null}), None),
        (json!({"status": [], "place": 7}), None),
        (json!({"name": "CurrentAgentState", "value": null}), None),
    ];
    for (value, expected) in table {
        assert_eq!(state(&value), expected, "{value}");
    }
}

#[test]
fn a_reason_is_found_wherever_it_stands_and_told_in_words() {
    let words = HashMap::from([("3".to_owned(), "Lunch".to_owned())]);
    let states = States::new(&HashMap::new(), &words);
    let not_ready = |more: serde_json::Value| {
        let mut tree = json!({"Status": 8});
        tree.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        tree
    };
    let medium = |more: serde_json::Value| {
        let mut medium = json!({"DnId": "1", "DnStatus": 8});
        medium
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        not_ready(
            json!({"Place": {"DnStatuses": [{"DnId": "2", "DnStatus": 4, "Reason": "9"}, medium]}}),
        )
    };
    let table = [
        (not_ready(json!({"Reason": "3"})), Some("Lunch")),
        (not_ready(json!({"ReasonCode": 3})), Some("Lunch")),
        (not_ready(json!({"reasons": ["3"]})), Some("Lunch")),
        (
            not_ready(json!({"Reasons": {"ReasonCode": "3"}})),
            Some("Lunch"),
        ),
        (
            not_ready(
                json!({"Reasons": [{"key": "a", "value": "1"}, {"key": "ReasonCode", "value": "3"}]}),
            ),
            Some("Lunch"),
        ),
        (
            not_ready(json!({"Extensions": {"ReasonCode": "Training"}})),
            Some("Training"),
        ),
        (
            medium(json!({"Reasons": {"ReasonCode": "3"}})),
            Some("Lunch"),
        ),
        (
            medium(json!({"Actions": [{"Action": 8, "ReasonCode": "3"}]})),
            Some("Lunch"),
        ),
        (not_ready(json!({"Reason": ""})), None),
        (not_ready(json!({"Extensions": {}})), None),
        // Left over from before.
        (json!({"Status": 4, "Reason": "3"}), None),
    ];
    for (tree, expected) in table {
        let stance = stance_with(&states, &tree.to_string()).unwrap();
        assert_eq!(stance.reason.as_deref(), expected, "{tree}");
    }
}

#[test]
fn the_time_of_a_state_is_in_seconds_or_milliseconds_by_its_size() {
    let begun = Timestamp::from_second(1_392_641_892).ok();
    let table = [
        (json!(1_392_641_892), begun),
        (json!("1392641892"), begun),
        (json!(1_392_641_892_000_i64), begun),
        (json!("2014-02-17T12:58:12Z"), begun),
        (json!(0), None),
        (json!(90), None),
        (json!(-1), None),
        (json!(1e300), None),
        (json!("soon"), None),
        (json!(null), None),
        (json!({}), None),
    ];
    for (time, expected) in table {
        let tree = json!({"Status": 4, "Time": time});
        assert_eq!(stance(&tree).unwrap().since, expected, "{time}");
    }
}

#[test]
fn what_is_too_large_or_too_deep_is_unknown() {
    let deep = |depth: usize| format!("{}7{}", "[".repeat(depth), "]".repeat(depth));
    let wide = format!(r#"{{"status":4,"more":"{}"}}"#, "x".repeat(70_000));

    for text in [deep(100), deep(10_000), wide.clone()] {
        assert_eq!(stance_with(&States::default(), &text), None);
        assert_eq!(figure(Metric::Waiting, Delivered::Count, &text), None);
    }
}

#[test]
fn texts_of_a_vendor_are_cut() {
    let long = "x\u{7}".repeat(1_000);
    let stance = stance(&json!({"Status": long})).unwrap();

    assert_eq!(stance.raw.unwrap().len(), 80);
}
