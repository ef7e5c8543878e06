//! The sizes of tiles on every screen, in every font, with long names and large numbers.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::{
    announcements::announce,
    support::{
        Browser, NetworkCondition, ScriptedSite,
        browser::{BOARD_IS_LIVE, FONTS, has_turn},
        scripted_site::{Queue, queue_id},
    },
};

const SOON: Duration = Duration::from_secs(30);
const SILENT_WITHIN: Duration = Duration::from_mins(1);
const SCREENS: [(u32, u32); 6] = [
    (1920, 1080),
    (1280, 720),
    (3840, 2160),
    (1080, 1920),
    (960, 540),
    (390, 844),
];
/// Narrower screens scroll, and have sizes of their own.
const PHONE: u32 = 640;
/// The number of tiles, and the least size of large numbers on a 16:9 screen.
const BOARDS: [(usize, f64); 12] = [
    (1, 42.0),
    (2, 45.0),
    (3, 34.0),
    (4, 20.0),
    (5, 22.0),
    (6, 22.0),
    (7, 19.0),
    (8, 19.0),
    (9, 14.5),
    (10, 14.5),
    (11, 14.5),
    (12, 14.5),
];
/// The largest share of a tile that may be empty ground, in percent: of four queues in `DejaVu` with names of two
/// lines. Everything else stays under 45.
const EMPTY_MAX: u32 = 46;
const FIGURES_MIN: f64 = 4.2;
const TEXT_MIN: f64 = 2.8;
/// The least large number compared with the largest of its board.
const RATIO_MIN: f64 = 0.75;
/// Forty characters, one of them from right to left.
const NAMES: [&str; 3] = [
    "Rückfragen zur Vertragsverlängerung West",
    "Complaints, compliments and other things",
    "استفسارات العملاء عن الفواتير والاشتراكات",
];

/// Whether an announcement is shown, as an expression in its page.
const IS_ANNOUNCED: &str = "document.querySelector('.news').textContent.includes('canteen')";
/// Whether each tile says why it's gray, as an expression in its page.
const ALL_SAY_WHY: &str = "[...document.querySelectorAll('.tile:not(.all):not([hidden])')]\
    .every((tile) => tile.dataset.note === 'why' && tile.querySelector('.note').textContent)";
/// The notes of the tiles shown that can't be seen.
const UNSEEN_NOTES: &str = "[...document.querySelectorAll('.tile:not(.off):not(.all) .note')]\
    .filter((note) => !note.checkVisibility({ visibilityProperty: true }) || note.clientHeight < 8)\
    .map((note) => note.textContent)";

/// The names of tiles whose large number is the reason of their severity, without its mark.
const HIDDEN_CAUSES: &str = "[...document.querySelectorAll('.tile:not(.off) .hero[data-sev=warn] dt, .tile:not(.off) .hero[data-sev=crit] dt')]\
    .filter((unit) => unit.checkVisibility() && unit.getBoundingClientRect().bottom - 2 < unit.firstElementChild.getBoundingClientRect().top)\
    .map((unit) => unit.closest('.tile').querySelector('.name').textContent)";

/// Colored parts: severities are, gray isn't.
const COLORED_PARTS: &str = r"[...document.querySelectorAll('.lists *')].flatMap((part) => {
    const { color, backgroundColor } = getComputedStyle(part);
    const isColored = (text) => {
        const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
        return alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
    };
    return part.offsetParent && [color, backgroundColor].some(isColored) ? [`${part.className} ${color} ${backgroundColor}`] : [];
})";
/// The figures of rows that can be read.
const VISIBLE_NUMBERS: &str = "[...document.querySelectorAll('.row .num')]\
    .filter((el) => /\\d/.test(el.textContent) && el.getClientRects().length\
        && getComputedStyle(el).visibility === 'visible' && parseFloat(getComputedStyle(el).fontSize))\
    .map((el) => el.closest('.row').querySelector('.name').textContent + ' ' + el.closest('.fig').className + ' ' + el.textContent)";

/// In percent of the screen's shorter side.
#[derive(Debug, Deserialize)]
pub(crate) struct TileSizes {
    /// Of those with at most two digits.
    hero: Option<f64>,
    /// Of the smallest large number to the largest.
    ratio: f64,
    /// None where a gray tile says why in their place.
    figures: Option<f64>,
    labels: f64,
    names: f64,
    /// The percentage of a tile without text or curve.
    empty: u32,
    least: f64,
    smallest: String,
    /// The names under a large number.
    pub(crate) covered: Vec<String>,
    pub(crate) faults: Vec<String>,
}

/// A board's tiles on a screen.
pub(crate) struct Look<'a> {
    pub(crate) browser: &'a Browser,
    font: &'static str,
    /// The place of the board in the list.
    place: usize,
    size: (u32, u32),
    /// The board, the screen and the font.
    pub(crate) at: String,
    pub(crate) sizes: TileSizes,
}

/// How many parts of the screens there are.
const TURNS: usize = 3;

/// Judges each of these boards on each screen, once all conditions hold: in all fonts at night, else in one font and on a
/// part of the screens by turns. Returns the faults.
pub(crate) async fn judge_boards(
    base: &str,
    boards: &[String],
    conditions: &[(&str, Duration)],
    mut judge: impl FnMut(&Look<'_>, &mut Vec<String>),
) -> Vec<String> {
    let mut faults = Vec::new();
    for (turn, font) in FONTS.into_iter().enumerate() {
        let browser = Browser::start_in(font);
        let chosen = boards.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| has_turn(*place, turn, FONTS.len()));
        for (n, (place, board)) in chosen.enumerate() {
            let url = format!("{base}/boards/{board}");
            if n == 0 {
                browser.command(&json!({"do": "open", "url": url}));
            } else {
                browser.go(&url);
            }
            for (condition, within) in conditions {
                browser.wait_for(condition, *within).await;
            }
            for (width, height) in screens_of(place / FONTS.len() + turn) {
                let found =
                    browser.command(&json!({"do": "tiles", "width": width, "height": height}));
                let look = Look {
                    browser: &browser,
                    font,
                    place,
                    size: (width, height),
                    at: format!("{board}, {width}x{height}, {font}"),
                    sizes: serde_json::from_value(found).unwrap(),
                };
                judge(&look, &mut faults);
            }
        }
    }
    faults
}

/// The screens that have their turn: all of them at night.
fn screens_of(turn: usize) -> impl Iterator<Item = (u32, u32)> {
    let screens = SCREENS.into_iter().enumerate();
    screens.filter_map(move |(at, screen)| has_turn(at, turn, TURNS).then_some(screen))
}

/// The numbers of gray tiles in other languages than English.
const TRANSLATED: [usize; 4] = [1, 3, 8, 12];

/// Boards of gray tiles in each language. The first tile is of a group, which has a reason of its own.
fn gray_boards() -> Vec<(String, String)> {
    let languages = [("en", BOARDS.map(|(count, _)| count).to_vec())];
    let others = ["sv", "de"].map(|language| (language, TRANSLATED.to_vec()));
    let board = |language: &str, count: usize| {
        let group = "group/all".to_owned();
        let queues: Vec<_> = [group]
            .into_iter()
            .chain((1..count).map(queue_id))
            .collect();
        (
            format!("{language}-{count}.toml"),
            format!("language = {language:?}\nqueues = {queues:?}\n"),
        )
    };
    let boards = languages.into_iter().chain(others);
    boards
        .flat_map(|(language, counts)| counts.into_iter().map(move |count| board(language, count)))
        .collect()
}

fn boards() -> Vec<(String, String)> {
    let board = |count: usize| {
        let queues: Vec<_> = (0..count).map(queue_id).collect();
        (
            format!("tiles-{count}.toml"),
            format!("queues = {queues:?}\n"),
        )
    };
    BOARDS.map(|(count, _)| board(count)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_are_legible_on_every_screen_and_nothing_is_cut() {
    let site = ScriptedSite::open_with("browser-tiles", boards()).await;
    site.change(|script| {
        for index in 0..12 {
            script.queues.push(Queue {
                name: NAMES[index % NAMES.len()].to_owned(),
                ..Queue::default()
            });
            // Calm, a warning, critical, and four digits.
            let waiting = [3, 7, 12, 0, 1234][index % 5];
            let longest = if waiting == 0 {
                0
            } else {
                [600, 2000, 4000][index % 3]
            };
            script.set_load(index, [waiting, 3, 2], longest);
        }
    })
    .await;
    site.wait_until_known().await;

    println!("tiles  screen     font    hero  ratio  figures  labels  names  least  empty");
    let boards = BOARDS.map(|(count, _)| format!("tiles-{count}"));
    let faults = judge_boards(&site.base_url(), &boards, &[(BOARD_IS_LIVE, SOON)], |look, faults| {
        let (count, hero_min) = BOARDS[look.place];
        let Look {
            at, sizes, font, ..
        } = look;
        let (width, height) = look.size;
        let screen = format!("{width}x{height}");
        let (hero, figures) = (sizes.hero.unwrap(), sizes.figures.unwrap());
        println!(
            "{count:5}  {screen:9}  {font:6}  {hero:4.1}  {:5.2}  {figures:7.1}  {:6.1}  {:5.1}  {:5.1}  {:4}%",
            sizes.ratio, sizes.labels, sizes.names, sizes.least, sizes.empty
        );
        faults.extend(sizes.faults.iter().map(|fault| format!("{at}: {fault}")));
        let covered = sizes.covered.iter();
        faults.extend(covered.map(|name| format!("{at}: {name:?} is covered")));
        if sizes.ratio < RATIO_MIN {
            faults.push(format!("{at}: large numbers differ by {}", sizes.ratio));
        }
        if width < PHONE {
            return;
        }
        if EMPTY_MAX <= sizes.empty {
            faults.push(format!("{at}: {}% of a tile is empty", sizes.empty));
        }
        if width > height && hero < hero_min {
            faults.push(format!("{at}: large numbers have {hero}"));
        }
        if figures < FIGURES_MIN {
            faults.push(format!("{at}: figures have {figures}"));
        }
        if sizes.least < TEXT_MIN {
            faults.push(format!("{at}: {:?} has {}", sizes.smallest, sizes.least));
        }
    })
    .await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_covers_a_name_beside_an_announcement() {
    let site = ScriptedSite::open_with("browser-news", boards()).await;
    site.change(|script| {
        for index in 0..12 {
            script.queues.push(Queue {
                name: NAMES[index % NAMES.len()].to_owned(),
                ..Queue::default()
            });
            script.set_load(index, [[3, 7, 12, 0, 1234][index % 5], 3, 2], 600);
        }
    })
    .await;
    site.wait_until_known().await;
    let text = "The canteen is closed today. Please bring your own lunch, or order by 11:00.";
    announce(&site.wallboard, text).await;

    let boards = BOARDS.map(|(count, _)| format!("tiles-{count}"));
    let conditions = [(BOARD_IS_LIVE, SOON), (IS_ANNOUNCED, SOON)];
    let faults = judge_boards(&site.base_url(), &boards, &conditions, |look, faults| {
        let covered = look.sizes.covered.iter();
        faults.extend(covered.map(|name| format!("{}: {name:?} is covered", look.at)));
    })
    .await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_is_seen_whole_and_breaks_no_word() {
    let mut boards = boards();
    for (_, text) in &mut boards {
        text.push_str("show = [\"waiting\", \"agents_available\", \"in_conversation\"]\n");
    }
    let site = ScriptedSite::open_with("browser-causes", boards).await;
    site.change(|script| {
        for index in 0..12 {
            script.queues.push(Queue {
                name: format!("Queue {index}"),
                ..Queue::default()
            });
            let longest = [2000, 4000][index % 2];
            script.set_load(index, [[3, 123, 1234][index % 3], 3, 2], longest);
        }
    })
    .await;
    site.wait_until_known().await;

    let boards = [2, 5, 6].map(|count| format!("tiles-{count}"));
    let faults = judge_boards(
        &site.base_url(),
        &boards,
        &[(BOARD_IS_LIVE, SOON)],
        |look, faults| {
            let found = look.sizes.faults.iter();
            faults.extend(found.map(|fault| format!("{}: {fault}", look.at)));
            let hidden = look.browser.evaluate(HIDDEN_CAUSES);
            if hidden != json!([]) {
                faults.push(format!("{}: without a mark: {hidden}", look.at));
            }
        },
    )
    .await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gray_tile_says_why_in_full() {
    let members = [queue_id(0), queue_id(1)];
    let source = format!(
        "name = \"Customer chat\"\n[groups]\nall = {{ name = {:?}, queues = {members:?} }}\n",
        NAMES[0]
    );
    let boards = gray_boards();
    let names: Vec<_> = (boards.iter())
        .map(|(file, _)| file.trim_end_matches(".toml").to_owned())
        .collect();
    let site = ScriptedSite::open_with_source("browser-gray", boards, &source).await;
    site.change(|script| {
        for index in 0..12 {
            script.queues.push(Queue {
                name: NAMES[index % NAMES.len()].to_owned(),
                ..Queue::default()
            });
            script.set_load(index, [[3, 7, 12, 0, 1234][index % 5], 3, 2], 600);
        }
    })
    .await;
    site.wait_until_known().await;
    site.change(|script| script.omits_timers = true).await;

    let conditions = [(ALL_SAY_WHY, SILENT_WITHIN)];
    let faults = judge_boards(&site.base_url(), &names, &conditions, |look, faults| {
        let found = look.sizes.faults.iter();
        faults.extend(found.map(|fault| format!("{}: {fault}", look.at)));
        let unseen = look.browser.evaluate(UNSEEN_NOTES);
        if unseen != json!([]) {
            faults.push(format!("{}: not seen: {unseen}", look.at));
        }
    })
    .await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Parts that have a color without a connection, though marked as in need.
fn colored_values(browser: &Browser, board: &str, turn: usize) -> Vec<String> {
    let mut faults = Vec::new();
    for (width, height) in screens_of(turn) {
        browser.command(&json!({"do": "size", "width": width, "height": height}));
        for severity in ["warn", "crit"] {
            let colored = browser.evaluate(&format!(
                "document.querySelectorAll('.row, .fig').forEach((part) => part.dataset.sev = '{severity}'), {COLORED_PARTS}"
            ));
            if colored != json!([]) {
                faults.push(format!("{board}, {width}x{height}, {severity}: {colored}"));
            }
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn no_old_number_is_visible_after_five_minutes_without_connection() {
    let mut boards = boards();
    boards.push(("list.toml".into(), "layout = \"list\"\n".into()));
    let names: Vec<_> = (boards.iter())
        .map(|(file, _)| file.trim_end_matches(".toml").to_owned())
        .collect();
    let site = ScriptedSite::open_with("browser-gone", boards).await;
    site.change(|script| {
        for index in 0..12 {
            script.queues.push(Queue {
                name: format!("Queue {index}"),
                ..Queue::default()
            });
            script.set_load(index, [[3, 7, 12][index % 3], 3, 2], 600);
        }
    })
    .await;
    site.answer_contacts(0, 5, 9, true).await;
    site.wait_until_known().await;
    let browser = Browser::start();

    let mut faults = Vec::new();
    for (turn, name) in names.iter().enumerate() {
        site.screens.set(NetworkCondition::Normal);
        let url = site.url(&format!("/boards/{name}"));
        browser.command(&json!({"do": "open", "url": url, "clock": true}));
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        site.screens.set(NetworkCondition::Silent);
        // First the silence is noticed, then it has lasted.
        for (millis, class) in [(30_000, "stale"), (330_000, "gone")] {
            browser.command(&json!({"do": "forward", "millis": millis}));
            let is_shown = format!("document.body.classList.contains('{class}')");
            browser.wait_for(&is_shown, SOON).await;
            if class == "stale" {
                faults.extend(colored_values(&browser, name, turn));
            }
        }
        for (width, height) in screens_of(turn) {
            browser.command(&json!({"do": "size", "width": width, "height": height}));
            // A tile that says why it's gray has sizes of its own.
            for note in ["", "day", "say", "why"] {
                let visible = browser.evaluate(&format!(
                    "document.querySelectorAll('.tile').forEach((tile) => tile.dataset.note = '{note}'), {VISIBLE_NUMBERS}"
                ));
                if visible != json!([]) {
                    faults.push(format!(
                        "{name}, {width}x{height}, note {note:?}: {visible}"
                    ));
                }
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
