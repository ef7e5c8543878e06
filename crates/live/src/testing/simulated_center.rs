//! A simulated contact center: what happens there, and how its messages are delayed.

use jiff::Timestamp;
use proptest::prelude::*;

use wallboard_domain::{CaseEvent, CaseOutcome, Fact, Metric};

use super::{closed_event, created_event, opened_event, transferred_event};
use crate::CaseState;

pub const QUEUES: [&str; 2] = ["sales", "support"];
pub const AGENTS: [&str; 3] = ["anna", "ben", "chris"];
pub const METRICS: [Metric; 3] = [
    Metric::Waiting,
    Metric::InConversation,
    Metric::AgentsAvailable,
];

/// An action in the contact center, or on the connection.
#[derive(Clone, Copy, Debug)]
pub enum CaseAction {
    Arrives {
        queue: usize,
    },
    Opens {
        case: usize,
        agent: usize,
    },
    Transfers {
        case: usize,
        queue: usize,
    },
    Closes {
        case: usize,
        outcome: usize,
    },
    Reopens {
        case: usize,
        agent: usize,
    },
    /// A customer comes and goes between two loads: only timers report it.
    Glimpse {
        queue: usize,
        waited: i64,
    },
    /// Messages in transit are lost, with a discontinuity, except for events of cases that at least so
    /// many other messages overtake. Reports of queues from before are never applied.
    Breaks {
        slow: usize,
    },
    /// The connection is lost for a while; messages that wait arrive later.
    Cut,
    /// Our wall clock is set: it is this many milliseconds ahead of the source's from now on.
    ClockJump {
        ahead: i64,
    },
}

pub fn case_action() -> impl Strategy<Value = CaseAction> {
    prop_oneof![
        4 => (0..2usize).prop_map(|queue| CaseAction::Arrives { queue }),
        4 => (0..40usize, 0..3usize).prop_map(|(case, agent)| CaseAction::Opens { case, agent }),
        1 => (0..40usize, 0..2usize).prop_map(|(case, queue)| CaseAction::Transfers { case, queue }),
        3 => (0..40usize, 0..4usize).prop_map(|(case, outcome)| CaseAction::Closes { case, outcome }),
        1 => (0..40usize, 0..3usize).prop_map(|(case, agent)| CaseAction::Reopens { case, agent }),
        2 => (0..2usize, 1..1_000i64)
            .prop_map(|(queue, waited)| CaseAction::Glimpse { queue, waited }),
        1 => (2..9usize).prop_map(|slow| CaseAction::Breaks { slow }),
        1 => Just(CaseAction::Cut),
        // Up to an hour. Less than 2 s are no jump.
        1 => (-360..=360i64).prop_map(|steps| CaseAction::ClockJump { ahead: steps * 10_000 }),
    ]
}

/// The delivery of one message: whether it is repeated, and how many others overtake it.
#[derive(Clone, Copy, Debug)]
pub struct MessageDelay {
    pub twice: bool,
    pub overtaken_by: usize,
    pub pause: i64,
}

pub fn message_delay() -> impl Strategy<Value = MessageDelay> {
    (any::<bool>(), 0..6usize, 100..4_000i64).prop_map(|(twice, overtaken_by, pause)| {
        MessageDelay {
            twice,
            overtaken_by,
            pause,
        }
    })
}

/// The true state of a case.
#[derive(Clone, Debug)]
pub struct CaseTruth {
    pub state: CaseState,
    pub queue: usize,
    pub agent: Option<usize>,
    pub outcome: Option<CaseOutcome>,
    pub is_reopened: bool,
    /// When it was opened last, by the source's clock.
    pub opened_at: Option<Timestamp>,
}

/// The true state of the contact center, and its messages in transit.
#[derive(Debug, Default)]
pub struct SimulatedCenter {
    pub cases: Vec<CaseTruth>,
    pub in_transit: Vec<(usize, Timestamp, Fact)>,
}

impl SimulatedCenter {
    pub fn count_cases(&self, state: CaseState, queue: usize) -> u64 {
        let is_match = |case: &&CaseTruth| case.state == state && case.queue == queue;
        self.cases.iter().filter(is_match).count() as u64
    }

    pub fn waiting(&self, queue: usize) -> u64 {
        self.count_cases(CaseState::Waiting, queue)
    }

    pub fn queue_loads(&self, queue: usize) -> [u64; 3] {
        [
            self.waiting(queue),
            self.count_cases(CaseState::Open, queue),
            AGENTS.len() as u64 - self.count_cases(CaseState::Open, queue).min(3),
        ]
    }

    /// Performs one action. Returns the case's event and the queues it affects.
    pub fn perform_action(&mut self, action: CaseAction) -> Option<(usize, CaseEvent, Vec<usize>)> {
        let nth_case = |cases: &[CaseTruth], nth: usize, state: CaseState| {
            let ids: Vec<usize> = (0..cases.len())
                .filter(|n| cases[*n].state == state)
                .collect();
            (!ids.is_empty()).then(|| ids[nth % ids.len()])
        };
        match action {
            CaseAction::Arrives { queue } => {
                self.cases.push(CaseTruth {
                    state: CaseState::Waiting,
                    queue,
                    agent: None,
                    outcome: None,
                    is_reopened: false,
                    opened_at: None,
                });
                Some((self.cases.len() - 1, created_event(), vec![queue]))
            }
            CaseAction::Opens { case, agent } => {
                let n = nth_case(&self.cases, case, CaseState::Waiting)?;
                Some(self.open_case(n, agent))
            }
            CaseAction::Reopens { case, agent } => {
                let n = nth_case(&self.cases, case, CaseState::Closed)?;
                self.cases[n].is_reopened = true;
                Some(self.open_case(n, agent))
            }
            CaseAction::Transfers { case, queue } => {
                let n = nth_case(&self.cases, case, CaseState::Open)?;
                let case = &mut self.cases[n];
                let (from, agent) = (case.queue, case.agent.take()?);
                case.state = CaseState::Waiting;
                case.queue = queue;
                let event = transferred_event(AGENTS[agent], QUEUES[from], QUEUES[queue]);
                Some((n, event, vec![from, queue]))
            }
            CaseAction::Closes { case, outcome } => {
                let n = nth_case(&self.cases, case, CaseState::Open)?;
                let outcome = [
                    CaseOutcome::Positive,
                    CaseOutcome::Negative,
                    CaseOutcome::Neutral,
                    CaseOutcome::Unresolved,
                ][outcome];
                let case = &mut self.cases[n];
                case.state = CaseState::Closed;
                case.outcome = Some(outcome);
                Some((n, closed_event(outcome), vec![case.queue]))
            }
            CaseAction::Glimpse { .. }
            | CaseAction::Breaks { .. }
            | CaseAction::Cut
            | CaseAction::ClockJump { .. } => None,
        }
    }

    pub fn open_case(&mut self, n: usize, agent: usize) -> (usize, CaseEvent, Vec<usize>) {
        let case = &mut self.cases[n];
        case.state = CaseState::Open;
        case.agent = Some(agent);
        (
            n,
            opened_event(AGENTS[agent], QUEUES[case.queue]),
            vec![case.queue],
        )
    }
}
