//! A contact center, its messages and the log through crashes at any point of apply, commit and
//! acknowledge: after each, what was committed is there, what wasn't comes again from the broker, and
//! nothing is up to date that isn't the newest reported. Everything is in virtual time; proptest
//! prints the smallest failing run.

use std::sync::Arc;

use proptest::prelude::*;
use strum::IntoEnumIterator;

use crate::{BoardLayout, push::simulated_screens::ScreenPace};
use wallboard_domain::{ConnectionEvent, Counter, Discontinuity, Input, Moment, moment};

use super::{partial_boards::PartialBoards, watched_board::WatchedBoard};
use wallboard_live::{
    LiveState, codec,
    testing::{
        CaseAction, DeliveredMessage, EventPropertyRun, LiveScenario, MessageDelay, QUEUES,
        case_action, chat_source, message_delay, site_with_entries,
    },
};

/// The counters that don't depend on when a message arrived.
const DAY: [Counter; 6] = [
    Counter::Answered,
    Counter::Handled,
    Counter::Positive,
    Counter::Negative,
    Counter::Neutral,
    Counter::Unresolved,
];

/// A fault of the process after a step.
#[derive(Clone, Copy, Debug)]
enum ProcessFault {
    None,
    Crash {
        /// Entries that were applied and not yet committed.
        uncommitted: usize,
        /// Committed messages whose acknowledgment was lost.
        unacknowledged: usize,
        /// Entries that are replayed after the snapshot.
        tail: usize,
        downtime: i64,
        /// `false`: the log was passed over, so what isn't committed was acknowledged all the same.
        is_log_complete: bool,
    },
}

fn process_fault() -> impl Strategy<Value = ProcessFault> {
    let crash = (
        0..30usize,
        0..10usize,
        0..200usize,
        prop_oneof![500..30_000i64, 60_000..900_000i64],
        prop::bool::weighted(0.8),
    );
    let crash = crash.prop_map(
        |(uncommitted, unacknowledged, tail, downtime, is_log_complete)| ProcessFault::Crash {
            uncommitted,
            unacknowledged,
            tail,
            downtime,
            is_log_complete,
        },
    );
    prop_oneof![6 => Just(ProcessFault::None), 1 => crash]
}

fn screen_pace() -> impl Strategy<Value = ScreenPace> {
    prop_oneof![
        8 => Just(ScreenPace::Stalls),
        1 => Just(ScreenPace::Reads),
        1 => Just(ScreenPace::Reconnects),
    ]
}

/// A run whose process crashes.
struct CrashRun {
    run: EventPropertyRun,
    /// Entries that an earlier process has committed.
    restored: usize,
    /// Messages were acknowledged and not logged.
    has_lost_messages: bool,
    /// Every message that was ever sent.
    sent: Vec<DeliveredMessage>,
    board: WatchedBoard,
    partial_boards: PartialBoards,
}

impl CrashRun {
    fn new(layout: BoardLayout) -> Self {
        let mut run = EventPropertyRun::new();
        Self {
            board: WatchedBoard::open(layout, &mut run.scenario),
            partial_boards: PartialBoards::open(layout, &["chat/sales"], &mut run.scenario),
            run,
            restored: 0,
            has_lost_messages: false,
            sent: Vec::new(),
        }
    }

    fn run_step(&mut self, action: CaseAction, delay: MessageDelay, fault: ProcessFault) {
        self.run.run_step(action, delay);
        self.check_screens();
        let ProcessFault::Crash {
            uncommitted,
            unacknowledged,
            tail,
            downtime,
            is_log_complete,
        } = fault
        else {
            return;
        };
        let entries = &mut self.run.scenario.entries;
        let committed = entries
            .len()
            .saturating_sub(uncommitted)
            .max(self.restored)
            .max(self.run.awaited);
        entries.truncate(committed);
        self.restored = committed;
        self.run.scenario.state = restore(&self.run.scenario, tail);
        let acknowledged = committed.saturating_sub(unacknowledged);
        let mut returned = self.run.delivered.clone();
        self.sent.append(&mut self.run.delivered);
        returned.retain(|message| acknowledged <= message.entry);
        if !is_log_complete {
            self.has_lost_messages = true;
            returned.retain(|message| message.entry < committed);
        }
        self.start_again(downtime, is_log_complete, returned);
    }

    /// Continues as a new process does.
    fn start_again(
        &mut self,
        downtime: i64,
        is_log_complete: bool,
        returned: Vec<DeliveredMessage>,
    ) {
        let run = &mut self.run;
        run.scenario.now = moment_after(&run.scenario, downtime);
        let resume_point = |state: &LiveState| state.resume_points().contains_key(&chat_source());
        run.scenario.apply_input(&Input::Started {
            is_log_complete,
            term: None,
        });
        if !is_log_complete {
            // The log counts as complete only once it has a snapshot of this.
            self.restored = run.scenario.entries.len();
        }
        let site = Arc::new(site_with_entries(&[], &[]));
        run.scenario.apply_input(&Input::SiteConfig(site));
        run.check_all();
        self.board.restart(&mut run.scenario);
        run.scenario.advance_time(500);
        let goes_on = resume_point(&run.scenario.state);
        assert!(
            is_log_complete || !goes_on,
            "a gap in the log must be a discontinuity"
        );
        let discontinuity = (!goes_on).then_some(Discontinuity::Start);
        if discontinuity.is_some() {
            run.lose_reports();
        }
        let catching_up = ConnectionEvent::CatchingUp { discontinuity };
        run.scenario.send_connection_event(catching_up);
        run.redeliver(returned);
        // Messages that the vendor sent meanwhile wait in the same queue.
        run.deliver_all();
        run.scenario
            .send_connection_event(ConnectionEvent::Connected);
        run.check_all();
        self.check_screens();
    }

    /// Publishes the board. A number on it is the newest reported, or marked.
    fn check_screens(&mut self) {
        self.board.publish(&mut self.run.scenario);
        self.partial_boards.check(&mut self.run.scenario);
        for (queue, name) in QUEUES.iter().enumerate() {
            if let Some((waiting, false)) = self.board.waiting(name) {
                let newest = self.run.newest_waiting(queue).map(|n| n.to_string());
                assert_eq!(Some(waiting), newest, "{name}");
            }
        }
    }

    /// After the last fault, everything is true or marked, and the day is that of a process that
    /// never crashed.
    fn check_end(mut self) {
        self.run.settle_all();
        self.check_screens();
        self.board.serve_slow(ScreenPace::Reads);
        if self.has_lost_messages {
            // Losses that cancel out in a load can't be told from none.
            return;
        }
        self.run.check_final_state();
        for (queue, name) in QUEUES.iter().enumerate() {
            if let Some((waiting, _)) = self.board.waiting(name) {
                assert_eq!(
                    waiting,
                    self.run.center.waiting(queue).to_string(),
                    "{name}"
                );
            }
        }
        if self.run.broken {
            return;
        }
        self.sent.append(&mut self.run.delivered);
        let mut witness = LiveScenario::new();
        witness.now = self.run.scenario.now;
        witness.now.wall = self.run.source_now();
        for message in self.sent {
            witness.send_fact(message.at, message.fact);
        }
        let day = |scenario: &LiveScenario| {
            let counters = scenario.state.snapshot().today.counters;
            DAY.map(|counter| counters.get(counter))
        };
        assert_eq!(day(&self.run.scenario), day(&witness));
    }
}

/// The moment at which a new process begins: the wall clock alone says how long ago the log ended.
fn moment_after(scenario: &LiveScenario, downtime: i64) -> Moment {
    let start = scenario.now.plus_millis(downtime);
    let Some(last) = scenario.entries.last().map(|entry| entry.received_at) else {
        return start;
    };
    let passed = moment::millis_between(last.wall, start.wall).max(0);
    Moment {
        wall: start.wall,
        monotonic: last.monotonic.plus_millis(passed),
    }
}

/// Restores the state from a snapshot of the committed entries and those after it.
fn restore(scenario: &LiveScenario, tail: usize) -> LiveState {
    let snapshot_at = scenario.entries.len().saturating_sub(tail);
    let (before, after) = scenario.entries.split_at(snapshot_at);
    let mut state = LiveState::default();
    for entry in before {
        state.apply_entry(entry);
    }
    state = codec::decode_state(&codec::encode_state(&state).unwrap()).unwrap();
    let after = codec::decode_entries(&codec::encode_entries(after).unwrap()).unwrap();
    for entry in &after {
        state.apply_entry(entry);
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_crash_ends_true_or_out_of_date(
        layout in prop::sample::select(BoardLayout::iter().collect::<Vec<_>>()),
        steps in prop::collection::vec(
            (case_action(), message_delay(), screen_pace(), process_fault()),
            1..60,
        ),
    ) {
        let mut run = CrashRun::new(layout);
        for (action, delay, pace, fault) in steps {
            run.run_step(action, delay, fault);
            run.board.serve_slow(pace);
        }
        run.check_end();
    }
}
