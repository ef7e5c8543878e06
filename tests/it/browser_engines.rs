//! The engines of televisions as old as we promise, really run.

use std::time::Duration;

use wallboard::boards::board_file;

use crate::support::{Browser, House, house::Plan, is_nightly};

const SOON: Duration = Duration::from_secs(30);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";
const IS_OPEN: &str = "document.getElementById('overlay').open";

/// What is installed for every change, and what `scripts/nightly` adds.
const ENGINES: &[&str] = &["68", "76"];
const FURTHER: &[&str] = &["69", "80", "85"];

#[tokio::test(flavor = "multi_thread")]
async fn engines_of_televisions_since_2020_open_the_boards_and_follow_them() {
    let house = House::open(Plan {
        boards: vec![board_file::parse_board("layout = \"list\"", "list.toml").unwrap()],
        ..Plan::default()
    })
    .await;
    let further = if is_nightly() { FURTHER } else { &[] };
    for engine in ENGINES.iter().chain(further) {
        let browser = Browser::open_in(engine, &house.url("/boards/queues"));
        let told = browser.look("navigator.userAgent");
        assert!(
            told.to_string().contains(&format!("Chrome/{engine}.")),
            "{told}"
        );
        browser.sees(IS_LIVE, SOON).await;
        for waiting in [7, 4] {
            house.load(0, waiting).await;
            let shown = format!(
                "[...document.querySelectorAll('.row .hero .num')].some(num => num.textContent === '{waiting}')"
            );
            browser.sees(&shown, SOON).await;
        }
        let is_laid_out = "(() => { const tile = document.querySelector('.tile').getBoundingClientRect(); \
             return tile.width > innerWidth / 8 && tile.height > innerHeight / 8 && \
             document.documentElement.scrollHeight <= innerHeight; })()";
        browser.sees(is_laid_out, SOON).await;
        browser.press("Enter");
        browser.sees(IS_OPEN, SOON).await;
        browser.press("Escape");
        browser.sees(&format!("!({IS_OPEN})"), SOON).await;
        assert_eq!(
            browser.complaints(|_| false),
            Vec::<String>::new(),
            "{engine}"
        );

        for board in ["list", "agents"] {
            let browser = Browser::open_in(engine, &house.url(&format!("/boards/{board}")));
            browser.sees(IS_LIVE, SOON).await;
            assert_eq!(
                browser.complaints(|_| false),
                Vec::<String>::new(),
                "{engine} {board}"
            );
        }
    }
    house.stop().await;
}
