//! A cluster on a bad day: a leader that is paused or cut off, NATS away, a slow node.
//! Whatever happens, what all nodes show is true or marked, and it recovers by itself.

use std::time::Duration;

use lapin::ExchangeKind;
use tokio::time::{Instant, sleep};

use crate::{
    cluster_kills::{MARKED_WITHIN, look_for},
    support::{
        Broker, Crowd, Disorder, NatsCluster, NatsServer, NetworkCondition, Nodes, Proxy, Vep,
        VngageSource, Wallboard,
        balancer::Balancer,
        log_stream::ClusterLog,
        nodes::{cluster_section, same_server},
        print_measured, tier, wait_until, wait_until_fully_correct,
    },
    vngage_breaks::fresh_queues,
};

const BOARD: &str = "/boards/queues/live";
/// Nobody is without a picture for longer because of a planned restart.
const PICTURE_WITHIN: Duration = Duration::from_secs(5);
const RIGHT_AGAIN_WITHIN: Duration = Duration::from_secs(15);
/// Until it's certain that no case was missed; see `vngage_figures`.
pub const ACCOUNTED: Duration = Duration::from_mins(1);

/// Three nodes with traffic behind them.
pub struct Site {
    pub vep: Vep,
    pub nodes: Nodes,
}

impl Site {
    pub async fn start(name: &str, nats: &[String]) -> Self {
        let broker = Broker::shared();
        let vep = Vep::open(broker, name, ExchangeKind::Topic, 29).await;
        let source = VngageSource::plain(broker, name);
        let nodes = Nodes::start(&source, nats).await;
        Self::of(vep, nodes).await
    }

    async fn of(vep: Vep, nodes: Nodes) -> Self {
        let site = Self { vep, nodes };
        site.run_until_correct().await;
        site
    }

    pub async fn run_until_correct(&self) {
        self.vep
            .run(50, Duration::from_secs(1), Disorder::NONE)
            .await;
        for node in &self.nodes.0 {
            wait_until_fully_correct(node, &self.vep, ACCOUNTED).await;
        }
    }

    /// Runs traffic for a time, and asserts that nothing is wrong without a mark.
    pub async fn run_and_look(&self, time: Duration) -> u32 {
        let mut looks = 0;
        let looking = async { looks = look_for(time, &self.nodes, &self.vep).await };
        self.vep.run_during(80, Disorder::NONE, looking).await;
        looks
    }
}

async fn wait_until_marked(node: &Wallboard) {
    wait_until(
        "everything is marked",
        MARKED_WITHIN,
        async || match fresh_queues(node).await {
            Ok(fresh) if !fresh.is_empty() => Err(fresh.len()),
            _ => Ok(()),
        },
    )
    .await;
}

async fn wait_until_right(site: &Site, within: Duration) {
    for node in &site.nodes.0 {
        wait_until_fully_correct(node, &site.vep, within).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_leader_appends_nothing_when_it_comes_back() {
    let nats = NatsServer::start();
    let site = Site::start("cluster pause", &same_server(&nats, 3)).await;
    let log = ClusterLog::open(&nats.url()).await;
    let pauses = tier(2, 20).as_secs();
    for _ in 0..pauses {
        let leader = site.nodes.wait_until_settled().await;
        site.nodes.0[leader].signal("-STOP");
        site.nodes.wait_for_leader_after(leader).await;
        let rest = tier(0, 22);
        sleep(rest).await;
        site.nodes.0[leader].signal("-CONT");
        site.run_and_look(Duration::from_secs(3)).await;
    }
    site.nodes.wait_until_settled().await;

    let mut terms = log.terms().await;
    let blocks = terms.len();
    terms.sort_unstable();
    terms.dedup();
    assert_eq!(blocks, terms.len(), "a former leader appended");
    assert!(pauses < blocks as u64, "{blocks} terms");
    site.run_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_that_is_cut_off_from_nats_is_replaced_and_follows_later() {
    let nats = NatsServer::start();
    let mut proxies = Vec::new();
    for _ in 0..3 {
        proxies.push(Proxy::to(nats.port).await);
    }
    let urls: Vec<_> = proxies
        .iter()
        .map(|proxy| format!("nats://127.0.0.1:{}", proxy.port))
        .collect();
    let site = Site::start("cluster cut", &urls).await;
    let leader = site.nodes.wait_until_settled().await;

    // Without a reset: nobody learns that the connection is gone.
    proxies[leader].set(NetworkCondition::Silent);
    wait_until_marked(&site.nodes.0[leader]).await;
    let (_, took) = site.nodes.wait_for_leader_after(leader).await;
    print_measured("another node leads", took, Duration::from_secs(12));
    site.run_and_look(Duration::from_secs(4)).await;
    proxies[leader].set(NetworkCondition::Normal);
    proxies[leader].cut();

    site.nodes.wait_until_settled().await;
    site.run_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn source_that_the_leader_lost_is_marked_on_all_nodes() {
    let (broker, nats) = (Broker::shared(), NatsServer::start());
    let proxy = Proxy::to(broker.plain_port).await;
    let vep = Vep::open(broker, "cluster source", ExchangeKind::Topic, 41).await;
    let source = VngageSource::plain(broker, "cluster source").via_proxy(proxy.port);
    let site = Site::of(vep, Nodes::start(&source, &same_server(&nats, 3)).await).await;
    let leader = site.nodes.wait_until_settled().await;

    proxy.set(NetworkCondition::Refusing);
    proxy.cut();
    for node in &site.nodes.0 {
        wait_until_marked(node).await;
    }
    proxy.set(NetworkCondition::Normal);

    wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
    assert_eq!(
        site.nodes.wait_until_settled().await,
        leader,
        "it went on leading"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_wrong_while_nats_is_away() {
    look_while_nats_is_away("cluster away", NatsServer::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_wrong_while_current_nats_is_away() {
    look_while_nats_is_away("cluster current away", NatsServer::start_current()).await;
}

async fn look_while_nats_is_away(name: &str, nats: NatsServer) {
    let site = Site::start(name, &same_server(&nats, 3)).await;
    let mut viewers = Vec::new();
    for node in &site.nodes.0 {
        viewers.push(Crowd::connect(&node.url(BOARD), 20, MARKED_WITHIN).await);
    }

    nats.kill();
    for node in &site.nodes.0 {
        wait_until_marked(node).await;
    }
    let looks = site.run_and_look(tier(8, 60)).await;
    nats.start_again();
    let returned = Instant::now();
    site.nodes.wait_until_settled().await;
    wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
    print_measured("right again", returned.elapsed(), RIGHT_AGAIN_WITHIN);

    println!("{looks} looks");
    assert!(returned.elapsed() < RIGHT_AGAIN_WITHIN);
    for viewers in viewers {
        let dropped = viewers.take_seen().closed;
        assert!(dropped.is_empty(), "{dropped:?}");
    }
    let consumers = nats.consumer_count();
    assert!(consumers <= 5, "{consumers} consumers for 3 nodes");
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_nats_is_like_one_that_is_away() {
    let nats = NatsServer::start();
    let site = Site::start("cluster freeze", &same_server(&nats, 2)).await;

    nats.signal("-STOP");
    for node in &site.nodes.0 {
        wait_until_marked(node).await;
    }
    site.run_and_look(Duration::from_secs(3)).await;
    nats.signal("-CONT");

    site.nodes.wait_until_settled().await;
    wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leader_that_cannot_append_is_marked_although_it_has_the_lease() {
    let nats = NatsServer::start();
    let site = Site::start("cluster refused", &same_server(&nats, 2)).await;
    let log = ClusterLog::open(&nats.url()).await;

    log.refuse_batches(true).await;
    for node in &site.nodes.0 {
        wait_until_marked(node).await;
    }
    site.run_and_look(Duration::from_secs(3)).await;
    log.refuse_batches(false).await;

    site.nodes.wait_until_settled().await;
    wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_nats_is_named_with_its_cure() {
    name_full_nats("cluster full", NatsServer::start()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_current_nats_is_named_with_its_cure() {
    name_full_nats("cluster current full", NatsServer::start_current()).await;
}

async fn name_full_nats(name: &str, nats: NatsServer) {
    let site = Site::start(name, &same_server(&nats, 2)).await;
    let restart_with_room = |room: &str| {
        nats.stop();
        nats.limit_store(room);
        nats.start_again();
    };

    restart_with_room("1KB");
    for node in &site.nodes.0 {
        wait_until_marked(node).await;
        let named = "NATS server alone has no room; make room on its disk or raise max_file_store";
        wait_until("the server is named", RIGHT_AGAIN_WITHIN, async || {
            let cluster = node.get("/api/v1/cluster").await.unwrap();
            let reason = cluster["reason"].as_str().unwrap_or_default();
            let is_named = reason.starts_with(named);
            is_named.then_some(()).ok_or_else(|| reason.to_owned())
        })
        .await;
        let page = node.text("/sources").await;
        assert!(page.contains(named), "{page}");
        assert_eq!(stores(node).await, "0.0");
    }
    site.run_and_look(Duration::from_secs(3)).await;
    restart_with_room("4GB");

    site.nodes.wait_until_settled().await;
    wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
    for node in &site.nodes.0 {
        assert_eq!(stores(node).await, "1.0");
    }
}

/// Whether a node's metrics say that NATS stores what it writes.
async fn stores(node: &Wallboard) -> String {
    let metrics = node.text("/metrics").await;
    let name = "wallboard_cluster_nats_stores ";
    let value = metrics.lines().find_map(|line| line.strip_prefix(name));
    value.unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_follower_is_marked_and_catches_up() {
    let nats = NatsServer::start();
    let site = Site::start("cluster slow", &same_server(&nats, 2)).await;
    let leader = site.nodes.wait_until_settled().await;
    let follower = &site.nodes.0[1 - leader];

    follower.signal("-STOP");
    site.vep
        .run(300, Duration::from_secs(6), Disorder::NONE)
        .await;
    follower.signal("-CONT");
    site.run_and_look(Duration::from_secs(3)).await;

    site.nodes.wait_until_settled().await;
    site.run_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_restart_leaves_a_leader_and_the_day() {
    let nats = NatsServer::start();
    let mut site = Site::start("cluster rolling", &same_server(&nats, 3)).await;
    let ports = site.nodes.0.iter().map(|node| node.port);
    let balancer = Balancer::to(ports.collect()).await;
    let board = format!("http://127.0.0.1:{}{BOARD}", balancer.port);
    let mut viewers = Crowd::connect(&board, 60, MARKED_WITHIN).await;
    for number in 0..3 {
        site.nodes.wait_until_settled().await;
        let stopped = Instant::now();
        site.nodes.0[number].stop("-TERM");
        site.nodes.0[number].start_again().await;
        site.nodes.wait_until_settled().await;
        print_measured("settled", stopped.elapsed(), Duration::from_secs(10));
        // All of them were at the first node, and some are now at the second.
        if number == 0 {
            let within = PICTURE_WITHIN;
            viewers
                .wait_until_back("a restart of their node", within)
                .await;
        }
        site.run_and_look(Duration::from_secs(1)).await;
    }
    site.run_until_correct().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_nats_servers_may_be_lost() {
    let nats = NatsCluster::start();
    let urls = nats.urls();
    let section = |number| cluster_section(number, &urls.each_ref()) + "replicas = 3\n";
    let broker = Broker::shared();
    let vep = Vep::open(broker, "cluster quorum", ExchangeKind::Topic, 31).await;
    let source = VngageSource::plain(broker, "cluster quorum");
    let nodes = Nodes::start_with(&source, (0..3).map(section).collect()).await;
    let site = Site::of(vep, nodes).await;
    for server in &nats.servers {
        server.kill();
        site.run_and_look(Duration::from_secs(12)).await;
        site.nodes.wait_until_settled().await;
        wait_until_right(&site, RIGHT_AGAIN_WITHIN).await;
        server.start_again();
        nats.wait_until_ready();
    }
}
