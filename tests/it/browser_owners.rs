//! The owner of an alert on a board: their name with how long, and an outline in place of the red fill.

use std::time::Duration;

use serde_json::json;

use crate::{
    alert_messages::{critical_floor, queues, watch},
    alerts::{alerts, post},
    support::{Browser, Person, wait_until},
};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_somebody_has_is_outlined_with_their_name() {
    let (_vep, wallboard, _receiver) = critical_floor("owner-tile").await;
    let queue = &queues(&wallboard).await[0];
    watch(&wallboard, 0, queue).await;
    let id = wait_until("an alert is open", SOON, async || {
        let open = alerts(&wallboard, "open").await;
        let id = open.get(queue).map(|alert| alert["id"].clone());
        id.ok_or(open)
    })
    .await;
    let wall = Browser::start();
    let url = wallboard.url("/boards/queues");
    wall.command(&json!({"do": "open", "url": url, "width": 1920, "height": 1080}));
    let row = format!("document.getElementById({:?})", format!("row-{queue}"));
    let row = format!("({row} || document.querySelector('.row[data-sev=crit]'))");
    wall.wait_for(&format!("{row}.dataset.sev === 'crit'"), SOON)
        .await;
    let ground = format!("getComputedStyle({row}).backgroundColor");
    let tile = "getComputedStyle(document.documentElement.querySelector('.row[data-sev=ok]') || document.body).backgroundColor";
    let filled = wall.evaluate(&ground);
    assert_ne!(filled, wall.evaluate(tile));

    let form = [("id", id.as_str().unwrap()), ("act", "take")];
    post(&wallboard, "/alerts/act", &form).await;
    let taken = "document.querySelector('.row.worn')";
    wall.wait_for(&format!("{taken} !== null"), SOON).await;
    let outlined = wall.evaluate(&format!("getComputedStyle({taken}).backgroundColor"));
    assert_ne!(outlined, filled);
    let style = wall.evaluate(&format!("getComputedStyle({taken}).outlineStyle"));
    assert_eq!(style, json!("solid"));
    let note = wall.evaluate(&format!("{taken}.innerText"));
    assert!(note.as_str().unwrap().contains("Somebody has it"), "{note}");
    Person::at(wall).step("owner on a board");
}
