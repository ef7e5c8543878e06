//! A Chromium window.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::{browser_driver::BrowserDriver, is_nightly, wait_until};

/// Fonts that Chromium can draw with, independent of the machine's; the names are those in
/// `tests/browser/fonts.mjs`. All tests that aren't about fonts use the first one.
pub const FONTS: [&str; 3] = ["noto", "roboto", "dejavu"];

/// Before a wait for an expression is over, the page's text is read for the report.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Whether a board is connected, as an expression in its page.
pub const BOARD_IS_LIVE: &str =
    "(document.getElementById('link') || document.documentElement).dataset.state === 'live'";

/// Whether each page and state is looked at in a part of the sizes and in one theme, so that all of them occur by turns:
/// everywhere but in `scripts/nightly`. Pictures are of all.
pub fn takes_turns() -> bool {
    !is_nightly() && std::env::var_os("WALLBOARD_PICTURES").is_none()
}

/// The languages of pages.
pub const LANGUAGES: [&str; 3] = ["en", "sv", "de"];

/// One window, with cookies and a memory of its own.
#[derive(Debug)]
pub struct Browser {
    driver: Arc<BrowserDriver>,
    window: u64,
    /// Held during a command.
    turn: Mutex<()>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.close_window(self.window);
    }
}

/// Whether place `at` has this turn, of `parts` in all. At night, each place has every turn.
pub fn has_turn(at: usize, turn: usize, parts: usize) -> bool {
    is_nightly() || at % parts == turn % parts
}

impl Browser {
    /// A window without a page, in the first of `FONTS`.
    pub fn start() -> Self {
        Self::start_in(FONTS[0])
    }

    /// A window without a page, in one of `FONTS`.
    pub fn start_in(font: &str) -> Self {
        Self::of_driver(BrowserDriver::of_font(font))
    }

    /// A window without a page, in a Chromium of its own, with flags of the command line.
    pub fn start_with(flags: &[&str]) -> Self {
        let arguments = [&[FONTS[0]][..], flags].concat();
        Self::of_driver(BrowserDriver::start("driver.mjs", &arguments))
    }

    pub fn open(url: &str) -> Self {
        let browser = Self::start();
        browser.command(&json!({"do": "open", "url": url}));
        browser
    }

    pub fn open_without_script(url: &str) -> Self {
        let browser = Self::start();
        browser.command(&json!({"do": "open", "url": url, "script": false}));
        browser
    }

    /// Opens a window in an old engine, as televisions have: see tests/browser/engines.mjs.
    pub fn open_in(engine: &str, url: &str) -> Self {
        let browser = Self::of_driver(BrowserDriver::start("old.mjs", &[engine, FONTS[0]]));
        browser.command(&json!({"do": "open", "url": url}));
        browser
    }

    /// Evaluates an expression in the page.
    pub fn evaluate(&self, expression: &str) -> Value {
        self.command(&json!({"do": "evaluate", "expression": expression}))
    }

    /// Presses a key, by its name in the browser.
    pub fn press(&self, key: &str) {
        self.command(&json!({"do": "press", "key": key}));
    }

    /// Waits until an expression in the page is true.
    pub async fn wait_for(&self, expression: &str, within: Duration) {
        let almost_over = (Instant::now() + within).checked_sub(LAST_LOOK);
        wait_until(expression, within, async || {
            let value = self.evaluate(expression);
            if value == true {
                Ok(())
            } else if almost_over.is_none_or(|over| over < Instant::now()) {
                Err(self.evaluate("document.body && document.body.innerText"))
            } else {
                Err(value)
            }
        })
        .await;
    }

    /// Returns the console's errors except those that match `is_expected`.
    pub fn console_errors(&self, is_expected: impl Fn(&str) -> bool) -> Vec<String> {
        let errors = self.command(&json!({"do": "errors"}));
        let errors: Vec<String> = serde_json::from_value(errors).unwrap();
        errors
            .into_iter()
            .filter(|error| !is_expected(error))
            .collect()
    }

    fn of_driver(driver: Arc<BrowserDriver>) -> Self {
        let window = driver.new_window();
        Self {
            driver,
            window,
            turn: Mutex::default(),
        }
    }

    /// Opens another page in the same tab, with its cookies and memory: cheaper than a new one.
    pub fn go(&self, url: &str) {
        self.command(&json!({"do": "go", "url": url}));
    }

    /// Asserts that pages fit every size, and that axe finds nothing. Each is a name and a path. A page has one theme and
    /// two of the sizes by turns; in `scripts/nightly`, all of them. With `WALLBOARD_PICTURES`, pictures go to that folder.
    pub fn check_pages(&self, base: &str, pages: &[(&str, &str)], cookie: Option<&str>) {
        self.check_pages_in("en", base, pages, cookie);
    }

    /// The same as `check_pages`, and that a keyboard reaches everything and shows where it is.
    pub fn check_pages_and_keyboard<P: AsRef<str>>(
        &self,
        base: &str,
        pages: &[P],
        cookie: Option<&str>,
    ) {
        let pages = pages.iter().map(|page| (page.as_ref(), page.as_ref()));
        let command = json!({"keys": true, "language": "en", "base": base, "pages": pages.collect::<Vec<_>>(), "cookie": cookie});
        self.check(command);
    }

    /// Asserts that a keyboard reaches everything on pages, and shows where it is.
    pub fn check_keyboard<P: AsRef<str>>(&self, base: &str, pages: &[P], cookie: Option<&str>) {
        for (n, page) in pages.iter().map(AsRef::as_ref).enumerate() {
            let url = format!("{base}{page}");
            let open = if n == 0 { "open" } else { "go" };
            self.command(&json!({"do": open, "url": url, "cookie": cookie}));
            let found = self.command(&json!({"do": "keys"}));
            assert_eq!(found, json!([]), "{page}: {found:#}");
        }
    }

    /// The same as `check_pages` in a language, which each page says.
    pub fn check_pages_in(
        &self,
        language: &str,
        base: &str,
        pages: &[(&str, &str)],
        cookie: Option<&str>,
    ) {
        let command = json!({"language": language, "base": base, "pages": pages, "cookie": cookie});
        self.check(command);
    }

    fn check(&self, mut command: Value) {
        let all_sizes = [
            (390, 844),
            (1920, 1080),
            (1280, 720),
            (960, 540),
            (3840, 2160),
            (1080, 1920),
        ];
        let sizes = &all_sizes[..if is_nightly() { 6 } else { 3 }];
        let common = json!({
            "do": "check", "sizes": sizes, "themes": ["dark", "light"], "alternates": takes_turns(),
            "font": FONTS[0], "folder": std::env::var("WALLBOARD_PICTURES").ok(),
        });
        let all = command.as_object_mut().unwrap();
        all.extend(common.as_object().unwrap().clone());
        let found = self.command(&command);
        assert_eq!(found, json!([]), "{found:#}");
    }

    /// Sends a command to the driver and returns its response.
    pub fn command(&self, command: &Value) -> Value {
        block_in_place(|| {
            let _turn = self.turn.lock();
            self.driver.command(self.window, command)
        })
    }
}
