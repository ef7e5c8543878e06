//! Meaning of a column of another system's interval statistics: `[sources.*.columns]` of the
//! configuration.

use strum::{EnumCount, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// The content of one column.
#[derive(EnumCount, EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImportColumn {
    /// When the row's interval begins.
    Time,
    /// A queue's name.
    Queue,
    /// An agent's name.
    Agent,
    Offered,
    Answered,
    /// Answered in time, by the exporting system's definition.
    AnsweredWithin,
    /// Without short abandons, where those have a column.
    Abandoned,
    ShortAbandoned,
    FlowOuts,
    Handled,
    Transferred,
    /// Queue entry to answer, summed.
    WaitTime,
    TalkTime,
    WrapUpTime,
    /// Talk and wrap-up.
    HandleTime,
    AverageSpeedOfAnswer,
    AverageTalkTime,
    AverageWrapUp,
    AverageHandleTime,
    LongestWait,
    /// The mean answer.
    Csat,
    CsatAnswers,
    Promoters,
    Detractors,
    NpsAnswers,
}

impl ImportColumn {
    /// Whether the column labels the row instead of counting something.
    pub fn is_label(self) -> bool {
        matches!(self, Self::Time | Self::Queue | Self::Agent)
    }

    /// For a mean, returns the counts that can weight it, best first. Without one of them, means
    /// of several rows can't be merged.
    pub fn weight_columns(self) -> &'static [Self] {
        match self {
            Self::AverageSpeedOfAnswer => &[Self::Answered],
            Self::AverageTalkTime | Self::AverageWrapUp | Self::AverageHandleTime => {
                &[Self::Handled, Self::Answered]
            }
            Self::Csat => &[Self::CsatAnswers],
            _ => &[],
        }
    }

    /// For a mean, returns the equivalent sum.
    pub fn sum_column(self) -> Option<Self> {
        match self {
            Self::AverageSpeedOfAnswer => Some(Self::WaitTime),
            Self::AverageTalkTime => Some(Self::TalkTime),
            Self::AverageWrapUp => Some(Self::WrapUpTime),
            Self::AverageHandleTime => Some(Self::HandleTime),
            _ => None,
        }
    }
}
