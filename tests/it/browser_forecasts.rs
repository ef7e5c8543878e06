//! Forecasts with figures: tiles on every screen in every font, and the panel of a queue in each language.

use std::{path::Path, time::Duration};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::json;

use wallboard_domain::{BoardSnapshot, Id, Metric};
use wallboard_store::Store;

use crate::{
    browser_tiles::judge_boards,
    browser_widgets::find_faults,
    planned_contacts::plan,
    support::{
        Browser, Wallboard,
        browser::{BOARD_IS_LIVE, LANGUAGES},
        http, ports, wait_until,
        wallboard::{configuration_in, zone_far_from_midnight},
    },
};

const SOON: Duration = Duration::from_secs(30);
/// Forecasts are computed once a minute.
const WITHIN: Duration = Duration::from_secs(100);
const PAST_DAYS: i32 = 56;
/// Each with its ID, its name, and how many agents are available and in conversation.
const QUEUES: [(&str, &str, [u32; 2]); 2] = [
    ("sales", "Sales", [0, 6]),
    (
        "renewal",
        "Rückfragen zur Vertragsverlängerung West",
        [12, 9],
    ),
];
/// Whether all tiles have a forecast, as an expression in their page.
const ALL_EXPECT: &str = "[...document.querySelectorAll('.widget:not(.off) .hero dd')].every((hero) => /\\d/.test(hero.textContent))";

/// Boards of forecasts alone, and of one that is wide or large beside others.
fn boards() -> Vec<(String, String)> {
    let widget = |at: usize, size: &str| {
        let (id, ..) = QUEUES[at % QUEUES.len()];
        format!("{{ forecast = \"phone/{id}\"{size} }}")
    };
    let board = |name: String, language: &str, widgets: Vec<String>| {
        let widgets = widgets.join(", ");
        let text =
            format!("language = {language:?}\nqueues = [\"none/*\"]\nwidgets = [{widgets}]\n");
        (format!("boards/{name}.toml"), text)
    };
    let equal = [1, 2, 4, 6, 9, 12].into_iter().map(|count| {
        let widgets = (0..count).map(|at| widget(at, "")).collect();
        board(format!("equal-{count}"), "de", widgets)
    });
    let sized = ["wide", "large"].into_iter().map(|size| {
        let first = widget(0, &format!(", size = {size:?}"));
        let widgets = [first, widget(1, ""), widget(0, ""), widget(1, "")];
        board(size.to_owned(), "sv", widgets.into())
    });
    equal.chain(sized).collect()
}

/// Stores what boards would have shown at each quarter of an hour of the last weeks.
async fn store_past(database: &Path, zone: &TimeZone) {
    let store = Store::open(database).unwrap();
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    for (id, ..) in QUEUES {
        let days = (1..=PAST_DAYS).map(|ago| today.checked_sub(ago.days()).unwrap());
        let snapshots = days.flat_map(|day| (0..=96).map(move |quarter| (day, quarter)));
        let snapshots = snapshots.map(|(day, quarter)| snapshot(id, day, quarter, zone));
        let stored = store.store_board_snapshots(snapshots.collect());
        stored.await.unwrap();
    }
}

fn snapshot(queue: &str, day: Date, quarter: i32, zone: &TimeZone) -> BoardSnapshot {
    let midnight = day.to_zoned(zone.clone()).unwrap().timestamp();
    let at = midnight + (quarter * 15).minutes();
    let count = f64::from(quarter * (18 + i32::from(day.day()) % 5));
    let figures = [
        (Metric::Offered, count),
        (Metric::Answered, count),
        (Metric::AverageHandleTime, 240.0),
    ];
    BoardSnapshot {
        queue: Id::new(&"phone".into(), queue),
        day,
        at,
        until: at,
        is_up_to_date: true,
        is_complete: true,
        is_estimated: false,
        since: None,
        missing: None,
        figures: figures.into_iter().collect(),
        sums: None,
    }
}

/// Starts a site whose queues have a past, a plan, and figures that stay valid.
async fn start() -> Wallboard {
    let port = ports::free();
    let zone = zone_far_from_midnight();
    let configuration = configuration_in(&zone, port, port)
        + "[sources.phone]\nkind = \"values\"\nvalid_for = \"2h\"\n\
           [sources.wfm]\nkind = \"plan-csv\"\nfolder = \"plan\"\nsettle = \"0s\"\nstep = \"1h\"\n\
           columns = { time = \"Interval\", queue = \"Queue\", volume = \"Forecast\" }\n";
    let (boards, plan) = (boards(), plan());
    let boards = boards
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    let files: Vec<_> = boards.chain([("plan/day.csv", plan.as_str())]).collect();
    let wallboard = Wallboard::start(&configuration, port, &files, Vec::new()).await;
    let zone = TimeZone::get(&zone).unwrap();
    store_past(&wallboard.file("wallboard.db"), &zone).await;
    let queues = QUEUES.map(|(id, name, [available, busy])| {
        json!({ "id": format!("phone/{id}"), "name": name, "metrics": {
            "offered": 951, "answered": 940, "waiting": 3, "longest_wait": 75,
            "agents_available": available, "agents_in_conversation": busy,
        }})
    });
    let url = wallboard.url("/api/v1/values");
    let batch = json!({ "queues": queues });
    let sent = http::client().post(url).json(&batch).send().await.unwrap();
    assert_eq!(sent.status(), 204, "{}", sent.text().await.unwrap());
    wait_until("both queues have a forecast", WITHIN, async || {
        for (id, ..) in QUEUES {
            let path = format!("/api/v1/queues/phone/{id}/forecast");
            let found = wallboard.get(&path).await?;
            if found["forecast"].is_null() {
                return Err(found.to_string());
            }
        }
        Ok(())
    })
    .await;
    wallboard
}

#[tokio::test(flavor = "multi_thread")]
async fn forecasts_with_figures_fit_every_screen_and_page() {
    let wallboard = start().await;

    let browser = Browser::start();
    let pages = QUEUES.map(|(id, ..)| (id, format!("/queues/phone/{id}")));
    let pages: Vec<_> = (pages.iter())
        .map(|(name, path)| (*name, path.as_str()))
        .collect();
    let base = wallboard.url("");
    for language in LANGUAGES {
        browser.check_pages_in(language, &base, &pages, None);
    }
    let rows = Browser::open(&wallboard.url("/queues/phone/sales"))
        .evaluate("document.querySelectorAll('[data-part=forecast] tbody tr').length");
    assert_eq!(rows, 4);

    let boards = boards();
    let boards = boards.iter().map(|(file, _)| {
        let name = file.trim_start_matches("boards/");
        name.trim_end_matches(".toml").to_owned()
    });
    let boards: Vec<_> = boards.collect();
    let conditions = [(BOARD_IS_LIVE, SOON), (ALL_EXPECT, WITHIN)];
    let faults = judge_boards(&base, &boards, &conditions, find_faults).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
