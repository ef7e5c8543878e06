//! The plan of a queue, a group, several of them or the site.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::{Counter, QueueId, Staffing};
use wallboard_history::{
    plan::PlannedInterval,
    report::{RowFigures, SitePlan},
};

use super::{
    plan_figures::{ComparedContacts, PlanFigures, StaffedTime},
    required_agents::{RequiredAgents, StaffingGoal},
};

/// A queue or a group of a subject, with its queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct PlanSubject {
    pub(in crate::web) id: QueueId,
    /// Itself for a queue.
    pub(in crate::web) members: Vec<QueueId>,
}

/// The plan of a subject.
#[derive(Debug, Default)]
pub(in crate::web) struct SubjectPlan<'p> {
    parts: Vec<PlanPart<'p>>,
    /// Queues that no plan has, neither by themselves nor in a group.
    pub(in crate::web) unplanned: BTreeSet<QueueId>,
    /// Whether queues with contacts lack a plan: what came isn't what was planned.
    lacks_queues: bool,
}

/// The intervals that a plan has under one ID.
#[derive(Debug)]
struct PlanPart<'p> {
    goal: StaffingGoal,
    intervals: &'p [PlannedInterval],
}

/// A time of a subject, and what came.
#[derive(Clone, Copy)]
pub(in crate::web) struct PlanTime<'f> {
    pub(in crate::web) from: Timestamp,
    pub(in crate::web) to: Timestamp,
    pub(in crate::web) figures: Option<&'f RowFigures>,
    /// Whether it is over, and imported as a whole.
    pub(in crate::web) is_complete: bool,
}

impl<'p> SubjectPlan<'p> {
    /// Finds the plan of queues and groups. A group's own plan counts rather than its queues', unless
    /// another group's has some of them.
    pub(in crate::web) fn find(
        plan: &'p SitePlan,
        subjects: &[PlanSubject],
        goal: impl Fn(&QueueId) -> StaffingGoal,
    ) -> Self {
        let mut found = Self::default();
        let mut planned: BTreeSet<&QueueId> = BTreeSet::new();
        let add = |found: &mut Self, id: &QueueId| {
            let Some(intervals) = plan.queues.get(id) else {
                return false;
            };
            found.parts.push(PlanPart {
                goal: goal(id),
                intervals,
            });
            true
        };
        for subject in subjects {
            let is_group = subject.members.len() != 1 || subject.members[0] != subject.id;
            let is_counted = subject.members.iter().any(|one| planned.contains(one));
            if is_group && !is_counted && add(&mut found, &subject.id) {
                planned.extend(&subject.members);
            }
        }
        let members: BTreeSet<_> = subjects.iter().flat_map(|one| &one.members).collect();
        for member in members {
            if !planned.contains(member) && !add(&mut found, member) {
                found.unplanned.insert(member.clone());
            }
        }
        found
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Notes which queues had contacts. Without a plan of each, nothing is compared.
    pub(in crate::web) fn retain_unplanned(&mut self, has_contacts: impl Fn(&QueueId) -> bool) {
        self.unplanned.retain(|queue| has_contacts(queue));
        self.lacks_queues = !self.unplanned.is_empty();
    }

    /// The local days that any part is planned for.
    pub(in crate::web) fn planned_days(&self, zone: &TimeZone) -> BTreeSet<Date> {
        let intervals = self.parts.iter().flat_map(|part| part.intervals);
        let starts = intervals.filter_map(|one| Timestamp::from_second(one.start).ok());
        starts.map(|at| at.to_zoned(zone.clone()).date()).collect()
    }

    /// The figures of a time, of the intervals that are wholly in it and that `includes` accepts.
    pub(in crate::web) fn figures(
        &self,
        time: PlanTime<'_>,
        is_planned_day: bool,
        includes: impl Fn(Timestamp) -> bool,
    ) -> Option<PlanFigures> {
        let (from, to) = (time.from.as_second(), time.to.as_second());
        let mut figures = PlanFigures {
            required_seconds: Some(0.0),
            ..PlanFigures::default()
        };
        let mut covered: BTreeMap<i64, i64> = BTreeMap::new();
        for part in &self.parts {
            let first = part.intervals.partition_point(|one| one.end() <= from);
            let overlapping = part.intervals[first..].iter();
            for interval in overlapping.take_while(|one| one.start < to) {
                if interval.start < from || to < interval.end() {
                    // A part of an interval isn't planned.
                    return None;
                }
                let is_included = Timestamp::from_second(interval.start).is_ok_and(&includes);
                if is_included {
                    let longest = covered.entry(interval.start).or_default();
                    *longest = interval.length.max(*longest);
                    figures.add_interval(interval, &part.goal);
                }
            }
        }
        figures.planned_seconds = covered.values().sum();
        let is_planned = 0 < figures.planned_seconds;
        if is_planned {
            figures.staffed = time.figures.and_then(staffed_time);
        } else {
            figures.required_seconds = None;
        }
        let is_compared = time.is_complete && is_planned_day && !self.lacks_queues;
        figures.compared =
            offered(time.figures)
                .filter(|_| is_compared)
                .map(|came| ComparedContacts {
                    planned: figures.contacts.unwrap_or_default(),
                    came,
                });
        (is_planned || figures.compared.is_some()).then_some(figures)
    }
}

impl SubjectPlan<'_> {
    /// Returns the agents that a time requires if its contacts are the planned ones times a factor; `None` if it
    /// isn't known of some.
    pub(super) fn required_by_factor(
        &self,
        from: Timestamp,
        to: Timestamp,
        factor: f64,
    ) -> Option<StaffedTime> {
        let (from, to) = (from.as_second(), to.as_second());
        let mut agent_seconds = 0.0;
        let mut covered: BTreeMap<i64, i64> = BTreeMap::new();
        for part in &self.parts {
            let first = part.intervals.partition_point(|one| one.start < from);
            let intervals = part.intervals[first..].iter();
            for interval in intervals.take_while(|one| one.end() <= to) {
                let agents = RequiredAgents::find_by_factor(interval, &part.goal, factor)?;
                let longest = covered.entry(interval.start).or_default();
                *longest = interval.length.max(*longest);
                #[expect(clippy::cast_precision_loss, reason = "minutes in seconds")]
                let length_s = interval.length as f64;
                agent_seconds += agents * length_s;
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "agents of a day")]
        let agent_seconds = agent_seconds.round() as i64;
        (!covered.is_empty()).then(|| StaffedTime {
            agent_seconds,
            measured_seconds: covered.values().sum(),
        })
    }
}

impl PlanFigures {
    fn add_interval(&mut self, interval: &PlannedInterval, goal: &StaffingGoal) {
        if let Some(volume) = interval.volume {
            self.contacts = Some(self.contacts.unwrap_or_default() + volume);
            if let Some(handle_s) = interval.handle_time {
                self.handled += volume;
                self.handle_seconds += volume * handle_s;
            }
        }
        let required = RequiredAgents::find(interval, goal);
        self.is_required_computed |= required.is_some_and(|required| required.is_computed);
        #[expect(clippy::cast_precision_loss, reason = "minutes in seconds")]
        let length_s = interval.length as f64;
        self.required_seconds = self
            .required_seconds
            .zip(required)
            .map(|(sum, required)| sum + required.agents * length_s);
    }
}

fn offered(figures: Option<&RowFigures>) -> Option<f64> {
    let Some(RowFigures::Contacts(contacts)) = figures else {
        return None;
    };
    #[expect(clippy::cast_precision_loss, reason = "contacts of a period")]
    let offered = contacts.get(Counter::Offered).map(|offered| offered as f64);
    offered
}

fn staffed_time(figures: &RowFigures) -> Option<StaffedTime> {
    let RowFigures::Contacts(contacts) = figures else {
        return None;
    };
    let Staffing {
        logged_in,
        measured,
        ..
    } = contacts.staffing?;
    Some(StaffedTime {
        agent_seconds: logged_in,
        measured_seconds: measured,
    })
}
