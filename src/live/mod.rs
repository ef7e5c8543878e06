//! The present: what every queue, agent and case is like now, and whether that
//! can be trusted. A pure fold ([`State`]) behind a handle ([`Live`]).

mod contacts;
mod day;
mod feed;
mod freshness;
mod ledger;
mod lines;
mod merge;
mod names;
mod naming;
mod own;
mod picture;
mod proof;
mod reading;
mod readings;
mod room;
mod state;
mod stated;
mod store;
mod sweep;
mod trail;

pub use freshness::{AVERAGE_WAIT_HOLDS, GONE_AFTER, GRAY_AFTER};
pub use merge::{Merged, Over, Presence};
pub use picture::{
    Agent, Case, CaseState, Conduct, Counts, Day, DayMarks, Figure, Gap, Health, LineState, Lost,
    Map, Named, Picture, Queue, Source, Spoken, Transfer, Trust,
};
pub use reading::{Others, QUEUE_METRICS, Reading, Readings};
pub use state::{Effects, State};
pub use store::{Live, keep};
pub use trail::{STEP, STEPS, Step, Trail};

#[cfg(test)]
pub(crate) use trail::{Held, Longest};

#[cfg(test)]
mod tests;
