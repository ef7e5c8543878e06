//! What is asked of the vendor, what has come back, and how far it can be trusted.
//! It does no I/O: whoever works here fetches jobs and brings their outcomes, and
//! says what was notified and what time it is.

mod batches;
#[cfg(test)]
mod bytes_tests;
mod error_attribution;
#[cfg(test)]
mod property_tests;
mod rejections;
#[cfg(test)]
mod tests;
mod value_refresh;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    domain::{
        ConnectionEvent, Discontinuity, Fact, SourceDiagnostic, SourceId, SubscriptionStats,
        Update, ValueAge, VendorReport,
    },
    sources::statserver::{self, StatusTable},
};

use super::{
    GenesysMode, GenesysSettings, GenesysStatistic,
    envelope::{ApiEnvelope, ReportedValue, SubscriptionId},
    error::GenesysError,
    notification::Notification,
    outbox::Outbox,
    statistic_registry::{StatisticIndex, StatisticRegistry, ValueVerdict},
    uuid::Uuid,
};

pub(super) use batches::StatisticBatch;
use rejections::StatisticRejections;
pub(super) use value_refresh::ValueRefresh;

/// How many requests are under way at once.
const CONCURRENT_REQUESTS: usize = 4;
/// A service that says that it is away is asked so often whether it is back, lest its
/// word for that is lost.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(15);
/// How many subscriptions are remembered to be ended.
const UNSUBSCRIBES_MAX: usize = 1024;
/// After one that could not be ended.
const UNSUBSCRIBE_RETRY: Duration = Duration::from_secs(30);
/// Without a single success after so many failures, it is not this or that statistic.
const FAILURES_MAX: u32 = 16;

/// Something to ask of the vendor.
#[derive(Clone, Debug)]
pub(super) enum ApiJob {
    /// A subscription; when polling, a question.
    Request(StatisticBatch),
    Refresh(ValueRefresh),
    Unsubscribe(SubscriptionId),
}

/// A subscription that the vendor has confirmed.
#[derive(Debug)]
struct ConfirmedSubscription {
    id: SubscriptionId,
    members: BTreeSet<StatisticIndex>,
}

/// A job that is under way, and in which state of things it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct JobTicket {
    epoch: u64,
    number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubscriptionPhase {
    /// There is no line to the vendor.
    Off,
    /// The service is away, though the line stands; it is asked at that time.
    Unavailable {
        knock: Instant,
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
    /// Rises whenever all that was under way is worth nothing any more.
    epoch: u64,
    ticket_count: u64,
    under_way: BTreeMap<JobTicket, ApiJob>,
    batches: VecDeque<StatisticBatch>,
    refreshes: VecDeque<ValueRefresh>,
    unsubscribes: VecDeque<SubscriptionId>,
    /// No subscription is ended before.
    unsubscribe_after: Instant,
    /// By the operation that made them.
    confirmed: BTreeMap<Uuid, ConfirmedSubscription>,
    rejections: StatisticRejections,
    invalid_values: BTreeSet<StatisticIndex>,
    /// Statistics whose notifications seem to be old: the vendor's clock may have been set back.
    suspects: BTreeSet<StatisticIndex>,
    /// When the next subscription's values (when polling: all) are asked for, and which
    /// were last.
    next_reconcile: Instant,
    last_reconciled: Option<Uuid>,
    /// When values in doubt are asked for.
    recheck_at: Instant,
    /// When anything was last answered well.
    last_success: Instant,
    /// Whether anything was answered well since all began anew, and what was not.
    has_success: bool,
    failures: u32,
    /// How often in a row the vendor failed at subscriptions without a single success.
    failed_runs: u32,
    has_received: bool,
}

impl SubscriptionManager {
    pub(super) fn new(
        settings: &GenesysSettings,
        asked: Arc<[GenesysStatistic]>,
        now: Instant,
    ) -> Self {
        Self {
            outbox: Outbox::new(settings.id.clone()),
            states: Arc::new(StatusTable::new(&settings.states, &settings.reasons)),
            mode: settings.mode,
            chunk: settings.chunk.max(1),
            source: settings.id.clone(),
            registry: StatisticRegistry::new(asked.len()),
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
            failed_runs: 0,
            has_received: false,
            statistics: asked,
        }
    }

    /// A line to the vendor stands on which nothing is subscribed to yet.
    pub(super) fn begin_session(&mut self, broken: Discontinuity, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.confirmed).into_values() {
            self.queue_unsubscribe(subscription.id);
        }
        self.registry.unregister_all();
        self.begin_catch_up(broken, now);
        self.request_all(now);
        self.finish_catch_up(now);
    }

    /// The line stands again, and the vendor still knows us: but what was told in
    /// between may be lost.
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

    /// The work of a line that is lost.
    pub(super) fn mark_lost(&mut self) {
        self.drop_work();
        if !matches!(self.phase, SubscriptionPhase::Unavailable { .. }) {
            self.phase = SubscriptionPhase::Off;
        }
    }

    /// All that the vendor holds for us; nothing is held after it.
    pub(super) fn release_all(&mut self) -> Vec<SubscriptionId> {
        self.drop_work();
        self.phase = SubscriptionPhase::Off;
        self.registry.unregister_all();
        let standing = std::mem::take(&mut self.confirmed);
        let mut all: Vec<SubscriptionId> = std::mem::take(&mut self.unsubscribes).into();
        all.extend(standing.into_values().map(|subscription| subscription.id));
        all
    }

    /// Jobs of another epoch need not be finished.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The next thing to ask, if it is time and a hand is free.
    pub(super) fn next_job(&mut self, now: Instant) -> Option<(JobTicket, ApiJob)> {
        if self.under_way.len() >= CONCURRENT_REQUESTS || self.phase == SubscriptionPhase::Off {
            return None;
        }
        let job = match self.phase {
            SubscriptionPhase::Unavailable { knock } => {
                let is_due = knock <= now && self.under_way.is_empty();
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

    /// Takes in what became of a job. What it returns ends the line.
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
                self.has_received = true;
                self.last_success = now;
                self.has_success = true;
                self.failed_runs = 0;
            }
            (_, Err(_)) => self.failures += 1,
        }
        match (job, outcome) {
            (ApiJob::Request(order), Ok(envelope)) => {
                self.on_batch_answered(&order, &envelope, now);
            }
            (ApiJob::Request(order), Err(error)) => self.on_batch_failed(order, error, now)?,
            (ApiJob::Refresh(peek), Ok(envelope)) => self.on_refreshed(&peek, &envelope, now),
            (ApiJob::Refresh(peek), Err(error)) => self.on_refresh_failed(peek, error, now)?,
            (ApiJob::Unsubscribe(_), _) => {}
        }
        self.finish_catch_up(now);
        Ok(())
    }

    /// Takes in what the vendor told by itself.
    pub(super) fn on_notification(&mut self, notice: Notification, now: Instant) {
        match notice {
            Notification::Values(values) => values.iter().for_each(|told| self.on_value(told, now)),
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

    /// When time alone will next ask for something to be done.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let is_free = self.under_way.len() < CONCURRENT_REQUESTS;
        let work = match self.phase {
            SubscriptionPhase::Off => return None,
            SubscriptionPhase::Unavailable { knock } => {
                let may_knock = self.under_way.is_empty() && !self.batches.is_empty();
                return may_knock.then_some(knock);
            }
            _ if !is_free => None,
            _ => {
                let orders = self.batches.iter().map(|order| order.not_before);
                let peeks = self.refreshes.iter().map(|peek| peek.not_before);
                orders.chain(peeks).min()
            }
        };
        let doubts = (!self.suspects.is_empty()).then_some(self.recheck_at);
        let reconcile = (self.phase == SubscriptionPhase::Live).then_some(self.next_reconcile);
        let silent = self.stale_at();
        let may_part = is_free && self.phase == SubscriptionPhase::Live && !self.is_unsubscribing();
        let parting = (may_part && !self.unsubscribes.is_empty()).then_some(self.unsubscribe_after);
        let dues = [
            work,
            doubts,
            reconcile,
            silent,
            parting,
            self.rejections.next_due(),
        ];
        dues.into_iter().flatten().min()
    }

    pub(super) fn on_timer(&mut self, now: Instant) {
        match self.phase {
            SubscriptionPhase::Off | SubscriptionPhase::Unavailable { .. } => return,
            SubscriptionPhase::Live if self.stale_at().is_some_and(|at| at <= now) => {
                self.begin_catch_up(Discontinuity::Upstream, now);
            }
            SubscriptionPhase::Live if self.next_reconcile <= now => self.on_reconcile(now),
            SubscriptionPhase::Live | SubscriptionPhase::CatchingUp => {}
        }
        if !self.suspects.is_empty() && self.recheck_at <= now {
            self.recheck_suspects(now);
        }
        let again = self.rejections.take_due(now);
        self.queue_batches(&again, true, now);
    }

    /// How the statistics fare. What only the session knows is left out.
    pub(super) fn subscription_stats(&self) -> SubscriptionStats {
        let name = |place: StatisticIndex| -> Arc<str> {
            let statistic = &self.statistics[place as usize].statistic;
            format!("{} of {}", statistic.name, statistic.object).into()
        };
        let refused = self.rejections.iter().take(SubscriptionStats::MAX_REJECTED);
        let invalid = self.invalid_values.iter();
        SubscriptionStats {
            subscriptions: self.confirmed.len(),
            statistics: self.statistics.len(),
            invalid: invalid
                .filter(|place| !self.rejections.contains(**place))
                .count(),
            rejected: refused.map(|(place, why)| (name(place), why)).collect(),
            rejected_count: self.rejections.len(),
            ..SubscriptionStats::default()
        }
    }

    /// Whether a value came since this was last asked.
    pub(super) fn take_received(&mut self) -> bool {
        std::mem::take(&mut self.has_received)
    }

    /// Whether the service says that it is not there.
    pub(super) fn is_unavailable(&self) -> bool {
        matches!(self.phase, SubscriptionPhase::Unavailable { .. })
    }

    fn begin_catch_up(&mut self, broken: Discontinuity, now: Instant) {
        let broken = Some(broken);
        self.outbox
            .put_connection_event(ConnectionEvent::CatchingUp { broken });
        self.phase = SubscriptionPhase::CatchingUp;
        self.has_success = false;
        self.failures = 0;
        self.suspects.clear();
        self.next_reconcile = now + self.reconcile_interval();
    }

    /// Whether something that matters is still to be answered.
    fn has_pending(&self) -> bool {
        let mut all = self.under_way.values();
        self.batches.iter().any(|order| !order.is_retry)
            || self.refreshes.iter().any(|peek| peek.blocks_catch_up)
            || all.any(|job| match job {
                ApiJob::Request(order) => !order.is_retry,
                ApiJob::Refresh(peek) => peek.blocks_catch_up,
                ApiJob::Unsubscribe(_) => false,
            })
    }

    /// Says that the line is whole once nothing that matters is missing.
    fn finish_catch_up(&mut self, now: Instant) {
        if self.phase == SubscriptionPhase::CatchingUp && !self.has_pending() {
            self.phase = SubscriptionPhase::Live;
            self.next_reconcile = now + self.reconcile_interval();
            self.outbox.put_connection_event(ConnectionEvent::Connected);
        }
    }

    fn on_unavailable(&mut self, now: Instant) {
        if !self.is_unavailable() && self.phase != SubscriptionPhase::Off {
            let why = "Genesys reports that its Statistics service is unavailable".to_owned();
            self.become_unavailable(why, UNAVAILABLE_RETRY, now);
        }
    }

    fn become_unavailable(&mut self, why: String, knock: Duration, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.confirmed).into_values() {
            self.queue_unsubscribe(subscription.id);
        }
        self.registry.unregister_all();
        self.outbox
            .put_connection_event(ConnectionEvent::Disconnected { why });
        self.phase = SubscriptionPhase::Unavailable {
            knock: now + with_jitter(knock),
        };
        self.request_all(now);
    }

    fn on_available(&mut self, now: Instant) {
        match self.phase {
            SubscriptionPhase::Off => {}
            SubscriptionPhase::Unavailable { .. } => {
                self.begin_session(Discontinuity::Unavailable, now);
            }
            // Its going away may have been lost: are the subscriptions still known?
            SubscriptionPhase::CatchingUp | SubscriptionPhase::Live => self.refresh_all(now),
        }
    }

    /// Ends all that is under way and in line.
    fn drop_work(&mut self) {
        self.epoch += 1;
        for (_, job) in std::mem::take(&mut self.under_way) {
            match job {
                ApiJob::Request(order) => self.abandon_batch(&order),
                ApiJob::Unsubscribe(subscription) => self.queue_unsubscribe(subscription),
                ApiJob::Refresh(_) => {}
            }
        }
        self.batches.clear();
        self.refreshes.clear();
    }

    /// A subscription that is not wanted any more, if it exists at all.
    pub(super) fn queue_unsubscribe(&mut self, subscription: SubscriptionId) {
        if self.mode == GenesysMode::Subscribe && self.unsubscribes.len() < UNSUBSCRIBES_MAX {
            self.unsubscribes.push_back(subscription);
        }
    }

    fn is_unsubscribing(&self) -> bool {
        let mut all = self.under_way.values();
        all.any(|job| matches!(job, ApiJob::Unsubscribe(_)))
    }

    fn next_unsubscribe(&mut self, now: Instant) -> Option<SubscriptionId> {
        if self.is_unsubscribing()
            || self.phase != SubscriptionPhase::Live
            || now < self.unsubscribe_after
        {
            return None;
        }
        // A vendor may give the same id again: then it is no longer the old one's.
        let stands = |id| self.confirmed.values().any(|standing| standing.id == id);
        while let Some(id) = self.unsubscribes.pop_front() {
            if !stands(SubscriptionId::clone(&id)) {
                return Some(id);
            }
        }
        None
    }

    /// For how long a value is trusted; `None` where the vendor tells what changes.
    fn value_validity(&self) -> Option<Duration> {
        match self.mode {
            GenesysMode::Subscribe => None,
            GenesysMode::Poll(interval) => Some(3 * interval + Duration::from_secs(10)),
        }
    }

    /// When no value is fresh any more, unless one of the questions under way is answered.
    fn stale_at(&self) -> Option<Instant> {
        let is_asking = self.phase == SubscriptionPhase::Live && self.has_pending();
        let holds = self.value_validity().filter(|_| is_asking)?;
        Some(self.last_success + holds)
    }

    fn on_value(&mut self, told: &ReportedValue, now: Instant) {
        self.has_received = true;
        match self.registry.on_notification(told) {
            ValueVerdict::New(place) => self.report_value(place, told, "StatisticUpdate"),
            ValueVerdict::Same(_) => {}
            ValueVerdict::Old(place) => self.suspect_value(place, now),
            ValueVerdict::Foreign => self.outbox.put_diagnostic(SourceDiagnostic::Ignored {
                event: "an unknown statistic".to_owned(),
            }),
        }
    }

    fn report_value(&mut self, place: StatisticIndex, told: &ReportedValue, event: &'static str) {
        let statistic = &self.statistics[place as usize].statistic;
        let stated = statistic.decode_value(told.value.as_deref(), &self.states);
        if statserver::is_known(&stated) {
            self.invalid_values.remove(&place);
        } else {
            self.invalid_values.insert(place);
        }
        let at = told
            .vendor_millis
            .and_then(|at| Timestamp::from_millisecond(at).ok());
        let statement = VendorReport {
            value: stated,
            age: ValueAge::Immediate,
            valid_for_ms: self.value_validity().map(to_millis),
        };
        let update = Update {
            source: self.source.clone(),
            event,
            at,
            fact: Fact::VendorReport(statistic.subject.clone(), statement),
            mistyped: 0,
        };
        self.outbox.put_update(place, update);
    }

    /// What is said of a statistic that the vendor gives no value of.
    fn report_unknown(&mut self, place: StatisticIndex) {
        self.report_value(place, &ReportedValue::default(), "StatisticUpdate");
        self.registry.invalidate_value(place);
    }
}

/// Half of it to one and a half.
fn with_jitter(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.5..1.5))
}

fn to_millis(of: Duration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX)
}
