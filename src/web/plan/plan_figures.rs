//! The plan of a time, and the contacts to compare it with. Sums come before ratios.

/// Planned figures of a row: an interval, a day, or several of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::web) struct PlanFigures {
    /// The contacts expected; `None` if no plan says.
    pub(in crate::web) contacts: Option<f64>,
    /// Those whose handle time is planned too, and the sum of these times in seconds.
    pub(super) handled: f64,
    pub(super) handle_seconds: f64,
    /// The sum of required agents times seconds; `None` if some time of the plan doesn't say.
    pub(super) required_seconds: Option<f64>,
    /// The seconds that the plan covers.
    pub(super) planned_seconds: i64,
    /// Some of the required agents are computed.
    pub(in crate::web) is_required_computed: bool,
    /// The signed-in seconds of agents, and how long they were measured, of times that are planned.
    pub(in crate::web) staffed: Option<StaffedTime>,
    /// The time that agents are scheduled for contacts, by their own schedules.
    pub(in crate::web) scheduled: Option<StaffedTime>,
    pub(in crate::web) compared: Option<ComparedContacts>,
    /// Those of today by what came so far; `None` of other days, and if it isn't known.
    pub(in crate::web) reforecast: Option<f64>,
    /// The agents required by these contacts, of the times that aren't over.
    pub(in crate::web) reforecast_required: Option<StaffedTime>,
}

/// Signed-in time of agents.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::web) struct StaffedTime {
    pub(in crate::web) agent_seconds: i64,
    pub(in crate::web) measured_seconds: i64,
}

/// Contacts as planned and as they came, of times that are over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::web) struct ComparedContacts {
    pub(in crate::web) planned: f64,
    pub(in crate::web) came: f64,
}

impl PlanFigures {
    /// Adds the figures of another time. What isn't known of one, the other still has.
    pub(in crate::web) fn merge(self, more: Self) -> Self {
        let required_seconds = match (self.planned_seconds, more.planned_seconds) {
            (0, _) => more.required_seconds,
            (_, 0) => self.required_seconds,
            _ => add(self.required_seconds, more.required_seconds),
        };
        Self {
            contacts: add_known(self.contacts, more.contacts, |one, other| one + other),
            handled: self.handled + more.handled,
            handle_seconds: self.handle_seconds + more.handle_seconds,
            required_seconds,
            planned_seconds: self.planned_seconds + more.planned_seconds,
            is_required_computed: self.is_required_computed || more.is_required_computed,
            staffed: add_known(self.staffed, more.staffed, StaffedTime::plus),
            scheduled: add_known(self.scheduled, more.scheduled, StaffedTime::plus),
            compared: add_known(self.compared, more.compared, ComparedContacts::plus),
            reforecast_required: add_known(
                self.reforecast_required,
                more.reforecast_required,
                StaffedTime::plus,
            ),
            reforecast: match (self.reforecast, more.reforecast) {
                // Times without a plan change nothing.
                (one, None) if more.contacts.is_none() => one,
                (None, other) if self.contacts.is_none() => other,
                (one, other) => add(one, other),
            },
        }
    }

    /// Adds the figures of queues, each with whether it had contacts. Nothing is compared if one that had some
    /// has no plan, and nobody counts as staffed or scheduled: an agent of two queues would count twice.
    pub(in crate::web) fn merge_queues(
        queues: impl Iterator<Item = (Option<Self>, bool)>,
    ) -> Option<Self> {
        let mut is_comparable = true;
        let plans = queues.filter_map(|(plan, has_contacts)| {
            is_comparable &= !has_contacts || plan.is_some_and(|plan| plan.is_planned());
            plan
        });
        let sum = plans.reduce(Self::merge)?;
        Some(Self {
            staffed: None,
            scheduled: None,
            reforecast_required: None,
            compared: sum.compared.filter(|_| is_comparable),
            ..sum
        })
    }

    /// Adds the scheduled time to the figures of a plan, if it has any.
    pub(in crate::web) fn with_scheduled(
        plan: Option<Self>,
        scheduled: Option<StaffedTime>,
    ) -> Option<Self> {
        if scheduled.is_none() {
            return plan;
        }
        Some(Self {
            scheduled,
            ..plan.unwrap_or_default()
        })
    }

    /// Whether some plan has the time.
    pub(in crate::web) fn is_planned(&self) -> bool {
        0 < self.planned_seconds
    }

    /// By how many percent more came than planned; `None` if nothing was, or it isn't over.
    pub(in crate::web) fn deviation_percent(&self) -> Option<f64> {
        let compared = self.compared.filter(|one| 0.0 < one.planned)?;
        self.contacts?;
        Some((compared.came / compared.planned - 1.0) * 100.0)
    }

    /// The mean handle time of the contacts expected, in seconds.
    pub(in crate::web) fn handle_time(&self) -> Option<f64> {
        (0.0 < self.handled).then(|| self.handle_seconds / self.handled)
    }

    /// The required agents on average over the planned time.
    pub(in crate::web) fn required_agents(&self) -> Option<f64> {
        let seconds = Some(self.planned_seconds).filter(|seconds| 0 < *seconds)?;
        Some(self.required_seconds? / to_f64(seconds))
    }

    /// The agents required by the reforecast, on average over the planned time that isn't over.
    pub(in crate::web) fn reforecast_agents(&self) -> Option<f64> {
        self.reforecast_required?.mean_agents()
    }

    /// The required agents' time, in seconds.
    pub(in crate::web) fn required_time(&self) -> Option<f64> {
        self.required_seconds.filter(|_| 0 < self.planned_seconds)
    }

    /// The agents who were signed in on average, of planned times.
    pub(in crate::web) fn staffed_agents(&self) -> Option<f64> {
        self.staffed?.mean_agents()
    }

    /// The agents who are scheduled for contacts, on average.
    pub(in crate::web) fn scheduled_agents(&self) -> Option<f64> {
        self.scheduled?.mean_agents()
    }
}

impl StaffedTime {
    fn mean_agents(self) -> Option<f64> {
        let measured = Some(self.measured_seconds).filter(|seconds| 0 < *seconds)?;
        Some(to_f64(self.agent_seconds) / to_f64(measured))
    }

    fn plus(self, more: Self) -> Self {
        Self {
            agent_seconds: self.agent_seconds + more.agent_seconds,
            measured_seconds: self.measured_seconds + more.measured_seconds,
        }
    }
}

impl ComparedContacts {
    fn plus(self, more: Self) -> Self {
        Self {
            planned: self.planned + more.planned,
            came: self.came + more.came,
        }
    }
}

fn add(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(one? + other?)
}

fn add_known<T>(one: Option<T>, other: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(add(one, other)),
        (one, other) => one.or(other),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sums of seconds stay far below 2^52"
)]
fn to_f64(n: i64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_hour(planned: f64, came: f64) -> PlanFigures {
        PlanFigures {
            contacts: Some(planned),
            handled: planned,
            handle_seconds: planned * 300.0,
            required_seconds: Some(1_800.0 * 4.0),
            planned_seconds: 1_800,
            compared: Some(ComparedContacts { planned, came }),
            ..PlanFigures::default()
        }
    }

    #[test]
    fn sums_come_before_the_deviation_and_leave_out_what_is_not_over() {
        let ongoing = PlanFigures {
            compared: None,
            ..half_hour(50.0, 0.0)
        };
        let unplanned = PlanFigures {
            compared: Some(ComparedContacts {
                planned: 0.0,
                came: 5.0,
            }),
            ..PlanFigures::default()
        };

        let day = half_hour(10.0, 5.0).merge(half_hour(30.0, 50.0));
        let day = day.merge(ongoing).merge(unplanned);

        assert_eq!(day.contacts, Some(90.0));
        assert_eq!(day.deviation_percent(), Some(50.0));
        assert_eq!(day.handle_time(), Some(300.0));
        assert_eq!(day.required_agents(), Some(4.0));
        assert_eq!(unplanned.deviation_percent(), None);
        assert_eq!(PlanFigures::default().required_time(), None);
    }

    #[test]
    fn queues_are_compared_only_if_each_with_contacts_has_a_plan() {
        let planned = (Some(half_hour(10.0, 5.0)), true);
        let deviation = |other| {
            let sum = PlanFigures::merge_queues([planned, other].into_iter());
            sum.unwrap().deviation_percent()
        };

        assert_eq!(deviation((Some(half_hour(10.0, 10.0)), true)), Some(-25.0));
        assert_eq!(deviation((None, false)), Some(-50.0));
        assert_eq!(deviation((None, true)), None);
        assert_eq!(deviation((Some(PlanFigures::default()), true)), None);
    }

    #[test]
    fn required_agents_are_unknown_if_a_part_of_the_plan_does_not_say() {
        let without = PlanFigures {
            required_seconds: None,
            ..half_hour(10.0, 10.0)
        };

        assert_eq!(half_hour(1.0, 1.0).merge(without).required_agents(), None);
        let none = PlanFigures::default();
        assert_eq!(none.merge(half_hour(1.0, 1.0)).required_agents(), Some(4.0));
    }
}
