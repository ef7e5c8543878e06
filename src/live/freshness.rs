//! Reading the picture: a figure, and whether it can be trusted. Trust is a
//! comparison of line and generation, made at each read; no mark goes stale.

use jiff::Timestamp;

use crate::domain::{AgentState, Metric, Moment, Mono, Value, moment};

use super::{
    day::day_figure,
    picture::{Agent, Figure, Health, LineState, Picture, Queue, Source, Trust},
    reading::{QUEUE_METRICS, Reading, is_over},
};

/// The 15-minute average wait says nothing of now after this, in milliseconds.
pub const AVERAGE_WAIT_HOLDS: i64 = 15 * 60_000;
/// A short outage does not gray the wall: figures become stale this long after a loss,
/// in milliseconds.
pub const GRAY_AFTER: i64 = 10_000;
/// A last value that is older is no longer worth showing, in milliseconds.
pub const GONE_AFTER: i64 = 5 * 60_000;

/// So long before a loss a source is expected to have spoken, in milliseconds.
const QUIET: i64 = 5_000;

impl Trust {
    /// Whether a last value, `heard` then, is too old to be shown.
    pub fn is_gone(self, heard: Option<Mono>, now: Moment) -> bool {
        let last = match self {
            Self::Lost(lost) => Some(lost.mono),
            Self::Stale => heard,
            Self::Fresh | Self::Unknown => None,
        };
        last.is_some_and(|last| GONE_AFTER <= now.mono.since(last))
    }
}

impl Source {
    pub fn is_live(&self) -> bool {
        self.line == LineState::Connected
    }

    /// When it last spoke, where that was well before its line was known to be lost:
    /// what hangs is noticed late.
    pub fn last_word(&self) -> Option<Timestamp> {
        let (lost, spoke) = (self.lost?.at, self.last_message_at?);
        (QUIET <= moment::millis_between(spoke, lost)).then_some(spoke)
    }

    pub fn health(&self) -> Health {
        match self.line {
            LineState::Connecting | LineState::CatchingUp => Health::Connecting,
            LineState::Connected if self.degraded => Health::Degraded,
            LineState::Connected => Health::Live,
            LineState::Away | LineState::Silent => Health::Down,
        }
    }
}

impl Picture {
    /// A queue's figure; `None` where its source never gives that metric.
    pub fn queue_figure(&self, queue: &Queue, metric: Metric, now: Moment) -> Option<Figure> {
        if queue.members.is_some() {
            let merged = self.merged(&self.over([queue]), metric, now)?;
            return Some(merged.figure);
        }
        let source = self.sources.get(&queue.id.source);
        if let Some(gives) = &queue.gives {
            gives.binary_search(&metric).ok()?;
            let reading = queue.readings.get(metric);
            let figure = reading.map(|reading| {
                if metric.is_of_the_day() {
                    self.stated_of_day(source, metric, reading, queue.totals(), now)
                } else {
                    reading_figure(source, queue, metric, reading, now)
                }
            });
            return Some(figure.unwrap_or_default());
        }
        if metric.is_of_the_day() {
            return day_figure(&queue.today, metric, line_trust(source));
        }
        if !QUEUE_METRICS.contains(&metric) {
            return None;
        }
        let Some(reading) = queue.readings.get(metric) else {
            return Some(Figure::default());
        };
        if queue.quiet_since.is_some() {
            return Some(Figure::default());
        }
        Some(reading_figure(source, queue, metric, reading, now))
    }

    /// An agent's figure; `None` where the source never gives that metric.
    pub fn agent_figure(&self, agent: &Agent, metric: Metric, now: Moment) -> Option<Figure> {
        let source = self.sources.get(&agent.id.source);
        if let Some(stated) = &agent.stated {
            stated.gives.binary_search(&metric).ok()?;
            let reading = stated.readings.get(metric);
            let figure = reading
                .map(|reading| self.stated_of_day(source, metric, reading, stated.totals(), now));
            return Some(figure.unwrap_or_default());
        }
        match metric {
            Metric::Cases => Some(Figure {
                value: Some(Value::Count(agent.cases.into())),
                trust: match self.agent_trust(agent, now) {
                    Trust::Fresh if !agent.accounted => Trust::Stale,
                    trust => trust,
                },
                ..Figure::default()
            }),
            Metric::Handled | Metric::Transferred | Metric::AverageHandleTime => {
                day_figure(&agent.today, metric, line_trust(source))
            }
            _ => None,
        }
    }

    /// Whether what is shown of an agent now can be trusted. Somebody with a
    /// case is talking even where others may have been missed; that somebody has
    /// none is certain only once all are accounted for.
    pub fn agent_trust(&self, agent: &Agent, now: Moment) -> Trust {
        let source = self.sources.get(&agent.id.source);
        if let Some(stated) = &agent.stated {
            return stated.said.map_or(Trust::Unknown, |said| {
                let trust = trust_until(source, said.generation, said.until, now);
                unless_invalid(trust, said.invalid)
            });
        }
        if agent.state == AgentState::Unknown && !agent.accounted {
            return Trust::Unknown;
        }
        trust(source, agent.generation)
    }

    /// A queue is stale when any figure that it normally has is.
    pub fn queue_trust(&self, queue: &Queue, now: Moment) -> Trust {
        let mut known = false;
        for metric in self.gives(queue) {
            match self.queue_figure(queue, metric, now).map(|f| f.trust) {
                Some(Trust::Stale) => return Trust::Stale,
                Some(Trust::Lost(lost)) => return Trust::Lost(lost),
                Some(Trust::Fresh) => known = true,
                _ => {}
            }
        }
        if known { Trust::Fresh } else { Trust::Unknown }
    }
}

fn reading_figure(
    source: Option<&Source>,
    queue: &Queue,
    metric: Metric,
    reading: &Reading,
    now: Moment,
) -> Figure {
    let is_longest = metric == Metric::LongestWait;
    if is_longest && let Some(nobody) = nobody_waits(source, queue, reading, now) {
        return nobody;
    }
    // When a wait began cannot be told by a clock that is not known.
    let is_placed = reading.at.is_none() || source.is_none_or(|source| source.is_clock_known);
    if is_longest && queue.gives.is_none() && reading.since.is_some() && !is_placed {
        return Figure::default();
    }
    let mut trust = trust_until(source, reading.generation, reading.until, now);
    if queue.silent && trust == Trust::Fresh {
        trust = Trust::Stale;
    }
    let expired = metric == Metric::AverageWait
        && queue.gives.is_none()
        && now.mono.since(reading.heard) > AVERAGE_WAIT_HOLDS;
    // A running clock is worth what it shows now; a lost line stops it.
    let value = reading.known().filter(|_| !expired);
    let value = value.map(|value| match (reading.since, trust) {
        (Some(since), Trust::Fresh) => running(since, now.wall),
        (Some(since), Trust::Lost(lost)) => running(since, lost.at),
        _ => value,
    });
    // Nobody waits: known, and without a value.
    let nobody = is_longest && reading.value.is_none() && !reading.invalid;
    Figure {
        value,
        since: reading.since.filter(|_| value.is_some()),
        at: reading.at,
        trust: unless_invalid(trust, value.is_none() && !nobody),
        age_unknown: reading.age_unknown,
        ..Figure::default()
    }
}

/// A longest wait that was said since it was said that nobody waits.
fn nobody_waits(
    source: Option<&Source>,
    queue: &Queue,
    longest: &Reading,
    now: Moment,
) -> Option<Figure> {
    queue.gives.as_ref()?;
    let waiting = queue.readings.get(Metric::Waiting)?;
    let trust = trust_until(source, waiting.generation, waiting.until, now);
    let nobody = waiting.known() == Some(Value::Count(0)) && trust == Trust::Fresh;
    nobody.then(|| Figure {
        at: longest.at,
        trust,
        ..Figure::default()
    })
}

/// What has no value is not known, unless that is itself out of date.
pub(super) fn unless_invalid(trust: Trust, invalid: bool) -> Trust {
    match trust {
        Trust::Fresh if invalid => Trust::Unknown,
        trust => trust,
    }
}

/// How far something can be trusted that was said in `generation`, and only `until` then.
pub(super) fn trust_until(
    source: Option<&Source>,
    generation: u32,
    until: Option<Mono>,
    now: Moment,
) -> Trust {
    if is_over(until, now.mono) {
        Trust::Stale
    } else {
        trust(source, generation)
    }
}

/// How far something said in `generation` can be trusted.
fn trust(source: Option<&Source>, generation: u32) -> Trust {
    match source {
        Some(source) if source.generation != generation => Trust::Stale,
        source => line_trust(source),
    }
}

/// Totals go on across a break (incomplete, not stale); only a lost line stops them.
pub(super) fn line_trust(source: Option<&Source>) -> Trust {
    match source {
        Some(source) if source.is_live() => Trust::Fresh,
        Some(Source {
            lost: Some(lost), ..
        }) => Trust::Lost(*lost),
        Some(_) | None => Trust::Stale,
    }
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn running(since: jiff::Timestamp, now: jiff::Timestamp) -> Value {
    Value::Seconds(moment::millis_between(since, now).max(0) as f64 / 1000.0)
}
