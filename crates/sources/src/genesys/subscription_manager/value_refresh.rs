//! Requests for values of existing subscriptions: after a connection was lost, where
//! notifications are suspect, and for each once a minute, because any may have been lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    genesys::{
        GenesysMode,
        envelope::{ApiEnvelope, SubscriptionId},
        error::GenesysError,
        statistic_registry::{LogicalTime, StatisticIndex, ValueVerdict},
    },
    supervisor::error_sentence,
};
use wallboard_domain::{Discontinuity, SourceDiagnostic};

use super::{CONCURRENT_REQUESTS, SubscriptionManager, SubscriptionPhase, batches};

/// Each subscription is refreshed at least this often, one after the other. If the vendor
/// has lost them all, that is noticed in a fraction of this time.
const REFRESH_EVERY: Duration = Duration::from_secs(50);
/// The delay in which suspect notifications are collected.
const SUSPECT_DELAY: Duration = Duration::from_secs(1);
/// The shortest time between requests for suspects.
const SUSPECT_RETRY: Duration = Duration::from_secs(5);
/// The most statistics in one URL, which must stay below the limits of proxies.
const IDS_PER_REQUEST_MAX: usize = 40;
const TRIES: u32 = 3;

/// A request for the values of a subscription.
#[derive(Clone, Debug)]
pub(crate) struct ValueRefresh {
    pub(super) subscription: Uuid,
    /// The vendor's id of the subscription.
    pub(crate) id: SubscriptionId,
    members: Vec<StatisticIndex>,
    /// Statistics to request; empty for all of the subscription.
    pub(crate) statistic_ids: Vec<Uuid>,
    requested_at: LogicalTime,
    tries: u32,
    pub(super) not_before: Instant,
    /// The connection isn't caught up before this is answered.
    pub(super) blocks_catch_up: bool,
    /// The vendor has yet to send a first value: a missing one means nothing.
    is_first: bool,
}

impl SubscriptionManager {
    /// Requests all values of all subscriptions.
    pub(super) fn refresh_all(&mut self, now: Instant) {
        let all: Vec<(Uuid, Vec<StatisticIndex>)> = self
            .confirmed
            .iter()
            .map(|(operation, confirmed)| (*operation, confirmed.members.iter().copied().collect()))
            .collect();
        for (subscription, indexes) in all {
            self.queue_refresh(subscription, &indexes, now, false);
        }
    }

    /// Requests values that the vendor didn't have immediately.
    pub(super) fn refresh_accepted(
        &mut self,
        subscription: Uuid,
        indexes: Vec<StatisticIndex>,
        at: Instant,
    ) {
        let lacks_value = |index: &StatisticIndex| !self.registry.has_value(*index);
        let missing: Vec<StatisticIndex> = indexes.into_iter().filter(lacks_value).collect();
        if !missing.is_empty() {
            self.queue_refresh(subscription, &missing, at, true);
        }
    }

    fn queue_refresh(
        &mut self,
        subscription: Uuid,
        indexes: &[StatisticIndex],
        at: Instant,
        is_first: bool,
    ) {
        let Some(confirmed) = self.confirmed.get(&subscription) else {
            return;
        };
        let id = SubscriptionId::clone(&confirmed.id);
        let total = confirmed.members.len();
        let is_all = indexes.len() * 4 > total;
        let size = if is_all {
            indexes.len().max(1)
        } else {
            IDS_PER_REQUEST_MAX
        };
        for chunk in indexes.chunks(size) {
            let ids = chunk
                .iter()
                .filter_map(|index| self.registry.statistic_id(*index));
            self.refreshes.push_back(ValueRefresh {
                subscription,
                id: id.clone(),
                statistic_ids: if is_all { Vec::new() } else { ids.collect() },
                members: chunk.to_vec(),
                requested_at: self.registry.logical_now(),
                tries: 0,
                not_before: at,
                blocks_catch_up: self.phase == SubscriptionPhase::CatchingUp,
                is_first,
            });
        }
    }

    pub(super) fn next_refresh(&mut self, now: Instant) -> Option<ValueRefresh> {
        let at = self
            .refreshes
            .iter()
            .position(|refresh| refresh.not_before <= now)?;
        let mut refresh = self.refreshes.remove(at)?;
        refresh.requested_at = self.registry.logical_now();
        Some(refresh)
    }

    pub(super) fn on_refreshed(
        &mut self,
        refresh: &ValueRefresh,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        let mut missing: BTreeSet<StatisticIndex> = refresh.members.iter().copied().collect();
        for reported in envelope.reported_values() {
            let verdict = self.registry.on_answer(&reported, refresh.requested_at);
            let (ValueVerdict::New(index) | ValueVerdict::Same(index) | ValueVerdict::Old(index)) =
                verdict
            else {
                continue;
            };
            missing.remove(&index);
            match (&reported.fault, &reported.value) {
                (Some(fault), None) => self.reject_statistic(index, fault, now),
                _ if matches!(verdict, ValueVerdict::New(_)) => {
                    self.report_value(index, &reported, "statistic-values", Duration::ZERO);
                }
                _ => {}
            }
        }
        let is_current = |index: &StatisticIndex| {
            self.registry.subscription_id(*index) == Some(refresh.subscription)
        };
        let missing: Vec<StatisticIndex> = missing.into_iter().filter(is_current).collect();
        let mut lost = Vec::new();
        for index in missing {
            if !refresh.is_first {
                self.forget_statistic(index);
                lost.push(index);
            }
            if !self.registry.has_value(index) || !refresh.is_first {
                self.report_unknown(index);
            }
        }
        self.queue_batches(&lost, false, now);
    }

    pub(super) fn on_refresh_failed(
        &mut self,
        mut refresh: ValueRefresh,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        if !self.confirmed.contains_key(&refresh.subscription) {
            return Ok(());
        }
        if error.is_request_fault() {
            if refresh.is_first {
                // Such values can't be requested here; they arrive when they change.
                refresh
                    .members
                    .iter()
                    .for_each(|index| self.report_unknown(*index));
                return Ok(());
            }
            // It is unknown when it was lost, so no value is up to date.
            self.outbox.put_diagnostic(SourceDiagnostic::Failed {
                why: format!("The vendor lost a subscription; subscribing again to all ({error})"),
            });
            self.begin_session(Discontinuity::Session, now);
            return Ok(());
        }
        refresh.tries += 1;
        if refresh.tries >= TRIES {
            match (self.phase, &error) {
                (SubscriptionPhase::CatchingUp, _)
                | (_, GenesysError::NoAnswer(..) | GenesysError::Unreachable { .. }) => {
                    return Err(error);
                }
                // The notice of its unavailability may have been lost.
                (_, GenesysError::Status { status: 503, .. }) => {
                    self.become_unavailable(error_sentence(&error), batches::UNAVAILABLE_POLL, now);
                    return Ok(());
                }
                _ => {}
            }
        }
        refresh.not_before = now + batches::retry_pause(refresh.tries, &error);
        self.refreshes.push_back(refresh);
        Ok(())
    }

    /// Requests the values of one more subscription; when polling, begins a new poll round
    /// unless one is still running.
    pub(super) fn on_reconcile(&mut self, now: Instant) {
        self.next_reconcile = now + self.reconcile_interval();
        match self.mode {
            GenesysMode::Subscribe if self.refreshes.len() < CONCURRENT_REQUESTS => {
                self.refresh_next(now);
            }
            GenesysMode::Subscribe => {}
            GenesysMode::Poll(_) if self.has_batches() => {}
            GenesysMode::Poll(_) => {
                self.has_success = false;
                self.failures = 0;
                self.request_missing(now);
            }
        }
    }

    fn refresh_next(&mut self, now: Instant) {
        let after = self
            .last_reconciled
            .map_or(Bound::Unbounded, Bound::Excluded);
        let later = self.confirmed.range((after, Bound::Unbounded));
        let in_turn = later.chain(&self.confirmed).next();
        let in_turn = in_turn.map(|(operation, confirmed)| (*operation, confirmed.members.clone()));
        if let Some((subscription, members)) = in_turn {
            self.last_reconciled = Some(subscription);
            let members = Vec::from_iter(members);
            self.queue_refresh(subscription, &members, now, false);
        }
    }

    pub(super) fn reconcile_interval(&self) -> Duration {
        match self.mode {
            GenesysMode::Subscribe => {
                let all = u32::try_from(self.confirmed.len()).unwrap_or(u32::MAX);
                (REFRESH_EVERY / all.max(1)).mul_f64(rand::random_range(0.8..1.0))
            }
            GenesysMode::Poll(interval) => interval.mul_f64(rand::random_range(0.9..1.1)),
        }
    }

    /// Notes a notification older than the current value: it came late, or the vendor's
    /// clock was set back, and then it is correct.
    pub(super) fn suspect_value(&mut self, index: StatisticIndex, now: Instant) {
        if self.suspects.is_empty() {
            self.recheck_at = self.recheck_at.max(now + SUSPECT_DELAY);
        }
        self.suspects.insert(index);
    }

    pub(super) fn recheck_suspects(&mut self, now: Instant) {
        self.recheck_at = now + SUSPECT_RETRY;
        let mut by_subscription: BTreeMap<Uuid, Vec<StatisticIndex>> = BTreeMap::new();
        for index in std::mem::take(&mut self.suspects) {
            if let Some(subscription) = self.registry.subscription_id(index)
                && self.confirmed.contains_key(&subscription)
            {
                by_subscription.entry(subscription).or_default().push(index);
            }
        }
        for (subscription, indexes) in by_subscription {
            self.queue_refresh(subscription, &indexes, now, false);
        }
    }

    fn forget_statistic(&mut self, index: StatisticIndex) {
        if let Some(subscription) = self.registry.subscription_id(index)
            && let Some(confirmed) = self.confirmed.get_mut(&subscription)
        {
            confirmed.members.remove(&index);
        }
        self.registry.unregister_statistic(index);
    }
}
