//! Logs how sources are doing: connected, silent, many unreadable messages. The supervisor knows
//! why a connection was lost and logs that, but only if it's news. This module logs the states
//! after a loss by the same rule, so that a flapping connection doesn't fill the log.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::SourceId;
use wallboard_live::{ConnectionState, LiveHandle, Snapshot};

/// Changes that revert within this time aren't logged.
const OBSERVATION_DELAY: Duration = Duration::from_millis(500);
/// A loss that wasn't news is logged once it has lasted this long.
const LOSS_LOGGED_AFTER: Duration = Duration::from_secs(30);
/// Rejected messages, and whether they are many, are logged at most this often.
const LOG_INTERVAL_MIN: Duration = Duration::from_mins(1);

/// A source's state when observed.
#[derive(Clone, Debug, PartialEq)]
struct ObservedSource {
    connection: ConnectionState,
    /// The number of failures that the supervisor logged, and the last error.
    failures: u64,
    why: Option<String>,
    degraded: bool,
    rejected_messages: BTreeMap<&'static str, u64>,
    /// Statistics that the vendor rejected, and why.
    rejected_statistics: Vec<(Arc<str>, Arc<str>)>,
}

/// A source as last logged.
#[derive(Debug)]
struct LoggedSource {
    observed: ObservedSource,
    reported: Option<Instant>,
    /// When message quality was last logged.
    quality_logged: Option<Instant>,
    /// Connection states logged since the last logged failure.
    logged_states: Vec<ConnectionState>,
    /// When the connection was lost, if that isn't logged yet.
    lost_since: Option<Instant>,
}

/// Runs until `stop`.
pub(super) async fn watch_sources(live: LiveHandle, stop: CancellationToken) {
    let mut changes = live.subscribe_changes();
    let mut logged = BTreeMap::new();
    loop {
        log_changes(
            &mut logged,
            live.read_snapshot(|snapshot, _| observe_sources(snapshot)),
        );
        let next_change = async {
            // `live` keeps the channel open.
            changes.changed().await.ok();
            sleep(OBSERVATION_DELAY).await;
        };
        tokio::select! {
            () = next_change => {}
            () = stop.cancelled() => return,
        }
    }
}

fn observe_sources(snapshot: &Snapshot) -> Vec<(SourceId, ObservedSource)> {
    let sources = snapshot.sources.values().map(|source| {
        let observed = ObservedSource {
            connection: source.connection,
            failures: source.failures,
            why: source.last_error.as_ref().map(|(_, why)| why.clone()),
            degraded: source.is_degraded,
            rejected_messages: source.rejections_by_reason.clone(),
            rejected_statistics: (source.subscription_stats.as_ref())
                .map_or_else(Vec::new, |stats| stats.rejected.clone()),
        };
        (source.id.clone(), observed)
    });
    sources.collect()
}

fn log_changes(
    logged: &mut BTreeMap<SourceId, LoggedSource>,
    sources: Vec<(SourceId, ObservedSource)>,
) {
    logged.retain(|id, _| sources.iter().any(|(observed, _)| observed == id));
    for (id, observed) in sources {
        let source = logged.entry(id.clone()).or_insert_with(|| LoggedSource {
            observed: ObservedSource {
                connection: ConnectionState::Connecting,
                failures: 0,
                why: None,
                degraded: false,
                rejected_messages: BTreeMap::new(),
                rejected_statistics: Vec::new(),
            },
            reported: None,
            quality_logged: None,
            logged_states: Vec::new(),
            lost_since: None,
        });
        source.log_source(&id, observed);
    }
}

impl LoggedSource {
    fn log_source(&mut self, id: &SourceId, current: ObservedSource) {
        self.log_connection(id, &current);
        let may_log_quality = self
            .quality_logged
            .is_none_or(|at| LOG_INTERVAL_MIN <= at.elapsed());
        if self.observed.degraded != current.degraded && may_log_quality {
            self.quality_logged = Some(Instant::now());
            self.observed.degraded = current.degraded;
            if current.degraded {
                warn!(
                    source.name = %id,
                    "Over 10% of messages in the last minute couldn't be read in full"
                );
            } else {
                info!(source.name = %id, "Messages can be read again");
            }
        }
        let before = std::mem::replace(
            &mut self.observed.rejected_statistics,
            current.rejected_statistics,
        );
        for (statistic, why) in self
            .observed
            .rejected_statistics
            .iter()
            .filter(|rejected| !before.contains(rejected))
        {
            warn!(source.name = %id, "{statistic} was rejected and stays unknown: {why}");
        }
        let may_log_rejections = self
            .reported
            .is_none_or(|at| LOG_INTERVAL_MIN <= at.elapsed());
        let more = new_rejections(&self.observed.rejected_messages, &current.rejected_messages);
        if may_log_rejections && !more.is_empty() {
            self.reported = Some(Instant::now());
            warn!(source.name = %id, "Couldn't read messages: {more}");
            self.observed.rejected_messages = current.rejected_messages;
        }
    }
}

impl LoggedSource {
    fn log_connection(&mut self, id: &SourceId, current: &ObservedSource) {
        if self.observed.failures != current.failures {
            self.observed.failures = current.failures;
            self.logged_states.clear();
            self.lost_since = None;
        }
        if matches!(
            current.connection,
            ConnectionState::Connecting | ConnectionState::Disconnected
        ) {
            self.log_loss(id, current);
        } else if self.observed.connection != current.connection {
            self.lost_since = None;
            // Any state after a silence is news.
            if current.connection == ConnectionState::Silent {
                self.logged_states.clear();
            }
            if !self.logged_states.contains(&current.connection) {
                self.logged_states.push(current.connection);
                match current.connection {
                    ConnectionState::CatchingUp => {
                        info!(source.name = %id, "Connected, processing queued messages");
                    }
                    ConnectionState::Silent => warn!(
                        source.name = %id,
                        "Not responding"
                    ),
                    _ => info!(source.name = %id, "Connected, live"),
                }
            }
        }
        self.observed.connection = current.connection;
    }

    /// Every reconnect attempt calls this, so no timer is needed.
    fn log_loss(&mut self, id: &SourceId, current: &ObservedSource) {
        if self.logged_states.is_empty() {
            return;
        }
        let lost_since = *self.lost_since.get_or_insert_with(Instant::now);
        if LOSS_LOGGED_AFTER <= lost_since.elapsed() {
            self.logged_states.clear();
            self.lost_since = None;
            let why = current.why.as_deref().unwrap_or("no reason given");
            warn!(source.name = %id, "Disconnected again, retrying: {why}");
        }
    }
}

/// Returns the messages rejected since, by reason.
fn new_rejections(
    before: &BTreeMap<&'static str, u64>,
    now: &BTreeMap<&'static str, u64>,
) -> String {
    let more = now.iter().filter_map(|(why, count)| {
        let more = count - before.get(why).copied().unwrap_or(0).min(*count);
        (0 < more).then(|| format!("{why} ({more})"))
    });
    more.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
