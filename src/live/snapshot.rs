//! Whole subjects: all that boards, API and alerts ever read. Values keep the
//! generation they were said in; whether they are fresh is a comparison made
//! when they are read (see `freshness.rs`).

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{
    metric_reading::{QueueReadings, SparseReadings},
    recent_series::RecentSeries,
    vendor_values::StatusClock,
};
use crate::domain::{
    AgentId, AgentStatus, CaseId, CaseOutcome, Counters, Discontinuity, EntityKind, ExternalIdList,
    Histogram, Id, Metric, MetricValue, MonotonicTime, QueueId, QueueTarget, SiteConfig, SourceId,
    SourceKind, SubscriptionStats, TranscriptSummary,
};

/// Subjects by id. Ids come from a source that we trust to name its own things,
/// so a fast hash serves.
pub type FastMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub site: Arc<SiteConfig>,
    pub sources: BTreeMap<SourceId, SourceSnapshot>,
    pub queues: FastMap<QueueId, QueueSnapshot>,
    pub agents: FastMap<AgentId, AgentSnapshot>,
    pub cases: FastMap<CaseId, CaseSnapshot>,
    /// Opportunities, solutions and case types.
    pub entities: FastMap<(EntityKind, Id), NamedEntity>,
    /// The whole site's day: distinct contacts.
    pub today: DaySnapshot,
    /// When the business day began.
    pub day_start: Option<Timestamp>,
    /// Rises with every change of a name, so that the store can be kept up.
    pub profile_revision: u64,
}

/// A source and its line.
#[derive(Clone, Debug)]
pub struct SourceSnapshot {
    pub id: SourceId,
    pub vendor: SourceKind,
    pub demo: bool,
    pub connection: ConnectionState,
    /// When the line came to stand as it does.
    pub since: Timestamp,
    /// When it was last lost; `None` while it stands. Boards feel it by this.
    pub outage: Option<Outage>,
    /// Raised by every break; what was said in an earlier one is not fresh.
    pub generation: u32,
    /// What raised it, and how often.
    pub discontinuities: BTreeMap<Discontinuity, u64>,
    /// From the source's time, put on our clock, to when it was taken in.
    pub lag: Histogram,
    /// Our wall clock when it last said anything.
    pub last_message_at: Option<Timestamp>,
    pub last_received_at: Option<MonotonicTime>,
    pub counts: MessageCounts,
    /// By the vendor's word for the message (a bounded number of them).
    pub counts_by_event: BTreeMap<Arc<str>, MessageCounts>,
    /// Rejected, by reason.
    pub rejections_by_reason: BTreeMap<&'static str, u64>,
    pub last_error: Option<(Timestamp, String)>,
    /// How many failures were news: with each the log begins its story anew.
    pub failures: u64,
    /// How the statistics fare that it asks its vendor for.
    pub subscription_stats: Option<Box<SubscriptionStats>>,
    /// More than a tenth of the last minute's messages could not be read in full.
    pub is_degraded: bool,
    /// Our clock minus the source's, in milliseconds, as learned.
    pub clock_offset_ms: i64,
    /// The offset was learned.
    pub is_clock_known: bool,
    /// The upstream's throttle interval as learned, in milliseconds.
    pub report_interval_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Never yet connected.
    Connecting,
    CatchingUp,
    Connected,
    Disconnected,
    Silent,
}

/// A line that was lost, and when, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    pub at: Timestamp,
    pub mono: MonotonicTime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    pub received: u64,
    pub applied: u64,
    pub ignored: u64,
    pub rejected: u64,
    /// Attributes of a wrong type, counted as missing.
    pub mistyped: u64,
}

/// The contract's word for a source's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceHealth {
    Connecting,
    Live,
    Degraded,
    Down,
}

impl SourceHealth {
    pub const ALL: [SourceHealth; 4] = [Self::Connecting, Self::Live, Self::Degraded, Self::Down];

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
pub struct QueueSnapshot {
    pub id: QueueId,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    /// Unseen in the last full round of the configuration.
    pub hidden: bool,
    /// Nothing said of it since the renewed binding: its figures are unknown, and
    /// that is no fault.
    pub quiet_since: Option<Timestamp>,
    /// It should be speaking (somebody waits or talks) and does not.
    pub silent: bool,
    pub readings: QueueReadings,
    pub recent_series: RecentSeries,
    /// Shared by all of whom nothing is counted, which are very many.
    pub today: Arc<DaySnapshot>,
    pub profile_revision: u64,
    /// What its vendor reckons of it, in order; `None` where it tells events, and the
    /// day is counted here.
    pub provided_metrics: Option<Arc<[Metric]>>,
    /// Of a group: the queues that it is made of, and whose figures are its own.
    pub members: Option<Arc<[QueueId]>>,
}

#[derive(Clone, Debug)]
pub struct AgentSnapshot {
    pub id: AgentId,
    pub name: Option<Arc<str>>,
    pub display_name: Option<Arc<str>>,
    pub email: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    pub queues: Arc<[QueueId]>,
    pub hidden: bool,
    pub status: AgentStatus,
    /// Start of the state on our wall clock.
    pub since: Option<Timestamp>,
    /// Open cases that we know of.
    pub cases: u32,
    /// Where those cases are, each queue once.
    pub case_queues: Vec<QueueId>,
    /// `false` after a break, until it is certain that no case was missed: then
    /// `cases` is a lower bound.
    pub is_reconciled: bool,
    pub generation: u32,
    /// Shared as that of a queue.
    pub today: Arc<DaySnapshot>,
    pub profile_revision: u64,
    /// What its vendor says they do; `None` where only their cases tell.
    pub report: Option<Box<AgentReport>>,
}

/// What a vendor says of an agent.
#[derive(Clone, Debug, Default)]
pub struct AgentReport {
    /// The figures, in order.
    pub provided_metrics: Arc<[Metric]>,
    /// Their state is among what is given.
    pub provides_status: bool,
    /// The vendor's own word for the state, where ours does not say all.
    pub vendor_status: Option<Arc<str>>,
    /// Why not ready, in words.
    pub reason: Option<Arc<str>>,
    /// The state on each medium, where there are several.
    pub media: Vec<(Arc<str>, AgentStatus)>,
    /// When the state was last said; `None` before it was.
    pub last_status: Option<ReportStamp>,
    pub readings: SparseReadings,
    pub(super) clock: StatusClock,
}

/// When and how something was said that is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportStamp {
    /// The source's own time, uncorrected.
    pub at: Option<Timestamp>,
    pub received_at: MonotonicTime,
    pub generation: u32,
    /// From then on it is not to be trusted, however its line stands.
    pub valid_until: Option<MonotonicTime>,
    pub is_age_unknown: bool,
    /// The vendor has no valid value.
    pub is_invalid: bool,
}

/// A contact. Times are the source's own.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseSnapshot {
    pub id: CaseId,
    pub state: CaseState,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub created_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub outcome: Option<CaseOutcome>,
    pub closure: Option<Arc<str>>,
    /// To other queues.
    pub transfers: Vec<CaseTransfer>,
    /// When it came to the queue where it waits now.
    pub waits_since: Option<Timestamp>,
    /// How often it was opened again after a close.
    pub reopened: u32,
    pub opportunity: Option<Arc<str>>,
    pub solution: Option<Arc<str>>,
    pub case_type: Option<Arc<str>>,
    pub transcript: Option<TranscriptSummary>,
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
pub struct CaseTransfer {
    pub at: Option<Timestamp>,
    pub from_agent: Option<AgentId>,
    pub from_queue: Option<QueueId>,
    pub to_queue: Option<QueueId>,
}

#[derive(Clone, Debug)]
pub struct NamedEntity {
    pub kind: EntityKind,
    pub id: Id,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    pub profile_revision: u64,
}

/// The counters of one business day, and how far they can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct DaySnapshot {
    pub counters: Counters,
    pub target: QueueTarget,
    /// From when on everything was counted; `None` before the first connection.
    pub since: Option<Timestamp>,
    /// Stretches in which events may have been missed.
    pub gaps: Vec<CountingGap>,
    /// `since` is the start of the day, and there are no gaps.
    pub is_complete: bool,
    /// Whether it is known who was offered and who abandoned here.
    pub entries_known: bool,
}

impl Default for DaySnapshot {
    fn default() -> Self {
        Self {
            counters: Counters::LIVE,
            target: QueueTarget::default(),
            since: None,
            gaps: Vec::new(),
            is_complete: false,
            entries_known: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountingGap {
    pub from: Timestamp,
    /// `None`: still open.
    pub to: Option<Timestamp>,
}

impl CountingGap {
    /// Whether some of it is at or after `start`.
    pub(super) fn reaches_into(&self, start: Option<Timestamp>) -> bool {
        self.to.max(Some(self.from)) > start
    }
}

/// How far a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    UpToDate,
    /// True when its line was lost, then; boards wait a little before they grey it.
    Disconnected(Outage),
    OutOfDate,
    /// The source has not said it.
    Unknown,
}

/// One figure as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricFigure {
    /// `None` is unknown: `–` on a screen, `null` in JSON.
    pub value: Option<MetricValue>,
    /// Start of the running clock, on our wall clock.
    pub since: Option<Timestamp>,
    /// The time that the source gave, uncorrected.
    pub at: Option<Timestamp>,
    pub freshness: Freshness,
    pub day_details: Option<DayDetails>,
    /// How old it was when it was heard is not known.
    pub is_age_unknown: bool,
    /// Over several queues, where it is not one number: at least and at most.
    pub low: Option<MetricValue>,
    pub high: Option<MetricValue>,
    /// Why it is not one number.
    pub reason: Option<String>,
}

impl Default for MetricFigure {
    /// Not known.
    fn default() -> Self {
        Self {
            value: None,
            since: None,
            at: None,
            freshness: Freshness::Unknown,
            day_details: None,
            is_age_unknown: false,
            low: None,
            high: None,
            reason: None,
        }
    }
}

/// What a figure of the day carries besides its value.
#[derive(Clone, Debug, PartialEq)]
pub struct DayDetails {
    pub since: Option<Timestamp>,
    /// A part of it was counted from earlier on.
    pub partly_before: bool,
    pub is_complete: bool,
    pub gaps: Vec<CountingGap>,
    pub is_estimated: bool,
    /// For a service level: the formula it was reckoned by.
    pub formula: Option<&'static str>,
}
