//! A screen's night hours in a browser: it is dimmed or black from their beginning to their end, also when the clocks
//! change meanwhile.

use std::time::Duration;

use jiff::{Span, Timestamp, ToSpan, Zoned, tz::TimeZone};

use crate::support::{
    Browser, Wallboard, assert_throughout, clock::WallClock, ports, wallboard::configuration_in,
};

const ZONE: &str = "Europe/Stockholm";
const SOON: Duration = Duration::from_secs(40);
/// The page asks every two seconds.
const A_WHILE: Duration = Duration::from_secs(3);
/// Seconds from a set clock to the hour that matters.
const MARGIN: i64 = 12;
const NIGHT: &str = "document.body.dataset.night";
const SHADE: &str = "getComputedStyle(document.getElementById('shade')).opacity";

fn set_clock(clock: &WallClock, at: &Zoned) {
    clock.set_ahead(at.timestamp().duration_since(Timestamp::now()).as_secs());
}

/// Waits for a look, and until the shade over the boards is so dark.
async fn wait_for_look(screen: &Browser, look: &str, opacity: &str) {
    let began = std::time::Instant::now();
    let is_so = format!("{NIGHT} === {look:?} && {SHADE} === {opacity:?}");
    screen.wait_for(&is_so, SOON).await;
    println!("measured: look {look:?} after {:?}", began.elapsed());
}

async fn keeps_look(screen: &Browser, look: &str) {
    assert_throughout("the look stays", A_WHILE, async || {
        let now = screen.evaluate(NIGHT);
        if now == look { Ok(()) } else { Err(now) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_is_dark_in_its_night_hours_and_comes_back_also_when_the_clocks_change() {
    let (clock, port) = (WallClock::new(), ports::free());
    let configuration = configuration_in(ZONE, port, port);
    let wallboard = Wallboard::start(&configuration, port, &[], clock.environment()).await;
    let screen = Browser::open(&wallboard.url("/tv"));
    let shows_code = "document.querySelector('.code') !== null";
    screen.wait_for(shows_code, SOON).await;
    let code = screen.evaluate("document.querySelector('.code').textContent");
    let form = [
        ("code", code.as_str().unwrap()),
        ("name", "Hall"),
        ("board", "queues"),
        ("night", "dim"),
        ("night_hours", "22:00–06:00"),
    ];
    let (_, location, page) = wallboard.send_form("/pair", &form).await;
    assert_eq!(location, "/screens?done=paired", "{page}");
    let shows_board = "document.querySelector('iframe.on') !== null";
    screen.wait_for(shows_board, SOON).await;

    let zone = TimeZone::get(ZONE).unwrap();
    let tomorrow = Timestamp::now().to_zoned(zone.clone()).date() + 1.day();
    let at = |days: i64, hour: i8| {
        let day = tomorrow.checked_add(Span::new().days(days)).unwrap();
        let full = day.at(hour, 0, 0, 0).to_zoned(zone.clone()).unwrap();
        full - MARGIN.seconds()
    };
    set_clock(&clock, &at(0, 22));
    // It may be night by the right time.
    wait_for_look(&screen, "", "0").await;
    keeps_look(&screen, "").await;
    wait_for_look(&screen, "dim", "0.9").await;
    assert_eq!(screen.evaluate(shows_board), true, "dimmed, not gone");
    set_clock(&clock, &at(1, 6));
    keeps_look(&screen, "dim").await;
    wait_for_look(&screen, "", "0").await;

    let list = wallboard.text("/screens").await;
    let (_, id) = list.split_once("name=\"id\" value=\"").unwrap();
    let form = [
        ("id", &id[..64]),
        ("name", "Hall"),
        ("board", "queues"),
        ("night", "black"),
        ("night_hours", "22:00–03:00"),
    ];
    let (_, location, page) = wallboard.send_form("/screens", &form).await;
    assert_eq!(location, "/screens?done=changed", "{page}");
    // At two o'clock, it is three: the night is an hour shorter.
    let mut changes = zone.following(at(2, 0).timestamp());
    let spring = changes.find(|change| change.dst().is_dst()).unwrap();
    let before = spring.timestamp().to_zoned(zone.clone()) - MARGIN.seconds();
    set_clock(&clock, &before);
    wait_for_look(&screen, "black", "1").await;
    wait_for_look(&screen, "", "0").await;
    let board =
        "document.querySelector('iframe.on').contentDocument.getElementById('board') !== null";
    assert_eq!(screen.evaluate(board), true);
}
