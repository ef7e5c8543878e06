//! Boards that show some queues. They are drawn again only when time or a change of these is due,
//! and must then show what a board does that is drawn all the time.

use crate::{
    boards::{
        BoardDefinition, BoardLayout, BoardPatch, BoardSlots, SlotValue, find_read_scope,
        render_view,
    },
    domain::{Baseline, Moment, Pattern},
    live::{ReadScope, SubjectChanges},
};

use super::LiveScenario;

pub(super) struct PartialBoards(Vec<PartialBoard>);

struct PartialBoard {
    definition: BoardDefinition,
    slots: BoardSlots,
    scope: ReadScope,
    due: Option<Moment>,
}

impl PartialBoards {
    /// Opens a board for each pattern of queues.
    pub(super) fn open(
        layout: BoardLayout,
        patterns: &[&str],
        scenario: &mut LiveScenario,
    ) -> Self {
        let boards = patterns.iter().map(|pattern| BoardDefinition {
            queues: vec![Pattern((*pattern).to_owned())],
            ..BoardDefinition::new("b", "B", layout)
        });
        let boards = boards.map(|definition| PartialBoard {
            definition,
            slots: BoardSlots::default(),
            scope: ReadScope::Everything,
            due: None,
        });
        let mut boards: Vec<_> = boards.collect();
        for board in &mut boards {
            board.draw(scenario);
        }
        scenario.changes.clear();
        Self(boards)
    }

    /// Draws all boards. Those that nobody would have drawn must have stayed as they were.
    pub(super) fn check(&mut self, scenario: &mut LiveScenario) {
        for board in &mut self.0 {
            let is_due = board.is_due(scenario);
            let patch = board.draw(scenario);
            let is_unnoticed = !is_due && patch.as_ref().is_some_and(has_news);
            assert!(
                !is_unnoticed,
                "{:?} of {:?} wasn't notified of {patch:?} by {:?}",
                board.definition.layout, board.definition.queues, scenario.changes
            );
        }
        scenario.changes.clear();
    }
}

impl PartialBoard {
    fn is_due(&self, scenario: &LiveScenario) -> bool {
        let now = scenario.now.monotonic;
        let is_announced = scenario
            .changes
            .iter()
            .any(|changes| match (changes, &self.scope) {
                (SubjectChanges::Everything, _) | (_, ReadScope::Everything) => true,
                (SubjectChanges::Queues(changed), ReadScope::Queues(shown)) => {
                    !changed.is_disjoint(shown)
                }
            });
        is_announced || self.due.is_some_and(|due| due.monotonic <= now)
    }

    fn draw(&mut self, scenario: &LiveScenario) -> Option<BoardPatch> {
        let (snapshot, now) = (scenario.state.snapshot(), scenario.now);
        let view = render_view(&self.definition, snapshot, &Baseline::default(), now);
        self.due = view.next_change;
        self.scope = find_read_scope(&self.definition, snapshot, now);
        self.slots.apply_view(view)
    }
}

/// Whether a patch has more than lower bounds, which rise with time: an earlier one stays true.
fn has_news(patch: &BoardPatch) -> bool {
    let is_bound = |value: &SlotValue| match value {
        SlotValue::Text(text) | SlotValue::Clock { text, .. } => text.starts_with('≥'),
        SlotValue::Attributes(_) => false,
    };
    !patch.regions.is_empty() || patch.cells.iter().any(|(_, value)| !is_bound(value))
}
