//! Entries of settings changed by their fields in a browser: without barriers, by people and by keyboard, on a phone too.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    source_editing::open_with_source,
    support::{Browser, Disorder, Person, Vep, http, person::windows, ports, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
const PAGES: [&str; 15] = [
    "/settings/groups?name=",
    "/settings/people?name=",
    "/settings/links?name=",
    "/settings/names?name=",
    "/settings/hide",
    "/settings/hide?name=queues",
    "/settings/brand",
    "/settings/privacy",
    "/settings/figures?name=",
    "/settings/holidays?name=",
    "/settings/time_zone",
    "/settings/thresholds?name=chat%2F*",
    "/settings/queues",
    "/settings/queues?pattern=Nobody",
    "/settings/queues?pattern=chat%2F*",
];

/// A site whose queues have reported, with an administrator's cookie.
async fn open_site(name: &str) -> (SignInSite, String, Vep) {
    let (site, cookie, vep) = open_with_source(name).await;
    vep.run(20, Duration::from_secs(2), Disorder::NONE).await;
    (site, cookie, vep)
}

/// An administrator at a page of settings.
async fn sit_down(site: &SignInSite, path: &str, (width, height): (u32, u32)) -> Person {
    let browser = Browser::start();
    let url = site.wallboard.url("/");
    browser.command(&json!({"do": "open", "url": url, "width": width, "height": height}));
    let person = Person::at(browser);
    person.reads("Password").await;
    person.types("Name", "Mira");
    person.types("Password", PASSWORD);
    person.presses("button", "Sign in");
    let is_in = "document.querySelector('input[name=password]') === null";
    person.browser.wait_for(is_in, SOON).await;
    person
        .browser
        .evaluate(&format!("location.assign({path:?})"));
    let is_there = format!("location.pathname + location.search === {path:?}");
    person.browser.wait_for(&is_there, SOON).await;
    person
}

/// The label of a queue that can be chosen, and that it names no group and no pattern.
async fn find_queue(person: &Person) -> String {
    let first = "document.querySelector('#queue-choices option')?.value ?? ''";
    wait_until("a queue can be chosen", SOON, async || {
        let label = person.browser.evaluate(first);
        match label.as_str() {
            Some(label) if !label.is_empty() => Ok(label.to_owned()),
            _ => {
                person.browser.evaluate("location.reload()");
                Err(label)
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_fields_fit_and_have_no_barriers() {
    let (site, cookie, _vep) = open_site("browser-fields-pages").await;
    let browser = Browser::start();
    browser.check_pages_and_keyboard(&site.wallboard.url(""), &PAGES, Some(&cookie));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_a_link_and_hidden_queues_are_edited_by_form_on_a_desk_and_on_a_phone() {
    let (site, _, _vep) = open_site("browser-fields-edit").await;
    for size in windows() {
        let name = format!("Window of {}", size.0);
        let person = sit_down(&site, "/settings/groups?name=", *size).await;
        let queue = find_queue(&person).await;
        let (title, _) = queue.split_once(" · ").unwrap();
        person.types("Name of the group", &name);
        person.types("Add a queue", &queue);
        person.clicks("button", "Add", "What you uncheck").await;
        person.assert_fits();
        person.step(&format!("group of {name}"));
        person.clicks("button", "Save", "Saved.").await;
        person.reads(title).await;
        person.clicks("button", "Undo", "Deleted.").await;

        person.clicks("link", "Settings", "Links to exports").await;
        person.clicks("link", "Links to exports", "New entry").await;
        person.clicks("link", "New entry", "Live queue").await;
        person.types("Live queue", &queue);
        person.types("Add a queue of an export", &format!("chat/of-{name}"));
        person.clicks("button", "Save", "Saved.").await;
        person.reads(&format!("chat/of-{name}")).await;
        person.assert_fits();
        person.step(&format!("link of {name}"));
        person.clicks("button", "Undo", "Deleted.").await;

        person.clicks("link", "Settings", "Hidden").await;
        person.clicks("link", "Hidden", "[hide] queues").await;
        person
            .clicks("link", "[hide] queues", "Hidden queues")
            .await;
        // Enter adds, and saves once nothing waits to be added.
        person.types("Add a queue, a group or a pattern", &queue);
        person.browser.press("Enter");
        person.reads("What you uncheck").await;
        person.step(&format!("hide of {name}"));
        person.clicks("button", "Save", "Saved.").await;
        person.assert_fits();
        person.presses("checkbox", &queue.replace(" · ", " "));
        person.clicks("button", "Save", "Deleted.").await;
        println!("measured: {name}: a group, a link and hidden queues by form");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_typed_by_day_on_a_phone() {
    let (site, cookie, _vep) = open_site("browser-fields-week").await;
    let path = "/settings/queues?pattern=chat%2F*";
    let person = sit_down(&site, path, (390, 844)).await;
    person.reads("Opening hours").await;
    person.types("Monday", "8–12, 13–17");
    person
        .clicks("button", "As Monday: Tuesday", "As Monday")
        .await;
    person.types("Sunday", "");
    person.assert_fits();
    person.step("week on a phone");
    person
        .clicks("button", "Save opening hours", "Saved.")
        .await;
    let entry = crate::cluster_access::get(&site, "/settings/hours?name=chat%2F*", &cookie).await;
    let entry = entry.text().await.unwrap();
    assert!(
        entry.contains("mon-tue = [&#34;08:00-12:00&#34;, &#34;13:00-17:00&#34;]"),
        "{entry}"
    );
    assert!(entry.contains("wed-sat = &#34;00:00-24:00&#34;"), "{entry}");
}

/// Whether a field is on the page for somebody to see.
fn is_shown(person: &Person, name: &str) -> bool {
    let shown = format!("document.querySelector('[name={name:?}]').checkVisibility()");
    person.browser.evaluate(&shown).as_bool().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_figures_are_made_by_form_with_their_last_values() {
    let sources = "[sources.shop]\nkind = \"values\"\n";
    let site = SignInSite::open_at(ports::free(), sources, &[]).await;
    site.add_user("Mira", "admin");
    let made = site
        .run_command("token", &["add", "Shop", "--values", "shop"], "")
        .1;
    let token = made.lines().find(|line| line.starts_with("wbt_")).unwrap();
    for size in windows() {
        let at = size.0;
        let person = sit_down(&site, "/settings/figures?name=", *size).await;
        person.reads("Kind of value").await;
        assert!(is_shown(&person, "unit.en") && !is_shown(&person, "states.0.word"));
        person.types_in("Label", "English", &format!("Orders {at}"));
        person.types_in("Label", "Svenska", "Order");
        person.presses("checkbox", "Shop");
        person.types_in("Unit", "English", "pcs");
        person.types("▲ Warning below", "many");
        person.clicks("button", "Save", "it must be a number").await;
        person.assert_fits();
        person.step(&format!("fault of a figure on a {at}"));
        person.types("▲ Warning below", "500");
        person.clicks("button", "Save", "Saved.").await;
        person.reads("No data").await;

        let figure = format!("orders-{at}");
        let body = json!({ "source": "shop", "figures": { figure: 412 } });
        wait_until("the values are accepted", SOON, async || {
            let sending = http::client()
                .post(site.wallboard.url("/api/v1/values"))
                .bearer_auth(token)
                .json(&body);
            match sending.send().await.unwrap().status() {
                StatusCode::NO_CONTENT => Ok(()),
                status => Err(status),
            }
        })
        .await;
        person.browser.evaluate("location.reload()");
        person.reads("412 pcs").await;
        person.reads("Shop sends it as").await;
        person.assert_fits();
        person.step(&format!("figure on a {at}"));
        person
            .clicks("link", "Figures of other systems", "Entries")
            .await;
        person.reads("412 pcs").await;
        person.assert_fits();
        person.step(&format!("figures on a {at}"));

        person.clicks("link", "New entry", "Kind of value").await;
        person.chooses("Kind of value", "State, one of several words");
        assert!(!is_shown(&person, "unit.en") && is_shown(&person, "states.0.word"));
        person.types_in("Label", "English", &format!("Website {at}"));
        person.presses("checkbox", "Shop");
        person.types_in("Another word", "Word", "up");
        person.clicks("button", "Add a word", "Kind of value").await;
        person.types_in("Another word", "Word", "down");
        person.types_in("Another word", "English", "Nobody answers the phone");
        person
            .clicks("button", "Save", "the text is too long")
            .await;
        person.types_in("down", "English", "Down");
        person.assert_fits();
        person.step(&format!("states of a figure on a {at}"));
        person.clicks("button", "Save", "Saved.").await;
        println!("measured: {at}: two figures by form, with the last value of one");
    }
}
