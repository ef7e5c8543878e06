//! Forecasts: the contacts of a queue until the end of the half hour, its service level and longest
//! wait, and what more or fewer agents change. Pure: reads no clock, does no I/O, and draws random
//! numbers only from fixed seeds.
//!
//! **Contacts** are the usual ones times today's factor. Usual is the mean of the weekday's quarters
//! of an hour over eight weeks, in which newer weeks count more, blended with the shape of all days
//! and smoothed. The factor has a gamma distribution with mean 1 before the day; arrivals so far,
//! which fade, make its posterior (a conjugate gamma-Poisson model, as of Weinberg, Brown and Stroud,
//! "Bayesian forecasting of an inhomogeneous Poisson process with applications to call center data",
//! 2007). The next half hour varies around it, so that its contacts have a negative binomial
//! distribution. How fast arrivals fade and both variances are those under which the half hours of
//! the last four weeks were most likely, each without its own day.
//!
//! **Service level and longest wait** come from simulated half hours, each with a rate and handle
//! times drawn from their distributions: the queue with its agents now, who is busy for how long,
//! who waits, and the other queues of these agents with the agents' share of them. The middle is the
//! median; the range holds 80 % of the outcomes.
//!
//! Erlang C and A have closed forms for a queue in equilibrium, which a half hour seldom is. Erlang C
//! guesses how many agents are missing, before they are simulated; tests compare the simulation with
//! both.

mod agent_pool;
mod arrival_model;
mod erlang_a;
mod erlang_c;
mod forecast_range;
mod handle_time;
mod negative_binomial;
mod queue_forecast;
mod random_stream;
mod simulated_period;
mod simulation;
#[cfg(test)]
mod tests;
mod usual_arrivals;

pub use agent_pool::{
    AgentPool, OpenContact, POOL_QUEUES_MAX, PoolAgent, PoolQueue, StaffingOutlook,
};
pub use arrival_model::{ArrivalModel, ExpectedArrivals, RecentArrivals};
pub use erlang_a::ErlangA;
pub use erlang_c::{ErlangC, erlang_b};
pub use forecast_range::{ForecastRange, RANGE_SHARE};
pub use handle_time::{HandleTime, HandledContacts};
pub use queue_forecast::{NoForecast, QueueForecast, ServiceOutlook, forecast_queue};
pub use simulated_period::SimulatedPeriod;
pub use simulation::simulate_period;
pub use usual_arrivals::{PastDay, QUARTERS};
