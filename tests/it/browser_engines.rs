//! The oldest television engines that we support, really run.

use std::time::Duration;

use serde_json::json;
use wallboard_boards::board_file;

use crate::support::{
    Browser, TestServer, browser::BOARD_IS_LIVE, is_nightly, test_server::ServerOptions,
};

const SOON: Duration = Duration::from_secs(30);
const IS_OPEN: &str = "document.getElementById('overlay').open";

/// Installed for every change; `scripts/nightly` adds the others.
const ENGINES: &[&str] = &["68", "76"];
const NIGHTLY_ENGINES: &[&str] = &["69", "80", "85"];

#[tokio::test(flavor = "multi_thread")]
async fn television_engines_since_2020_show_live_boards() {
    let server = TestServer::start(ServerOptions {
        boards: vec![board_file::parse_board("layout = \"list\"", "list.toml").unwrap()],
        ..ServerOptions::default()
    })
    .await;
    let extra = if is_nightly() { NIGHTLY_ENGINES } else { &[] };
    for engine in ENGINES.iter().chain(extra) {
        let browser = Browser::open_in(engine, &server.url("/boards/queues"));
        let user_agent = browser.evaluate("navigator.userAgent");
        assert!(
            user_agent
                .to_string()
                .contains(&format!("Chrome/{engine}.")),
            "{user_agent}"
        );
        browser.wait_for(BOARD_IS_LIVE, SOON).await;
        for waiting in [7, 4] {
            server.set_waiting(0, waiting).await;
            let shown = format!(
                "[...document.querySelectorAll('.row .hero .num')].some(num => num.textContent === '{waiting}')"
            );
            browser.wait_for(&shown, SOON).await;
        }
        let is_laid_out = "(() => { const tile = document.querySelector('.tile').getBoundingClientRect(); \
             return tile.width > innerWidth / 8 && tile.height > innerHeight / 8 && \
             document.documentElement.scrollHeight <= innerHeight; })()";
        browser.wait_for(is_laid_out, SOON).await;
        browser.press("Enter");
        browser.wait_for(IS_OPEN, SOON).await;
        browser.press("Escape");
        browser.wait_for(&format!("!({IS_OPEN})"), SOON).await;
        assert_eq!(
            browser.console_errors(|_| false),
            Vec::<String>::new(),
            "{engine}"
        );

        for board in ["list", "agents"] {
            let url = server.url(&format!("/boards/{board}"));
            browser.command(&json!({"do": "open", "url": url}));
            browser.wait_for(BOARD_IS_LIVE, SOON).await;
            assert_eq!(
                browser.console_errors(|_| false),
                Vec::<String>::new(),
                "{engine} {board}"
            );
        }
    }
    server.stop().await;
}
