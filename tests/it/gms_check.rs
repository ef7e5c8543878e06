//! `wallboard check` with a GMS, as somebody at a terminal uses it: every mistake is one
//! sentence that says how to mend it.

use crate::{
    gms_values::{signed_in, waiting, waiting_in},
    support::{
        Gms, check,
        gms::{self, Flaw, Mood},
        ports,
    },
};

/// What `wallboard check` says of `source` as lines of `[sources.gms]`.
fn checked(more: &[&str], source: &str) -> check::Said {
    let environment = [("GMS_PASSWORD", gms::PASSWORD.to_owned())];
    let said = check::run(
        more,
        &format!("[sources.gms]\nkind = \"gms\"\n{source}"),
        &environment,
    );
    for secret in [gms::PASSWORD, gms::BASIC, "sesame"] {
        assert!(!said.text.contains(secret), "a secret is told");
    }
    said
}

async fn well(queues: &[&str]) -> Gms {
    let gms = Gms::start().await;
    for queue in queues {
        gms.set(&waiting(queue), 3);
    }
    gms
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_statistics_are_proven_in_few_requests() {
    let names: Vec<_> = (0..500).map(|n| format!("{n}@switch")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let gms = well(&names).await;
    gms.world()
        .flaws
        .insert(waiting("77@switch"), Flaw::Undefined);

    let said = checked(&[], &(signed_in(&[&gms]) + &waiting_in(&names)));

    said.is(1, &["gms (499 of 500 statistics work"]);
    said.names(&[
        "stat",
        "CurrNumberWaitingCalls of Queue 77@switch",
        "fix its name",
    ]);
    assert_eq!(said.faults(), 1, "{said:?}");
    let asked = gms.world().log.len();
    assert!(asked < 50, "{asked} requests");
    assert_eq!(gms.world().most_under_way, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_are_proven_without_credentials_too() {
    let names: Vec<_> = (0..200).map(|n| format!("{n}@switch")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let gms = well(&names).await;

    let source = format!("base_url = [{:?}]\n", gms.url());
    let said = checked(&[], &(source + &waiting_in(&names)));

    said.is(0, &["gms (200 of 200 statistics work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_once_with_its_mend() {
    let gms = well(&["9001"]).await;
    gms.world().mood = Mood::Refusing;

    let said = checked(&[], &(signed_in(&[&gms]) + &waiting_in(&["9001"])));

    said.is(
        1,
        &[
            "source",
            "denied access (status 401)",
            "check `username` and `password`",
        ],
    );
    assert_eq!(said.faults(), 1, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_host_a_wrong_path_and_a_server_that_is_no_gms_are_told_with_their_mends() {
    let gms = well(&["9001"]).await;
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);
    let at = |url: &str| source.replace(&gms.url(), url);

    checked(&[], &at("https://gms.invalid/genesys/1"))
        .is(1, &["gms.invalid", "check the host in its address"]);
    let port = format!("http://127.0.0.1:{}/genesys/1", ports::free());
    checked(&[], &at(&port)).is(1, &["connection refused"]);
    let path = gms.url().replace("/genesys/1", "/gensys/1");
    checked(&[], &at(&path)).is(
        1,
        &[
            "POST http://127.0.0.1",
            "/gensys/1/statistic responded with HTTP status 404, so this doesn't look like the Stat Server API of GMS: check `base_url`",
        ],
    );
    gms.world().mood = Mood::Html;
    checked(&[], &source).is(1, &["HTML", "check the path in `base_url`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelt_statistics_and_objects_have_a_row_each() {
    let gms = well(&["9001", "9002"]).await;
    let misspelt = waiting_in(&["9001"]);
    let misspelt = misspelt
        .replace("CurrNumber", "CurNumber")
        .replace("\"waiting\"", "\"in_conversation\"");
    let objects = waiting_in(&["9001", "9O02"]);

    let said = checked(&[], &(signed_in(&[&gms]) + &misspelt + &objects));

    said.is(1, &["gms (1 of 3 statistics work"]);
    said.names(&["CurNumberWaitingCalls of Queue 9001", "--discover gms"]);
    said.names(&["CurrNumberWaitingCalls of Queue 9O02", "object"]);
    assert_eq!(said.faults(), 2, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_down_has_a_row_and_the_other_proves_the_statistics() {
    let (first, second) = (well(&["9001"]).await, well(&["9001"]).await);
    first.world().mood = Mood::NoStatServer;

    let said = checked(
        &[],
        &(signed_in(&[&first, &second]) + &waiting_in(&["9001"])),
    );

    said.is(1, &["ok", "gms (1 of 1 statistics work"]);
    said.names(&[
        "NOT OK",
        &format!("127.0.0.1:{}", first.port),
        "no Stat Server now",
    ]);
    said.names(&["ok", &format!("127.0.0.1:{}", second.port)]);
    assert_eq!(said.faults(), 1, "{said:?}");

    second.world().mood = Mood::Hung;
    let said = checked(
        &[],
        &(signed_in(&[&first, &second]) + &waiting_in(&["9001"])),
    );
    said.is(1, &["no Stat Server now", "didn't respond within"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discover_prints_can_be_pasted_and_is_well() {
    let gms = well(&["9001"]).await;
    gms.set("ExpectedWaitTime;Queue;9001;Environment", 20);
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);

    let found = checked(&["--discover", "gms"], &source);

    found.is(0, &["ExpectedWaitTime"]);
    let said = checked(&[], &format!("{source}{}", found.text));
    said.is(0, &["gms (2 of 2 statistics work"]);

    gms.set("ExpectedWaitTime;Queue;9001;Environment", 10_000);
    let found = checked(&["--discover", "gms"], &source);
    found.is(0, &["\nno_estimate_above = 10000\n"]);
    let said = checked(&[], &format!("{source}{}", found.text));
    said.is(0, &["gms (2 of 2 statistics work"]);
}
