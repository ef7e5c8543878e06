//! Channels over HTTP: a request with JSON, and an answer that says whether it was accepted.

mod http_answer;
mod http_receiver;
mod slack;
mod teams;
#[cfg(test)]
mod tests;
mod webhook;

#[cfg(any(test, feature = "testing"))]
pub(crate) use http_answer::judge_answer;
pub(crate) use http_receiver::{HttpReceiver, ReceiverKind};
pub use webhook::sign;
