//! Targets of a queue: `[targets]` of the configuration.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

/// Service level formulas (docs/reference/metrics.md). A service level always names its formula.
#[derive(EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceLevelFormula {
    /// Answered in time / (offered − short abandons).
    #[default]
    ShortIgnored,
    /// Answered in time / offered.
    Negative,
    /// (Answered in time + abandoned in time) / offered.
    Positive,
    /// Answered in time / (offered − abandoned in time).
    QuickIgnored,
    /// (Answered in time + short abandons) / offered.
    ShortMet,
    /// Answered in time / answered.
    AnsweredOnly,
}

/// A queue's targets. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueTarget {
    pub threshold_ms: i64,
    /// Percent to answer within the threshold.
    pub service_level_percent: f64,
    pub short_abandon_ms: i64,
    pub formula: ServiceLevelFormula,
}

impl Default for QueueTarget {
    fn default() -> Self {
        Self {
            threshold_ms: 20_000,
            service_level_percent: 80.0,
            short_abandon_ms: 5_000,
            formula: ServiceLevelFormula::default(),
        }
    }
}
