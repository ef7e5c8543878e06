//! Any bytes as a batch.

use std::time::Duration;

use jiff::Timestamp;

use wallboard_domain::{Fact, Input, MetricSubject, Moment, MonotonicTime, VendorValue};

use super::{
    batch::{BatchRules, find_source, read_batch},
    batch_fault::FAULTS_MAX,
    known_subjects::KnownSubjects,
};

pub fn read_bytes(data: &[u8]) {
    let Ok(body) = serde_json::from_slice(data) else {
        return;
    };
    let valid_for = Duration::from_mins(1);
    let source = find_source(&body).unwrap_or_else(|| "phone".into());
    let rules = BatchRules {
        source: &source,
        valid_for,
        now: Moment {
            wall: Timestamp::from_second(1_767_600_000).expect("a time in 2026"),
            monotonic: MonotonicTime(1_000),
        },
    };
    let mut known = KnownSubjects::default();
    match read_batch(&body, &rules, &mut known) {
        Err(faults) => {
            assert!((1..=FAULTS_MAX).contains(&faults.len()));
            for fault in faults {
                let is_place = fault.pointer.is_empty() || fault.pointer.starts_with('/');
                assert!(is_place && !fault.detail.is_empty(), "{fault:?}");
            }
        }
        Ok(batch) => {
            let inputs = batch.into_inputs(&source, valid_for);
            for input in &inputs {
                check_input(input);
            }
        }
    }
}

fn check_input(input: &Input) {
    let Input::Update(update) = input else {
        panic!("{input:?}");
    };
    let Fact::VendorFigure(subject, figure) = &update.fact else {
        return;
    };
    let (MetricSubject::Queue(id) | MetricSubject::Agent(id)) = subject;
    assert!(id.source == update.source && !id.external.is_empty());
    assert!((0..=60_000).contains(&figure.valid_for_ms.expect("values expire")));
    if let VendorValue::Metric(metric, Some(value)) = figure.value {
        assert!((0.0..=1e9).contains(&value.as_number()), "{metric:?}");
    }
}
