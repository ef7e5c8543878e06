//! What can be asked, and the form of the answer.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{AgentCounter, AgentCounters, AgentId, CountBy, Counter, Counters, Formula, QueueId},
    store::NameClass,
};

use super::{ReportError, SharedTarget, Step};

/// Whose figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// All queues together.
    #[default]
    Site,
    /// A queue, or a group of them.
    Queue(QueueId),
    /// Several queues or groups, each queue once.
    Queues(Vec<QueueId>),
    /// An agent, or a person who is several.
    Agent(AgentId),
}

/// One series for each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Queue,
    Agent,
    Reason,
    Issue,
    Type,
    EndBy,
}

impl By {
    pub const ALL: [Self; 6] = [
        Self::Queue,
        Self::Agent,
        Self::Reason,
        Self::Issue,
        Self::Type,
        Self::EndBy,
    ];

    pub fn name(self) -> &'static str {
        self.class().name()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }

    pub(super) fn class(self) -> NameClass {
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
pub struct Ask {
    pub who: Who,
    pub by: Option<By>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub step: Step,
    /// Whose wall clock intervals and days follow.
    pub zone: TimeZone,
    pub count_by: CountBy,
}

impl Ask {
    pub(super) fn check(&self) -> Result<(), ReportError> {
        let refused = |what, by: By| Err(ReportError::NotBrokenDown(what, by.name()));
        match (&self.who, self.by) {
            (Who::Queue(_), Some(by @ (By::Agent | By::Queue))) => refused("a queue", by),
            (Who::Queues(_), Some(by @ (By::Agent | By::Queue))) => refused("several queues", by),
            (Who::Agent(_), Some(by)) => refused("an agent", by),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Report {
    pub step: Step,
    pub zone: TimeZone,
    pub count_by: CountBy,
    /// Of the service level, where all series have the same.
    pub formula: Option<Formula>,
    /// One, unless asked by something.
    pub series: Vec<Series>,
}

#[derive(Clone, Debug)]
pub struct Series {
    /// As in addresses: `calls/12`, `group/sales`, `site`; of a code `calls/3`.
    pub id: String,
    pub name: String,
    /// Of a queue; of the site or a group what its queues share.
    pub target: Option<SharedTarget>,
    pub rows: Vec<Row>,
}

/// One interval, half-open.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub start: Timestamp,
    pub end: Timestamp,
    /// `None`: nothing of that time was taken in.
    pub figures: Option<Figures>,
    /// Not all of it was taken in.
    pub is_partial: bool,
    /// Made of hours or days in UTC, which do not begin where it does.
    pub is_utc: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Figures {
    Contacts(Counters),
    Agent(AgentCounters),
    /// Contacts that had a reason, issue, type or end.
    Count(i64),
}

impl Figures {
    /// Sums what is of one kind; `None` of nothing.
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

    /// Nothing at all happened.
    pub fn is_calm(&self) -> bool {
        match self {
            Self::Contacts(counters) => counters.get(Counter::Offered) == Some(0),
            Self::Agent(agent) => agent.known(AgentCounter::LoggedIn) == Some(0),
            Self::Count(count) => *count == 0,
        }
    }
}

impl Row {
    pub fn contacts(&self) -> Option<&Counters> {
        match &self.figures {
            Some(Figures::Contacts(counters)) => Some(counters),
            _ => None,
        }
    }

    pub fn agent(&self) -> Option<&AgentCounters> {
        match &self.figures {
            Some(Figures::Agent(counters)) => Some(counters),
            _ => None,
        }
    }

    pub fn count(&self) -> Option<i64> {
        match &self.figures {
            Some(Figures::Count(count)) => Some(*count),
            _ => None,
        }
    }
}
