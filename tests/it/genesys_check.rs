//! `wallboard check` with a Genesys, as a person at a terminal uses it: every mistake is one
//! sentence that says how to fix it.

use std::time::Duration;

use serde_json::json;

use crate::support::{Genesys, check, genesys::SourceOptions, ports};

fn source_options(genesys: &Genesys, extra_toml: &str) -> SourceOptions {
    SourceOptions {
        extra_toml: extra_toml.to_owned(),
        grant: "password",
        port: genesys.port,
    }
}

/// Runs `wallboard check` on this `[sources.voice]`.
fn run_check(arguments: &[&str], source: &str) -> check::CheckOutput {
    run_check_with(arguments, source, &[])
}

/// The same with other secrets.
fn run_check_with(
    arguments: &[&str],
    source: &str,
    secrets: &[(&'static str, &str)],
) -> check::CheckOutput {
    let mut environment = Genesys::environment();
    for (name, value) in secrets {
        environment.push((name, (*value).to_owned()));
    }
    let output = check::run(arguments, source, &environment);
    for (_, secret) in environment {
        assert!(!output.text.contains(&secret), "a secret is printed");
    }
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn check_verifies_every_statistic_and_cleans_up() {
    for server in ["cometd", "faye"] {
        let genesys = Genesys::start(&json!({"server": server}));
        let source = genesys.toml(&source_options(&genesys, "")).await;

        let output = run_check(&[], &source);

        output.assert_status(0, &["statistics work"]);
        output.assert_row(&["ok", "source", "voice notifications"]);
        genesys
            .wait_for("no session is left", Duration::from_secs(5), |activity| {
                activity["subscribed"] == 0 && activity["clients"] == 0
            })
            .await;
        genesys.assert_no_broken_rules("the check").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_credentials_are_reported_once_with_a_fix() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    let cases = [
        ("GENESYS_PASSWORD", "check `username`"),
        ("GENESYS_API_KEY", "check `api_key`"),
        (
            "GENESYS_CLIENT_SECRET",
            "check `client_id` and `client_secret`",
        ),
    ];
    for (secret, fix) in cases {
        genesys.send_command(json!({"do": "allow_retry"})).await;

        let output = run_check_with(&[], &source, &[(secret, "Fel-8-lykill")]);

        output.assert_status(1, &[]);
        output.assert_row(&["NOT OK", "source", "voice", fix]);
        assert_eq!(output.failed_rows(), 1, "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_host_port_or_path_is_reported_once_with_a_fix() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    let address = format!("http://127.0.0.1:{}", genesys.port);
    let closed = format!("http://127.0.0.1:{}", ports::free());
    let cases = [
        ("https://genesys.invalid", "check the host"),
        (&*closed, "connection refused"),
        (&*format!("{address}/elsewhere"), "POST http://127.0.0.1"),
        (
            &*format!("{address}/elsewhere"),
            "/elsewhere/auth/v3/oauth/token responded with HTTP status 404, so this doesn't look like the Authentication API: check `base_url`",
        ),
        (&*address.replace("http", "https"), "check https://"),
    ];
    for (other, fix) in cases {
        let output = run_check(&[], &source.replace(&address, other));

        output.assert_status(1, &[]);
        output.assert_row(&["NOT OK", "source", "voice", fix]);
        assert_eq!(output.failed_rows(), 1, "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn non_statistics_api_is_reported_once_with_its_url() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    let address = format!("http://127.0.0.1:{}", genesys.port);
    let auth = format!("token_url = \"{address}/auth/v3/oauth/token\"\ngrant =");
    let source = source
        .replace(
            &format!("base_url = \"{address}\""),
            &format!("base_url = \"{address}/elsewhere\""),
        )
        .replace("grant =", &auth);

    let output = run_check(&[], &source);

    output.assert_status(1, &[]);
    output.assert_row(&[
        "NOT OK",
        "source",
        "voice",
        "GET http://127.0.0.1",
        "/elsewhere/statistics/v3/statistic-values/",
        "HTTP status 404, so this doesn't look like the Statistics API: check `base_url`",
    ]);
    assert_eq!(output.failed_rows(), 1, "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelled_statistics_and_objects_get_one_row_each() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    let misspelt = "[[sources.voice.statistics]]\nmetric = \"in_conversation\"\nobject_type = \"Queue\"\n\
                    objects = [\"9000@SIP_Switch\"]\nname = \"CurNumberWaitingCalls\"\n";
    let lost = misspelt
        .replace("CurNumber", "CurrNumber")
        .replace("9000", "9O00");

    let output = run_check(&[], &format!("{source}{misspelt}{lost}"));

    output.assert_status(1, &["--discover voice"]);
    output.assert_row(&["NOT OK", "CurNumberWaitingCalls of Queue 9000@SIP_Switch"]);
    output.assert_row(&["NOT OK", "CurrNumberWaitingCalls of Queue 9O00@SIP_Switch"]);
    assert_eq!(output.failed_rows(), 2, "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_rejects_polling_a_definition() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    let source = source.replace("kind = ", "mode = \"poll\"\nkind = ");

    let output = run_check(&[], &source);

    assert_ne!(output.status, Some(0), "{output:?}");
    output.assert_status(
        output.status.unwrap(),
        &["definition", "can't be polled", "mode = \"subscribe\""],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_response_fails_only_its_statistic() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    genesys
        .send_command(json!({"do": "fault", "to": "rest", "with": "hang"}))
        .await;

    let output = run_check(&[], &source);

    output.assert_status(1, &["try again"]);
    assert_eq!(output.failed_rows(), 1, "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_are_verified_without_notifications() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&source_options(&genesys, "")).await;
    genesys
        .send_command(
            json!({"do": "fault", "to": "handshake", "with": "status", "status": 503, "times": 9}),
        )
        .await;

    let output = run_check(&[], &source);

    output.assert_status(1, &[]);
    output.assert_row(&["NOT OK", "source", "voice notifications"]);
    output.assert_row(&["ok", "source", "statistics work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_output_is_valid_configuration() {
    let genesys = Genesys::start(&json!({}));
    let all = genesys.toml(&source_options(&genesys, "")).await;
    let head = &all[..all.find("[[sources").unwrap()];
    let source = format!(
        "{head}[[sources.voice.statistics]]\nmetric = \"waiting\"\nobject_type = \"Queue\"\n\
         objects = [\"9000@SIP_Switch\"]\nname = \"CurrNumberWaitingCalls\"\n"
    );

    let found = run_check(&["--discover", "voice"], &source);

    found.assert_status(0, &["To paste", "TotalAbandoned"]);
    let output = run_check(&[], &format!("{source}{}", found.text));
    output.assert_status(0, &["statistics work"]);
}
