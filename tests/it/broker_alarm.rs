//! A broker short of memory: it accepts nothing from publishers. We continue to consume, and report why
//! nothing new arrives.

use std::time::Duration;

use lapin::{ExchangeKind, options::QueueDeleteOptions};
use tokio::task::block_in_place;

use crate::{
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, wait_until, wait_until_fully_correct,
    },
    vngage_breaks::{check_no_contradiction, start_live},
};

const SETTLED: Duration = Duration::from_secs(10);
/// Until an alarm that blocks us is shown, or no longer shown.
const REPORTED_WITHIN: Duration = Duration::from_secs(5);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);
const QUEUES: [&str; 2] = ["wallboard alarm", "wallboard alarm.mark"];

#[tokio::test(flavor = "multi_thread")]
async fn memory_alarm_is_reported_and_stops_no_consumer() {
    let broker = Broker::start();
    let vep = Vep::open(&broker, "alarm", ExchangeKind::Topic, 91).await;
    let wallboard = start_live(&vep, VngageSource::plain(&broker, "alarm")).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let connection = broker.connect().await;
    let channel = connection.create_channel().await.unwrap();

    // A backlog that only a consumer can reduce.
    wallboard.signal("-STOP");
    vep.run(200, Duration::from_secs(3), Disorder::NONE).await;
    block_in_place(|| broker.set_memory_alarm(true));
    wallboard.signal("-CONT");
    wait_until("everything is consumed", SETTLED, async || {
        match broker.queue_depth(QUEUES[0]).await.unwrap() {
            0 => Ok(()),
            depth => Err(depth),
        }
    })
    .await;
    wallboard.wait_for_state("live", SETTLED).await;

    // It has to publish a request now, and its marker.
    for queue in QUEUES {
        let options = QueueDeleteOptions::default();
        channel.queue_delete(queue.into(), options).await.unwrap();
    }
    wait_for_report(&wallboard, true).await;
    assert!(wallboard.text("/sources").await.contains("short of memory"));
    wallboard.wait_for_state("live", SETTLED).await;
    block_in_place(|| broker.set_memory_alarm(false));
    wait_for_report(&wallboard, false).await;

    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

/// Waits until the alarm is shown, or no longer shown.
async fn wait_for_report(wallboard: &Wallboard, is_shown: bool) {
    let what = format!("the alarm is shown: {is_shown}");
    wait_until(&what, REPORTED_WITHIN, async || {
        let source = wallboard.source().await?;
        let error = source["last_error"].as_str().unwrap_or_default();
        if error.contains("short of memory") == is_shown {
            Ok(())
        } else {
            Err(source)
        }
    })
    .await;
}
