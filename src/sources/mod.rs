//! Adapters for upstream systems. A source knows its own protocol and its
//! outlet, and nothing of the live state, the boards or the other sources.

pub mod simulator;
mod supervisor;
pub mod vngage;

pub use supervisor::{Failure, Orders, Source, supervise};
