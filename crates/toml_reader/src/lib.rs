//! Reads TOML tables into typed values and collects every fault with its position, the
//! allowed values and a fix. [`ConfigSection`] is a table, [`ConfigEntry`] one of its keys.
//! Each module reads its tables with it; this one knows none of their keys.

mod address;
mod duration;
mod entry;
mod fault;
mod given_text;
mod nearest;
mod reader;
mod secret_key;

pub use address::{HttpAddress, is_loopback, read_address_with_query, read_http_address};
pub use duration::parse_duration;
pub use entry::ConfigEntry;
pub use fault::{ConfigFault, ConfigFaults, FaultPlace};
pub use nearest::{nearest_word, suggest_word};
pub use reader::{
    ConfigReader, ConfigSection, FAULTS_MAX, RecordedPart, SecretForm, SecretPlace, quote_key,
};
pub use secret_key::{SecretKey, SecretKeyError};
