//! Every page in every state and size: nothing overflows, is cut, or overlaps. Boards are also
//! checked in the other fonts of screens. `scripts/nightly` adds the desk pages and the light theme
//! there, and looks at each size in both themes instead of one of them. With
//! `WALLBOARD_PICTURES=FOLDER` (`scripts/screenshots`) each is saved as a picture.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, NetworkCondition, ScriptedSite, TestServer,
    browser::{BOARD_IS_LIVE, FONTS, alternates_themes},
    demo::Demo,
    is_nightly,
    scripted_site::{Queue, agent_page, queue_page},
    test_server::ServerOptions,
    wait_until,
};

const SOON: Duration = Duration::from_secs(30);
/// A page is gray 9 s after the last frame.
const SILENCE_SHOWN: Duration = Duration::from_secs(30);
const SIZES: [[u32; 2]; 6] = [
    [960, 540],
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
    [1080, 1920],
    [390, 844],
];
const THEMES: [&str; 2] = ["dark", "light"];
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

/// A browser with a tab for each page, and the faults found so far.
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

    /// Whether desk pages and both themes are checked as well.
    fn is_full(&self) -> bool {
        self.font == FONTS[0] || is_nightly()
    }

    /// Opens all pages. Their clocks can be advanced.
    async fn visit(&self, base: &str, pages: &[(&str, String)]) {
        let pages: Vec<_> = (pages.iter())
            .filter(|(_, path)| self.is_full() || path.starts_with("/boards/"))
            .collect();
        self.browser
            .command(&json!({"do": "visit", "base": base, "pages": pages}));
        self.wait_for_all(BOARD_IS_LIVE, SOON).await;
    }

    /// Waits until an expression is true on all boards.
    async fn wait_for_all(&self, expression: &str, within: Duration) {
        wait_until(expression, within, async || {
            let failing = self
                .browser
                .command(&json!({"do": "all", "expression": expression}));
            if failing == json!([]) {
                Ok(())
            } else {
                Err(failing)
            }
        })
        .await;
    }

    /// Checks all pages in their current state. With `forbids_reload` they must not have been
    /// reloaded.
    fn check(&mut self, state: &str, forbids_reload: bool) {
        let themes = &THEMES[..if self.is_full() { 2 } else { 1 }];
        let command = json!({
            "do": "tour", "state": state, "sizes": SIZES, "themes": themes,
            "alternates": alternates_themes(), "font": self.font, "folder": self.folder,
            "no_reload": forbids_reload,
        });
        let found: Vec<String> = serde_json::from_value(self.browser.command(&command)).unwrap();
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
        ("shift", "/shift"),
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
async fn pages_use_the_chosen_font_and_no_system_font() {
    let server = TestServer::start(ServerOptions::default()).await;
    let table = [
        ("noto", "Noto Sans", "Noto Sans Symbols2"),
        ("roboto", "Roboto", "Noto Sans Symbols2"),
        ("dejavu", "DejaVu Sans", "DejaVu Sans"),
    ];
    assert_eq!(table.map(|(font, ..)| font), FONTS);
    for (font, text, shape) in table {
        let browser = Browser::start_in(font);
        browser.command(&json!({"do": "open", "url": server.url("/boards/queues")}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        // Outside the tiles, which are drawn again at any moment.
        browser.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<p class=\"mark\" id=\"shapes\">▲◆</p>'), null",
        );

        let fonts = browser.command(&json!({"do": "fonts", "selectors": ["h1", "#shapes"]}));
        assert_eq!(fonts, json!([[text], [shape]]), "{font}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_every_screen_in_every_state_in_noto_sans() {
    check_every_state("noto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_fit_every_screen_in_every_state_in_roboto() {
    check_every_state("roboto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_fit_every_screen_in_every_state_in_dejavu_sans() {
    check_every_state("dejavu").await;
}

async fn check_every_state(font: &'static str) {
    let site = ScriptedSite::open(&format!("browser-pictures-{font}")).await;
    let mut tour = Tour::start(font);
    tour.visit(&site.base_url(), &pages()).await;
    if tour.has_pictures() {
        tour.check("empty", false);
    }

    site.change(|script| {
        script.queues = queues(&QUEUES);
        script.agents = AGENTS.map(str::to_owned).into();
    })
    .await;
    site.wait_until_known().await;
    tour.check("unknown", false);

    site.change(|script| (0..6).for_each(|n| script.set_load(n, [0, 0, 2], 0)))
        .await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check("zero", false);
    }

    for (queue, count) in [31, 24, 47, 12, 18, 9].into_iter().enumerate() {
        site.answer_contacts(queue, count, 9, true).await;
        site.answer_contacts(queue, count / 7, 44, true).await;
        site.answer_contacts(queue, 2, 6, false).await;
    }
    let calm = [
        ([2, 3, 4], 41),
        ([1, 2, 3], 18),
        ([3, 5, 6], 52),
        ([0, 1, 2], 0),
        ([1, 2, 5], 33),
        ([0, 0, 1], 0),
    ];
    site.change(|script| {
        for (queue, (load, longest)) in calm.into_iter().enumerate() {
            script.set_load(queue, load, longest);
        }
    })
    .await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check("calm", false);
    }

    site.change(|script| script.set_load(1, [6, 2, 1], 170))
        .await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check("warning", false);
    }

    site.change(|script| script.set_load(0, [14, 4, 0], 372))
        .await;
    site.wait_until_known().await;
    tour.check("critical", false);

    site.screens.set(NetworkCondition::Silent);
    tour.wait_for_all(IS_STALE, SILENCE_SHOWN).await;
    tour.check("line-lost", true);
    tour.browser
        .command(&json!({"do": "forward", "millis": 330_000}));
    tour.wait_for_all("document.body.classList.contains('gone')", SOON)
        .await;
    tour.check("line-long-lost", true);
    site.screens.set(NetworkCondition::Normal);

    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    tour.visit(&site.base_url(), &pages()).await;
    tour.wait_for_all(
        "document.querySelector('.row[data-sev=stale], [data-sev=stale] .num') || document.querySelector('.outage[data-sev=warn]')",
        SOON,
    )
    .await;
    tour.check("source-lost", false);

    site.upstream.set(NetworkCondition::Normal);
    site.wallboard.wait_for_state("live", SOON).await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check("day-with-a-gap", false);
    }
    tour.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn longest_names_and_figures_fit_every_screen_in_noto_sans() {
    check_longest_names("noto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn longest_names_and_figures_fit_boards_in_roboto() {
    check_longest_names("roboto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn longest_names_and_figures_fit_boards_in_dejavu_sans() {
    check_longest_names("dejavu").await;
}

async fn check_longest_names(font: &'static str) {
    let site = ScriptedSite::open(&format!("browser-long-{font}")).await;
    site.change(|script| {
        script.queues = queues(&LONG_QUEUES);
        script.agents = LONG_AGENTS.map(str::to_owned).into();
        let loads = [
            ([1234, 1111, 1000], 3840),
            ([8888, 2222, 4444], 183_700),
            ([12_345, 1000, 0], 86_399),
            ([6, 99, 100], 3599),
            ([0, 0, 0], 0),
            ([9999, 8888, 7777], 359_999),
        ];
        for (queue, (load, longest)) in loads.into_iter().enumerate() {
            script.set_load(queue, load, longest);
        }
    })
    .await;
    site.answer_contacts(0, 1100, 9, true).await;
    site.answer_contacts(1, 3, 1000, false).await;
    site.wait_until_known().await;
    let mut tour = Tour::start(font);
    tour.visit(&site.base_url(), &pages()).await;
    tour.browser.command(&json!({"do": "german"}));
    tour.check("long", false);

    site.change(|script| {
        for n in 6..30 {
            script
                .queues
                .extend(queues(&[&format!("Gruppe {n} Störungsannahme")]));
            script.set_load(n, [n as u64 % 9, 3, 2], 40);
        }
        (4..50).for_each(|n| script.agents.push(format!("Žofie Øster-Ångström {n}")));
    })
    .await;
    for queue in 0..10 {
        site.answer_contacts(queue, 3, 9, false).await;
    }
    site.wait_until_known().await;
    tour.check("crowd", false);

    if tour.has_pictures() {
        let demo = start_demo().await;
        let pages = pages()
            .into_iter()
            .filter(|(name, _)| !["totals", "list", "queue", "agent"].contains(name));
        let mut pages: Vec<_> = pages.collect();
        pages.push(("totals", "/boards/customer-service".into()));
        pages.push(("list", "/boards/overview".into()));
        tour.visit(demo.address.trim_end_matches('/'), &pages).await;
        tour.check("demo", false);
    }
    tour.end();
}

/// Starts the demo and waits for its first values.
async fn start_demo() -> Demo {
    let demo = Demo::start();
    wait_until("the demo has values", SOON, async || {
        let describe = |error: reqwest::Error| error.to_string();
        let answer = reqwest::get(demo.url("/api/v1/queues")).await;
        let found: Value = answer.map_err(describe)?.json().await.map_err(describe)?;
        if found["queues"][0]["metrics"]["waiting"]["value"].is_u64() {
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
    demo
}
