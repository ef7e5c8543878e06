//! Ten thousand viewers that lose their connections at the same moment.

use crate::{
    comparison::{compare, row},
    pace::Pace,
    session::Session,
};

use super::{FLUSH_MS, WITH_BUN, crowd};

const VIEWERS: usize = 18_000;
const RETURNING: usize = 10_000;
const FRAMES_PER_SECOND: f64 = 2.0;

pub(super) fn measure() {
    println!("{RETURNING} of {VIEWERS} viewers reconnect at once, {FRAMES_PER_SECOND} frames/s");
    let rows = [
        row("until all had the board again", "s").at_most(10.0),
        row("viewers that didn't return", "").at_most(0.0),
        row("attempts that failed", ""),
        row("delay of those who stayed, p50", "ms"),
        row("delay of those who stayed, p99", "ms"),
        row("lost of those who stayed", "").at_most(0.0),
    ];
    compare(2, rows, &WITH_BUN, |server| {
        let returning = crowd(RETURNING);
        let mut session = Session::open_returning(server, crowd(VIEWERS), returning, FLUSH_MS);
        let back = session.let_return(Pace::per_second(FRAMES_PER_SECOND));
        #[expect(clippy::cast_precision_loss, reason = "figures to print")]
        let [returning, p50, p99, lost] = {
            let delay = back.staying.delay;
            let of = |figure: Option<u64>| figure.map_or(f64::NAN, |ms| ms as f64);
            let lost = back.staying.lost_count() as f64;
            [
                returning as f64,
                of(delay.map(|d| d.p50)),
                of(delay.map(|d| d.p99)),
                lost,
            ]
        };
        [
            back.seconds,
            returning - back.returned,
            back.failed_attempts,
            p50,
            p99,
            lost,
        ]
    });
}
