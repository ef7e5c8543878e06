//! Crowds of viewers: traffic, floods, slow connections, and the end of the server that all of them
//! watch.

use std::{process::Stdio, time::Duration};

use lapin::ExchangeKind;
use tokio::{
    task::block_in_place,
    time::{Instant, sleep},
};

use crate::{
    support::{
        Broker, Crowd, Disorder, NetworkCondition, Process, Proxy, QuietSite, Vep, VngageSource,
        Wallboard, http, is_nightly, ports, print_measured,
        test_server::{ServerOptions, TestServer},
        tier, wait_until, wait_until_correct,
    },
    vngage_breaks::check_no_contradiction,
};

const BOARD: &str = "/boards/queues/live";
const SOON: Duration = Duration::from_secs(30);
const SETTLED: Duration = Duration::from_secs(10);
/// Until a large crowd is connected.
const GATHERED: Duration = Duration::from_mins(2);
/// Until a change is on every screen, also in a flood.
const SHOWN_WITHIN: Duration = Duration::from_secs(3);
/// Memory in KiB of a server with the largest crowd, in a flood.
const MEMORY_MAX: u64 = 512 * 1024;

fn crowd_size(small: usize, large: usize) -> usize {
    if is_nightly() { large } else { small }
}

/// Starts a wallboard with this line in `[server]`.
async fn start(name: &str, seed: u64, server: &str) -> (Vep, Wallboard) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
    let (source, port) = (VngageSource::plain(broker, name), ports::free());
    let configuration = source.configuration(port, port);
    let configuration = configuration.replacen("[server]\n", &format!("[server]\n{server}\n"), 1);
    let wallboard = Wallboard::serve_with(source, port, &configuration, &[]).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    (vep, wallboard)
}

/// Asserts that changes reached the crowd soon, and prints how soon.
fn check_delays(crowd: &Crowd, what: &str, limit: Duration) {
    let mut seen = crowd.take_seen();
    for share in [50, 99] {
        let what = format!("{} frames {what}, delay p{share}", seen.frames);
        print_measured(&what, seen.delay(share), limit);
    }
    assert!(seen.delay(99) <= limit, "{what}: {:?}", seen.delay(99));
    assert!(seen.closed.is_empty(), "{what}: {:?}", seen.closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_reach_a_crowd_soon() {
    let (vep, wallboard) = start("crowd", 71, "flush_interval = \"250ms\"").await;
    let count = crowd_size(200, 2_000);
    let crowd = Crowd::connect(&wallboard.url(BOARD), count, GATHERED).await;
    let rate = if is_nightly() { 500 } else { 100 };

    vep.run(rate, tier(10, 120), Disorder::NONE).await;

    let what = format!("to {count} viewers at {rate} events/s");
    check_delays(&crowd, &what, SHOWN_WITHIN);
    wait_until_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flood_reaches_a_crowd_at_its_usual_pace() {
    let (vep, wallboard) = start("crowd-flood", 72, "flush_interval = \"500ms\"").await;
    let count = crowd_size(100, 1_000);
    let crowd = Crowd::connect(&wallboard.url(BOARD), count, GATHERED).await;
    vep.run(50, tier(5, 60), Disorder::NONE).await;
    let before = wallboard.peak_memory();
    crowd.take_seen();

    let began = Instant::now();
    vep.run(500, tier(12, 600), Disorder::NONE).await;
    let mut seen = crowd.take_seen();
    let seconds = began.elapsed().as_secs_f64();
    let grown = wallboard.peak_memory() * 100 / before;
    #[expect(clippy::cast_precision_loss, reason = "a count of frames")]
    let pace = seen.frames as f64 / count as f64 / seconds;
    print_measured("memory after the flood, % of the start", grown, 150);
    print_measured("frames per viewer and second in the flood", pace, 2.5);
    print_measured("delay in the flood, p99", seen.delay(99), SHOWN_WITHIN);
    assert!(pace < 2.5, "{pace} frames per second");
    assert!(seen.delay(99) <= SHOWN_WITHIN, "{:?}", seen.delay(99));
    // The oldest of so many cases are forgotten.
    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_server_in_a_flood_rejects_new_viewers_and_stays_small() {
    let count = crowd_size(1_000, 10_000);
    let limits = format!("flush_interval = \"2s\"\nmax_viewers = {count}");
    let (vep, wallboard) = start("crowd-limit", 73, &limits).await;
    let crowd = Crowd::connect(&wallboard.url(BOARD), count, GATHERED).await;

    // As fast as the broker accepts them.
    for _ in 0..tier(200, 2_000).as_secs() {
        let mut state = vep.state().await;
        let all = state.center.full_state();
        state.publish(all).await;
    }
    vep.drain().await;
    let request = http::client()
        .get(wallboard.url(BOARD))
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    let rejected = request.send().await.unwrap();
    wait_until_correct(&wallboard, &vep, Duration::from_mins(1)).await;

    let peak = wallboard.peak_memory();
    print_measured(&format!("KiB with {count} viewers"), peak, MEMORY_MAX);
    assert_eq!(rejected.status(), 503);
    assert!(rejected.headers().contains_key("Retry-After"));
    assert!(peak < MEMORY_MAX, "{peak} KiB");
    let seen = crowd.take_seen();
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_on_slow_lines_see_recent_values() {
    const QUEUES: u64 = 12;
    let count = crowd_size(50, 1_000);
    let server = TestServer::start(ServerOptions {
        queues: QUEUES,
        max_viewers: count,
        ..ServerOptions::default()
    })
    .await;
    server.update_all_figures(QUEUES, 0).await;
    let proxy = Proxy::to(server.address.port()).await;
    proxy.set(NetworkCondition::Narrow);
    let board = format!("http://127.0.0.1:{}{BOARD}", proxy.port);
    let crowd = Crowd::connect(&board, count, GATHERED).await;

    let mut turns = 1..;
    let mut change = async |pause, time| {
        let end = Instant::now() + time;
        while Instant::now() < end {
            let turn = turns.next().unwrap();
            server.update_all_figures(QUEUES, turn).await;
            sleep(pause).await;
        }
        crowd.take_seen()
    };
    // About half of what the lines can carry, and twice as much.
    for (pause, limit) in [(200, 5_000), (50, 10_000)] {
        let pause = Duration::from_millis(pause);
        // The first picture takes longer than those that follow.
        change(pause, SETTLED / 2).await;
        let seen = change(pause, tier(8, 60)).await;
        let what = format!("ms, age of a picture, {count} slow lines, changes each {pause:?}");
        print_measured(&what, seen.oldest, limit);
        assert!(seen.oldest <= limit, "{} ms", seen.oldest);
        assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crowd_returns_after_a_kill_without_reading_the_database() {
    let site = QuietSite::new();
    let start = || {
        let mut command = site.command(&[]);
        Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
    };
    let kill = |mut server: Process| {
        block_in_place(|| {
            server.kill().unwrap();
            server.wait().unwrap();
        });
    };
    let server = start();
    site.wait_until_ready().await;
    kill(server);
    let server = start();
    site.wait_until_ready().await;
    sleep(SETTLED).await;
    let reads_alone = read_calls(&server);
    let count = crowd_size(1_000, 10_000);
    let mut crowd = Crowd::connect(&site.url(BOARD), count, GATHERED).await;

    kill(server);
    let server = start();
    crowd.wait_until_back("kill -9", SOON).await;
    sleep(SETTLED).await;

    let caused = read_calls(&server).saturating_sub(reads_alone);
    let limit = count as u64 / 10;
    print_measured("reads of files that the crowd caused", caused, limit);
    assert!(
        caused < limit,
        "{caused} reads of files for {count} viewers"
    );
}

/// Returns how often a process has read from a file. Sockets don't count.
fn read_calls(process: &Process) -> u64 {
    let path = format!("/proc/{}/io", process.id());
    let io = std::fs::read_to_string(path).unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("syscr: "));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_of_viewers_who_left_is_given_back() {
    /// The allocator keeps freed pages for 10 s.
    const GIVEN_BACK: Duration = Duration::from_mins(1);
    let site = QuietSite::new();
    let mut command = site.command(&[]);
    let server = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    site.wait_until_ready().await;
    // A server allocates some memory once, for its first viewers.
    drop(Crowd::connect(&site.url(BOARD), 50, GATHERED).await);
    sleep(SETTLED).await;
    let own_memory = || server.status("RssAnon");
    let before = own_memory();
    let count = crowd_size(2_000, 5_000);

    let crowd = Crowd::connect(&site.url(BOARD), count, GATHERED).await;
    let with_them = own_memory();
    drop(crowd);

    let for_them = with_them.saturating_sub(before);
    assert!(
        count as u64 <= for_them,
        "{for_them} KiB for {count} viewers"
    );
    let limit = for_them / 3;
    let what = format!("memory of {count} viewers, {for_them} KiB, is given back");
    wait_until(&what, GIVEN_BACK, async || {
        let kept = own_memory().saturating_sub(before);
        (kept <= limit).then_some(()).ok_or(kept)
    })
    .await;
}
