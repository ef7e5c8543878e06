//! The forecasts of all queues: `run_forecasts` computes them once a minute from the live state and the
//! history of the last weeks, and pages and the API read them from `Forecasts`.

mod arrival_notes;
mod calibration;
mod counted_agents;
mod exceptional_hours;
mod forecaster;
#[expect(
    clippy::module_inception,
    reason = "the handle has the name of what it holds"
)]
mod forecasts;
mod handled_notes;
mod live_pool;
mod loaded_pasts;
mod observed_queue;
mod past_sums;
mod planned_contacts;
mod queue_load;
mod queue_past;
mod rest_of_day;
mod run_forecasts;
mod slot_counts;
#[cfg(test)]
mod tests;

pub use calibration::{Calibration, RangeHits};
pub use forecasts::{ArrivalsToday, DatedForecast, ForecastBasis, Forecasts, ForecastsByQueue};
pub use live_pool::SharedAgents;
pub use planned_contacts::{plan_names, plan_of_day};
pub use run_forecasts::run_forecasts;
