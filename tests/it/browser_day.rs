//! Days of the demo at high speed, at night: nothing grows, neither on the server nor on a screen.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use crate::support::{Browser, browser::BOARD_IS_LIVE, demo::Demo, is_nightly};

const SOON: Duration = Duration::from_secs(30);
/// At this speed 450 s are 25 hours.
const SPEED: u32 = 200;
const DURATION: Duration = Duration::from_mins(8);
/// Memory of a case with everything that is known of it.
const PER_CASE_KIB: u64 = 4;

async fn sources(demo: &Demo) -> Value {
    serde_json::from_str(&demo.text("/api/v1/sources").await).unwrap()
}

/// Returns memory in KiB, open descriptors, threads, and the number of cases so far.
async fn measure(demo: &Demo) -> Value {
    let response = sources(demo).await;
    let events = &response["sources"][0]["events"];
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
async fn a_day_at_high_speed_leaks_nothing_on_server_or_screen() {
    if !is_nightly() {
        return;
    }
    let demo = Demo::at_speed(SPEED);
    let boards = ["queues", "agents"].map(|board| {
        let browser = Browser::start();
        let url = demo.url(&format!("/boards/{board}"));
        browser.command(&json!({"do": "open", "url": url}));
        browser.command(&json!({"do": "weigh"}));
        browser
    });
    for board in &boards {
        board.wait_for(BOARD_IS_LIVE, SOON).await;
    }
    // Imported once, at the start: its temporary memory is no growth.
    demo.wait_for_history().await;
    let rounds = 12;
    let round = DURATION / rounds;
    let mut server = Vec::new();
    let mut screens = Vec::new();
    for _ in 0..rounds {
        tokio::time::sleep(round).await;
        server.push(measure(&demo).await);
        screens.push(
            boards
                .each_ref()
                .map(|board| board.command(&json!({"do": "weigh"}))),
        );
    }
    println!("server: {}", json!(server));
    println!("screens: {}", json!(screens));

    // A day's memory is allocated after its first third.
    let maximum = |name: &str, from: usize, to: usize| {
        let values = server[from..to]
            .iter()
            .map(|sample| sample[name].as_u64().unwrap());
        values.max().unwrap()
    };
    // A business day's cases are kept until midnight, which doesn't come sooner at high speed.
    // Apart from them nothing may grow.
    let growth = maximum("memory", 8, 12).saturating_sub(maximum("memory", 0, 4));
    let cases = maximum("cases", 8, 12) - maximum("cases", 0, 4);
    println!("{growth} KiB more for {cases} more cases");
    assert!(
        growth <= 16 * 1024 + cases * PER_CASE_KIB,
        "{growth} KiB more for {cases} more cases: {server:?}"
    );
    assert!(
        maximum("descriptors", 8, 12) <= maximum("descriptors", 0, 4) + 3,
        "{server:?}"
    );
    assert!(
        maximum("threads", 8, 12) <= maximum("threads", 0, 4) + 1,
        "{server:?}"
    );
    for (n, board) in boards.iter().enumerate() {
        let heap = |at: usize| screens[at][n]["heap"].as_u64().unwrap();
        let frames = |at: usize| screens[at][n]["frames"].as_u64().unwrap();
        assert!(frames(11) > frames(0), "frames arrived: {screens:?}");
        assert!(
            heap(11) <= heap(3) + 512 * 1024,
            "the heap grew: {screens:?}"
        );
        assert_eq!(board.console_errors(|_| false), Vec::<String>::new());
    }
}
