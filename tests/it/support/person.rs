//! Somebody at a browser, who finds everything by what it says, as a person does.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{Browser, is_nightly};

const SOON: Duration = Duration::from_secs(30);
/// 50 words a minute.
const TYPING_MS: u64 = 240;
/// 238 words a minute, at which adults read English silently: Brysbaert, "How many words do we read per minute?", 2019.
const READING: Duration = Duration::from_millis(252);
/// The texts of a page that can be read, but choices, which nobody reads one by one.
const TEXTS: &str = "(() => { \
    const skipped = 'select, datalist, textarea, script, style, svg, .unseen, details:not([open]) > :not(summary)'; \
    const all = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT); \
    const texts = []; \
    while (all.nextNode()) { \
        const { parentElement, textContent } = all.currentNode; \
        const text = textContent.trim(); \
        if (text && !parentElement.closest(skipped) && parentElement.checkVisibility()) texts.push(text); \
    } \
    return texts; })()";

/// A desk and a phone.
const WINDOWS: [(u32, u32); 2] = [(1280, 900), (390, 844)];

/// The windows in which people do the same: a phone, where there is least room, and at night a desk too.
pub fn windows() -> &'static [(u32, u32)] {
    &WINDOWS[usize::from(!is_nightly())..]
}

/// Reads, types and clicks. Each click and each field is an act.
#[derive(Debug)]
pub struct Person {
    pub browser: Browser,
    began: Instant,
    acts: AtomicUsize,
    /// The texts that were read, by somebody who reads and types no faster than people do; `None`: at once.
    read: Option<Mutex<BTreeSet<String>>>,
    words: AtomicUsize,
}

impl Person {
    pub fn at(browser: Browser) -> Self {
        Self {
            browser,
            began: Instant::now(),
            acts: AtomicUsize::new(0),
            read: None,
            words: AtomicUsize::new(0),
        }
    }

    /// Somebody whose time counts: at night, who types 50 words a minute and reads 238, each text of a page once.
    pub fn timed(browser: Browser) -> Self {
        Self {
            read: is_nightly().then(Mutex::default),
            ..Self::at(browser)
        }
    }

    /// How many words were read.
    pub fn words(&self) -> usize {
        self.words.load(Ordering::Relaxed)
    }

    /// Since the person sat down.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// How many clicks and fields there were since the last call.
    pub fn take_acts(&self) -> usize {
        self.acts.swap(0, Ordering::Relaxed)
    }

    /// Prints the time, and takes pictures where pictures are wanted: on a desk and on a phone.
    pub fn step(&self, what: &str) {
        println!("{:>6.1} s  {what}", self.elapsed().as_secs_f64());
        if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
            let size = self.size();
            for (width, height) in WINDOWS {
                self.resize(width, height);
                let state = what.replace([' ', '/', '.'], "-");
                let path = format!("{folder}/person.{state}.{width}x{height}.light.noto.png");
                let command = json!({"do": "screenshot", "path": path});
                self.browser.command(&command);
            }
            self.resize(size.0, size.1);
        }
    }

    pub fn types(&self, label: &str, text: &str) {
        self.write(json!({"do": "type", "label": label, "text": text}));
    }

    /// Types into a field of a group of fields.
    pub fn types_in(&self, group: &str, label: &str, text: &str) {
        self.write(json!({"do": "type", "group": group, "label": label, "text": text}));
    }

    pub fn chooses(&self, label: &str, option: &str) {
        self.act(&json!({"do": "choose", "label": label, "option": option}));
    }

    /// Presses, checks or opens something that leads to no other page.
    pub fn presses(&self, role: &str, name: &str) {
        self.act(&json!({"do": "click", "role": role, "name": name}));
    }

    /// Presses what has this text, whatever it is.
    pub fn presses_text(&self, text: &str) {
        self.act(&json!({"do": "click", "name": text}));
    }

    /// Presses what a selector finds: one of several buttons that say the same.
    pub fn presses_at(&self, selector: &str) {
        self.act(&json!({"do": "click", "at": selector}));
    }

    /// Presses a button or follows a link, and waits for a text on the page that follows.
    pub async fn clicks(&self, role: &str, name: &str, then: &str) {
        self.presses(role, name);
        self.reads(then).await;
    }

    pub async fn reads(&self, text: &str) {
        let has = format!(
            "document.readyState === 'complete' && document.body.innerText.includes({text:?})"
        );
        self.browser.wait_for(&has, SOON).await;
        let words = self.new_words();
        self.words.fetch_add(words, Ordering::Relaxed);
        if 0 < words {
            println!(
                "{:>6.1} s  {words} words to read",
                self.elapsed().as_secs_f64()
            );
        }
        // Reading takes a part of the time that is measured.
        tokio::time::sleep(READING * u32::try_from(words).unwrap()).await;
    }

    /// The words of a page that weren't read yet; none for somebody who reads at once.
    fn new_words(&self) -> usize {
        let Some(read) = &self.read else {
            return 0;
        };
        let texts: Vec<String> = serde_json::from_value(self.browser.evaluate(TEXTS)).unwrap();
        let mut read = read.lock();
        let new = texts.into_iter().filter(|text| read.insert(text.clone()));
        new.map(|text| text.split_whitespace().count()).sum()
    }

    /// Asserts that nothing is beside the window, on a desk and on a phone.
    pub fn assert_fits(&self) {
        let size = self.size();
        for (width, height) in WINDOWS {
            self.resize(width, height);
            let width = "[document.documentElement.scrollWidth, innerWidth]";
            let width = self.browser.evaluate(width);
            assert!(width[0].as_u64() <= width[1].as_u64(), "{width}");
        }
        self.resize(size.0, size.1);
    }

    fn size(&self) -> (u32, u32) {
        let size = self.browser.evaluate("[innerWidth, innerHeight]");
        serde_json::from_value(size).unwrap()
    }

    /// Changes the window's size.
    pub fn resize(&self, width: u32, height: u32) {
        let command = json!({"do": "size", "width": width, "height": height});
        self.browser.command(&command);
    }

    /// The step of the set-up that its list marks as the next one.
    pub fn next_step(&self) -> Value {
        self.browser
            .evaluate("document.querySelector('[aria-current=step] h3')?.textContent ?? null")
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        let all = format!(
            "[...document.querySelectorAll({selector:?})].map((one) => one.value ?? one.textContent)"
        );
        serde_json::from_value(self.browser.evaluate(&all)).unwrap()
    }

    fn write(&self, mut command: Value) {
        if self.read.is_some() {
            command["pace"] = TYPING_MS.into();
        }
        self.act(&command);
    }

    fn act(&self, command: &Value) {
        self.acts.fetch_add(1, Ordering::Relaxed);
        self.browser.command(command);
    }
}
