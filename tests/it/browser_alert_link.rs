//! The link of a message on a phone: over the sign-in to its alert, which is taken with one press.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    alert_messages::Receiver,
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, Person, ports, wait_until},
};

/// The shortest dwell of a source, on a loaded machine.
const SENT_WITHIN: Duration = Duration::from_secs(40);
/// The lower half of a phone's screen, in pixels.
const THUMB: f64 = 844.0 / 2.0;
const TAKE: &str = "document.querySelector('[data-marked] button[value=take]')";

/// A site whose two sources can't be reached, and the webhook with messages about both.
async fn site_without_sources() -> (SignInSite, Receiver) {
    let receiver = Receiver::start();
    let source = |id: &str| {
        format!(
            "[sources.{id}]\nkind = \"vngage\"\nurl = \"amqp://u:p@127.0.0.1:{}/\"\nexchange = \"none\"\n",
            ports::free()
        )
    };
    let more = format!(
        "{}{}[alerts.Lost]\nsources = [\"*\"]\nfor = \"10s\"\nnotify = [\"hook\"]\n{}",
        source("chat"),
        source("phone"),
        receiver.channel()
    );
    let site = SignInSite::open_at(ports::free(), &more, &[]).await;
    site.add_user("Anna", "supervisor");
    (site, receiver)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_message_leads_over_the_sign_in_to_its_alert() {
    let (site, receiver) = site_without_sources().await;
    let message = wait_until(
        "messages about both sources are sent",
        SENT_WITHIN,
        async || {
            let bodies = receiver.bodies();
            if bodies.len() == 2 {
                Ok(bodies[1].clone())
            } else {
                Err(bodies)
            }
        },
    )
    .await;
    let data = &message["data"];
    let link = data["link"]["url"].as_str().unwrap();
    let alert = data["thread"].as_str().unwrap();
    assert_eq!(link, site.wallboard.url(&format!("/alerts/{alert}")));

    let phone = Browser::start();
    phone.command(&json!({"do": "open", "url": link, "width": 390, "height": 844}));
    let person = Person::at(phone);
    person.reads("Password").await;
    person.types("Name", "Anna");
    person.types("Password", PASSWORD);
    let headline = data["headline"].as_str().unwrap();
    person.clicks("button", "Sign in", headline).await;
    person.take_acts();
    let marked = person
        .browser
        .evaluate("document.querySelector('[data-marked]').id");
    assert_eq!(marked, format!("alert-{alert}"));
    let place = person.browser.evaluate(
        "(() => { const alert = document.querySelector('[data-marked]').getBoundingClientRect();\
           const take = document.querySelector('[data-marked] button[value=take]').getBoundingClientRect();\
           return [alert.top, take.top, take.bottom, take.width, innerHeight]; })()",
    );
    let [alert_top, take_top, take_bottom, take_width, height] = numbers(&place);
    println!(
        "measured: alert at {alert_top} px, Take it from {take_top} to {take_bottom} px of {height}"
    );
    assert!((0.0..THUMB).contains(&alert_top), "{place}");
    assert!(
        THUMB < take_top && take_bottom < height && 300.0 < take_width,
        "{place}"
    );
    assert!(
        person.browser.evaluate(&covers(TAKE)).as_bool().unwrap(),
        "{place}"
    );
    person.step("alert by its link");

    person.presses_at("[data-marked] button[value=take]");
    person.reads("You have it now.").await;
    assert_eq!(person.take_acts(), 1);
    let answer = site.wallboard.url("/api/v1/alerts?state=open");
    let open = person.browser.evaluate(&format!(
        "fetch({answer:?}).then((answer) => answer.json())"
    ));
    let owners = open["alerts"].as_array().unwrap().iter();
    let owned: Vec<_> = owners.filter(|one| one["owner"] == "Anna").collect();
    assert_eq!(owned.len(), 1, "{open}");
    assert_eq!(owned[0]["id"], alert);
}

/// Whether a press in the middle of an element reaches it.
fn covers(element: &str) -> String {
    format!(
        "(() => {{ const at = {element}.getBoundingClientRect();\
           const hit = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);\
           return {element}.contains(hit); }})()"
    )
}

fn numbers(list: &Value) -> [f64; 5] {
    let list = list.as_array().unwrap().iter();
    let list: Vec<_> = list.map(|one| one.as_f64().unwrap()).collect();
    list.try_into().unwrap()
}
