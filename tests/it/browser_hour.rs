//! A board after an hour of the simulated call center: its bars are complete. With
//! `WALLBOARD_PICTURE=FILE` (`scripts/picture`) it's saved as the README's picture.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::{
    SignedDuration, Timestamp,
    civil::time,
    tz::{Offset, TimeZone},
};
use serde_json::json;
use wallboard::app;
use wallboard_boards::{BoardRegistry, board_file};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Input, Moment, MonotonicTime, Patterns, SiteConfig, SourceId,
};
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_simulator::{CallCenter, Channel, Settings};
use wallboard_sources::vngage::decode;

use crate::support::{
    Browser,
    test_server::{ServerOptions, TestServer},
};

/// The id of the demo's chat source.
const CHAT: &str = "chat";
const SOON: Duration = Duration::from_secs(20);
/// The bars show an hour. The steps at its ends are incomplete.
const LOOKBACK: SignedDuration = SignedDuration::from_mins(75);
/// Many days are tried until one ends the way the picture should show it.
const DAYS: u64 = 500;
/// Six queues, so that tiles have room for everything.
const BOARD: &str = "title = \"Customer service\"\nlayout = \"queues\"\nqueues = [\"chat/*\"]";
const HAS_COMPLETE_LINES: &str = "document.getElementById('link').dataset.state === 'live' && \
     (lines => lines.length === 6 && \
     lines.every(line => line.clientHeight > 0 && getComputedStyle(line).visibility === 'visible' && \
     !/not known/.test(line.getAttribute('aria-label'))))([...document.querySelectorAll('.row .hour')])";
/// Fades have ended.
const IS_STILL: &str = "document.getAnimations().length === 0";

#[tokio::test(flavor = "multi_thread")]
async fn trend_lines_are_complete_after_an_hour() {
    let clock = ProcessClock::start_now();
    let zone = half_past_ten_zone(clock.now().wall);
    let picture = std::env::var("WALLBOARD_PICTURE").ok();
    let live = (1..=DAYS)
        .map(|seed| {
            LiveHandle::new(
                clock.clone(),
                live_state_after_hour(seed, clock.now(), &zone),
            )
        })
        .find(|live| picture.is_none() || is_good_picture(live))
        .unwrap();
    let options = ServerOptions {
        demo: true,
        boards: vec![board_file::parse_board(BOARD, "hour.toml").unwrap()],
        ..ServerOptions::default()
    };
    let server = TestServer::start_with_live(clock, live, options);

    let browser = Browser::start();
    let url = server.url("/boards/hour");
    browser.command(&json!({"do": "open", "url": url, "width": 1280, "height": 720}));
    browser.wait_for(HAS_COMPLETE_LINES, SOON).await;
    browser.wait_for(IS_STILL, SOON).await;

    if let Some(path) = picture {
        browser.command(&json!({"do": "screenshot", "path": path}));
    }
    server.stop().await;
}

/// Returns the live state after an hour of a simulated day that ends now.
fn live_state_after_hour(seed: u64, end: Moment, zone: &TimeZone) -> LiveState {
    let settings = Settings {
        seed,
        zone: zone.clone(),
        ..Settings::default()
    };
    let start = end.wall - LOOKBACK;
    let config = app::RuntimeConfig::demo_config(SocketAddr::from(([127, 0, 0, 1], 0)), seed, 1.0);
    let mut site = SiteConfig {
        zone: zone.clone(),
        // All queues are open, on any day.
        hours: Patterns::default(),
        ..config.site
    };
    site.sources.retain(|source| source.id == CHAT.into());
    let at = |wall: Timestamp| Moment {
        wall,
        monotonic: MonotonicTime(
            end.monotonic.0 + wall.as_millisecond() - end.wall.as_millisecond(),
        ),
    };
    let mut state = LiveState::default();
    state.apply_input(&Input::SiteConfig(Arc::new(site)), at(start));
    for (wall, input) in simulate_chat(&settings, start, end.wall) {
        state.apply_input(&input, at(wall));
    }
    state
}

fn simulate_chat(settings: &Settings, start: Timestamp, end: Timestamp) -> Vec<(Timestamp, Input)> {
    let chat = SourceId::from(CHAT);
    let discontinuity = Some(Discontinuity::Start);
    let mut inputs = vec![
        (
            start,
            Input::Connection(chat.clone(), ConnectionEvent::CatchingUp { discontinuity }),
        ),
        (
            start,
            Input::Connection(chat.clone(), ConnectionEvent::Connected),
        ),
    ];
    let mut center = CallCenter::new(settings, start, &[Channel::Chat]);
    center.advance(end);
    let messages = center.take_messages().into_iter().map(|message| {
        let input = decode::decode_input(&chat, message.routing_key, &message.body);
        (message.at.max(start), input)
    });
    inputs.extend(messages);
    inputs
}

/// One queue is critical, one or two are near it.
fn is_good_picture(live: &LiveHandle) -> bool {
    let boards = BoardRegistry::new(live, Vec::new());
    let board = boards.shared_view(&boards.find_board("queues").unwrap());
    let rows = board.lists.iter().flat_map(|list| &list.rows);
    let cells: Vec<_> = rows
        .map(|row| format!("{:?}", row.cells.list()[0]))
        .collect();
    let count = |severity: &str| cells.iter().filter(|row| row.contains(severity)).count();
    count("\"crit\"") == 1 && (1..=2).contains(&count("\"warn\""))
}

/// Returns a time zone in which the simulated call center is busy.
fn half_past_ten_zone(now: Timestamp) -> TimeZone {
    let utc = now.to_zoned(TimeZone::UTC).time();
    let hours = utc.duration_until(time(10, 30, 0, 0)).as_hours();
    Offset::constant(i8::try_from(hours).unwrap()).to_time_zone()
}
