//! The chat side: what Vngage publishes about the call center, in its JSON.

mod messages;
mod publisher;
#[cfg(test)]
mod tests;
mod transcripts;

pub use messages::{Message, agent_id, group_by_solution, group_id};
pub(crate) use messages::{
    closed, created, opened, transcript_closed, transferred, visitor_profile,
};
pub(crate) use publisher::Publisher;
pub(crate) use transcripts::{closure, profile, transcript};
