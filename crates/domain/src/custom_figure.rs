//! Custom figures: numbers and states of other systems, as the site declares them in `[figures]`.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::{
    LimitPosition, LocalizedText, MetricValue, QueueId, QueueTarget, SeverityLimits, SourceId,
    ThresholdLevel,
};

/// The key of a custom figure: lower-case letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CustomFigureId(pub Arc<str>);

impl CustomFigureId {
    /// Parses a key; `None` if it has other characters, or too many.
    pub fn parse(text: &str) -> Option<Self> {
        const CHARACTERS_MAX: usize = 40;
        let is_plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        let is_id = (1..=CHARACTERS_MAX).contains(&text.len()) && text.chars().all(is_plain);
        is_id.then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomFigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of `[figures]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomFigure {
    pub id: CustomFigureId,
    pub label: LocalizedText,
    pub kind: CustomFigureKind,
    /// Whether queues have it. Otherwise the site does.
    pub is_per_queue: bool,
    /// The sources that report it: one or several.
    pub sources: Vec<SourceId>,
    pub merge: CustomMerge,
    /// How long a value is valid, in milliseconds; `None`: as long as every value of its source.
    pub valid_for_ms: Option<i64>,
    /// In the unit of its values. A state has those of its words instead.
    pub limits: SeverityLimits,
}

/// The kind of a custom figure's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CustomFigureKind {
    Number {
        decimals: u8,
        /// Empty: none.
        unit: LocalizedText,
    },
    Percent {
        decimals: u8,
    },
    /// In seconds.
    Duration,
    State(Vec<FigureState>),
}

/// A word that a state can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureState {
    pub word: Arc<str>,
    pub label: LocalizedText,
    /// `None`: it is fine.
    pub level: Option<ThresholdLevel>,
}

/// The rule that makes one value of those of several sources, or of the queues of a group.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum CustomMerge {
    /// The newest that is up to date.
    #[default]
    Last,
    Sum,
    /// The largest number, or the most severe state.
    Max,
}

/// A value of a custom figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CustomValue {
    /// A number, a percentage, or seconds.
    Number(f64),
    /// One of the figure's words.
    State(Arc<str>),
}

/// A source's report of a custom figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomReport {
    pub figure: CustomFigureId,
    /// `None`: of the site.
    pub queue: Option<QueueId>,
    /// `None`: the source doesn't know.
    pub value: Option<CustomValue>,
    /// Milliseconds from receipt until it is out of date.
    pub valid_for_ms: i64,
}

impl CustomFigure {
    /// Returns the severity of a value by the figure's own thresholds; `None`: it is fine.
    pub fn level_of(&self, value: &CustomValue) -> Option<ThresholdLevel> {
        match value {
            CustomValue::Number(number) => {
                let levels = [ThresholdLevel::Critical, ThresholdLevel::Warning];
                levels
                    .into_iter()
                    .find(|level| self.is_beyond(*level, *number))
            }
            CustomValue::State(word) => self.find_state(word)?.level,
        }
    }

    /// Returns the severity of a value after one that had this severity: with `clear`, it lasts until a value is
    /// back there.
    pub fn level_after(
        &self,
        before: Option<ThresholdLevel>,
        value: &CustomValue,
    ) -> Option<ThresholdLevel> {
        let is_held = |level: &ThresholdLevel| match value {
            CustomValue::Number(number) => {
                // Their limits are numbers.
                (self.limits).is_held(*level, *number, &QueueTarget::default())
            }
            CustomValue::State(_) => false,
        };
        self.level_of(value).max(before.filter(is_held))
    }

    fn is_beyond(&self, level: ThresholdLevel, number: f64) -> bool {
        // Their limits are numbers.
        let value = MetricValue::Seconds(number);
        let position = self.limits.position(level, value, &QueueTarget::default());
        position == Some(LimitPosition::Beyond)
    }

    /// Whether a value can have a severity.
    pub fn has_limits(&self) -> bool {
        match &self.kind {
            CustomFigureKind::State(states) => states.iter().any(|state| state.level.is_some()),
            _ => self.limits != SeverityLimits::default(),
        }
    }

    /// Whether its severity depends on the values before.
    pub fn has_memory(&self) -> bool {
        self.limits.clear.is_some()
    }

    /// The state that a word means.
    pub fn find_state(&self, word: &str) -> Option<&FigureState> {
        match &self.kind {
            CustomFigureKind::State(states) => states.iter().find(|state| *state.word == *word),
            _ => None,
        }
    }

    /// Whether a value is one of its kind. A configuration may have changed since it was reported.
    pub fn allows(&self, value: &CustomValue) -> bool {
        match (&self.kind, value) {
            (CustomFigureKind::State(_), CustomValue::State(word)) => {
                self.find_state(word).is_some()
            }
            (CustomFigureKind::State(_), _) | (_, CustomValue::State(_)) => false,
            (_, CustomValue::Number(_)) => true,
        }
    }

    /// Merges values of this figure by its rule; `None` without any.
    pub fn merge_values<'v>(
        &self,
        values: impl IntoIterator<Item = &'v CustomValue>,
    ) -> Option<CustomValue> {
        let rank = |value: &CustomValue| match value {
            CustomValue::Number(number) => *number,
            CustomValue::State(_) => match self.level_of(value) {
                None => 0.0,
                Some(ThresholdLevel::Warning) => 1.0,
                Some(ThresholdLevel::Critical) => 2.0,
            },
        };
        let values = values.into_iter().cloned();
        values.reduce(|one, other| match (self.merge, &one, &other) {
            (CustomMerge::Sum, CustomValue::Number(one), CustomValue::Number(other)) => {
                CustomValue::Number(one + other)
            }
            _ if rank(&one) < rank(&other) => other,
            _ => one,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LimitValue;

    fn figure(kind: CustomFigureKind, merge: CustomMerge) -> CustomFigure {
        CustomFigure {
            id: CustomFigureId::parse("orders").unwrap(),
            label: LocalizedText::of_all("Orders"),
            kind,
            is_per_queue: false,
            sources: vec!["shop".into()],
            merge,
            valid_for_ms: None,
            limits: SeverityLimits {
                warning: Some(10.0),
                critical_below: Some(LimitValue::Value(0.0)),
                ..SeverityLimits::default()
            },
        }
    }

    fn website() -> CustomFigure {
        let state = |word: &str, level| FigureState {
            word: word.into(),
            label: LocalizedText::of_all(word),
            level,
        };
        let states = vec![
            state("up", None),
            state("slow", Some(ThresholdLevel::Warning)),
            state("down", Some(ThresholdLevel::Critical)),
        ];
        figure(CustomFigureKind::State(states), CustomMerge::Max)
    }

    fn word(word: &str) -> CustomValue {
        CustomValue::State(word.into())
    }

    #[test]
    fn a_key_is_plain_and_short() {
        let is_id = |text: &str| CustomFigureId::parse(text).is_some();
        assert!(is_id("orders_2-b") && is_id(&"x".repeat(40)));
        for text in ["", "Orders", "a/b", "a.b", "å", &"x".repeat(41)] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn severity_has_two_directions_and_a_state_has_that_of_its_word() {
        let orders = figure(CustomFigureKind::Duration, CustomMerge::Last);
        let levels = [-1.0, 0.0, 9.9, 10.0].map(|n| orders.level_of(&CustomValue::Number(n)));
        let (critical, warning) = (ThresholdLevel::Critical, ThresholdLevel::Warning);
        assert_eq!(levels, [Some(critical), None, None, Some(warning)]);
        let website = website();
        let levels = ["up", "slow", "down", "gone"].map(|of| website.level_of(&word(of)));
        assert_eq!(levels, [None, Some(warning), Some(critical), None]);
        assert!(!website.allows(&word("gone")) && !website.allows(&CustomValue::Number(1.0)));
    }

    #[test]
    fn a_severity_with_clear_lasts_until_a_value_is_back_there() {
        let mut orders = figure(CustomFigureKind::Duration, CustomMerge::Last);
        orders.limits = SeverityLimits {
            warning: Some(5.0),
            critical: Some(10.0),
            clear: Some(3.0),
            ..SeverityLimits::default()
        };
        let follow = |figure: &CustomFigure, numbers: &[f64]| {
            let mut level = None;
            let levels = numbers.iter().map(|number| {
                level = figure.level_after(level, &CustomValue::Number(*number));
                level
            });
            levels.collect::<Vec<_>>()
        };
        let (critical, warning) = (
            Some(ThresholdLevel::Critical),
            Some(ThresholdLevel::Warning),
        );
        assert_eq!(
            follow(&orders, &[4.0, 5.0, 4.0, 10.0, 6.0, 3.1, 3.0, 4.0]),
            [
                None, warning, warning, critical, critical, critical, None, None
            ]
        );
        orders.limits = SeverityLimits {
            critical_below: Some(LimitValue::Value(2.0)),
            clear: Some(4.0),
            ..SeverityLimits::default()
        };
        let levels = follow(&orders, &[2.0, 1.0, 3.9, 4.0]);
        assert_eq!(levels, [None, critical, critical, None]);
    }

    #[test]
    fn merging_adds_numbers_or_takes_the_largest_or_the_worst_state() {
        let merge = |figure: &CustomFigure, values: &[CustomValue]| figure.merge_values(values);
        let numbers = [4.0, 9.0, 2.0].map(CustomValue::Number);
        let number = |merge| figure(CustomFigureKind::Duration, merge);
        let sum = merge(&number(CustomMerge::Sum), &numbers);
        assert_eq!(sum, Some(CustomValue::Number(15.0)));
        let max = merge(&number(CustomMerge::Max), &numbers);
        assert_eq!(max, Some(CustomValue::Number(9.0)));
        let states = ["up", "down", "slow"].map(word);
        assert_eq!(merge(&website(), &states), Some(word("down")));
        assert_eq!(merge(&website(), &[]), None);
    }
}
