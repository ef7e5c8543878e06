//! A Chromium window.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::{browser_driver::BrowserDriver, is_nightly, wait_until};

/// Fonts that Chromium can draw with, independent of the machine's; the names are those in
/// `tests/browser/fonts.mjs`. All tests that aren't about fonts use the first one.
pub const FONTS: [&str; 3] = ["noto", "roboto", "dejavu"];

/// Whether a board is connected, as an expression in its page.
pub const BOARD_IS_LIVE: &str =
    "(document.getElementById('link') || document.documentElement).dataset.state === 'live'";

/// Whether a tour looks at each page, size and state in one theme, so that both occur with each of
/// them in turn: where texts stand doesn't depend on it. Pictures are of both.
pub fn alternates_themes() -> bool {
    !is_nightly() && std::env::var_os("WALLBOARD_PICTURES").is_none()
}

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
        wait_until(expression, within, async || {
            let value = self.evaluate(expression);
            if value == true {
                Ok(())
            } else {
                Err(self.evaluate("document.body && document.body.innerText"))
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

    /// Asserts that pages fit every size, and that axe finds nothing in either theme. Each is a name
    /// and a path. With `WALLBOARD_PICTURES`, pictures go to that folder.
    pub fn check_pages(&self, base: &str, pages: &[(&str, &str)], cookie: Option<&str>) {
        self.check_pages_in("en", base, pages, cookie);
    }

    /// Asserts that a keyboard reaches everything on pages, and shows where it is.
    pub fn check_keyboard<P: AsRef<str>>(&self, base: &str, pages: &[P], cookie: Option<&str>) {
        for page in pages.iter().map(AsRef::as_ref) {
            let url = format!("{base}{page}");
            self.command(&json!({"do": "open", "url": url, "cookie": cookie}));
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
        let themes = ["dark", "light"];
        self.command(&json!({"do": "visit", "base": base, "pages": pages, "cookie": cookie, "language": language}));
        let said =
            self.command(&json!({"do": "each", "expression": "document.documentElement.lang"}));
        for page in said.as_array().unwrap() {
            assert_eq!(page[1], language, "{}", page[0]);
        }
        let found = self.command(&json!({"do": "axe", "themes": themes}));
        assert_eq!(found, json!([]), "{found:#}");
        let all_sizes = [
            (1920, 1080),
            (390, 844),
            (1280, 720),
            (960, 540),
            (3840, 2160),
            (1080, 1920),
        ];
        let sizes = &all_sizes[..if is_nightly() { 6 } else { 3 }];
        let folder = std::env::var("WALLBOARD_PICTURES").ok();
        let tour = json!({"do": "tour", "state": "", "sizes": sizes, "themes": themes, "alternates": alternates_themes(), "font": "noto", "folder": folder});
        let faults = self.command(&tour);
        assert_eq!(faults, json!([]), "{faults:#}");
    }

    /// Sends a command to the driver and returns its response.
    pub fn command(&self, command: &Value) -> Value {
        block_in_place(|| {
            let _turn = self.turn.lock().unwrap();
            self.driver.command(self.window, command)
        })
    }
}
