//! The queries of reports, and their results.

use jiff::{Timestamp, tz::TimeZone};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::{
    domain::{
        AgentCounter, AgentCounters, AgentId, CountBy, Counter, Counters, QueueId,
        ServiceLevelFormula,
    },
    store::NameClass,
};

use super::{ReportError, ReportStep, SharedTarget};

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
        }
    }
}

#[derive(Clone, Debug)]
pub struct ReportQuery {
    pub subject: ReportSubject,
    pub dimension: Option<ReportDimension>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub step: ReportStep,
    /// The zone whose wall clock intervals and days follow.
    pub zone: TimeZone,
    pub count_by: CountBy,
}

impl ReportQuery {
    pub(super) fn validate(&self) -> Result<(), ReportError> {
        let Some(by) = self.dimension else {
            return Ok(());
        };
        let is_subject = matches!(by, ReportDimension::Agent | ReportDimension::Queue);
        let what = match self.subject {
            ReportSubject::Queue(_) if is_subject => "a queue",
            ReportSubject::Queues(_) if is_subject => "several queues",
            ReportSubject::Agent(_) => "an agent",
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
}

#[derive(Clone, Debug)]
pub struct ReportSeries {
    /// The id in URLs: `calls/12`, `group/sales`, `site`; of a code `calls/3`.
    pub id: String,
    pub name: String,
    /// The target of a queue; for the site or a group, what its queues share.
    pub target: Option<SharedTarget>,
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
    /// Whether it is made of hours or days in UTC, whose bounds differ from its own.
    pub is_utc: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RowFigures {
    Contacts(Counters),
    Agent(AgentCounters),
    /// Contacts with a reason, issue, type or end reason.
    Count(i64),
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
            (Self::Count(sum), Self::Count(more)) => *sum += more,
            _ => {}
        }
    }

    /// Returns whether nothing happened.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Contacts(counters) => counters.get(Counter::Offered) == Some(0),
            Self::Agent(agent) => agent.known(AgentCounter::LoggedIn) == Some(0),
            Self::Count(count) => *count == 0,
        }
    }
}

impl ReportRow {
    pub fn contact_counters(&self) -> Option<&Counters> {
        match &self.figures {
            Some(RowFigures::Contacts(counters)) => Some(counters),
            _ => None,
        }
    }

    pub fn agent_counters(&self) -> Option<&AgentCounters> {
        match &self.figures {
            Some(RowFigures::Agent(counters)) => Some(counters),
            _ => None,
        }
    }

    pub fn count(&self) -> Option<i64> {
        match &self.figures {
            Some(RowFigures::Count(count)) => Some(*count),
            _ => None,
        }
    }
}
