//! Options: the value in the address and the label on the page, in one table.

use jiff::civil::Weekday;

use wallboard_domain::CountBy;
use wallboard_history::report::ReportStep;

/// One of a few options. The first is the default.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// In page order: the option, its value in the address, its label.
    const TABLE: &'static [(Self, &'static str, &'static str)];

    fn name(self) -> &'static str {
        choice_row(self).1
    }

    fn word(self) -> &'static str {
        choice_row(self).2
    }

    fn from_name(name: &str) -> Option<Self> {
        let mut rows = Self::TABLE.iter();
        rows.find(|row| row.1 == name).map(|row| row.0)
    }
}

fn choice_row<C: Choice>(choice: C) -> &'static (C, &'static str, &'static str) {
    let mut rows = C::TABLE.iter();
    rows.find(|row| row.0 == choice).unwrap_or(&C::TABLE[0])
}

/// The length of a row.
impl Choice for ReportStep {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Quarter, "15m", "15 min"),
        (Self::HalfHour, "30m", "30 min"),
        (Self::Hour, "1h", "1 hour"),
        (Self::Day, "1d", "1 day"),
    ];
}

/// The unit of this many rows.
pub(super) fn step_noun(step: ReportStep, count: usize) -> &'static str {
    match (step, count) {
        (ReportStep::Quarter, 1) => "quarter hour",
        (ReportStep::Quarter, _) => "quarter hours",
        (ReportStep::HalfHour, 1) => "half-hour",
        (ReportStep::HalfHour, _) => "half-hours",
        (ReportStep::Hour, 1) => "hour",
        (ReportStep::Hour, _) => "hours",
        (ReportStep::Day, 1) => "day",
        (ReportStep::Day, _) => "days",
    }
}

impl Choice for CountBy {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Start, "start", "Call start"),
        (Self::Event, "event", "Event time"),
    ];
}

/// The period to compare with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Comparison {
    #[default]
    Week,
    Nothing,
}

impl Choice for Comparison {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Week, "week", "Previous same weekday"),
        (Self::Nothing, "none", "No comparison"),
    ];
}

/// The days of the week to include.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IncludedDays {
    #[default]
    All,
    MondayToFriday,
    Only(Weekday),
}

impl Choice for IncludedDays {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::All, "all", "All days"),
        (Self::MondayToFriday, "mon-fri", "Monday to Friday"),
        (Self::Only(Weekday::Monday), "mon", "Mondays"),
        (Self::Only(Weekday::Tuesday), "tue", "Tuesdays"),
        (Self::Only(Weekday::Wednesday), "wed", "Wednesdays"),
        (Self::Only(Weekday::Thursday), "thu", "Thursdays"),
        (Self::Only(Weekday::Friday), "fri", "Fridays"),
        (Self::Only(Weekday::Saturday), "sat", "Saturdays"),
        (Self::Only(Weekday::Sunday), "sun", "Sundays"),
    ];
}

impl IncludedDays {
    pub(super) fn includes(self, day: Weekday) -> bool {
        match self {
            Self::All => true,
            Self::MondayToFriday => !matches!(day, Weekday::Saturday | Weekday::Sunday),
            Self::Only(only) => day == only,
        }
    }
}

/// The times of day to include.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IncludedHours {
    #[default]
    All,
    /// Those in which a queue is open.
    Open,
}

impl Choice for IncludedHours {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::All, "all", "All hours"),
        (Self::Open, "open", "Opening hours only"),
    ];
}

/// The subject of each row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RowKind {
    #[default]
    Time,
    Queue,
    Agent,
    /// The export's own groups.
    QueueGroup,
    AgentGroup,
}

impl RowKind {
    /// Whether a row has the figures of agents.
    pub(super) fn is_of_agents(self) -> bool {
        matches!(self, Self::Agent | Self::AgentGroup)
    }
}

impl Choice for RowKind {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Time, "time", "Time"),
        (Self::Queue, "queue", "Queue"),
        (Self::Agent, "agent", "Agent"),
        (Self::QueueGroup, "queue_group", "Queue group"),
        (Self::AgentGroup, "agent_group", "Agent group"),
    ];
}

/// The view of the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HistoryView {
    #[default]
    Intervals,
    Heatmap,
    Table,
    Breakdown,
}

impl Choice for HistoryView {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Intervals, "intervals", "Intervals"),
        (Self::Heatmap, "heatmap", "Heat map"),
        (Self::Table, "table", "Table"),
        (Self::Breakdown, "breakdown", "Breakdown"),
    ];
}

/// The metric that a heat map shades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HeatMetric {
    #[default]
    Offered,
    Abandoned,
    ServiceLevel,
    AverageSpeedOfAnswer,
}

impl Choice for HeatMetric {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Offered, "offered", "Offered"),
        (Self::Abandoned, "abandon_rate", "Abandoned %"),
        (Self::ServiceLevel, "service_level", "Service level"),
        (
            Self::AverageSpeedOfAnswer,
            "average_speed_of_answer",
            "Average speed of answer",
        ),
    ];
}
