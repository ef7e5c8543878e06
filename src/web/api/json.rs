//! Types that several responses share: times, external IDs, metric values.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use wallboard_domain::{Id, MetricValue, ServiceLevelFormula};
use wallboard_live::{self as live, CountingGap, Freshness, MergedFigure};

use super::word_schemas::one_of_words;

/// An instant as RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-20T09:00:00.500Z")]
pub(super) struct Time(pub(super) Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

/// IDs in other systems, by system.
pub(super) type ExternalIdMap = BTreeMap<Arc<str>, Arc<str>>;

pub(super) fn external_id_map(pairs: &[(Arc<str>, Arc<str>)]) -> ExternalIdMap {
    pairs.iter().cloned().collect()
}

/// The metrics of a queue, an agent or the site, by name.
pub(super) type FigureMap = BTreeMap<&'static str, Figure>;

/// A metric value. Daily metrics have `since`, `complete`, `gaps` and `estimated`; values over
/// several queues that aren't one number have a `reason`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Figure {
    /// Seconds, percent from 0 to 100, or a count; `null` if unknown.
    #[schema(required = true, value_type = Option<f64>)]
    pub(super) value: Option<JsonNumber>,
    /// The time that the source reported.
    #[schema(required = true)]
    pub(super) at: Option<Time>,
    /// The value is out of date.
    pub(super) stale: bool,
    /// Start of the running clock; for a daily metric, the time since which everything was
    /// counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    #[expect(
        clippy::option_option,
        reason = "a day that was never counted is null; a value without a clock is omitted"
    )]
    pub(super) since: Option<Option<Time>>,
    /// Whether the whole day was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) complete: Option<bool>,
    /// Parts of the day in which events may have been missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) gaps: Option<Vec<Missing>>,
    /// Estimated, because the source has no event for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) estimated: Option<bool>,
    /// For a service level: the formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = one_of_words::<ServiceLevelFormula>)]
    pub(super) formula: Option<&'static str>,
    /// Lower bound of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, nullable = false)]
    pub(super) low: Option<JsonNumber>,
    /// Upper bound of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, nullable = false)]
    pub(super) high: Option<JsonNumber>,
    /// Why it isn't one number, or isn't shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) reason: Option<String>,
    /// Over several queues: IDs of those that it excludes, because their source never reports the
    /// metric or too few agents serve them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable = false)]
    pub(super) without: Vec<String>,
}

impl Figure {
    /// A value merged over several queues.
    pub(super) fn from_merged(merged: MergedFigure) -> Self {
        Self {
            without: merged.without.iter().map(Id::to_string).collect(),
            ..merged.figure.into()
        }
    }
}

/// A time range; without `to`, still open.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Missing {
    from: Time,
    #[schema(required = true)]
    to: Option<Time>,
}

/// A number; counts stay integers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum JsonNumber {
    Whole(u64),
    Real(f64),
}

impl From<MetricValue> for JsonNumber {
    fn from(value: MetricValue) -> Self {
        match value {
            MetricValue::Count(n) => Self::Whole(n),
            MetricValue::Seconds(x) | MetricValue::Percent(x) => Self::Real(x),
        }
    }
}

impl From<live::MetricFigure> for Figure {
    fn from(figure: live::MetricFigure) -> Self {
        let is_known = figure.freshness != Freshness::Unknown;
        let whole = figure.value.filter(|_| figure.reason.is_none());
        Self {
            value: whole.filter(|_| is_known).map(JsonNumber::from),
            at: figure.at.map(Time),
            stale: figure.freshness.is_out_of_date(),
            since: figure.since.map(|at| Some(Time(at))),
            low: figure.low.map(JsonNumber::from),
            high: figure.high.map(JsonNumber::from),
            reason: figure.reason.map(|reason| reason.to_string()),
            ..Self::default()
        }
        .with_day(figure.day_details.as_deref())
    }
}

impl Figure {
    /// Adds the details of a daily metric.
    fn with_day(self, day: Option<&live::DayDetails>) -> Self {
        let Some(day) = day else { return self };
        let missing = |gap: &CountingGap| Missing {
            from: Time(gap.from),
            to: gap.to.map(Time),
        };
        Self {
            since: Some(day.since.map(Time)),
            complete: Some(day.is_complete),
            gaps: Some(day.gaps.iter().map(missing).collect()),
            estimated: Some(day.is_estimated),
            formula: day.formula.map(Into::into),
            ..self
        }
    }
}
