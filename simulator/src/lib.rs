//! A simulated contact center for the demo and tests. One engine plays chats and phone calls.
//! Chats are published in Vngage's JSON, call statistics are served in Genesys' JSON, and past
//! days are exported in Sangoma's files. Knows these formats and nothing of who reads them.

mod call_center;
pub mod chat;
mod demand;
mod event_queue;
pub mod export;
pub mod phone;
mod quarter;
mod rng;
pub mod roster;
mod settings;
mod truth;

pub use call_center::{Activity, CallCenter};
pub use quarter::{PlayedContact, PlayedDay, PlayedShift, Quarter};
pub use roster::Channel;
pub use settings::Settings;
pub use truth::{AgentTruth, QueueTruth, Truth};
