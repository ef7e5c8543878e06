//! The boards' cost on a weak screen, and that it doesn't grow over hours.

use std::time::Duration;

use serde_json::{Value, json};
use wallboard_boards::board_file;

use crate::support::{
    Browser, ScriptedSite, TestServer, browser::BOARD_IS_LIVE, scripted_site::Queue,
    test_server::ServerOptions, tier,
};

const SOON: Duration = Duration::from_secs(30);
/// Twice a second, as a television receives frames.
const FRAME_INTERVAL: Duration = Duration::from_millis(500);
const FIGURES: u64 = 5;
/// The extensions that browser and server agree on for a board's socket.
const EXTENSIONS: &str = "new Promise((resolve) => {
    const socket = new WebSocket(`${location.href.replace('http', 'ws')}/live`, 'wallboard.v1');
    socket.onopen = () => { resolve(socket.extensions); socket.close(); };
})";
/// How much slower a television is than this machine.
const SLOW: u32 = 6;

/// Starts a server with a board on which `queues` times five figures change.
async fn start_server(queues: u64) -> TestServer {
    let board = "layout = \"queues\"\nshow = [\"waiting\", \"in_conversation\", \
                 \"agents_available\", \"average_wait\", \"longest_wait\"]";
    let server = TestServer::start(ServerOptions {
        queues,
        boards: vec![board_file::parse_board(board, "figures.toml").unwrap()],
        ..ServerOptions::default()
    })
    .await;
    server.update_all_figures(queues, 0).await;
    server
}

/// Changes all figures of the board twice a second for `time`.
async fn update_figures(server: &TestServer, queues: u64, time: Duration) {
    let mut ticker = tokio::time::interval(FRAME_INTERVAL);
    for turn in 0..time.as_millis() / FRAME_INTERVAL.as_millis() {
        ticker.tick().await;
        server
            .update_all_figures(queues, u64::try_from(turn).unwrap())
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn board_memory_and_node_count_stay_constant() {
    let queues = 300 / FIGURES;
    let server = start_server(queues).await;
    let browser = Browser::start();
    let url = server.url("/boards/figures");
    browser.command(&json!({"do": "open", "url": url}));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    // The first measurement leaves objects of its own in the page.
    browser.command(&json!({"do": "weigh"}));
    let rounds = 6;
    let round = tier(48, 600) / rounds;
    update_figures(&server, queues, round).await;
    let mut samples = vec![browser.command(&json!({"do": "weigh"}))];
    for _ in 1..rounds {
        update_figures(&server, queues, round).await;
        samples.push(browser.command(&json!({"do": "weigh"})));
    }

    println!("soak: {}", json!(samples));
    let value = |at: usize, name: &str| samples[at][name].as_f64().unwrap();
    let last = samples.len() - 1;
    assert!(
        value(last, "frames") - value(0, "frames") >= 60.0,
        "frames arrived: {samples:?}"
    );
    for at in 1..samples.len() {
        assert_eq!(
            samples[at]["elements"], samples[0]["elements"],
            "{samples:?}"
        );
    }
    // V8's compilation happens once. A leak of a frame's garbage would be tens of kB a second.
    let grown = value(last, "heap") - value(0, "heap");
    assert!(grown < 150_000.0, "the heap grew by {grown} B: {samples:?}");
    let listeners = value(last, "listeners") - value(0, "listeners");
    assert!(listeners.abs() < 1.0, "{samples:?}");
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
    server.stop().await;
}

/// Prints the cost of frames on a screen six times slower than this machine. The page itself
/// replays recorded frames, so that no server runs at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_costs_little_on_a_slow_screen() {
    for slots in [60, 300] {
        let cost = measure_frame_cost(slots / FIGURES).await;
        let value = |pointer: &str| cost.pointer(pointer).and_then(Value::as_f64).unwrap();
        let ratio = value("/p50_ms") / value("/full/p50_ms");
        println!("{slots} slots in each frame, slowed {SLOW} times: {cost}");
        println!("frame / rebuilding   {ratio:>10.2}");
        assert!(value("/frames") >= 10.0, "{cost}");
    }
}

async fn measure_frame_cost(queues: u64) -> Value {
    let server = start_server(queues).await;
    let browser = Browser::start();
    let url = server.url("/boards/figures");
    browser.command(&json!({"do": "open", "url": url, "watch": "frames"}));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    update_figures(&server, queues, tier(2, 10)).await;
    let cost = browser.command(&json!({
        "do": "replay", "url": url, "slow": SLOW, "pace": FRAME_INTERVAL.as_millis(),
        "seconds": tier(10, 60).as_secs(),
    }));
    server.stop().await;
    cost
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_twelve_queues_is_small_and_loads_fast() {
    let site = ScriptedSite::open("browser-size").await;
    site.change(|script| {
        for n in 0..12 {
            let name = format!("Customer service {n}");
            script.queues.push(Queue {
                name,
                ..Queue::default()
            });
            script.set_load(n, [n as u64 % 4, 3, 2], 30);
        }
        script.agents = (0..24).map(|n| format!("Anna Karlsson {n}")).collect();
    })
    .await;
    for queue in 0..12 {
        site.answer_contacts(queue, 5, 9, true).await;
    }
    site.wait_until_known().await;
    let html = site.wallboard.text("/boards/queues").await.len();
    let browser = Browser::start();
    browser.command(&json!({"do": "open", "url": site.url("/boards/queues"), "slow": SLOW}));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    assert_eq!(
        browser.evaluate(EXTENSIONS),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    );
    let paint = browser.evaluate(
        "performance.getEntriesByType('paint').map(entry => [entry.name, entry.startTime])",
    );
    // An ordinary day: every second something happens in one of the queues.
    for turn in 0..30 {
        let queue = turn * 7 % 12;
        site.change(|script| script.set_load(queue, [turn as u64 % 4, turn as u64 % 5, 2], 30))
            .await;
        site.answer_contacts(queue, 1, 9, turn % 2 == 0).await;
        // Changes at once would share a frame.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let frames = browser.command(&json!({"do": "frames"}));
    println!(
        "a board of 12 queues: {html} B of HTML; frames {frames}; painted {paint} (slowed {SLOW} times)"
    );

    assert!(html <= 40 * 1024, "{html} B");
    assert!(frames["count"].as_u64().unwrap() >= 20, "{frames}");
    assert!(frames["p50"].as_u64().unwrap() <= 1024, "{frames}");
}
