//! Simulated viewers of one board at a running server: what they receive, how soon, and what they
//! lose. For the binary `wallboard-bench` and our own benchmark. Knows the live protocol as
//! docs/reference/protocol.md describes it, like any viewer; must not know the server's code.

mod command;
mod cookies;
mod crowd;
mod delay_histogram;
mod error;
mod figures;
mod follower;
mod frame_reader;
mod handshake;
mod load_report;
mod target;
mod viewer;

pub use command::BenchCommand;
pub use crowd::{LoadPlan, ReturnedViewers, ViewerCrowd};
pub use delay_histogram::DelayFigures;
pub use error::{LoadError, ViewerRefusal};
pub use figures::{ClockDifference, LoadFigures};
pub use target::{LoadTarget, TargetChoice};
