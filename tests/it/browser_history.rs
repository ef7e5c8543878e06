//! History in the browser: a supervisor's morning in three clicks, no accessibility barriers, every
//! page fits, works by keyboard, and exported files have the same figures.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::support::{Browser, Person, demo::Demo, is_nightly, person::windows};

const SOON: Duration = Duration::from_secs(30);

/// Every page in the demo's states: full, one queue, many rows, partly known, empty.
const PAGES: [(&str, &str); 18] = [
    ("today", "/history"),
    ("yesterday", "/history?range=yesterday"),
    ("missed", "/history?range=yesterday&only=missed"),
    ("alone", "/history?range=yesterday&compare=none&step=15m"),
    ("queue", "/history?queue=voice%2F9002%40SIP_Switch&range=7d"),
    ("gaps", "/history?range=days&from=2020-01-01&to=2020-01-02"),
    ("table", "/history?range=28d&view=table&by=queue"),
    ("agents", "/history?range=7d&view=table&by=agent"),
    ("heat", "/history?range=28d&view=heatmap"),
    // There is no data yet for future hours.
    ("week", "/history?range=week&view=heatmap"),
    (
        "level",
        "/history?range=28d&view=heatmap&metric=service_level",
    ),
    ("calls", "/history/calls?range=yesterday"),
    (
        "ended",
        "/history/calls?range=yesterday&end_by=export%2F5&outcome=abandoned",
    ),
    ("breakdown", "/history?range=28d&view=breakdown"),
    ("reasons", "/history?range=yesterday&by=reason&view=table"),
    ("views", "/history/views"),
    ("plan", "/history?range=yesterday&view=plan"),
    ("adherence", "/history?range=7d&view=adherence&by=agent"),
];

/// Those whose texts are longest in another language.
const TRANSLATED_PAGES: [(&str, &str); 6] = [
    ("today-plan", "/history?range=today&view=plan"),
    ("plan", "/history?range=yesterday&view=plan"),
    ("adherence", "/history?range=7d&view=adherence&by=agent"),
    ("reasons", "/history?range=yesterday&by=reason&view=table"),
    ("breakdown", "/history?range=28d&view=breakdown"),
    ("views", "/history/views"),
];

/// The demo with its history, for the tests that run at the same time: importing it takes longer
/// than most of them.
async fn demo() -> Arc<Demo> {
    static RUNNING: Mutex<Weak<Demo>> = Mutex::const_new(Weak::new());
    let mut running = RUNNING.lock().await;
    if let Some(demo) = running.upgrade() {
        return demo;
    }
    let demo = Arc::new(Demo::start());
    demo.wait_for_history().await;
    *running = Arc::downgrade(&demo);
    demo
}

/// Clicks a link as a person does, and waits for its page.
async fn click(browser: &Browser, words: &str) {
    let link = format!(
        "[...document.querySelectorAll('main a, header a')].find(a => a.textContent.trim() === {})",
        json!(words)
    );
    browser
        .wait_for(&format!("{link} !== undefined"), SOON)
        .await;
    browser.evaluate("window.here = 1, null");
    browser.evaluate(&format!("{link}.click(), null"));
    browser
        .wait_for("!window.here && document.readyState === 'complete'", SOON)
        .await;
}

fn main_text(browser: &Browser) -> String {
    let words = browser.evaluate("document.querySelector('main').innerText");
    words.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisors_morning_takes_three_clicks() {
    let demo = demo().await;
    let browser = Browser::open(&demo.url("/"));

    click(&browser, "History").await;
    assert!(main_text(&browser).contains("Today"));
    click(&browser, "Yesterday").await;
    let page = main_text(&browser);
    click(&browser, "View abandoned calls").await;
    let calls = main_text(&browser);

    // Hours that missed the target (chats are exported by the hour), and the comparison.
    let missed =
        browser.evaluate("history.length > 2") == true && page.contains("the target of 80%");
    assert!(missed, "{page}");
    assert!(page.contains(" hours with calls"), "{page}");
    assert!(
        page.contains("vs ") && page.contains(": offered "),
        "{page}"
    );
    // Abandoned calls, without complete phone numbers.
    assert!(calls.contains("Abandoned"), "{calls}");
    let callers = browser.evaluate(
        "[...document.querySelectorAll('[data-label=Caller]')].map(el => el.textContent)",
    );
    let callers: Vec<String> = serde_json::from_value(callers).unwrap();
    assert!(!callers.is_empty());
    for caller in callers {
        let digits = caller.chars().filter(char::is_ascii_digit).count();
        assert!(caller.starts_with('…') && digits == 4, "{caller}");
    }
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn history_pages_fit_every_screen_and_pass_axe() {
    let demo = demo().await;
    let browser = Browser::start();
    let base = demo.address.trim_end_matches('/');
    browser.check_pages(base, &PAGES, None);
    for language in ["sv", "de"] {
        browser.check_pages_in(language, base, &TRANSLATED_PAGES, None);
    }
}

fn open_at(demo: &Demo, path: &str, width: u32) -> Person {
    let browser = Browser::start();
    let url = demo.url(path);
    browser.command(&json!({"do": "open", "url": url, "width": width, "height": 900}));
    Person::at(browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_saved_found_again_shared_and_deleted() {
    let demo = demo().await;
    let week = "/history?range=7d&by=queue&view=table";
    for &(width, _) in windows() {
        let name = format!("Week {width}");
        let planner = open_at(&demo, week, width);
        planner.presses_text("Saved views");
        planner.types("Name", &name);
        planner.step(&format!("save view {width}"));
        planner.assert_fits();
        planner
            .clicks("button", "Save this view", "The view is saved.")
            .await;
        planner.step(&format!("saved views {width}"));
        planner.assert_fits();

        planner.clicks("link", &name, "Last 7 days").await;
        let address = planner
            .browser
            .evaluate("location.pathname + location.search");
        assert_eq!(address, week);
        // Without a script, from the list on the page.
        let browser = Browser::open_without_script(&demo.url("/history"));
        let listed = format!(
            "[...document.querySelectorAll('.saved li')].some(li => li.textContent === {name:?})"
        );
        assert_eq!(browser.evaluate(&listed), true);

        let planner = open_at(&demo, "/history/views", width);
        planner.reads(&name).await;
        planner.presses_at("td summary");
        planner.types("Name", "Every week");
        planner.presses_at("td input[type=checkbox]");
        planner.step(&format!("change view {width}"));
        planner.assert_fits();
        if width == 390 {
            let base = demo.url("");
            let page = ["/history/views"];
            planner.browser.check_keyboard(&base, &page, None);
        }
        let planner = open_at(&demo, "/history/views", width);
        planner.presses_at("td summary");
        planner.types("Name", "Every week");
        planner.presses_at("td input[type=checkbox]");
        planner.presses_at("td button[value=save]");
        planner.reads("Every week").await;
        planner.reads("Everyone").await;
        planner.presses_at("td summary");
        planner.presses_at("td button[value=delete]");
        planner.reads("The view is deleted.").await;
        planner.reads("No saved views yet.").await;
        assert_eq!(planner.browser.console_errors(|_| false), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_past_day_is_a_timeline() {
    let demo = demo().await;
    let agents = demo
        .text("/history.csv?range=yesterday&by=agent&compare=none")
        .await;
    // Somebody who handled calls of the export with single rows.
    let agent = agents.lines().find_map(|line| {
        let (_, id) = line.split_once(",export/")?;
        let mut cells = id.split(',');
        let (id, handled) = (cells.next()?, cells.next()?.parse::<u32>().ok()?);
        (5 < handled).then(|| format!("export%2F{id}"))
    });
    let agent = agent.unwrap();
    for &(width, _) in windows() {
        let path = format!("/history?range=yesterday&agent={agent}");
        let lead = open_at(&demo, &path, width);
        lead.clicks(
            "link",
            "Statuses of the day",
            "From statuses that were reported",
        )
        .await;
        lead.step(&format!("agent day {width}"));
        lead.assert_fits();
        let drawn = lead.browser.evaluate(
            "['talking', 'signed_in', 'wrap_up'].map(state => document.querySelectorAll(`.timeline rect.${state}`).length)",
        );
        let drawn: Vec<u32> = serde_json::from_value(drawn).unwrap();
        assert!(5 < drawn[0] && 5 < drawn[1], "{drawn:?}");
        let idle = lead
            .browser
            .evaluate("document.querySelectorAll('.timeline rect.available').length");
        assert_eq!(idle, 0, "nobody observed it");
        let address = lead.browser.evaluate("location.pathname + location.search");
        if width == 390 {
            let pages = [("agent-day", address.as_str().unwrap())];
            let base = demo.address.trim_end_matches('/');
            lead.browser.check_pages(base, &pages, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_works_with_keyboard_only() {
    let demo = demo().await;
    let browser = Browser::start();
    let pages = [
        "/history?range=yesterday",
        "/history?range=28d&view=heatmap",
        "/history/calls?range=yesterday",
    ];
    browser.check_keyboard(&demo.url(""), &pages, None);

    // Arrows move between buckets, each is read out, and Enter shows its calls.
    browser.command(&json!({"do": "open", "url": demo.url("/history?range=yesterday")}));
    browser.evaluate("document.querySelector('.bucket').focus(), null");
    // The day begins at midnight.
    for _ in 0..4 {
        browser.press("ArrowRight");
    }
    let read = "getComputedStyle(document.activeElement.nextElementSibling).display === 'block' && document.activeElement.getAttribute('aria-label')";
    let read = browser.evaluate(read);
    assert!(
        read.as_str().unwrap().starts_with("04:00–05:00: "),
        "{read}"
    );
    browser.press("Enter");
    browser
        .wait_for("location.pathname === '/history/calls'", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn printed_pages_have_a_footer_with_the_filters() {
    let demo = demo().await;
    let path = "/history?range=yesterday&by=queue&only=missed";
    let browser = Browser::open(&demo.url(path));

    browser.evaluate("dispatchEvent(new Event('beforeprint')), null");
    let foot = browser.evaluate(
        "[...document.adoptedStyleSheets.at(-1).cssRules[0].cssRules].map(box => \
         [box.name, box.style.content].join(': '))",
    );
    let foot: Vec<String> = serde_json::from_value(foot).unwrap();

    let [left, right] = &foot[..] else {
        panic!("{foot:?}")
    };
    for text_part in [
        "bottom-left: \"History: All queues, ",
        "by queue",
        "counted by call start",
        "only missed targets",
        "data through: Call history",
        path,
    ] {
        assert!(left.contains(text_part), "{text_part}: {left}");
    }
    assert!(
        right.contains("printed 20") && right.contains("counter(page)"),
        "{right}"
    );
    // Not repeated in the page.
    assert!(browser.evaluate("document.body.matches('.footed')") == true);
}

#[tokio::test(flavor = "multi_thread")]
async fn breakdown_rows_link_to_the_same_number_of_calls() {
    let demo = demo().await;
    let browser =
        Browser::open_without_script(&demo.url("/history?range=yesterday&view=breakdown"));
    let rows = browser.evaluate(
        "[...document.querySelectorAll('.share td a')].map(a => \
         [a.getAttribute('href'), a.innerText.replaceAll(',', '')])",
    );
    let rows: Vec<(String, String)> = serde_json::from_value(rows).unwrap();

    for code in ["reason=", "type=", "end_by="] {
        assert!(
            rows.iter().any(|row| row.0.contains(code)),
            "{code}: {rows:?}"
        );
    }
    // Lists of several pages take long to write, unoptimized.
    let most = if is_nightly() { 500 } else { 150 };
    let is_small = |row: &&(String, String)| row.1.parse::<usize>().unwrap() < most;
    let mut lists = 0;
    for (href, count) in rows.iter().filter(is_small) {
        let (mut next, mut listed) = (Some(href.clone()), 0);
        while let Some(href) = next {
            let page = demo.text(&href).await;
            listed += page.matches("<th scope=\"row\"").count();
            next = page
                .split_once(">Next page</a>")
                .and_then(|(before, _)| before.rsplit_once("href=\""))
                .map(|(_, href)| href.trim_end_matches('"').replace("&#38;", "&"));
        }
        assert_eq!(listed.to_string(), *count, "{href}");
        lists += 1;
    }
    assert!(0 < lists, "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_files_match_the_page() {
    let demo = demo().await;
    let path = "?range=yesterday&sort=-offered&compare=none";
    let browser = Browser::open_without_script(&demo.url(&format!("/history{path}")));
    let shown = browser.evaluate(
        "[...document.querySelectorAll('table.past tbody tr, table.past tfoot tr')].map(tr => \
         [tr.querySelector('th').innerText, tr.cells[1].innerText.replaceAll(',', '')])",
    );
    let shown: Vec<[String; 2]> = serde_json::from_value(shown).unwrap();

    let csv = demo.text(&format!("/history.csv{path}")).await;
    let rows = csv
        .lines()
        .skip_while(|line| !line.starts_with("Time,"))
        .skip(1);
    let csv_rows: Vec<[String; 2]> = rows
        .map(|row| {
            let fields: Vec<&str> = row.split(',').collect();
            // The page has no label at its total.
            let is_part = fields[0] != "Total" && fields[fields.len() - 1].contains("partial");
            let label = if is_part { " partial" } else { "" };
            [fields[0].to_owned() + label, fields[2].to_owned()]
        })
        .collect();
    let sheet = reqwest::get(demo.url(&format!("/history.xlsx{path}")))
        .await
        .unwrap();

    assert_eq!(csv_rows, shown);
    for text_part in [
        "Period,",
        "Time zone,",
        "Service level,short_ignored",
        "Counted by,call start",
    ] {
        assert!(csv.contains(text_part), "{text_part}: {csv}");
    }
    assert!(sheet.bytes().await.unwrap().starts_with(b"PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn live_queue_page_shows_history_of_its_linked_queue() {
    let demo = demo().await;
    let browser = Browser::open(&demo.url("/queues/voice/9002%40SIP_Switch"));

    browser
        .wait_for("document.getElementById('past') !== null", SOON)
        .await;
    let days: Value = browser
        .evaluate("document.querySelectorAll('section[aria-labelledby=past] tbody tr').length");
    assert!(13 <= days.as_u64().unwrap(), "{days}");
    click(&browser, "View in History").await;
    assert!(main_text(&browser).contains("Support line"));
}
