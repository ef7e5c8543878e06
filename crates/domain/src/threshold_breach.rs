//! Hysteresis of thresholds: a breach begins at once, and one whose figure hovers at its limit ends
//! only after a minute, so that a severity doesn't turn on and off. A site can say in its place how far
//! a figure must be back.

use serde::{Deserialize, Serialize};

use super::{LimitValue, MetricValue, MonotonicTime, QueueTarget, SeverityLimits};

/// A figure that is back by this share of its limit no longer hovers; above a lower limit, one that
/// is twice the limit.
const CLEAR: f64 = 0.5;
/// A figure that hovers must be back for this long, in milliseconds.
const CALM_MILLIS: i64 = 60_000;

/// How bad a breached threshold is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ThresholdLevel {
    Warning,
    Critical,
}

/// A value's position relative to the limits of one level, from bad to good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitPosition {
    Beyond,
    /// Back, and not as far as the site wants it.
    Held,
    Back,
    /// So far back that it can't be hovering.
    Clear,
}

/// A threshold that a figure has reached, until the figure is back for good. An ended one is kept
/// for a minute, to notice that it repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdBreach {
    state: BreachState,
    /// It began within a minute after the last one had ended.
    is_repeated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum BreachState {
    /// With the time since which the figure is back.
    Active {
        back_since: Option<MonotonicTime>,
    },
    Ended {
        at: MonotonicTime,
    },
}

impl SeverityLimits {
    /// Returns a value's position relative to the limits of a level; `None` without any.
    pub fn position(
        &self,
        level: ThresholdLevel,
        value: MetricValue,
        target: &QueueTarget,
    ) -> Option<LimitPosition> {
        let (upper, lower) = self.at_level(level);
        let number = value.as_number();
        let upper = upper.map(|limit| {
            let until_clear = self.upper_until_clear(limit, number);
            until_clear.unwrap_or_else(|| upper_position(value, limit))
        });
        let lower = lower.map(|limit| limit.resolve_for(target));
        let lower = lower.map(|limit| {
            let until_clear = self.lower_until_clear(limit, number);
            until_clear.unwrap_or_else(|| lower_position(number, limit))
        });
        upper.into_iter().chain(lower).min()
    }

    /// Whether a number is back from the limits of a level, and not as far as the site wants it.
    pub fn is_held(&self, level: ThresholdLevel, number: f64, target: &QueueTarget) -> bool {
        let (upper, lower) = self.at_level(level);
        let upper = upper.and_then(|limit| self.upper_until_clear(limit, number));
        let lower = lower.map(|limit| limit.resolve_for(target));
        let lower = lower.and_then(|limit| self.lower_until_clear(limit, number));
        upper.into_iter().chain(lower).min() == Some(LimitPosition::Held)
    }

    /// The position where the site says from where on a number is clear of an upper limit.
    fn upper_until_clear(&self, limit: f64, number: f64) -> Option<LimitPosition> {
        let clear = self.clear.filter(|clear| *clear < limit)?;
        Some(LimitPosition::until_clear(limit <= number, number <= clear))
    }

    fn lower_until_clear(&self, limit: f64, number: f64) -> Option<LimitPosition> {
        let clear = self.clear.filter(|clear| limit <= *clear)?;
        Some(LimitPosition::until_clear(number < limit, clear <= number))
    }

    /// Whether a number has left the upper limit of a level that it was past.
    pub fn has_left_upper(&self, limit: f64, number: f64) -> bool {
        match self.clear.filter(|clear| *clear < limit) {
            None => number < limit,
            Some(clear) => number <= clear,
        }
    }

    /// Returns the worst level whose upper limit a number has reached, and that limit.
    pub fn upper_reached(&self, number: f64) -> Option<(ThresholdLevel, f64)> {
        let levels = [ThresholdLevel::Critical, ThresholdLevel::Warning];
        levels.into_iter().find_map(|level| {
            let limit = self.at_level(level).0.filter(|limit| *limit <= number)?;
            Some((level, limit))
        })
    }

    /// The upper and the lower limit of a level.
    pub fn at_level(&self, level: ThresholdLevel) -> (Option<f64>, Option<LimitValue>) {
        match level {
            ThresholdLevel::Warning => (self.warning, self.warning_below),
            ThresholdLevel::Critical => (self.critical, self.critical_below),
        }
    }
}

impl LimitPosition {
    /// The position where the site says from where on it is clear.
    fn until_clear(is_beyond: bool, is_clear: bool) -> Self {
        match (is_beyond, is_clear) {
            (true, _) => Self::Beyond,
            (false, false) => Self::Held,
            (false, true) => Self::Clear,
        }
    }
}

fn upper_position(value: MetricValue, limit: f64) -> LimitPosition {
    let number = value.as_number();
    let distance = limit - number;
    // A count that is one step away still hovers.
    let is_far = 2.0 <= distance || !matches!(value, MetricValue::Count(_));
    if distance <= 0.0 {
        LimitPosition::Beyond
    } else if number <= 0.0 || (is_far && limit * CLEAR <= distance) {
        // With nobody waiting there is nothing to act on, however low the limit.
        LimitPosition::Clear
    } else {
        LimitPosition::Back
    }
}

fn lower_position(number: f64, limit: f64) -> LimitPosition {
    match number - limit {
        distance if distance < 0.0 => LimitPosition::Beyond,
        distance if limit <= distance => LimitPosition::Clear,
        _ => LimitPosition::Back,
    }
}

impl ThresholdBreach {
    /// Continues the breach of a level, or begins one; `None` if there is nothing to remember.
    pub fn advance(
        before: Option<Self>,
        position: LimitPosition,
        now: MonotonicTime,
    ) -> Option<Self> {
        match before.map(|breach| (breach, breach.state)) {
            Some((breach, BreachState::Active { back_since })) => {
                Some(breach.advance_active(back_since, position, now))
            }
            ended if position == LimitPosition::Beyond => Some(Self {
                state: BreachState::Active { back_since: None },
                is_repeated: ended.is_some_and(|(breach, _)| !breach.is_forgotten(now)),
            }),
            ended => ended
                .map(|(breach, _)| breach)
                .filter(|breach| !breach.is_forgotten(now)),
        }
    }

    fn advance_active(
        self,
        back_since: Option<MonotonicTime>,
        position: LimitPosition,
        now: MonotonicTime,
    ) -> Self {
        let back_since = match position {
            LimitPosition::Beyond | LimitPosition::Held => None,
            LimitPosition::Back | LimitPosition::Clear => Some(back_since.unwrap_or(now)),
        };
        let is_calm = back_since.is_some_and(|since| CALM_MILLIS <= now.millis_since(since));
        let state = if is_calm || (position == LimitPosition::Clear && !self.is_repeated) {
            BreachState::Ended { at: now }
        } else {
            BreachState::Active { back_since }
        };
        Self { state, ..self }
    }

    pub fn is_active(&self) -> bool {
        matches!(self.state, BreachState::Active { .. })
    }

    /// When time alone changes it: it ends, or is forgotten.
    pub fn next_change(&self) -> Option<MonotonicTime> {
        match self.state {
            BreachState::Active { back_since } => {
                back_since.map(|since| since.plus_millis(CALM_MILLIS))
            }
            BreachState::Ended { at } => Some(at.plus_millis(CALM_MILLIS)),
        }
    }

    /// Whether it ended too long ago to be repeated.
    fn is_forgotten(&self, now: MonotonicTime) -> bool {
        match self.state {
            BreachState::Active { .. } => false,
            BreachState::Ended { at } => CALM_MILLIS <= now.millis_since(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn upper(critical: f64) -> SeverityLimits {
        SeverityLimits {
            critical: Some(critical),
            ..SeverityLimits::default()
        }
    }

    fn lower(critical: f64) -> SeverityLimits {
        SeverityLimits {
            critical_below: Some(LimitValue::Value(critical)),
            ..SeverityLimits::default()
        }
    }

    fn position(limits: SeverityLimits, value: MetricValue) -> LimitPosition {
        let target = QueueTarget::default();
        let position = limits.position(ThresholdLevel::Critical, value, &target);
        position.unwrap()
    }

    #[test]
    fn count_is_back_one_step_away_and_clear_at_half_its_limit() {
        use LimitPosition::{Back, Beyond, Clear};
        let table = [
            (upper(5.0), 5, Beyond),
            (upper(5.0), 4, Back),
            (upper(5.0), 3, Back),
            (upper(5.0), 2, Clear),
            (upper(20.0), 19, Back),
            (upper(20.0), 10, Clear),
            (upper(1.0), 1, Beyond),
            (upper(1.0), 0, Clear),
            (lower(1.0), 0, Beyond),
            (lower(1.0), 1, Back),
            (lower(1.0), 2, Clear),
            (lower(3.0), 4, Back),
            (lower(3.0), 6, Clear),
        ];
        for (limits, count, expected) in table {
            let found = position(limits, MetricValue::Count(count));
            assert_eq!(found, expected, "{limits:?} {count}");
        }
    }

    #[test]
    fn wait_is_clear_at_half_its_limit() {
        let wait = |seconds| position(upper(120.0), MetricValue::Seconds(seconds));

        assert_eq!(wait(120.0), LimitPosition::Beyond);
        assert_eq!(wait(119.9), LimitPosition::Back);
        assert_eq!(wait(60.0), LimitPosition::Clear);
    }

    #[test]
    fn a_figure_is_held_until_it_is_as_far_back_as_the_site_wants() {
        use LimitPosition::{Beyond, Clear, Held};
        let both = |warning, critical, clear| SeverityLimits {
            warning: Some(warning),
            critical: Some(critical),
            clear: Some(clear),
            ..SeverityLimits::default()
        };
        let at = |limits: SeverityLimits, level, count| {
            limits.position(level, MetricValue::Count(count), &QueueTarget::default())
        };
        let limits = both(5.0, 10.0, 3.0);
        for (count, expected) in [(10, Beyond), (9, Held), (4, Held), (3, Clear), (0, Clear)] {
            let found = at(limits, ThresholdLevel::Critical, count);
            assert_eq!(found, Some(expected), "{count}");
        }
        // Between both levels, it's about the worse one alone.
        let between = both(5.0, 10.0, 7.0);
        assert_eq!(at(between, ThresholdLevel::Critical, 8), Some(Held));
        assert_eq!(at(between, ThresholdLevel::Critical, 7), Some(Clear));
        let warning = at(between, ThresholdLevel::Warning, 4);
        assert_eq!(warning, Some(LimitPosition::Back));
        let agents = SeverityLimits {
            clear: Some(3.0),
            ..lower(1.0)
        };
        let of_agents = [0, 1, 2, 3].map(|count| at(agents, ThresholdLevel::Critical, count));
        assert_eq!(of_agents, [Beyond, Held, Held, Clear].map(Some));
        assert!(limits.has_left_upper(10.0, 3.0) && !limits.has_left_upper(10.0, 4.0));
        assert!(between.has_left_upper(5.0, 4.0));

        // However long it is back, and no breach begins there.
        let states = follow(limits, &[(2, 4), (3, 10), (200, 4), (5, 3)]);
        let active = states.iter().filter(|(_, active, _)| *active);
        assert_eq!(active.count(), 203);
        assert_eq!(beginnings(&states), [3]);
    }

    /// Follows a figure, given as (seconds since the last one, count), and returns for each whether
    /// the breach is active, at which second.
    fn follow(limits: SeverityLimits, figures: &[(i64, u64)]) -> Vec<(i64, bool, u64)> {
        let (mut breach, mut second) = (None, 0);
        let mut states = Vec::new();
        for (pause, count) in figures {
            for _ in 0..*pause {
                second += 1;
                let position = position(limits, MetricValue::Count(*count));
                let now = MonotonicTime(second * 1000);
                breach = ThresholdBreach::advance(breach, position, now);
                let is_active = breach.is_some_and(|breach| breach.is_active());
                states.push((second, is_active, *count));
            }
        }
        states
    }

    /// The seconds at which a breach begins.
    fn beginnings(states: &[(i64, bool, u64)]) -> Vec<i64> {
        let pairs = states.windows(2);
        let begins = pairs.filter(|pair| !pair[0].1 && pair[1].1);
        begins.map(|pair| pair[1].0).collect()
    }

    #[test]
    fn hovering_count_stays_until_it_is_back_for_a_minute() {
        let hovering = [(5, 4), (5, 5), (30, 4), (1, 5), (59, 4), (1, 5), (100, 4)];

        let states = follow(upper(5.0), &hovering);

        assert_eq!(beginnings(&states), [6]);
        let ended = states.iter().position(|(at, active, _)| *at > 6 && !active);
        assert_eq!(states[ended.unwrap()].0, 162);
    }

    #[test]
    fn count_that_is_clearly_back_ends_at_once_unless_it_repeats() {
        let states = follow(
            upper(5.0),
            &[(1, 0), (3, 6), (9, 0), (1, 6), (90, 0), (1, 6)],
        );

        let active: Vec<_> = states.iter().filter(|(_, active, _)| *active).collect();
        assert_eq!(beginnings(&states), [2, 14, 105]);
        // From 2 to 4, then from 14 until it is back for a minute.
        let within_first = active.iter().filter(|(at, ..)| *at < 14).count();
        assert_eq!(within_first, 3);
        assert!(active.iter().any(|(at, ..)| *at == 74));
        assert!(!active.iter().any(|(at, ..)| *at == 75));
    }

    proptest! {
        #[test]
        fn breach_of_a_hovering_figure_begins_at_most_once_a_minute(
            figures in prop::collection::vec((1..90_i64, 3..8_u64), 1..60)
        ) {
            let states = follow(upper(5.0), &figures);

            for pair in beginnings(&states).windows(2) {
                prop_assert!(60 <= pair[1] - pair[0], "{pair:?}");
            }
        }

        #[test]
        fn breach_is_active_whenever_the_limit_is_reached_and_never_long_after(
            figures in prop::collection::vec((1..90_i64, 0..12_u64), 1..60)
        ) {
            let states = follow(upper(5.0), &figures);

            let mut last_beyond = None;
            for (second, is_active, count) in &states {
                if 5 <= *count {
                    prop_assert!(is_active);
                    last_beyond = Some(*second);
                }
                if *is_active {
                    prop_assert!(second - last_beyond.unwrap() <= 60);
                }
            }
            // Even a figure that swings from nothing to far beyond its limit and back.
            for three in beginnings(&states).windows(3) {
                prop_assert!(60 <= three[2] - three[0], "{three:?}");
            }
        }
    }
}
