//! The forms that several answers share: times, names elsewhere, figures.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{
    domain::Value,
    live::{self, Gap, Trust},
};

/// An instant as RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Ids in other systems, by system.
pub(super) type ExternalIds = BTreeMap<Arc<str>, Arc<str>>;

pub(super) fn external_ids(pairs: &[(Arc<str>, Arc<str>)]) -> ExternalIds {
    pairs.iter().cloned().collect()
}

/// The metrics of a queue, an agent or the site, by name.
pub(super) type Metrics = BTreeMap<&'static str, Figure>;

/// One figure.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figure {
    pub(super) value: Option<Number>,
    pub(super) at: Option<Time>,
    pub(super) stale: bool,
    /// Start of the running clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<Time>,
    #[serde(flatten)]
    pub(super) day: Option<Day>,
    #[serde(flatten)]
    pub(super) range: Option<Range>,
}

/// What a figure of the day carries besides.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    /// From when on everything was counted.
    since: Option<Time>,
    complete: bool,
    gaps: Vec<Missing>,
    estimated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    formula: Option<&'static str>,
}

/// A stretch of the day in which events may have been missed; open without `to`.
#[derive(Debug, Serialize)]
struct Missing {
    from: Time,
    to: Option<Time>,
}

/// Why a figure over several queues is not one number, and what is known of it.
#[derive(Debug, Serialize)]
pub(super) struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) low: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) high: Option<u64>,
    pub(super) reason: String,
}

/// A count stays a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Number {
    Whole(u64),
    Real(f64),
}

impl From<Value> for Number {
    fn from(value: Value) -> Self {
        match value {
            Value::Count(n) => Self::Whole(n),
            Value::Seconds(x) | Value::Percent(x) => Self::Real(x),
        }
    }
}

impl From<live::Figure> for Figure {
    fn from(figure: live::Figure) -> Self {
        let is_known = figure.trust != Trust::Unknown;
        Self {
            value: figure.value.filter(|_| is_known).map(Number::from),
            at: figure.at.map(Time),
            stale: is_stale(figure.trust),
            since: figure.since.map(Time),
            day: figure.of_day.map(Day::from),
            range: None,
        }
    }
}

impl From<live::DayMarks> for Day {
    fn from(day: live::DayMarks) -> Self {
        let missing = |gap: &Gap| Missing {
            from: Time(gap.from),
            to: gap.to.map(Time),
        };
        Self {
            since: day.since.map(Time),
            complete: day.complete,
            gaps: day.gaps.iter().map(missing).collect(),
            estimated: day.estimated,
            formula: day.formula,
        }
    }
}

/// The API says stale as soon as a line is lost; only boards wait a little.
pub(super) fn is_stale(trust: Trust) -> bool {
    matches!(trust, Trust::Stale | Trust::Lost(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_milliseconds_always() {
        let json = |at: &str| serde_json::to_string(&Time(at.parse().unwrap())).unwrap();

        assert_eq!(
            json("2026-11-20T10:00:00+01:00"),
            "\"2026-11-20T09:00:00.000Z\""
        );
        assert_eq!(
            json("2026-11-20T09:00:00.1239Z"),
            "\"2026-11-20T09:00:00.123Z\""
        );
    }

    #[test]
    fn what_is_unknown_is_null_and_a_count_stays_whole() {
        let figure = |value, trust| {
            let figure = live::Figure {
                value,
                since: None,
                at: None,
                trust,
                of_day: None,
            };
            serde_json::to_string(&Figure::from(figure)).unwrap()
        };

        assert_eq!(
            figure(Some(Value::Count(0)), Trust::Unknown),
            r#"{"value":null,"at":null,"stale":false}"#
        );
        assert_eq!(
            figure(Some(Value::Count(0)), Trust::Stale),
            r#"{"value":0,"at":null,"stale":true}"#
        );
    }
}
