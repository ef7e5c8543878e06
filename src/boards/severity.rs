//! Severity of a value by its limits. Color comes last: see board.css.

use strum::{EnumString, IntoStaticStr};

use crate::domain::{LimitValue, QueueTarget, SeverityLimits, ThresholdLevel};

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

    /// Evaluates a value in its metric's unit.
    pub fn from_value(value: f64, limits: &SeverityLimits, target: &QueueTarget) -> Self {
        let above = |limit: Option<f64>| limit.is_some_and(|limit| limit <= value);
        let below =
            |limit: Option<LimitValue>| limit.is_some_and(|l| value < l.resolve_for(target));
        if above(limits.critical) || below(limits.critical_below) {
            Self::Critical
        } else if above(limits.warning) || below(limits.warning_below) {
            Self::Warning
        } else {
            Self::Normal
        }
    }

    /// Shape and word, because color alone isn't accessible to everyone.
    pub fn mark_text(self) -> &'static str {
        match self {
            Self::Warning => "▲ Warning",
            Self::Critical => "◆ Critical",
            Self::None | Self::Normal | Self::OutOfDate => "",
        }
    }

    pub fn glyph(self) -> &'static str {
        match self {
            Self::Warning => "▲",
            Self::Critical => "◆",
            Self::None | Self::Normal | Self::OutOfDate => "",
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_include_their_value_and_lower_limits_exclude_it() {
        let wait = SeverityLimits {
            warning: Some(60.0),
            critical: Some(120.0),
            ..SeverityLimits::default()
        };
        let level = SeverityLimits {
            warning_below: Some(LimitValue::FromTarget(0.0)),
            critical_below: Some(LimitValue::Value(50.0)),
            ..SeverityLimits::default()
        };
        let evaluate = |value, limits| Severity::from_value(value, limits, &QueueTarget::default());

        assert_eq!(evaluate(59.9, &wait), Severity::Normal);
        assert_eq!(evaluate(60.0, &wait), Severity::Warning);
        assert_eq!(evaluate(120.0, &wait), Severity::Critical);
        assert_eq!(evaluate(80.0, &level), Severity::Normal);
        assert_eq!(evaluate(79.9, &level), Severity::Warning);
        assert_eq!(evaluate(49.9, &level), Severity::Critical);
    }
}
