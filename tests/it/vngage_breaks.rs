//! Cut connections, restarted brokers, deleted queues: unconfirmed values are shown as out of date,
//! and everything is correct after recovery.

use std::time::Duration;

use lapin::{
    ExchangeKind,
    options::{QueueDeleteOptions, QueuePurgeOptions},
};
use serde_json::Value;

use crate::support::{
    Broker, Disorder, NetworkCondition, Proxy, Vep, VngageSource, Wallboard, broker,
    contact_center::Group,
    is_nightly,
    lateness::Lateness,
    print_measured, tier,
    truth::{ApiSnapshot, case_contradiction, differences},
    wait_until, wait_until_correct, wait_until_fully_correct,
};

const SOON: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(10);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_secs(45);
/// Until the API shows values of a lost source as stale.
const STALE_WITHIN: Duration = Duration::from_secs(2);
/// Until a silent connection counts as lost.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);

/// The AMQP method's class and number.
const QUEUE_DECLARE: &[u8] = &[0, 50, 0, 10];

/// Starts a wallboard that is live behind a proxy and correct.
pub async fn start_behind_proxy(broker: &Broker, name: &str, seed: u64) -> (Proxy, Vep, Wallboard) {
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
    let vngage = VngageSource::plain(broker, name).via_proxy(proxy.port);
    let wallboard = start_live(&vep, vngage).await;
    (proxy, vep, wallboard)
}

pub async fn start_live(vep: &Vep, vngage: VngageSource) -> Wallboard {
    let wallboard = Wallboard::serve(vngage).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    wait_until_correct(&wallboard, vep, SETTLED).await;
    wallboard
}

/// Returns an error while any queue is up to date.
pub async fn check_all_stale(wallboard: &Wallboard) -> Result<(), String> {
    match fresh_queues(wallboard).await?.as_slice() {
        [] => Ok(()),
        fresh => Err(format!("still up to date: {fresh:?}")),
    }
}

pub async fn fresh_queues(wallboard: &Wallboard) -> Result<Vec<Value>, String> {
    let queues = wallboard.get("/api/v1/queues").await?;
    let queues = queues["queues"].as_array().unwrap();
    Ok(queues
        .iter()
        .filter(|queue| queue["stale"] == false)
        .cloned()
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn state_is_correct_within_ten_seconds_of_reconnecting() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "cut", 11).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;

    proxy.set(NetworkCondition::Silent);
    proxy.cut();
    wait_until("everything is stale", STALE_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    vep.run(50, tier(15, 60), Disorder::HIGH).await;
    check_all_stale(&wallboard).await.unwrap();
    proxy.set(NetworkCondition::Normal);

    wait_until_fully_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_resets_end_in_a_correct_state() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "resets", 13).await;

    assert_never_wrong(&wallboard, &vep, async {
        for _ in 0..tier(4, 24).as_secs() {
            vep.run(50, Duration::from_secs(5), Disorder::NONE).await;
            proxy.cut();
        }
    })
    .await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_queue_is_recreated_and_values_stale_until_reported() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "deleted", ExchangeKind::Topic, 14).await;
    let vngage = VngageSource::plain(broker, "deleted");
    let queue = vngage.queue.clone();
    let wallboard = start_live(&vep, vngage).await;
    let (before, collect_count) = (
        generation(&wallboard).await,
        vep.state().await.collect_count,
    );

    let connection = broker.connect().await;
    let channel = connection.create_channel().await.unwrap();
    let options = QueueDeleteOptions::default();
    channel
        .queue_delete(queue.as_str().into(), options)
        .await
        .unwrap();
    wait_until("the break is noticed", STALE_WITHIN, async || {
        let now = generation(&wallboard).await;
        if now > before { Ok(()) } else { Err(now) }
    })
    .await;
    vep.run(20, Duration::from_secs(2), Disorder::NONE).await;

    wait_until("the full state is requested", SOON, async || {
        let now = vep.state().await.collect_count;
        if now > collect_count {
            Ok(())
        } else {
            Err(now)
        }
    })
    .await;
    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_deleted_during_reconnect_is_detected() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "vanishing", 20).await;
    let before = generation(&wallboard).await;
    let connection = broker.connect().await;
    let channel = connection.create_channel().await.unwrap();

    proxy.trap(QUEUE_DECLARE);
    proxy.cut();
    proxy.wait_until_triggered().await;
    // The broker's reply, that the queue exists, is in flight.
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    let options = QueueDeleteOptions::default();
    let queue = "wallboard vanishing".into();
    channel.queue_delete(queue, options).await.unwrap();
    proxy.set(NetworkCondition::Normal);

    wait_until("the break is noticed", SOON, async || {
        assert_fresh_values_true(&wallboard, &vep).await;
        let now = generation(&wallboard).await;
        if now > before { Ok(()) } else { Err(now) }
    })
    .await;
    wait_until("nothing is wrong", SOON, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_restart_under_traffic_leaves_no_wrong_value_up_to_date() {
    let broker = Broker::start();
    let vep = Vep::open(&broker, "restart", ExchangeKind::Topic, 15).await;
    let wallboard = start_live(&vep, VngageSource::plain(&broker, "restart")).await;
    vep.run(200, Duration::from_secs(2), Disorder::HIGH).await;

    let center = vep.close().await;
    broker.stop();
    wait_until("everything is stale", STALE_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    broker.start_again();
    let vep = Vep::reopen(&broker, "restart", ExchangeKind::Topic, center).await;
    vep.run(200, Duration::from_secs(3), Disorder::HIGH).await;

    wait_until("nothing is wrong", SOON, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_restart_behind_silence_makes_everything_stale() {
    let broker = Broker::start();
    let (proxy, vep, wallboard) = start_behind_proxy(&broker, "behind", 19).await;

    proxy.set(NetworkCondition::Silent);
    let center = vep.close().await;
    broker.kill();
    broker.start_again();
    let _mute = Vep::reopen_silent(&broker, "behind", ExchangeKind::Topic, center).await;
    wait_until("everything is stale", NOTICED_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    proxy.set(NetworkCondition::Normal);

    wallboard.wait_for_state("live", SOON).await;
    check_all_stale(&wallboard).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_connection_loses_nothing_while_the_broker_runs() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "refused", 20).await;
    let before = generation(&wallboard).await;

    proxy.set(NetworkCondition::Refusing);
    proxy.cut();
    wait_until("the connection is refused", SOON, async || {
        let source = wallboard.source().await?;
        match source["last_error"].as_str() {
            Some(error) if error.contains("refused") => Ok(()),
            _ => Err(source.to_string()),
        }
    })
    .await;
    vep.run(50, Duration::from_secs(2), Disorder::HIGH).await;
    proxy.set(NetworkCondition::Normal);

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    assert_eq!(generation(&wallboard).await, before);
}

/// Starts a wallboard that is live and can't ask for the configuration.
async fn start_without_configuration(name: &str, seed: u64) -> (Proxy, Vep, Wallboard) {
    let broker = Broker::shared();
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
    // The consumer's, and the one for the restart sentinel.
    proxy.refuse_after(2);
    let vngage = VngageSource::plain(broker, name).via_proxy(proxy.port);
    let wallboard = Wallboard::serve(vngage).await;
    wait_until("the refusal is reported", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].as_str().unwrap_or_default();
        let is_reported = source["state"] == "live" && why.starts_with("Couldn't request");
        is_reported.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    (proxy, vep, wallboard)
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_is_requested_once_the_broker_accepts_another_connection() {
    let (proxy, vep, wallboard) = start_without_configuration("one-place", 28).await;

    proxy.set(NetworkCondition::Normal);

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let source = wallboard.source().await.unwrap();
    assert_eq!(source["last_error"], Value::Null, "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_that_was_never_requested_is_after_a_restart() {
    let (proxy, vep, mut wallboard) = start_without_configuration("no-place", 30).await;
    // So that it resumes after the restart.
    vep.run(50, Duration::from_secs(3), Disorder::NONE).await;
    wallboard.stop("-KILL");
    proxy.set(NetworkCondition::Normal);

    wallboard.start_again().await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_request_of_the_configuration_is_repeated() {
    let broker = Broker::shared();
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, "interrupted", ExchangeKind::Topic, 29).await;
    // The purpose of that connection, by which it introduces itself.
    proxy.trap(b"asks");
    let vngage = VngageSource::plain(broker, "interrupted").via_proxy(proxy.port);
    let wallboard = Wallboard::serve(vngage).await;
    proxy.wait_until_triggered().await;

    proxy.cut();
    proxy.set(NetworkCondition::Normal);

    wait_until_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_stale_until_a_slow_connection_has_caught_up() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "slow", 23).await;

    proxy.set(NetworkCondition::Refusing);
    proxy.cut();
    wait_until("everything is stale", STALE_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    let groups = {
        let mut state = vep.state().await;
        // More than fits in flight at once: the last one counts.
        for available in 1000..1500 {
            for group in 0..state.center.groups.len() {
                let messages = state.center.make_available(group, available);
                state.publish(messages).await;
            }
        }
        state.center.groups.len()
    };
    vep.drain().await;
    proxy.set(NetworkCondition::Slow(Duration::from_millis(50)));

    wait_until("everything is up to date", SOON, async || {
        let fresh = fresh_queues(&wallboard).await?;
        let old = fresh
            .iter()
            .find(|queue| queue["metrics"]["agents_available"]["value"] != 1499);
        assert_eq!(old, None);
        if fresh.len() == groups {
            Ok(())
        } else {
            Err(format!("{fresh:?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_restart_sentinel_silence_is_a_discontinuity() {
    let broker = Broker::shared();
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, "unmarked", ExchangeKind::Topic, 22).await;
    let url = broker
        .plain_url()
        .replace(broker::USER, broker::NO_SENTINEL);
    let vngage = VngageSource {
        url,
        ..VngageSource::plain(broker, "unmarked")
    };
    let wallboard = start_live(&vep, vngage.via_proxy(proxy.port)).await;
    let before = generation(&wallboard).await;

    for round in 1..=2 {
        let losses = count_losses(&wallboard);
        proxy.set(NetworkCondition::Silent);
        wait_until("the connection is lost", NOTICED_WITHIN, async || {
            if losses < count_losses(&wallboard) {
                Ok(())
            } else {
                Err(wallboard.log())
            }
        })
        .await;
        proxy.set(NetworkCondition::Normal);
        wallboard.wait_for_state("live", SOON).await;
        assert_eq!(generation(&wallboard).await, before + round);
    }

    let messages = wallboard
        .log()
        .matches("Can't keep a marker on the broker")
        .count();
    assert_eq!(messages, 1);
}

/// How often a connection ended. Before that the source is already down, but nothing is missing yet.
fn count_losses(wallboard: &Wallboard) -> usize {
    wallboard
        .log()
        .matches("Disconnected, reconnecting")
        .count()
}

pub async fn generation(wallboard: &Wallboard) -> u64 {
    let source = wallboard.source().await.unwrap();
    source["generation"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_outage_makes_values_stale_until_reported_again() {
    let broker = Broker::start();
    let vep = Vep::open(&broker, "away", ExchangeKind::Topic, 16).await;
    let wallboard = start_live(&vep, VngageSource::plain(&broker, "away")).await;
    let center = vep.close().await;
    let reported_id = center.groups[0].id.clone();

    broker.kill();
    wait_until("everything is stale", STALE_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    broker.start_again();
    // The vendor is back, but reports one group only.
    let vep = Vep::reopen_silent(&broker, "away", ExchangeKind::Topic, center).await;
    wallboard.wait_for_state("live", SOON).await;
    check_all_stale(&wallboard).await.unwrap();
    {
        let mut state = vep.state().await;
        let messages = state.center.full_group(0);
        state.publish(messages).await;
    }

    let is_reported = |queue: &Value| queue["external_id"] == reported_id.as_str();
    wait_until("the reported group is up to date", SETTLED, async || {
        let fresh = fresh_queues(&wallboard).await?;
        if fresh.iter().any(is_reported) {
            Ok(())
        } else {
            Err(format!("{fresh:?}"))
        }
    })
    .await;
    let fresh = fresh_queues(&wallboard).await.unwrap();
    assert!(fresh.iter().all(is_reported), "{fresh:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_break_ever_shows_a_wrong_value_as_up_to_date() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "honest", 18).await;
    let connection = broker.connect().await;
    let channel = connection.create_channel().await.unwrap();

    assert_never_wrong(&wallboard, &vep, async {
        for round in 0..tier(2, 12).as_secs() {
            proxy.cut();
            vep.run(80, Duration::from_secs(4), Disorder::NONE).await;
            proxy.set(NetworkCondition::Refusing);
            proxy.cut();
            vep.run(80, Duration::from_secs(4), Disorder::NONE).await;
            proxy.set(NetworkCondition::Normal);
            vep.run(80, Duration::from_secs(4), Disorder::NONE).await;
            let options = QueueDeleteOptions::default();
            let queue = "wallboard honest".into();
            channel.queue_delete(queue, options).await.unwrap();
            vep.run(80, Duration::from_secs(8), Disorder::NONE).await;
            proxy.set(NetworkCondition::Slow(Duration::from_millis(50 * round)));
        }
    })
    .await;

    wait_until("nothing is wrong", SOON, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

/// Events per second: two seconds of them are more messages than may be in flight.
const BURST: u32 = 300;

/// Asserts that the source is live soon despite ongoing traffic, and nothing is up to date too
/// early.
async fn check_live_soon(rate: u32, wallboard: &Wallboard, vep: &Vep) {
    let lateness = Lateness::measure();
    let is_live = wait_until("the source is live", SETTLED, async || {
        // Messages that this process publishes late are late for the product too.
        let within = 2 * STALE_WITHIN + lateness.recent();
        let checked = check_fresh_values_true_within(within, wallboard, vep).await;
        checked.unwrap_or_else(|wrong| panic!("up to date but wrong: {wrong}"));
        let source = wallboard.source().await?;
        if source["state"] == "live" {
            Ok(())
        } else {
            Err(source.to_string())
        }
    });
    tokio::join!(is_live, vep.run(rate, SETTLED, Disorder::NONE));
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_connection_with_messages_in_flight_is_live_soon() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "in flight", 24).await;

    // Each event is several messages: beside ten other tests, a development build can't always keep up with 200.
    let high = if is_nightly() { 200 } else { 50 };
    for rate in [1, 3, high] {
        proxy.set(NetworkCondition::Silent);
        vep.run(BURST, Duration::from_secs(2), Disorder::NONE).await;
        wallboard.wait_for_state("down", NOTICED_WITHIN).await;
        proxy.set(NetworkCondition::Normal);

        check_live_soon(rate, &wallboard, &vep).await;
        wait_until_correct(&wallboard, &vep, SETTLED).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_wallboard_with_messages_in_flight_is_live_soon() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "frozen", ExchangeKind::Topic, 25).await;
    let mut wallboard = start_live(&vep, VngageSource::plain(broker, "frozen")).await;

    wallboard.signal("-STOP");
    // Fewer than may be in flight at once: nothing pauses while the bindings are renewed.
    vep.run(80, Duration::from_secs(1), Disorder::NONE).await;
    wallboard.restart("-KILL").await;

    check_live_soon(3, &wallboard, &vep).await;
    wait_until("nothing is wrong", SOON, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn purged_queue_makes_values_stale_until_reported_again() {
    let broker = Broker::shared();
    let (proxy, vep, wallboard) = start_behind_proxy(broker, "purged", 26).await;
    let before = generation(&wallboard).await;
    let connection = broker.connect().await;
    let channel = connection.create_channel().await.unwrap();

    proxy.set(NetworkCondition::Refusing);
    proxy.cut();
    wait_until("everything is stale", STALE_WITHIN, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    let queue = "wallboard purged".into();
    let options = QueuePurgeOptions::default();
    channel.queue_purge(queue, options).await.unwrap();
    proxy.set(NetworkCondition::Normal);

    wait_until("the break is noticed", SOON, async || {
        assert_fresh_values_true(&wallboard, &vep).await;
        let now = generation(&wallboard).await;
        if now > before { Ok(()) } else { Err(now) }
    })
    .await;
    wait_until("nothing is wrong", SOON, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

/// Runs `breaking` and panics if a value is up to date but wrong meanwhile.
pub async fn assert_never_wrong(
    wallboard: &Wallboard,
    vep: &Vep,
    breaking: impl Future<Output = ()>,
) {
    let mut looks = 0_u32;
    let watching = async {
        loop {
            assert_fresh_values_true(wallboard, vep).await;
            looks += 1;
            // Leaves the product time between two looks.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = breaking => {}
        () = watching => {}
    }
    print_measured(&format!("wrong values in {looks} looks"), 0, 0);
}

/// Asserts that every up-to-date value was true within the time in which a loss must be noticed.
pub async fn assert_fresh_values_true(wallboard: &Wallboard, vep: &Vep) {
    if let Err(wrong) = check_fresh_values_true(wallboard, vep).await {
        panic!("up to date but wrong: {wrong}");
    }
}

/// Returns a value that is up to date but wrong, if there is one.
pub async fn check_fresh_values_true(wallboard: &Wallboard, vep: &Vep) -> Result<(), String> {
    check_fresh_values_true_within(2 * STALE_WITHIN, wallboard, vep).await
}

/// The same, where a value may be wrong for a time until it is marked.
pub async fn check_fresh_values_true_within(
    time: Duration,
    wallboard: &Wallboard,
    vep: &Vep,
) -> Result<(), String> {
    let requested_at = jiff::Timestamp::now().as_microsecond();
    let Ok(queues) = fresh_queues(wallboard).await else {
        return Ok(());
    };
    let state = vep.state().await;
    let from = requested_at - i64::try_from(time.as_micros()).unwrap();
    let is_wrong = |queue: &Value| {
        let is_same = |group: &Group| queue["external_id"] == group.id.as_str();
        let group = state.center.groups.iter().position(is_same).unwrap();
        let available = &queue["metrics"]["agents_available"];
        let shown = available["value"]
            .as_u64()
            .filter(|_| available["stale"] == false);
        shown.is_some_and(|shown| !state.center.was_available_since(group, shown, from))
    };
    let wrong = queues.iter().find(|queue| is_wrong(queue));
    wrong.map_or(Ok(()), |queue| Err(queue.to_string()))
}

/// Checks the state after a break: queues are correct, and so is every confirmed case. (Case events
/// missed while disconnected can't be known.)
pub async fn check_no_contradiction(wallboard: &Wallboard, vep: &Vep) -> Result<(), Vec<String>> {
    let found = ApiSnapshot::fetch(wallboard)
        .await
        .map_err(|error| vec![error])?;
    let state = vep.state().await;
    let center = &state.center;
    let mut wrong = differences(center, &found, false);
    wrong.retain(|sentence| sentence.starts_with("queue"));
    for (id, shown) in &found.cases {
        let case = center
            .active
            .get(id)
            .or_else(|| center.ended.get(id))
            .unwrap();
        wrong.extend(case_contradiction(center, id, case, shown));
    }
    wrong.truncate(12);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
