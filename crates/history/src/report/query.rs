//! The queries of reports, and their results.

use jiff::{Timestamp, tz::TimeZone};
use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::{
    AgentCounter, AgentCounters, AgentId, ContactFigures, CountBy, Counter, Counters, QueueId,
    ServiceLevelFormula, SourceId, TargetInForce,
};
use wallboard_store::NameClass;

use super::{AdherenceFigures, ReportError, ReportStep};

/// The subject of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReportSubject {
    /// All queues together.
    #[default]
    Site,
    /// A queue or a queue group.
    Queue(QueueId),
    /// Several queues or groups, each queue once.
    Queues(Vec<QueueId>),
    /// An agent, or a person with several agents.
    Agent(AgentId),
}

/// The dimension that a report is broken down by: one series for each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ReportDimension {
    Queue,
    Agent,
    Reason,
    Issue,
    Type,
    EndBy,
    /// The key that callers pressed to leave the queue.
    ExitKey,
    /// The number called.
    Number,
    /// Sign-outs of agents by their reason.
    LogoffReason,
    /// The export's own groups.
    QueueGroup,
    AgentGroup,
}

impl ReportDimension {
    pub(super) fn name_class(self) -> NameClass {
        match self {
            Self::Queue => NameClass::Queue,
            Self::Agent => NameClass::Agent,
            Self::Reason => NameClass::Reason,
            Self::Issue => NameClass::Issue,
            Self::Type => NameClass::Type,
            Self::EndBy => NameClass::EndBy,
            Self::ExitKey => NameClass::ExitKey,
            Self::Number => NameClass::Number,
            Self::LogoffReason => NameClass::LogoffReason,
            Self::QueueGroup => NameClass::QueueGroup,
            Self::AgentGroup => NameClass::AgentGroup,
        }
    }

    /// Whether each series has the figures of a queue, an agent or several of them.
    fn has_figures(self) -> bool {
        matches!(
            self,
            Self::Queue | Self::Agent | Self::QueueGroup | Self::AgentGroup
        )
    }

    /// Whether a series has the figures of agents.
    pub fn is_of_agents(self) -> bool {
        matches!(self, Self::Agent | Self::AgentGroup)
    }

    /// Whether the handle time of the contacts in a series is known: it's of one value alone.
    pub fn has_handle_time(self) -> bool {
        matches!(self, Self::Reason | Self::Type | Self::EndBy)
    }

    /// Whether a series counts contacts or sign-outs.
    pub fn is_count(self) -> bool {
        !self.has_figures()
    }
}

#[derive(Clone, Debug)]
pub struct ReportQuery {
    pub subject: ReportSubject,
    pub dimension: Option<ReportDimension>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub step: ReportStep,
    /// Whether to read waits and staffing; otherwise both are unknown.
    pub with_details: bool,
    /// Whether to leave out the times in which a queue is closed by its opening hours. Staffing is
    /// then unknown.
    pub without_closed_times: bool,
    /// The zone whose wall clock intervals and days follow.
    pub zone: TimeZone,
    pub count_by: CountBy,
}

impl ReportQuery {
    pub(super) fn validate(&self) -> Result<(), ReportError> {
        let is_of_agents = matches!(self.subject, ReportSubject::Agent(_))
            || self
                .dimension
                .is_some_and(|by| by.is_of_agents() || by == ReportDimension::LogoffReason);
        if self.without_closed_times && is_of_agents {
            return Err(ReportError::NoOpeningHours);
        }
        let Some(by) = self.dimension else {
            return Ok(());
        };
        let is_of_signouts = by == ReportDimension::LogoffReason;
        let is_site_only = by.has_figures() || is_of_signouts;
        let what = match self.subject {
            ReportSubject::Queue(_) if is_site_only => "a queue",
            ReportSubject::Queues(_) if is_site_only => "several queues",
            ReportSubject::Agent(_) if !is_of_signouts => "an agent",
            _ => return Ok(()),
        };
        Err(ReportError::NotBrokenDown(what, by.into_str()))
    }
}

#[derive(Clone, Debug)]
pub struct Report {
    pub step: ReportStep,
    pub zone: TimeZone,
    pub count_by: CountBy,
    /// The service level formula, if all series share it.
    pub formula: Option<ServiceLevelFormula>,
    /// One series, unless broken down by a dimension.
    pub series: Vec<ReportSeries>,
    /// A queue or agent is in several series, so they don't add up.
    pub has_shared_members: bool,
}

impl Report {
    /// Removes the figures about agents.
    pub(super) fn withhold_agent_figures(&mut self) {
        let rows = self.series.iter_mut().flat_map(|series| &mut series.rows);
        for row in rows {
            row.figures = row.figures.take().and_then(RowFigures::without_agents);
        }
    }
}

#[derive(Clone, Debug)]
pub struct ReportSeries {
    /// The id in URLs: `calls/12`, `group/sales`, `site`; of a code `calls/3`.
    pub id: String,
    pub name: String,
    /// The target of a queue; for the site or a group, what its queues share.
    pub target: Option<TargetInForce>,
    /// Disabled at the vendor.
    pub is_disabled: bool,
    pub rows: Vec<ReportRow>,
}

/// One interval, half-open.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    pub start: Timestamp,
    pub end: Timestamp,
    /// `None` if nothing of that time is covered.
    pub figures: Option<RowFigures>,
    /// Whether the interval is only partly covered.
    pub is_partial: bool,
    /// The sources whose files don't cover all of it.
    pub missing_sources: Vec<SourceId>,
    /// Whether it is made of hours or days in UTC, whose bounds differ from its own.
    pub is_utc: bool,
    pub closed_time: ClosedTime,
}

/// How much of an interval is left out because queues were closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClosedTime {
    #[default]
    Nothing,
    /// Some of it, or all of it for some queues.
    Part,
    /// All of it, for all queues: it has no figures, and lacks none.
    All,
}

impl ClosedTime {
    /// Of the same interval of several queues.
    pub fn merge(self, other: Self) -> Self {
        if self == other { self } else { Self::Part }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum RowFigures {
    Contacts(ContactFigures),
    Agent(AgentCounters),
    /// Contacts with a reason, issue, type or end reason: how many, and their handle time as far as
    /// it is known.
    Coded(Counters),
    /// Of agents' schedules.
    Adherence(AdherenceFigures),
}

impl RowFigures {
    /// Sums figures of one kind; `None` if there are none.
    pub fn sum<'a>(figures: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let figures = figures.into_iter().cloned();
        figures.reduce(|mut sum, more| {
            sum.merge(&more);
            sum
        })
    }

    fn merge(&mut self, more: &Self) {
        match (self, more) {
            (Self::Contacts(sum), Self::Contacts(more)) => sum.merge(more),
            (Self::Agent(sum), Self::Agent(more)) => sum.merge(more),
            (Self::Coded(sum), Self::Coded(more)) => sum.merge(more),
            (Self::Adherence(sum), Self::Adherence(more)) => sum.merge(more),
            _ => {}
        }
    }

    /// Removes what the figures say about agents; `None` if that's everything.
    pub fn without_agents(self) -> Option<Self> {
        match self {
            Self::Contacts(contacts) => Some(Self::Contacts(contacts.without_agents())),
            Self::Agent(_) | Self::Adherence(_) => None,
            Self::Coded(counters) => Some(Self::Coded(counters.only(&[Counter::Offered]))),
        }
    }

    /// Removes the staffing, which can't be added over several queues.
    pub fn clear_staffing(&mut self) {
        if let Self::Contacts(contacts) = self {
            contacts.staffing = None;
        }
    }

    /// Returns whether nothing happened.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Contacts(contacts) => contacts.get(Counter::Offered) == Some(0),
            Self::Agent(agent) => agent.known(AgentCounter::LoggedIn) == Some(0),
            Self::Coded(counters) => counters.get(Counter::Offered) == Some(0),
            Self::Adherence(figures) => figures.is_zero(),
        }
    }
}

impl ReportRow {
    pub fn contact_figures(&self) -> Option<&ContactFigures> {
        match &self.figures {
            Some(RowFigures::Contacts(contacts)) => Some(contacts),
            _ => None,
        }
    }

    pub fn agent_counters(&self) -> Option<&AgentCounters> {
        match &self.figures {
            Some(RowFigures::Agent(counters)) => Some(counters),
            _ => None,
        }
    }

    /// The counters of contacts with a code.
    pub fn coded(&self) -> Option<&Counters> {
        match &self.figures {
            Some(RowFigures::Coded(counters)) => Some(counters),
            _ => None,
        }
    }

    /// How many contacts or sign-outs have a code.
    pub fn count(&self) -> Option<i64> {
        self.coded()?.get(Counter::Offered)
    }
}
