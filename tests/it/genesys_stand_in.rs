//! Tests of the Genesys test server, with third-party clients.

use std::{path::Path, process::Command};

use tokio::task::block_in_place;

/// Runs a script of tests/genesys to completion.
fn run_script(script: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/genesys");
    let mut command = Command::new("node");
    let command = command.arg(script).args(arguments).current_dir(folder);

    let output = block_in_place(|| command.output()).unwrap();

    assert!(
        output.status.success(),
        "{script} {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn official_client_gets_correct_values_over_long_polling() {
    run_script("official.mjs", &["long-polling", r#"{"server":"cometd"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn official_client_gets_correct_values_from_faye() {
    run_script("official.mjs", &["long-polling", r#"{"server":"faye"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn official_client_gets_correct_values_over_websocket() {
    run_script("official.mjs", &["websocket", r#"{"server":"faye"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_is_recorded() {
    run_script("violations.mjs", &[r#"{"server":"cometd","timeout":2000}"#]);
    run_script("violations.mjs", &[r#"{"server":"faye","timeout":2000}"#]);
}
