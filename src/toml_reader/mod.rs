//! Reads TOML tables into typed values and collects every fault with its place,
//! what is allowed and how to fix it. [`Section`] is a table, [`Entry`] one of its keys.
//! Each room reads its own tables with it; it knows none of them.

mod address;
mod duration;
mod entry;
mod fault;
mod nearest;
mod reader;

pub use address::{HttpAddress, is_loopback, read_http_address};
pub use entry::ConfigEntry;
pub use fault::{ConfigFault, ConfigFaults};
pub use nearest::nearest_word;
pub use reader::{ConfigReader, ConfigSection};
