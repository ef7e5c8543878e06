//! Whether a frame costs the same with few and with many viewers.

use crate::{
    comparison::{compare, row},
    pace::Pace,
    session::Session,
};

use super::{FLUSH_MS, WITH_BUN, crowd, time};

const FRAMES_PER_SECOND: f64 = 4.4;
const CROWDS: [usize; 4] = [100, 1_000, 5_000, 18_000];

pub(super) fn measure() {
    println!("processor time per frame, {FRAMES_PER_SECOND} frames/s");
    let rows = [
        row("100 viewers", "µs"),
        row("1,000 viewers", "µs"),
        row("5,000 viewers", "µs"),
        row("18,000 viewers", "µs"),
        row("the most, in % of the least", "%").at_most(120.0),
    ];
    compare(1, rows, &WITH_BUN, |server| {
        let [few, some, more, most] = CROWDS.map(|viewers| {
            let mut session = Session::open(server, crowd(viewers), FLUSH_MS);
            let measured = session.measure(Pace::per_second(FRAMES_PER_SECOND), time(10));
            measured.micros_per_frame()
        });
        let all = [few, some, more, most];
        let least = all.into_iter().fold(f64::INFINITY, f64::min);
        let highest = all.into_iter().fold(0.0, f64::max);
        [few, some, more, most, highest * 100.0 / least]
    });
}
