//! A queue or a group, the agents who can serve it, and the other queues that these agents serve: everything
//! that one simulated half hour begins with. Times are in seconds, from now on.

use super::handle_time::HandleTime;

/// The most queues of a pool: those that are forecast, and those that share most agents with them.
pub const POOL_QUEUES_MAX: usize = 32;

/// The queues that are forecast are the first ones: one, or those of a group.
#[derive(Clone, Debug, Default)]
pub struct AgentPool {
    pub queues: Vec<PoolQueue>,
    /// Each agent once, with all queues.
    pub agents: Vec<PoolAgent>,
    pub staffing: StaffingOutlook,
}

/// A queue of a pool.
#[derive(Clone, Debug)]
pub struct PoolQueue {
    /// Contacts expected in the time of the forecast. Of a queue that agents outside the pool serve
    /// too, the pool's share of them.
    pub arrivals: f64,
    /// The shape of the gamma distribution of what arrives beside what is expected.
    pub arrival_shape: f64,
    pub handle_time: HandleTime,
    /// The mean time after which a contact leaves that nobody answers.
    pub patience_s: f64,
    /// The time from the moment that an agent is free to the answer.
    pub answer_delay_s: f64,
    /// The share of contacts that ring at an agent and aren't answered there.
    pub missed_share: f64,
    /// How long each waiting contact has waited, the longest first.
    pub waiting_s: Vec<f64>,
}

/// An agent who is signed in.
#[derive(Clone, Debug, Default)]
pub struct PoolAgent {
    /// The indexes of the agent's queues in the pool, as bits.
    pub queues: u64,
    /// The most simultaneous contacts.
    pub slots: u32,
    /// Contacts in progress.
    pub contacts: Vec<OpenContact>,
    /// Takes no contacts now.
    pub is_paused: bool,
    /// How long the agent has had nothing to do.
    pub idle_s: f64,
}

/// A contact in conversation or wrap-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenContact {
    /// The index of its queue in the pool; `None` for one outside.
    pub queue: Option<usize>,
    /// The time since the answer; `None` if unknown.
    pub elapsed_s: Option<f64>,
}

/// How the agents of a pool usually come, go and pause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StaffingOutlook {
    /// Agents usually signed in at the end of the forecast, for each at its start.
    pub end_ratio: f64,
    /// The share of signed-in time in which agents take no contacts.
    pub pause_share: f64,
    /// The usual length of a pause.
    pub pause_s: f64,
}

impl Default for StaffingOutlook {
    /// Everybody stays and nobody pauses.
    fn default() -> Self {
        Self {
            end_ratio: 1.0,
            pause_share: 0.0,
            pause_s: 600.0,
        }
    }
}

impl PoolAgent {
    /// Whether the agent serves one of the first `count` queues.
    pub fn serves_first(&self, count: usize) -> bool {
        (0..count).any(|queue| self.serves(queue))
    }

    pub fn serves(&self, queue: usize) -> bool {
        self.queues & (1 << queue) != 0
    }
}
