//! Everyday tasks in a browser, each from the first page: at most eight clicks and fields, found by what a person sees.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::json;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{
        Broker, Browser, Disorder, Person, ScriptedSite, Vep,
        broker::{self, USER},
        ports,
        scripted_site::Queue,
    },
};

const ACTS_MAX: usize = 8;
const SOON: Duration = Duration::from_secs(30);

/// Somebody at the first page of a site with two queues.
async fn sit_down(name: &str, width: u32, height: u32) -> (ScriptedSite, Person) {
    let site = ScriptedSite::open(name).await;
    site.change(|script| {
        for name in ["Sales", "Support"] {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
        }
        script.set_load(0, [1, 1, 0], 60);
        script.set_load(1, [0, 1, 2], 0);
    })
    .await;
    site.wait_until_known().await;
    let browser = Browser::start();
    let url = site.url("/");
    browser.command(&json!({"do": "open", "url": url, "width": width, "height": height}));
    let person = Person::at(browser);
    person.reads("Sales").await;
    (site, person)
}

fn finish(person: &Person, task: &str) {
    let acts = person.take_acts();
    let seconds = person.elapsed().as_secs();
    println!("measured: {task}: {acts} clicks and fields, {seconds} s");
    assert!((1..=ACTS_MAX).contains(&acts), "{task}: {acts}");
    // Somebody who types adds to it: the promise is a minute.
    assert!(seconds < 60, "{task}: {seconds} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_for_a_team_takes_at_most_eight_clicks_and_fields() {
    let (_site, person) = sit_down("task-board", 1440, 900).await;
    person.clicks("link", "New board", "Begin with one").await;
    person.presses("radio", "One group or source");
    person.chooses("Group or source", "All of Chat, also new ones · queues");
    person.types("Title", "My team");
    person.clicks("button", "Continue", "Check").await;
    person.clicks("button", "Save", "Saved").await;
    finish(&person, "board for my team");
    person.clicks("link", "Boards", "My team").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn red_later_takes_at_most_eight_clicks_and_fields() {
    let (site, person) = sit_down("task-red", 1440, 900).await;
    edit_queue(&person, "Sales").await;
    person.types_in("Waiting", "◆ Critical from", "20");
    person.clicks("button", "Save thresholds", "Saved.").await;
    finish(&person, "red later");
    let limits = site.wallboard.text("/settings/changes").await;
    assert!(limits.contains("crit = 20"), "{limits}");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_hours_take_at_most_eight_clicks_and_fields() {
    let (site, person) = sit_down("task-hours", 1440, 900).await;
    edit_queue(&person, "Sales").await;
    person.types("Monday", "8–17");
    person
        .clicks("button", "Mon–Fri the same", "As Monday")
        .await;
    person.types("Saturday", "10–14");
    person.types("Sunday", "");
    person
        .clicks("button", "Save opening hours", "Saved.")
        .await;
    finish(&person, "opening hours");
    let week = person.browser.evaluate(
        "[...document.querySelectorAll('.day input')].map((day) => day.value).join('; ')",
    );
    let office = "08:00–17:00; ".repeat(5);
    assert_eq!(week, format!("{office}10:00–14:00; "));
    let hours = site.wallboard.text("/settings/changes").await;
    assert!(hours.contains("mon-fri = "), "{hours}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_early_today_takes_two_taps_on_the_queues_page_on_a_phone() {
    let (_site, person) = sit_down("task-close", 390, 844).await;
    person.clicks("link", "Sales", "Close early today").await;
    person.take_acts();
    person.presses_text("Close early today");
    person.clicks("button", "Now", "Closed today").await;
    let acts = person.take_acts();
    println!("measured: closed early today: 1 click and {acts} taps");
    assert_eq!(acts, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn renaming_a_queue_takes_at_most_eight_clicks_and_fields() {
    let (_site, person) = sit_down("task-name", 1440, 900).await;
    edit_queue(&person, "Sales").await;
    person.types("Name on boards and pages", "Sales Norway");
    person.clicks("button", "Save name", "Saved.").await;
    finish(&person, "rename a queue");
    person.clicks("link", "Boards", "Sales Norway").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_of_alerts_takes_at_most_eight_clicks_and_fields() {
    let (site, person) = sit_down("task-rule", 1440, 900).await;
    person.clicks("link", "Alerts", "New rule").await;
    person.clicks("link", "New rule", "Rehearse").await;
    person.types("Name", "Sales waits");
    person.presses_text("Every queue");
    person.presses("checkbox", "Every queue");
    person.presses("checkbox", "Sales");
    person.reads("Sales is critical for 1 min").await;
    person.step("a rule as a sentence");
    let saved = "The rules are in force now.";
    person.clicks("button", "Save", saved).await;
    finish(&person, "rule of alerts");
    let rules = site.wallboard.text("/settings/changes").await;
    assert!(rules.contains("Sales waits"), "{rules}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_takes_at_most_eight_clicks_and_fields() {
    let (_site, person) = sit_down("task-announce", 1440, 900).await;
    person.clicks("link", "Announce", "Show now").await;
    person.types("Text", "Use paper.");
    let shown = "The boards show it now.";
    person.clicks("button", "Show now", shown).await;
    finish(&person, "announcement");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_playlist_for_a_screen_takes_at_most_eight_clicks_and_fields() {
    let (site, person) = sit_down("task-playlist", 1440, 900).await;
    person.clicks("link", "Screens", "New playlist").await;
    person
        .clicks("link", "New playlist", "When a queue turns critical")
        .await;
    person.types("Name", "Floor");
    person.clicks("button", "Add a board", "Remove").await;
    person
        .clicks("button", "Save", "Saved. Screens follow within seconds.")
        .await;

    let screen = Browser::open(&site.url("/tv"));
    screen
        .wait_for("document.querySelector('.code') !== null", SOON)
        .await;
    let code = screen.evaluate("document.querySelector('.code').textContent");
    // The screen's QR code leads here.
    let pair = site.url(&format!("/pair?code={}", code.as_str().unwrap()));
    let phone = json!({"do": "open", "url": pair, "width": 390, "height": 844});
    person.browser.command(&phone);
    person.reads("Codes match: pair screen").await;
    person.types("Name", "Hall");
    person.chooses("Board", "Floor (2 boards)");
    person
        .clicks(
            "button",
            "Codes match: pair screen",
            "The screen is paired.",
        )
        .await;
    finish(&person, "playlist for a screen");
    screen
        .wait_for("document.querySelector('iframe.on') !== null", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_source_takes_at_most_eight_clicks_and_fields() {
    let (exchange, broker) = ("task-source", Broker::shared());
    let _queue = broker.reserve_usual_queue().await;
    let vep = Vep::open(broker, exchange, ExchangeKind::Topic, 19).await;
    let site = SignInSite::open_at(ports::free(), "", &[]).await;
    site.add_user("Mira", "admin");
    let browser = Browser::start();
    let url = site.wallboard.url("/");
    browser.command(&json!({"do": "open", "url": url}));
    let person = Person::at(browser);
    person.reads("Password").await;
    person.types("Name", "Mira");
    person.types("Password", PASSWORD);
    person.clicks("button", "Sign in", "Set up Wallboard").await;
    person.take_acts();
    let kinds = "Where do the figures come from?";
    person.clicks("link", "Connect a data source", kinds).await;
    let kind = "Chat: Vergic Engage (Vngage)";
    person.clicks("link", kind, "More settings").await;
    let url = broker::url(
        "amqp",
        USER,
        broker::PASSWORD,
        "127.0.0.1",
        broker.plain_port,
    );
    person.types("Address with user and password", &url);
    person.types("Exchange", exchange);
    person
        .clicks("button", "Save and continue", "Set up Wallboard")
        .await;
    finish(&person, "new source");
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    person.reads("Chat is connected.").await;
}

async fn edit_queue(person: &Person, queue: &str) {
    person.clicks("link", queue, "Waiting, last 4 hours").await;
    let edit = format!("Edit {queue}");
    let title = "When it turns yellow and red";
    person.clicks("link", &edit, title).await;
}
