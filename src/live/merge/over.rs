//! Over which queues a figure is: each real queue once, and what each of them gives.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{Metric, Moment, QueueId, SourceId};

use crate::live::{
    day::day_figure,
    freshness::line_trust,
    picture::{Day, DayMarks, Figure, Picture, Queue, Trust},
};

/// Real queues, each once.
#[derive(Clone, Debug, Default)]
pub struct Over<'a> {
    pub queues: Vec<&'a Queue>,
    /// Configured, and never heard of.
    unheard: Vec<&'a QueueId>,
    is_site: bool,
}

impl Over<'_> {
    /// They are the whole site: a contact that was sent on is one contact there.
    #[must_use]
    pub fn whole_site(self) -> Self {
        Self {
            is_site: true,
            ..self
        }
    }
}

impl Picture {
    /// These queues: a group is its members, nobody is there twice, and of a queue and
    /// what is linked to it only the queue.
    pub fn over<'a>(&'a self, chosen: impl IntoIterator<Item = &'a Queue>) -> Over<'a> {
        let links = self.site.links.iter();
        let linked: HashMap<&QueueId, &QueueId> = links
            .flat_map(|(queue, others)| others.iter().map(move |other| (other, queue)))
            .collect();
        let mut places = HashMap::<&QueueId, usize>::new();
        let mut over = Over::default();
        let mut add = |queue: &'a Queue| {
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
                    None if over.unheard.contains(&id) => {}
                    None => over.unheard.push(id),
                }
            }
        }
        over
    }

    /// Every queue that is not hidden.
    pub fn over_site(&self) -> Over<'_> {
        let queues = self.queues.values();
        self.over(queues.filter(|queue| queue.members.is_none() && !self.is_queue_hidden(queue)))
            .whole_site()
    }

    /// What each gives. Contacts of which we count the day ourselves are counted together.
    pub(super) fn parts<'a>(&self, over: &Over<'a>, metric: Metric, now: Moment) -> Vec<Part<'a>> {
        let is_counted = |queue: &&Queue| metric.is_of_the_day() && queue.gives.is_none();
        let (counted, single): (Vec<_>, Vec<_>) = over.queues.iter().copied().partition(is_counted);
        let mut parts: Vec<Part<'a>> = (single.into_iter())
            .map(|queue| Part {
                figure: self.queue_figure(queue, metric, now),
                of: Of::Queue(queue),
            })
            .collect();
        if !counted.is_empty() || (over.is_site && metric.is_of_the_day()) {
            parts.extend(self.counted(counted, over.is_site, metric));
        }
        parts.extend(over.unheard.iter().map(|id| Part {
            of: Of::Unheard(id),
            figure: Some(Figure::default()),
        }));
        parts
    }

    fn counted<'a>(
        &self,
        queues: Vec<&'a Queue>,
        is_site: bool,
        metric: Metric,
    ) -> Option<Part<'a>> {
        let counting = self
            .sources
            .values()
            .filter(|source| source.kind.reports_contacts);
        let sources: Vec<&SourceId> = if is_site {
            counting.map(|source| &source.id).collect()
        } else {
            queues.iter().map(|queue| &queue.id.source).collect()
        };
        let worst = (sources.iter())
            .map(|id| line_trust(self.sources.get(id)))
            .max_by_key(|trust| match trust {
                Trust::Lost(_) => 1,
                Trust::Stale => 2,
                Trust::Fresh | Trust::Unknown => 0,
            })?;
        let day = if is_site {
            self.today.clone()
        } else {
            sum_of(&queues)
        };
        Some(Part {
            figure: day_figure(&day, metric, worst),
            of: Of::Counted(queues),
        })
    }
}

/// The day of several queues whose contacts we count.
fn sum_of(queues: &[&Queue]) -> Day {
    let mut days = queues.iter().map(|queue| &*queue.today);
    let first = days.next().cloned().unwrap_or_default();
    days.fold(first, |mut sum, day| {
        sum.counters += &day.counters;
        sum.since = match (sum.since, day.since) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        sum.complete &= day.complete;
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
pub(super) struct Part<'a> {
    of: Of<'a>,
    /// `None`: never.
    pub(super) figure: Option<Figure>,
}

#[derive(Debug)]
enum Of<'a> {
    Queue(&'a Queue),
    Unheard(&'a QueueId),
    Counted(Vec<&'a Queue>),
}

impl<'a> Part<'a> {
    pub(super) fn queue(&self) -> Option<&'a Queue> {
        match self.of {
            Of::Queue(queue) => Some(queue),
            Of::Unheard(_) | Of::Counted(_) => None,
        }
    }

    pub(super) fn ids(&self) -> Vec<QueueId> {
        match &self.of {
            Of::Queue(queue) => vec![queue.id.clone()],
            Of::Unheard(id) => vec![(*id).clone()],
            Of::Counted(queues) => queues.iter().map(|queue| queue.id.clone()).collect(),
        }
    }

    pub(super) fn is_unheard(&self) -> bool {
        matches!(self.of, Of::Unheard(_))
    }

    pub(super) fn trust(&self) -> Trust {
        self.figure.as_ref().map_or(Trust::Unknown, |f| f.trust)
    }

    /// Somebody's wait, or that it is known to be nobody's.
    pub(super) fn has_value(&self, metric: Metric) -> bool {
        let nobody = metric == Metric::LongestWait && self.trust() != Trust::Unknown;
        let value = self.figure.as_ref().is_some_and(|f| f.value.is_some());
        value || nobody
    }

    /// It has a value that is vouched for.
    pub(super) fn is_sure(&self, metric: Metric) -> bool {
        self.trust() == Trust::Fresh && self.has_value(metric)
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.figure.as_ref()?.at
    }

    pub(super) fn marks(&self) -> Option<&DayMarks> {
        self.figure.as_ref()?.of_day.as_ref()
    }

    pub(super) fn is_age_unknown(&self) -> bool {
        self.figure.as_ref().is_some_and(|f| f.age_unknown)
    }
}
