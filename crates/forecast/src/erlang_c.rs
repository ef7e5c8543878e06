//! Erlang B and C: queues in equilibrium in which everybody waits until they are answered.

/// The Erlang C queue of a load and a number of agents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangC {
    erlangs: f64,
    agents: f64,
    wait_probability: f64,
}

/// Returns the probability that all agents are busy where nobody can wait.
pub fn erlang_b(erlangs: f64, agents: u32) -> f64 {
    (1..=agents).fold(1.0, |blocked, agents| {
        blocked_with_one_more(erlangs, agents, blocked)
    })
}

/// A step of the recursion, which stays between 0 and 1 also with thousands of agents.
fn blocked_with_one_more(erlangs: f64, agents: u32, blocked: f64) -> f64 {
    erlangs * blocked / (f64::from(agents) + erlangs * blocked)
}

impl ErlangC {
    /// Creates the queue; `None` if it grows without end.
    pub fn new(erlangs: f64, agents: u32) -> Option<Self> {
        Self::from_blocked(erlangs, agents, erlang_b(erlangs, agents))
    }

    fn from_blocked(erlangs: f64, agents: u32, blocked: f64) -> Option<Self> {
        let agents = f64::from(agents);
        (erlangs < agents).then(|| Self {
            erlangs,
            agents,
            wait_probability: agents * blocked / (agents - erlangs * (1.0 - blocked)),
        })
    }

    /// The share of contacts that wait at all.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// The share of contacts answered within `target_s`.
    pub fn service_level(&self, target_s: f64, handle_s: f64) -> f64 {
        1.0 - self.wait_probability * (-self.spare() * target_s / handle_s).exp()
    }

    /// The mean wait of all contacts, in seconds.
    pub fn average_wait_s(&self, handle_s: f64) -> f64 {
        self.wait_probability * handle_s / self.spare()
    }

    /// The mean number of waiting contacts.
    pub fn queue_length(&self) -> f64 {
        self.wait_probability * self.erlangs / self.spare()
    }

    /// The wait that `share` of the contacts don't exceed, in seconds.
    pub fn wait_percentile_s(&self, share: f64, handle_s: f64) -> f64 {
        let longer = (self.wait_probability / (1.0 - share)).ln();
        (longer * handle_s / self.spare()).max(0.0)
    }

    /// Returns the fewest agents who reach a service level, a share below 1.
    pub fn agents_required(erlangs: f64, target_s: f64, handle_s: f64, service_level: f64) -> u32 {
        let mut blocked = 1.0;
        for agents in 1..u32::MAX {
            blocked = blocked_with_one_more(erlangs, agents, blocked);
            let queue = Self::from_blocked(erlangs, agents, blocked);
            if queue.is_some_and(|queue| service_level <= queue.service_level(target_s, handle_s)) {
                return agents;
            }
        }
        u32::MAX
    }

    /// Agents beyond the load.
    fn spare(&self) -> f64 {
        self.agents - self.erlangs
    }
}
