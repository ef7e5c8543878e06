//! Adapters for upstream systems. A source knows its own protocol and its
//! outlet, and nothing of the live state, the boards or the other sources.

pub mod genesys;
pub mod gms;
mod hidden;
mod https;
pub mod simulator;
pub mod statserver;
mod supervisor;
pub mod vngage;

pub use hidden::Hidden;
pub use supervisor::{Failure, Orders, Source, supervise};
