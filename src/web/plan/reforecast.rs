//! The rest of a day's plan, corrected by what came so far.

use jiff::Timestamp;

use super::{plan_figures::PlanFigures, subject_plan::SubjectPlan};

/// Fewer planned contacts say nothing of the rest of the day.
const PLANNED_MIN: f64 = 30.0;
/// A day that differs by more is another day than the one that was planned.
const FACTOR_MIN: f64 = 0.5;
const FACTOR_MAX: f64 = 2.0;

/// A time of a day with its plan.
pub(in crate::web) struct PlannedRow<'r> {
    pub(in crate::web) from: Timestamp,
    pub(in crate::web) to: Timestamp,
    pub(in crate::web) figures: &'r mut PlanFigures,
}

/// Corrects the plan of a day's times that aren't over by what came in those that are.
pub(in crate::web) fn reforecast_day(
    plan: &SubjectPlan<'_>,
    rows: Vec<PlannedRow<'_>>,
    now: Timestamp,
) {
    let Some(factor) = reforecast_factor(rows.iter().map(|row| &*row.figures)) else {
        return;
    };
    for PlannedRow { from, to, figures } in rows {
        let is_over = to <= now;
        figures.set_reforecast(factor, is_over);
        figures.reforecast_required = (!is_over)
            .then(|| plan.required_by_factor(from, to, factor))
            .flatten();
    }
}

/// Returns the factor of the rest of a day, from its times that are over.
fn reforecast_factor<'p>(plans: impl Iterator<Item = &'p PlanFigures>) -> Option<f64> {
    let compared = plans.filter_map(|plan| plan.compared);
    let compared = compared.filter(|one| 0.0 < one.planned);
    let (planned, came) = compared.fold((0.0, 0.0), |(planned, came), one| {
        (planned + one.planned, came + one.came)
    });
    (PLANNED_MIN <= planned).then(|| (came / planned).clamp(FACTOR_MIN, FACTOR_MAX))
}

impl PlanFigures {
    /// Sets the contacts of a time: those that came, or else the planned ones times the factor. Unknown if it
    /// is over and not all that came is known.
    fn set_reforecast(&mut self, factor: f64, is_over: bool) {
        self.reforecast = if is_over {
            self.compared.map(|compared| compared.came)
        } else {
            self.contacts.map(|contacts| contacts * factor)
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::web::plan::plan_figures::ComparedContacts;

    use super::*;

    fn half_hour(planned: f64, came: Option<f64>) -> PlanFigures {
        PlanFigures {
            contacts: Some(planned),
            planned_seconds: 1_800,
            compared: came.map(|came| ComparedContacts { planned, came }),
            ..PlanFigures::default()
        }
    }

    #[test]
    fn the_rest_of_a_day_follows_what_came_so_far() {
        let mut day = [
            half_hour(10.0, Some(5.0)),
            half_hour(30.0, Some(45.0)),
            half_hour(20.0, None),
        ];
        // 50 came of 40 planned.
        assert_eq!(reforecast_factor(day.iter()), Some(1.25));
        for (plan, is_over) in day.iter_mut().zip([true, true, false]) {
            plan.set_reforecast(1.25, is_over);
        }
        assert_eq!(
            day.map(|plan| plan.reforecast),
            [Some(5.0), Some(45.0), Some(25.0)]
        );
        let total = day.into_iter().reduce(PlanFigures::merge).unwrap();
        assert_eq!((total.contacts, total.reforecast), (Some(60.0), Some(75.0)));

        let mut unknown = half_hour(8.0, None);
        unknown.set_reforecast(1.25, true);
        assert_eq!(unknown.reforecast, None);
        assert_eq!(total.merge(unknown).reforecast, None);
        let unplanned = PlanFigures::default();
        assert_eq!(total.merge(unplanned).reforecast, Some(75.0));
    }

    #[test]
    fn few_contacts_have_no_factor_and_it_is_bounded() {
        let factor = |planned, came| reforecast_factor([half_hour(planned, Some(came))].iter());
        assert_eq!(factor(29.0, 60.0), None);
        let unplanned = half_hour(0.0, Some(90.0));
        assert_eq!(reforecast_factor([unplanned].iter()), None);
        assert_eq!(factor(30.0, 60.0), Some(2.0));
        assert_eq!(factor(30.0, 90.0), Some(2.0));
        assert_eq!(factor(40.0, 10.0), Some(0.5));
        assert_eq!(reforecast_factor([half_hour(40.0, None)].iter()), None);
    }
}
