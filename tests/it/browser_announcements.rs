//! Announcements in a browser: in three taps on a phone, and an emergency over the whole board.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Browser, NetworkCondition, Person, ScriptedSite, Wallboard, browser::BOARD_IS_LIVE,
    scripted_site::Queue,
};

const SOON: Duration = Duration::from_secs(30);
const SHOWS_BOARD: &str = "document.getElementById('board') !== null";
const TEXT: &str = "Leave by the stairs.";

pub async fn site_of(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open(name).await;
    site.change(|script| {
        for (place, name) in ["Sales", "Support"].into_iter().enumerate() {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
            script.set_load(place, [1, 1, 1], 60);
        }
    })
    .await;
    site.wait_until_known().await;
    site
}

fn open(site: &ScriptedSite, path: &str, width: u32, height: u32) -> Person {
    let browser = Browser::start();
    let url = site.url(path);
    browser.command(&json!({"do": "open", "url": url, "width": width, "height": height}));
    Person::at(browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_takes_three_taps_on_a_phone() {
    let site = site_of("announce-phone").await;
    let wall = open(&site, "/boards/queues", 1920, 1080);
    wall.reads("Sales").await;
    let phone = open(&site, "/", 390, 844);
    phone.reads("Sales").await;
    phone.take_acts();

    phone.clicks("link", "Announce", "Show now").await;
    phone.step("announce on a phone");
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(phone.browser.evaluate(fits), json!(true));
    phone.types("Text", "Use paper.");
    phone
        .clicks("button", "Show now", "The boards show it now.")
        .await;
    let acts = phone.take_acts();
    println!("measured: an announcement on a phone: {acts} taps and fields");
    assert_eq!(acts, 3);
    wall.reads("Use paper.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_covers_the_whole_board_until_it_ends() {
    let site = site_of("announce-emergency").await;
    let wall = open(&site, "/boards/queues", 1920, 1080);
    wall.reads("Sales").await;
    let desk = open(&site, "/announcements", 1440, 900);
    desk.reads("Show now").await;
    desk.types("Text", TEXT);
    desk.presses("radio", "Emergency, whole screen");
    desk.clicks("button", "Show now", "The boards show it now.")
        .await;
    wall.reads(TEXT).await;
    for (width, height) in [(1920, 1080), (1080, 1920), (390, 844)] {
        wall.resize(width, height);
        wall.step(&format!("emergency {width}"));
        // Whatever stands at a point of the board below its header is the announcement.
        let covered = wall.browser.evaluate(
            "(() => { const is = (x, y) => document.elementFromPoint(x, y)?.closest('[data-kind=emergency]');\
               const points = [];\
               for (let x = 1; x < 10; x += 1) for (let y = 2; y < 10; y += 1)\
                 points.push([innerWidth * x / 10, innerHeight * y / 10]);\
               return points.filter(([x, y]) => !is(x, y)).length; })()",
        );
        assert_eq!(covered, json!(0), "{width} px");
        let tiles = wall.browser.evaluate(
            "[...document.querySelectorAll('.row')].filter((row) => {\
               const at = row.getBoundingClientRect();\
               const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);\
               return top && row.contains(top); }).length",
        );
        assert_eq!(tiles, json!(0), "{width} px");
    }
    desk.presses_at("form[action='/announcements/end'] button");
    desk.reads("The boards no longer show it.").await;
    let gone = format!("!document.body.innerText.includes({TEXT:?})");
    wall.browser
        .wait_for(&gone, std::time::Duration::from_secs(20))
        .await;
}

/// A screen that is paired with a board, and its code.
pub async fn pair(wallboard: &Wallboard, name: &str) -> Browser {
    pair_at(&wallboard.url("/tv"), wallboard, name).await
}

async fn pair_at(url: &str, wallboard: &Wallboard, name: &str) -> Browser {
    let screen = Browser::open(url);
    screen
        .wait_for("document.querySelector('.code') !== null", SOON)
        .await;
    let code = screen.evaluate("document.querySelector('.code').textContent");
    let form = [
        ("code", code.as_str().unwrap()),
        ("name", name),
        ("board", "queues"),
    ];
    let (_, location, page) = wallboard.send_form("/pair", &form).await;
    assert_eq!(location, "/screens?done=paired", "{page}");
    screen.wait_for(SHOWS_BOARD, SOON).await;
    screen
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_for_one_screen_stands_there_alone_until_it_ends() {
    let site = site_of("announce-screen").await;
    let wallboard = &site.wallboard;
    let (hall, kitchen) = (
        pair(wallboard, "Hall").await,
        pair(wallboard, "Kitchen").await,
    );
    let form = [
        ("text", "The lift is out of order."),
        ("kind", "important"),
        ("until", "1h"),
        ("screen Hall", "on"),
    ];
    let announce = async |form: &[(&str, &str)]| {
        let (_, location, page) = wallboard.send_form("/announcements", form).await;
        assert_eq!(location, "/announcements?done=shown", "{page}");
    };
    announce(&form).await;
    hall.wait_for(&says(form[0].1), SOON).await;
    // The board ends where the band begins, and has all its rows there.
    let is_above = "(() => { const frame = document.querySelector('iframe.on');\
           const rows = [...frame.contentDocument.querySelectorAll('.row')];\
           const top = document.getElementById('said').getBoundingClientRect().top;\
           return 2 <= rows.length && top < innerHeight && frame.getBoundingClientRect().bottom <= top\
             && rows.every((row) => row.getBoundingClientRect().bottom <= top); })()";
    hall.wait_for(is_above, SOON).await;
    let detail = hall.evaluate("document.querySelector('#said span').textContent");
    assert!(detail.as_str().unwrap().contains("until "), "{detail}");
    take_picture(&hall, "announcement-on-screen");
    let board = wallboard.text("/boards/queues").await;
    assert!(!board.contains(form[0].1), "no board says it");
    assert_eq!(
        kitchen.evaluate("document.getElementById('said') === null"),
        true
    );
    let list = wallboard.text("/announcements").await;
    assert!(
        list.contains("Screen Hall") && list.contains("The screen shows it"),
        "{list}"
    );

    let answer = wallboard.get("/api/v1/announcements").await.unwrap();
    let one = &answer["announcements"][0];
    assert_eq!(one["screens"], json!(["Hall"]));
    assert_eq!(one["boards"], json!([]));
    let id = one["id"].as_str().unwrap();
    let (_, location, _) = wallboard
        .send_form("/announcements/end", &[("id", id)])
        .await;
    assert_eq!(location, "/announcements?done=ended");
    let is_plain = format!("document.getElementById('said') === null && {SHOWS_BOARD}");
    hall.wait_for(&is_plain, SOON).await;

    // Without answers, an emergency stays until its end by the page's clock, and nothing else.
    let urgent = [&[("text", TEXT), ("kind", "emergency")][..], &form[2..]].concat();
    announce(&form).await;
    hall.wait_for(&says(form[0].1), SOON).await;
    announce(&urgent).await;
    hall.wait_for(&says(TEXT), SOON).await;
    take_picture(&hall, "emergency-on-screen");
    hall.evaluate(
        "XMLHttpRequest.prototype.send = () => {}; const before = Date.now.bind(Date);\
         window.later = (minutes) => { Date.now = () => before() + minutes * 60000; }; later(30)",
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(hall.evaluate(&says(TEXT)), true);
    hall.evaluate("later(61)");
    hall.wait_for("document.querySelector('#said p') === null", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_from_while_a_screen_was_away_stands_there_once_it_is_back() {
    let site = site_of("announce-away").await;
    let hall = pair_at(&site.url("/tv"), &site.wallboard, "Hall").await;
    hall.wait_for(BOARD_IS_LIVE, SOON).await;
    site.screens.set(NetworkCondition::Refusing);
    site.screens.cut();
    hall.wait_for("document.body.classList.contains('lost')", SOON)
        .await;

    let form = [
        ("text", TEXT),
        ("kind", "important"),
        ("until", "1h"),
        ("screen Hall", "on"),
    ];
    let (_, location, page) = site.wallboard.send_form("/announcements", &form).await;
    assert_eq!(location, "/announcements?done=shown", "{page}");
    site.screens.set(NetworkCondition::Normal);

    hall.wait_for(&says(TEXT), SOON).await;
}

/// Whether a screen's page says this below or over its board.
fn says(text: &str) -> String {
    let said = "[...document.querySelectorAll('#said b')].map((one) => one.textContent).join()";
    format!("{said} === {text:?} && document.querySelector('iframe.on') !== null")
}

fn take_picture(screen: &Browser, name: &str) {
    if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
        let path = format!("{folder}/{name}.png");
        screen.command(&json!({"do": "screenshot", "path": path}));
    }
}
