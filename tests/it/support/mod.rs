//! Test infrastructure. Only `test_server`, which starts the product, uses the product's code: a
//! test and the code under test must not share a mistake.

pub mod azure;
pub mod balancer;
pub mod board_copy;
pub mod broker;
pub mod browser;
mod browser_driver;
pub mod certificates;
pub mod check;
pub mod clock;
pub mod contact_center;
pub mod crowd;
pub mod demo;
pub mod disk;
pub mod faulty_s3;
pub mod genesys;
pub mod gms;
pub mod haproxy;
pub mod history_fixture;
pub mod hostile_vendor;
pub mod http;
pub mod judge;
pub mod lateness;
pub mod local_server;
pub mod log_stream;
pub mod machines;
pub mod mixed_site;
pub mod nats;
pub mod nodes;
pub mod numbered_voice;
pub mod object_server;
pub mod oidc;
pub mod onlookers;
pub mod openmetrics;
pub mod page;
pub mod past_records;
pub mod person;
pub mod picture;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod pushed_orders;
pub mod quiet_site;
pub mod raw_socket;
pub mod record_receiver;
pub mod reference;
pub mod s3;
pub mod screen;
pub mod scripted_site;
pub mod server_process;
pub mod shown;
pub mod shown_needs;
pub mod shown_people;
pub mod smtp;
pub mod sshd;
pub mod stranger;
pub mod test_server;
pub mod truth;
pub mod truth_history;
pub mod vendors;
pub mod vep;
pub mod viewer;
pub mod voice;
pub mod wait;
pub mod wallboard;

pub use azure::Azure;
pub use broker::Broker;
pub use browser::Browser;
pub use crowd::Crowd;
pub use disk::{Disk, SlowDisk};
pub use genesys::Genesys;
pub use gms::Gms;
pub use nats::{NatsCluster, NatsServer};
pub use nodes::Nodes;
pub use oidc::OidcProvider;
pub use person::Person;
pub use process::Process;
pub use proxy::{NetworkCondition, Proxy};
pub use quiet_site::QuietSite;
pub use s3::S3;
pub use scripted_site::ScriptedSite;
pub use sshd::Sshd;
pub use test_server::TestServer;
pub use truth::{check_queues, wait_until_correct, wait_until_fully_correct};
pub use vep::{Disorder, Vep};
pub use wait::{assert_throughout, print_measured, wait_until};
pub use wallboard::{VngageSource, Wallboard};

use std::time::Duration;

/// Returns `short` seconds on every change and `long` seconds in `scripts/nightly`.
pub fn tier(short: u64, long: u64) -> Duration {
    Duration::from_secs(if is_nightly() { long } else { short })
}

pub fn is_nightly() -> bool {
    std::env::var("WALLBOARD_TIER").is_ok_and(|tier| tier == "nightly")
}
