//! Results of probing statistics, for `wallboard check`.

use std::fmt;

use super::Statistic;

/// The result of probing a source.
#[derive(Clone, Debug, Default)]
pub struct ProbeReport {
    pub parts: Vec<ProbedPart>,
    /// Each statistic once.
    pub statistics: Vec<(Statistic, StatisticFinding)>,
}

/// A part of a source that can fail by itself, such as a node or a transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbedPart {
    pub name: String,
    /// The fault and its fix; `None` if the part works.
    pub fault: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatisticFinding {
    /// It has a value that can be shown.
    Available,
    /// The vendor knows it, but has no value now, or one that doesn't fit the configured
    /// unit.
    Unknown,
    /// An expected wait of exactly Stat Server's value for "no estimate", which the
    /// configuration doesn't declare as such.
    NoEstimate,
    /// The vendor rejects it, with its reason for people.
    Rejected(String),
    /// No response came, with the reason for people. The statistic itself may be fine.
    NoAnswer(String),
}

impl StatisticFinding {
    /// The finding for a statistic that the vendor responded for.
    pub(crate) fn from_is_known(is_known: bool) -> Self {
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
