//! A client of Bayeux that must not break its rules: a state machine that neither
//! does I/O nor reads a clock, and two transports that carry what it says. One
//! [`Client`] lives as long as one run of the source; what outlives a run, so that
//! the next one can go on with the same session, is in [`Memory`].

mod advice;
mod client;
mod endpoint;
mod error;
mod inbox;
mod machine;
mod memory;
mod message;
mod polling;
mod request;
mod session;
#[cfg(test)]
mod stand_in;
mod websocket;
mod wire;

pub(super) use client::{Client, Opened};
pub(super) use endpoint::{Endpoint, Sign};
pub(super) use error::Error;
pub(super) use inbox::Event;
pub(super) use memory::Memory;
