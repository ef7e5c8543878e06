//! The queues of a merged figure: each real queue once, and the part that each provides.

use jiff::Timestamp;

use wallboard_domain::{Metric, Moment, QueueId, SourceId};

use crate::{
    day_figures::compute_day_figure,
    fast_map::FastMap,
    freshness::connection_freshness,
    recent_series::{SERIES_STEPS, SeriesStep},
    snapshot::{DayDetails, DaySnapshot, Freshness, MetricFigure, QueueSnapshot, Snapshot},
};

/// Real queues, each once.
#[derive(Clone, Debug, Default)]
pub struct QueueSelection<'a> {
    pub queues: Vec<&'a QueueSnapshot>,
    /// Configured queues that were never reported.
    unknown_queues: Vec<&'a QueueId>,
    is_site: bool,
}

impl QueueSelection<'_> {
    /// Marks the selection as the whole site, where an overflowed contact is one contact.
    #[must_use]
    pub fn as_whole_site(self) -> Self {
        Self {
            is_site: true,
            ..self
        }
    }

    pub(crate) fn is_whole_site(&self) -> bool {
        self.is_site
    }

    /// Returns the last four hours of all these queues together; nothing if one was never reported. What waited
    /// in several is at most the sum.
    pub fn recent_steps(&self, now: Moment) -> Vec<SeriesStep> {
        let mut queues = self.queues.iter();
        let Some(first) = queues.next().filter(|_| self.unknown_queues.is_empty()) else {
            return Vec::new();
        };
        let mut steps: Vec<SeriesStep> = first.recent_series.steps(now).collect();
        for queue in queues {
            for (step, other) in steps.iter_mut().zip(queue.recent_series.steps(now)) {
                *step = step.merged_with(&other);
            }
        }
        debug_assert_eq!(steps.len(), SERIES_STEPS);
        steps
    }

    /// Returns how many waited and the longest wait, as of the last whole minute.
    pub fn values_at_minute(&self, now: Moment) -> (Option<u64>, Option<f64>) {
        let values = (self.queues.iter()).map(|queue| queue.recent_series.values_at_minute(now));
        let all = values.reduce(|all, other| {
            let waiting = all.0.zip(other.0).map(|(a, b)| a + b);
            (waiting, all.1.zip(other.1).map(|(a, b)| a.max(b)))
        });
        all.filter(|_| self.unknown_queues.is_empty())
            .unwrap_or_default()
    }

    /// Whether [`Self::values_at_minute`] will change after this minute.
    pub fn changes_after_minute(&self, now: Moment) -> bool {
        (self.queues.iter()).any(|queue| queue.recent_series.changes_after_minute(now))
    }
}

impl Snapshot {
    /// Selects the members of a group, or any other queue itself.
    pub fn select_members<'a>(&'a self, queue: &'a QueueSnapshot) -> QueueSelection<'a> {
        let members = queue.members.as_deref().unwrap_or_default();
        let unknown = (members.iter()).filter(|id| !self.queues.contains_key(*id));
        QueueSelection {
            queues: self.group_members(queue).collect(),
            unknown_queues: unknown.collect(),
            is_site: false,
        }
    }

    /// Selects these queues without duplicates. A group is replaced by its members, and a linked
    /// queue by the queue it is linked to.
    pub fn select_queues<'a>(
        &'a self,
        chosen: impl IntoIterator<Item = &'a QueueSnapshot>,
    ) -> QueueSelection<'a> {
        let links = self.links.find(&self.site);
        let mut indexes = FastMap::<&QueueId, usize>::default();
        let mut selection = QueueSelection::default();
        let mut add = |queue: &'a QueueSnapshot| {
            let primary = links.primary_of(&queue.id);
            let index = *indexes.entry(primary).or_insert(selection.queues.len());
            match selection.queues.get_mut(index) {
                None => selection.queues.push(queue),
                Some(selected) if *primary == queue.id => *selected = queue,
                Some(_) => {}
            }
        };
        for queue in chosen {
            let Some(members) = &queue.members else {
                add(queue);
                continue;
            };
            for id in members.iter() {
                match self.queues.get(id) {
                    Some(member) => add(member),
                    None if selection.unknown_queues.contains(&id) => {}
                    None => selection.unknown_queues.push(id),
                }
            }
        }
        selection
    }

    /// Selects every queue that is not hidden. A narrowed snapshot has no site.
    pub fn select_site(&self) -> QueueSelection<'_> {
        let queues = self.queues.values();
        let selection = self.select_queues(
            queues.filter(|queue| queue.members.is_none() && !self.is_queue_hidden(queue)),
        );
        if self.is_narrowed {
            return selection;
        }
        selection.as_whole_site()
    }

    /// Returns the part of each queue. Queues whose day we count make up one part.
    pub(super) fn collect_parts<'a>(
        &self,
        selection: &QueueSelection<'a>,
        metric: Metric,
        now: Moment,
    ) -> Vec<MergePart<'a>> {
        let is_counted =
            |queue: &&QueueSnapshot| metric.is_daily() && queue.provided_metrics.is_none();
        let excluded = self.excluded_from_total(&selection.queues, metric, now);
        let is_excluded = |queue: &&QueueSnapshot| excluded.contains(&&queue.id);
        // The site's own day would include them.
        let is_site = selection.is_site && excluded.is_empty();
        let queues = selection.queues.iter().copied();
        let shown = queues.clone().filter(|queue| !is_excluded(queue));
        let (counted, single): (Vec<_>, Vec<_>) = shown.partition(is_counted);
        let mut parts: Vec<MergePart<'a>> = (single.into_iter())
            .map(|queue| MergePart {
                figure: self.own_figure(queue, metric, now),
                origin: PartOrigin::Queue(queue),
            })
            .collect();
        if !counted.is_empty() || (is_site && metric.is_daily()) {
            parts.extend(self.counted_part(counted, is_site, metric));
        }
        parts.extend(queues.filter(is_excluded).map(|queue| MergePart {
            figure: None,
            origin: match self.own_figure(queue, metric, now) {
                Some(_) => PartOrigin::Withheld(queue),
                None => PartOrigin::Queue(queue),
            },
        }));
        parts.extend(selection.unknown_queues.iter().map(|id| MergePart {
            origin: PartOrigin::Unknown(id),
            figure: Some(MetricFigure::default()),
        }));
        parts
    }

    fn counted_part<'a>(
        &self,
        queues: Vec<&'a QueueSnapshot>,
        is_site: bool,
        metric: Metric,
    ) -> Option<MergePart<'a>> {
        let counting = self
            .sources
            .values()
            .filter(|source| source.vendor.reports_contacts);
        let sources: Vec<&SourceId> = if is_site {
            counting.map(|source| &source.id).collect()
        } else {
            queues.iter().map(|queue| &queue.id.source).collect()
        };
        let worst = (sources.iter())
            .map(|id| connection_freshness(self.sources.get(id)))
            .max_by_key(|freshness| match freshness {
                Freshness::Disconnected(_) => 1,
                Freshness::OutOfDate => 2,
                Freshness::UpToDate | Freshness::Unknown => 0,
            })?;
        let day = if is_site {
            self.today.clone()
        } else {
            sum_days(&queues)
        };
        Some(MergePart {
            figure: compute_day_figure(&day, metric, worst),
            origin: PartOrigin::Counted(queues),
        })
    }
}

/// Sums the day of several queues whose contacts we count.
fn sum_days(queues: &[&QueueSnapshot]) -> DaySnapshot {
    let mut days = queues.iter().map(|queue| &*queue.today);
    let first = days.next().cloned().unwrap_or_default();
    days.fold(first, |mut sum, day| {
        sum.counters += &day.counters;
        sum.since = match (sum.since, day.since) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        sum.is_complete &= day.is_complete;
        sum.entries_known &= day.entries_known;
        for gap in &day.gaps {
            if !sum.gaps.contains(gap) {
                sum.gaps.push(*gap);
            }
        }
        sum
    })
}

/// The part of one queue, or of all queues together whose contacts we count.
#[derive(Debug)]
pub(super) struct MergePart<'a> {
    origin: PartOrigin<'a>,
    /// `None`: its source never provides the metric, or it is withheld.
    pub(super) figure: Option<MetricFigure>,
}

#[derive(Debug)]
enum PartOrigin<'a> {
    Queue(&'a QueueSnapshot),
    Withheld(&'a QueueSnapshot),
    Unknown(&'a QueueId),
    Counted(Vec<&'a QueueSnapshot>),
}

impl<'a> MergePart<'a> {
    pub(super) fn single_queue(&self) -> Option<&'a QueueSnapshot> {
        match self.origin {
            PartOrigin::Queue(queue) => Some(queue),
            PartOrigin::Withheld(_) | PartOrigin::Unknown(_) | PartOrigin::Counted(_) => None,
        }
    }

    pub(super) fn queue_ids(&self) -> Vec<QueueId> {
        match &self.origin {
            PartOrigin::Queue(queue) | PartOrigin::Withheld(queue) => vec![queue.id.clone()],
            PartOrigin::Unknown(id) => vec![(*id).clone()],
            PartOrigin::Counted(queues) => queues.iter().map(|queue| queue.id.clone()).collect(),
        }
    }

    pub(super) fn is_unknown_queue(&self) -> bool {
        matches!(self.origin, PartOrigin::Unknown(_))
    }

    /// Whether the figure is left out because few agents serve the queue.
    pub(super) fn is_withheld(&self) -> bool {
        matches!(self.origin, PartOrigin::Withheld(_))
    }

    pub(super) fn figure_freshness(&self) -> Freshness {
        self.figure
            .as_ref()
            .map_or(Freshness::Unknown, |f| f.freshness)
    }

    /// Whether it has a value. An empty queue counts as one for the longest wait.
    pub(super) fn has_value(&self, metric: Metric) -> bool {
        let is_empty_queue =
            metric == Metric::LongestWait && self.figure_freshness() != Freshness::Unknown;
        let has_number = self.figure.as_ref().is_some_and(|f| f.value.is_some());
        has_number || is_empty_queue
    }

    /// Whether it has a value that is up to date.
    pub(super) fn is_up_to_date(&self, metric: Metric) -> bool {
        self.figure_freshness() == Freshness::UpToDate && self.has_value(metric)
    }

    pub(super) fn reported_at(&self) -> Option<Timestamp> {
        self.figure.as_ref()?.at
    }

    pub(super) fn day_details(&self) -> Option<&DayDetails> {
        self.figure.as_ref()?.day_details.as_deref()
    }

    pub(super) fn is_age_unknown(&self) -> bool {
        self.figure.as_ref().is_some_and(|f| f.is_age_unknown)
    }
}
