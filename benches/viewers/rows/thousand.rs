//! A thousand viewers: a busy board, a lone change after silence, and memory.

use std::{thread, time::Duration};

use jiff::Timestamp;

use crate::{
    comparison::{compare, row},
    pace::Pace,
    server::Server,
    session::Session,
};

use super::{ALL_SERVERS, FLUSH_MS, crowd, time};

const VIEWERS: usize = 1_000;
/// The second of a minute by which lone changes begin, so that they end within it.
const LONE_BEFORE: i64 = 40;

pub(super) fn measure() {
    println!(
        "{VIEWERS} viewers, 50 changes/s, {} frames/s; then a lone change after quiet",
        1_000 / FLUSH_MS
    );
    let rows = [
        row("processor time per frame", "µs").at_most(20.0),
        row("publish to frame received, p50", "ms"),
        row("publish to frame received, p99", "ms"),
        row("change to frame received, p50", "ms"),
        row("change to frame received, p99", "ms").at_most(150.0),
        row("lone change to frame received, p50", "ms"),
        row("lone change to frame received, p99", "ms").at_most(20.0),
        row("memory per idle viewer", "KiB").at_most(16.0),
        row("memory per viewer after busy time", "KiB"),
        row("lost connections, missing frames", "").at_most(0.0),
    ];
    compare(1, rows, &ALL_SERVERS, |server| {
        let mut session = Session::open(server, crowd(VIEWERS), FLUSH_MS);
        let (_, idle) = session.idle_memory();
        // The send loop has no flush interval: each change is a frame at once.
        let is_loop = server == Server::SendLoop;
        let changes = if is_loop { 10.0 } else { 50.0 };
        let busy = session.measure(Pace::per_second(changes), time(15));
        let (_, used) = session.memory();
        // A board also changes with the minute, which is no lone change.
        let second = Timestamp::now().as_second().rem_euclid(60);
        if LONE_BEFORE < second {
            thread::sleep(Duration::from_secs((60 - second).unsigned_abs()));
        }
        // Each queue before it counts as silent, which would be another change.
        let lone = session.measure(Pace::per_second(1.0 / 0.6), time(15));
        [
            busy.micros_per_frame(),
            busy.delay().0,
            busy.delay().1,
            if is_loop { f64::NAN } else { busy.age().0 },
            if is_loop { f64::NAN } else { busy.age().1 },
            lone.age().0,
            lone.age().1,
            idle,
            used,
            busy.losses() + lone.losses(),
        ]
    });
}
