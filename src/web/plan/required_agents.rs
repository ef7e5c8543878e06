//! How many agents an interval requires.

use wallboard_domain::QueueTarget;
use wallboard_forecast::ErlangC;
use wallboard_history::plan::PlannedInterval;

/// Loads and targets beyond these have no sensible number of agents.
const ERLANGS_MAX: f64 = 20_000.0;
const LEVEL_MAX: f64 = 0.999;

/// The agents that an interval requires: as planned, or else by Erlang C with the queue's target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RequiredAgents {
    pub(super) agents: f64,
    pub(super) is_computed: bool,
}

impl RequiredAgents {
    /// `None` if the plan has neither the agents nor the contacts with their handle time.
    pub(super) fn find(interval: &PlannedInterval, target: &QueueTarget) -> Option<Self> {
        if let Some(agents) = interval.agents {
            return Some(Self {
                agents,
                is_computed: false,
            });
        }
        let (volume, handle_s) = (interval.volume?, interval.handle_time);
        if volume <= 0.0 {
            return Some(Self {
                agents: 0.0,
                is_computed: true,
            });
        }
        let handle_s = handle_s.filter(|seconds| 0.0 < *seconds)?;
        #[expect(clippy::cast_precision_loss, reason = "minutes and seconds")]
        let (length_s, target_s) = (interval.length as f64, target.threshold_ms as f64 / 1_000.0);
        let erlangs = volume * handle_s / length_s;
        let level = (target.service_level_percent / 100.0).min(LEVEL_MAX);
        (erlangs <= ERLANGS_MAX).then(|| Self {
            agents: f64::from(ErlangC::agents_required(erlangs, target_s, handle_s, level)),
            is_computed: true,
        })
    }
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
        let target = QueueTarget::default();
        let find = |interval: PlannedInterval| {
            let required = RequiredAgents::find(&interval, &target)?;
            Some((required.agents, required.is_computed))
        };

        assert_eq!(find(interval(60.0, 300.0, Some(11.5))), Some((11.5, false)));
        // 10 erlangs, 80 % in 20 s: 14 agents answer 87 %, and 13 only 77 %.
        assert_eq!(find(interval(60.0, 300.0, None)), Some((14.0, true)));
        assert_eq!(find(interval(0.0, 300.0, None)), Some((0.0, true)));
        let without_time = PlannedInterval {
            handle_time: None,
            ..interval(60.0, 300.0, None)
        };
        assert_eq!(find(without_time), None);
        assert_eq!(find(interval(900_000.0, 80_000.0, None)), None);
    }
}
