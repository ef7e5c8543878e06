//! The boards in Chromium, as a screen on the wall shows them.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::json;

use crate::support::{
    Broker, Browser, Mess, Proxy, Vep, Vngage, Wallboard, Weather, equals, ports,
};

const SOON: Duration = Duration::from_secs(20);
/// A page that hears nothing for 25 s says so, and turns grey 10 s later.
const SILENCE_SHOWN: Duration = Duration::from_secs(50);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";

struct Stage {
    vep: Vep,
    wallboard: Wallboard,
    /// Between the wallboard and its source.
    upstream: Proxy,
    /// Between the screens and the wallboard.
    screens: Proxy,
}

impl Stage {
    async fn set(name: &str, seed: u64) -> Self {
        let broker = Broker::shared();
        let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
        let upstream = Proxy::to(broker.plain_port).await;
        let port = ports::free();
        let screens = Proxy::to(port).await;
        let vngage = Vngage::plain(broker, name).through(upstream.port);
        let wallboard = Wallboard::serve_at(vngage, port, screens.port).await;
        wallboard.becomes("live", SOON).await;
        vep.run(50, Duration::from_secs(1), Mess::TIDY).await;
        equals(&wallboard, &vep, SOON).await;
        Self {
            vep,
            wallboard,
            upstream,
            screens,
        }
    }

    fn url(&self, board: &str) -> String {
        format!("http://127.0.0.1:{}/boards/{board}", self.screens.port)
    }

    /// The vendor says how many agents the first group has.
    async fn make_available(&self, agents: u64) -> String {
        let mut desk = self.vep.desk().await;
        let said = desk.centre.make_available(0, agents);
        desk.publish(said).await;
        desk.centre.groups[0].name.clone()
    }
}

/// Whether the row called `name` shows `text`, as an expression in the page.
fn row_shows(name: &str, text: &str) -> String {
    let (name, text) = (json!(name), json!(text));
    format!(
        "[...document.querySelectorAll('.row')].some(row => row.textContent.includes({name}) \
         && [...row.querySelectorAll('.num')].some(num => num.textContent === {text}))"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_patches_its_cells_and_builds_nothing_anew() {
    let stage = Stage::set("browser-patches", 51).await;
    let browser = Browser::open(&stage.url("queues"));
    browser.sees(IS_LIVE, SOON).await;
    // What is built anew loses these marks.
    browser.look(
        "document.querySelectorAll('.row').forEach(row => { row.mark = 1 }), window.mark = 1",
    );

    let name = stage.make_available(97).await;
    browser.sees(&row_shows(&name, "97"), SOON).await;
    let name = stage.make_available(96).await;
    browser.sees(&row_shows(&name, "96"), SOON).await;

    let kept = "window.mark === 1 && [...document.querySelectorAll('.row')].every(row => row.mark)";
    assert_eq!(browser.look(kept), true);
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_move_between_groups_as_their_cases_open_and_close() {
    let stage = Stage::set("browser-agents", 52).await;
    let browser = Browser::open(&stage.url("agents"));
    browser.sees(IS_LIVE, SOON).await;
    browser.look("window.mark = 1");

    for _ in 0..3 {
        stage.vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
        let busy = {
            let desk = stage.vep.desk().await;
            (0..24).filter(|n| desk.centre.open_cases(*n) > 0).count()
        };
        let talking = "[...document.querySelectorAll('[data-in=\"talking\"]')].filter(row => \
             !row.hidden && row.offsetParent).length";
        let shown = format!("{talking} === {busy}");
        browser.sees(&shown, SOON).await;
    }

    assert_eq!(browser.look("window.mark"), 1);
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_survives_a_restart_of_the_server_untouched() {
    let mut stage = Stage::set("browser-restart", 53).await;
    let browser = Browser::open(&stage.url("queues"));
    browser.sees(IS_LIVE, SOON).await;
    browser.look("window.mark = 1");

    stage.wallboard.restart("-TERM").await;
    stage.wallboard.becomes("live", SOON).await;
    browser.sees(IS_LIVE, SOON).await;
    let name = stage.make_available(95).await;
    browser.sees(&row_shows(&name, "95"), SOON).await;

    assert_eq!(browser.look("window.mark"), 1);
    let is_of_the_restart = |error: &str| error.contains("WebSocket") || error.contains("ERR_");
    assert_eq!(browser.complaints(is_of_the_restart), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_frames_stop_the_board_says_so_and_comes_back_by_itself() {
    let stage = Stage::set("browser-silence", 54).await;
    let browser = Browser::open(&stage.url("queues"));
    browser.sees(IS_LIVE, SOON).await;
    browser.look("window.mark = 1");

    stage.screens.set(Weather::Silent);
    let is_off = "document.getElementById('link').innerText.includes('Reconnecting')";
    browser.sees(is_off, SILENCE_SHOWN).await;
    let is_grey =
        "document.body.classList.contains('stale') && !document.getElementById('band').hidden";
    browser.sees(is_grey, SILENCE_SHOWN).await;
    stage.screens.set(Weather::Clear);

    browser.sees(IS_LIVE, SOON).await;
    browser.sees(&format!("!({is_grey})"), SOON).await;
    assert_eq!(browser.look("window.mark"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_only_the_source_stops_the_board_names_it_and_greys_its_cells() {
    let stage = Stage::set("browser-source", 55).await;
    let browser = Browser::open(&stage.url("queues"));
    browser.sees(IS_LIVE, SOON).await;

    stage.upstream.set(Weather::Refusing);
    stage.upstream.cut();
    let is_named = "document.querySelector('.sources').innerText.includes('Chat')";
    browser.sees(is_named, Duration::from_secs(5)).await;
    let is_grey = "document.querySelectorAll('.row [data-sev=\"stale\"], .row[data-sev=\"stale\"]').length > 0";
    browser.sees(is_grey, SOON).await;
    let line = browser.look(IS_LIVE);
    stage.upstream.set(Weather::Clear);

    // The line to the server was never in doubt.
    assert_eq!(line, true);
    browser.sees(&format!("!({is_grey})"), SOON).await;
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_can_be_read_without_script() {
    let stage = Stage::set("browser-plain", 56).await;
    let name = stage.make_available(94).await;
    equals(&stage.wallboard, &stage.vep, SOON).await;

    let browser = Browser::open_without_script(&stage.url("queues"));

    browser.sees(&row_shows(&name, "94"), SOON).await;
    let renews = "document.querySelector('meta[http-equiv=refresh]').content";
    assert_eq!(browser.look(renews), "15");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_makes_the_console_complain() {
    let stage = Stage::set("browser-console", 57).await;
    for page in ["", "boards/queues", "boards/agents", "sources"] {
        let url = format!("http://127.0.0.1:{}/{page}", stage.screens.port);

        let browser = Browser::open(&url);

        browser
            .sees("document.readyState === 'complete'", SOON)
            .await;
        assert_eq!(
            browser.complaints(|_| false),
            Vec::<String>::new(),
            "/{page}"
        );
    }
}
