//! Boards in Chromium, as wall screens show them.

use std::time::Duration;

use lapin::ExchangeKind;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{
    Broker, Browser, Disorder, NetworkCondition, Proxy, Vep, VngageSource, Wallboard,
    browser::BOARD_IS_LIVE, ports, wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);
/// A page reports 6 s of silence, and is gray this long after the last frame.
const SILENCE_SHOWN: Duration = Duration::from_secs(10);

struct BoardFixture {
    vep: Vep,
    wallboard: Wallboard,
    /// Between the wallboard and its source.
    upstream: Proxy,
    /// Between the screens and the wallboard.
    screens: Proxy,
}

impl BoardFixture {
    async fn start(name: &str, seed: u64) -> Self {
        let broker = Broker::shared();
        let vep = Vep::open(broker, name, ExchangeKind::Topic, seed).await;
        let upstream = Proxy::to(broker.plain_port).await;
        let port = ports::free();
        let screens = Proxy::to(port).await;
        let vngage = VngageSource::plain(broker, name).via_proxy(upstream.port);
        let wallboard = Wallboard::serve_at(vngage, port, screens.port).await;
        wallboard.wait_for_state("live", SOON).await;
        vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
        wait_until_correct(&wallboard, &vep, SOON).await;
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

    /// Publishes the first group's number of available agents. Returns its name.
    async fn make_available(&self, agents: u64) -> String {
        let mut state = self.vep.state().await;
        let messages = state.center.make_available(0, agents);
        state.publish(messages).await;
        state.center.groups[0].name.clone()
    }
}

/// Returns a page expression: whether the row called `name` shows `text`.
fn row_shows(name: &str, text: &str) -> String {
    let (name, text) = (json!(name), json!(text));
    format!(
        "[...document.querySelectorAll('.row')].some(row => row.textContent.includes({name}) \
         && [...row.querySelectorAll('.num')].some(num => num.textContent === {text}))"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn board_updates_patch_cells_without_rebuilding() {
    let fixture = BoardFixture::start("browser-patches", 51).await;
    let browser = Browser::open(&fixture.url("queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    // Rebuilt elements lose these marks.
    browser.evaluate(
        "document.querySelectorAll('.row').forEach(row => { row.mark = 1 }), window.mark = 1",
    );

    let name = fixture.make_available(97).await;
    browser.wait_for(&row_shows(&name, "97"), SOON).await;
    let name = fixture.make_available(96).await;
    browser.wait_for(&row_shows(&name, "96"), SOON).await;

    let is_unchanged =
        "window.mark === 1 && [...document.querySelectorAll('.row')].every(row => row.mark)";
    assert_eq!(browser.evaluate(is_unchanged), true);
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

/// A frame's HTML says when its clocks started. Their texts may be older.
#[tokio::test(flavor = "multi_thread")]
async fn clocks_of_a_redrawn_row_run_at_once() {
    let fixture = BoardFixture::start("browser-redrawn", 58).await;
    let browser = Browser::open(&fixture.url("queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;

    // The server has no such slot, so it never changes it.
    let redraw = "Promise.all(['slots', 'time'].map(name => import(`/static/board/${name}.js`))).then(([slots, time]) => {
        const row = document.querySelector('.row:not([hidden])').cloneNode(true);
        const clock = row.querySelector('.num[data-k]');
        clock.dataset.k = 1e6;
        clock.dataset.since = time.now() - 65500;
        clock.textContent = '0:00';
        slots.swap(row.id, row.outerHTML);
        // The page's own script is joined of modules, and doesn't share this one.
        setInterval(slots.runClocks, 1000);
        return document.querySelector('[data-k=\"1000000\"]').textContent;
    })";
    assert_eq!(browser.evaluate(redraw), "1:05");

    let is_running = "/^1:(0[6-9]|[1-5][0-9])$/.test(document.querySelector('[data-k=\"1000000\"]').textContent)";
    browser.wait_for(is_running, SOON).await;
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_move_between_groups_as_cases_open_and_close() {
    let fixture = BoardFixture::start("browser-agents", 52).await;
    let browser = Browser::open(&fixture.url("agents"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    browser.evaluate("window.mark = 1");

    for _ in 0..3 {
        fixture
            .vep
            .run(20, Duration::from_secs(1), Disorder::NONE)
            .await;
        let busy = {
            let state = fixture.vep.state().await;
            (0..24).filter(|n| state.center.open_cases(*n) > 0).count()
        };
        let talking = "[...document.querySelectorAll('.row[data-in=\"talking\"]')].filter(row => \
             !row.hidden && row.offsetParent).length";
        let shown = format!("{talking} === {busy}");
        browser.wait_for(&shown, SOON).await;
    }

    assert_eq!(browser.evaluate("window.mark"), 1);
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn board_survives_a_server_restart_without_reload() {
    let mut fixture = BoardFixture::start("browser-restart", 53).await;
    let browser = Browser::open(&fixture.url("queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    browser.evaluate("window.mark = 1");

    fixture.wallboard.restart("-TERM").await;
    fixture.wallboard.wait_for_state("live", SOON).await;
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    let name = fixture.make_available(95).await;
    browser.wait_for(&row_shows(&name, "95"), SOON).await;

    assert_eq!(browser.evaluate("window.mark"), 1);
    let is_expected = |error: &str| error.contains("WebSocket") || error.contains("ERR_");
    assert_eq!(browser.console_errors(is_expected), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn board_reports_missing_frames_and_recovers() {
    let fixture = BoardFixture::start("browser-silence", 54).await;
    let browser = Browser::open(&fixture.url("queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    browser.evaluate("window.mark = 1");

    fixture.screens.set(NetworkCondition::Silent);
    let silent_since = Instant::now();
    let is_off = "document.getElementById('link').innerText.includes('Reconnecting')";
    browser.wait_for(is_off, SILENCE_SHOWN).await;
    let is_grey =
        "document.body.classList.contains('stale') && !document.getElementById('band').hidden";
    let left = SILENCE_SHOWN.saturating_sub(silent_since.elapsed());
    browser.wait_for(is_grey, left).await;
    fixture.screens.set(NetworkCondition::Normal);

    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    browser.wait_for(&format!("!({is_grey})"), SOON).await;
    assert_eq!(browser.evaluate("window.mark"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn board_names_a_lost_source_and_grays_its_cells() {
    let fixture = BoardFixture::start("browser-source", 55).await;
    let browser = Browser::open(&fixture.url("queues"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;

    fixture.upstream.set(NetworkCondition::Refusing);
    fixture.upstream.cut();
    let is_named = "document.querySelector('.outage').innerText.includes('Chat')";
    browser.wait_for(is_named, SOON).await;
    let is_grey = "document.querySelectorAll('.row [data-sev=\"stale\"], .row[data-sev=\"stale\"]').length > 0";
    browser.wait_for(is_grey, SOON).await;
    let is_live = browser.evaluate(BOARD_IS_LIVE);
    fixture.upstream.set(NetworkCondition::Normal);

    // The connection to the server was never lost.
    assert_eq!(is_live, true);
    browser.wait_for(&format!("!({is_grey})"), SOON).await;
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn board_is_readable_without_script() {
    let fixture = BoardFixture::start("browser-plain", 56).await;
    let name = fixture.make_available(94).await;
    wait_until_correct(&fixture.wallboard, &fixture.vep, SOON).await;

    let browser = Browser::open_without_script(&fixture.url("queues"));

    browser.wait_for(&row_shows(&name, "94"), SOON).await;
    let renews = "document.querySelector('meta[http-equiv=refresh]').content";
    assert_eq!(browser.evaluate(renews), "15");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_log_no_console_errors() {
    let fixture = BoardFixture::start("browser-console", 57).await;
    for page in ["", "boards/queues", "boards/agents", "sources"] {
        let url = format!("http://127.0.0.1:{}/{page}", fixture.screens.port);

        let browser = Browser::open(&url);

        browser
            .wait_for("document.readyState === 'complete'", SOON)
            .await;
        assert_eq!(
            browser.console_errors(|_| false),
            Vec::<String>::new(),
            "/{page}"
        );
    }
}
