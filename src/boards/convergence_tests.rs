//! A viewer that applies every patch has what a freshly loaded page has.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::{
    domain::{AgentStatus, Baseline, Metric, MetricValue},
    live::Snapshot,
};

use super::{
    BoardDefinition, BoardLayout, BoardPatch, BoardSlots, SlotValue, board_view,
    fixture::{self, QueueFixture},
};

/// A viewer that knows regions by their ids and slots by their numbers, and
/// nothing else.
#[derive(Default)]
struct ConvergingViewer {
    html: String,
    cells: BTreeMap<u32, SlotValue>,
    /// Every slot that was ever there, to see that none comes back.
    gone: BTreeSet<u32>,
}

impl ConvergingViewer {
    fn apply_patch(&mut self, patch: BoardPatch) {
        let before = find_slots(&self.html);
        for (id, html) in patch.regions {
            self.html = replace_region(&self.html, &id, &html);
        }
        let after = find_slots(&self.html);
        assert!(after.is_disjoint(&self.gone), "a slot number came back");
        self.gone.extend(before.difference(&after));
        self.cells.extend(patch.cells);
        self.cells.retain(|slot, _| after.contains(slot));
    }
}

fn find_slots(html: &str) -> BTreeSet<u32> {
    let after = html.split("data-k=\"").skip(1);
    after
        .map(|rest| rest[..rest.find('"').unwrap()].parse().unwrap())
        .collect()
}

/// The element with that id, replaced. Ids stand first in their tags, and
/// elements of a region are closed by their own name at their own depth.
fn replace_region(html: &str, id: &str, by: &str) -> String {
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
enum SnapshotChange {
    Queue(u8, u64, Option<i64>),
    Remove(u8),
    Rename(u8, u8),
    Agent(u8, u8),
    AgentGone(u8),
    Lose,
    Return,
    Later(i64),
}

fn any_change() -> impl Strategy<Value = SnapshotChange> {
    prop_oneof![
        4 => (0..12u8, 0..20u64, prop::option::of(0..200i64)).prop_map(|(q, w, l)| SnapshotChange::Queue(q, w, l)),
        1 => (0..12u8).prop_map(SnapshotChange::Remove),
        1 => (0..12u8, 0..5u8).prop_map(|(q, n)| SnapshotChange::Rename(q, n)),
        4 => (0..20u8, 0..6u8).prop_map(|(a, s)| SnapshotChange::Agent(a, s)),
        1 => (0..20u8).prop_map(SnapshotChange::AgentGone),
        1 => Just(SnapshotChange::Lose),
        1 => Just(SnapshotChange::Return),
        2 => (0..90_000i64).prop_map(SnapshotChange::Later),
    ]
}

const STATES: [AgentStatus; 6] = [
    AgentStatus::Available,
    AgentStatus::Talking,
    AgentStatus::WrapUp,
    AgentStatus::NotReady,
    AgentStatus::Unknown,
    AgentStatus::LoggedOut,
];

fn apply_change(picture: &mut Snapshot, step: &SnapshotChange) {
    match step {
        SnapshotChange::Queue(queue, waiting, longest) => {
            let now = QueueFixture {
                waiting: *waiting,
                longest: *longest,
                available: 1,
            };
            fixture::put_queue(picture, &queue.to_string(), &format!("Queue {queue}"), &now);
        }
        SnapshotChange::Remove(queue) => {
            picture
                .queues
                .remove(&fixture::queue_id(&queue.to_string()));
        }
        SnapshotChange::Rename(queue, name) => {
            if let Some(queue) = picture
                .queues
                .get_mut(&fixture::queue_id(&queue.to_string()))
            {
                queue.name = Some(format!("Name {name}").into());
                let unknown = queue.readings.get_mut(Metric::AgentsAvailable).unwrap();
                unknown.value = Some(MetricValue::Count(u64::from(*name)));
            }
        }
        SnapshotChange::Agent(agent, state) => {
            let state = STATES[usize::from(*state)];
            let name = format!("Agent{agent}");
            fixture::put_agent(picture, &name, state, i64::from(*agent), &["1"]);
        }
        SnapshotChange::AgentGone(agent) => {
            picture
                .agents
                .retain(|id, _| *id.external != *format!("agent{agent}"));
        }
        SnapshotChange::Lose => fixture::disconnect_source(picture, 0),
        SnapshotChange::Return => {
            picture
                .sources
                .insert(fixture::chat_source(), fixture::connected_source("chat"));
        }
        SnapshotChange::Later(_) => {}
    }
}

proptest! {
    #[test]
    fn patches_lead_where_a_fresh_page_starts(
        layout in prop::sample::select(BoardLayout::ALL.to_vec()),
        totals in any::<bool>(),
        steps in prop::collection::vec(any_change(), 1..60),
    ) {
        let mut board = BoardDefinition::new("b", "B", layout);
        if totals {
            board.totals = vec![Metric::Waiting, Metric::LongestWait];
        }
        let mut picture = fixture::empty_snapshot();
        let mut now = fixture::noon();
        let mut slots = BoardSlots::default();
        let mut viewer = ConvergingViewer::default();

        for step in &steps {
            apply_change(&mut picture, step);
            if let SnapshotChange::Later(millis) = step {
                now = now.plus_millis(*millis);
            }
            let next = board_view::render_view(&board, &picture, &Baseline::default(), now);
            if let Some(patch) = slots.apply_view(next) {
                viewer.apply_patch(patch);
            }

            let fresh: BTreeMap<u32, SlotValue> = slots.all_cells().into_iter().collect();
            prop_assert_eq!(&viewer.cells, &fresh);
            let (_, html) = slots.root_region();
            prop_assert_eq!(find_slots(&viewer.html), find_slots(&html));
            prop_assert_eq!(find_slots(&html), fresh.keys().copied().collect());
        }
        // Time that has passed without a change changes nothing.
        let again = board_view::render_view(&board, &picture, &Baseline::default(), now);
        prop_assert_eq!(slots.apply_view(again), None);
    }
}
