//! The most frames per second that a server sustains: the pace rises until frames are late, missing
//! or fewer than there should be.

use crate::{
    comparison::{compare, row},
    pace::Pace,
    server::Server,
    session::{Measured, Session},
};

use super::{WITH_BUN, crowd, time};

const VIEWERS: usize = 10_000;
/// Short, so that the pace isn't limited by it.
const FLUSH_MS: u64 = 10;
const FIRST_PACE: f64 = 8.0;
/// From one step to the next.
const STEP: f64 = 1.15;
const STEPS: usize = 14;
const DELAY_MAX_MS: f64 = 250.0;
/// The part of the frames that must arrive in the time.
const ARRIVED_MIN: f64 = 0.97;

pub(super) fn measure() {
    println!("the most frames/s to {VIEWERS} viewers with p99 under {DELAY_MAX_MS} ms");
    let rows = [
        row("frames per second, in thousands", ""),
        row("publish to frame received, p99", "ms").at_most(DELAY_MAX_MS),
        row("cores used there", ""),
        row("cores used there by the viewers", ""),
    ];
    compare(1, rows, &WITH_BUN, find_ceiling);
}

fn find_ceiling(server: Server) -> [f64; 4] {
    let viewers = crowd(VIEWERS);
    let mut session = Session::open(server, viewers, FLUSH_MS);
    let (mut pace, mut best) = (FIRST_PACE, [0.0, f64::NAN, f64::NAN, f64::NAN]);
    for _ in 0..STEPS {
        let measured = session.measure(Pace::per_second(pace), time(3));
        if !is_sustained(&measured, pace, viewers) {
            break;
        }
        let (own, of_viewers) = measured.cores();
        best = [
            measured.frames_per_second() / 1e3,
            measured.delay().1,
            own,
            of_viewers,
        ];
        pace *= STEP;
    }
    best
}

/// A frame more or less in the time is chance.
#[expect(clippy::cast_precision_loss, reason = "a count of viewers")]
fn is_sustained(measured: &Measured, pace: f64, viewers: usize) -> bool {
    let expected = (pace * measured.time.as_secs_f64() - 1.0) * viewers as f64;
    let has_arrived = expected * ARRIVED_MIN <= measured.figures.frames as f64;
    let is_complete = measured.losses() == 0.0 && measured.figures.skips == 0;
    has_arrived && is_complete && measured.delay().1 < DELAY_MAX_MS
}
