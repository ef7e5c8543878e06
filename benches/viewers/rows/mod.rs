//! The rows of the benchmark. Each can run alone, and is meant to take less than three minutes.

mod ceiling;
mod crowds;
mod importing;
mod reconnect;
mod scaling;
mod thousand;

use std::{env, time::Duration};

use super::server::Server;

/// The flush interval of a server that isn't configured.
const FLUSH_MS: u64 = 100;
const WITH_BUN: [Server; 2] = [Server::Wallboard, Server::Bun];
const ALL_SERVERS: [Server; 3] = [Server::Wallboard, Server::Bun, Server::SendLoop];

/// The name of each row and what measures it.
const ROWS: [(&str, fn()); 8] = [
    ("thousand", thousand::measure),
    ("import", importing::measure),
    ("ten-thousand", crowds::measure_ten_thousand),
    ("fifteen-thousand", crowds::measure_fifteen_thousand),
    ("eighteen-thousand", crowds::measure_eighteen_thousand),
    ("scaling", scaling::measure),
    ("ceiling", ceiling::measure),
    ("reconnect", reconnect::measure),
];

/// Runs the rows with these names, or all.
pub(super) fn run(names: &[String]) {
    for name in names {
        let known = ROWS.map(|(row, _)| row);
        let is_known = known.contains(&name.as_str());
        assert!(is_known, "no row {name:?}; there are {}", known.join(", "));
    }
    for (name, measure) in ROWS {
        if names.is_empty() || names.iter().any(|chosen| chosen == name) {
            measure();
        }
    }
}

/// So many viewers, or that part of them that `WALLBOARD_BENCH_PART` (in %) says, to try a row.
fn crowd(viewers: usize) -> usize {
    (viewers * part_percent()).div_ceil(100)
}

/// A time, in the same way.
fn time(seconds: u64) -> Duration {
    Duration::from_millis(seconds * 10 * part_percent() as u64).max(Duration::from_secs(1))
}

fn part_percent() -> usize {
    let part = env::var("WALLBOARD_BENCH_PART").ok();
    part.and_then(|part| part.parse().ok()).unwrap_or(100)
}
