//! Adapters for upstream systems. A source knows its protocol and the ingest channel,
//! but not the live state, the boards or other sources.

mod config;
pub mod demo;
pub mod genesys;
pub mod gms;
mod optional_wait;
mod probe_report;
pub mod statserver;
mod supervisor;
pub mod values;
mod vendor;
pub mod vngage;

pub use config::SourceConfig;
pub use probe_report::{DiscoveredNames, ProbeReport, ProbeResult, ProbedPart};
pub use supervisor::{LiveSource, SourceError, supervise_source};
pub use vendor::VendorSettings;
pub use wallboard_domain::RedactedText;
