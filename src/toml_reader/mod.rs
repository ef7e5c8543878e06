//! Reads TOML tables into typed values and collects every fault with its place,
//! what is allowed and how to fix it. [`Section`] is a table, [`Entry`] one of its keys.
//! Each room reads its own tables with it; it knows none of them.

mod address;
mod duration;
mod entry;
mod fault;
mod nearest;
mod reader;

pub use address::{Http, http_address, is_loopback};
pub use entry::Entry;
pub use fault::{Fault, Faults};
pub use nearest::nearest;
pub use reader::{Reader, Section};
