//! Demo and test equipment: a simulated contact center. One engine plays chats and phone
//! calls. Chats are published in Vngage's JSON and call statistics in Genesys' JSON; the
//! real decoders read both. History is an export that the real importer reads.

mod call_center;
mod chat;
mod demand;
mod event_queue;
pub mod export;
mod phone;
mod rng;
mod roster;
mod site;
mod source;
#[cfg(test)]
mod truth;

pub use call_center::CallCenter;
pub use chat::Message;
pub use phone::configuration;
pub use roster::Channel;
pub use site::site;
pub use source::{Settings, Simulator, SimulatorError};
