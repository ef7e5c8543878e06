//! Tests of the reference calculator, on cases computed by hand.

use std::{collections::HashSet, process::Command};

use serde_json::Value;

use crate::support::reference::{self, ReferenceCalculator};

#[test]
fn reference_calculator_and_generators_pass_their_own_tests() {
    let ran = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(["-m", "unittest", "test_compute"])
        .current_dir(reference::folder())
        .output()
        .unwrap();

    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{stderr}");
}

#[test]
fn reference_calculator_answers_several_queries_about_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = reference::generate("generate.py", folder.path(), &["--from", "2025-10-26"]);
    let mut calculator = ReferenceCalculator::start(folder.path(), "sangoma", &manifest);

    let day = [("from", "2025-10-26"), ("to", "2025-10-27"), ("step", "1d")];
    let site = calculator.query(&day);
    let queues = calculator.query(&[&day[..], &[("by", "queue")]].concat());

    let queue_series = queues["series"].as_array().unwrap().iter().skip(1);
    let offered = |series: &Value| series["intervals"][0]["offered"].as_i64().unwrap();
    assert_eq!(offered(&site), queue_series.map(offered).sum::<i64>());
    let malformed: HashSet<_> = reference::rejected_rows(folder.path())
        .into_iter()
        .collect();
    assert_eq!(malformed, reference::malformed_rows(&manifest));
}
