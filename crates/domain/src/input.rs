//! Inputs to the live state: a source's update, a connection event, a diagnostic, new settings, or
//! a tick.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

use super::{
    AgentId, AgentStatusReport, CaseId, CustomReport, Id, Metric, MetricSubject, MetricValue,
    MonotonicTime, QueueId, SiteConfig, SourceId, StaticText, SubscriptionStats, TermId,
};

/// One decoded message of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    pub source: SourceId,
    /// The vendor's name for the message, for the counters: `group.loadChanged`.
    #[serde(deserialize_with = "super::static_text::deserialize")]
    pub event: StaticText,
    /// The source's own time, uncorrected. Without one, arrival order counts.
    pub at: Option<Timestamp>,
    pub fact: Fact,
    /// Attributes with a wrong type, which count as missing.
    pub mistyped: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// Readings that an event reports: a missing attribute is unchanged.
    #[serde(rename = "Readings")]
    EventReadings(MetricSubject, ReportedValues),
    /// A value that the vendor computes. The source delivers these in order: a later one wins,
    /// whatever its time.
    #[serde(rename = "VendorReport")]
    VendorFigure(MetricSubject, VendorFigure),
    /// A custom figure, from a system that sends its values.
    CustomFigure(CustomReport),
    Case(CaseId, CaseEvent),
    Profile(EntityProfile),
    /// Understood and discarded, such as a visitor's profile.
    Unused,
}

/// Values of one subject in one message. A longest wait is in seconds as of the message's time.
pub type ReportedValues = SmallVec<[(Metric, Option<MetricValue>); 3]>;

/// One value as the vendor computes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VendorFigure {
    pub value: VendorValue,
    pub age: ValueAge,
    /// Milliseconds from receipt until the value is out of date, with its age already deducted;
    /// `None`: valid while connected.
    pub valid_for_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VendorValue {
    /// A longest wait is in seconds as of the update's time.
    Metric(Metric, Option<MetricValue>),
    /// The agent's status.
    Status(Option<AgentStatusReport>),
    /// Seconds that an agent has been in the status.
    TimeInState(Option<f64>),
}

/// A value's age at receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueAge {
    /// Reported as soon as it changed.
    #[default]
    Immediate,
    /// In milliseconds.
    Known(i64),
    /// The vendor should have reported the age and didn't.
    Unknown,
}

/// One step of a case's life. Ids are the vendor's; `None` was not reported.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Summary of a conversation, never its text.
    Transcript(TranscriptSummary),
}

/// The kind of a [`CaseEvent`], in the order that applies when times are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseEventKind {
    Created,
    Opened,
    Transferred,
    Closed,
    Transcript,
}

impl CaseEvent {
    /// The agent in it.
    pub fn agent_mut(&mut self) -> Option<&mut AgentId> {
        match self {
            Self::Opened { agent, .. }
            | Self::Transferred {
                from_agent: agent, ..
            } => agent.as_mut(),
            Self::Created { .. } | Self::Closed { .. } | Self::Transcript(_) => None,
        }
    }

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

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum CaseOutcome {
    Positive,
    Negative,
    Neutral,
    Unresolved,
}

/// The summary kept of a transcript. Durations are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TranscriptSummary {
    /// First chat message by an agent after the visitor's first.
    pub first_response: Option<i64>,
    pub visitor_messages: u32,
    pub agent_messages: u32,
    /// First to last message.
    pub duration: Option<i64>,
    pub video: bool,
}

/// The kinds of named entities.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum EntityKind {
    Queue,
    Agent,
    Opportunity,
    Solution,
    CaseType,
}

/// Systems and their ids, in the source's order.
pub type ExternalIdList = Arc<[(Arc<str>, Arc<str>)]>;

/// A name and related data, as configured at the vendor. `None` was not reported and is unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    pub fn new(kind: EntityKind, id: Id) -> Self {
        Self {
            kind,
            id,
            name: None,
            display_name: None,
            email: None,
            queues: None,
            external_ids: None,
        }
    }
}

/// A change of a source's connection state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionEvent {
    /// Connected, and reading the backlog. After a `discontinuity`, earlier values are out of
    /// date because messages may have been missed.
    CatchingUp {
        discontinuity: Option<Discontinuity>,
    },
    /// The backlog found at connect is drained.
    Connected,
    /// Disconnected, or not yet connected. `why` is a sentence for people, without secrets.
    Disconnected { why: String },
    /// Connected, but the upstream sends nothing, even on request.
    Silent,
    /// Everything that the upstream had for us at this time has been received. A source that sends
    /// this repeats it within [`ALIVE_FOR_MS`], or its values count as disconnected.
    Alive { as_of: MonotonicTime },
}

/// How long a source's values hold after it was last known to be alive, in milliseconds. Figures turn
/// gray then, whether or not the loss was noticed. With the pause between two refreshes of a page, no
/// value without a mark is older than 12 s.
pub const ALIVE_FOR_MS: i64 = 8_000;

/// Why values reported before a time are out of date.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Discontinuity {
    /// We started without what was known before.
    Start,
    /// The broker was down: it refused us, or closed the connection.
    Upstream,
    /// We received nothing for longer than the upstream retains its messages.
    TooLong,
    /// Our queue was new: earlier messages are lost.
    QueueNew,
    /// Our queue had overflowed.
    Overflow,
    /// The broker canceled the consumer.
    #[strum(serialize = "cancelled")]
    Canceled,
    /// The upstream had stopped reporting.
    Silence,
    /// Someone else purged our queue.
    Purged,
    /// The vendor began a new session: our subscriptions are gone.
    Session,
    /// The vendor's service was unavailable.
    Unavailable,
}

/// A diagnostic for the counters and the sources page; changes no metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceDiagnostic {
    /// A message of an unknown kind. The kind is cut to a bounded length.
    Ignored { event: String },
    /// An unreadable message. `why` is one of a fixed set of words; `case` is the case that it
    /// would have changed, where its id was readable.
    Rejected {
        event: String,
        #[serde(deserialize_with = "super::static_text::deserialize")]
        why: StaticText,
        case: Option<CaseId>,
    },
    /// A failure of the source; a sentence without secrets.
    Failed { why: String },
    /// Bindings were renewed and the configuration requested: a full resync follows.
    ResyncRequested,
    /// The next connection will begin with a discontinuity. Recorded before its trace upstream is
    /// removed, so that a process that starts then knows it too. [`Discontinuity::Start`]: the upstream has
    /// a trace of us from before the log.
    DiscontinuityFound(Discontinuity),
    /// The health of the source's statistics; replaces the previous report.
    SubscriptionStats(Box<SubscriptionStats>),
    /// The failure with this sentence is over.
    Recovered { why: String },
}

/// Everything that changes the live state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    Update(Update),
    Connection(SourceId, ConnectionEvent),
    Diagnostic(SourceId, SourceDiagnostic),
    /// A stored name; older than anything the source reports now.
    StoredProfile(EntityProfile),
    SiteConfig(Arc<SiteConfig>),
    /// Agents who were forgotten, each with the ID that takes the place of theirs: from now on, nothing
    /// has their IDs or names.
    Forgotten {
        agents: Vec<(AgentId, AgentId)>,
        /// Everyone who was forgotten until then.
        until: Timestamp,
    },
    Tick,
    /// A new process continues from the log, or another node of a cluster, whose term begins. Unless
    /// the log is complete, messages that were acknowledged may be missing.
    Started {
        is_log_complete: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<TermId>,
    },
}
