//! A viewer that applies every patch has what a freshly loaded page has.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::{
    domain::{AgentState, Metric, Past, Value},
    live::Picture,
};

use super::{
    Board, Cell, Layout, Patch, Slots,
    fixture::{self, Now},
    view,
};

/// A viewer that knows regions by their ids and slots by their numbers, and
/// nothing else.
#[derive(Default)]
struct Viewer {
    html: String,
    cells: BTreeMap<u32, Cell>,
    /// Every slot that was ever there, to see that none comes back.
    gone: BTreeSet<u32>,
}

impl Viewer {
    fn apply(&mut self, patch: Patch) {
        let before = slots_of(&self.html);
        for (id, html) in patch.regions {
            self.html = replaced(&self.html, &id, &html);
        }
        let after = slots_of(&self.html);
        assert!(after.is_disjoint(&self.gone), "a slot number came back");
        self.gone.extend(before.difference(&after));
        self.cells.extend(patch.cells);
        self.cells.retain(|slot, _| after.contains(slot));
    }
}

fn slots_of(html: &str) -> BTreeSet<u32> {
    let after = html.split("data-k=\"").skip(1);
    after
        .map(|rest| rest[..rest.find('"').unwrap()].parse().unwrap())
        .collect()
}

/// The element with that id, replaced. Ids stand first in their tags, and
/// elements of a region are closed by their own name at their own depth.
fn replaced(html: &str, id: &str, by: &str) -> String {
    let mark = format!(" id=\"{id}\"");
    let Some(at) = html.find(&mark) else {
        assert!(html.is_empty(), "no region {id}");
        return by.to_owned();
    };
    let start = html[..at].rfind('<').unwrap();
    let name = &html[start + 1..at];
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut end) = (0, start);
    loop {
        let rest = &html[end..];
        let next_close = rest.find(&close).unwrap();
        match rest.find(&open) {
            Some(next_open) if next_open < next_close => {
                depth += 1;
                end += next_open + open.len();
            }
            _ => {
                depth -= 1;
                end += next_close + close.len();
            }
        }
        if depth == 0 {
            break;
        }
    }
    format!("{}{by}{}", &html[..start], &html[end..])
}

/// What may happen to a picture.
#[derive(Clone, Debug)]
enum Step {
    Queue(u8, u64, Option<i64>),
    Remove(u8),
    Rename(u8, u8),
    Agent(u8, u8),
    AgentGone(u8),
    Lose,
    Return,
    Later(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..12u8, 0..20u64, prop::option::of(0..200i64)).prop_map(|(q, w, l)| Step::Queue(q, w, l)),
        1 => (0..12u8).prop_map(Step::Remove),
        1 => (0..12u8, 0..5u8).prop_map(|(q, n)| Step::Rename(q, n)),
        4 => (0..20u8, 0..6u8).prop_map(|(a, s)| Step::Agent(a, s)),
        1 => (0..20u8).prop_map(Step::AgentGone),
        1 => Just(Step::Lose),
        1 => Just(Step::Return),
        2 => (0..90_000i64).prop_map(Step::Later),
    ]
}

const STATES: [AgentState; 6] = [
    AgentState::Available,
    AgentState::Talking,
    AgentState::WrapUp,
    AgentState::NotReady,
    AgentState::Unknown,
    AgentState::LoggedOut,
];

fn take(picture: &mut Picture, step: &Step) {
    match step {
        Step::Queue(queue, waiting, longest) => {
            let now = Now {
                waiting: *waiting,
                longest: *longest,
                available: 1,
            };
            fixture::put(picture, &queue.to_string(), &format!("Queue {queue}"), &now);
        }
        Step::Remove(queue) => {
            picture
                .queues
                .remove(&fixture::queue_id(&queue.to_string()));
        }
        Step::Rename(queue, name) => {
            if let Some(queue) = picture
                .queues
                .get_mut(&fixture::queue_id(&queue.to_string()))
            {
                queue.name = Some(format!("Name {name}").into());
                let unknown = queue.readings.get_mut(Metric::AgentsAvailable).unwrap();
                unknown.value = Some(Value::Count(u64::from(*name)));
            }
        }
        Step::Agent(agent, state) => {
            let state = STATES[usize::from(*state)];
            let name = format!("Agent{agent}");
            fixture::agent(picture, &name, state, i64::from(*agent), &["1"]);
        }
        Step::AgentGone(agent) => {
            picture
                .agents
                .retain(|id, _| *id.external != *format!("agent{agent}"));
        }
        Step::Lose => fixture::lose(picture, 0),
        Step::Return => {
            picture
                .sources
                .insert(fixture::chat(), fixture::source("chat"));
        }
        Step::Later(_) => {}
    }
}

proptest! {
    #[test]
    fn patches_lead_where_a_fresh_page_starts(
        layout in prop::sample::select(Layout::ALL.to_vec()),
        totals in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut board = Board::new("b", "B", layout);
        if totals {
            board.totals = vec![Metric::Waiting, Metric::LongestWait];
        }
        let mut picture = fixture::picture();
        let mut now = fixture::noon();
        let mut slots = Slots::default();
        let mut viewer = Viewer::default();

        for step in &steps {
            take(&mut picture, step);
            if let Step::Later(millis) = step {
                now = now.plus(*millis);
            }
            let next = view(&board, &picture, &Past::default(), now);
            if let Some(patch) = slots.advance(next) {
                viewer.apply(patch);
            }

            let fresh: BTreeMap<u32, Cell> = slots.cells().into_iter().collect();
            prop_assert_eq!(&viewer.cells, &fresh);
            let (_, html) = slots.root();
            prop_assert_eq!(slots_of(&viewer.html), slots_of(&html));
            prop_assert_eq!(slots_of(&html), fresh.keys().copied().collect());
        }
        // Time that has passed without a change changes nothing.
        let again = view(&board, &picture, &Past::default(), now);
        prop_assert_eq!(slots.advance(again), None);
    }
}
