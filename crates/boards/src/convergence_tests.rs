//! A viewer that applies every patch matches a freshly loaded page.

use std::collections::BTreeSet;

use proptest::prelude::*;
use strum::IntoEnumIterator;

use wallboard_domain::{AgentStatus, Baseline, Metric, MetricValue};
use wallboard_live::Snapshot;

use super::{
    BoardDefinition, BoardLayout, BoardPatch, BoardSlots, board_render,
    fixture::{self, QueueFixture},
    parse_widget,
    push::protocol::{FrameStamp, encode_delta},
    viewer::board_copy::BoardCopy,
};

/// A change of a snapshot.
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

const STATUSES: [AgentStatus; 6] = [
    AgentStatus::Available,
    AgentStatus::Talking,
    AgentStatus::WrapUp,
    AgentStatus::NotReady,
    AgentStatus::Unknown,
    AgentStatus::LoggedOut,
];

fn apply_change(snapshot: &mut Snapshot, change: &SnapshotChange) {
    match change {
        SnapshotChange::Queue(queue, waiting, longest) => {
            let now = QueueFixture {
                waiting: *waiting,
                longest: *longest,
                available: 1,
            };
            fixture::put_queue(
                snapshot,
                &queue.to_string(),
                &format!("Queue {queue}"),
                &now,
            );
        }
        SnapshotChange::Remove(queue) => {
            snapshot
                .queues
                .remove(&fixture::queue_id(&queue.to_string()));
        }
        SnapshotChange::Rename(queue, name) => {
            if let Some(queue) = snapshot
                .queues
                .get_mut(&fixture::queue_id(&queue.to_string()))
            {
                queue.name = Some(format!("Name {name}").into());
                let unknown = queue.readings.get_mut(Metric::AgentsAvailable).unwrap();
                unknown.value = Some(MetricValue::Count(u64::from(*name)));
            }
        }
        SnapshotChange::Agent(agent, index) => {
            let status = STATUSES[usize::from(*index)];
            let name = format!("Agent{agent}");
            fixture::put_agent(snapshot, &name, status, i64::from(*agent), &["1"]);
        }
        SnapshotChange::AgentGone(agent) => {
            snapshot
                .agents
                .retain(|id, _| *id.external != *format!("agent{agent}"));
        }
        SnapshotChange::Lose => fixture::disconnect_source(snapshot, 0),
        SnapshotChange::Return => {
            snapshot
                .sources
                .insert(fixture::chat_source(), fixture::connected_source("chat"));
        }
        SnapshotChange::Later(_) => {}
    }
}

/// Applies a patch as the next frame.
fn apply_patch(viewer: &mut BoardCopy, patch: &BoardPatch) {
    let stamp = FrameStamp {
        epoch: "",
        n: viewer.n + 1,
        sent_at: 0,
        age: None,
    };
    let frame = serde_json::from_str(&encode_delta(stamp, patch)).unwrap();
    assert!(!viewer.apply_frame(&frame));
}

proptest! {
    #[test]
    fn patched_viewer_matches_a_fresh_page(
        layout in prop::sample::select(BoardLayout::iter().collect::<Vec<_>>()),
        totals in any::<bool>(),
        changes in prop::collection::vec(any_change(), 1..60),
    ) {
        let mut board = BoardDefinition::new("b", "B", layout);
        if layout == BoardLayout::Queues {
            board.widgets = ["{ figure = \"longest_wait\", of = \"chat/1\" }", "{ figure = \"service_level\" }", "{ clock = \"Asia/Manila\", position = 2 }", "{ picture = \"0123456789abcdef0123456789abcdef\", alt = \"Menu\" }"]
                .map(|text| parse_widget(text).unwrap())
                .into();
        }
        if totals {
            board.totals = vec![Metric::Waiting, Metric::LongestWait];
        }
        let mut snapshot = fixture::empty_snapshot();
        let mut now = fixture::noon();
        let mut slots = BoardSlots::default();
        let mut viewer = BoardCopy::default();

        for change in &changes {
            apply_change(&mut snapshot, change);
            if let SnapshotChange::Later(millis) = change {
                now = now.plus_millis(*millis);
            }
            let next = board_render::render_view(&board, &snapshot, &Baseline::default(), now);
            if let Some(patch) = slots.apply_view(next) {
                apply_patch(&mut viewer, &patch);
            }

            let regions = vec![slots.root_region()];
            let mut page = BoardCopy::default();
            apply_patch(&mut page, &BoardPatch { regions, ..BoardPatch::default() });
            let shown = page.slots();
            prop_assert_eq!(&viewer.slots(), &shown);
            // The page has every value, and no slot without one.
            let cells = slots.all_cells();
            let numbers: BTreeSet<u64> = cells.iter().map(|(slot, _)| u64::from(*slot)).collect();
            prop_assert!(shown.keys().eq(&numbers));
            apply_patch(&mut page, &BoardPatch { cells, ..BoardPatch::default() });
            prop_assert_eq!(page.slots(), shown);
        }
        // Elapsed time without a change changes nothing.
        let again = board_render::render_view(&board, &snapshot, &Baseline::default(), now);
        prop_assert_eq!(slots.apply_view(again), None);
    }
}
