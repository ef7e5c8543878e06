//! Values asked for of subscriptions that stand: after a line was cut, where
//! notifications are in doubt, and of each once a minute, for any may have been lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::{Discontinuity, SourceDiagnostic},
    sources::genesys::{
        GenesysMode,
        envelope::{ApiEnvelope, SubscriptionId},
        error::GenesysError,
        statistic_registry::{LogicalTime, StatisticIndex, ValueVerdict},
        uuid::Uuid,
    },
    sources::supervisor::error_sentence,
};

use super::{CONCURRENT_REQUESTS, SubscriptionManager, SubscriptionPhase, batches};

/// Each subscription is asked for its values so often at least, one after the other: that
/// the vendor no longer knows them is noticed in a part of it.
const REFRESH_EVERY: Duration = Duration::from_secs(50);
/// Notifications in doubt are gathered for so long.
const SUSPECT_DELAY: Duration = Duration::from_secs(1);
/// And not asked about more often than that.
const SUSPECT_RETRY: Duration = Duration::from_secs(5);
/// Statistics named in one address at most: it must stay below what proxies take.
const IDS_PER_REQUEST_MAX: usize = 40;
const TRIES: u32 = 3;

/// A question for the values of a subscription.
#[derive(Clone, Debug)]
pub(crate) struct ValueRefresh {
    pub(super) subscription: Uuid,
    /// The same as the vendor calls it.
    pub(crate) id: SubscriptionId,
    members: Vec<StatisticIndex>,
    /// What is asked for; none where it is all that the subscription has.
    pub(crate) statistic_ids: Vec<Uuid>,
    requested_at: LogicalTime,
    tries: u32,
    pub(super) not_before: Instant,
    /// The line is not whole before it is answered.
    pub(super) blocks_catch_up: bool,
    /// The vendor has yet to give a first value: that there is none means nothing.
    is_first: bool,
}

impl SubscriptionManager {
    /// Asks for all values of all subscriptions.
    pub(super) fn refresh_all(&mut self, now: Instant) {
        let all: Vec<(Uuid, Vec<StatisticIndex>)> = self
            .confirmed
            .iter()
            .map(|(own, standing)| (*own, standing.members.iter().copied().collect()))
            .collect();
        for (subscription, places) in all {
            self.queue_refresh(subscription, &places, now, false);
        }
    }

    /// Asks for values that the vendor did not have at once.
    pub(super) fn refresh_accepted(
        &mut self,
        subscription: Uuid,
        places: Vec<StatisticIndex>,
        at: Instant,
    ) {
        let is_unheard = |place: &StatisticIndex| !self.registry.has_value(*place);
        let unheard: Vec<StatisticIndex> = places.into_iter().filter(is_unheard).collect();
        if !unheard.is_empty() {
            self.queue_refresh(subscription, &unheard, at, true);
        }
    }

    fn queue_refresh(
        &mut self,
        subscription: Uuid,
        places: &[StatisticIndex],
        at: Instant,
        is_first: bool,
    ) {
        let Some(standing) = self.confirmed.get(&subscription) else {
            return;
        };
        let id = SubscriptionId::clone(&standing.id);
        let total = standing.members.len();
        let is_all = places.len() * 4 > total;
        let size = if is_all {
            places.len().max(1)
        } else {
            IDS_PER_REQUEST_MAX
        };
        for some in places.chunks(size) {
            let names = some
                .iter()
                .filter_map(|place| self.registry.statistic_id(*place));
            self.refreshes.push_back(ValueRefresh {
                subscription,
                id: id.clone(),
                statistic_ids: if is_all { Vec::new() } else { names.collect() },
                members: some.to_vec(),
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
            .position(|peek| peek.not_before <= now)?;
        let mut peek = self.refreshes.remove(at)?;
        peek.requested_at = self.registry.logical_now();
        Some(peek)
    }

    pub(super) fn on_refreshed(
        &mut self,
        peek: &ValueRefresh,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        let mut missing: BTreeSet<StatisticIndex> = peek.members.iter().copied().collect();
        for told in envelope.reported_values() {
            let verdict = self.registry.on_answer(&told, peek.requested_at);
            let (ValueVerdict::New(place) | ValueVerdict::Same(place) | ValueVerdict::Old(place)) =
                verdict
            else {
                continue;
            };
            missing.remove(&place);
            match (&told.fault, &told.value) {
                (Some(fault), None) => self.reject_statistic(place, fault, now),
                _ if matches!(verdict, ValueVerdict::New(_)) => {
                    self.report_value(place, &told, "statistic-values");
                }
                _ => {}
            }
        }
        let is_ours = |place: &StatisticIndex| {
            self.registry.subscription_id(*place) == Some(peek.subscription)
        };
        let missing: Vec<StatisticIndex> = missing.into_iter().filter(is_ours).collect();
        let mut lost = Vec::new();
        for place in missing {
            if !peek.is_first {
                self.forget_statistic(place);
                lost.push(place);
            }
            if !self.registry.has_value(place) || !peek.is_first {
                self.report_unknown(place);
            }
        }
        self.queue_batches(&lost, false, now);
    }

    pub(super) fn on_refresh_failed(
        &mut self,
        mut peek: ValueRefresh,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        if !self.confirmed.contains_key(&peek.subscription) {
            return Ok(());
        }
        if error.is_request_fault() {
            if peek.is_first {
                // Such values cannot be asked for here: they come when they change.
                peek.members
                    .iter()
                    .for_each(|place| self.report_unknown(*place));
                return Ok(());
            }
            // Since when it has been unknown is unknown too: nothing can be trusted.
            self.outbox.put_diagnostic(SourceDiagnostic::Failed {
                why: format!("The vendor lost a subscription; subscribing again to all ({error})"),
            });
            self.begin_session(Discontinuity::Session, now);
            return Ok(());
        }
        peek.tries += 1;
        if peek.tries >= TRIES {
            match (self.phase, &error) {
                (SubscriptionPhase::CatchingUp, _)
                | (_, GenesysError::NoAnswer(..) | GenesysError::Unreachable { .. }) => {
                    return Err(error);
                }
                // That it went away may have been told and lost.
                (_, GenesysError::Status { status: 503, .. }) => {
                    self.become_unavailable(error_sentence(&error), batches::UNAVAILABLE_POLL, now);
                    return Ok(());
                }
                _ => {}
            }
        }
        peek.not_before = now + batches::retry_pause(peek.tries, &error);
        self.refreshes.push_back(peek);
        Ok(())
    }

    /// Asks for the values of one more subscription; when polling, begins a new round
    /// unless one still is under way.
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
        let in_turn = in_turn.map(|(own, standing)| (*own, standing.members.clone()));
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

    /// A notification was older than what holds: a late one, or the vendor's clock was
    /// set back, and then it is the truth.
    pub(super) fn suspect_value(&mut self, place: StatisticIndex, now: Instant) {
        if self.suspects.is_empty() {
            self.recheck_at = self.recheck_at.max(now + SUSPECT_DELAY);
        }
        self.suspects.insert(place);
    }

    pub(super) fn recheck_suspects(&mut self, now: Instant) {
        self.recheck_at = now + SUSPECT_RETRY;
        let mut doubtful: BTreeMap<Uuid, Vec<StatisticIndex>> = BTreeMap::new();
        for place in std::mem::take(&mut self.suspects) {
            if let Some(subscription) = self.registry.subscription_id(place)
                && self.confirmed.contains_key(&subscription)
            {
                doubtful.entry(subscription).or_default().push(place);
            }
        }
        for (subscription, places) in doubtful {
            self.queue_refresh(subscription, &places, now, false);
        }
    }

    fn forget_statistic(&mut self, place: StatisticIndex) {
        if let Some(subscription) = self.registry.subscription_id(place)
            && let Some(standing) = self.confirmed.get_mut(&subscription)
        {
            standing.members.remove(&place);
        }
        self.registry.unregister_statistic(place);
    }
}
