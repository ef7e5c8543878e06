//! How often thresholds would have been reached, from the stored series of a queue: the highest values of
//! each five minutes.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{Metric, OpeningHours, SeverityLimits, ThresholdLevel, moment};
use wallboard_live::{SERIES_STEP, SeriesStep};
use wallboard_texts::Texts;

/// The metrics whose past is stored.
pub(super) const REHEARSED: [Metric; 2] = [Metric::LongestWait, Metric::Waiting];

/// The upper limits of the metrics whose past is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RehearsedLimits([SeverityLimits; REHEARSED.len()]);

/// How often and how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) times: usize,
    pub(super) steps: usize,
}

/// The effect that thresholds would have had.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rehearsal {
    pub(super) critical: Times,
    pub(super) warning: Times,
    /// The weekday (0: Monday) and the hour with most critical time.
    most: Option<(i8, i8)>,
    /// The first and the last known step.
    period: Option<(Timestamp, Timestamp)>,
    known_steps: usize,
    /// Steps of the period in which the queue was open.
    open_steps: usize,
    /// When each critical step begins, and the metrics that made it one.
    critical_steps: Vec<(Timestamp, PastLimits)>,
}

impl RehearsedLimits {
    pub(super) fn new(limits_of: impl Fn(Metric) -> SeverityLimits) -> Self {
        Self(REHEARSED.map(|metric| limits_of(metric).upper_limits()))
    }

    /// The critical limit of a metric, by its place among those rehearsed.
    pub(super) fn critical(&self, metric: usize) -> Option<f64> {
        self.0.get(metric)?.critical
    }

    /// Continues what is past its limit of a level; anything that is.
    fn follow(&self, past: &mut PastLimits, step: &SeriesStep, level: ThresholdLevel) -> bool {
        for ((limits, value), is_past) in self.0.iter().zip(values_of(step)).zip(past.iter_mut()) {
            let limit = limits.at_level(level).0;
            *is_past = limit.zip(value).is_some_and(|(limit, value)| {
                let is_held = *is_past && !limits.has_left_upper(limit, value);
                (limit <= value || is_held) && 0.0 < value
            });
        }
        past.contains(&true)
    }
}

/// Whether each metric is past its limit.
type PastLimits = [bool; REHEARSED.len()];

/// The values of the metrics whose past is stored.
pub(super) fn values_of(step: &SeriesStep) -> [Option<f64>; REHEARSED.len()] {
    #[expect(clippy::cast_precision_loss, reason = "nobody counts so many")]
    let waiting = step.waiting.map(|waiting| waiting as f64);
    [step.longest_wait, waiting]
}

impl Rehearsal {
    /// Counts in steps in order. A closed queue has no severity. A step that isn't known ends a time.
    pub(super) fn count(
        steps: &[SeriesStep],
        limits: &RehearsedLimits,
        hours: Option<&OpeningHours>,
        zone: &TimeZone,
    ) -> Self {
        let is_known = |step: &&SeriesStep| step.longest_wait.is_some() || step.waiting.is_some();
        let known: Vec<_> = steps.iter().filter(is_known).collect();
        let (Some(first), Some(last)) = (known.first(), known.last()) else {
            return Self::default();
        };
        let (first, last) = (first.start, last.start);
        let is_open = |at| hours.is_none_or(|hours| hours.is_open(at));
        let mut rehearsal = Self {
            period: Some((first, moment::plus_millis(last, SERIES_STEP))),
            ..Self::default()
        };
        let mut at = first;
        while at <= last {
            rehearsal.open_steps += usize::from(is_open(at));
            at = moment::plus_millis(at, SERIES_STEP);
        }
        let mut by_hour: BTreeMap<(i8, i8), usize> = BTreeMap::new();
        let (mut last_critical, mut last_warning) = (None, None);
        let (mut past_critical, mut past_warning) = (PastLimits::default(), PastLimits::default());
        let mut previous = None;
        for step in known {
            let follows =
                previous.is_some_and(|at| moment::plus_millis(at, SERIES_STEP) == step.start);
            previous = Some(step.start);
            if !is_open(step.start) || !follows {
                (past_critical, past_warning) = Default::default();
            }
            if !is_open(step.start) {
                continue;
            }
            rehearsal.known_steps += 1;
            let is_critical = limits.follow(&mut past_critical, step, ThresholdLevel::Critical);
            let is_warning = limits.follow(&mut past_warning, step, ThresholdLevel::Warning);
            if is_critical {
                rehearsal.critical_steps.push((step.start, past_critical));
                rehearsal.critical.add(step, &mut last_critical);
                let local = step.start.to_zoned(zone.clone());
                let weekday = local.weekday().to_monday_zero_offset();
                *by_hour.entry((weekday, local.hour())).or_default() += 1;
            }
            if is_critical || is_warning {
                rehearsal.warning.add(step, &mut last_warning);
            }
        }
        let most = by_hour
            .into_iter()
            .max_by_key(|(hour, steps)| (*steps, std::cmp::Reverse(*hour)));
        // One time alone shows no pattern.
        rehearsal.most = most
            .filter(|_| 1 < rehearsal.critical.times)
            .map(|(hour, _)| hour);
        rehearsal
    }

    /// Those of several queues as one: how often and how long in all, and what is known of them.
    pub(super) fn together<'r>(all: impl IntoIterator<Item = &'r Self>) -> Self {
        let mut together = Self::default();
        for one in all {
            let periods = [together.period, one.period].into_iter().flatten();
            together.period =
                periods.reduce(|(from, to), other| (from.min(other.0), to.max(other.1)));
            together.critical.times += one.critical.times;
            together.critical.steps += one.critical.steps;
            together.known_steps += one.known_steps;
            together.open_steps += one.open_steps;
        }
        together
    }

    /// When the critical steps of a metric begin, by its place among those rehearsed.
    pub(super) fn critical_starts(&self, metric: usize) -> Vec<Timestamp> {
        let steps = self.critical_steps.iter();
        let of_metric = steps.filter(|(_, past)| past.get(metric) == Some(&true));
        of_metric.map(|(start, _)| *start).collect()
    }

    /// When what is known begins.
    pub(super) fn start(&self) -> Option<Timestamp> {
        self.period.map(|(from, _)| from)
    }

    /// Whether anything is known.
    pub(super) fn has_period(&self) -> bool {
        self.period.is_some()
    }

    /// "It would have been critical 7 times, about 45 min in all; most on Mondays 09:00–10:00."
    pub(super) fn sentence(&self, texts: &Texts) -> String {
        if self.period.is_none() {
            return String::new();
        }
        let (critical, length) = (self.critical.times, self.critical.length(texts));
        let critical = match self.most {
            _ if critical == 0 => texts.critical_never().into(),
            None => texts.critical_times(critical, length),
            Some((weekday, hour)) => {
                let hour_text = |hour: i8| format!("{hour:02}:00");
                let (from, to) = (hour_text(hour), hour_text((hour + 1) % 24));
                texts.critical_times_mostly(critical, length, weekday + 1, from, to)
            }
        };
        let warning = match self.warning.times {
            0 => texts.warning_never().into(),
            times => texts.warning_times(times, self.warning.length(texts)),
        };
        format!("{critical} {warning}")
    }

    /// "With the saved ones: 7 times, about 45 min in all."
    pub(super) fn critical_count(&self, texts: &Texts) -> String {
        match self.critical.times {
            0 => texts.saved_never().into(),
            times => texts.saved_times(times, self.critical.length(texts)),
        }
    }

    /// "From 19 Nov 08:00 to 13:30, in steps of 5 minutes; known for 98% of the open time."
    pub(super) fn coverage(&self, texts: &Texts, now: Timestamp, zone: &TimeZone) -> String {
        let Some((from, to)) = self.period else {
            return texts.rehearsal_nothing().into();
        };
        #[expect(clippy::cast_precision_loss, reason = "a share of some thousands")]
        let share = match self.open_steps {
            0 => 0.0,
            open => 100.0 * self.known_steps as f64 / open as f64,
        };
        texts.rehearsal_coverage(
            texts.time_or_day(from, now, zone),
            texts.time_or_day(to.min(now), now, zone),
            texts.percent(share),
        )
    }
}

impl Times {
    fn add(&mut self, step: &SeriesStep, last: &mut Option<Timestamp>) {
        let follows = last.is_some_and(|last| moment::plus_millis(last, SERIES_STEP) == step.start);
        self.times += usize::from(!follows);
        self.steps += 1;
        *last = Some(step.start);
    }

    /// "45 min"
    fn length(self, texts: &Texts) -> String {
        let steps = i64::try_from(self.steps).unwrap_or(i64::MAX);
        texts.age(steps.saturating_mul(SERIES_STEP))
    }
}

#[cfg(test)]
mod tests {
    use crate::editing::always_open;

    use super::*;

    /// A Monday.
    fn start() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    /// Steps from 09:00 on; `None` isn't known.
    fn steps(longest: &[Option<f64>]) -> Vec<SeriesStep> {
        let at = |index: usize| {
            moment::plus_millis(start(), i64::try_from(index).unwrap() * SERIES_STEP)
        };
        let step = |(index, longest): (usize, &Option<f64>)| SeriesStep {
            start: at(index),
            waiting: longest.map(|longest| u64::from(0.0 < longest)),
            longest_wait: *longest,
            is_partial: false,
        };
        longest.iter().enumerate().map(step).collect()
    }

    fn limits(warning: f64, critical: f64) -> RehearsedLimits {
        RehearsedLimits::new(|metric| match metric {
            Metric::LongestWait => SeverityLimits {
                warning: Some(warning),
                critical: Some(critical),
                ..SeverityLimits::default()
            },
            _ => SeverityLimits::default(),
        })
    }

    fn count(longest: &[Option<f64>]) -> Rehearsal {
        Rehearsal::count(&steps(longest), &limits(60.0, 120.0), None, &TimeZone::UTC)
    }

    #[test]
    fn steps_in_a_row_are_one_time_and_an_unknown_one_ends_it() {
        let high = Some(130.0);
        let rehearsal = count(&[Some(10.0), high, high, Some(70.0), high, None, high]);

        assert_eq!(rehearsal.critical, Times { times: 3, steps: 4 });
        // The warning lasts between the first two.
        assert_eq!(rehearsal.warning, Times { times: 2, steps: 5 });
        assert_eq!(
            rehearsal.sentence(Texts::english()),
            "It would have been critical 3 times, about 20 min in all; most on Mondays 09:00–10:00. Warning or worse: 2 times, about 25 min in all."
        );
        let now = "2026-11-23T13:27:00Z".parse().unwrap();
        assert_eq!(
            rehearsal.coverage(Texts::english(), now, &TimeZone::UTC),
            "From 09:00 to 09:35, in steps of 5 minutes; known for 86% of the open time. Counts the longest wait and the number waiting; other metrics aren’t stored."
        );
    }

    #[test]
    fn a_time_lasts_until_the_wait_is_as_far_back_as_the_limits_say() {
        let wait = [Some(130.0), Some(70.0), Some(40.0), Some(30.0), Some(70.0)];
        let count = |clear| {
            let limits = RehearsedLimits::new(|metric| SeverityLimits {
                critical: Some(120.0).filter(|_| metric == Metric::LongestWait),
                clear,
                ..SeverityLimits::default()
            });
            Rehearsal::count(&steps(&wait), &limits, None, &TimeZone::UTC).critical
        };
        assert_eq!(count(None), Times { times: 1, steps: 1 });
        assert_eq!(count(Some(30.0)), Times { times: 1, steps: 3 });
        let gap = [Some(130.0), None, Some(70.0)];
        let limits = RehearsedLimits::new(|_| SeverityLimits {
            critical: Some(120.0),
            clear: Some(30.0),
            ..SeverityLimits::default()
        });
        let after_gap = Rehearsal::count(&steps(&gap), &limits, None, &TimeZone::UTC);
        assert_eq!(after_gap.critical, Times { times: 1, steps: 1 });
    }

    #[test]
    fn a_limit_is_reached_at_its_value_and_nobody_waiting_reaches_none() {
        assert_eq!(
            count(&[Some(119.0), Some(120.0)]).critical,
            Times { times: 1, steps: 1 }
        );
        let nobody = Rehearsal::count(
            &steps(&[Some(0.0)]),
            &limits(0.0, 0.0),
            None,
            &TimeZone::UTC,
        );
        assert_eq!(
            nobody.sentence(Texts::english()),
            "It would never have been critical. No warning either."
        );
    }

    #[test]
    fn a_closed_queue_is_not_critical() {
        let mut hours = always_open(&TimeZone::UTC);
        hours.week[0][0].to_minute = 9 * 60 + 10;
        let high = Some(130.0);
        let steps = steps(&[high, high, high, high]);

        let rehearsal =
            Rehearsal::count(&steps, &limits(60.0, 120.0), Some(&hours), &TimeZone::UTC);

        assert_eq!(rehearsal.critical, Times { times: 1, steps: 2 });
        assert_eq!((rehearsal.known_steps, rehearsal.open_steps), (2, 2));
    }

    #[test]
    fn nothing_stored_is_said() {
        let rehearsal = count(&[None, None]);
        assert_eq!(rehearsal.sentence(Texts::english()), "");
        assert_eq!(
            rehearsal.coverage(Texts::english(), start(), &TimeZone::UTC),
            "Nothing is stored about this queue yet."
        );
    }
}
