//! The live state: the current state of every queue, agent and case, and its freshness. A pure
//! fold ([`LiveState`]) behind a handle ([`LiveHandle`]).

mod agents_by_queue;
mod best_service_level;
mod breaches;
mod capacity;
mod case_tracking;
mod case_updates;
pub mod codec;
mod connections;
mod custom_readings;
mod custom_reports;
mod day_figures;
mod display_names;
mod ended_cases;
mod evaluation;
mod fast_map;
mod figure_reason;
mod finished_cases;
mod forecast_gap;
mod forgotten_agents;
mod freshness;
mod handle;
mod held_levels;
mod incident_cause;
mod incidents;
mod interning;
mod live_state;
mod liveness;
mod merge;
mod metric_reading;
mod narrowing;
mod profiles;
mod queue_breaches;
mod queue_hours;
mod queue_readings;
mod recent_series;
mod reconciliation;
mod repeated_figures;
mod report_stamp;
mod shortened_names;
mod site_links;
mod small_teams;
mod snapshot;
mod source_state;
mod standstill;
mod start;
mod status_history;
mod status_observation;
mod subject_changes;
mod subscriptions;
mod sweep;
mod targets;
mod threshold_reading;
mod tracked_map;
mod unmarked_sources;
mod vendor_values;
mod wall_clock;
mod withheld_figures;

pub use agents_by_queue::AgentsByQueue;
pub use best_service_level::BestServiceLevel;
pub use breaches::ReachedThreshold;
pub use custom_readings::{CustomReading, CustomReadings};
pub use evaluation::{
    ClosedQueue, EvaluatedCustomFigure, EvaluatedFigure, EvaluatedQueue, Evaluator, FreeAgents,
    LongBreak, QueueHelp, Severity, ShownFreshness,
};
pub use fast_map::FastMap;
pub use figure_reason::{FigureReason, NamedQueues};
pub use forgotten_agents::ForgottenAgents;
pub use handle::{AppliedEntry, LiveHandle, run_live_state, run_live_state_while};
pub use held_levels::HeldLevels;
pub use incident_cause::IncidentCause;
pub use incidents::{Incident, IncidentCursor, IncidentId, IncidentSubject, Incidents};
pub use live_state::{Effects, LiveState};
pub use merge::{AgentPresence, MergedFigure, QueueSelection};
pub use metric_reading::{MetricReading, QUEUE_METRICS, QueueReadings, SparseReadings};
pub use queue_breaches::QueueBreaches;
pub use queue_hours::QueueHours;
pub use recent_series::{
    LongestWait, RecentSeries, SERIES_STEP, SERIES_STEPS, SeriesStep, SeriesValue,
};
pub use repeated_figures::repeats_member;
pub use report_stamp::ReportStamp;
pub use site_links::SiteLinks;
pub use small_teams::SmallTeams;
pub use snapshot::{
    AgentReport, AgentSnapshot, CaseSnapshot, CaseState, CaseTransfer, ConnectionState,
    CountingGap, DayDetails, DaySnapshot, Freshness, MessageCounts, MetricFigure, NamedEntity,
    Outage, QueueSnapshot, Snapshot, SourceSnapshot,
};
pub use status_history::{ObservedStatus, StatusHistory, StatusSpan};
pub use subject_changes::SubjectChanges;
pub use subscriptions::{ChangeCollector, ReadScope, Subscription};
pub use tracked_map::TrackedMap;
pub use unmarked_sources::UnmarkedSources;

/// For publishers, whose views get older while the machine sleeps.
pub use wallboard_runtime::ingest::elapsed_since_boot;

#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    clippy::new_without_default,
    clippy::unwrap_used,
    reason = "only tests use it"
)]
pub mod testing;
#[cfg(test)]
mod tests;
