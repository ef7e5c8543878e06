//! Days of the demo at high speed: nothing grows, neither here nor on a screen.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use crate::support::{Browser, demo::Demo, tier, until};

const SOON: Duration = Duration::from_secs(30);
/// Until all ten weeks of the demo's past are in, unoptimised and beside other tests.
const PAST: Duration = Duration::from_mins(10);
/// 450 s at this speed are 25 hours.
const SPEED: u32 = 200;
/// A case with all that is known of it.
const PER_CASE_KIB: u64 = 4;
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";

/// Taken in once, at the start: what that needs for a while is no growth.
async fn has_its_past(demo: &Demo) -> Result<(), Value> {
    let told = sources(demo).await;
    let mut imports = told["sources"].as_array().unwrap().iter();
    let is_in = imports.any(|source| source["import"]["last_run"].is_string());
    if is_in { Ok(()) } else { Err(told) }
}

async fn sources(demo: &Demo) -> Value {
    let url = demo.url("/api/v1/sources");
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// Memory in KiB, open descriptors, threads; and how many cases there were.
async fn weigh(demo: &Demo) -> Value {
    let told = sources(demo).await;
    let events = &told["sources"][0]["events"];
    let cases = events["case.created"]["applied"].as_u64().unwrap_or(0);
    let proc = format!("/proc/{}", demo.id());
    let status = fs::read_to_string(format!("{proc}/status")).unwrap();
    let number = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let open = fs::read_dir(format!("{proc}/fd")).unwrap().count();
    json!({
        "memory": number("VmRSS"), "descriptors": open, "threads": number("Threads"),
        "cases": cases,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_high_speed_leaves_nothing_behind_on_either_side() {
    let demo = Demo::at_speed(SPEED);
    let boards = ["queues", "agents"].map(|board| {
        let browser = Browser::start();
        let url = demo.url(&format!("/boards/{board}"));
        browser.command(&json!({"do": "open", "url": url}));
        browser.command(&json!({"do": "weigh"}));
        browser
    });
    for board in &boards {
        board.sees(IS_LIVE, SOON).await;
    }
    until("the past is in", PAST, async || has_its_past(&demo).await).await;
    let rounds = 12;
    let round = tier(60, 480) / rounds;
    let mut server = Vec::new();
    let mut screens = Vec::new();
    for _ in 0..rounds {
        tokio::time::sleep(round).await;
        server.push(weigh(&demo).await);
        screens.push(
            boards
                .each_ref()
                .map(|board| board.command(&json!({"do": "weigh"}))),
        );
    }
    println!("server: {}", json!(server));
    println!("screens: {}", json!(screens));

    // What a day needs is there after its first third.
    let most = |name: &str, from: usize, to: usize| {
        let values = server[from..to]
            .iter()
            .map(|seen| seen[name].as_u64().unwrap());
        values.max().unwrap()
    };
    // The cases of a business day are kept until its midnight, which does not come sooner
    // for the speed: apart from them nothing may grow.
    let grown = most("memory", 8, 12).saturating_sub(most("memory", 0, 4));
    let cases = most("cases", 8, 12) - most("cases", 0, 4);
    println!("{grown} KiB more for {cases} cases more");
    assert!(
        grown <= 16 * 1024 + cases * PER_CASE_KIB,
        "{grown} KiB more for {cases} cases more: {server:?}"
    );
    assert!(
        most("descriptors", 8, 12) <= most("descriptors", 0, 4) + 3,
        "{server:?}"
    );
    assert!(
        most("threads", 8, 12) <= most("threads", 0, 4) + 1,
        "{server:?}"
    );
    for (n, board) in boards.iter().enumerate() {
        let heap = |at: usize| screens[at][n]["heap"].as_u64().unwrap();
        let frames = |at: usize| screens[at][n]["frames"].as_u64().unwrap();
        assert!(frames(11) > frames(0), "frames came: {screens:?}");
        assert!(
            heap(11) <= heap(3) + 512 * 1024,
            "the heap grows: {screens:?}"
        );
        assert_eq!(board.complaints(|_| false), Vec::<String>::new());
    }
}
