//! `wallboard check` with a Genesys, as somebody at a terminal uses it: every mistake is
//! one sentence that says how to mend it.

use std::time::Duration;

use serde_json::json;

use crate::support::{Genesys, check, genesys::Talk, ports};

fn talk(genesys: &Genesys, more: &str) -> Talk {
    Talk {
        more: more.to_owned(),
        grant: "password",
        port: genesys.port,
    }
}

/// What `wallboard check` says of this `[sources.voice]`.
fn checked(more: &[&str], source: &str) -> check::Said {
    checked_as(more, source, &[])
}

/// With other secrets.
fn checked_as(more: &[&str], source: &str, secrets: &[(&'static str, &str)]) -> check::Said {
    let mut environment = Genesys::environment();
    for (name, value) in secrets {
        environment.push((name, (*value).to_owned()));
    }
    let said = check::run(more, source, &environment);
    for (_, secret) in environment {
        assert!(!said.text.contains(&secret), "a secret is told");
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statistic_is_proven_and_nothing_is_left_behind() {
    for server in ["cometd", "faye"] {
        let genesys = Genesys::start(&json!({"server": server}));
        let source = genesys.toml(&talk(&genesys, "")).await;

        let said = checked(&[], &source);

        said.is(0, &["statistics work"]);
        said.names(&["ok", "source", "voice notifications"]);
        genesys
            .sees("nobody is left", Duration::from_secs(5), |seen| {
                seen["subscribed"] == 0 && seen["clients"] == 0
            })
            .await;
        genesys.is_content("the check").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_once_with_its_mend() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    let cases = [
        ("GENESYS_PASSWORD", "check `username`"),
        ("GENESYS_API_KEY", "check `api_key`"),
        (
            "GENESYS_CLIENT_SECRET",
            "check `client_id` and `client_secret`",
        ),
    ];
    for (secret, mend) in cases {
        genesys.order(json!({"do": "pardon"})).await;

        let said = checked_as(&[], &source, &[(secret, "Fel-8-lykill")]);

        said.is(1, &[]);
        said.names(&["NOT OK", "source", "voice", mend]);
        assert_eq!(said.faults(), 1, "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_host_port_or_path_is_told_once_with_its_mend() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
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
    for (other, mend) in cases {
        let said = checked(&[], &source.replace(&address, other));

        said.is(1, &[]);
        said.names(&["NOT OK", "source", "voice", mend]);
        assert_eq!(said.faults(), 1, "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_no_statistics_api_is_told_once_with_what_was_asked() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    let address = format!("http://127.0.0.1:{}", genesys.port);
    let auth = format!("token_url = \"{address}/auth/v3/oauth/token\"\ngrant =");
    let source = source
        .replace(
            &format!("base_url = \"{address}\""),
            &format!("base_url = \"{address}/elsewhere\""),
        )
        .replace("grant =", &auth);

    let said = checked(&[], &source);

    said.is(1, &[]);
    said.names(&[
        "NOT OK",
        "source",
        "voice",
        "GET http://127.0.0.1",
        "/elsewhere/statistics/v3/statistic-values/",
        "HTTP status 404, so this doesn't look like the Statistics API: check `base_url`",
    ]);
    assert_eq!(said.faults(), 1, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelt_statistics_and_objects_have_a_row_each() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    let misspelt = "[[sources.voice.statistics]]\nmetric = \"in_conversation\"\nobject_type = \"Queue\"\n\
                    objects = [\"9000@SIP_Switch\"]\nname = \"CurNumberWaitingCalls\"\n";
    let lost = misspelt
        .replace("CurNumber", "CurrNumber")
        .replace("9000", "9O00");

    let said = checked(&[], &format!("{source}{misspelt}{lost}"));

    said.is(1, &["--discover voice"]);
    said.names(&["NOT OK", "CurNumberWaitingCalls of Queue 9000@SIP_Switch"]);
    said.names(&["NOT OK", "CurrNumberWaitingCalls of Queue 9O00@SIP_Switch"]);
    assert_eq!(said.faults(), 2, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_cannot_be_polled_and_check_says_so() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    let source = source.replace("kind = ", "mode = \"poll\"\nkind = ");

    let said = checked(&[], &source);

    assert_ne!(said.status, Some(0), "{said:?}");
    said.is(
        said.status.unwrap(),
        &["definition", "can't be polled", "mode = \"subscribe\""],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_that_does_not_come_costs_only_that_statistic() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    genesys
        .order(json!({"do": "fault", "to": "rest", "with": "hang"}))
        .await;

    let said = checked(&[], &source);

    said.is(1, &["try again"]);
    assert_eq!(said.faults(), 1, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_notifications_the_statistics_are_proven_all_the_same() {
    let genesys = Genesys::start(&json!({}));
    let source = genesys.toml(&talk(&genesys, "")).await;
    genesys
        .order(
            json!({"do": "fault", "to": "handshake", "with": "status", "status": 503, "times": 9}),
        )
        .await;

    let said = checked(&[], &source);

    said.is(1, &[]);
    said.names(&["NOT OK", "source", "voice notifications"]);
    said.names(&["ok", "source", "statistics work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discover_prints_can_be_pasted_and_is_well() {
    let genesys = Genesys::start(&json!({}));
    let all = genesys.toml(&talk(&genesys, "")).await;
    let head = &all[..all.find("[[sources").unwrap()];
    let source = format!(
        "{head}[[sources.voice.statistics]]\nmetric = \"waiting\"\nobject_type = \"Queue\"\n\
         objects = [\"9000@SIP_Switch\"]\nname = \"CurrNumberWaitingCalls\"\n"
    );

    let found = checked(&["--discover", "voice"], &source);

    found.is(0, &["To paste", "TotalAbandoned"]);
    let said = checked(&[], &format!("{source}{}", found.text));
    said.is(0, &["statistics work"]);
}
