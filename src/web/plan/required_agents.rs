//! How many agents an interval requires.

use wallboard_domain::QueueTarget;
use wallboard_forecast::ErlangC;
use wallboard_history::plan::PlannedInterval;

/// Loads and targets beyond these have no sensible number of agents.
const ERLANGS_MAX: f64 = 20_000.0;
const LEVEL_MAX: f64 = 0.999;

/// The target that the agents of a queue or a group are to reach, and how many contacts each can have at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::web) struct StaffingGoal {
    pub(in crate::web) target: QueueTarget,
    pub(in crate::web) contacts_at_once: u32,
}

/// The agents that an interval requires: as planned, or else by Erlang C with the queue's target and as many contacts
/// at once as its agents have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RequiredAgents {
    pub(super) agents: f64,
    pub(super) is_computed: bool,
}

impl RequiredAgents {
    /// `None` if the plan has neither the agents nor the contacts with their handle time.
    pub(super) fn find(interval: &PlannedInterval, goal: &StaffingGoal) -> Option<Self> {
        if let Some(agents) = interval.agents {
            return Some(Self {
                agents,
                is_computed: false,
            });
        }
        Some(Self {
            agents: agents_by_erlang(interval, interval.volume?, goal)?,
            is_computed: true,
        })
    }

    /// Returns the agents that an interval requires if its contacts are the planned ones times a factor. Those of the plan,
    /// which may include absences, follow Erlang C's.
    pub(super) fn find_by_factor(
        interval: &PlannedInterval,
        goal: &StaffingGoal,
        factor: f64,
    ) -> Option<f64> {
        let volume = interval.volume?;
        let corrected = agents_by_erlang(interval, volume * factor, goal)?;
        let Some(planned) = interval.agents else {
            return Some(corrected);
        };
        let by_plan = agents_by_erlang(interval, volume, goal)?;
        Some(if 0.0 < by_plan {
            planned * corrected / by_plan
        } else {
            planned
        })
    }
}

/// Returns the fewest agents that reach the target by Erlang C.
fn agents_by_erlang(interval: &PlannedInterval, volume: f64, goal: &StaffingGoal) -> Option<f64> {
    if volume <= 0.0 {
        return Some(0.0);
    }
    let target = &goal.target;
    let handle_s = interval.handle_time.filter(|seconds| 0.0 < *seconds)?;
    #[expect(clippy::cast_precision_loss, reason = "minutes and seconds")]
    let (length_s, target_s) = (interval.length as f64, target.threshold_ms as f64 / 1_000.0);
    let erlangs = volume * handle_s / length_s;
    let level = (target.service_level_percent / 100.0).min(LEVEL_MAX);
    let slots = || ErlangC::agents_required(erlangs, target_s, handle_s, level);
    (erlangs <= ERLANGS_MAX).then(|| f64::from(slots().div_ceil(goal.contacts_at_once.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(volume: f64, handle_s: f64, agents: Option<f64>) -> PlannedInterval {
        PlannedInterval {
            start: 0,
            length: 1_800,
            volume: Some(volume),
            handle_time: Some(handle_s),
            agents,
        }
    }

    #[test]
    fn agents_are_those_of_the_plan_or_else_of_erlang_c() {
        let target = StaffingGoal::default();
        let find = |interval: PlannedInterval| {
            let required = RequiredAgents::find(&interval, &target)?;
            Some((required.agents, required.is_computed))
        };

        assert_eq!(find(interval(60.0, 300.0, Some(11.5))), Some((11.5, false)));
        // 10 erlangs, 80 % in 20 s: 14 agents answer 87 %, and 13 only 77 %.
        assert_eq!(find(interval(60.0, 300.0, None)), Some((14.0, true)));
        assert_eq!(find(interval(0.0, 300.0, None)), Some((0.0, true)));
        let chats = StaffingGoal {
            contacts_at_once: 3,
            ..target
        };
        let of_chats = RequiredAgents::find(&interval(60.0, 300.0, None), &chats);
        assert_eq!(of_chats.map(|required| required.agents), Some(5.0));
        let without_time = PlannedInterval {
            handle_time: None,
            ..interval(60.0, 300.0, None)
        };
        assert_eq!(find(without_time), None);
        assert_eq!(find(interval(900_000.0, 80_000.0, None)), None);

        let corrected =
            |interval, factor| RequiredAgents::find_by_factor(&interval, &target, factor);
        // 15 erlangs: 19 agents.
        assert_eq!(corrected(interval(60.0, 300.0, None), 1.5), Some(19.0));
        assert_eq!(
            corrected(interval(60.0, 300.0, Some(28.0)), 1.5),
            Some(38.0)
        );
        assert_eq!(
            corrected(interval(60.0, 300.0, Some(11.5)), 1.0),
            Some(11.5)
        );
        assert_eq!(corrected(interval(0.0, 300.0, Some(1.0)), 1.5), Some(1.0));
        assert_eq!(corrected(without_time, 1.5), None);
    }
}
