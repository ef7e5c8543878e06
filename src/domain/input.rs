//! What comes in: an update from a source, a change of its line, a note for its
//! counters, new settings, or time.

use std::sync::Arc;

use jiff::Timestamp;
use smallvec::SmallVec;

use super::{
    AgentId, AgentStatusReport, CaseId, Id, Metric, MetricSubject, MetricValue, QueueId,
    SiteConfig, SourceId, SubscriptionStats,
};

/// One message of a source, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    pub source: SourceId,
    /// The vendor's word for the message, for the counters: `group.loadChanged`.
    pub event: &'static str,
    /// The source's own time, uncorrected. Without one, arrival orders.
    pub at: Option<Timestamp>,
    pub fact: Fact,
    /// How many attributes had a wrong type and counted as missing.
    pub mistyped: u8,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Only what was said: a missing attribute means unchanged.
    Readings(MetricSubject, ReportedValues),
    /// What the vendor itself reckons. The source has put it in order: what comes
    /// later holds, whatever its time.
    VendorReport(MetricSubject, VendorReport),
    Case(CaseId, CaseEvent),
    Profile(EntityProfile),
    /// Understood, and nothing of it is kept (a visitor's profile).
    Unused,
}

/// Values said of one subject in one message. A longest wait is in seconds as
/// of the message's time.
pub type ReportedValues = SmallVec<[(Metric, Option<MetricValue>); 3]>;

/// One value as its vendor states it.
#[derive(Clone, Debug, PartialEq)]
pub struct VendorReport {
    pub value: VendorValue,
    pub age: ValueAge,
    /// For how long after it was heard it is to be trusted, in milliseconds, its age
    /// then included; `None`: while the line stands.
    pub valid_for_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum VendorValue {
    /// A longest wait is in seconds as of the update's time.
    Metric(Metric, Option<MetricValue>),
    /// What an agent does.
    Status(Option<AgentStatusReport>),
    /// For how long an agent has been in their state, in seconds.
    TimeInState(Option<f64>),
}

/// How old a value was when it was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueAge {
    /// Said as soon as it held.
    #[default]
    Immediate,
    /// In milliseconds.
    Known(i64),
    /// The vendor should have told, and did not.
    Unknown,
}

/// One step of a case's life. Ids are the vendor's; `None` was not said.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseEvent {
    Created {
        opportunity: Option<Arc<str>>,
        solution: Option<Arc<str>>,
        case_type: Option<Arc<str>>,
    },
    Opened {
        agent: Option<AgentId>,
        queue: Option<QueueId>,
    },
    Transferred {
        from_agent: Option<AgentId>,
        from_queue: Option<QueueId>,
        to_queue: Option<QueueId>,
    },
    Closed {
        outcome: Option<CaseOutcome>,
        closure: Option<Arc<str>>,
    },
    /// The figures of a conversation; never its text.
    Transcript(TranscriptSummary),
}

/// The kind of a [`CaseEvent`], in the order in which they happen when their times are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseEventKind {
    Created,
    Opened,
    Transferred,
    Closed,
    Transcript,
}

impl CaseEvent {
    pub fn kind(&self) -> CaseEventKind {
        match self {
            Self::Created { .. } => CaseEventKind::Created,
            Self::Opened { .. } => CaseEventKind::Opened,
            Self::Transferred { .. } => CaseEventKind::Transferred,
            Self::Closed { .. } => CaseEventKind::Closed,
            Self::Transcript(_) => CaseEventKind::Transcript,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseOutcome {
    Positive,
    Negative,
    Neutral,
    Unresolved,
}

impl CaseOutcome {
    pub const ALL: [CaseOutcome; 4] = [
        Self::Positive,
        Self::Negative,
        Self::Neutral,
        Self::Unresolved,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Unresolved => "unresolved",
        }
    }
}

/// What is kept of a transcript. Durations in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TranscriptSummary {
    /// First chat message by an agent after the visitor's first.
    pub first_response: Option<i64>,
    pub visitor_messages: u32,
    pub agent_messages: u32,
    /// First to last message.
    pub duration: Option<i64>,
    pub video: bool,
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    Queue,
    Agent,
    Opportunity,
    Solution,
    CaseType,
}

impl EntityKind {
    pub const ALL: [EntityKind; 5] = [
        Self::Queue,
        Self::Agent,
        Self::Opportunity,
        Self::Solution,
        Self::CaseType,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Agent => "agent",
            Self::Opportunity => "opportunity",
            Self::Solution => "solution",
            Self::CaseType => "case_type",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// Systems and the ids there, in the source's order.
pub type ExternalIdList = Arc<[(Arc<str>, Arc<str>)]>;

/// A name and what belongs to it, as configured at the vendor. `None` was not
/// said and so is unchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityProfile {
    pub kind: EntityKind,
    pub id: Id,
    pub name: Option<Arc<str>>,
    pub display_name: Option<Arc<str>>,
    pub email: Option<Arc<str>>,
    /// The queues an agent is assigned to.
    pub queues: Option<Arc<[QueueId]>>,
    pub external_ids: Option<ExternalIdList>,
}

impl EntityProfile {
    pub fn new(class: EntityKind, id: Id) -> Self {
        Self {
            kind: class,
            id,
            name: None,
            display_name: None,
            email: None,
            queues: None,
            external_ids: None,
        }
    }
}

/// How a source's line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// Connected, and taking in what had gathered. `broken`: something may have
    /// been missed, so that nothing said before counts as fresh.
    CatchingUp { broken: Option<Discontinuity> },
    /// The backlog found at connect is drained.
    Connected,
    /// Lost, or not yet there. `why` is a sentence for people, without secrets.
    Disconnected { why: String },
    /// The line stands and the upstream says nothing, not even when asked.
    Silent,
}

/// Why what was said before a time no longer counts as fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Discontinuity {
    /// We started without restored state.
    Start,
    /// The broker was itself away: it refused us, or closed the line.
    Upstream,
    /// We heard nothing for longer than the upstream keeps its messages.
    TooLong,
    /// Our queue was new: what came before is lost.
    QueueNew,
    /// Our queue had overflowed.
    Overflow,
    /// The consumer was cancelled by the broker.
    Canceled,
    /// The upstream had fallen silent.
    Silence,
    /// Our queue was emptied by somebody else.
    Purged,
    /// The vendor began a new session with us: our subscriptions are gone.
    Session,
    /// The vendor's service was unavailable.
    Unavailable,
}

impl Discontinuity {
    pub const ALL: [Discontinuity; 10] = [
        Self::Start,
        Self::Upstream,
        Self::TooLong,
        Self::QueueNew,
        Self::Overflow,
        Self::Canceled,
        Self::Silence,
        Self::Purged,
        Self::Session,
        Self::Unavailable,
    ];

    /// The word in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Upstream => "upstream",
            Self::TooLong => "too_long",
            Self::QueueNew => "queue_new",
            Self::Overflow => "overflow",
            Self::Canceled => "cancelled",
            Self::Silence => "silence",
            Self::Purged => "purged",
            Self::Session => "session",
            Self::Unavailable => "unavailable",
        }
    }
}

/// For the counters and the sources page; changes no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceDiagnostic {
    /// A message of a kind we do not know. The kind is cut to a bounded length.
    Ignored { event: String },
    /// A message that could not be read. `why` is one of a fixed set of words; `case` is
    /// the case whose life it would have changed, where its id could be read.
    Rejected {
        event: String,
        why: &'static str,
        case: Option<CaseId>,
    },
    /// Something went wrong with the source; a sentence without secrets.
    Failed { why: String },
    /// The bindings were renewed and the configuration asked for: a full round follows.
    ResyncRequested,
    /// How the statistics fare that the source asks for; replaces what was told before.
    SubscriptionStats(Box<SubscriptionStats>),
}

/// All that changes the live state.
#[derive(Clone, Debug)]
pub enum Input {
    Update(Update),
    Connection(SourceId, ConnectionEvent),
    Diagnostic(SourceId, SourceDiagnostic),
    /// A name kept from earlier; older than anything the source says now.
    StoredProfile(EntityProfile),
    SiteConfig(Arc<SiteConfig>),
    Tick,
}
