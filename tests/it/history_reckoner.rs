//! What proves history right is itself proven, on cases reckoned by hand.

use std::{collections::HashSet, process::Command};

use serde_json::Value;

use crate::support::reckon::{self, Reckoner};

#[test]
fn the_reckoner_and_the_generators_keep_their_own_tests() {
    let ran = Command::new("python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(["-m", "unittest", "test_reckon"])
        .current_dir(reckon::folder())
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
}

#[test]
fn the_reckoner_answers_question_after_question_about_one_export() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = reckon::generate("generate.py", folder.path(), &["--from", "2025-10-26"]);
    let mut reckoner = Reckoner::of(folder.path(), "sangoma", &manifest);

    let day = [("from", "2025-10-26"), ("to", "2025-10-27"), ("step", "1d")];
    let site = reckoner.ask(&day);
    let queues = reckoner.ask(&[&day[..], &[("by", "queue")]].concat());

    let of_queues = queues["series"].as_array().unwrap().iter().skip(1);
    let offered = |series: &Value| series["intervals"][0]["offered"].as_i64().unwrap();
    assert_eq!(offered(&site), of_queues.map(offered).sum::<i64>());
    let malformed: HashSet<_> = reckon::set_aside(folder.path()).into_iter().collect();
    assert_eq!(malformed, reckon::malformed(&manifest));
}
