//! Property tests: no input causes a panic, and no nonsense becomes a number.

use proptest::prelude::*;
use serde_json::{Value as Json, json, value::RawValue};

use wallboard_domain::{Metric, MetricValue, VendorValue};

use super::{DeliveredUnit, Measure, StatusTable, tests::test_statistic};

/// Keys with a meaning, mixed with some without.
const KEYS: [&str; 24] = [
    "stringValue",
    "intValue",
    "doubleValue",
    "value",
    "valid",
    "Status",
    "state",
    "AgentStatus",
    "AgentId",
    "Place",
    "PlaceStatus",
    "DnStatuses",
    "DN Status",
    "Media",
    "Actions",
    "Action",
    "Time",
    "Reasons",
    "ReasonCode",
    "key",
    "name",
    "agents",
    "CurrentTargetState",
    "other",
];

fn any_scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        (0..40_i32).prop_map(Json::from),
        (0..40).prop_map(|number: i32| json!(number.to_string())),
        prop::sample::select(vec![
            "WaitForNextCall",
            "NotReady",
            "NaN",
            "",
            "-1",
            "7.5",
            "1e400"
        ])
        .prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ]
}

fn any_tree() -> impl Strategy<Value = Json> {
    any_scalar().prop_recursive(8, 64, 6, |inner| {
        let key = prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key, inner), 0..6).prop_map(Json::from_iter),
        ]
    })
}

/// Any measure with any unit.
fn any_measure() -> impl Strategy<Value = (Measure, DeliveredUnit)> {
    let figure = prop::sample::select(Metric::all().collect::<Vec<_>>()).prop_map(Measure::Figure);
    let measure = prop_oneof![figure, Just(Measure::State), Just(Measure::TimeInState)];
    let delivered = prop::sample::select(vec![
        DeliveredUnit::Count,
        DeliveredUnit::Seconds,
        DeliveredUnit::Milliseconds,
        DeliveredUnit::Percent,
        DeliveredUnit::Ratio,
        DeliveredUnit::State,
    ]);
    (measure, delivered)
}

fn is_sound(value: &VendorValue) -> bool {
    match value {
        VendorValue::Metric(metric, Some(value)) => {
            let unit = match value {
                MetricValue::Count(n) => *n <= 1_000_000_000,
                MetricValue::Seconds(x) => (0.0..4e7).contains(x),
                MetricValue::Percent(x) => (0.0..=100.0).contains(x),
            };
            let same = std::mem::discriminant(value) == std::mem::discriminant(&metric.value(0.0));
            unit && same
        }
        VendorValue::TimeInState(Some(seconds)) => (0.0..4e7).contains(seconds),
        VendorValue::Status(Some(report)) => report.media.len() <= 64,
        _ => true,
    }
}

proptest! {
    #[test]
    fn any_json_decodes_to_a_sound_value(tree in any_tree(), (measure, delivered) in any_measure()) {
        let raw = RawValue::from_string(tree.to_string()).unwrap();
        let value = test_statistic(measure, delivered).decode_value(Some(&raw), &StatusTable::default());

        prop_assert!(is_sound(&value), "{value:?} of {tree}");
    }

    #[test]
    fn count_always_appears_in_the_input(tree in any_tree()) {
        let text = tree.to_string();
        let raw = RawValue::from_string(text.clone()).unwrap();
        let waiting = test_statistic(Measure::Figure(Metric::Waiting), DeliveredUnit::Count);

        if let VendorValue::Metric(_, Some(MetricValue::Count(n))) = waiting.decode_value(Some(&raw), &StatusTable::default()) {
            let is_count = |number: f64| (number - MetricValue::Count(n).as_number()).abs() < 0.5;
            let words = text.split(|c: char| "{}[]:,\" %".contains(c));
            prop_assert!(words.filter_map(|word| word.parse().ok()).any(is_count), "{n} of {text}");
        }
    }

    /// Works like a fuzzer: realistic values with random damage.
    #[test]
    fn damaged_json_decodes_to_a_sound_value(
        tree in any_tree(),
        at in any::<prop::sample::Index>(),
        cut in 0..4_usize,
        piece in prop::sample::select(vec![
            "", "{", "}", "[", "]", ",", "\"", "-", "0", "9", ".", "e9", "1e999", "null", "{}", "\\ud800", "\u{0}", "%",
        ]),
        (measure, delivered) in any_measure(),
    ) {
        let mut text: Vec<char> = tree.to_string().chars().collect();
        let at = at.index(text.len());
        let end = text.len().min(at + cut);
        text.splice(at..end, piece.chars());
        if let Ok(raw) = RawValue::from_string(text.into_iter().collect()) {
            let value = test_statistic(measure, delivered).decode_value(Some(&raw), &StatusTable::default());
            prop_assert!(is_sound(&value), "{value:?} of {raw}");
        }
    }
}
