//! The Genesys that the tests stand on, tested itself with code that is not ours.

use std::{path::Path, process::Command};

use tokio::task::block_in_place;

/// Runs a script of tests/genesys to its end.
fn is_as_it_should_be(script: &str, arguments: &[&str]) {
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
async fn the_cometd_projects_own_client_sees_the_truth_over_long_polling_and_breaks_no_rule() {
    is_as_it_should_be("official.mjs", &["long-polling", r#"{"server":"cometd"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cometd_projects_own_client_sees_the_truth_at_faye_too() {
    is_as_it_should_be("official.mjs", &["long-polling", r#"{"server":"faye"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cometd_projects_own_client_sees_the_truth_over_websocket_and_breaks_no_rule() {
    is_as_it_should_be("official.mjs", &["websocket", r#"{"server":"faye"}"#]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_that_a_client_breaks_is_written_down() {
    is_as_it_should_be("rude.mjs", &[r#"{"server":"cometd","timeout":2000}"#]);
    is_as_it_should_be("rude.mjs", &[r#"{"server":"faye","timeout":2000}"#]);
}
