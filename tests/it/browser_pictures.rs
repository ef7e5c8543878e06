//! Every page in every state at every size and in both themes: nothing overflows, nothing
//! is cut, nothing lies over another. Boards also in the other fonts that screens have; there
//! the desk pages and the light theme follow in `scripts/nightly`. With
//! `WALLBOARD_PICTURES=FOLDER` (`scripts/screenshots`) each is also kept as a picture.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, House, Play, Weather,
    browser::FONTS,
    demo::Demo,
    house::Plan,
    is_nightly,
    play::{Queue, agent_page, queue_page},
    until,
};

const SOON: Duration = Duration::from_secs(30);
/// A page that hears nothing for 25 s says so, and turns grey 10 s later.
const SILENCE_SHOWN: Duration = Duration::from_mins(1);
const SIZES: [[u32; 2]; 6] = [
    [960, 540],
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
    [1080, 1920],
    [390, 844],
];
const THEMES: [&str; 2] = ["dark", "light"];
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";
const IS_STALE: &str = "document.body.classList.contains('stale')";

const QUEUES: [&str; 6] = [
    "Sales",
    "Billing",
    "Support",
    "Returns",
    "Partners",
    "Complaints and compliments",
];
const AGENTS: [&str; 20] = [
    "Anna Karlsson",
    "Björn Öberg",
    "Chidi Anagonye",
    "Dana Scully",
    "Émile Zola",
    "Fatima Al-Fihri",
    "Grace Hopper",
    "Hedy Lamarr",
    "Ida Rhodes",
    "Jan Åkesson",
    "Katherine Johnson",
    "Lise Meitner",
    "Mary Somerville",
    "Nils Bohr",
    "Ólafur Arnalds",
    "Päivi Nieminen",
    "Quentin Blake",
    "Rózsa Péter",
    "Sofia Kowalewska",
    "Tove Jansson",
];
/// Longer ones are hard to find.
const LONG_QUEUES: [&str; 6] = [
    "Kundenrückgewinnungsabteilung Geschäftskunden Süd",
    "Rechtsschutzversicherungsgesellschaften",
    "Vertragsverlängerungen und Anschlussfinanzierungen Nordrhein-Westfalen",
    "Beschwerden",
    "Kundenrückgewinnungsabteilung Privatkunden Nord",
    "Störungsannahme",
];
const LONG_AGENTS: [&str; 4] = [
    "Maximiliane-Alexandra Freifrau von Hohenstein-Waldburg",
    "Wolfeschlegelsteinhausenbergerdorff",
    "Jo",
    "Konstantinos Papadimitrakopoulos-Oikonomou",
];

/// A browser with a tab for each page, and what was found wrong there.
struct Tour {
    browser: Browser,
    font: &'static str,
    folder: Option<String>,
    faults: Vec<String>,
}

impl Tour {
    fn start(font: &'static str) -> Self {
        Self {
            browser: Browser::start_in(font),
            font,
            folder: std::env::var("WALLBOARD_PICTURES").ok(),
            faults: Vec::new(),
        }
    }

    /// Whether desk pages and both themes are looked at as well.
    fn is_whole(&self) -> bool {
        self.font == FONTS[0] || is_nightly()
    }

    /// Opens all pages; their clocks can be put forward.
    async fn visit(&self, base: &str, pages: &[(&str, String)]) {
        let pages: Vec<_> = (pages.iter())
            .filter(|(_, path)| self.is_whole() || path.starts_with("/boards/"))
            .collect();
        self.browser
            .command(&json!({"do": "visit", "base": base, "pages": pages}));
        self.all_see(IS_LIVE, SOON).await;
    }

    /// Waits until an expression is true on all boards.
    async fn all_see(&self, expression: &str, within: Duration) {
        until(expression, within, async || {
            let seen = self
                .browser
                .command(&json!({"do": "all", "expression": expression}));
            if seen == json!([]) { Ok(()) } else { Err(seen) }
        })
        .await;
    }

    /// Looks at all pages as they are now. `kept`: they must not be loaded anew.
    fn look(&mut self, state: &str, kept: bool) {
        let themes = &THEMES[..if self.is_whole() { 2 } else { 1 }];
        let asked = json!({
            "do": "tour", "state": state, "sizes": SIZES, "themes": themes,
            "font": self.font, "folder": self.folder, "kept": kept,
        });
        let found: Vec<String> = serde_json::from_value(self.browser.command(&asked)).unwrap();
        self.faults.extend(found);
    }

    fn has_pictures(&self) -> bool {
        self.folder.is_some()
    }

    fn end(mut self) {
        self.faults.sort();
        assert!(
            self.faults.is_empty(),
            "{} faults in {}:\n{}",
            self.faults.len(),
            self.font,
            self.faults.join("\n")
        );
    }
}

fn pages() -> Vec<(&'static str, String)> {
    let fixed = [
        ("gallery", "/"),
        ("queues", "/boards/queues"),
        ("totals", "/boards/totals"),
        ("list", "/boards/list"),
        ("agents", "/boards/agents"),
        ("cases", "/cases"),
        ("sources", "/sources"),
        ("missing", "/nothing-here"),
    ];
    let mut pages: Vec<_> = fixed.map(|(name, path)| (name, path.to_owned())).into();
    pages.push(("queue", queue_page(0)));
    pages.push(("agent", agent_page(0)));
    pages
}

fn queues(names: &[&str]) -> Vec<Queue> {
    let queue = |name: &&str| Queue {
        name: (*name).into(),
        ..Queue::default()
    };
    names.iter().map(queue).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_drawn_in_the_chosen_font_and_none_of_the_machine() {
    let house = House::open(Plan::default()).await;
    let table = [
        ("noto", "Noto Sans", "Noto Sans Symbols2"),
        ("roboto", "Roboto", "Noto Sans Symbols2"),
        ("dejavu", "DejaVu Sans", "DejaVu Sans"),
    ];
    assert_eq!(table.map(|(font, ..)| font), FONTS);
    for (font, text, shape) in table {
        let browser = Browser::start_in(font);
        browser.command(&json!({"do": "open", "url": house.url("/boards/queues")}));
        browser.sees(IS_LIVE, SOON).await;
        browser.look("document.querySelector('.tile .mark').textContent = '▲◆', null");

        let drawn = browser.command(&json!({"do": "drawn", "selectors": ["h1", ".tile .mark"]}));
        assert_eq!(drawn, json!([[text], [shape]]), "{font}");
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_state_all_pages_fit_every_screen_in_noto_sans() {
    look_at_every_state("noto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_state_boards_fit_every_screen_in_roboto() {
    look_at_every_state("roboto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_state_boards_fit_every_screen_in_dejavu_sans() {
    look_at_every_state("dejavu").await;
}

async fn look_at_every_state(font: &'static str) {
    let play = Play::open(&format!("browser-pictures-{font}")).await;
    let mut tour = Tour::start(font);
    tour.visit(&play.base(), &pages()).await;
    if tour.has_pictures() {
        tour.look("empty", false);
    }

    play.change(|cast| {
        cast.queues = queues(&QUEUES);
        cast.agents = AGENTS.map(str::to_owned).into();
    })
    .await;
    play.is_known().await;
    tour.look("unknown", false);

    play.change(|cast| (0..6).for_each(|n| cast.load(n, [0, 0, 2], 0)))
        .await;
    play.is_known().await;
    if tour.has_pictures() {
        tour.look("zero", false);
    }

    for (queue, count) in [31, 24, 47, 12, 18, 9].into_iter().enumerate() {
        play.answer(queue, count, 9, true).await;
        play.answer(queue, count / 7, 44, true).await;
        play.answer(queue, 2, 6, false).await;
    }
    let calm = [
        ([2, 3, 4], 41),
        ([1, 2, 3], 18),
        ([3, 5, 6], 52),
        ([0, 1, 2], 0),
        ([1, 2, 5], 33),
        ([0, 0, 1], 0),
    ];
    play.change(|cast| {
        for (queue, (load, longest)) in calm.into_iter().enumerate() {
            cast.load(queue, load, longest);
        }
    })
    .await;
    play.is_known().await;
    if tour.has_pictures() {
        tour.look("calm", false);
    }

    play.change(|cast| cast.load(1, [6, 2, 1], 170)).await;
    play.is_known().await;
    if tour.has_pictures() {
        tour.look("warning", false);
    }

    play.change(|cast| cast.load(0, [14, 4, 0], 372)).await;
    play.is_known().await;
    tour.look("critical", false);

    play.screens.set(Weather::Silent);
    tour.all_see(IS_STALE, SILENCE_SHOWN).await;
    tour.look("line-lost", true);
    tour.browser
        .command(&json!({"do": "forward", "millis": 330_000}));
    tour.all_see("document.body.classList.contains('gone')", SOON)
        .await;
    tour.look("line-long-lost", true);
    play.screens.set(Weather::Clear);

    play.upstream.set(Weather::Refusing);
    play.upstream.cut();
    tour.visit(&play.base(), &pages()).await;
    tour.all_see(
        "document.querySelector('.row[data-sev=stale], [data-sev=stale] .num') || document.querySelector('.sources[data-sev=stale]')",
        SOON,
    )
    .await;
    tour.look("source-lost", false);

    play.upstream.set(Weather::Clear);
    play.wallboard.becomes("live", SOON).await;
    play.is_known().await;
    if tour.has_pictures() {
        tour.look("day-with-a-gap", false);
    }
    tour.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_names_and_the_largest_figures_fit_every_screen_in_noto_sans() {
    look_at_the_longest("noto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_names_and_the_largest_figures_fit_boards_in_roboto() {
    look_at_the_longest("roboto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_names_and_the_largest_figures_fit_boards_in_dejavu_sans() {
    look_at_the_longest("dejavu").await;
}

async fn look_at_the_longest(font: &'static str) {
    let play = Play::open(&format!("browser-long-{font}")).await;
    play.change(|cast| {
        cast.queues = queues(&LONG_QUEUES);
        cast.agents = LONG_AGENTS.map(str::to_owned).into();
        let loads = [
            ([1234, 1111, 1000], 3840),
            ([8888, 2222, 4444], 183_700),
            ([12_345, 1000, 0], 86_399),
            ([6, 99, 100], 3599),
            ([0, 0, 0], 0),
            ([9999, 8888, 7777], 359_999),
        ];
        for (queue, (load, longest)) in loads.into_iter().enumerate() {
            cast.load(queue, load, longest);
        }
    })
    .await;
    play.answer(0, 1100, 9, true).await;
    play.answer(1, 3, 1000, false).await;
    play.is_known().await;
    let mut tour = Tour::start(font);
    tour.visit(&play.base(), &pages()).await;
    tour.browser.command(&json!({"do": "german"}));
    tour.look("long", false);

    play.change(|cast| {
        for n in 6..30 {
            cast.queues
                .extend(queues(&[&format!("Gruppe {n} Störungsannahme")]));
            cast.load(n, [n as u64 % 9, 3, 2], 40);
        }
        (4..50).for_each(|n| cast.agents.push(format!("Žofie Øster-Ångström {n}")));
    })
    .await;
    for queue in 0..10 {
        play.answer(queue, 3, 9, false).await;
    }
    play.is_known().await;
    tour.look("crowd", false);

    if tour.has_pictures() {
        let demo = filled().await;
        let pages = pages()
            .into_iter()
            .filter(|(name, _)| !["totals", "list", "queue", "agent"].contains(name));
        let mut pages: Vec<_> = pages.collect();
        pages.push(("totals", "/boards/customer-service".into()));
        pages.push(("list", "/boards/overview".into()));
        tour.visit(demo.address.trim_end_matches('/'), &pages).await;
        tour.look("demo", false);
    }
    tour.end();
}

/// The demo, as somebody sees it who has just started it.
async fn filled() -> Demo {
    let demo = Demo::start();
    until("the demo is filled", SOON, async || {
        let said = |error: reqwest::Error| error.to_string();
        let answer = reqwest::get(demo.url("/api/v1/queues")).await;
        let found: Value = answer.map_err(said)?.json().await.map_err(said)?;
        if found["queues"][0]["metrics"]["waiting"]["value"].is_u64() {
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
    demo
}
