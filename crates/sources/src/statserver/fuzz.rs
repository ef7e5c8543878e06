//! Invariants of any value that Genesys delivers.

use std::collections::HashMap;

use serde_json::value::RawValue;

use wallboard_domain::{Id, Metric, MetricSubject, MetricValue, SourceId, VendorValue};

use super::{DeliveredUnit, Measure, Statistic, StatusTable};

const MEASURES: [(Measure, DeliveredUnit); 5] = [
    (Measure::Figure(Metric::Waiting), DeliveredUnit::Count),
    (
        Measure::Figure(Metric::LongestWait),
        DeliveredUnit::Milliseconds,
    ),
    (Measure::Figure(Metric::ServiceLevel), DeliveredUnit::Ratio),
    (Measure::State, DeliveredUnit::State),
    (Measure::TimeInState, DeliveredUnit::Seconds),
];

/// Decodes the value as each kind of statistic: it's unknown or within its bounds.
pub(crate) fn check_value(value: Option<&RawValue>) {
    let states = StatusTable::new(&HashMap::new(), &HashMap::new());
    for (measure, delivered) in MEASURES {
        let statistic = Statistic {
            name: "name".into(),
            object_type: "Queue".into(),
            object: "9001".into(),
            subject: MetricSubject::Queue(Id::new(&SourceId::from("gms"), "9001")),
            measure,
            delivered,
            no_estimate_above: None,
        };
        let is_sound = match statistic.decode_value(value, &states) {
            VendorValue::Metric(_, Some(MetricValue::Count(n))) => n <= 1_000_000_000,
            VendorValue::Metric(_, Some(MetricValue::Seconds(seconds)))
            | VendorValue::TimeInState(Some(seconds)) => (0.0..4e7).contains(&seconds),
            VendorValue::Metric(_, Some(MetricValue::Percent(x))) => (0.0..=100.0).contains(&x),
            VendorValue::Status(Some(report)) => report.media.len() <= 64,
            VendorValue::Metric(_, None)
            | VendorValue::TimeInState(None)
            | VendorValue::Status(None) => true,
        };
        assert!(is_sound, "{measure:?} of {value:?}");
    }
}
