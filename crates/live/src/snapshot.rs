//! The snapshot: everything that boards, API and alerts read. Values retain the generation in
//! which they were reported. Freshness is computed at each read (see `freshness.rs`).

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumIter, EnumString, IntoStaticStr, VariantNames};

use super::{
    agents_by_queue::AgentsByQueue,
    custom_readings::CustomReadings,
    fast_map::FastMap,
    figure_reason::FigureReason,
    held_levels::HeldLevels,
    incidents::Incidents,
    metric_reading::{QueueReadings, SparseReadings},
    queue_breaches::QueueBreaches,
    recent_series::RecentSeries,
    report_stamp::ReportStamp,
    site_links::SiteLinks,
    small_teams::SmallTeams,
    status_history::StatusHistory,
    tracked_map::TrackedMap,
    vendor_values::StatusClock,
};
use wallboard_domain::{
    AgentId, AgentStatus, CaseId, CaseOutcome, Counters, Discontinuity, EntityKind, ExternalIdList,
    Histogram, Id, Metric, MetricValue, Moment, MonotonicTime, QueueId, QueueTarget,
    ServiceLevelFormula, SiteConfig, SourceId, SourceKind, SourceSetup, StaticText,
    SubscriptionStats, TranscriptSummary, static_text,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub site: Arc<SiteConfig>,
    pub sources: BTreeMap<SourceId, SourceSnapshot>,
    pub queues: TrackedMap<QueueId, QueueSnapshot>,
    pub agents: TrackedMap<AgentId, AgentSnapshot>,
    #[serde(skip)]
    pub agents_by_queue: AgentsByQueue,
    #[serde(skip)]
    pub links: SiteLinks,
    /// They follow from the records, so snapshots of the log leave them out.
    #[serde(skip)]
    pub cases: FastMap<CaseId, CaseSnapshot>,
    /// Only of queues that have reached a threshold, or had a minute ago.
    pub breaches: FastMap<QueueId, QueueBreaches>,
    /// Opportunities, solutions and case types.
    pub entities: FastMap<(EntityKind, Id), NamedEntity>,
    /// The whole site's day: distinct contacts.
    pub today: DaySnapshot,
    /// The last values of custom figures.
    #[serde(default, skip_serializing_if = "CustomReadings::is_empty")]
    pub custom_readings: CustomReadings,
    /// Their severities that last until `clear`.
    #[serde(default, skip_serializing_if = "HeldLevels::is_empty")]
    pub held_levels: HeldLevels,
    /// The statuses of all agents today.
    pub status_history: StatusHistory,
    /// The incidents of the last days.
    #[serde(default)]
    pub incidents: Incidents,
    /// When queues of the last days had a warning or were critical, by what was past either limit.
    #[serde(default)]
    pub warnings: Incidents,
    /// When the business day began.
    pub day_start: Option<Timestamp>,
    /// Rises with every change of a name, so that the store can follow.
    pub profile_revision: u64,
    /// In a cluster: this node has received nothing from the leader since then, so what the sources
    /// report is unknown.
    #[serde(skip)]
    pub leader_lost_at: Option<Timestamp>,
    /// Has only what somebody may see, so `today` is of more.
    #[serde(skip)]
    pub is_narrowed: bool,
    /// The queues with withheld figures; `None`: nothing is withheld.
    #[serde(skip)]
    pub small_teams: Option<Arc<SmallTeams>>,
}

/// A source and its connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceSnapshot {
    pub id: SourceId,
    pub vendor: SourceKind,
    pub demo: bool,
    pub connection: ConnectionState,
    /// When the connection state last changed.
    pub since: Timestamp,
    /// When the connection was lost, as far as is known: at its last sign of life. `None` while
    /// connected. Boards base their delay on it.
    pub outage: Option<Outage>,
    /// When a source that proves it was last known to be alive.
    #[serde(default)]
    pub alive_at: Option<Moment>,
    /// Raised by every discontinuity. Values of an earlier generation are out of date.
    pub generation: u32,
    /// How often each kind of discontinuity raised it.
    pub discontinuities: BTreeMap<Discontinuity, u64>,
    /// The delay from the source's time, on our clock, until the message was applied.
    pub lag: Histogram,
    /// Our wall clock at its last message.
    pub last_message_at: Option<Timestamp>,
    pub last_received_at: Option<MonotonicTime>,
    pub counts: MessageCounts,
    /// By the vendor's name for the message (a bounded number of names).
    pub counts_by_event: BTreeMap<Arc<str>, MessageCounts>,
    /// Rejected messages, by reason.
    #[serde(deserialize_with = "static_text::deserialize_counts")]
    pub rejections_by_reason: BTreeMap<StaticText, u64>,
    pub last_error: Option<(Timestamp, String)>,
    /// How many failures were new. With each, the log starts a new series of repeats.
    pub failures: u64,
    /// The health of the statistics that it requests from its vendor.
    pub subscription_stats: Option<Box<SubscriptionStats>>,
    /// More than a tenth of the last minute's messages could not be decoded in full.
    pub is_degraded: bool,
    /// Our clock minus the source's, in milliseconds, as measured.
    pub clock_offset_ms: i64,
    /// The offset has been measured.
    pub is_clock_known: bool,
    /// The upstream's throttle interval, in milliseconds, as measured.
    pub report_interval_ms: i64,
}

impl SourceSnapshot {
    /// A source that nothing is known of yet.
    pub(crate) fn connecting(setup: &SourceSetup, now: Moment, report_interval_ms: i64) -> Self {
        Self {
            id: setup.id.clone(),
            vendor: setup.vendor,
            demo: setup.demo,
            connection: ConnectionState::Connecting,
            since: now.wall,
            outage: None,
            alive_at: None,
            generation: 0,
            discontinuities: BTreeMap::new(),
            lag: Histogram::default(),
            last_message_at: None,
            last_received_at: None,
            counts: MessageCounts::default(),
            counts_by_event: BTreeMap::new(),
            rejections_by_reason: BTreeMap::new(),
            last_error: None,
            failures: 0,
            subscription_stats: None,
            is_degraded: false,
            clock_offset_ms: 0,
            is_clock_known: false,
            report_interval_ms,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionState {
    /// Never yet connected.
    Connecting,
    CatchingUp,
    Connected,
    Disconnected,
    Silent,
}

/// A lost connection: the time of the loss, on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    pub at: Timestamp,
    pub monotonic: MonotonicTime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCounts {
    pub received: u64,
    pub applied: u64,
    pub ignored: u64,
    pub rejected: u64,
    /// Attributes of a wrong type, counted as missing.
    pub mistyped: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueSnapshot {
    pub id: QueueId,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    /// When its source first reported it, by the log; unknown for one that was known before the log began, or
    /// that the configuration names.
    #[serde(default)]
    pub first_reported_at: Option<Timestamp>,
    /// Missing from the last full resync of the configuration.
    pub hidden: bool,
    /// No report since the bindings were renewed: its figures are unknown, which is no fault.
    pub quiet_since: Option<Timestamp>,
    /// Reports are due (customers wait or talk) but missing.
    pub silent: bool,
    pub readings: QueueReadings,
    pub recent_series: RecentSeries,
    /// Shared by all subjects without counts, which are very many.
    pub today: Arc<DaySnapshot>,
    pub profile_revision: u64,
    /// The metrics that its vendor computes, in order; `None` if the vendor sends events and the
    /// day is counted here.
    pub provided_metrics: Option<Arc<[Metric]>>,
    /// The member queues of a queue group, whose figures make up the group's.
    pub members: Option<Arc<[QueueId]>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentSnapshot {
    pub id: AgentId,
    pub name: Option<Arc<str>>,
    pub display_name: Option<Arc<str>>,
    pub email: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    pub queues: Arc<[QueueId]>,
    pub hidden: bool,
    pub status: AgentStatus,
    /// Start of the status on our wall clock.
    pub since: Option<Timestamp>,
    /// Open cases that we know of.
    pub cases: u32,
    /// The queues of those cases, each once.
    pub case_queues: Vec<QueueId>,
    /// `false` after a discontinuity until it is certain that no case was missed. Until then
    /// `cases` is a lower bound.
    pub is_reconciled: bool,
    pub generation: u32,
    /// Shared like a queue's.
    pub today: Arc<DaySnapshot>,
    pub profile_revision: u64,
    /// The vendor's report on the agent; `None` if only their cases show what they do.
    pub report: Option<Box<AgentReport>>,
}

/// A vendor's report on an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentReport {
    /// The reported figures, in order.
    pub provided_metrics: Arc<[Metric]>,
    /// The report includes the agent's status.
    pub provides_status: bool,
    /// The vendor's name for the status, if ours is less specific.
    pub vendor_status: Option<Arc<str>>,
    /// Why the agent is not ready, as text.
    pub reason: Option<Arc<str>>,
    /// The status on each medium, if there are several.
    pub media: Vec<(Arc<str>, AgentStatus)>,
    /// When the status was last reported; `None` before the first report.
    pub last_status: Option<ReportStamp>,
    pub readings: SparseReadings,
    pub(super) clock: StatusClock,
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
    /// Transfers to other queues.
    pub transfers: Vec<CaseTransfer>,
    /// When it entered the queue where it waits now.
    pub waits_since: Option<Timestamp>,
    /// How often it was reopened after a close.
    pub reopened: u32,
    pub opportunity: Option<Arc<str>>,
    pub solution: Option<Arc<str>>,
    pub case_type: Option<Arc<str>>,
    pub transcript: Option<TranscriptSummary>,
}

#[derive(EnumCount, EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CaseState {
    Waiting,
    Open,
    Closed,
    /// Estimated: left without an event.
    Abandoned,
    /// Older than a discontinuity, and in no count until it is reported again.
    Unconfirmed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseTransfer {
    pub at: Option<Timestamp>,
    pub from_agent: Option<AgentId>,
    pub from_queue: Option<QueueId>,
    pub to_queue: Option<QueueId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedEntity {
    pub kind: EntityKind,
    pub id: Id,
    pub name: Option<Arc<str>>,
    pub external_ids: ExternalIdList,
    pub profile_revision: u64,
}

/// The counters of one business day, and their completeness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DaySnapshot {
    pub counters: Counters,
    pub target: QueueTarget,
    /// The time from which everything was counted; `None` before the first connection.
    pub since: Option<Timestamp>,
    /// Periods in which events may have been missed.
    pub gaps: Vec<CountingGap>,
    /// `since` is the start of the day, and there are no gaps.
    pub is_complete: bool,
    /// Whether offered and abandoned contacts are known here.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountingGap {
    pub from: Timestamp,
    /// `None`: still open.
    pub to: Option<Timestamp>,
}

impl CountingGap {
    /// Whether part of the gap is at or after `start`.
    pub(super) fn reaches_into(&self, start: Option<Timestamp>) -> bool {
        self.to.max(Some(self.from)) > start
    }
}

/// The freshness of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    UpToDate,
    /// Up to date when its connection was lost. Boards wait a little before they gray it.
    Disconnected(Outage),
    OutOfDate,
    /// The source hasn't reported it.
    #[default]
    Unknown,
}

/// One figure for display. By default it is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricFigure {
    /// `None` is unknown: `–` on a screen, `null` in JSON.
    pub value: Option<MetricValue>,
    /// Start of the running clock, on our wall clock.
    pub since: Option<Timestamp>,
    /// The time that the source reported, uncorrected.
    pub at: Option<Timestamp>,
    pub freshness: Freshness,
    /// Apart, since figures are copied often and most have none.
    pub day_details: Option<Box<DayDetails>>,
    /// Its age when it was received is unknown.
    pub is_age_unknown: bool,
    /// For several queues without a single value: the lower and upper bound. A wait that isn't
    /// reported yet has an upper bound only.
    pub low: Option<MetricValue>,
    pub high: Option<MetricValue>,
    /// Why there is no single value.
    pub reason: Option<FigureReason>,
    /// Unknown here because few agents serve the queue.
    pub is_withheld: bool,
}

/// The details of a figure of the day, besides its value.
#[derive(Clone, Debug, PartialEq)]
pub struct DayDetails {
    pub since: Option<Timestamp>,
    /// Part of it was counted from an earlier time.
    pub is_partly_earlier: bool,
    pub is_complete: bool,
    pub gaps: Vec<CountingGap>,
    pub is_estimated: bool,
    /// For a service level: the formula used.
    pub formula: Option<ServiceLevelFormula>,
}
