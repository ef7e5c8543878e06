//! Widgets on every screen, in every font.

use std::time::Duration;

use serde_json::json;

use crate::{
    browser_tiles::{Look, judge_boards},
    support::{
        ScriptedSite,
        browser::BOARD_IS_LIVE,
        scripted_site::{Queue, queue_id},
    },
};

const SOON: Duration = Duration::from_secs(30);
/// As long as a text may be.
const TEXT: &str = "Störung im Rechnungssystem: Rückruf anbieten (Vorgang 4711).";
/// The texts of widgets that aren't seen to their end, but for what the header says too.
const CUT_TEXTS: &str = "[...document.querySelectorAll('.widget:not(.off) .note')].filter((note) => note.textContent && \
    !document.querySelector('.top').innerText.includes(note.textContent) && \
    (!note.checkVisibility() || note.getBoundingClientRect().bottom > note.closest('.tile').getBoundingClientRect().bottom))\
    .map((note) => note.textContent)";
/// The figures of widgets that no word explains.
const UNLABELED: &str = "[...document.querySelectorAll('.widget:not(.off) .hero')].filter((hero) => \
    !hero.querySelector('dt').textContent || !hero.querySelector('dt').checkVisibility() || hero.querySelector('dt').clientHeight < 8)\
    .map((hero) => hero.closest('.tile').querySelector('.name').textContent)";

/// Boards of nothing but widgets, of each number.
fn boards() -> Vec<(String, String)> {
    let queue = queue_id(0);
    let kinds = [
        "{ figure = \"waiting\" }".to_owned(),
        format!("{{ text = {TEXT:?}, name = \"Hinweis\" }}"),
        "{ clock = \"Asia/Manila\" }".to_owned(),
        format!("{{ countdown = {queue:?} }}"),
        format!("{{ figure = \"service_level\", of = {queue:?} }}"),
        "{ figure = \"longest_wait\", of = \"group/all\" }".to_owned(),
        format!("{{ forecast = {queue:?} }}"),
    ];
    let board = |count: usize| {
        let widgets: Vec<_> = (0..count).map(|at| &*kinds[at % kinds.len()]).collect();
        let widgets = widgets.join(", ");
        (
            format!("widgets-{count}.toml"),
            format!("language = \"de\"\nqueues = [\"none/*\"]\nwidgets = [{widgets}]\n"),
        )
    };
    let sized = format!(
        "language = \"sv\"\nqueues = [\"none/*\"]\nwidgets = [{{ forecast = {queue:?}, size = \"large\" }}, \
         {{ figure = \"service_level\", of = {queue:?}, size = \"wide\" }}, {{ clock = \"Asia/Manila\" }}, \
         {{ figure = \"waiting\" }}]\n"
    );
    (1..=12)
        .map(board)
        .chain([("widgets-sized.toml".to_owned(), sized)])
        .collect()
}

/// Finds what is wrong with the widgets of a board.
pub(crate) fn find_faults(look: &Look<'_>, faults: &mut Vec<String>) {
    let (at, sizes) = (&look.at, &look.sizes);
    faults.extend(sizes.faults.iter().map(|fault| format!("{at}: {fault}")));
    let covered = sizes.covered.iter();
    faults.extend(covered.map(|name| format!("{at}: {name:?} is covered")));
    for (what, found) in [("cut", CUT_TEXTS), ("without a word", UNLABELED)] {
        let found = look.browser.evaluate(found);
        if found != json!([]) {
            faults.push(format!("{at}: {what}: {found}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn widgets_fit_every_screen_in_every_font() {
    let members = [queue_id(0), queue_id(1)];
    let source = format!(
        "[groups]\nall = {{ name = \"Kundenservice\", queues = {members:?} }}\n\
         [hours]\n\"*\" = {{ mon-sun = \"00:00-23:59\" }}\n"
    );
    let site = ScriptedSite::open_with_source("browser-widgets", boards(), &source).await;
    site.change(|script| {
        for name in ["Rechnungen", "Rückfragen zur Vertragsverlängerung West"] {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
        }
        script.set_load(0, [3, 3, 2], 2000);
        script.set_load(1, [4, 3, 2], 600);
    })
    .await;
    site.wait_until_known().await;

    let boards = (1..=12).map(|count| format!("widgets-{count}"));
    let boards: Vec<_> = boards.chain(["widgets-sized".to_owned()]).collect();
    let live = [(BOARD_IS_LIVE, SOON)];
    let faults = judge_boards(&site.base_url(), &boards, &live, find_faults).await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
