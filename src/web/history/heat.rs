//! A heat map: weekday by hour, each cell with its number. Pure.

use jiff::tz::TimeZone;

use wallboard_history::report::{ClosedTime, ReportRow, RowFigures};
use wallboard_texts::Texts;

use super::{
    choice::HeatMetric,
    column::{HistoryColumn, RatioRules, to_f64},
    number::HistoryNumber,
};

/// Shades of the color scale.
const SHADES: usize = 7;

/// Weekdays by hours.
#[derive(Debug)]
pub(super) struct HeatMap {
    pub(super) hours: Vec<String>,
    pub(super) rows: Vec<HeatRow>,
    /// The values of each shade, lightest first.
    pub(super) legend: Vec<(usize, String)>,
    /// Some cells weren't imported.
    pub(super) has_gaps: bool,
    /// Averages over several days of a weekday.
    pub(super) is_mean: bool,
    metric: HeatMetric,
}

#[derive(Debug)]
pub(super) struct HeatRow {
    pub(super) day: String,
    pub(super) cells: Vec<HeatCell>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum HeatCell {
    /// Not imported.
    Missing,
    /// All queues were closed.
    Closed,
    /// Imported, and without calls.
    Blank,
    /// Imported, but without this figure: of agents, or with nothing to divide by.
    Unknown,
    Shaded {
        step: usize,
        number: HistoryNumber,
    },
}

/// The data for one hour of a weekday.
#[derive(Clone, Debug, Default)]
struct HourSum {
    figures: Option<RowFigures>,
    /// The number of such hours imported.
    hours: i64,
    /// Whether all queues were closed in each of them; `None` if the range has no such hour.
    is_closed: Option<bool>,
}

impl HourSum {
    fn has_no_calls(&self) -> bool {
        matches!(&self.figures, Some(figures @ RowFigures::Contacts(_)) if figures.is_zero())
    }
}

impl HeatMap {
    /// Groups whole hours of the zone.
    pub(super) fn new(
        texts: &Texts,
        hours: &[ReportRow],
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
            let sum = &mut sums[day][hour];
            let is_closed = row.closed_time == ClosedTime::All;
            sum.is_closed = Some(is_closed && sum.is_closed != Some(false));
            seen[day] |= !is_closed;
            if row.figures.is_some() {
                sum.hours += 1;
                sum.figures = RowFigures::sum(sum.figures.iter().chain(&row.figures));
            }
        }
        let is_mean =
            metric == HeatMetric::Offered && sums.iter().flatten().any(|sum| 1 < sum.hours);
        let value = |sum: &HourSum| hour_value(sum, metric, is_mean, rules);
        let numbers: Vec<Vec<Option<HistoryNumber>>> = sums
            .iter()
            .map(|day| day.iter().map(value).collect())
            .collect();
        let shown = active_hours(&numbers);
        let most = numbers
            .iter()
            .flatten()
            .flatten()
            .map(|number| number.value());
        let most = most.fold(0.0, f64::max);
        let rows = (0..7).filter(|day| seen[*day]).map(|day| HeatRow {
            day: texts.weekday(day + 1),
            cells: shown
                .clone()
                .map(|hour| match (numbers[day][hour], &sums[day][hour]) {
                    (Some(number), _) => HeatCell::Shaded {
                        step: shade_of(number.value(), most),
                        number,
                    },
                    (None, sum) if sum.has_no_calls() => HeatCell::Blank,
                    (None, sum) if 0 < sum.hours => HeatCell::Unknown,
                    (None, sum) if sum.is_closed == Some(true) => HeatCell::Closed,
                    (None, _) => HeatCell::Missing,
                })
                .collect(),
        });
        let rows: Vec<HeatRow> = rows.collect();
        Self {
            hours: shown.clone().map(|hour| format!("{hour:02}")).collect(),
            has_gaps: rows
                .iter()
                .any(|row| row.cells.contains(&HeatCell::Missing)),
            is_mean,
            metric,
            legend: build_legend(texts, &numbers, most),
            rows,
        }
    }

    /// The meaning of its cells.
    pub(super) fn summary<'t>(&self, texts: &'t Texts) -> &'t str {
        match (self.metric, self.is_mean) {
            (HeatMetric::Offered, true) => texts.heat_mean_calls(),
            (HeatMetric::Offered, false) => texts.heat_calls(),
            (HeatMetric::Abandoned, _) => texts.heat_abandon_rate(),
            (HeatMetric::ServiceLevel, _) => texts.heat_level(),
            (HeatMetric::AverageSpeedOfAnswer, _) => texts.heat_answer_speed(),
        }
    }
}

/// Calls are a mean per hour if there are several days; ratios cover all calls together.
fn hour_value(
    sum: &HourSum,
    metric: HeatMetric,
    is_mean: bool,
    rules: RatioRules,
) -> Option<HistoryNumber> {
    let figures = sum.figures.as_ref()?;
    if figures.is_zero() {
        return None;
    }
    let column = match metric {
        HeatMetric::Offered => HistoryColumn::Offered,
        HeatMetric::Abandoned => HistoryColumn::AbandonRate,
        HeatMetric::ServiceLevel => HistoryColumn::ServiceLevel,
        HeatMetric::AverageSpeedOfAnswer => HistoryColumn::AverageSpeedOfAnswer,
    };
    match column.value(figures, rules)? {
        HistoryNumber::Count(n) if is_mean => {
            Some(HistoryNumber::Mean(to_f64(n) / to_f64(sum.hours)))
        }
        number => Some(number),
    }
}

/// From the first hour with a call to the last; the whole day if there is none.
fn active_hours(numbers: &[Vec<Option<HistoryNumber>>]) -> std::ops::Range<usize> {
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
    reason = "an index below seven"
)]
fn shade_of(value: f64, most: f64) -> usize {
    if most <= 0.0 {
        return 0;
    }
    ((value / most * SHADES as f64).floor() as usize).min(SHADES - 1)
}

fn build_legend(
    texts: &Texts,
    numbers: &[Vec<Option<HistoryNumber>>],
    most: f64,
) -> Vec<(usize, String)> {
    let all = || numbers.iter().flatten().flatten();
    let range = |step_of: usize| {
        let here = || all().filter(|number| shade_of(number.value(), most) == step_of);
        let least = here().min_by(|a, b| a.value().total_cmp(&b.value()))?;
        let greatest = here().max_by(|a, b| a.value().total_cmp(&b.value()))?;
        let (least, greatest) = (least.write(texts), greatest.write(texts));
        Some((
            step_of,
            if least == greatest {
                least
            } else {
                format!("{least}–{greatest}")
            },
        ))
    };
    (0..SHADES).filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use wallboard_domain::{AgentCounters, Counter, Counters};

    use super::*;

    fn hour(start: &str, offered: Option<i64>) -> ReportRow {
        let start: Timestamp = start.parse().unwrap();
        ReportRow {
            start,
            end: start + jiff::SignedDuration::from_hours(1),
            figures: offered.map(self::offered),
            is_partial: false,
            missing_sources: Vec::new(),
            is_utc: false,
            closed_time: ClosedTime::Nothing,
        }
    }

    fn closed_hour(start: &str) -> ReportRow {
        ReportRow {
            closed_time: ClosedTime::All,
            ..hour(start, None)
        }
    }

    fn offered(n: i64) -> RowFigures {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, n);
        RowFigures::Contacts(counters.into())
    }

    #[test]
    fn heat_cells_distinguish_values_gaps_and_hours_without_calls() {
        let hours = [
            hour("2026-11-16T08:00:00Z", Some(10)),
            hour("2026-11-16T09:00:00Z", None),
            hour("2026-11-16T10:00:00Z", Some(0)),
            hour("2026-11-16T11:00:00Z", Some(70)),
            hour("2026-11-23T08:00:00Z", Some(15)),
        ];

        let heat = HeatMap::new(
            Texts::english(),
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
                shaded(1, HistoryNumber::Mean(12.5)),
                HeatCell::Missing,
                HeatCell::Blank,
                shaded(6, HistoryNumber::Mean(70.0))
            ]
        );
        assert!(heat.has_gaps && heat.is_mean);
        assert_eq!(
            heat.legend,
            [(1, "12.5".to_owned()), (6, "70.0".to_owned())]
        );
    }

    #[test]
    fn hours_with_calls_but_without_the_figure_are_unknown() {
        let hours = [
            hour("2026-11-16T08:00:00Z", Some(0)),
            // Offered, but nothing that counts for the service level.
            hour("2026-11-16T09:00:00Z", Some(3)),
            ReportRow {
                figures: Some(RowFigures::Agent(AgentCounters::default())),
                ..hour("2026-11-16T10:00:00Z", None)
            },
        ];
        let (metric, rules) = (HeatMetric::ServiceLevel, RatioRules::default());
        let heat = HeatMap::new(Texts::english(), &hours, &TimeZone::UTC, metric, rules);

        let cells = &heat.rows[0].cells[8..11];
        let unknown = HeatCell::Unknown;
        assert_eq!(cells, [HeatCell::Blank, unknown.clone(), unknown]);
    }

    #[test]
    fn closed_hours_are_no_gaps_and_closed_days_have_no_row() {
        let hours = [
            hour("2026-11-16T08:00:00Z", Some(10)),
            closed_hour("2026-11-16T09:00:00Z"),
            closed_hour("2026-11-16T10:00:00Z"),
            hour("2026-11-16T11:00:00Z", Some(20)),
            // A week later it is open at ten, but nothing was imported.
            closed_hour("2026-11-23T08:00:00Z"),
            closed_hour("2026-11-23T09:00:00Z"),
            hour("2026-11-23T10:00:00Z", None),
            closed_hour("2026-11-22T08:00:00Z"),
        ];

        let (metric, rules) = (HeatMetric::Offered, RatioRules::default());
        let heat = HeatMap::new(Texts::english(), &hours, &TimeZone::UTC, metric, rules);

        assert_eq!(heat.rows.len(), 1);
        let shaded = |step, n| HeatCell::Shaded {
            step,
            number: HistoryNumber::Count(n),
        };
        assert_eq!(
            heat.rows[0].cells,
            [
                shaded(3, 10),
                HeatCell::Closed,
                HeatCell::Missing,
                shaded(6, 20)
            ]
        );
        assert!(heat.has_gaps && !heat.is_mean);
    }
}
