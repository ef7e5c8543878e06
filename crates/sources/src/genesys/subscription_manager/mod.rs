//! Tracks what is requested of the vendor, what has arrived, and whether it is up to date.
//! Does no I/O: the caller fetches jobs, and brings outcomes, notifications and the time.

mod api_job;
mod availability;
mod batches;
#[cfg(test)]
mod bytes_tests;
mod catch_up;
mod error_attribution;
#[cfg(test)]
mod property_tests;
mod rejections;
mod reported_values;
#[cfg(test)]
mod tests;
mod unsubscribes;
mod value_refresh;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

use crate::statserver::StatusTable;
use wallboard_domain::{Discontinuity, SourceDiagnostic, SourceId, SubscriptionStats};

use super::{
    GenesysMode, GenesysSettings, GenesysStatistic,
    envelope::{ApiEnvelope, SubscriptionId},
    error::GenesysError,
    notification::Notification,
    outbox::Outbox,
    statistic_registry::{StatisticIndex, StatisticRegistry},
};

use api_job::ConfirmedSubscription;
pub(super) use api_job::{ApiJob, JobTicket};
pub(super) use batches::StatisticBatch;
use rejections::StatisticRejections;
pub(super) use value_refresh::ValueRefresh;

/// Requests in flight at once.
const CONCURRENT_REQUESTS: usize = 4;
/// The pause after an unsubscribe failed.
const UNSUBSCRIBE_RETRY: Duration = Duration::from_secs(30);
/// After this many failures without a success, the cause isn't a single statistic.
const FAILURES_MAX: u32 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubscriptionPhase {
    /// No connection to the vendor.
    Off,
    /// The service is unavailable, though the connection is up; it is probed at `probe_at`.
    Unavailable {
        probe_at: Instant,
    },
    CatchingUp,
    Live,
}

#[derive(Debug)]
pub(super) struct SubscriptionManager {
    pub(super) outbox: Outbox,
    statistics: Arc<[GenesysStatistic]>,
    states: Arc<StatusTable>,
    mode: GenesysMode,
    chunk: usize,
    source: SourceId,
    registry: StatisticRegistry,
    phase: SubscriptionPhase,
    /// Increases whenever all running work becomes void.
    epoch: u64,
    ticket_count: u64,
    under_way: BTreeMap<JobTicket, ApiJob>,
    batches: VecDeque<StatisticBatch>,
    refreshes: VecDeque<ValueRefresh>,
    unsubscribes: VecDeque<SubscriptionId>,
    /// No subscription is ended before this time.
    unsubscribe_after: Instant,
    /// By the operation that created them.
    confirmed: BTreeMap<Uuid, ConfirmedSubscription>,
    rejections: StatisticRejections,
    invalid_values: BTreeSet<StatisticIndex>,
    /// Statistics whose notifications seem old: the vendor's clock may have been set back.
    suspects: BTreeSet<StatisticIndex>,
    /// The time to request the next subscription's values (when polling: all), and the last
    /// subscription requested.
    next_reconcile: Instant,
    last_reconciled: Option<Uuid>,
    /// The time to request the values of suspects.
    recheck_at: Instant,
    /// The time of the last success.
    last_success: Instant,
    /// Whether anything succeeded since the last catch-up or poll round began, and how
    /// often requests failed.
    has_success: bool,
    failures: u32,
    /// When polling: why the last request was never answered.
    silence: Option<String>,
    /// The catch-up that is reported with the first answer: a server that hangs is disconnected.
    unreported_catch_up: Option<Discontinuity>,
    /// Consecutive times that the vendor failed at subscriptions without a single success.
    failed_runs: u32,
    has_received: bool,
}

impl SubscriptionManager {
    pub(super) fn new(
        settings: &GenesysSettings,
        statistics: Arc<[GenesysStatistic]>,
        now: Instant,
    ) -> Self {
        Self {
            outbox: Outbox::new(settings.id.clone()),
            states: Arc::new(StatusTable::new(&settings.states, &settings.reasons)),
            mode: settings.mode,
            chunk: settings.chunk.max(1),
            source: settings.id.clone(),
            registry: StatisticRegistry::new(statistics.len()),
            phase: SubscriptionPhase::Off,
            epoch: 0,
            ticket_count: 0,
            under_way: BTreeMap::new(),
            batches: VecDeque::new(),
            refreshes: VecDeque::new(),
            unsubscribes: VecDeque::new(),
            unsubscribe_after: now,
            confirmed: BTreeMap::new(),
            rejections: StatisticRejections::default(),
            invalid_values: BTreeSet::new(),
            suspects: BTreeSet::new(),
            next_reconcile: now,
            last_reconciled: None,
            recheck_at: now,
            last_success: now,
            has_success: false,
            failures: 0,
            silence: None,
            unreported_catch_up: None,
            failed_runs: 0,
            has_received: false,
            statistics,
        }
    }

    /// Begins a session on a connection without subscriptions.
    pub(super) fn begin_session(&mut self, discontinuity: Discontinuity, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.confirmed).into_values() {
            self.queue_unsubscribe(subscription.id);
        }
        self.registry.unregister_all();
        self.begin_catch_up(discontinuity, now);
        self.request_all(now);
        self.finish_catch_up(now);
    }

    /// Resumes a session that the vendor still knows. Notifications in between may be lost.
    pub(super) fn resume_session(&mut self, now: Instant) {
        if matches!(self.phase, SubscriptionPhase::Unavailable { .. })
            || self.mode != GenesysMode::Subscribe
        {
            return self.begin_session(Discontinuity::Unavailable, now);
        }
        self.drop_work();
        self.registry.invalidate_all();
        self.begin_catch_up(Discontinuity::Upstream, now);
        self.refresh_all(now);
        self.request_all(now);
        self.finish_catch_up(now);
    }

    /// Drops the work of a lost connection.
    pub(super) fn mark_lost(&mut self) {
        self.drop_work();
        self.outbox.clear_alive();
        if !matches!(self.phase, SubscriptionPhase::Unavailable { .. }) {
            self.phase = SubscriptionPhase::Off;
        }
    }

    /// Replies on the connection no longer show in time that it's alive.
    pub(super) fn expect_no_sign_of_life(&mut self) {
        match self.phase {
            SubscriptionPhase::Live => self.outbox.withdraw_alive(true),
            SubscriptionPhase::CatchingUp => self.outbox.withdraw_alive(false),
            SubscriptionPhase::Off | SubscriptionPhase::Unavailable { .. } => {
                self.outbox.clear_alive();
            }
        }
    }

    /// Releases all subscriptions at the vendor, and returns the ids.
    pub(super) fn release_all(&mut self) -> Vec<SubscriptionId> {
        self.drop_work();
        self.phase = SubscriptionPhase::Off;
        self.registry.unregister_all();
        let confirmed = std::mem::take(&mut self.confirmed);
        let mut all: Vec<SubscriptionId> = std::mem::take(&mut self.unsubscribes).into();
        all.extend(confirmed.into_values().map(|subscription| subscription.id));
        all
    }

    /// The current epoch. Jobs of another epoch needn't be finished.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the next job, if one is due and a request slot is free.
    pub(super) fn next_job(&mut self, now: Instant) -> Option<(JobTicket, ApiJob)> {
        if self.under_way.len() >= CONCURRENT_REQUESTS || self.phase == SubscriptionPhase::Off {
            return None;
        }
        let job = match self.phase {
            SubscriptionPhase::Unavailable { probe_at } => {
                let is_due = probe_at <= now && self.under_way.is_empty();
                is_due.then(|| self.next_batch(now))?.map(ApiJob::Request)?
            }
            _ => self
                .next_batch(now)
                .map(ApiJob::Request)
                .or_else(|| self.next_refresh(now).map(ApiJob::Refresh))
                .or_else(|| self.next_unsubscribe(now).map(ApiJob::Unsubscribe))?,
        };
        self.ticket_count += 1;
        let ticket = JobTicket {
            epoch: self.epoch,
            number: self.ticket_count,
        };
        self.under_way.insert(ticket, job.clone());
        Some((ticket, job))
    }

    /// Applies the outcome of a job. An error that it returns ends the connection.
    pub(super) fn on_outcome(
        &mut self,
        ticket: JobTicket,
        outcome: Result<ApiEnvelope, GenesysError>,
        now: Instant,
    ) -> Result<(), GenesysError> {
        let Some(job) = self.under_way.remove(&ticket) else {
            return Ok(());
        };
        match (&job, &outcome) {
            (ApiJob::Unsubscribe(subscription), outcome) => {
                if outcome
                    .as_ref()
                    .is_err_and(|error| !error.is_request_fault())
                {
                    self.queue_unsubscribe(SubscriptionId::clone(subscription));
                    self.unsubscribe_after = now + UNSUBSCRIBE_RETRY;
                }
                return Ok(());
            }
            (_, Err(error)) if error.is_final() => return Err(error.clone()),
            (_, Ok(_)) => {
                self.on_answer();
                self.has_received = true;
                self.last_success = now;
                self.has_success = true;
                self.failed_runs = 0;
            }
            (_, Err(error)) => {
                self.failures += 1;
                self.on_error(error);
            }
        }
        match (job, outcome) {
            (ApiJob::Request(batch), Ok(envelope)) => {
                self.on_batch_answered(&batch, &envelope, now);
            }
            (ApiJob::Request(batch), Err(error)) => self.on_batch_failed(batch, error, now)?,
            (ApiJob::Refresh(refresh), Ok(envelope)) => self.on_refreshed(&refresh, &envelope, now),
            (ApiJob::Refresh(refresh), Err(error)) => {
                self.on_refresh_failed(refresh, error, now)?;
            }
            (ApiJob::Unsubscribe(_), _) => {}
        }
        self.finish_catch_up(now);
        Ok(())
    }

    /// Applies a notification of the vendor.
    pub(super) fn on_notification(&mut self, notification: Notification, now: Instant) {
        match notification {
            Notification::Values(values) => values
                .iter()
                .for_each(|reported| self.on_value(reported, now)),
            Notification::Unavailable => self.on_unavailable(now),
            Notification::Available => self.on_available(now),
            Notification::Malformed(why) => {
                self.outbox.put_diagnostic(SourceDiagnostic::Rejected {
                    event: "notification".to_owned(),
                    why,
                    case: None,
                });
            }
            Notification::Unknown(event) => self
                .outbox
                .put_diagnostic(SourceDiagnostic::Ignored { event }),
        }
    }

    /// The next time when `on_timer` has something to do.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let is_free = self.under_way.len() < CONCURRENT_REQUESTS;
        let work = match self.phase {
            SubscriptionPhase::Off => return None,
            SubscriptionPhase::Unavailable { probe_at } => {
                let may_probe = self.under_way.is_empty() && !self.batches.is_empty();
                return may_probe.then_some(probe_at);
            }
            _ if !is_free => None,
            _ => {
                let batches = self.batches.iter().map(|batch| batch.not_before);
                let refreshes = self.refreshes.iter().map(|refresh| refresh.not_before);
                batches.chain(refreshes).min()
            }
        };
        let suspects = (!self.suspects.is_empty()).then_some(self.recheck_at);
        let reconcile = (self.phase == SubscriptionPhase::Live).then_some(self.next_reconcile);
        let stale = self.stale_at();
        let may_unsubscribe =
            is_free && self.phase == SubscriptionPhase::Live && !self.is_unsubscribing();
        let unsubscribe =
            (may_unsubscribe && !self.unsubscribes.is_empty()).then_some(self.unsubscribe_after);
        let dues = [
            work,
            suspects,
            reconcile,
            stale,
            unsubscribe,
            self.rejections.next_due(),
        ];
        dues.into_iter().flatten().min()
    }

    pub(super) fn on_timer(&mut self, now: Instant) {
        match self.phase {
            SubscriptionPhase::Off | SubscriptionPhase::Unavailable { .. } => return,
            SubscriptionPhase::Live if self.stale_at().is_some_and(|at| at <= now) => {
                self.report_silence("The request for values isn't answered".to_owned());
                self.begin_catch_up(Discontinuity::Upstream, now);
            }
            SubscriptionPhase::Live if self.next_reconcile <= now => self.on_reconcile(now),
            SubscriptionPhase::Live | SubscriptionPhase::CatchingUp => {}
        }
        if !self.suspects.is_empty() && self.recheck_at <= now {
            self.recheck_suspects(now);
        }
        let due = self.rejections.take_due(now);
        self.queue_batches(&due, true, now);
    }

    /// The stats of the subscriptions, without what only the session knows.
    pub(super) fn subscription_stats(&self) -> SubscriptionStats {
        let name = |index: StatisticIndex| -> Arc<str> {
            let statistic = &self.statistics[index as usize].statistic;
            format!("{} of {}", statistic.name, statistic.object).into()
        };
        let rejected = self.rejections.iter().take(SubscriptionStats::MAX_REJECTED);
        let invalid = self.invalid_values.iter();
        SubscriptionStats {
            subscriptions: self.confirmed.len(),
            statistics: self.statistics.len(),
            invalid: invalid
                .filter(|index| !self.rejections.contains(**index))
                .count(),
            rejected: rejected.map(|(index, why)| (name(index), why)).collect(),
            rejected_count: self.rejections.len(),
            ..SubscriptionStats::default()
        }
    }

    /// Whether a value came since the last call.
    pub(super) fn take_received(&mut self) -> bool {
        std::mem::take(&mut self.has_received)
    }

    /// Ends all running and queued work.
    fn drop_work(&mut self) {
        self.epoch += 1;
        for (_, job) in std::mem::take(&mut self.under_way) {
            match job {
                ApiJob::Request(batch) => self.abandon_batch(&batch),
                ApiJob::Unsubscribe(subscription) => self.queue_unsubscribe(subscription),
                ApiJob::Refresh(_) => {}
            }
        }
        self.batches.clear();
        self.refreshes.clear();
    }
}

/// Returns a random 50 to 150% of the pause.
fn with_jitter(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.5..1.5))
}
