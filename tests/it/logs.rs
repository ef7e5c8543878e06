//! The log in its machine-readable format.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use jiff::Timestamp;
use serde_json::Value;

use crate::support::Process;

#[test]
fn each_json_log_line_is_one_event_in_utc() {
    let mut demo = Process::start(
        Command::new(env!("CARGO_BIN_EXE_wallboard"))
            .args(["demo", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped()),
    );
    let log = BufReader::new(demo.stderr.take().unwrap()).lines();

    let mut events = Vec::new();
    for line in log {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event["fields"]["message"] == "Started" {
            demo.signal("-TERM");
        }
        events.push(event);
    }

    assert!(demo.wait().unwrap().success());
    assert!(events.len() >= 3, "{events:#?}");
    for event in &events {
        let at = event["timestamp"].as_str().unwrap();
        assert!(at.ends_with('Z') && at.parse::<Timestamp>().is_ok(), "{at}");
        let levels = ["ERROR", "WARN", "INFO"];
        assert!(
            levels.contains(&event["level"].as_str().unwrap()),
            "{event}"
        );
        let message = event["fields"]["message"].as_str().unwrap();
        let is_capitalized = message.starts_with(|c: char| c.is_uppercase());
        assert!(is_capitalized && !message.ends_with('.'), "{message}");
    }
    let has_message = |message: &str| {
        let mut messages = events.iter().map(|event| &event["fields"]["message"]);
        messages.any(|other| other == message)
    };
    assert!(
        has_message("Stopping") && has_message("Source stopped"),
        "{events:#?}"
    );
}
