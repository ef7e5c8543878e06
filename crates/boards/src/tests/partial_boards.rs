//! Boards that show some queues. They are drawn again only when time or a change of these is due,
//! and must then show what a board does that is drawn all the time.

use std::sync::Arc;

use crate::{
    BoardDefinition, BoardLayout, BoardPatch, BoardSlots, BoardWatch, SlotValue, Widget,
    WidgetContent, WidgetSize, find_read_scope, render_view,
};
use wallboard_domain::{
    Baseline, EntityKind, EntityProfile, Fact, Input, Metric, Moment, Pattern, SourceDiagnostic,
};
use wallboard_live::{
    LiveHandle, LiveState, ReadScope, SubjectChanges,
    testing::{LiveScenario, chat_id, chat_source, opened_event},
};
use wallboard_runtime::ingest::ProcessClock;

use strum::IntoEnumIterator;

pub(super) struct PartialBoards(Vec<PartialBoard>);

struct PartialBoard {
    definition: Arc<BoardDefinition>,
    watch: BoardWatch,
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
            widgets: widgets_of(layout),
            ..BoardDefinition::new("b", "B", layout)
        });
        let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
        let boards = boards.map(|definition| PartialBoard {
            definition: Arc::new(definition),
            watch: BoardWatch::new(live.subscribe()),
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

/// Figures of queues that the board itself doesn't show.
fn widgets_of(layout: BoardLayout) -> Vec<Widget> {
    let ids = ["sales", "support", "salesroom"].into_iter();
    let widgets = ids.map(|id| Widget {
        name: None,
        position: None,
        size: WidgetSize::default(),
        content: WidgetContent::Figure {
            metric: Metric::Waiting,
            of: Some(chat_id(id)),
        },
    });
    widgets.filter(|_| layout == BoardLayout::Queues).collect()
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
        let view = self.watch.render(&self.definition, snapshot, now);
        self.due = view.next_change;
        self.scope = find_read_scope(&self.definition, snapshot, now);
        let patch = self.slots.apply_view(view);
        let fresh = render_view(&self.definition, snapshot, &Baseline::default(), now);
        let difference = self.slots.apply_view(fresh);
        assert_eq!(difference, None, "the known selection is another one");
        patch
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

#[test]
fn subjects_hidden_by_a_resync_leave_their_boards() {
    let mut scenario = LiveScenario::new();
    let name = |kind, external: &str| {
        Fact::Profile(EntityProfile {
            queues: Some([chat_id("sales")].into()),
            ..EntityProfile::new(kind, chat_id(external))
        })
    };
    let send_all = |scenario: &mut LiveScenario, agents: &[&str], queues: &[&str]| {
        let agents = agents.iter().map(|agent| name(EntityKind::Agent, agent));
        let queues = queues.iter().map(|queue| name(EntityKind::Queue, queue));
        agents
            .chain(queues)
            .for_each(|fact| scenario.send_fact(scenario.now.wall, fact));
    };
    send_all(&mut scenario, &["anna", "ben"], &["sales", "salesroom"]);
    let mut boards: Vec<_> = BoardLayout::iter()
        .map(|layout| PartialBoards::open(layout, &["chat/sales*"], &mut scenario))
        .collect();
    scenario.advance_time(1_000);
    let requested = SourceDiagnostic::ResyncRequested;
    scenario.apply_input(&Input::Diagnostic(chat_source(), requested));
    send_all(&mut scenario, &["anna"], &["sales"]);
    let mut check_all = |scenario: &mut LiveScenario| {
        let changes = scenario.changes.clone();
        for boards in &mut boards {
            boards.check(scenario);
            scenario.changes.clone_from(&changes);
        }
        scenario.changes.clear();
    };
    check_all(&mut scenario);

    scenario.advance_time(11_000);
    let snapshot = scenario.state.snapshot();
    assert!(snapshot.queues[&chat_id("salesroom")].hidden);
    assert!(snapshot.agents[&chat_id("ben")].hidden);
    check_all(&mut scenario);
    scenario.send_load("salesroom", 1, 0, 1);
    scenario.send_case_event("c1", opened_event("ben", "sales"));
    assert!(!scenario.state.snapshot().agents[&chat_id("ben")].hidden);
    check_all(&mut scenario);
}
