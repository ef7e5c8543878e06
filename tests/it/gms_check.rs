//! `wallboard check` with a GMS, as a person at a terminal uses it: every mistake is one sentence
//! that says how to fix it.

use crate::{
    gms_values::{signed_in, waiting, waiting_in},
    support::{
        Gms, check,
        gms::{self, Behavior, StatisticFault},
        ports,
    },
};

/// Runs `wallboard check` with `source` as lines of `[sources.gms]`.
fn run_check(arguments: &[&str], source: &str) -> check::CheckOutput {
    let environment = [("GMS_PASSWORD", gms::PASSWORD.to_owned())];
    let output = check::run(
        arguments,
        &format!("[sources.gms]\nkind = \"gms\"\n{source}"),
        &environment,
    );
    for secret in [gms::PASSWORD, gms::BASIC, "sesame"] {
        assert!(!output.text.contains(secret), "a secret is printed");
    }
    output
}

async fn start_gms(queues: &[&str]) -> Gms {
    let gms = Gms::start().await;
    for queue in queues {
        gms.set(&waiting(queue), 3);
    }
    gms
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_statistics_are_verified_in_few_requests() {
    let names: Vec<_> = (0..500).map(|n| format!("{n}@switch")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let gms = start_gms(&names).await;
    gms.state()
        .faults
        .insert(waiting("77@switch"), StatisticFault::Undefined);

    let output = run_check(&[], &(signed_in(&[&gms]) + &waiting_in(&names)));

    output.assert_status(1, &["gms (499 of 500 statistics work"]);
    output.assert_row(&[
        "stat",
        "CurrNumberWaitingCalls of Queue 77@switch",
        "fix its name",
    ]);
    assert_eq!(output.failed_rows(), 1, "{output:?}");
    let requests = gms.state().requests.len();
    assert!(requests < 50, "{requests} requests");
    assert_eq!(gms.state().max_in_flight, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_are_verified_without_credentials() {
    let names: Vec<_> = (0..200).map(|n| format!("{n}@switch")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let gms = start_gms(&names).await;

    let source = format!("base_url = [{:?}]\n", gms.url());
    let output = run_check(&[], &(source + &waiting_in(&names)));

    output.assert_status(0, &["gms (200 of 200 statistics work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_is_reported_once_with_a_fix() {
    let gms = start_gms(&["9001"]).await;
    gms.state().behavior = Behavior::Refusing;

    let output = run_check(&[], &(signed_in(&[&gms]) + &waiting_in(&["9001"])));

    output.assert_status(
        1,
        &[
            "source",
            "denied access (status 401)",
            "check `username` and `password`",
        ],
    );
    assert_eq!(output.failed_rows(), 1, "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_host_path_or_server_is_reported_with_a_fix() {
    let gms = start_gms(&["9001"]).await;
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);
    let at = |url: &str| source.replace(&gms.url(), url);

    run_check(&[], &at("https://gms.invalid/genesys/1"))
        .assert_status(1, &["gms.invalid", "check the host in its address"]);
    let port = format!("http://127.0.0.1:{}/genesys/1", ports::free());
    run_check(&[], &at(&port)).assert_status(1, &["connection refused"]);
    let path = gms.url().replace("/genesys/1", "/gensys/1");
    run_check(&[], &at(&path)).assert_status(
        1,
        &[
            "POST http://127.0.0.1",
            "/gensys/1/statistic responded with HTTP status 404, so this doesn't look like the Stat Server API of GMS: check `base_url`",
        ],
    );
    gms.state().behavior = Behavior::Html;
    run_check(&[], &source).assert_status(1, &["HTML", "check the path in `base_url`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelled_statistics_and_objects_get_one_row_each() {
    let gms = start_gms(&["9001", "9002"]).await;
    let misspelt = waiting_in(&["9001"]);
    let misspelt = misspelt
        .replace("CurrNumber", "CurNumber")
        .replace("\"waiting\"", "\"in_conversation\"");
    let objects = waiting_in(&["9001", "9O02"]);

    let output = run_check(&[], &(signed_in(&[&gms]) + &misspelt + &objects));

    output.assert_status(1, &["gms (1 of 3 statistics work"]);
    output.assert_row(&["CurNumberWaitingCalls of Queue 9001", "--discover gms"]);
    output.assert_row(&["CurrNumberWaitingCalls of Queue 9O02", "object"]);
    assert_eq!(output.failed_rows(), 2, "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_node_gets_a_row_and_the_other_is_used() {
    let (first, second) = (start_gms(&["9001"]).await, start_gms(&["9001"]).await);
    first.state().behavior = Behavior::NoStatServer;

    let output = run_check(
        &[],
        &(signed_in(&[&first, &second]) + &waiting_in(&["9001"])),
    );

    output.assert_status(1, &["ok", "gms (1 of 1 statistics work"]);
    output.assert_row(&[
        "NOT OK",
        &format!("127.0.0.1:{}", first.port),
        "no Stat Server now",
    ]);
    output.assert_row(&["ok", &format!("127.0.0.1:{}", second.port)]);
    assert_eq!(output.failed_rows(), 1, "{output:?}");

    second.state().behavior = Behavior::Hung;
    let output = run_check(
        &[],
        &(signed_in(&[&first, &second]) + &waiting_in(&["9001"])),
    );
    output.assert_status(1, &["no Stat Server now", "didn't respond within"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_output_is_valid_configuration() {
    let gms = start_gms(&["9001"]).await;
    gms.set("ExpectedWaitTime;Queue;9001;Environment", 20);
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);

    let found = run_check(&["--discover", "gms"], &source);

    found.assert_status(0, &["ExpectedWaitTime"]);
    assert!((2..=4).contains(&gms.state().max_in_flight));
    let output = run_check(&[], &format!("{source}{}", found.text));
    output.assert_status(0, &["gms (2 of 2 statistics work"]);

    gms.set("ExpectedWaitTime;Queue;9001;Environment", 10_000);
    let found = run_check(&["--discover", "gms"], &source);
    found.assert_status(0, &["\nno_estimate_above = 10000\n"]);
    let output = run_check(&[], &format!("{source}{}", found.text));
    output.assert_status(0, &["gms (2 of 2 statistics work"]);
}
