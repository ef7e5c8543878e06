//! Severity of a queue or a figure.

use strum::{EnumString, IntoStaticStr};

use wallboard_domain::ThresholdLevel;

/// In rising order of visual prominence.
#[derive(EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Not evaluated: unknown, quiet, or without limits.
    #[default]
    None,
    #[strum(serialize = "ok")]
    Normal,
    #[strum(serialize = "warn")]
    Warning,
    #[strum(serialize = "crit")]
    Critical,
    /// Out of date, and therefore not evaluated.
    #[strum(serialize = "stale")]
    OutOfDate,
}

impl Severity {
    /// Whether someone should act on it.
    pub fn needs_attention(&self) -> bool {
        matches!(self, Self::Warning | Self::Critical)
    }
}

impl From<ThresholdLevel> for Severity {
    fn from(level: ThresholdLevel) -> Self {
        match level {
            ThresholdLevel::Warning => Self::Warning,
            ThresholdLevel::Critical => Self::Critical,
        }
    }
}
