use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{json, value::RawValue};

use wallboard_domain::{
    AgentStatus, AgentStatusReport, Metric, MetricSubject, MetricValue, SourceId, VendorValue,
};

use super::*;

pub(super) fn test_statistic(measure: Measure, delivered: DeliveredUnit) -> Statistic {
    let voice = SourceId::from("voice");
    Statistic {
        name: "Any".into(),
        object_type: "Agent".into(),
        object: "akl".into(),
        subject: MetricSubject::Agent(wallboard_domain::Id::new(&voice, "akl")),
        measure,
        delivered,
        no_estimate_above: None,
    }
}

fn raw_value(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

/// Decodes a figure to its bare number.
fn decode_figure(metric: Metric, delivered: DeliveredUnit, text: &str) -> Option<f64> {
    let statistic = test_statistic(Measure::Figure(metric), delivered);
    match statistic.decode_value(Some(&raw_value(text)), &StatusTable::default()) {
        VendorValue::Metric(reported_metric, value) if reported_metric == metric => {
            value.map(MetricValue::as_number)
        }
        other => panic!("{other:?}"),
    }
}

fn decode_report_with(states: &StatusTable, text: &str) -> Option<AgentStatusReport> {
    let statistic = test_statistic(Measure::State, DeliveredUnit::State);
    match statistic.decode_value(Some(&raw_value(text)), states) {
        VendorValue::Status(report) => report,
        other => panic!("{other:?}"),
    }
}

fn decode_report(value: &serde_json::Value) -> Option<AgentStatusReport> {
    decode_report_with(&StatusTable::default(), &value.to_string())
}

fn decode_status(value: &serde_json::Value) -> Option<AgentStatus> {
    decode_report(value).map(|report| report.status)
}

#[test]
fn number_is_read_in_every_known_form() {
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
        let number = decode_figure(Metric::Waiting, DeliveredUnit::Count, text);
        assert_eq!(number, expected, "{text}");
        assert!(number.is_none_or(f64::is_sign_positive), "{text}");
    }
}

#[test]
fn invalid_count_is_unknown_and_never_0() {
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
            decode_figure(Metric::Waiting, DeliveredUnit::Count, text),
            None,
            "{text}"
        );
    }
}

#[test]
fn missing_value_is_unknown_for_every_measure() {
    let states = StatusTable::default();
    let measures = [
        (Measure::Figure(Metric::Waiting), DeliveredUnit::Count),
        (Measure::State, DeliveredUnit::State),
        (Measure::TimeInState, DeliveredUnit::Seconds),
    ];
    for (measure, delivered) in measures {
        let statistic = test_statistic(measure, delivered);
        assert!(
            !is_known(&statistic.decode_value(None, &states)),
            "{measure:?}"
        );
        assert!(!is_known(
            &statistic.decode_value(Some(&raw_value("null")), &states)
        ));
    }
}

#[test]
fn values_are_converted_to_our_units() {
    let decimals = r#"{"stringValue":"87.5","intValue":87}"#;
    let share = r#"{"stringValue":"0.875","intValue":0}"#;
    let table = [
        (
            Metric::ServiceLevel,
            DeliveredUnit::Percent,
            decimals,
            Some(87.5),
        ),
        (
            Metric::ServiceLevel,
            DeliveredUnit::Percent,
            "\"87.5 %\"",
            Some(87.5),
        ),
        (
            Metric::ServiceLevel,
            DeliveredUnit::Ratio,
            share,
            Some(87.5),
        ),
        (
            Metric::ServiceLevel,
            DeliveredUnit::Ratio,
            "1.00000000001",
            Some(100.0),
        ),
        (Metric::ServiceLevel, DeliveredUnit::Ratio, "87.5", None),
        (Metric::ServiceLevel, DeliveredUnit::Percent, "875", None),
        (Metric::ServiceLevel, DeliveredUnit::Count, "87", None),
        (
            Metric::AverageHandleTime,
            DeliveredUnit::Seconds,
            decimals,
            Some(87.5),
        ),
        (
            Metric::AverageHandleTime,
            DeliveredUnit::Milliseconds,
            decimals,
            Some(0.0875),
        ),
        (
            Metric::AverageHandleTime,
            DeliveredUnit::Milliseconds,
            "2147483647",
            None,
        ),
        (
            Metric::LongestWait,
            DeliveredUnit::Seconds,
            "41",
            Some(41.0),
        ),
        // A time of day isn't a duration.
        (
            Metric::LongestWait,
            DeliveredUnit::Seconds,
            "1490830620",
            None,
        ),
        (Metric::LongestWait, DeliveredUnit::Count, "41", None),
        (Metric::Waiting, DeliveredUnit::Seconds, "41", None),
    ];
    for (metric, delivered, text, expected) in table {
        assert_eq!(
            decode_figure(metric, delivered, text),
            expected,
            "{metric:?} {delivered:?} {text}"
        );
    }
}

#[test]
fn wait_at_or_above_no_estimate_above_is_unknown() {
    let expected_wait = Statistic {
        no_estimate_above: Some(10_000.0),
        ..test_statistic(
            Measure::Figure(Metric::ExpectedWait),
            DeliveredUnit::Milliseconds,
        )
    };
    let has_estimate = |text: &str| {
        is_known(&expected_wait.decode_value(Some(&raw_value(text)), &StatusTable::default()))
    };

    assert!(has_estimate("9999.9"));
    assert!(!has_estimate("10000"));
    assert!(!has_estimate(r#"{"stringValue":"10001","intValue":10001}"#));
}

#[test]
fn judging_separates_text_from_no_value_and_from_no_estimate() {
    let classify = |measure, above: Option<f64>, text: &str| {
        let statistic = Statistic {
            no_estimate_above: above,
            ..test_statistic(measure, DeliveredUnit::Seconds)
        };
        statistic.judge_value(Some(&raw_value(text)), &StatusTable::default())
    };
    let wait = Measure::Figure(Metric::ExpectedWait);

    assert_eq!(
        classify(wait, Some(10_000.0), "10000"),
        StatisticFinding::Available
    );
    assert_eq!(
        classify(wait, Some(10_000.0), "12"),
        StatisticFinding::Available
    );
    assert_eq!(classify(wait, None, "-1"), StatisticFinding::Unknown);
    for none in ["10000", "\"10000\"", r#"{"intValue":10000}"#] {
        assert_eq!(
            classify(wait, None, none),
            StatisticFinding::NoEstimate,
            "{none}"
        );
    }
    assert_eq!(classify(wait, None, "10001"), StatisticFinding::Available);
    let waits = Measure::Figure(Metric::LongestWait);
    assert_eq!(classify(waits, None, "10000"), StatisticFinding::Available);
    for none in ["\"NaN\"", "\"N/A\"", "\"\"", "null", "\"-\""] {
        assert_eq!(
            classify(wait, None, none),
            StatisticFinding::Unknown,
            "{none}"
        );
    }
    let StatisticFinding::Rejected(why) = classify(wait, None, "\"WaitForNextCall\"") else {
        panic!("text accepted as a number");
    };
    assert_eq!(why, "it sends text where a number is expected");
}

#[test]
fn time_in_state_is_converted_to_seconds() {
    let clock = test_statistic(Measure::TimeInState, DeliveredUnit::Milliseconds);

    let value = clock.decode_value(Some(&raw_value("1500")), &StatusTable::default());

    assert_eq!(value, VendorValue::TimeInState(Some(1.5)));
}

#[test]
fn state_is_recognized_by_name_alias_or_number_in_any_case() {
    use AgentStatus::{
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
        // Unconfirmed numbers have no meaning.
        ("0", Unknown, Some("0")),
        ("3", Unknown, Some("3")),
        ("27", Unknown, Some("27")),
        ("Teleporting", Unknown, Some("Teleporting")),
    ];
    for (word, expected, vendor_status) in table {
        let shapes = [
            json!(word),
            json!({"status": word}),
            json!({"AgentStatus": {"Status": word}}),
            json!({"stringValue": word, "intValue": 0}),
            json!({"AgentStatus": {"Status": {"name": word, "id": 0}}}),
        ];
        for shape in &shapes {
            let report = decode_report(shape).unwrap();
            assert_eq!(
                (report.status, report.vendor_status.as_deref()),
                (expected, vendor_status),
                "{shape}"
            );
        }
        if let Ok(number) = word.parse::<u8>() {
            assert_eq!(decode_status(&json!(number)), Some(expected), "{word}");
            assert_eq!(
                decode_status(&json!({"State": number})),
                Some(expected),
                "{word}"
            );
        }
    }
}

#[test]
fn configured_states_override_the_built_in_table() {
    let table = |pairs: &[(&str, AgentStatus)]| {
        let states = pairs
            .iter()
            .map(|(word, state)| ((*word).to_owned(), *state));
        StatusTable::new(&states.collect(), &HashMap::new())
    };
    let numbers = table(&[("27", AgentStatus::Busy), ("4", AgentStatus::NotReady)]);
    let names = table(&[
        ("ready", AgentStatus::Busy),
        ("offhook", AgentStatus::Available),
        ("coaching", AgentStatus::NotReady),
    ]);
    let state = |states: &StatusTable, word: &str| {
        decode_report_with(states, &format!("{word:?}"))
            .unwrap()
            .status
    };

    assert_eq!(state(&numbers, "27"), AgentStatus::Busy);
    assert_eq!(state(&numbers, "4"), AgentStatus::NotReady);
    // Another interface's numbers don't affect the names.
    assert_eq!(state(&numbers, "WaitForNextCall"), AgentStatus::Available);
    assert_eq!(state(&names, "WaitForNextCall"), AgentStatus::Busy);
    assert_eq!(state(&names, "4"), AgentStatus::Busy);
    assert_eq!(state(&names, "OffHook"), AgentStatus::Available);
    assert_eq!(state(&names, "5"), AgentStatus::Available);
    assert_eq!(state(&names, "Coaching"), AgentStatus::NotReady);
}

/// The tree as the vendor's platform SDK shows it, with its spelling.
fn documented_tree() -> serde_json::Value {
    json!({"AgentStatus": {
        "AgentId": "akl", "LoginId": "1001", "Status": 9, "Time": 1_392_641_892,
        "Place": {"PlaceId": "P1", "PlaceStatus": 9, "Time": 1_392_641_892, "DnStatuses": [
            {"DN Id": "1001", "SwitchId": "SIP", "GSW DN TYPES": 1, "DN Status": 9, "Time": 1_392_641_892,
             "Actions": [{"Action": "AfterCallWork", "Time": 1_392_641_892, "ConnectionId": "0"}]},
        ]},
    }})
}

#[test]
fn documented_tree_is_read_with_its_start_time() {
    let report = decode_report(&documented_tree()).unwrap();

    assert_eq!(report.status, AgentStatus::WrapUp);
    assert_eq!(report.since, Timestamp::from_second(1_392_641_892).ok());
    assert_eq!(report.media, Vec::new());
}

#[test]
fn tree_is_read_in_any_spelling_and_any_envelope() {
    let plain = documented_tree();
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
            let report = decode_report(shape).unwrap_or_else(|| panic!("{shape}"));
            assert_eq!(report.status, AgentStatus::WrapUp, "{shape}");
            assert_eq!(
                report.since,
                Timestamp::from_second(1_392_641_892).ok(),
                "{shape}"
            );
        }
    }
}

fn agent_on_media(media: &serde_json::Value) -> serde_json::Value {
    json!({"AgentId": "akl", "Place": {"PlaceId": "P1", "DnStatuses": media}})
}

#[test]
fn highest_state_of_several_media_wins_and_all_are_reported() {
    let tree = agent_on_media(&json!([
        {"Media": "Chat", "DnStatus": "WaitForNextCall", "Time": 1_392_641_000},
        {"DnId": "1001", "DnStatus": "CallInbound", "Time": 1_392_641_892},
        {"Media": "email", "DnStatus": "LoggedOut", "Time": 1_392_640_000},
        {"DnId": "1002", "DnStatus": "WaitForNextCall", "Time": 1_392_641_893},
    ]));

    let report = decode_report(&tree).unwrap();

    assert_eq!(
        (report.status, report.vendor_status.as_deref()),
        (AgentStatus::Talking, Some("CallInbound"))
    );
    assert_eq!(report.since, Timestamp::from_second(1_392_641_892).ok());
    let media = [
        ("chat".into(), AgentStatus::Available),
        ("email".into(), AgentStatus::LoggedOut),
        ("voice".into(), AgentStatus::Talking),
    ];
    assert_eq!(report.media, media);
}

#[test]
fn idle_telephone_takes_its_agents_status() {
    let tree = json!({"Status": "Ready", "Place": {"DnStatuses": [
        {"DnId": "1", "DnStatus": "OnHook"},
        {"Media": "chat", "DnStatus": "CallInbound"},
    ]}});

    let media = decode_report(&tree).unwrap().media;

    assert_eq!(media[1], ("voice".into(), AgentStatus::Available));
}

#[test]
fn unknown_agent_state_falls_back_to_the_media() {
    let tree = json!({"Status": "Monitored", "Time": 1, "Place": {"DnStatuses": [
        {"DnId": "1", "Actions": [
            {"Action": "WaitForNextCall", "Time": 1_392_641_000},
            {"Action": "CallRinging", "Time": 1_392_641_892},
        ]},
    ]}});

    let report = decode_report(&tree).unwrap();

    assert_eq!(report.status, AgentStatus::Ringing);
    assert_eq!(report.since, Timestamp::from_second(1_392_641_892).ok());
}

#[test]
fn agent_without_a_place_is_logged_out_and_empty_values_are_unknown() {
    let table = [
        (
            json!({"AgentId": "akl", "Place": null}),
            Some(AgentStatus::LoggedOut),
        ),
        (
            json!({"AgentId": "akl", "Place": {}}),
            Some(AgentStatus::LoggedOut),
        ),
        (agent_on_media(&json!([])), Some(AgentStatus::LoggedOut)),
        (
            json!({"AgentId": "akl", "Status": 23}),
            Some(AgentStatus::LoggedOut),
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
        assert_eq!(decode_status(&value), expected, "{value}");
    }
}

#[test]
fn reason_is_found_at_any_level_and_described() {
    let descriptions = HashMap::from([("3".to_owned(), "Lunch".to_owned())]);
    let states = StatusTable::new(&HashMap::new(), &descriptions);
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
        // Left over from an earlier state.
        (json!({"Status": 4, "Reason": "3"}), None),
    ];
    for (tree, expected) in table {
        let report = decode_report_with(&states, &tree.to_string()).unwrap();
        assert_eq!(report.reason.as_deref(), expected, "{tree}");
    }
}

#[test]
fn state_time_is_in_seconds_or_milliseconds_by_magnitude() {
    let start = Timestamp::from_second(1_392_641_892).ok();
    let table = [
        (json!(1_392_641_892), start),
        (json!("1392641892"), start),
        (json!(1_392_641_892_000_i64), start),
        (json!("2014-02-17T12:58:12Z"), start),
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
        assert_eq!(decode_report(&tree).unwrap().since, expected, "{time}");
    }
}

#[test]
fn value_that_is_too_large_or_too_deep_is_unknown() {
    let deep = |depth: usize| format!("{}7{}", "[".repeat(depth), "]".repeat(depth));
    let wide = format!(r#"{{"status":4,"more":"{}"}}"#, "x".repeat(70_000));

    for text in [deep(100), deep(10_000), wide.clone()] {
        assert_eq!(decode_report_with(&StatusTable::default(), &text), None);
        assert_eq!(
            decode_figure(Metric::Waiting, DeliveredUnit::Count, &text),
            None
        );
    }
}

#[test]
fn vendor_texts_are_cut() {
    let long = "x\u{7}".repeat(1_000);
    let report = decode_report(&json!({"Status": long})).unwrap();

    assert_eq!(report.vendor_status.unwrap().len(), 80);
}
