//! Meaning of a column of another system's interval statistics: `[sources.*.columns]` of the
//! configuration.

/// The content of one column.
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
    pub const ALL: [Self; 25] = [
        Self::Time,
        Self::Queue,
        Self::Agent,
        Self::Offered,
        Self::Answered,
        Self::AnsweredWithin,
        Self::Abandoned,
        Self::ShortAbandoned,
        Self::FlowOuts,
        Self::Handled,
        Self::Transferred,
        Self::WaitTime,
        Self::TalkTime,
        Self::WrapUpTime,
        Self::HandleTime,
        Self::AverageSpeedOfAnswer,
        Self::AverageTalkTime,
        Self::AverageWrapUp,
        Self::AverageHandleTime,
        Self::LongestWait,
        Self::Csat,
        Self::CsatAnswers,
        Self::Promoters,
        Self::Detractors,
        Self::NpsAnswers,
    ];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Queue => "queue",
            Self::Agent => "agent",
            Self::Offered => "offered",
            Self::Answered => "answered",
            Self::AnsweredWithin => "answered_within",
            Self::Abandoned => "abandoned",
            Self::ShortAbandoned => "short_abandoned",
            Self::FlowOuts => "flow_outs",
            Self::Handled => "handled",
            Self::Transferred => "transferred",
            Self::WaitTime => "wait_time",
            Self::TalkTime => "talk_time",
            Self::WrapUpTime => "wrap_up_time",
            Self::HandleTime => "handle_time",
            Self::AverageSpeedOfAnswer => "average_speed_of_answer",
            Self::AverageTalkTime => "average_talk_time",
            Self::AverageWrapUp => "average_wrap_up",
            Self::AverageHandleTime => "average_handle_time",
            Self::LongestWait => "longest_wait",
            Self::Csat => "csat",
            Self::CsatAnswers => "csat_answers",
            Self::Promoters => "promoters",
            Self::Detractors => "detractors",
            Self::NpsAnswers => "nps_answers",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_name() {
        for column in ImportColumn::ALL {
            assert_eq!(ImportColumn::from_name(column.name()), Some(column));
        }
        assert_eq!(ImportColumn::from_name("Offered"), None);
    }
}
