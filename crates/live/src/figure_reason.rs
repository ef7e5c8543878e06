//! Why a figure of several has no single value. It is written in English here; pages have it in their language.

use std::fmt::{Display, Formatter};

/// Why there is no single value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FigureReason {
    /// Averages and shares of several queues.
    NotAdditive,
    /// Some agents work several queues.
    SharedAgents,
    /// Times of a person's agents in several systems.
    Overlap,
    /// One of a person's sources has no data.
    SourceMissing,
    /// Without the queues that are out of date.
    Excludes(NamedQueues),
    /// Fewer agents serve the queue than may be shown.
    SmallTeam(u32),
}

/// The first of several queues by name, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedQueues {
    pub names: Vec<String>,
    pub more: usize,
}

impl Display for FigureReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAdditive => f.write_str("averages and shares can’t be combined across queues"),
            Self::SharedAgents => f.write_str("some agents work several queues"),
            Self::Overlap => f.write_str("times from different systems overlap"),
            Self::SourceMissing => f.write_str("one source has no data"),
            Self::Excludes(queues) => write!(f, "excludes {queues}"),
            Self::SmallTeam(agents) => write!(f, "Fewer than {agents} agents"),
        }
    }
}

impl Display for NamedQueues {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.more {
            0 => f.write_str(&self.names.join(" and ")),
            more => write!(f, "{} and {more} more", self.names.join(", ")),
        }
    }
}
