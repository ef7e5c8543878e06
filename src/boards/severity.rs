//! How bad a figure is, by its limits. Colour comes last: see board.css.

use crate::domain::Target;

use super::definition::Limits;

/// In rising order of what catches the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to judge: unknown, quiet, or without limits of its own.
    #[default]
    None,
    Ok,
    Warn,
    Crit,
    /// The source no longer vouches for it; nothing is judged by it.
    Stale,
}

impl Severity {
    /// Whether it calls for somebody.
    pub fn calls(&self) -> bool {
        matches!(self, Self::Warn | Self::Crit)
    }

    /// The name in frames and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Crit => "crit",
            Self::Stale => "stale",
        }
    }

    /// Judges a value in its metric's unit.
    pub fn of(value: f64, limits: &Limits, target: &Target) -> Self {
        let above = |limit: Option<f64>| limit.is_some_and(|limit| limit <= value);
        let below = |limit: Option<super::Level>| limit.is_some_and(|l| value < l.value(target));
        if above(limits.crit) || below(limits.crit_below) {
            Self::Crit
        } else if above(limits.warn) || below(limits.warn_below) {
            Self::Warn
        } else {
            Self::Ok
        }
    }

    /// Shape and word, since colour alone says nothing to some.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Warn => "▲ Warning",
            Self::Crit => "◆ Critical",
            Self::None | Self::Ok | Self::Stale => "",
        }
    }

    pub fn glyph(self) -> &'static str {
        match self {
            Self::Warn => "▲",
            Self::Crit => "◆",
            Self::None | Self::Ok | Self::Stale => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::Level;

    #[test]
    fn a_limit_is_reached_at_its_value_and_undercut_below_it() {
        let wait = Limits {
            warn: Some(60.0),
            crit: Some(120.0),
            ..Limits::default()
        };
        let level = Limits {
            warn_below: Some(Level::FromTarget(0.0)),
            crit_below: Some(Level::Value(50.0)),
            ..Limits::default()
        };
        let judge = |value, limits| Severity::of(value, limits, &Target::default());

        assert_eq!(judge(59.9, &wait), Severity::Ok);
        assert_eq!(judge(60.0, &wait), Severity::Warn);
        assert_eq!(judge(120.0, &wait), Severity::Crit);
        assert_eq!(judge(80.0, &level), Severity::Ok);
        assert_eq!(judge(79.9, &level), Severity::Warn);
        assert_eq!(judge(49.9, &level), Severity::Crit);
    }
}
