//! What is watched: published views, frames encoded once, viewers at their own
//! pace. Knows boards and nothing of what they are about.

mod channel;
mod drawing;
mod hub;
pub mod protocol;
mod published;
mod ring;
mod session;
#[cfg(test)]
mod sheet;
mod traffic;

pub use channel::Channel;
pub use drawing::{Drawing, Redrawn};
pub use hub::{Admission, Hub, Limits};
pub use session::socket_config;
pub use traffic::Traffic;
