//! Genesys Stat Server: what Statistics API and GMS have in common. Which of its
//! statistics are which of our figures is configuration; what comes back is a
//! number, a text or a tree of states, and is put into our own words and units
//! here. Pure: whatever comes, nothing here fails; what makes no sense is unknown.

mod configuration;
mod decode;
mod finding;
mod gives;
mod keys;
mod known;
mod number;
mod state;
mod statistic;
mod tree;

pub(super) use configuration::{EntryReader, read_interval, read_states};
pub use decode::{NO_ESTIMATE, is_known};
pub use finding::{Finding, Part, Trial};
pub use gives::gives;
pub use known::known;
pub use state::States;
pub use statistic::{Delivered, Measure, Statistic};

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
