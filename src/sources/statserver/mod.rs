//! Genesys Stat Server: what Statistics API and GMS have in common. Which of its
//! statistics are which of our figures is configuration; what comes back is a
//! number, a text or a tree of states, and is put into our own words and units here.

mod statistic;

pub use statistic::{Delivered, Measure, Statistic};
