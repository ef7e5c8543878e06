//! The past of a custom figure: its stored values, and their sums over steps of a period.

use jiff::{Timestamp, ToSpan, Unit, tz::TimeZone};

use wallboard_domain::{CustomFigure, CustomValue, ThresholdLevel, moment};
use wallboard_store::{FigureSpan, StoreError};

use crate::web::WebState;

use super::SeenFigure;

const MINUTE_MS: i64 = 60_000;

/// A period that ends with today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum FigureDays {
    Today,
    Week,
    FourWeeks,
}

/// The values of a period.
#[derive(Clone, Debug)]
pub(in crate::web) struct FigurePast {
    pub(super) days: FigureDays,
    pub(super) zone: TimeZone,
    pub(super) from: Timestamp,
    /// The end of today.
    pub(super) to: Timestamp,
    pub(super) now: Timestamp,
    /// Those that fit the figure as it is declared now.
    pub(super) spans: Vec<FigureSpan>,
}

/// A figure in a part of a period, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FigureStep {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Milliseconds of it that are known.
    pub(super) known_ms: i64,
    pub(super) lowest: f64,
    pub(super) highest: f64,
    /// Over the time that is known.
    pub(super) mean: f64,
    pub(super) last: f64,
    /// The most severe; of numbers and states alike.
    pub(super) level: Option<ThresholdLevel>,
}

impl FigureDays {
    pub(super) const ALL: [Self; 3] = [Self::Today, Self::Week, Self::FourWeeks];

    /// Today, unless the text is the count of another.
    pub(in crate::web) fn parse(text: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|one| one.count().to_string() == text);
        found.unwrap_or(Self::Today)
    }

    pub(super) fn count(self) -> i64 {
        match self {
            Self::Today => 1,
            Self::Week => 7,
            Self::FourWeeks => 28,
        }
    }

    /// Minutes of a step of the chart; `None`: it has the values themselves.
    pub(super) fn chart_minutes(self) -> Option<i64> {
        match self {
            Self::Today => None,
            Self::Week => Some(30),
            Self::FourWeeks => Some(120),
        }
    }
}

impl FigurePast {
    /// `None`: the figure is of queues, and no queue is chosen.
    pub(in crate::web) async fn load(
        web: &WebState,
        seen: &SeenFigure,
        days: FigureDays,
    ) -> Result<Option<Self>, StoreError> {
        if seen.figure.is_per_queue != seen.queue.is_some() {
            return Ok(None);
        }
        let (zone, now) = web
            .live
            .read_snapshot(|snapshot, now| (snapshot.site.zone.clone(), now.wall));
        let today = now.to_zoned(zone.clone());
        let first = today.date().saturating_sub((days.count() - 1).days());
        let first = first.to_zoned(zone.clone());
        let from = first.map_or_else(|_| moment::day_start(now, &zone), |day| day.timestamp());
        let to = moment::day_end(now, &zone);
        let subject = (seen.figure.id.clone(), seen.queue.clone());
        let mut spans = web.store.figure_spans(subject, from, to).await?;
        spans.retain(|span| seen.figure.allows(&span.value));
        Ok(Some(Self {
            days,
            zone,
            from,
            to,
            now,
            spans,
        }))
    }

    /// The steps of the table that have begun: hours of today, or days.
    pub(super) fn table_steps(
        &self,
        figure: &CustomFigure,
    ) -> Vec<(Timestamp, Option<FigureStep>)> {
        let unit = if self.days == FigureDays::Today {
            Unit::Hour
        } else {
            Unit::Day
        };
        let mut start = self.from.to_zoned(self.zone.clone());
        let mut steps = Vec::new();
        while start.timestamp() < self.now {
            let next = match unit {
                Unit::Hour => start.checked_add(1.hour()),
                _ => start.checked_add(1.day()),
            };
            let Ok(next) = next else { break };
            let (from, to) = (start.timestamp(), next.timestamp());
            steps.push((from, self.sum_up(figure, from, to)));
            start = next;
        }
        steps
    }

    /// The steps of the chart of several days, without those of which less than half is known.
    pub(super) fn chart_steps(&self, figure: &CustomFigure, minutes: i64) -> Vec<FigureStep> {
        let length = minutes * MINUTE_MS;
        let mut from = self.from;
        let mut steps = Vec::new();
        while from < self.to.min(self.now) {
            let to = moment::plus_millis(from, length);
            let begun = moment::millis_between(from, to.min(self.now));
            let step = self.sum_up(figure, from, to);
            steps.extend(step.filter(|step| begun <= 2 * step.known_ms));
            from = to;
        }
        steps
    }

    /// `None`: nothing of it is known.
    pub(super) fn sum_up(
        &self,
        figure: &CustomFigure,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<FigureStep> {
        let first = self.spans.partition_point(|span| span.to < from);
        let own = self.spans.get(first..).unwrap_or_default();
        let own = own.iter().take_while(|span| span.from < to);
        let mut step: Option<FigureStep> = None;
        let mut weighted = 0.0;
        for span in own {
            let (begin, end) = (span.from.max(from), span.to.min(to));
            let known_ms = moment::millis_between(begin, end);
            // A value that was seen once lasted for no time.
            if known_ms < 0 || (known_ms == 0 && span.from < span.to) {
                continue;
            }
            let number = match &span.value {
                CustomValue::Number(number) => *number,
                CustomValue::State(_) => 0.0,
            };
            let level = figure.level_of(&span.value);
            let step = step.get_or_insert(FigureStep {
                from,
                to,
                known_ms: 0,
                lowest: number,
                highest: number,
                mean: number,
                last: number,
                level,
            });
            step.known_ms += known_ms;
            step.lowest = step.lowest.min(number);
            step.highest = step.highest.max(number);
            step.last = number;
            step.level = step.level.max(level);
            weighted += number * moment::seconds_from(known_ms);
            if 0 < step.known_ms {
                step.mean = weighted / moment::seconds_from(step.known_ms);
            }
        }
        step
    }
}
