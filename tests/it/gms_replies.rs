//! Every documented reply of GMS, and those of proxies in front of it.

use std::time::Duration;

use serde_json::json;

use crate::{
    gms_values::{
        SOON, assert_no_secrets, find_row, serve, signed_in, wait_for_value, waiting, waiting_in,
    },
    support::{
        Gms, Wallboard, assert_throughout,
        gms::{Behavior, StatisticFault},
        print_measured, wait_until,
    },
};

/// Counts statistics that are correct and up to date, and those that are unknown.
async fn count_statistics(wallboard: &Wallboard, truth: usize) -> Result<(usize, usize), String> {
    let queues = wallboard.get("/api/v1/queues").await?;
    let (mut fresh, mut unknown) = (0, 0);
    for queue in queues["queues"].as_array().into_iter().flatten() {
        let figure = &queue["metrics"]["waiting"];
        fresh += usize::from(figure["value"] == truth && figure["stale"] == false);
        unknown += usize::from(figure["value"].is_null());
    }
    Ok((fresh, unknown))
}

async fn check_one_faulty_of_200(fault: StatisticFault) {
    let gms = Gms::start().await;
    let names: Vec<_> = (0..200).map(|n| format!("{n}@switch")).collect();
    for name in &names {
        gms.set(&waiting(name), 7);
    }
    gms.state().faults.insert(waiting("77@switch"), fault);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&names))).await;
    wallboard.wait_for_state("live", SOON).await;

    let all_but_one = async || match count_statistics(&wallboard, 7).await? {
        (199, 1) => Ok(()),
        other => Err(format!("{other:?}")),
    };
    wait_until("all but one are up to date", SOON, all_but_one).await;
    assert_throughout(
        "all but one are up to date",
        Duration::from_secs(13),
        all_but_one,
    )
    .await;
    let bad = find_row(&wallboard, "queues", "77@switch").await.unwrap();
    assert!(bad["metrics"]["waiting"]["value"].is_null(), "{bad}");
    // Until it's requested again, all requests are batches.
    let reported = wallboard.log().matches("GMS has no value for").count();
    assert_eq!(reported, usize::from(fault != StatisticFault::Missing));

    gms.state().faults.clear();
    let back = Duration::from_secs(40);
    wait_for_value(&wallboard, "77@switch", "waiting", json!(7), back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undefined_statistic_among_200_affects_only_itself() {
    check_one_faulty_of_200(StatisticFault::Undefined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_statistic_among_200_affects_only_itself() {
    check_one_faulty_of_200(StatisticFault::Fails).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_statistic_among_200_affects_only_itself() {
    check_one_faulty_of_200(StatisticFault::Missing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_stale_during_failures_and_correct_afterwards() {
    let gms = Gms::start().await;
    let mut truth = 1;
    for name in ["9001", "9002"] {
        gms.set(&waiting(name), truth);
    }
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&["9001", "9002"]))).await;
    wait_for_value(&wallboard, "9002", "waiting", json!(truth), SOON).await;

    let before = wallboard.peak_memory();
    let behaviors = [
        (Behavior::NoStatServer, "Statistic Service unavailable"),
        (Behavior::Failing, "fails for every statistic"),
        (Behavior::Html, "HTML"),
        (Behavior::BadGateway, "502"),
        (Behavior::Truncated, "lost the connection"),
        (Behavior::Huge, "more than 1 MiB for one statistic"),
        (Behavior::Busy(3), "limits the request rate"),
        (Behavior::Hung, "didn't respond"),
    ];
    for (behavior, words) in behaviors {
        gms.state().behavior = behavior;
        truth += 1;
        for name in ["9001", "9002"] {
            gms.set(&waiting(name), truth);
        }
        let what = format!("{behavior:?} is reported");
        // Until the next poll, plus the wait for a response.
        wait_until(&what, Duration::from_secs(16), async || {
            let source = wallboard.source().await?;
            let why = source["last_error"].to_string();
            let is_blamed = behavior == Behavior::Huge && why.contains("Stat Server");
            if source["state"] != "live" && why.contains(words) && !is_blamed {
                Ok(())
            } else {
                Err(source.to_string())
            }
        })
        .await;
        assert_eq!(
            count_statistics(&wallboard, truth).await.unwrap(),
            (0, 0),
            "{behavior:?}"
        );
        for name in ["9001", "9002"] {
            let queue = find_row(&wallboard, "queues", name).await.unwrap();
            assert_eq!(queue["metrics"]["waiting"]["stale"], true, "{queue}");
        }

        gms.state().behavior = Behavior::Normal;
        let within = match behavior {
            // The pending request must time out first.
            Behavior::Hung => Duration::from_secs(30),
            _ => Duration::from_secs(6),
        };
        wait_for_value(&wallboard, "9001", "waiting", json!(truth), within).await;
        wallboard
            .wait_for_state("live", Duration::from_secs(2))
            .await;
    }
    print_measured("requests in flight", gms.state().max_in_flight, 1);
    assert_eq!(gms.state().max_in_flight, 1);
    let grown = wallboard.peak_memory().saturating_sub(before);
    print_measured("KiB of memory for endless replies", grown, 16 * 1024);
    assert!(grown < 16 * 1024, "{grown} KiB more than before");
    assert_no_secrets(&wallboard);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_credentials_are_retried_only_after_reload() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 4);
    gms.state().behavior = Behavior::Refusing;
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&["9001"]))).await;
    wait_until("the rejection is reported", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].to_string();
        let is_reported = why.contains("check `username` and `password`");
        is_reported.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    assert_throughout("one request is sent", Duration::from_secs(8), async || {
        let requests = gms.state().requests.len();
        (requests == 1).then_some(()).ok_or(requests)
    })
    .await;

    gms.state().behavior = Behavior::Normal;
    wallboard.signal("-HUP");

    wait_for_value(&wallboard, "9001", "waiting", json!(4), SOON).await;
    assert_no_secrets(&wallboard);
}
