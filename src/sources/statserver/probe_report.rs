//! What became of statistics that were tried, for `wallboard check`.

use std::fmt;

use super::Statistic;

/// What came of trying a source.
#[derive(Clone, Debug, Default)]
pub struct ProbeReport {
    pub parts: Vec<ProbedPart>,
    /// Each statistic once.
    pub statistics: Vec<(Statistic, StatisticFinding)>,
}

/// A part of a source that can be well or not on its own: a node, a way of being told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbedPart {
    pub name: String,
    /// What is wrong and how to mend it; `None` where all is well.
    pub fault: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatisticFinding {
    /// It has a value that can be shown.
    Available,
    /// The vendor knows it and has no value now, or one that says nothing in the
    /// configured unit.
    Unknown,
    /// An expected wait of exactly what Stat Server has for "no estimate", and the
    /// configuration does not say that it means that.
    NoEstimate,
    /// The vendor does not give it; its reason, for people.
    Rejected(String),
    /// Its answer did not come; why, for people. Nothing is said of the statistic itself.
    NoAnswer(String),
}

impl StatisticFinding {
    /// Of a statistic that the vendor answered for.
    pub(in crate::sources) fn from_is_known(is_known: bool) -> Self {
        if is_known {
            Self::Available
        } else {
            Self::Unknown
        }
    }
}

impl fmt::Display for StatisticFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Available => f.write_str("it has a value"),
            Self::NoEstimate => f.write_str(
                "it has the value 10000, which usually means no estimate: set `no_estimate_above = 10000`",
            ),
            Self::Unknown => f.write_str(
                "the vendor knows it, but sends no usable value: none now, or one in another `unit`",
            ),
            Self::Rejected(why) | Self::NoAnswer(why) => f.write_str(why),
        }
    }
}
