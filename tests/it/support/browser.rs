//! A Chromium window, driven through tests/browser/driver.mjs.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::until;

/// The fonts that Chromium can draw with, as `tests/browser/fonts.mjs` names them, whatever this
/// machine has. The first is the one of all tests that are not about fonts.
pub const FONTS: [&str; 3] = ["noto", "roboto", "dejavu"];

/// One window. The driver ends when its standard input does, and Chromium with it.
#[derive(Debug)]
pub struct Browser {
    line: Mutex<Line>,
}

#[derive(Debug)]
struct Line {
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Browser {
    /// Chromium without a window yet, in the first of `FONTS`.
    pub fn start() -> Self {
        Self::start_in(FONTS[0])
    }

    /// Chromium without a window yet, in one of `FONTS`.
    pub fn start_in(font: &str) -> Self {
        Self::drive("driver.mjs", &[font])
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

    /// A window of an old engine, as televisions have them: see tests/browser/engines.mjs.
    pub fn open_in(engine: &str, url: &str) -> Self {
        let browser = Self::drive("old.mjs", &[engine, FONTS[0]]);
        browser.command(&json!({"do": "open", "url": url}));
        browser
    }

    /// The value of an expression in the page.
    pub fn look(&self, expression: &str) -> Value {
        self.command(&json!({"do": "look", "expression": expression}))
    }

    /// Presses a key, by the name that the browser gives it.
    pub fn press(&self, key: &str) {
        self.command(&json!({"do": "press", "key": key}));
    }

    /// Waits until an expression in the page is true.
    pub async fn sees(&self, expression: &str, within: Duration) {
        until(expression, within, async || {
            let seen = self.look(expression);
            if seen == true {
                Ok(())
            } else {
                Err(self.look("document.body && document.body.innerText"))
            }
        })
        .await;
    }

    /// What the console complained of, but for what `is_expected`.
    pub fn complaints(&self, is_expected: impl Fn(&str) -> bool) -> Vec<String> {
        let errors = self.command(&json!({"do": "errors"}));
        let errors: Vec<String> = serde_json::from_value(errors).unwrap();
        errors
            .into_iter()
            .filter(|error| !is_expected(error))
            .collect()
    }

    fn drive(driver: &str, arguments: &[&str]) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/");
        let mut driver = Command::new("node")
            // Node 20 has it, and hides it.
            .arg("--experimental-websocket")
            .arg(format!("{folder}{driver}"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = Line {
            to: driver.stdin.take().unwrap(),
            from: BufReader::new(driver.stdout.take().unwrap()).lines(),
        };
        // Reaps the driver when it has ended.
        std::thread::spawn(move || driver.wait());
        Self {
            line: Mutex::new(line),
        }
    }

    /// What the driver answers to a command of its own.
    pub fn command(&self, command: &Value) -> Value {
        let answer = block_in_place(|| {
            let mut line = self.line.lock().unwrap();
            writeln!(line.to, "{command}").unwrap();
            line.from.next().expect("the driver runs").unwrap()
        });
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["error"].is_null(), "{command}: {answer}");
        answer["value"].clone()
    }
}
