//! Choices of few: the word in the address and the word on the page, once.

/// One of few. The first is what holds where nothing is said.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// In the order of the page: itself, in the address, on the page.
    const TABLE: &'static [(Self, &'static str, &'static str)];

    fn name(self) -> &'static str {
        row(self).1
    }

    fn word(self) -> &'static str {
        row(self).2
    }

    fn from_name(name: &str) -> Option<Self> {
        let mut rows = Self::TABLE.iter();
        rows.find(|row| row.1 == name).map(|row| row.0)
    }
}

fn row<C: Choice>(choice: C) -> &'static (C, &'static str, &'static str) {
    let mut rows = C::TABLE.iter();
    rows.find(|row| row.0 == choice).unwrap_or(&C::TABLE[0])
}

/// How long a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Quarter,
    #[default]
    Half,
    Hour,
    Day,
}

impl Choice for Step {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Quarter, "15m", "15 min"),
        (Self::Half, "30m", "30 min"),
        (Self::Hour, "1h", "1 hour"),
        (Self::Day, "1d", "1 day"),
    ];
}

impl Step {
    /// What one row, and several, are called.
    pub(super) fn noun(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Quarter, 1) => "quarter hour",
            (Self::Quarter, _) => "quarter hours",
            (Self::Half, 1) => "half-hour",
            (Self::Half, _) => "half-hours",
            (Self::Hour, 1) => "hour",
            (Self::Hour, _) => "hours",
            (Self::Day, 1) => "day",
            (Self::Day, _) => "days",
        }
    }

    /// Rows of a day.
    pub(super) fn per_day(self) -> i64 {
        match self {
            Self::Quarter => 96,
            Self::Half => 48,
            Self::Hour => 24,
            Self::Day => 1,
        }
    }
}

/// What stands beside the figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Compare {
    #[default]
    Week,
    Nothing,
}

impl Choice for Compare {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Week, "week", "Previous same weekday"),
        (Self::Nothing, "none", "No comparison"),
    ];
}

/// What has a row of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rows {
    #[default]
    Time,
    Queue,
    Agent,
}

impl Choice for Rows {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Time, "time", "Time"),
        (Self::Queue, "queue", "Queue"),
        (Self::Agent, "agent", "Agent"),
    ];
}

/// How the same figures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    #[default]
    Intervals,
    Heatmap,
    Table,
    Breakdown,
}

impl Choice for View {
    const TABLE: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Intervals, "intervals", "Intervals"),
        (Self::Heatmap, "heatmap", "Heat map"),
        (Self::Table, "table", "Table"),
        (Self::Breakdown, "breakdown", "Breakdown"),
    ];
}

/// What a heat map shades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shade {
    #[default]
    Offered,
    Abandoned,
    ServiceLevel,
    AverageSpeedOfAnswer,
}

impl Choice for Shade {
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
