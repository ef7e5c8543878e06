//! What the boards cost a weak screen, and that they cost no more after hours.

use std::time::Duration;

use serde_json::{Value, json};
use wallboard::boards::board_file;

use crate::support::{Browser, House, Play, house::Plan, play::Queue, tier};

const SOON: Duration = Duration::from_secs(30);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";
/// Twice a second, as a television gets it.
const PACE: Duration = Duration::from_millis(500);
const FIGURES: u64 = 5;
/// How much slower a television is than this machine.
const SLOW: u32 = 6;

/// A board on which `queues` times five figures change.
async fn house(queues: u64) -> House {
    let board = "layout = \"queues\"\nshow = [\"waiting\", \"in_conversation\", \
                 \"agents_available\", \"average_wait\", \"longest_wait\"]";
    let house = House::open(Plan {
        queues,
        boards: vec![board_file::parse_board(board, "figures.toml").unwrap()],
        ..Plan::default()
    })
    .await;
    house.turn_all(queues, 0).await;
    house
}

/// Changes all figures of the board, twice a second for `time`.
async fn turn(house: &House, queues: u64, time: Duration) {
    let mut pace = tokio::time::interval(PACE);
    for turn in 0..time.as_millis() / PACE.as_millis() {
        pace.tick().await;
        house.turn_all(queues, u64::try_from(turn).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_nodes_of_a_board_stay_as_they_are() {
    let queues = 300 / FIGURES;
    let house = house(queues).await;
    let browser = Browser::start();
    let url = house.url("/boards/figures");
    browser.command(&json!({"do": "open", "url": url}));
    browser.sees(IS_LIVE, SOON).await;
    // The first look leaves something of its own in the page.
    browser.command(&json!({"do": "weigh"}));
    let rounds = 6;
    let round = tier(80, 600) / rounds;
    turn(&house, queues, round).await;
    let mut seen = vec![browser.command(&json!({"do": "weigh"}))];
    for _ in 1..rounds {
        turn(&house, queues, round).await;
        seen.push(browser.command(&json!({"do": "weigh"})));
    }

    println!("soak: {}", json!(seen));
    let of = |at: usize, name: &str| seen[at][name].as_f64().unwrap();
    let last = seen.len() - 1;
    assert!(
        of(last, "frames") - of(0, "frames") >= 60.0,
        "frames came: {seen:?}"
    );
    for at in 1..seen.len() {
        assert_eq!(seen[at]["elements"], seen[0]["elements"], "{seen:?}");
    }
    // What V8 compiles meanwhile comes once; a leak of a frame's garbage would be tens of kB a second.
    let grown = of(last, "heap") - of(0, "heap");
    assert!(grown < 150_000.0, "the heap grew by {grown} B: {seen:?}");
    let listeners = of(last, "listeners") - of(0, "listeners");
    assert!(listeners.abs() < 1.0, "{seen:?}");
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
    house.stop().await;
}

/// Prints what frames cost a screen six times slower than this machine: as they came, but
/// played by the page itself, so that no server works beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_costs_a_slow_screen_little() {
    for slots in [60, 300] {
        let cost = replayed(slots / FIGURES).await;
        println!("{slots} slots in each frame, slowed {SLOW} times: {cost}");
        // Times are no test; that patching beats building anew is.
        let of = |pointer: &str| cost.pointer(pointer).and_then(Value::as_f64).unwrap();
        assert!(of("/frames") >= 10.0, "{cost}");
        assert!(of("/p50_ms") < of("/anew/p50_ms"), "{cost}");
    }
}

async fn replayed(queues: u64) -> Value {
    let house = house(queues).await;
    let browser = Browser::start();
    let url = house.url("/boards/figures");
    browser.command(&json!({"do": "open", "url": url, "watch": "frames"}));
    browser.sees(IS_LIVE, SOON).await;
    turn(&house, queues, Duration::from_secs(10)).await;
    let cost = browser.command(&json!({
        "do": "replay", "url": url, "slow": SLOW, "pace": PACE.as_millis(),
        "seconds": tier(15, 60).as_secs(),
    }));
    house.stop().await;
    cost
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_twelve_queues_is_small_and_quickly_there() {
    let play = Play::open("browser-size").await;
    play.change(|cast| {
        for n in 0..12 {
            let name = format!("Customer service {n}");
            cast.queues.push(Queue {
                name,
                ..Queue::default()
            });
            cast.load(n, [n as u64 % 4, 3, 2], 30);
        }
        cast.agents = (0..24).map(|n| format!("Anna Karlsson {n}")).collect();
    })
    .await;
    for queue in 0..12 {
        play.answer(queue, 5, 9, true).await;
    }
    play.is_known().await;
    let html = play.wallboard.text("/boards/queues").await.len();
    let browser = Browser::start();
    browser.command(&json!({"do": "open", "url": play.url("/boards/queues"), "slow": SLOW}));
    browser.sees(IS_LIVE, SOON).await;
    let paint = browser
        .look("performance.getEntriesByType('paint').map(entry => [entry.name, entry.startTime])");
    // An ordinary day: every second something happens in one of the queues.
    for turn in 0..30 {
        let queue = turn * 7 % 12;
        play.change(|cast| cast.load(queue, [turn as u64 % 4, turn as u64 % 5, 2], 30))
            .await;
        play.answer(queue, 1, 9, turn % 2 == 0).await;
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
