//! Options: the value in the address and the label on the page, in one table.

use jiff::civil::Weekday;

use wallboard_domain::{CountBy, Metric};
use wallboard_history::report::ReportStep;
use wallboard_texts::Texts;

/// The label of a choice.
pub(super) type ChoiceLabel = fn(&Texts) -> &str;

/// One of a few options. The first is the default.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// In page order: the option, its value in the address, its label.
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)];

    fn name(self) -> &'static str {
        choice_row(self).1
    }

    fn word(self, texts: &Texts) -> &str {
        choice_row(self).2(texts)
    }

    fn from_name(name: &str) -> Option<Self> {
        let mut rows = Self::TABLE.iter();
        rows.find(|row| row.1 == name).map(|row| row.0)
    }
}

fn choice_row<C: Choice>(choice: C) -> &'static (C, &'static str, ChoiceLabel) {
    let mut rows = C::TABLE.iter();
    rows.find(|row| row.0 == choice).unwrap_or(&C::TABLE[0])
}

/// The time of a row: an interval that reports have, or several of their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowStep {
    Interval(ReportStep),
    Period(Period),
}

/// Several days that a row adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    /// From Monday on.
    Week,
    Month,
}

impl Period {
    /// The days of the shortest of them.
    pub(super) fn days(self) -> i64 {
        match self {
            Self::Week => 7,
            Self::Month => 28,
        }
    }
}

impl Choice for RowStep {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (
            Self::Interval(ReportStep::Quarter),
            "15m",
            Texts::step_quarter,
        ),
        (
            Self::Interval(ReportStep::HalfHour),
            "30m",
            Texts::step_half_hour,
        ),
        (Self::Interval(ReportStep::Hour), "1h", Texts::step_hour),
        (Self::Interval(ReportStep::Day), "1d", Texts::step_day),
        (Self::Period(Period::Week), "1w", Texts::step_week),
        (Self::Period(Period::Month), "1mo", Texts::step_month),
    ];
}

impl Choice for CountBy {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Start, "start", Texts::count_by_start),
        (Self::Event, "event", Texts::count_by_event),
    ];
}

/// The period to compare with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Comparison {
    #[default]
    Week,
    /// 52 weeks back, so that weekdays meet.
    Year,
    Nothing,
}

impl Choice for Comparison {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Week, "week", Texts::compare_week),
        (Self::Year, "year", Texts::compare_year),
        (Self::Nothing, "none", Texts::compare_nothing),
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
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::All, "all", Texts::days_all),
        (Self::MondayToFriday, "mon-fri", Texts::days_working),
        (Self::Only(Weekday::Monday), "mon", Texts::days_monday),
        (Self::Only(Weekday::Tuesday), "tue", Texts::days_tuesday),
        (Self::Only(Weekday::Wednesday), "wed", Texts::days_wednesday),
        (Self::Only(Weekday::Thursday), "thu", Texts::days_thursday),
        (Self::Only(Weekday::Friday), "fri", Texts::days_friday),
        (Self::Only(Weekday::Saturday), "sat", Texts::days_saturday),
        (Self::Only(Weekday::Sunday), "sun", Texts::days_sunday),
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

    /// The days within a sentence; `None` if all are included.
    pub(super) fn write_inline(self, texts: &Texts) -> Option<String> {
        match self {
            Self::All => None,
            Self::MondayToFriday => Some(texts.days_inline(0)),
            Self::Only(day) => Some(texts.days_inline(day.to_monday_one_offset())),
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
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::All, "all", Texts::hours_all),
        (Self::Open, "open", Texts::hours_open),
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
    /// Of single calls.
    Reason,
    Type,
}

impl RowKind {
    /// Whether a row has the figures of agents.
    pub(super) fn is_of_agents(self) -> bool {
        matches!(self, Self::Agent | Self::AgentGroup)
    }
}

impl Choice for RowKind {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Time, "time", Texts::rows_time),
        (Self::Queue, "queue", Texts::queue_term),
        (Self::Agent, "agent", Texts::agent_column),
        (Self::QueueGroup, "queue_group", Texts::rows_queue_group),
        (Self::AgentGroup, "agent_group", Texts::rows_agent_group),
        (Self::Reason, "reason", Texts::class_reason),
        (Self::Type, "type", Texts::class_type),
    ];
}

/// The view of the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum HistoryView {
    #[default]
    Intervals,
    Heatmap,
    Table,
    /// A plan beside the contacts that came.
    Plan,
    /// Schedules of agents beside what they did.
    Adherence,
    Breakdown,
}

impl Choice for HistoryView {
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Intervals, "intervals", Texts::view_intervals),
        (Self::Heatmap, "heatmap", Texts::view_heatmap),
        (Self::Table, "table", Texts::view_table),
        (Self::Plan, "plan", Texts::view_plan),
        (Self::Adherence, "adherence", Texts::view_adherence),
        (Self::Breakdown, "breakdown", Texts::view_breakdown),
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
    const TABLE: &'static [(Self, &'static str, ChoiceLabel)] = &[
        (Self::Offered, "offered", |texts| {
            &texts.metric(Metric::Offered).page_label
        }),
        (
            Self::Abandoned,
            "abandon_rate",
            Texts::column_abandoned_share,
        ),
        (Self::ServiceLevel, "service_level", Texts::service_level),
        (
            Self::AverageSpeedOfAnswer,
            "average_speed_of_answer",
            |texts| &texts.metric(Metric::AverageSpeedOfAnswer).page_label,
        ),
    ];
}
