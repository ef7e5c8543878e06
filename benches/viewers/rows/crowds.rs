//! Ten to eighteen thousand viewers at the pace of usual boards.

use crate::{
    comparison::{compare, row},
    pace::Pace,
    session::Session,
};

use super::{FLUSH_MS, WITH_BUN, crowd, time};

pub(super) fn measure_ten_thousand() {
    println!("10,000 viewers, 1 frame/s");
    measure_crowd(10_000, 1.0);
}

pub(super) fn measure_fifteen_thousand() {
    println!("15,000 viewers, 4.4 frames/s");
    measure_crowd(15_000, 4.4);
}

fn measure_crowd(viewers: usize, frames_per_second: f64) {
    let rows = [
        row("processor time per frame", "µs").at_most(20.0),
        row("publish to frame received, p50", "ms"),
        row("publish to frame received, p99", "ms").at_most(500.0),
        row("cores used", ""),
        row("cores used by the viewers", ""),
        row("memory per viewer", "KiB").at_most(16.0),
        row("lost connections, missing frames", "").at_most(0.0),
    ];
    compare(2, rows, &WITH_BUN, |server| {
        let mut session = Session::open(server, crowd(viewers), FLUSH_MS);
        let measured = session.measure(Pace::per_second(frames_per_second), time(15));
        let (_, per_viewer) = session.memory();
        [
            measured.micros_per_frame(),
            measured.delay().0,
            measured.delay().1,
            measured.cores().0,
            measured.cores().1,
            per_viewer,
            measured.losses(),
        ]
    });
}

pub(super) fn measure_eighteen_thousand() {
    println!("18,000 viewers, idle and then 2 frames/s");
    let rows = [
        row("memory of the server, idle", "MiB"),
        row("memory per idle viewer", "KiB").at_most(16.0),
        row("memory of the server, 2 frames/s", "MiB"),
        row("processor time per frame", "µs").at_most(20.0),
        row("publish to frame received, p99", "ms").at_most(500.0),
        row("lost connections, missing frames", "").at_most(0.0),
    ];
    compare(1, rows, &WITH_BUN, |server| {
        let mut session = Session::open(server, crowd(18_000), FLUSH_MS);
        let (idle, per_viewer) = session.idle_memory();
        let measured = session.measure(Pace::per_second(2.0), time(20));
        [
            idle,
            per_viewer,
            session.memory().0,
            measured.micros_per_frame(),
            measured.delay().1,
            measured.losses(),
        ]
    });
}
