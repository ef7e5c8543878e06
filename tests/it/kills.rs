//! `kill -9` at any moment of the traffic: the day continues as if nothing had happened. The truth is
//! the contact center, and for the day's figures a second wallboard that is never killed.

use std::{collections::BTreeMap, time::Duration};

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, tier, wait_until, wait_until_fully_correct,
    },
    vngage_breaks::{assert_fresh_values_true, fresh_queues},
};

const SOON: Duration = Duration::from_secs(20);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);
/// Metrics of the day, as counted from single contacts.
pub const DAY_METRICS: [&str; 14] = [
    "offered",
    "answered",
    "abandoned",
    "service_level",
    "abandon_rate",
    "answer_rate",
    "average_speed_of_answer",
    "handled",
    "average_handle_time",
    "positive",
    "negative",
    "neutral",
    "unresolved",
    "transferred",
];

#[tokio::test(flavor = "multi_thread")]
async fn killed_wallboard_goes_on_with_the_same_day() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "killed", ExchangeKind::Topic, 17).await;
    let source = |queue: &str| VngageSource {
        queue: queue.into(),
        ..VngageSource::plain(broker, "killed")
    };
    let witness = Wallboard::serve(source("wallboard witness")).await;
    let mut wallboard = Wallboard::serve(source("wallboard killed")).await;
    for each in [&witness, &wallboard] {
        each.wait_for_state("live", SOON).await;
    }
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let kills = tier(6, 200).as_secs();
    let seed = rand::random();
    println!("seed {seed}, {kills} kills");

    let mut looks = 0;
    let killing = async {
        let mut random = StdRng::seed_from_u64(seed);
        for _ in 0..kills {
            let running = Duration::from_millis(random.random_range(0..2_000));
            looks += look_for(running, &wallboard, &vep).await;
            wallboard.stop("-KILL");
            sleep(Duration::from_millis(random.random_range(0..700))).await;
            wallboard.start_again().await;
            assert_day_continues(&wallboard).await;
        }
    };
    vep.run_during(80, Disorder::HIGH, killing).await;
    println!("{looks} looks without an unmarked wrong value");

    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    wait_until_day_equals(&wallboard, &witness).await;
    wait_until("nothing is left in the queue", SOON, async || {
        let depth = broker.queue_depth("wallboard killed").await.unwrap();
        match depth {
            0 => Ok(()),
            depth => Err(depth),
        }
    })
    .await;
    let source = wallboard.source().await.unwrap();
    assert_eq!(
        source["generation"], 1,
        "no kill was a discontinuity: {source}"
    );
}

/// Looks at the values for a time. Returns how often.
async fn look_for(time: Duration, wallboard: &Wallboard, vep: &Vep) -> u32 {
    let end = tokio::time::Instant::now() + time;
    let mut looks = 0;
    while tokio::time::Instant::now() < end {
        assert_fresh_values_true(wallboard, vep).await;
        looks += 1;
        sleep(Duration::from_millis(40)).await;
    }
    looks
}

/// Asserts that the first answer after a restart has the day's figures, and none of them as live
/// unless the source is connected again.
async fn assert_day_continues(wallboard: &Wallboard) {
    let fresh = fresh_queues(wallboard).await.unwrap();
    let queues = wallboard.get("/api/v1/queues").await.unwrap();
    let source = wallboard.source().await.unwrap();
    if source["state"] != "live" {
        assert!(fresh.is_empty(), "up to date, but {source}: {fresh:?}");
    }
    let queues = queues["queues"].as_array().unwrap();
    assert!(!queues.is_empty(), "the queues are forgotten");
    let has_day = |queue: &Value| queue["metrics"]["answered"]["value"].as_u64() > Some(0);
    assert!(
        queues.iter().any(has_day),
        "the day is forgotten: {queues:?}"
    );
}

/// Waits until the figures of a wallboard's day are those of another one.
pub async fn wait_until_day_equals(wallboard: &Wallboard, witness: &Wallboard) {
    wait_until("the day is the witness's", SOON, async || {
        let (ours, theirs) = (day_figures(wallboard).await?, day_figures(witness).await?);
        let differs = |(key, value): &(&String, &Value)| ours.get(*key) != Some(value);
        match theirs.iter().find(differs) {
            None => Ok(()),
            Some((key, value)) => Err(format!("{key} is {:?}, not {value}", ours.get(key))),
        }
    })
    .await;
}

/// Returns the day's figures of queues, agents and the site by "id metric".
async fn day_figures(wallboard: &Wallboard) -> Result<BTreeMap<String, Value>, String> {
    let mut figures = BTreeMap::new();
    let mut add = |id: &Value, metrics: &Value| {
        for metric in DAY_METRICS {
            let figure = &metrics[metric];
            if !figure.is_null() {
                figures.insert(format!("{id} {metric}"), figure["value"].clone());
                figures.insert(format!("{id} {metric} stale"), figure["stale"].clone());
            }
        }
    };
    for (path, list) in [("/api/v1/queues", "queues"), ("/api/v1/agents", "agents")] {
        let rows = wallboard.get(path).await?;
        for row in rows[list].as_array().ok_or("no list")? {
            add(&row["id"], &row["metrics"]);
        }
    }
    let site = wallboard.get("/api/v1/site").await?;
    add(&Value::from("site"), &site["metrics"]);
    if figures.len() < 50 {
        return Err(format!("only {} figures", figures.len()));
    }
    Ok(figures)
}
