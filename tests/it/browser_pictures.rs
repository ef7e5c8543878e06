//! Every page in every state and size: nothing overflows, is cut, or overlaps. Boards are also
//! checked in one of the other fonts of screens by turns. Each page has one of the sizes and one
//! theme in each state, all of them over the states; `scripts/nightly` looks at all, and adds the
//! desk pages in the other fonts. With `WALLBOARD_PICTURES=FOLDER` (`scripts/screenshots`) each is
//! saved as a picture.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, NetworkCondition, ScriptedSite, TestServer,
    browser::{BOARD_IS_LIVE, FONTS, takes_turns},
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
const HAS_LOST_SOURCE: &str = "document.querySelector('.row[data-sev=stale], [data-sev=stale] .num') || document.querySelector('.outage[data-sev=warn]')";
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

/// How many parts of the sizes there are.
const TURNS: usize = SIZES.len();

/// A browser of each font with a tab for each page, and the faults found so far.
struct Tour {
    pages: Vec<(&'static str, String)>,
    browsers: Vec<(&'static str, Browser)>,
    folder: Option<String>,
    /// How many states were looked at.
    states: usize,
    faults: Vec<String>,
}

impl Tour {
    fn start() -> Self {
        Self {
            pages: pages(),
            browsers: FONTS.map(|font| (font, Browser::start_in(font))).into(),
            folder: std::env::var("WALLBOARD_PICTURES").ok(),
            states: 0,
            faults: Vec::new(),
        }
    }

    /// Whether desk pages and both themes are checked in a font as well.
    fn is_full(font: &str) -> bool {
        font == FONTS[0] || is_nightly()
    }

    /// The pages that are looked at in a font: boards in one of the other fonts by turns, too.
    fn pages_in(&self, turn: usize) -> Vec<&(&'static str, String)> {
        let has_turn =
            |place: usize| !takes_turns() || (place + self.states + turn).is_multiple_of(2);
        let is_wanted = |place: usize, path: &str| {
            Self::is_full(FONTS[turn]) || path.starts_with("/boards/") && has_turn(place)
        };
        let pages = self.pages.iter().enumerate();
        pages
            .filter(|(place, (_, path))| is_wanted(*place, path))
            .map(|(_, page)| page)
            .collect()
    }

    /// Opens a tab for each page. Their clocks can be advanced.
    async fn visit(&self, base: &str) {
        for (turn, (_, browser)) in self.browsers.iter().enumerate() {
            let pages = self.pages_in(turn);
            browser.command(&json!({"do": "visit", "base": base, "pages": pages}));
        }
        self.wait_for_all(BOARD_IS_LIVE, SOON).await;
    }

    fn command(&self, command: &Value) {
        for (_, browser) in &self.browsers {
            browser.command(command);
        }
    }

    /// Waits until an expression is true on all boards.
    async fn wait_for_all(&self, expression: &str, within: Duration) {
        for (_, browser) in &self.browsers {
            wait_until(expression, within, async || {
                let failing = browser.command(&json!({"do": "all", "expression": expression}));
                if failing == json!([]) {
                    Ok(())
                } else {
                    Err(failing)
                }
            })
            .await;
        }
    }

    /// Checks all pages in a state, once `until` is true on boards.
    fn check(&mut self, base: &str, state: &str, until: &str) {
        self.look(state, Some((base, until)));
        self.states += 1;
    }

    /// Checks all tabs in a state, without loading them again.
    fn check_tabs(&mut self, state: &str) {
        self.look(state, None);
    }

    fn look(&mut self, state: &str, pages: Option<(&str, &str)>) {
        let mut found = Vec::new();
        for (turn, (font, browser)) in self.browsers.iter().enumerate() {
            let themes = &THEMES[..if Self::is_full(font) { 2 } else { 1 }];
            let mut command = json!({
                "do": "tour", "state": state, "sizes": SIZES, "themes": themes,
                "alternates": takes_turns(), "turns": if takes_turns() { TURNS } else { 1 },
                "turn": turn, "font": font, "folder": self.folder,
            });
            if let Some((base, until)) = pages {
                command["base"] = base.into();
                command["pages"] = json!(self.pages_in(turn));
                command["until"] = until.into();
            }
            let faults: Vec<String> = serde_json::from_value(browser.command(&command)).unwrap();
            found.extend(faults.into_iter().map(|fault| format!("{font}: {fault}")));
        }
        self.faults.extend(found);
    }

    fn has_pictures(&self) -> bool {
        self.folder.is_some()
    }

    fn end(mut self) {
        self.faults.sort();
        assert!(
            self.faults.is_empty(),
            "{} faults:\n{}",
            self.faults.len(),
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
            "document.body.insertAdjacentHTML('beforeend', '<p class=\"mark\" id=\"shapes\">▲◆</p>'), \
             new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
        );

        let fonts = browser.command(&json!({"do": "fonts", "selectors": ["h1", "#shapes"]}));
        assert_eq!(fonts, json!([[text], [shape]]), "{font}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_every_screen_in_every_state_and_font() {
    let site = ScriptedSite::open("browser-states").await;
    let base = site.base_url();
    let mut tour = Tour::start();
    if tour.has_pictures() {
        tour.check(&base, "empty", BOARD_IS_LIVE);
    }

    site.change(|script| {
        script.queues = queues(&QUEUES);
        script.agents = AGENTS.map(str::to_owned).into();
    })
    .await;
    site.wait_until_known().await;
    tour.check(&base, "unknown", BOARD_IS_LIVE);

    site.change(|script| (0..6).for_each(|n| script.set_load(n, [0, 0, 2], 0)))
        .await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check(&base, "zero", BOARD_IS_LIVE);
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
        tour.check(&base, "calm", BOARD_IS_LIVE);
    }

    site.change(|script| script.set_load(1, [6, 2, 1], 170))
        .await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check(&base, "warning", BOARD_IS_LIVE);
    }

    site.change(|script| script.set_load(0, [14, 4, 0], 372))
        .await;
    site.wait_until_known().await;
    tour.check(&base, "critical", BOARD_IS_LIVE);

    tour.visit(&base).await;
    site.screens.set(NetworkCondition::Silent);
    tour.wait_for_all(IS_STALE, SILENCE_SHOWN).await;
    tour.check_tabs("line-lost");
    tour.command(&json!({"do": "forward", "millis": 330_000}));
    tour.wait_for_all("document.body.classList.contains('gone')", SOON)
        .await;
    tour.check_tabs("line-long-lost");
    tour.command(&json!({"do": "leave"}));
    site.screens.set(NetworkCondition::Normal);

    site.upstream.set(NetworkCondition::Refusing);
    site.upstream.cut();
    site.wallboard.wait_for_state("down", SOON).await;
    tour.check(&base, "source-lost", HAS_LOST_SOURCE);

    site.upstream.set(NetworkCondition::Normal);
    site.wallboard.wait_for_state("live", SOON).await;
    site.wait_until_known().await;
    if tour.has_pictures() {
        tour.check(&base, "day-with-a-gap", BOARD_IS_LIVE);
    }
    tour.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn longest_names_and_figures_fit_every_screen_in_every_font() {
    let site = ScriptedSite::open("browser-long").await;
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
    let base = site.base_url();
    let mut tour = Tour::start();
    tour.command(&json!({"do": "german"}));
    tour.check(&base, "long", BOARD_IS_LIVE);

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
    tour.check(&base, "crowd", BOARD_IS_LIVE);

    if tour.has_pictures() {
        let demo = start_demo().await;
        let of_site = ["totals", "list", "queue", "agent"];
        tour.pages.retain(|(name, _)| !of_site.contains(name));
        let boards = [("totals", "customer-service"), ("list", "overview")];
        let boards = boards.map(|(name, board)| (name, format!("/boards/{board}")));
        tour.pages.extend(boards);
        tour.check(demo.address.trim_end_matches('/'), "demo", BOARD_IS_LIVE);
    }
    tour.end();
}

/// Starts the demo and waits for its first values.
async fn start_demo() -> Demo {
    let demo = Demo::start();
    wait_until("the demo has values", SOON, async || {
        let found: Value = serde_json::from_str(&demo.text("/api/v1/queues").await).unwrap();
        if found["queues"][0]["metrics"]["waiting"]["value"].is_u64() {
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
    demo
}
