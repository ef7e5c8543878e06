//! Every reply that GMS is documented to give, and those of what stands before it.

use std::time::Duration;

use serde_json::json;

use crate::{
    gms_values::{SOON, becomes, keeps_the_secret, one, serve, signed_in, waiting, waiting_in},
    support::{
        Gms, Wallboard,
        gms::{Flaw, Mood},
        throughout, until,
    },
};

/// Statistics that are fresh and true, and those that are not known.
async fn count(wallboard: &Wallboard, truth: usize) -> Result<(usize, usize), String> {
    let queues = wallboard.get("/api/v1/queues").await?;
    let (mut fresh, mut unknown) = (0, 0);
    for queue in queues["queues"].as_array().into_iter().flatten() {
        let figure = &queue["metrics"]["waiting"];
        fresh += usize::from(figure["value"] == truth && figure["stale"] == false);
        unknown += usize::from(figure["value"].is_null());
    }
    Ok((fresh, unknown))
}

async fn one_bad_among_200(flaw: Flaw) {
    let gms = Gms::start().await;
    let names: Vec<_> = (0..200).map(|n| format!("{n}@switch")).collect();
    for name in &names {
        gms.set(&waiting(name), 7);
    }
    gms.world().flaws.insert(waiting("77@switch"), flaw);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&names))).await;
    wallboard.becomes("live", SOON).await;

    let all_but_one = async || match count(&wallboard, 7).await? {
        (199, 1) => Ok(()),
        other => Err(format!("{other:?}")),
    };
    until("all but one are fresh", SOON, all_but_one).await;
    throughout(
        "all but one are fresh",
        Duration::from_secs(13),
        all_but_one,
    )
    .await;
    let bad = one(&wallboard, "queues", "77@switch").await.unwrap();
    assert!(bad["metrics"]["waiting"]["value"].is_null(), "{bad}");
    // Until it is asked for again, all in batches.
    let told = wallboard.log().matches("GMS has no value for").count();
    assert_eq!(told, usize::from(flaw != Flaw::Missing));

    gms.world().flaws.clear();
    let back = Duration::from_secs(40);
    becomes(&wallboard, "77@switch", "waiting", json!(7), back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_not_defined_among_200_costs_only_itself() {
    one_bad_among_200(Flaw::Undefined).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_among_200_costs_only_itself() {
    one_bad_among_200(Flaw::Fails).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_missing_among_200_costs_only_itself() {
    one_bad_among_200(Flaw::Missing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_stale_while_it_cannot_be_asked_and_right_when_it_can() {
    let gms = Gms::start().await;
    let mut truth = 1;
    for name in ["9001", "9002"] {
        gms.set(&waiting(name), truth);
    }
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&["9001", "9002"]))).await;
    becomes(&wallboard, "9002", "waiting", json!(truth), SOON).await;

    let moods = [
        (Mood::NoStatServer, "Statistic Service unavailable"),
        (Mood::Failing, "fails for every statistic"),
        (Mood::Html, "HTML"),
        (Mood::BadGateway, "502"),
        (Mood::Truncated, "lost the connection"),
        (Mood::Huge, "more than 1 MiB"),
        (Mood::Busy(3), "limits the request rate"),
        (Mood::Hung, "didn't respond"),
    ];
    for (mood, words) in moods {
        gms.world().mood = mood;
        truth += 1;
        for name in ["9001", "9002"] {
            gms.set(&waiting(name), truth);
        }
        let what = format!("{mood:?} is told");
        // Until the next round, and for as long as an answer is waited for.
        until(&what, Duration::from_secs(16), async || {
            let source = wallboard.source().await?;
            let why = source["last_error"].to_string();
            if source["state"] != "live" && why.contains(words) {
                Ok(())
            } else {
                Err(source.to_string())
            }
        })
        .await;
        assert_eq!(count(&wallboard, truth).await.unwrap(), (0, 0), "{mood:?}");
        for name in ["9001", "9002"] {
            let queue = one(&wallboard, "queues", name).await.unwrap();
            assert_eq!(queue["metrics"]["waiting"]["stale"], true, "{queue}");
        }

        gms.world().mood = Mood::Well;
        let within = match mood {
            // A question that it took is waited for.
            Mood::Hung => Duration::from_secs(30),
            _ => Duration::from_secs(6),
        };
        becomes(&wallboard, "9001", "waiting", json!(truth), within).await;
        wallboard.becomes("live", Duration::from_secs(2)).await;
    }
    assert_eq!(gms.world().most_under_way, 1);
    keeps_the_secret(&wallboard);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_credentials_are_not_hammered_and_tried_at_once_when_mended() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 4);
    gms.world().mood = Mood::Refusing;
    let wallboard = serve(&(signed_in(&[&gms]) + &waiting_in(&["9001"]))).await;
    until("the refusal is told", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].to_string();
        let is_told = why.contains("check `username` and `password`");
        is_told.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    throughout("it is asked once", Duration::from_secs(8), async || {
        let asked = gms.world().log.len();
        (asked == 1).then_some(()).ok_or(asked)
    })
    .await;

    gms.world().mood = Mood::Well;
    wallboard.signal("-HUP");

    becomes(&wallboard, "9001", "waiting", json!(4), SOON).await;
    keeps_the_secret(&wallboard);
}
