//! Any bytes as a batch.

use std::time::Duration;

use jiff::Timestamp;

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomMerge, CustomValue, Fact, Input,
    LocalizedText, MetricSubject, Moment, MonotonicTime, SeverityLimits, SourceId, VendorValue,
};

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
        figures: &figures(&source),
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
    if let Fact::CustomFigure(report) = &update.fact {
        assert!((0..=60_000).contains(&report.valid_for_ms));
        let is_finite =
            |value: &CustomValue| matches!(value, CustomValue::Number(n) if n.abs() <= 1e12);
        assert!(report.value.as_ref().is_none_or(is_finite), "{report:?}");
    }
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

/// One figure of the site, and one of queues.
fn figures(source: &SourceId) -> [CustomFigure; 2] {
    [("orders", false), ("queue_orders", true)].map(|(id, is_per_queue)| CustomFigure {
        id: CustomFigureId(id.into()),
        label: LocalizedText::of_all("Orders"),
        kind: CustomFigureKind::Number {
            decimals: 0,
            unit: LocalizedText::default(),
        },
        is_per_queue,
        sources: vec![source.clone()],
        merge: CustomMerge::Sum,
        valid_for_ms: None,
        limits: SeverityLimits::default(),
    })
}
