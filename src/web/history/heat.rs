//! A heat map: weekday by hour, each cell with its number. Pure.

use jiff::tz::TimeZone;

use crate::history::report::{Figures, Row};

use super::{
    choice::HeatMetric,
    column::{HistoryColumn, RatioRules, float},
    number::Number,
};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
/// Steps of the ramp.
const STEPS: usize = 7;

/// A table of weekdays by hours.
#[derive(Debug)]
pub(super) struct HeatMap {
    pub(super) hours: Vec<String>,
    pub(super) rows: Vec<HeatRow>,
    /// What each step of the ramp means, the lightest first; empty where all is alike.
    pub(super) legend: Vec<(usize, String)>,
    /// Some hours were not taken in.
    pub(super) has_gaps: bool,
    /// Over more than one day of a weekday.
    pub(super) is_mean: bool,
}

#[derive(Debug)]
pub(super) struct HeatRow {
    pub(super) day: &'static str,
    pub(super) cells: Vec<HeatCell>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum HeatCell {
    /// Nothing was taken in of this hour.
    Closed,
    /// Taken in, and no calls, or nothing to reckon a ratio of.
    Blank,
    Shaded {
        step: usize,
        number: Number,
    },
}

/// What is known of one weekday's hour.
#[derive(Clone, Debug, Default)]
struct HourSum {
    figures: Option<Figures>,
    /// How many such hours were taken in.
    hours: i64,
}

impl HeatMap {
    /// Of whole hours of the zone.
    pub(super) fn new(
        hours: &[Row],
        zone: &TimeZone,
        metric: HeatMetric,
        rules: RatioRules,
    ) -> Self {
        let mut sums: Vec<[HourSum; 24]> = vec![<[HourSum; 24]>::default(); 7];
        let mut seen = [false; 7];
        for row in hours {
            let local = row.start.to_zoned(zone.clone());
            let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
            let hour = usize::from(local.hour().unsigned_abs());
            seen[day] = true;
            if row.figures.is_some() {
                let sum = &mut sums[day][hour];
                sum.hours += 1;
                sum.figures = Figures::sum(sum.figures.iter().chain(&row.figures));
            }
        }
        let numbers: Vec<Vec<Option<Number>>> = sums
            .iter()
            .map(|day| day.iter().map(|sum| number(sum, metric, rules)).collect())
            .collect();
        let shown = shown_hours(&numbers);
        let most = numbers
            .iter()
            .flatten()
            .flatten()
            .map(|number| number.value());
        let most = most.fold(0.0, f64::max);
        let rows = (0..7).filter(|day| seen[*day]).map(|day| HeatRow {
            day: DAYS[day],
            cells: shown
                .clone()
                .map(|hour| match (numbers[day][hour], sums[day][hour].hours) {
                    (Some(number), _) => HeatCell::Shaded {
                        step: step(number.value(), most),
                        number,
                    },
                    (None, 0) => HeatCell::Closed,
                    (None, _) => HeatCell::Blank,
                })
                .collect(),
        });
        let rows: Vec<HeatRow> = rows.collect();
        Self {
            hours: shown.clone().map(|hour| format!("{hour:02}")).collect(),
            has_gaps: rows.iter().any(|row| row.cells.contains(&HeatCell::Closed)),
            is_mean: metric == HeatMetric::Offered
                && sums.iter().flatten().any(|sum| 1 < sum.hours),
            legend: legend(&numbers, most),
            rows,
        }
    }
}

/// Calls are meant per hour; ratios are of all calls together.
fn number(sum: &HourSum, metric: HeatMetric, rules: RatioRules) -> Option<Number> {
    let figures = sum.figures.as_ref()?;
    if figures.is_calm() {
        return None;
    }
    let column = match metric {
        HeatMetric::Offered => HistoryColumn::Offered,
        HeatMetric::Abandoned => HistoryColumn::AbandonRate,
        HeatMetric::ServiceLevel => HistoryColumn::ServiceLevel,
        HeatMetric::AverageSpeedOfAnswer => HistoryColumn::AverageSpeedOfAnswer,
    };
    match column.value(figures, rules)? {
        Number::Count(n) if 1 < sum.hours => Some(Number::Mean(float(n) / float(sum.hours))),
        number => Some(number),
    }
}

/// From the first hour with a call to the last; the whole day where there is none.
fn shown_hours(numbers: &[Vec<Option<Number>>]) -> std::ops::Range<usize> {
    let is_used = |hour: &usize| numbers.iter().any(|day| day[*hour].is_some());
    match ((0..24).find(is_used), (0..24).rev().find(is_used)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..24,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place among seven"
)]
fn step(value: f64, most: f64) -> usize {
    if most <= 0.0 {
        return 0;
    }
    ((value / most * STEPS as f64).floor() as usize).min(STEPS - 1)
}

fn legend(numbers: &[Vec<Option<Number>>], most: f64) -> Vec<(usize, String)> {
    let all = || numbers.iter().flatten().flatten();
    let range = |step_of: usize| {
        let here = || all().filter(|number| step(number.value(), most) == step_of);
        let least = here().min_by(|a, b| a.value().total_cmp(&b.value()))?;
        let greatest = here().max_by(|a, b| a.value().total_cmp(&b.value()))?;
        let (least, greatest) = (least.shown(), greatest.shown());
        Some((
            step_of,
            if least == greatest {
                least
            } else {
                format!("{least}–{greatest}")
            },
        ))
    };
    (0..STEPS).filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::domain::{Counter, Counters};

    use super::*;

    fn hour(start: &str, offered: Option<i64>) -> Row {
        let start: Timestamp = start.parse().unwrap();
        Row {
            start,
            end: start + jiff::SignedDuration::from_hours(1),
            figures: offered.map(self::offered),
            is_partial: false,
            is_utc: false,
        }
    }

    fn offered(n: i64) -> Figures {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, n);
        Figures::Contacts(counters)
    }

    #[test]
    fn numbers_stand_in_cells_gaps_are_hatched_and_hours_without_calls_blank() {
        let hours = [
            hour("2026-11-16T08:00:00Z", Some(10)),
            hour("2026-11-16T09:00:00Z", None),
            hour("2026-11-16T10:00:00Z", Some(0)),
            hour("2026-11-16T11:00:00Z", Some(70)),
            hour("2026-11-23T08:00:00Z", Some(15)),
        ];

        let heat = HeatMap::new(
            &hours,
            &TimeZone::UTC,
            HeatMetric::Offered,
            RatioRules::default(),
        );

        assert_eq!(heat.hours, ["08", "09", "10", "11"]);
        assert_eq!(heat.rows.len(), 1);
        assert_eq!(heat.rows[0].day, "Monday");
        let shaded = |step, number| HeatCell::Shaded { step, number };
        assert_eq!(
            heat.rows[0].cells,
            [
                shaded(1, Number::Mean(12.5)),
                HeatCell::Closed,
                HeatCell::Blank,
                shaded(6, Number::Count(70))
            ]
        );
        assert!(heat.has_gaps && heat.is_mean);
        assert_eq!(heat.legend, [(1, "12".to_owned()), (6, "70".to_owned())]);
    }
}
