//! Stretches of an agent's time, cut at the boundaries of quarters. Where stretches of
//! one kind overlap, the time counts once.

use std::collections::BTreeMap;

use crate::domain::{AgentCounter, AgentCounters};

use super::{QUARTER, quarter_start};

/// Half-open, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeSpan {
    pub start: i64,
    pub end: i64,
}

impl TimeSpan {
    /// `None` where it would end before it starts.
    pub fn new(start: i64, end: i64) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    pub fn seconds(self) -> i64 {
        self.end - self.start
    }

    pub fn contains(self, at: i64) -> bool {
        self.start <= at && at < self.end
    }

    /// What of it lies in `other`.
    fn intersect(self, other: Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Self { start, end })
    }
}

/// What one agent did, in spans of any order.
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

/// The agent's seconds by quarter within `window`. `add` is told the start of the
/// quarter; it is asked once for each quarter and kind that has any.
pub fn measure_activity(
    presence: &AgentActivity,
    window: TimeSpan,
    mut add: impl FnMut(i64, &dyn Fn(&mut AgentCounters)),
) {
    let union = |spans: &[&Vec<TimeSpan>]| union_within(spans.iter().copied().flatten(), window);
    let AgentActivity {
        talk,
        wrap_up,
        ringing,
        other,
        ..
    } = presence;
    let logged_in = union(&[&presence.logged_in]);
    let busy = union(&[talk, wrap_up, other]);
    let engaged = union(&[talk, wrap_up, other, ringing]);
    let by_code: Vec<&Vec<TimeSpan>> = presence.not_ready.values().collect();
    let paused = union(&by_code);
    let ready = subtract_spans(&logged_in, &merge_spans(&paused, &engaged));

    for (counter, spans) in [
        (AgentCounter::LoggedIn, logged_in),
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
    for (code, spans) in &presence.not_ready {
        for (at, seconds) in seconds_by_quarter(&union(&[spans])) {
            add(at, &|counters| {
                *counters.not_ready.entry(*code).or_default() += seconds;
            });
        }
    }
}

/// What of the spans lies in the window, in order, without overlaps.
fn union_within<'a>(spans: impl Iterator<Item = &'a TimeSpan>, window: TimeSpan) -> Vec<TimeSpan> {
    let mut spans: Vec<_> = spans.filter_map(|span| span.intersect(window)).collect();
    spans.sort_unstable();
    let mut whole: Vec<TimeSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match whole.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => whole.push(span),
        }
    }
    whole
}

fn merge_spans(a: &[TimeSpan], b: &[TimeSpan]) -> Vec<TimeSpan> {
    let all = TimeSpan {
        start: i64::MIN,
        end: i64::MAX,
    };
    union_within(a.iter().chain(b), all)
}

/// What of `spans` is in none of `others`; both in order, without overlaps.
fn subtract_spans(spans: &[TimeSpan], others: &[TimeSpan]) -> Vec<TimeSpan> {
    let mut left = Vec::new();
    let mut others = others.iter().peekable();
    for &span in spans {
        let mut start = span.start;
        while let Some(other) = others.peek() {
            if span.end <= other.start {
                break;
            }
            if start < other.start {
                left.push(TimeSpan {
                    start,
                    end: other.start,
                });
            }
            start = start.max(other.end);
            if span.end < other.end {
                break;
            }
            others.next();
        }
        if start < span.end {
            left.push(TimeSpan {
                start,
                end: span.end,
            });
        }
    }
    left
}

/// Seconds by the start of the quarter, in order.
fn seconds_by_quarter(spans: &[TimeSpan]) -> Vec<(i64, i64)> {
    let mut quarters: Vec<(i64, i64)> = Vec::new();
    for span in spans {
        let mut start = span.start;
        while start < span.end {
            let at = quarter_start(start);
            let end = span.end.min(at + QUARTER);
            match quarters.last_mut() {
                Some((last, seconds)) if *last == at => *seconds += end - start,
                _ => quarters.push((at, end - start)),
            }
            start = end;
        }
    }
    quarters
}
