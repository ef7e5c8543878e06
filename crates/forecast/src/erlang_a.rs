//! Erlang A: a queue in equilibrium in which contacts leave when their patience ends. Computed from
//! the wait that a contact with endless patience would have, whose density has a closed form
//! (Zeltyn and Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the
//! M/M/n+G queue", 2005).

use super::erlang_c::erlang_b;

/// Steps of each integral: the results are exact to nine digits.
const STEPS: u32 = 8192;
/// Where the density is below `exp(-45)` of its greatest value, nothing is left of it.
const NEGLIGIBLE: f64 = 45.0;

/// The Erlang A queue of a load and a number of agents, who are one or more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangA {
    /// Arrivals per second.
    arrival_rate: f64,
    /// Contacts that all agents finish per second while all are busy.
    service_rate: f64,
    /// Of those who wait, how many leave per second.
    leave_rate: f64,
    /// The greatest exponent of the density: all is divided by its exponential.
    exponent_max: f64,
    /// The wait that nobody exceeds.
    wait_max_s: f64,
    /// The share of contacts that needn't wait, and of all, before they are divided by their sum.
    idle_weight: f64,
    total_weight: f64,
}

impl ErlangA {
    pub fn new(arrival_rate: f64, handle_s: f64, patience_s: f64, agents: u32) -> Self {
        let service_rate = f64::from(agents) / handle_s;
        let leave_rate = 1.0 / patience_s;
        let mut queue = Self {
            arrival_rate,
            service_rate,
            leave_rate,
            exponent_max: 0.0,
            wait_max_s: handle_s,
            idle_weight: 0.0,
            total_weight: 1.0,
        };
        let peak_s = (arrival_rate / service_rate).ln().max(0.0) / leave_rate;
        queue.exponent_max = queue.exponent(peak_s);
        while queue.wait_max_s < peak_s
            || -NEGLIGIBLE < queue.exponent(queue.wait_max_s) - queue.exponent_max
        {
            queue.wait_max_s *= 2.0;
        }
        let blocked = erlang_b(arrival_rate * handle_s, agents - 1);
        queue.idle_weight = ((-queue.exponent_max).exp() / blocked).min(f64::MAX / 2.0);
        queue.total_weight = queue.idle_weight + queue.integrate(0.0, queue.wait_max_s, |_| 1.0);
        queue
    }

    /// The share of contacts that wait at all.
    pub fn wait_probability(&self) -> f64 {
        self.integrate(0.0, self.wait_max_s, |_| 1.0) / self.total_weight
    }

    /// The share of contacts that leave unanswered.
    pub fn abandon_probability(&self) -> f64 {
        let left = |wait_s: f64| -(-self.leave_rate * wait_s).exp_m1();
        self.integrate(0.0, self.wait_max_s, left) / self.total_weight
    }

    /// The mean wait of all contacts, answered or not, in seconds.
    pub fn average_wait_s(&self) -> f64 {
        self.abandon_probability() / self.leave_rate
    }

    /// The mean number of waiting contacts.
    pub fn queue_length(&self) -> f64 {
        self.arrival_rate * self.average_wait_s()
    }

    /// The share of contacts that are answered within `target_s`, of all.
    pub fn service_level(&self, target_s: f64) -> f64 {
        let stayed = |wait_s: f64| (-self.leave_rate * wait_s).exp();
        let waited = self.integrate(0.0, target_s.min(self.wait_max_s), stayed);
        (self.idle_weight + waited) / self.total_weight
    }

    /// The share of contacts that wait longer than `target_s`, answered or not.
    pub fn wait_over(&self, target_s: f64) -> f64 {
        if self.wait_max_s <= target_s {
            return 0.0;
        }
        let longer = self.integrate(target_s, self.wait_max_s, |_| 1.0) / self.total_weight;
        longer * (-self.leave_rate * target_s).exp()
    }

    /// Integrates the density of the wait times `share`, by Simpson's rule.
    fn integrate(&self, from_s: f64, to_s: f64, share: impl Fn(f64) -> f64) -> f64 {
        let step_s = (to_s - from_s) / f64::from(STEPS);
        let sum: f64 = (0..=STEPS)
            .map(|step| {
                let wait_s = from_s + f64::from(step) * step_s;
                let factor = match step {
                    0 | STEPS => 1.0,
                    odd if odd % 2 == 1 => 4.0,
                    _ => 2.0,
                };
                let density = (self.exponent(wait_s) - self.exponent_max).exp();
                factor * density * share(wait_s)
            })
            .sum();
        self.arrival_rate * sum * step_s / 3.0
    }

    /// The logarithm of the density, but for a constant.
    fn exponent(&self, wait_s: f64) -> f64 {
        let arrivals = -(-self.leave_rate * wait_s).exp_m1() / self.leave_rate;
        self.arrival_rate * arrivals - self.service_rate * wait_s
    }
}
