//! Figures of intervals that only imports have: an agent's time, who staffs a queue, and how long
//! contacts waited.

mod agent;
mod contact_figures;
mod handled_time;
mod staffing;
mod wait_distribution;

pub use agent::{AgentCounter, AgentCounters};
pub use contact_figures::ContactFigures;
pub use handled_time::HandledTime;
pub use staffing::Staffing;
pub use wait_distribution::{WaitCounts, WaitDistribution};

use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

/// The interval that a contact's counts belong to.
#[derive(EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CountBy {
    /// All counts in the interval in which the contact began.
    #[default]
    Start,
    /// Each count in the interval in which it happened.
    Event,
}
