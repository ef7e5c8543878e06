//! Reading the picture: a figure, and whether it can be trusted. Trust is a
//! comparison of line and generation, made at each read; no mark goes stale.

use std::sync::Arc;

use crate::domain::{
    AgentNames, AgentState, Class, Formula, Id, Metric, Moment, Said, SourceId, Value, moment,
};

use super::{
    picture::{
        Agent, Day, DayMarks, Figure, Health, LineState, Named, Picture, Queue, Source, Trust,
    },
    reading::{QUEUE_METRICS, Reading},
};

/// The 15-minute average wait says nothing of now after this, in milliseconds.
pub(super) const AVERAGE_WAIT_HOLDS: i64 = 15 * 60_000;

impl Source {
    pub fn is_live(&self) -> bool {
        self.line == LineState::Connected
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
    /// What goes on across the site is as good as its worst line.
    pub fn site_trust(&self) -> Trust {
        let mut worst = Trust::Fresh;
        for source in self.sources.values() {
            match line_trust(Some(source)) {
                Trust::Lost(lost) if worst == Trust::Fresh => worst = Trust::Lost(lost),
                Trust::Fresh | Trust::Lost(_) => {}
                other => return other,
            }
        }
        worst
    }

    /// A queue's figure; `None` where its source never gives that metric.
    pub fn queue_figure(&self, queue: &Queue, metric: Metric, now: Moment) -> Option<Figure> {
        if metric.is_of_the_day() {
            let source = self.sources.get(&queue.id.source);
            return day_figure(&queue.today, metric, line_trust(source));
        }
        if !QUEUE_METRICS.contains(&metric) {
            return None;
        }
        let unknown = Figure {
            value: None,
            since: None,
            at: None,
            trust: Trust::Unknown,
            of_day: None,
        };
        let Some(reading) = queue.readings.get(metric) else {
            return Some(unknown);
        };
        if queue.quiet_since.is_some() {
            return Some(unknown);
        }
        let source = self.sources.get(&queue.id.source);
        Some(reading_figure(source, queue, metric, reading, now))
    }

    /// A figure of the whole site's day.
    pub fn site_figure(&self, metric: Metric) -> Option<Figure> {
        day_figure(&self.today, metric, self.site_trust())
    }

    /// An agent's figure; `None` where the source never gives that metric.
    pub fn agent_figure(&self, agent: &Agent, metric: Metric) -> Option<Figure> {
        match metric {
            Metric::Cases => Some(Figure {
                value: Some(Value::Count(agent.cases.into())),
                since: None,
                at: None,
                trust: match self.agent_trust(agent) {
                    Trust::Fresh if !agent.accounted => Trust::Stale,
                    trust => trust,
                },
                of_day: None,
            }),
            Metric::Handled | Metric::Transferred | Metric::AverageHandleTime => {
                let source = self.sources.get(&agent.id.source);
                day_figure(&agent.today, metric, line_trust(source))
            }
            _ => None,
        }
    }

    /// Whether what is shown of an agent now can be trusted. Somebody with a
    /// case is talking even where others may have been missed; that somebody has
    /// none is certain only once all are accounted for.
    pub fn agent_trust(&self, agent: &Agent) -> Trust {
        let source = self.sources.get(&agent.id.source);
        match trust(source, agent.generation) {
            Trust::Fresh if agent.state == AgentState::Unknown && !agent.accounted => {
                Trust::Unknown
            }
            trust => trust,
        }
    }

    /// A queue is stale when any figure that it normally has is.
    pub fn queue_trust(&self, queue: &Queue, now: Moment) -> Trust {
        let mut known = false;
        for metric in QUEUE_METRICS {
            match self.queue_figure(queue, *metric, now).map(|f| f.trust) {
                Some(Trust::Stale) => return Trust::Stale,
                Some(Trust::Lost(lost)) => return Trust::Lost(lost),
                Some(Trust::Fresh) => known = true,
                _ => {}
            }
        }
        if known { Trust::Fresh } else { Trust::Unknown }
    }

    /// The name to show for a queue: the configuration's, the vendor's, or its id.
    pub fn queue_name(&self, queue: &Queue) -> String {
        let id = queue.id.to_string();
        match self.site.names.get(&id) {
            Some(name) => name.clone(),
            None => queue
                .name
                .as_deref()
                .map_or_else(|| queue.id.external.to_string(), str::to_owned),
        }
    }

    /// The name to show for an agent on boards, as `[privacy] agent_names` says.
    pub fn agent_name(&self, agent: &Agent) -> String {
        if let Some(name) = self.site.names.get(&agent.id.to_string()) {
            return name.clone();
        }
        let full = agent
            .display_name
            .as_deref()
            .or(agent.name.as_deref())
            .filter(|name| !name.trim().is_empty());
        match full {
            Some(full) => shortened(full, self.site.agent_names),
            None => "Agent without a name".to_owned(),
        }
    }

    /// The opportunity, solution or case type that a case of `source` speaks of.
    pub fn find_named(
        &self,
        class: Class,
        source: &SourceId,
        external: &Arc<str>,
    ) -> Option<&Named> {
        let id = Id {
            source: source.clone(),
            external: external.clone(),
        };
        self.named.get(&(class, id))
    }

    pub fn is_queue_hidden(&self, queue: &Queue) -> bool {
        let id = queue.id.to_string();
        queue.hidden || self.site.hidden_queues.iter().any(|p| p.matches(&id))
    }

    pub fn is_agent_hidden(&self, agent: &Agent) -> bool {
        let id = agent.id.to_string();
        agent.hidden || self.site.hidden_agents.iter().any(|p| p.matches(&id))
    }
}

fn reading_figure(
    source: Option<&Source>,
    queue: &Queue,
    metric: Metric,
    reading: &Reading,
    now: Moment,
) -> Figure {
    let mut trust = trust(source, reading.generation);
    if queue.silent && trust == Trust::Fresh {
        trust = Trust::Stale;
    }
    let expired =
        metric == Metric::AverageWait && now.mono.since(reading.heard) > AVERAGE_WAIT_HOLDS;
    let value = match reading.value {
        Said::Unknown => None,
        Said::Known(_) if expired => None,
        // A running clock is worth what it shows now; a lost line stops it.
        Said::Known(value) => Some(match (reading.since, trust) {
            (Some(since), Trust::Fresh) => running(since, now.wall),
            (Some(since), Trust::Lost(lost)) => running(since, lost.at),
            _ => value,
        }),
    };
    // Nobody waits: known, and without a value.
    let nobody = metric == Metric::LongestWait && reading.value == Said::Unknown;
    if value.is_none() && !nobody {
        trust = match trust {
            Trust::Fresh => Trust::Unknown,
            other => other,
        };
    }
    Figure {
        value,
        since: reading.since.filter(|_| value.is_some()),
        at: reading.at,
        trust,
        of_day: None,
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
fn line_trust(source: Option<&Source>) -> Trust {
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

fn shortened(full: &str, how: AgentNames) -> String {
    let mut words = full.split_whitespace();
    let first = words.next().unwrap_or_default();
    let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    let last = words.last().map(initial).unwrap_or_default();
    match how {
        AgentNames::Full => full.to_owned(),
        AgentNames::FirstInitial if last.is_empty() => first.to_owned(),
        AgentNames::FirstInitial => format!("{first} {last}."),
        AgentNames::Initials => format!("{}{last}", initial(first)),
        AgentNames::None => "Agent".to_owned(),
    }
}

/// A figure of a day from its counters. What the day cannot know is `None`.
pub fn day_figure(day: &Day, metric: Metric, line: Trust) -> Option<Figure> {
    let tally = &day.tally;
    let count = |n: i64| Some(Value::Count(u64::try_from(n).unwrap_or(0)));
    // Who entered and who left unseen is known only where entries are.
    let entry = |n: i64| day.entries_known.then(|| count(n)).flatten();
    let formula = if day.entries_known {
        day.target.formula
    } else {
        Formula::AnsweredOnly
    };
    let value = match metric {
        Metric::Offered => entry(tally.offered),
        Metric::Answered => count(tally.answered),
        Metric::Abandoned => entry(tally.abandoned),
        // A chat that is left unopened has no event, so how long it waited is not known.
        Metric::ShortAbandoned => None,
        Metric::FlowOuts => count(tally.flow_outs),
        Metric::AbandonRate => entry(0).and(tally.abandon_rate().map(Value::Percent)),
        Metric::ServiceLevel => tally.service_level(formula).map(Value::Percent),
        Metric::AverageSpeedOfAnswer => tally.average_speed_of_answer().map(Value::Seconds),
        Metric::AverageHandleTime => tally.average_handle_time().map(Value::Seconds),
        Metric::FirstResponseTime => tally.first_response_time().map(Value::Seconds),
        Metric::Transferred => count(tally.transferred),
        Metric::OutcomePositive => count(tally.positive),
        Metric::OutcomeNegative => count(tally.negative),
        Metric::OutcomeNeutral => count(tally.neutral),
        Metric::OutcomeUnresolved => count(tally.unresolved),
        Metric::Handled => count(tally.handled),
        _ => return None,
    };
    let value = day.since.and(value);
    let trust = match day.since {
        None => Trust::Unknown,
        Some(_) => line,
    };
    let estimated = day.entries_known
        && matches!(
            metric,
            Metric::Abandoned | Metric::AbandonRate | Metric::ServiceLevel
        );
    Some(Figure {
        value,
        since: None,
        at: None,
        trust,
        of_day: Some(DayMarks {
            since: day.since,
            complete: day.complete,
            gaps: day.gaps.clone(),
            estimated,
            formula: (metric == Metric::ServiceLevel).then(|| formula.name()),
        }),
    })
}
