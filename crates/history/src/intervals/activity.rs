//! An agent's activity by quarter. Where spans of one kind overlap, the time counts once.

use std::collections::BTreeMap;

use wallboard_domain::{AgentCounter, AgentCounters, Staffing};
use wallboard_store::{merge_ranges, subtract_ranges};

use super::{QUARTER, TimeSpan, quarter_start};

/// One agent's activity, as spans in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentActivity {
    pub logged_in: Vec<TimeSpan>,
    /// By pause code.
    pub not_ready: BTreeMap<i64, Vec<TimeSpan>>,
    pub talk: Vec<TimeSpan>,
    pub wrap_up: Vec<TimeSpan>,
    pub ringing: Vec<TimeSpan>,
    pub other: Vec<TimeSpan>,
}

/// Measures the agent's seconds by quarter within `window`. `add` gets the start of the
/// quarter; it is called once for each quarter and kind with any seconds.
pub fn measure_activity(
    activity: &AgentActivity,
    window: TimeSpan,
    mut add: impl FnMut(i64, &dyn Fn(&mut AgentCounters)),
) {
    let union = |spans: &[&Vec<TimeSpan>]| {
        let spans = spans.iter().copied().flatten();
        merge_ranges(spans.filter_map(|span| span.intersect(window)).collect())
    };
    let AgentActivity {
        talk,
        wrap_up,
        ringing,
        other,
        ..
    } = activity;
    let logged_in = union(&[&activity.logged_in]);
    let busy = union(&[talk, wrap_up, other]);
    let engaged = union(&[talk, wrap_up, other, ringing]);
    let by_code: Vec<&Vec<TimeSpan>> = activity.not_ready.values().collect();
    let paused = union(&by_code);
    let ready = subtract_ranges(&logged_in, &merge_ranges([&paused[..], &engaged].concat()));

    for (counter, spans) in [
        (AgentCounter::LoggedIn, logged_in.clone()),
        (AgentCounter::Ready, ready),
        (AgentCounter::Ringing, union(&[ringing])),
        (AgentCounter::Talk, union(&[talk])),
        (AgentCounter::WrapUp, union(&[wrap_up])),
        (AgentCounter::Other, union(&[other])),
        (AgentCounter::Busy, busy),
        (AgentCounter::Engaged, engaged),
    ] {
        for (at, seconds) in seconds_by_quarter(&spans) {
            add(at, &|counters| counters.add(counter, seconds));
        }
    }
    for (code, spans) in &activity.not_ready {
        // Breaks are part of signed-in time: without its sign-in row, neither is known.
        let breaks = intersect_ranges(&logged_in, &union(&[spans]));
        for (at, seconds) in seconds_by_quarter(&breaks) {
            add(at, &|counters| {
                *counters.not_ready.entry(*code).or_default() += seconds;
            });
        }
    }
}

/// The parts of both, which must be sorted and merged: what isn't outside of the other.
pub fn intersect_ranges(spans: &[(i64, i64)], others: &[(i64, i64)]) -> Vec<(i64, i64)> {
    subtract_ranges(spans, &subtract_ranges(spans, others))
}

/// A part of staffing.
type StaffingField = fn(&mut Staffing) -> &mut i64;

/// Measures the agent's seconds by quarter within `window` while signed in to a queue. `add` gets
/// the start of the quarter.
pub fn measure_staffing(
    activity: &AgentActivity,
    in_queue: &[TimeSpan],
    window: TimeSpan,
    mut add: impl FnMut(i64, &dyn Fn(&mut Staffing)),
) {
    let union = |spans: &mut dyn Iterator<Item = &TimeSpan>| {
        merge_ranges(spans.filter_map(|span| span.intersect(window)).collect())
    };
    let AgentActivity {
        talk,
        wrap_up,
        ringing,
        other,
        ..
    } = activity;
    let in_queue = union(&mut in_queue.iter());
    let busy = union(&mut [talk, wrap_up, other].into_iter().flatten());
    let engaged = union(&mut [talk, wrap_up, other, ringing].into_iter().flatten());
    let paused = union(&mut activity.not_ready.values().flatten());
    let ready = subtract_ranges(&in_queue, &merge_ranges([&paused[..], &engaged].concat()));
    let within = |spans: &[(i64, i64)]| intersect_ranges(&in_queue, spans);
    let measures: [(StaffingField, Vec<(i64, i64)>); 4] = [
        (|staff| &mut staff.ready, ready),
        (|staff| &mut staff.busy, within(&busy)),
        (|staff| &mut staff.engaged, within(&engaged)),
        (|staff| &mut staff.logged_in, in_queue.clone()),
    ];
    for (field, spans) in measures {
        for (at, seconds) in seconds_by_quarter(&spans) {
            add(at, &|staff| *field(staff) += seconds);
        }
    }
}

/// The seconds by the start of the quarter, in order.
fn seconds_by_quarter(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut quarters: Vec<(i64, i64)> = Vec::new();
    for &(mut start, until) in ranges {
        while start < until {
            let at = quarter_start(start);
            let end = until.min(at + QUARTER);
            match quarters.last_mut() {
                Some((last, seconds)) if *last == at => *seconds += end - start,
                _ => quarters.push((at, end - start)),
            }
            start = end;
        }
    }
    quarters
}
