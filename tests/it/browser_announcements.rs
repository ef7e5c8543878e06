//! Announcements in a browser: in three taps on a phone, and an emergency over the whole board.

use serde_json::json;

use crate::support::{Browser, Person, ScriptedSite, scripted_site::Queue};

const TEXT: &str = "Leave by the stairs.";

async fn site_of(name: &str) -> ScriptedSite {
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
    for (width, height) in [(1920, 1080), (1080, 1920), (390, 844)] {
        let wall = open(&site, "/boards/queues", width, height);
        wall.reads("Sales").await;
        let desk = open(&site, "/announcements", 1440, 900);
        desk.reads("Show now").await;
        desk.types("Text", TEXT);
        desk.presses("radio", "Emergency, whole screen");
        desk.clicks("button", "Show now", "The boards show it now.")
            .await;
        wall.reads(TEXT).await;
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
        desk.presses_at("form[action='/announcements/end'] button");
        desk.reads("The boards no longer show it.").await;
        let gone = format!("!document.body.innerText.includes({TEXT:?})");
        wall.browser
            .wait_for(&gone, std::time::Duration::from_secs(20))
            .await;
    }
}
