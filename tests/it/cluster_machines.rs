//! A cluster whose machines hang, lose their power or their network, or have a wrong clock: another node
//! leads soon, and what any node shows on screens, pages and the API is true or marked.

use std::time::Duration;

use lapin::ExchangeKind;
use tokio::time::{Instant, timeout};

use crate::{
    cluster_faults::ACCOUNTED,
    cluster_kills::{MARKED_WITHIN, NEXT_UPDATE_WITHIN, look, look_until},
    support::{
        Broker, Disorder, NatsServer, Vep, VngageSource, Wallboard,
        judge::{self, Judge},
        lateness::Lateness,
        machines::{MachineFault, Machines},
        onlookers::Onlookers,
        print_measured, shown, tier, wait_until, wait_until_fully_correct,
    },
};

/// How often each page of each node is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Until a test gives up, on a machine that has other things to do.
const SHOWN_AT_ALL_WITHIN: Duration = Duration::from_mins(1);

async fn start(name: &str, nats: &NatsServer) -> (Vep, Machines) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 43).await;
    let source = shown::prepare(VngageSource::plain(broker, name));
    let machines = Machines::start(broker, &source, &[nats.port; 3], "").await;
    run_until_correct(&vep, &machines).await;
    (vep, machines)
}

async fn run_until_correct(vep: &Vep, machines: &Machines) {
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    for node in machines.alive() {
        wait_until_fully_correct(node, vep, ACCOUNTED).await;
    }
}

async fn replace_leaders(name: &str, nats: NatsServer, fault: MachineFault) {
    let (vep, mut machines) = start(name, &nats).await;
    let (judge, groups) = {
        let center = &vep.state().await.center;
        (Judge::new(center.history.clone()), center.group_ids())
    };
    let onlookers =
        Onlookers::gather_at_nodes(&machines.nodes, &groups, &judge, LOOK_INTERVAL).await;
    let (mut looks, mut marked, mut live) = (0, Duration::ZERO, Duration::ZERO);
    let faults = tier(1, 10).as_secs();
    let breaking = async {
        for number in 0..faults {
            let leader = machines.nodes.wait_until_settled().await;
            looks += look_until(true, &machines.alive(), &vep).await;
            judge.begin(&format!("{number} {fault:?}"));
            machines.cause(leader, fault);
            let began = Instant::now();
            // The screens of the leader are judged, too, and not waited for.
            let others = (0..).zip(&onlookers).filter(|(node, _)| *node != leader);
            let others: Vec<_> = others.map(|(_, onlookers)| onlookers).collect();
            let unmarked = || others.iter().map(|node| node.unmarked_on_screen());
            while unmarked().any(|values| values != 0) {
                looks += look(&machines.alive(), &vep).await;
            }
            marked = marked.max(began.elapsed());
            while unmarked().any(|values| values == 0) {
                looks += look(&machines.alive(), &vep).await;
            }
            live = live.max(began.elapsed().saturating_sub(judge.lateness()));
            machines.repair(leader).await;
            let after = Instant::now();
            while after.elapsed() < Duration::from_secs(2) {
                looks += look(&machines.alive(), &vep).await;
            }
        }
        machines.nodes.wait_until_settled().await;
    };
    vep.run_during(80, Disorder::NONE, breaking).await;
    println!("{fault:?}: {faults} times, {looks} looks without an unmarked wrong value");
    onlookers.into_iter().for_each(Onlookers::leave);
    print_measured("all screens are marked", marked, MARKED_WITHIN);
    print_measured("all screens have the next update", live, NEXT_UPDATE_WITHIN);
    let (oldest, lateness) = judge.extremes();
    print_measured("oldest unmarked value", oldest, judge::OLDEST);
    print_measured("this process was late by", lateness, "any");

    let findings = judge.findings();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(marked < MARKED_WITHIN, "{marked:?}");
    assert!(live < NEXT_UPDATE_WITHIN, "{live:?}");
    run_until_correct(&vep, &machines).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hung_leader_is_replaced_soon() {
    replace_leaders("cluster hang", NatsServer::start(), MachineFault::Hang).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_without_power_is_replaced_soon() {
    replace_leaders(
        "cluster power",
        NatsServer::start_current(),
        MachineFault::PowerLoss,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_without_a_network_is_replaced_soon() {
    replace_leaders("cluster network", NatsServer::start(), MachineFault::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_whose_clock_is_an_hour_wrong_does_not_lead_and_says_why() {
    let nats = NatsServer::start_current();
    let (vep, mut machines) = start("cluster clock", &nats).await;
    let leader = machines.nodes.wait_until_settled().await;
    let breaks = continuity_breaks(&machines.nodes.0[leader]).await;

    machines.clocks[leader].set_ahead(3_600);
    let (set_at, lateness) = (Instant::now(), Lateness::measure());
    let (next, took) = machines.nodes.wait_for_leader_after(leader).await;
    print_measured("another node leads", took, NEXT_UPDATE_WITHIN);
    assert!(took < NEXT_UPDATE_WITHIN, "{took:?}");
    let log = machines.nodes.0[next].log();
    assert!(log.contains("the leader has resigned"), "{log}");
    let wrong = &machines.nodes.0[leader];
    wait_for_reason(wrong, "the clock of this machine is 3").await;
    let ahead = clock_ahead(wrong).await;
    assert!((3_590.0..3_601.0).contains(&ahead), "{ahead}");
    let others: Vec<_> = (0..3).filter(|node| *node != leader).collect();
    let next = [&machines.nodes.0[next]];
    let shown = look_until(true, &next, &vep);
    let shown = timeout(SHOWN_AT_ALL_WITHIN, shown).await;
    assert!(shown.is_ok(), "no value is up to date");
    let took = set_at.elapsed().saturating_sub(lateness.recent());
    print_measured("the next update is shown", took, NEXT_UPDATE_WITHIN);
    assert!(took < NEXT_UPDATE_WITHIN, "{took:?}");
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    for other in &others {
        wait_until_fully_correct(&machines.nodes.0[*other], &vep, ACCOUNTED).await;
    }
    assert_gaps_are_short(next[0]).await;
    // The time of the last entry is known by the clock that all nodes share.
    assert_eq!(continuity_breaks(next[0]).await, breaks);

    // Nobody else is left.
    for other in &others {
        machines.cause(*other, MachineFault::Kill);
    }
    wait_for_reason(&machines.nodes.0[leader], "so it can't lead").await;
    machines.clocks[leader].set_ahead(0);
    wait_until(
        "it leads with the right clock",
        NEXT_UPDATE_WITHIN,
        async || {
            let metrics = machines.nodes.0[leader].text("/metrics").await;
            let is_leader = metrics.contains("\nwallboard_cluster_leader 1.0");
            is_leader.then_some(()).ok_or("it doesn't lead")
        },
    )
    .await;

    for other in others {
        machines.repair(other).await;
    }
    machines.nodes.wait_until_settled().await;
    run_until_correct(&vep, &machines).await;
    for node in &machines.nodes.0 {
        assert_gaps_are_short(node).await;
    }
}

async fn wait_for_reason(node: &Wallboard, words: &str) {
    wait_until("the node says why", ACCOUNTED, async || {
        let cluster = node.get("/api/v1/cluster").await?;
        let reason = cluster["reason"].as_str().unwrap_or_default();
        if reason.contains(words) {
            Ok(())
        } else {
            Err(reason.to_owned())
        }
    })
    .await;
}

async fn continuity_breaks(node: &Wallboard) -> Vec<String> {
    let metrics = node.text("/metrics").await;
    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("wallboard_source_continuity_breaks"));
    counts.map(str::to_owned).collect()
}

async fn clock_ahead(node: &Wallboard) -> f64 {
    let metrics = node.text("/metrics").await;
    let name = "wallboard_cluster_clock_ahead_seconds ";
    let value = metrics.lines().find_map(|line| line.strip_prefix(name));
    value.unwrap().parse().unwrap()
}

/// The day has no gap that a wrong clock made long, or let end before it began.
async fn assert_gaps_are_short(node: &Wallboard) {
    let site = node.get("/api/v1/site").await.unwrap();
    let gaps = site["metrics"]["offered"]["gaps"].as_array().unwrap();
    for gap in gaps {
        let time = |name: &str| {
            let time: jiff::Timestamp = gap[name].as_str().unwrap().parse().unwrap();
            time.as_second()
        };
        let seconds = time("to") - time("from");
        assert!((0..60).contains(&seconds), "{gap}");
    }
}
