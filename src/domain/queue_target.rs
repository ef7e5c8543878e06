//! Targets of a queue: `[targets]` of the configuration.

/// Service level formulas (docs/metrics.md). A service level always names its formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl ServiceLevelFormula {
    pub const ALL: [ServiceLevelFormula; 6] = [
        Self::ShortIgnored,
        Self::Negative,
        Self::Positive,
        Self::QuickIgnored,
        Self::ShortMet,
        Self::AnsweredOnly,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::ShortIgnored => "short_ignored",
            Self::Negative => "negative",
            Self::Positive => "positive",
            Self::QuickIgnored => "quick_ignored",
            Self::ShortMet => "short_met",
            Self::AnsweredOnly => "answered_only",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// A queue's targets. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
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
