//! Whole subjects: all that boards, API and alerts ever read. Values keep the
//! generation they were said in; whether they are fresh is a comparison made
//! when they are read (see `freshness.rs`).

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    reading::{Others, Readings},
    stated::Clock,
    trail::Trail,
};
use crate::domain::{
    Account, AgentId, AgentState, Break, CaseId, Class, Counters, ExternalIds, Histogram, Id,
    Metric, Mono, Outcome, QueueId, Site, SourceId, SourceKind, Target, Transcript, Value,
};

/// Subjects by id. Ids come from a source that we trust to name its own things,
/// so a fast hash serves.
pub type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub site: Arc<Site>,
    pub sources: BTreeMap<SourceId, Source>,
    pub queues: Map<QueueId, Queue>,
    pub agents: Map<AgentId, Agent>,
    pub cases: Map<CaseId, Case>,
    /// Opportunities, solutions and case types.
    pub named: Map<(Class, Id), Named>,
    /// The whole site's day: distinct contacts.
    pub today: Day,
    /// When the business day began.
    pub day_starts: Option<Timestamp>,
    /// Rises with every change of a name, so that the store can be kept up.
    pub profiles: u64,
}

/// A source and its line.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    pub kind: SourceKind,
    pub demo: bool,
    pub line: LineState,
    /// When the line came to stand as it does.
    pub since: Timestamp,
    /// When it was last lost; `None` while it stands. Boards feel it by this.
    pub lost: Option<Lost>,
    /// Raised by every break; what was said in an earlier one is not fresh.
    pub generation: u32,
    /// What raised it, and how often.
    pub breaks: BTreeMap<Break, u64>,
    /// From the source's time, put on our clock, to when it was taken in.
    pub lag: Histogram,
    /// Our wall clock when it last said anything.
    pub last_message_at: Option<Timestamp>,
    pub heard: Option<Mono>,
    pub counts: Counts,
    /// By the vendor's word for the message (a bounded number of them).
    pub by_event: BTreeMap<Arc<str>, Counts>,
    /// Rejected, by reason.
    pub by_reason: BTreeMap<&'static str, u64>,
    pub last_error: Option<(Timestamp, String)>,
    /// How many failures were news: with each the log begins its story anew.
    pub failures: u64,
    /// How the statistics fare that it asks its vendor for.
    pub account: Option<Box<Account>>,
    /// More than a tenth of the last minute's messages could not be read in full.
    pub degraded: bool,
    /// Our clock minus the source's, in milliseconds, as learned.
    pub offset: i64,
    /// The offset was learned.
    pub is_clock_known: bool,
    /// The upstream's throttle interval as learned, in milliseconds.
    pub interval: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Never yet connected.
    Connecting,
    CatchingUp,
    Connected,
    Away,
    Silent,
}

/// A line that was lost, and when, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    pub at: Timestamp,
    pub mono: Mono,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub received: u64,
    pub applied: u64,
    pub ignored: u64,
    pub rejected: u64,
    /// Attributes of a wrong type, counted as missing.
    pub mistyped: u64,
}

/// The contract's word for a source's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Connecting,
    Live,
    Degraded,
    Down,
}

impl Health {
    pub const ALL: [Health; 4] = [Self::Connecting, Self::Live, Self::Degraded, Self::Down];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Queue {
    pub id: QueueId,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIds,
    /// Unseen in the last full round of the configuration.
    pub hidden: bool,
    /// Nothing said of it since the renewed binding: its figures are unknown, and
    /// that is no fault.
    pub quiet_since: Option<Timestamp>,
    /// It should be speaking (somebody waits or talks) and does not.
    pub silent: bool,
    pub readings: Readings,
    pub trail: Trail,
    /// Shared by all of whom nothing is counted, which are very many.
    pub today: Arc<Day>,
    pub profile: u64,
    /// What its vendor reckons of it, in order; `None` where it tells events, and the
    /// day is counted here.
    pub gives: Option<Arc<[Metric]>>,
    /// Of a group: the queues that it is made of, and whose figures are its own.
    pub members: Option<Arc<[QueueId]>>,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub id: AgentId,
    pub name: Option<Arc<str>>,
    pub display_name: Option<Arc<str>>,
    pub email: Option<Arc<str>>,
    pub external_ids: ExternalIds,
    pub queues: Arc<[QueueId]>,
    pub hidden: bool,
    pub state: AgentState,
    /// Start of the state on our wall clock.
    pub since: Option<Timestamp>,
    /// Open cases that we know of.
    pub cases: u32,
    /// Where those cases are, each queue once.
    pub case_queues: Vec<QueueId>,
    /// `false` after a break, until it is certain that no case was missed: then
    /// `cases` is a lower bound.
    pub accounted: bool,
    pub generation: u32,
    /// Shared as that of a queue.
    pub today: Arc<Day>,
    pub profile: u64,
    /// What its vendor says they do; `None` where only their cases tell.
    pub stated: Option<Box<Conduct>>,
}

/// What a vendor says of an agent.
#[derive(Clone, Debug, Default)]
pub struct Conduct {
    /// The figures, in order.
    pub gives: Arc<[Metric]>,
    /// Their state is among what is given.
    pub gives_state: bool,
    /// The vendor's own word for the state, where ours does not say all.
    pub raw: Option<Arc<str>>,
    /// Why not ready, in words.
    pub reason: Option<Arc<str>>,
    /// The state on each medium, where there are several.
    pub media: Vec<(Arc<str>, AgentState)>,
    /// When the state was last said; `None` before it was.
    pub said: Option<Spoken>,
    pub readings: Others,
    pub(super) clock: Clock,
}

/// When and how something was said that is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spoken {
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    pub heard: Mono,
    pub generation: u32,
    /// From then on it is not to be trusted, however its line stands.
    pub until: Option<Mono>,
    pub age_unknown: bool,
    /// The vendor has no valid value.
    pub invalid: bool,
}

/// A contact. Times are the source's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub id: CaseId,
    pub state: CaseState,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub created_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    pub closure: Option<Arc<str>>,
    /// To other queues.
    pub transfers: Vec<Transfer>,
    /// When it came to the queue where it waits now.
    pub waits_since: Option<Timestamp>,
    /// How often it was opened again after a close.
    pub reopened: u32,
    pub opportunity: Option<Arc<str>>,
    pub solution: Option<Arc<str>>,
    pub case_type: Option<Arc<str>>,
    pub transcript: Option<Transcript>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseState {
    Waiting,
    Open,
    Closed,
    /// Estimated: gone without an event.
    Abandoned,
    /// Older than a break, and in no count until something is heard of it.
    Unconfirmed,
}

impl CaseState {
    pub const ALL: [CaseState; 5] = [
        Self::Waiting,
        Self::Open,
        Self::Closed,
        Self::Abandoned,
        Self::Unconfirmed,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Abandoned => "abandoned",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub at: Option<Timestamp>,
    pub from_agent: Option<AgentId>,
    pub from_queue: Option<QueueId>,
    pub to_queue: Option<QueueId>,
}

#[derive(Clone, Debug)]
pub struct Named {
    pub class: Class,
    pub id: Id,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIds,
    pub profile: u64,
}

/// The counters of one business day, and how far they can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    pub counters: Counters,
    pub target: Target,
    /// From when on everything was counted; `None` before the first connection.
    pub since: Option<Timestamp>,
    /// Stretches in which events may have been missed.
    pub gaps: Vec<Gap>,
    /// `since` is the start of the day, and there are no gaps.
    pub complete: bool,
    /// Whether it is known who was offered and who abandoned here.
    pub entries_known: bool,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            counters: Counters::LIVE,
            target: Target::default(),
            since: None,
            gaps: Vec::new(),
            complete: false,
            entries_known: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Timestamp,
    /// `None`: still open.
    pub to: Option<Timestamp>,
}

impl Gap {
    /// Whether some of it is at or after `start`.
    pub(super) fn reaches(&self, start: Option<Timestamp>) -> bool {
        self.to.max(Some(self.from)) > start
    }
}

/// How far a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Fresh,
    /// True when its line was lost, then; boards wait a little before they grey it.
    Lost(Lost),
    Stale,
    /// The source has not said it.
    Unknown,
}

/// One figure as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `None` is unknown: `–` on a screen, `null` in JSON.
    pub value: Option<Value>,
    /// Start of the running clock, on our wall clock.
    pub since: Option<Timestamp>,
    /// The time that the source gave, uncorrected.
    pub at: Option<Timestamp>,
    pub trust: Trust,
    pub of_day: Option<DayMarks>,
    /// How old it was when it was heard is not known.
    pub age_unknown: bool,
    /// Over several queues, where it is not one number: at least and at most.
    pub low: Option<Value>,
    pub high: Option<Value>,
    /// Why it is not one number.
    pub reason: Option<String>,
}

impl Default for Figure {
    /// Not known.
    fn default() -> Self {
        Self {
            value: None,
            since: None,
            at: None,
            trust: Trust::Unknown,
            of_day: None,
            age_unknown: false,
            low: None,
            high: None,
            reason: None,
        }
    }
}

/// What a figure of the day carries besides its value.
#[derive(Clone, Debug, PartialEq)]
pub struct DayMarks {
    pub since: Option<Timestamp>,
    /// A part of it was counted from earlier on.
    pub partly_before: bool,
    pub complete: bool,
    pub gaps: Vec<Gap>,
    pub estimated: bool,
    /// For a service level: the formula it was reckoned by.
    pub formula: Option<&'static str>,
}
