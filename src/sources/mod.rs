//! Adapters for upstream systems. A source knows its own protocol and its
//! outlet, and nothing of the live state, the boards or the other sources.

mod config;
pub mod genesys;
pub mod gms;
pub mod statserver;
mod supervisor;
mod vendor;
pub mod vngage;
mod waiting;

pub use crate::domain::Hidden;
pub use config::SourceConfig;
pub use supervisor::{Failure, Source, supervise};
pub use vendor::{ProbeResult, VendorSettings};
