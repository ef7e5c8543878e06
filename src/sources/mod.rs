//! Adapters for upstream systems. A source knows its own protocol and its
//! outlet, and nothing of the live state, the boards or the other sources.

mod config;
pub mod genesys;
pub mod gms;
mod optional_wait;
pub mod statserver;
mod supervisor;
mod vendor;
pub mod vngage;

pub use crate::domain::RedactedText;
pub use config::SourceConfig;
pub use supervisor::{LiveSource, SourceError, supervise_source};
pub use vendor::{ProbeResult, VendorSettings};
