//! Schedules beside what agents did: adherence and conformance. Pure. Times are Unix seconds.

mod adherence_figures;
mod agent_adherence;
mod observed_agents;
mod observed_time;

pub use adherence_figures::AdherenceFigures;
pub use agent_adherence::{AgentAdherence, ClassedActivity, ClassedTime};
pub use observed_agents::ObservedAgents;
pub use observed_time::ObservedTime;

#[cfg(test)]
mod tests;
