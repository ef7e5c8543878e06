//! The figures of a shift: what the counters of its days grew by.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use crate::web::{
    WebError, WebState,
    parts::links::{self, PageLink},
    rewind::RewindFailure,
};
use wallboard_boards::format;
use wallboard_domain::{Counter, Metric, MetricValue, NaturalOrder, QueueId, TargetInForce};
use wallboard_live::{DaySnapshot, Snapshot};
use wallboard_texts::Texts;

use super::Shift;

/// The columns.
pub(super) const METRICS: [Metric; 5] = [
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
    Metric::AverageHandleTime,
];

/// The day of each queue, and of the whole site, at one moment.
#[derive(Clone, Debug, Default)]
struct DaysAt {
    site: DaySnapshot,
    queues: BTreeMap<QueueId, Arc<DaySnapshot>>,
    /// The names of the sources of contacts that weren't connected.
    disconnected: Vec<String>,
}

/// The counts of a shift.
pub(super) struct ShiftDays {
    site: DaySnapshot,
    queues: BTreeMap<QueueId, DaySnapshot>,
    from: Timestamp,
    /// The sources that weren't connected when the shift began or ended, by name.
    disconnected: Vec<(Timestamp, String)>,
}

/// A queue's figures.
pub(super) struct FigureRow {
    pub(super) link: PageLink,
    pub(super) offered: String,
    pub(super) answered: String,
    pub(super) abandoned: String,
    pub(super) service_level: String,
    /// "80%"
    pub(super) target: String,
    pub(super) is_missed: bool,
    pub(super) handle_time: String,
    /// The same as values, in the order of [`METRICS`].
    pub(super) values: [Option<MetricValue>; 5],
}

impl ShiftDays {
    /// Reads the days at both ends of each part of a shift.
    pub(super) async fn read(web: &WebState, shift: &Shift) -> Result<Self, WebError> {
        let mut total: Option<DaysAt> = None;
        let mut disconnected = Vec::new();
        for (from, to) in shift.parts() {
            let end = if shift.is_open && to == shift.to {
                web.live.read_snapshot(|snapshot, _| DaysAt::of(snapshot))
            } else {
                DaysAt::read(web, to).await?
            };
            let start = if shift.starts_with_day(from) {
                DaysAt::default()
            } else {
                DaysAt::read(web, from).await?
            };
            for (at, days) in [(from, &start), (to, &end)] {
                if at == shift.from || at == shift.to {
                    disconnected.extend(days.disconnected.iter().map(|name| (at, name.clone())));
                }
            }
            let part = end.since(&start);
            total = Some(match total {
                Some(before) => part.after(&before),
                None => part,
            });
        }
        let total = total.unwrap_or_default();
        let queues = total.queues.into_iter();
        Ok(Self {
            site: total.site,
            queues: queues.map(|(id, day)| (id, (*day).clone())).collect(),
            from: shift.from,
            disconnected,
        })
    }

    /// The rows of queues that are shown now, after one for all of them.
    pub(super) fn rows(&self, texts: &Texts, snapshot: &Snapshot) -> Vec<FigureRow> {
        let is_withheld = |id: &QueueId| snapshot.withholds(id, Metric::AverageHandleTime);
        let queues = self.queues.iter().filter_map(|(id, day)| {
            let queue = snapshot.queues.get(id)?;
            let is_shown = !snapshot.is_queue_hidden(queue) && queue.members.is_none();
            is_shown.then(|| {
                let target = (snapshot.site).target_in_force(&id.to_string(), Metric::ServiceLevel);
                let row = FigureRow::new(texts, links::queue_link(snapshot, queue), day, &target);
                row.with_handle_time_if(!is_withheld(id))
            })
        });
        let mut queues: Vec<FigureRow> = queues.collect();
        queues.sort_by(|a, b| NaturalOrder(&a.link.name).cmp(&NaturalOrder(&b.link.name)));
        if 1 < queues.len() {
            let counted = self.queues.keys().map(ToString::to_string);
            let targets =
                counted.map(|id| snapshot.site.target_in_force(&id, Metric::ServiceLevel));
            let target = TargetInForce::merge_targets(targets).unwrap_or_default();
            let all = FigureRow::new(
                texts,
                PageLink::new(texts.all_contacts(), ""),
                &self.site,
                &target,
            );
            // The others' would give away the one that is withheld.
            let is_shown = !self.queues.keys().any(is_withheld);
            queues.insert(0, all.with_handle_time_if(is_shown));
        }
        queues
    }

    /// Returns a sentence about what is missing; empty if nothing is.
    pub(super) fn note(&self, texts: &Texts, zone: &TimeZone) -> String {
        let since = self.site.since.filter(|since| self.from < *since);
        let gaps = self.site.gaps.iter();
        let gaps: Vec<String> = gaps
            .filter(|gap| gap.to.is_none_or(|to| self.from < to))
            .map(|gap| texts.time_range(gap.from, gap.to, zone))
            .collect();
        let since = since.map(|since| texts.counted_since_time(texts.time(since, zone)));
        let gaps = (!gaps.is_empty()).then(|| texts.contacts_missing(gaps.join(", ")));
        let disconnected = self
            .disconnected
            .iter()
            .map(|(at, source)| texts.source_not_connected_at(&**source, texts.time(*at, zone)));
        [since, gaps]
            .into_iter()
            .flatten()
            .chain(disconnected)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl DaysAt {
    /// Reads the days at a moment from the log.
    async fn read(web: &WebState, at: Timestamp) -> Result<Self, WebError> {
        let rewind = web.rewind.as_ref().ok_or(RewindFailure::NoLog)?;
        let rewound = rewind.rewind_to(&web.store, at).await?;
        Ok(Self::of(rewound.state().snapshot()))
    }

    fn of(snapshot: &Snapshot) -> Self {
        let counted = snapshot.queues.values();
        let counted = counted.filter(|queue| queue.provided_metrics.is_none());
        let sources = snapshot.sources.values();
        let disconnected =
            sources.filter(|source| source.vendor.reports_contacts && !source.is_live());
        Self {
            disconnected: disconnected
                .map(|source| snapshot.site.source_name(&source.id))
                .collect(),
            site: snapshot.today.clone(),
            queues: counted
                .map(|queue| (queue.id.clone(), Arc::clone(&queue.today)))
                .collect(),
        }
    }

    /// Returns the counts since an earlier moment of the same day.
    fn since(&self, start: &Self) -> Self {
        self.combine(start, day_since)
    }

    /// Returns the counts of this part and the one before.
    fn after(&self, before: &Self) -> Self {
        self.combine(before, day_after)
    }

    fn combine(&self, other: &Self, day: fn(&DaySnapshot, &DaySnapshot) -> DaySnapshot) -> Self {
        let queues = self.queues.iter().map(|(id, ours)| {
            let combined = other
                .queues
                .get(id)
                .map(|theirs| Arc::new(day(ours, theirs)));
            (id.clone(), combined.unwrap_or_else(|| Arc::clone(ours)))
        });
        Self {
            site: day(&self.site, &other.site),
            queues: queues.collect(),
            disconnected: Vec::new(),
        }
    }
}

fn day_since(end: &DaySnapshot, start: &DaySnapshot) -> DaySnapshot {
    let mut counters = end.counters.since(&start.counters);
    for waiting in [Counter::Waiting, Counter::WaitingLate] {
        // Contacts that wait at the end count as late or not yet.
        counters.set(waiting, end.counters.get(waiting));
    }
    DaySnapshot {
        counters,
        ..end.clone()
    }
}

fn day_after(later: &DaySnapshot, earlier: &DaySnapshot) -> DaySnapshot {
    let mut counters = earlier.counters;
    for waiting in [Counter::Waiting, Counter::WaitingLate] {
        counters.set(waiting, Some(0));
    }
    counters += &later.counters;
    DaySnapshot {
        counters,
        since: earlier.since.max(later.since),
        gaps: [earlier.gaps.clone(), later.gaps.clone()].concat(),
        ..later.clone()
    }
}

impl FigureRow {
    fn new(texts: &Texts, link: PageLink, day: &DaySnapshot, target: &TargetInForce) -> Self {
        let values = METRICS.map(|metric| day.since.and_then(|_| day.calculate(metric)));
        let text = |value| texts.value(value);
        let [offered, answered, abandoned, service_level, handle_time] = values.map(text);
        let level = day.calculate(Metric::ServiceLevel);
        let contacts = day.counters.judged_contacts();
        let is_missed = level
            .zip(target.miss_limits)
            .is_some_and(|(level, limits)| limits.is_missed(level.as_number(), Some(contacts)));
        Self {
            link,
            offered,
            answered,
            abandoned,
            is_missed: day.since.is_some() && is_missed,
            service_level,
            target: (target.service_level_percent).map_or_else(
                || texts.each_its_own().to_owned(),
                |percent| texts.target_percent(percent),
            ),
            handle_time,
            values,
        }
    }

    /// In the order of [`METRICS`].
    pub(super) fn cells(&self) -> [&str; 5] {
        [
            &self.offered,
            &self.answered,
            &self.abandoned,
            &self.service_level,
            &self.handle_time,
        ]
    }

    /// Shows the handle time only if it isn't withheld.
    fn with_handle_time_if(self, is_shown: bool) -> Self {
        if is_shown {
            return self;
        }
        let [offered, answered, abandoned, service_level, _] = self.values;
        Self {
            handle_time: format::value(None),
            values: [offered, answered, abandoned, service_level, None],
            ..self
        }
    }
}
