//! Lists: many queues at once, with long names beside short ones.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::support::{
    Browser, ScriptedSite,
    browser::{BOARD_IS_LIVE, FONTS, has_turn},
    scripted_site::Queue,
};

const SOON: Duration = Duration::from_secs(30);
const QUEUES: usize = 30;
/// The rows that a screen shows at least, with that of all queues.
const SCREENS: [(u32, u32, usize); 5] = [
    (1920, 1080, QUEUES + 1),
    (1280, 720, QUEUES + 1),
    (960, 540, QUEUES + 1),
    (1080, 1920, QUEUES + 1),
    (390, 844, QUEUES + 1),
];
const LONG: [&str; 2] = [
    "Customer retention and renewals",
    "Störungsannahme Geschäftskunden",
];

/// The rows shown, with the sizes of their names in pixels.
const ROWS: &str = "[...document.querySelectorAll('.row:not(.off):not([hidden]):not(.all)')].map((row) => ({\
    name: row.querySelector('.name').textContent,\
    size: parseFloat(getComputedStyle(row.querySelector('.name')).fontSize),\
    figures: row.querySelectorAll('.fig:not(.off)').length}))";

#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    size: f64,
    figures: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn list_of_thirty_queues_fits_one_page_and_long_names_shrink_no_others() {
    let boards = vec![("list.toml".to_owned(), "layout = \"list\"\n".to_owned())];
    let site = ScriptedSite::open_with("browser-list", boards).await;
    site.change(|script| {
        for index in 0..QUEUES {
            let name = match index {
                7 => LONG[0].to_owned(),
                22 => LONG[1].to_owned(),
                _ => format!("Queue {index}"),
            };
            script.queues.push(Queue {
                name,
                ..Queue::default()
            });
            let waiting = [3, 0, 7, 12, 123][index % 5];
            script.set_load(index, [waiting, 3, 2], if waiting == 0 { 0 } else { 600 });
        }
    })
    .await;
    site.wait_until_known().await;

    let mut faults = Vec::new();
    for (turn, font) in FONTS.into_iter().enumerate() {
        let browser = Browser::start_in(font);
        browser.command(&json!({"do": "open", "url": site.url("/boards/list")}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        // In all fonts at night, else in one of them by turns.
        let screens = SCREENS.into_iter().enumerate();
        let screens = screens.filter(|(at, _)| has_turn(*at, turn, FONTS.len()));
        for (_, (width, height, rows_min)) in screens {
            let at = format!("{width}x{height}, {font}");
            let found = browser.command(&json!({"do": "tiles", "width": width, "height": height}));
            let found: Vec<String> = serde_json::from_value(found["faults"].clone()).unwrap();
            faults.extend(found.into_iter().map(|fault| format!("{at}: {fault}")));
            let rows: Vec<Row> = serde_json::from_value(browser.evaluate(ROWS)).unwrap();
            let (long, short): (Vec<_>, Vec<_>) =
                rows.iter().partition(|row| LONG.contains(&&*row.name));
            println!(
                "{at}: {} rows, {} figures, names {:.1} vmin, long ones {:.1}",
                rows.len(),
                rows[0].figures,
                short[0].size / f64::from(width.min(height)) * 100.0,
                long.first()
                    .map_or(0.0, |row| row.size / f64::from(width.min(height)) * 100.0),
            );
            if rows.len() + 1 < rows_min {
                faults.push(format!("{at}: only {} rows", rows.len()));
            }
            if short
                .iter()
                .any(|row| 0.1 < (row.size - short[0].size).abs())
            {
                faults.push(format!("{at}: short names differ in size"));
            }
            if long.iter().any(|row| short[0].size < row.size) {
                faults.push(format!("{at}: long names are the largest"));
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
