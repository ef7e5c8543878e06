//! Over which queues a figure is: each real queue once, and what each of them gives.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{Metric, Moment, QueueId, SourceId};

use crate::live::{
    day_figures::compute_day_figure,
    freshness::connection_freshness,
    snapshot::{DayDetails, DaySnapshot, Freshness, MetricFigure, QueueSnapshot, Snapshot},
};

/// Real queues, each once.
#[derive(Clone, Debug, Default)]
pub struct QueueSelection<'a> {
    pub queues: Vec<&'a QueueSnapshot>,
    /// Configured, and never heard of.
    unknown_queues: Vec<&'a QueueId>,
    is_site: bool,
}

impl QueueSelection<'_> {
    /// They are the whole site: a contact that was sent on is one contact there.
    #[must_use]
    pub fn as_whole_site(self) -> Self {
        Self {
            is_site: true,
            ..self
        }
    }
}

impl Snapshot {
    /// These queues: a group is its members, nobody is there twice, and of a queue and
    /// what is linked to it only the queue.
    pub fn select_queues<'a>(
        &'a self,
        chosen: impl IntoIterator<Item = &'a QueueSnapshot>,
    ) -> QueueSelection<'a> {
        let links = self.site.linked_queues.iter();
        let linked: HashMap<&QueueId, &QueueId> = links
            .flat_map(|(queue, others)| others.iter().map(move |other| (other, queue)))
            .collect();
        let mut places = HashMap::<&QueueId, usize>::new();
        let mut over = QueueSelection::default();
        let mut add = |queue: &'a QueueSnapshot| {
            let own = linked.get(&queue.id).copied().unwrap_or(&queue.id);
            let place = *places.entry(own).or_insert(over.queues.len());
            match over.queues.get_mut(place) {
                None => over.queues.push(queue),
                Some(known) if *own == queue.id => *known = queue,
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
                    None if over.unknown_queues.contains(&id) => {}
                    None => over.unknown_queues.push(id),
                }
            }
        }
        over
    }

    /// Every queue that is not hidden.
    pub fn select_site(&self) -> QueueSelection<'_> {
        let queues = self.queues.values();
        self.select_queues(
            queues.filter(|queue| queue.members.is_none() && !self.is_queue_hidden(queue)),
        )
        .as_whole_site()
    }

    /// What each gives. Contacts of which we count the day ourselves are counted together.
    pub(super) fn collect_parts<'a>(
        &self,
        over: &QueueSelection<'a>,
        metric: Metric,
        now: Moment,
    ) -> Vec<MergePart<'a>> {
        let is_counted =
            |queue: &&QueueSnapshot| metric.is_of_the_day() && queue.provided_metrics.is_none();
        let (counted, single): (Vec<_>, Vec<_>) = over.queues.iter().copied().partition(is_counted);
        let mut parts: Vec<MergePart<'a>> = (single.into_iter())
            .map(|queue| MergePart {
                figure: self.queue_figure(queue, metric, now),
                origin: PartOrigin::Queue(queue),
            })
            .collect();
        if !counted.is_empty() || (over.is_site && metric.is_of_the_day()) {
            parts.extend(self.counted_part(counted, over.is_site, metric));
        }
        parts.extend(over.unknown_queues.iter().map(|id| MergePart {
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
            .max_by_key(|trust| match trust {
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

/// The day of several queues whose contacts we count.
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

/// What one of them gives, or all together whose contacts we count.
#[derive(Debug)]
pub(super) struct MergePart<'a> {
    origin: PartOrigin<'a>,
    /// `None`: never.
    pub(super) figure: Option<MetricFigure>,
}

#[derive(Debug)]
enum PartOrigin<'a> {
    Queue(&'a QueueSnapshot),
    Unknown(&'a QueueId),
    Counted(Vec<&'a QueueSnapshot>),
}

impl<'a> MergePart<'a> {
    pub(super) fn single_queue(&self) -> Option<&'a QueueSnapshot> {
        match self.origin {
            PartOrigin::Queue(queue) => Some(queue),
            PartOrigin::Unknown(_) | PartOrigin::Counted(_) => None,
        }
    }

    pub(super) fn queue_ids(&self) -> Vec<QueueId> {
        match &self.origin {
            PartOrigin::Queue(queue) => vec![queue.id.clone()],
            PartOrigin::Unknown(id) => vec![(*id).clone()],
            PartOrigin::Counted(queues) => queues.iter().map(|queue| queue.id.clone()).collect(),
        }
    }

    pub(super) fn is_unknown_queue(&self) -> bool {
        matches!(self.origin, PartOrigin::Unknown(_))
    }

    pub(super) fn figure_freshness(&self) -> Freshness {
        self.figure
            .as_ref()
            .map_or(Freshness::Unknown, |f| f.freshness)
    }

    /// Somebody's wait, or that it is known to be nobody's.
    pub(super) fn has_value(&self, metric: Metric) -> bool {
        let nobody = metric == Metric::LongestWait && self.figure_freshness() != Freshness::Unknown;
        let value = self.figure.as_ref().is_some_and(|f| f.value.is_some());
        value || nobody
    }

    /// It has a value that is vouched for.
    pub(super) fn is_up_to_date(&self, metric: Metric) -> bool {
        self.figure_freshness() == Freshness::UpToDate && self.has_value(metric)
    }

    pub(super) fn reported_at(&self) -> Option<Timestamp> {
        self.figure.as_ref()?.at
    }

    pub(super) fn day_details(&self) -> Option<&DayDetails> {
        self.figure.as_ref()?.day_details.as_ref()
    }

    pub(super) fn is_age_unknown(&self) -> bool {
        self.figure.as_ref().is_some_and(|f| f.is_age_unknown)
    }
}
