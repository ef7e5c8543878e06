//! Vngage: a contact centre's chats, told over AMQP.

pub mod decode;
mod event;

pub use event::{COLLECT, Event};
