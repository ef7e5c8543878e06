//! The last two weeks of a queue or an agent, as text.

use wallboard_domain::QueueId;
use wallboard_history::report::DayPlan;

/// The history of a queue or an agent.
#[derive(Debug, Default)]
pub(in crate::web) struct SubjectDays {
    pub(in crate::web) days: Option<RecentDays>,
    /// For a queue: the names that exports give its queues from `[links]`.
    pub(in crate::web) linked_queues: Vec<(QueueId, String)>,
    /// For a queue: today's.
    pub(in crate::web) plan: DayPlan,
}

/// A small table with a link to more.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct RecentDays {
    pub(in crate::web) headings: Vec<String>,
    pub(in crate::web) rows: Vec<RecentDay>,
    pub(in crate::web) href: String,
    pub(in crate::web) abandoned: String,
    /// The basis of the figures.
    pub(in crate::web) summary: String,
}

#[derive(Clone, Debug)]
pub(in crate::web) struct RecentDay {
    pub(in crate::web) name: String,
    pub(in crate::web) href: String,
    pub(in crate::web) is_missed: bool,
    /// Nothing was imported for this day.
    pub(in crate::web) is_empty: bool,
    /// One for each heading.
    pub(in crate::web) cells: Vec<String>,
}
