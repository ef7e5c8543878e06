//! An imported plan beside what came so far: on a board's forecast, on a queue's page and in the past, only where a
//! plan is, and `–` once what came isn't known.

use std::{fmt::Write, time::Duration};

use jiff::Timestamp;
use serde_json::json;

use crate::support::{
    S3, Wallboard, http, page::Element, ports, s3::REGION, wait_until,
    wallboard::base_configuration,
};

/// Forecasts and the plans beside them are a minute old at most.
const WITHIN: Duration = Duration::from_secs(100);
const BOARD: &str = "queues = [\"none/*\"]\nwidgets = [{ forecast = \"phone/sales\" }, { forecast = \"phone/support\" }]\n";
const NOTE: &str = "Plan: about 42 contacts by now, 72 today. So far: ";

/// A plan of the days around now: whatever the hour, 42 contacts of the day's 72 are planned by noon.
pub(crate) fn plan() -> String {
    let mut plan = "Interval,Queue,Forecast\n".to_owned();
    for days in -1..=1 {
        let day = jiff::Zoned::now().date() + jiff::Span::new().days(days);
        for (time, contacts) in [("01:00", 20), ("02:00", 22), ("23:00", 30)] {
            writeln!(plan, "{day} {time},Sales,{contacts}").unwrap();
        }
    }
    plan
}

/// Returns the labels, values and notes of the figures below the large text of a tile.
async fn tile_figures(wallboard: &Wallboard, name: &str) -> Result<Vec<String>, String> {
    let html = wallboard.text("/boards/plan").await;
    let of = |element: &Element, class: &'static str| {
        let found = element.find(&|element| element.has_class(class));
        found.map_or_else(String::new, Element::text)
    };
    let page = Element::parse(&html);
    let is_tile = |element: &Element| element.has_class("tile") && of(element, "name") == name;
    let tile = page.find(&is_tile).ok_or("no tile")?;
    let figures = tile.find_all(&|element| element.has_class("fig"));
    let figures = figures.into_iter().map(|figure| {
        let note = figure.find(&|element| element.is("small"));
        let note = note.map_or_else(String::new, Element::text);
        format!("{} {} {note}", of(figure, "long"), of(figure, "num"))
    });
    Ok(figures.collect())
}

async fn wait_for_tile(wallboard: &Wallboard, what: &str, figure: &str) {
    wait_until(what, WITHIN, async || {
        let figures = tile_figures(wallboard, "Sales").await?;
        let is_shown = figures.iter().any(|shown| shown == figure);
        is_shown.then_some(()).ok_or_else(|| format!("{figures:?}"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn planned_contacts_stand_beside_those_that_came_until_these_are_unknown() {
    let port = ports::free();
    let configuration = base_configuration(port, port)
        + "[sources.phone]\nkind = \"values\"\nvalid_for = \"4m\"\n\
           [sources.wfm]\nkind = \"plan-csv\"\nfolder = \"plan\"\nsettle = \"0s\"\nstep = \"1h\"\n\
           columns = { time = \"Interval\", queue = \"Queue\", volume = \"Forecast\" }\n";
    let plan = plan();
    let files = [("boards/plan.toml", BOARD), ("plan/day.csv", plan.as_str())];
    let wallboard = Wallboard::start(&configuration, port, &files, Vec::new()).await;
    let send = async |offered: Option<i64>| {
        let queue = |id: &str, name: &str| json!({ "id": id, "name": name, "metrics": { "offered": offered, "waiting": 1 } });
        let batch =
            json!({ "queues": [queue("phone/sales", "Sales"), queue("phone/support", "Support")] });
        let url = wallboard.url("/api/v1/values");
        let sent = http::client().post(url).json(&batch).send().await.unwrap();
        assert_eq!(sent.status(), 204, "{}", sent.text().await.unwrap());
    };

    send(Some(51)).await;
    wait_for_tile(&wallboard, "the plan is on the board", "So far 51 plan 42").await;
    let unplanned = tile_figures(&wallboard, "Support").await.unwrap();
    assert!(!unplanned.concat().contains("plan"), "{unplanned:?}");
    let page = wallboard.text("/queues/phone/sales").await;
    assert!(page.contains(&format!("{NOTE}51.")), "{page}");
    let page = wallboard.text("/queues/phone/support").await;
    assert!(!page.contains("Plan: "), "{page}");

    // The past has fewer than the present.
    let then = Timestamp::now();
    send(Some(58)).await;
    wait_for_tile(&wallboard, "more came", "So far 58 plan 42").await;
    wait_until("the past has what came by then", WITHIN, async || {
        let page = wallboard.url(&format!("/queues/phone/sales?at={then}"));
        let page = http::client().get(page).send().await.unwrap();
        let text = page.text().await.unwrap();
        text.contains(&format!("{NOTE}51."))
            .then_some(())
            .ok_or(text)
    })
    .await;

    send(None).await;
    wait_for_tile(&wallboard, "what came is unknown", "So far – plan 42").await;
    let page = wallboard.text("/queues/phone/sales").await;
    assert!(page.contains(&format!("{NOTE}–.")), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_comes_from_a_bucket() {
    let s3 = S3::shared();
    s3.make_bucket("plans").await;
    s3.put("plans", "wfm/day.csv", plan()).await;
    s3.put("plans", "other.csv", "no plan").await;
    let port = ports::free();
    let endpoint = s3.endpoint();
    let configuration = base_configuration(port, port)
        + "[sources.phone]\nkind = \"values\"\nvalid_for = \"4m\"\n"
        + &format!(
            "[sources.wfm]\nkind = \"plan-csv\"\nsettle = \"0s\"\nstep = \"1h\"\nfiles = \"wfm/*.csv\"\n\
             columns = {{ time = \"Interval\", queue = \"Queue\", volume = \"Forecast\" }}\n\
             [sources.wfm.s3]\nbucket = \"plans\"\nregion = {REGION:?}\naccess_key_id = \"tests\"\n\
             secret_access_key = \"hush-hush\"\nendpoint = {endpoint:?}\n"
        );
    let files = [("boards/plan.toml", BOARD)];
    let wallboard = Wallboard::start(&configuration, port, &files, Vec::new()).await;
    let queue =
        json!({ "id": "phone/sales", "name": "Sales", "metrics": { "offered": 51, "waiting": 1 } });
    let url = wallboard.url("/api/v1/values");
    let batch = json!({ "queues": [queue] });
    let sent = http::client().post(url).json(&batch).send().await.unwrap();
    assert_eq!(sent.status(), 204, "{}", sent.text().await.unwrap());

    wait_for_tile(&wallboard, "the plan is on the board", "So far 51 plan 42").await;
}
