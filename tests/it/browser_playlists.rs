//! Boards that a screen shows in turn, in a browser.

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::header;

use wallboard_boards::{BoardDefinition, BoardLayout, Playlist, PlaylistItem};
use wallboard_domain::{Metric, Pattern, PatternThresholds, Patterns, SeverityLimits};

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{
        Browser, assert_throughout, ports,
        test_server::{ServerOptions, TestServer},
    },
};

const SOON: Duration = Duration::from_secs(20);
/// A board that comes at once: the page asks every two seconds, and loads it.
const JUMPED_WITHIN: Duration = Duration::from_secs(8);
/// The page looks at its frames four times a second.
const HALF_LOADED: Duration = Duration::from_secs(2);
/// The address of the socket of the board that is shown.
const SHOWN: &str = "document.querySelector('iframe.on')?.contentDocument.body?.dataset.live";
const LABEL: &str = "getComputedStyle(document.querySelector('iframe.on').contentDocument.querySelector('.must'), '::before').content";

const HALL: &str = r#"[playlists.Hall]
boards = [{ board = "queues", for = "10s" }, { board = "agents", for = "10s" }]
"#;

fn shows(board: &str) -> String {
    format!("{SHOWN} === '/boards/{board}/live'")
}

/// Counts moments without a board, from now on.
fn watch_for_blanks(screen: &Browser) {
    screen.evaluate(
        "window.blanks = 0, setInterval(() => { \
         const live = [...document.querySelectorAll('iframe.on, iframe.off')]; \
         if (!live.some((one) => one.contentDocument.getElementById('board'))) window.blanks++; }, 20), null",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paired_screen_shows_boards_in_turn_and_continues_after_a_restart() {
    let board = "title = \"Other\"\n";
    let port = ports::free();
    let mut site = SignInSite::open_at(port, HALL, &[("boards/other.toml", board)]).await;
    site.add_user("Åsa", "supervisor");
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    let token = site.form_token(&cookie).await;
    let screen = Browser::open(&site.wallboard.url("/tv"));
    screen
        .wait_for("document.querySelector('.code') !== null", SOON)
        .await;
    let code = screen.evaluate("document.querySelector('.code').textContent");
    let chosen = [
        ("form", token.as_str()),
        ("code", code.as_str().unwrap()),
        ("name", "Hall"),
        ("board", "playlist/Hall"),
    ];
    let paired = site.post("/pair", Some(&cookie), &chosen).await;
    assert_eq!(paired.headers()[header::LOCATION], "/screens?done=paired");

    // Rounds of 20 s have been counted since 1970.
    let in_turn = format!(
        "Date.now() % 20000 < 10000 ? {} : {}",
        shows("queues"),
        shows("agents")
    );
    screen.wait_for(&shows("queues"), SOON).await;
    watch_for_blanks(&screen);
    screen.wait_for(&shows("agents"), SOON).await;
    screen.wait_for(&in_turn, SOON).await;
    assert_eq!(screen.evaluate(LABEL), "\"2 of 2\"");
    screen.wait_for(&shows("queues"), SOON).await;
    assert_eq!(screen.evaluate(LABEL), "\"1 of 2\"");
    assert_eq!(screen.evaluate("window.blanks"), 0);
    let status = |path: &str| {
        screen.evaluate(&format!(
            "(ask => (ask.open('GET', '{path}', false), ask.send(), ask.status))(new XMLHttpRequest())"
        ))
    };
    assert_eq!(status("/boards/agents"), 200);
    assert_eq!(status("/boards/other"), 403);
    assert_eq!(status("/tv?board=other"), 404);

    site.wallboard.restart("-KILL").await;
    // The page is the same, and has not lost its place.
    screen.wait_for(&shows("agents"), SOON).await;
    screen.wait_for(&in_turn, SOON).await;
    screen.wait_for(&shows("queues"), SOON).await;
    assert_eq!(screen.evaluate("window.blanks"), 0);

    // Its page is a single board's again.
    let listed = reqwest::Client::new().get(site.wallboard.url("/screens"));
    let listed = listed.header(header::COOKIE, &cookie).send().await.unwrap();
    let listed = listed.text().await.unwrap();
    assert!(listed.contains("Hall: "), "{listed}");
    let (_, id) = listed.split_once("name=\"id\" value=\"").unwrap();
    let changed = [
        ("form", token.as_str()),
        ("id", &id[..64]),
        ("name", "Hall"),
        ("board", "other"),
    ];
    site.post("/screens", Some(&cookie), &changed).await;
    screen
        .wait_for("document.body?.dataset.live === '/boards/other/live'", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn board_comes_once_when_its_queue_turns_critical_and_the_turns_go_on() {
    let board = |id: &str, queue: &str| BoardDefinition {
        queues: vec![Pattern(queue.into())],
        ..BoardDefinition::new(id, id, BoardLayout::Queues)
    };
    let item = |board: &str, seconds, only_critical| PlaylistItem {
        board: board.into(),
        dwell: SignedDuration::from_secs(seconds),
        hours: None,
        only_critical,
    };
    let limits = SeverityLimits {
        critical: Some(10.0),
        ..SeverityLimits::default()
    };
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::Waiting, limits)],
        ..PatternThresholds::default()
    };
    let options = ServerOptions {
        boards: vec![board("calm", "chat/queue-0"), board("busy", "chat/queue-1")],
        playlists: vec![Playlist {
            name: "Floor".into(),
            // The second one has its turn once in a day.
            items: vec![item("calm", 86_400, false), item("busy", 1, true)],
            jump: Some(SignedDuration::from_secs(4)),
        }],
        thresholds: Patterns(vec![(Pattern("*".into()), thresholds)]),
        ..ServerOptions::default()
    };
    let server = TestServer::start(options).await;
    let screen = Browser::open(&server.url("/tv?playlist=Floor"));
    screen.wait_for(&shows("calm"), SOON).await;
    assert_eq!(screen.evaluate(LABEL), "none");
    watch_for_blanks(&screen);

    server.set_waiting(1, 12).await;
    screen.wait_for(&shows("busy"), JUMPED_WITHIN).await;
    assert_eq!(screen.evaluate(LABEL), "\"2 of 2\"");
    screen.wait_for(&shows("calm"), JUMPED_WITHIN).await;
    assert_eq!(screen.evaluate("window.blanks"), 0);
    assert_eq!(screen.console_errors(|_| false), Vec::<String>::new());

    // It is still critical, and doesn't come again: a page that is opened now doesn't have it.
    let other = Browser::open(&server.url("/tv?playlist=Floor"));
    other.wait_for(&shows("calm"), SOON).await;
}

/// The frame of the next board keeps the first half of its page.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_half_loaded_is_no_error() {
    let boards = ["first", "second"];
    let item = |board: &str| PlaylistItem {
        board: board.into(),
        dwell: SignedDuration::from_secs(1),
        hours: None,
        only_critical: false,
    };
    let options = ServerOptions {
        boards: boards
            .map(|id| BoardDefinition::new(id, id, BoardLayout::Queues))
            .to_vec(),
        playlists: vec![Playlist {
            name: "Floor".into(),
            items: boards.map(item).to_vec(),
            jump: None,
        }],
        ..ServerOptions::default()
    };
    let server = TestServer::start(options).await;
    let screen = Browser::open(&server.url("/tv?playlist=Floor"));
    screen.wait_for(&shows("first"), SOON).await;

    screen.evaluate(
        "window.halves = 0, new MutationObserver(records => { \
         for (const { addedNodes: [frame] } of records) if (frame && frame.tagName === 'IFRAME') { \
         frame.contentDocument.open(); \
         frame.contentDocument.write('<div id=board>'); \
         window.halves++; } }).observe(document.body, { childList: true, subtree: true }), null",
    );
    screen.wait_for("window.halves > 0", SOON).await;

    assert_throughout("nothing fails", HALF_LOADED, async || {
        let errors = screen.console_errors(|_| false);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    })
    .await;
}
