//! Prominence on a board in two seconds: the worst queues with their reasons, and nothing else
//! is filled or framed.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::support::{
    Browser, ScriptedSite,
    browser::{BOARD_IS_LIVE, has_turn},
    scripted_site::{Queue, queue_id},
};

const SOON: Duration = Duration::from_secs(30);
const STATES: usize = 20;
const QUEUES_PER_STATE: usize = 6;
const LAYOUTS: [&str; 2] = ["queues", "list"];

/// The prominent parts that the browser found on a board.
#[derive(Debug, Deserialize)]
struct Prominence {
    /// The texts of what is filled or framed.
    marked: Vec<String>,
    largest: Vec<String>,
}

/// A wait of at least half an hour, and less than forty minutes.
const HALF_HOUR: &str = "30:00";

/// A queue in its random state.
#[derive(Clone, Debug)]
struct RandomQueue {
    name: String,
    waiting: u64,
    longest: i64,
}

impl RandomQueue {
    fn new(index: usize, random: &mut Random) -> Self {
        let waiting = match random.below(10) {
            0..=4 => random.below(5),
            5..=7 => 5 + random.below(5),
            _ => 10 + random.below(4),
        };
        let longest = match random.below(12) {
            0 => 1830,
            1 => 4000,
            _ => 10 + i64::try_from(random.below(1400)).unwrap(),
        };
        Self {
            name: format!("Line {index:03}"),
            waiting,
            longest: if waiting == 0 { 0 } else { longest },
        }
    }

    /// The severities of the scripted site's thresholds, with the texts of their reasons.
    fn reasons(&self) -> Vec<(u8, String)> {
        let mut reasons = Vec::new();
        match self.waiting {
            0..=4 => {}
            5..=9 => reasons.push((1, self.waiting.to_string())),
            _ => reasons.push((2, self.waiting.to_string())),
        }
        match self.longest {
            0..1800 => {}
            1800..3600 => reasons.push((1, HALF_HOUR.to_owned())),
            _ => reasons.push((2, "1 h".to_owned())),
        }
        reasons
    }

    fn severity(&self) -> u8 {
        let severities = self.reasons().into_iter().map(|(severity, _)| severity);
        severities.max().unwrap_or(0)
    }
}

/// A generator of reproducible states (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn boards() -> Vec<(String, String)> {
    let states = (0..STATES).flat_map(|state| LAYOUTS.map(|layout| (state, layout)));
    let boards = states.map(|(state, layout)| {
        let first = state * QUEUES_PER_STATE;
        let queues: Vec<_> = (first..first + QUEUES_PER_STATE).map(queue_id).collect();
        let text = format!("layout = \"{layout}\"\nqueues = {queues:?}\n");
        (format!("{layout}-{state}.toml"), text)
    });
    boards.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn worst_queues_and_their_reasons_stand_out_and_nothing_else() {
    let mut random = Random(13);
    let queues: Vec<_> = (0..STATES * QUEUES_PER_STATE)
        .map(|index| RandomQueue::new(index, &mut random))
        .collect();
    let site = ScriptedSite::open_with("browser-prominence", boards()).await;
    site.change(|script| {
        for (index, queue) in queues.iter().enumerate() {
            script.queues.push(Queue {
                name: queue.name.clone(),
                ..Queue::default()
            });
            let available = u64::try_from(index % 4).unwrap();
            script.set_load(index, [queue.waiting, 3, available], queue.longest);
        }
    })
    .await;
    site.wait_until_known().await;

    let browser = Browser::start();
    let mut faults = Vec::new();
    browser.command(&json!({"do": "open", "url": site.url("/boards/queues-0")}));
    for (state, shown) in queues.chunks(QUEUES_PER_STATE).enumerate() {
        // In all layouts at night, else in one of them by turns.
        let layouts = LAYOUTS.into_iter().enumerate();
        let layouts = layouts.filter(|(at, _)| has_turn(state + at, 0, LAYOUTS.len()));
        for (_, layout) in layouts {
            let path = format!("/boards/{layout}-{state}");
            browser.go(&site.url(&path));
            browser.wait_for(BOARD_IS_LIVE, SOON).await;
            let found = browser.command(&json!({"do": "prominence"}));
            let found: Prominence = serde_json::from_value(found).unwrap();
            let board_faults = judge(shown, &found);
            faults.extend(board_faults.map(|fault| format!("{path}: {fault}: {found:?}")));
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn judge<'a>(shown: &'a [RandomQueue], found: &'a Prominence) -> impl Iterator<Item = String> + 'a {
    let worst = shown.iter().map(RandomQueue::severity).max().unwrap_or(0);
    let is_prominent = move |name: &str, reason: &str| {
        let is_said = |text: &str| {
            let is_count = reason.bytes().all(|byte| byte.is_ascii_digit());
            let mut words = text.split_whitespace();
            if is_count {
                words.any(|word| word == reason)
            } else if reason == HALF_HOUR {
                // The clock runs during the test.
                words.any(|word| word.len() == HALF_HOUR.len() && word.starts_with('3'))
            } else {
                text.contains(reason)
            }
        };
        let mut marked = found.marked.iter();
        let mut largest = found.largest.iter();
        let is_large = found.largest.iter().any(|text| text.contains(name));
        marked.any(|text| text.contains(name) && is_said(text))
            || is_large && largest.any(|text| is_said(text))
    };
    let hidden = shown
        .iter()
        .filter(move |queue| 0 < worst && queue.severity() == worst);
    let hidden = hidden.flat_map(move |queue| {
        let worst_reasons = queue
            .reasons()
            .into_iter()
            .filter(move |(s, _)| *s == worst);
        worst_reasons
            .filter(move |(_, reason)| !is_prominent(&queue.name, reason))
            .map(|(_, reason)| format!("{} ({reason}) doesn't stand out", queue.name))
    });
    let calm = found.marked.iter().filter(|text| {
        let mut queues = shown.iter().filter(|queue| 0 < queue.severity());
        !queues.any(|queue| text.contains(&queue.name))
    });
    hidden.chain(calm.map(|text| format!("{text:?} stands out")))
}
