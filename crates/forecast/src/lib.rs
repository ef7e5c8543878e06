//! Forecasts: the contacts of a queue until the end of the half hour, its service level and longest
//! wait, and what more or fewer agents change. Pure: reads no clock, does no I/O, and draws random
//! numbers only from fixed seeds.

mod agent_pool;
mod arrival_model;
mod erlang_a;
mod erlang_c;
mod forecast_range;
mod handle_time;
mod negative_binomial;
mod queue_forecast;
mod random_stream;
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
pub use simulation::{SimulatedPeriod, simulate_period};
pub use usual_arrivals::{PastDay, QUARTERS};
