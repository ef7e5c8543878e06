//! The phone side: a simulated Genesys Engage with a Statistics API, in its JSON.

mod service;
mod statistics;

pub use service::StatisticsService;
pub use statistics::{SimStatistic, all_statistics};
