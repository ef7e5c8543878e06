//! Logs how sources fare, so that the log tells their day: connected, silent, hard
//! to read. That a line was lost the supervisor tells, who knows why, and only where that
//! is news: so it is here with what follows, lest a line that flaps all day fill the log.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    domain::SourceId,
    live::{ConnectionState, LiveHandle, Snapshot},
};

/// What comes and goes within it is not told.
const OBSERVATION_DELAY: Duration = Duration::from_millis(500);
/// A loss that was no news is told all the same once it has lasted so long.
const LOSS_LOGGED_AFTER: Duration = Duration::from_secs(30);
/// Rejected messages, and whether they are many, are told at most this often.
const LOG_INTERVAL_MIN: Duration = Duration::from_mins(1);

/// How a source was when we looked.
#[derive(Clone, Debug, PartialEq)]
struct ObservedSource {
    connection: ConnectionState,
    /// How many failures were told, and the last of all.
    failures: u64,
    why: Option<String>,
    degraded: bool,
    rejected_messages: BTreeMap<&'static str, u64>,
    /// Statistics that the vendor refuses, and why.
    rejected_statistics: Vec<(Arc<str>, Arc<str>)>,
}

/// A source as it was last told of.
#[derive(Debug)]
struct LoggedSource {
    observed: ObservedSource,
    reported: Option<Instant>,
    /// When it was told last whether too many messages cannot be read.
    quality_logged: Option<Instant>,
    /// What was said of the line since the last failure that was told.
    logged_states: Vec<ConnectionState>,
    /// Since when the line is lost and nobody said so.
    lost_since: Option<Instant>,
}

/// Runs until `stop`.
pub(super) async fn watch_sources(live: LiveHandle, stop: CancellationToken) {
    let mut bell = live.subscribe_changes();
    let mut told = BTreeMap::new();
    loop {
        log_changes(
            &mut told,
            live.read_snapshot(|picture, _| observe_sources(picture)),
        );
        let rung = async {
            // Ends only with the live state, which ends with the process.
            if bell.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            sleep(OBSERVATION_DELAY).await;
        };
        tokio::select! {
            () = rung => {}
            () = stop.cancelled() => return,
        }
    }
}

fn observe_sources(picture: &Snapshot) -> Vec<(SourceId, ObservedSource)> {
    let sources = picture.sources.values().map(|source| {
        let seen = ObservedSource {
            connection: source.connection,
            failures: source.failures,
            why: source.last_error.as_ref().map(|(_, why)| why.clone()),
            degraded: source.is_degraded,
            rejected_messages: source.rejections_by_reason.clone(),
            rejected_statistics: (source.subscription_stats.as_ref())
                .map_or_else(Vec::new, |all| all.rejected.clone()),
        };
        (source.id.clone(), seen)
    });
    sources.collect()
}

fn log_changes(
    told: &mut BTreeMap<SourceId, LoggedSource>,
    sources: Vec<(SourceId, ObservedSource)>,
) {
    told.retain(|id, _| sources.iter().any(|(seen, _)| seen == id));
    for (id, seen) in sources {
        let before = told.entry(id.clone()).or_insert_with(|| LoggedSource {
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
        before.log_source(&id, seen);
    }
}

impl LoggedSource {
    fn log_source(&mut self, id: &SourceId, seen: ObservedSource) {
        self.log_connection(id, &seen);
        let is_settled = self
            .quality_logged
            .is_none_or(|at| LOG_INTERVAL_MIN <= at.elapsed());
        if self.observed.degraded != seen.degraded && is_settled {
            self.quality_logged = Some(Instant::now());
            self.observed.degraded = seen.degraded;
            if seen.degraded {
                warn!(
                    source.name = %id,
                    "Over 10% of messages in the last minute couldn't be read in full"
                );
            } else {
                info!(source.name = %id, "Messages can be read again");
            }
        }
        let known = std::mem::replace(
            &mut self.observed.rejected_statistics,
            seen.rejected_statistics,
        );
        for (statistic, why) in self
            .observed
            .rejected_statistics
            .iter()
            .filter(|one| !known.contains(one))
        {
            warn!(source.name = %id, "{statistic} was rejected and stays unknown: {why}");
        }
        let is_time = self
            .reported
            .is_none_or(|at| LOG_INTERVAL_MIN <= at.elapsed());
        let more = new_rejections(&self.observed.rejected_messages, &seen.rejected_messages);
        if is_time && !more.is_empty() {
            self.reported = Some(Instant::now());
            warn!(source.name = %id, "Couldn't read messages: {more}");
            self.observed.rejected_messages = seen.rejected_messages;
        }
    }
}

impl LoggedSource {
    fn log_connection(&mut self, id: &SourceId, seen: &ObservedSource) {
        if self.observed.failures != seen.failures {
            self.observed.failures = seen.failures;
            self.logged_states.clear();
            self.lost_since = None;
        }
        if matches!(
            seen.connection,
            ConnectionState::Connecting | ConnectionState::Disconnected
        ) {
            self.log_loss(id, seen);
        } else if self.observed.connection != seen.connection {
            self.lost_since = None;
            // Whatever follows a silence is news.
            if seen.connection == ConnectionState::Silent {
                self.logged_states.clear();
            }
            if !self.logged_states.contains(&seen.connection) {
                self.logged_states.push(seen.connection);
                match seen.connection {
                    ConnectionState::CatchingUp => {
                        info!(source.name = %id, "Connected, processing queued messages");
                    }
                    ConnectionState::Silent => warn!(
                        source.name = %id,
                        "Connected, but not responding, even to requests"
                    ),
                    _ => info!(source.name = %id, "Connected, live"),
                }
            }
        }
        self.observed.connection = seen.connection;
    }

    /// Each attempt to connect again brings us here, so that no clock is needed.
    fn log_loss(&mut self, id: &SourceId, seen: &ObservedSource) {
        if self.logged_states.is_empty() {
            return;
        }
        let lost = *self.lost_since.get_or_insert_with(Instant::now);
        if LOSS_LOGGED_AFTER <= lost.elapsed() {
            self.logged_states.clear();
            self.lost_since = None;
            let why = seen.why.as_deref().unwrap_or("no reason given");
            warn!(source.name = %id, "Disconnected again, retrying: {why}");
        }
    }
}

/// What was rejected since, by reason.
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
