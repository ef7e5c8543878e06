//! What the tests stand on. Nothing here but `house` (which only starts the
//! product) uses its code: a test and what it tests must not share a mistake.

pub mod azure;
pub mod broker;
pub mod browser;
pub mod centre;
pub mod certificates;
pub mod check;
pub mod demo;
pub mod genesys;
pub mod gms;
pub mod house;
pub mod http;
pub mod kept;
pub mod openmetrics;
pub mod page;
pub mod past;
pub mod play;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod reckon;
pub mod s3;
pub mod shop;
pub mod sshd;
pub mod truth;
pub mod vendors;
pub mod vep;
pub mod viewer;
pub mod voice;
pub mod wait;
pub mod wallboard;

pub use azure::Azure;
pub use broker::Broker;
pub use browser::Browser;
pub use genesys::Genesys;
pub use gms::Gms;
pub use house::House;
pub use play::Play;
pub use process::Process;
pub use proxy::{Proxy, Weather};
pub use s3::S3;
pub use sshd::Sshd;
pub use truth::{equals, equals_in_full};
pub use vep::{Mess, Vep};
pub use wait::{throughout, until};
pub use wallboard::{Vngage, Wallboard};

use std::time::Duration;

/// `short` on every change, `long` in `scripts/nightly`.
pub fn tier(short: u64, long: u64) -> Duration {
    Duration::from_secs(if is_nightly() { long } else { short })
}

pub fn is_nightly() -> bool {
    std::env::var("WALLBOARD_TIER").is_ok_and(|tier| tier == "nightly")
}
