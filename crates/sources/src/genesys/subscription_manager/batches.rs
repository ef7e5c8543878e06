//! Subscriptions (when polling: requests) in batches. One bad statistic affects only
//! itself: a batch that the vendor rejects is halved until it is found.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    genesys::{
        GenesysMode, StatisticReference,
        envelope::{ApiEnvelope, ReportedValue},
        error::GenesysError,
        statistic_registry::{LogicalTime, StatisticIndex, ValueVerdict},
    },
    supervisor::error_sentence,
};
use wallboard_domain::{Discontinuity, SourceDiagnostic};

use super::{
    ApiJob, ConfirmedSubscription, FAILURES_MAX, SubscriptionManager, SubscriptionPhase,
    error_attribution::{self, BatchMember},
    with_jitter,
};

const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Failures that may be the connection's fault, before the batch or the connection is given up.
const TRIES: u32 = 3;
/// The pause between probes of a service that isn't there yet.
pub(super) const UNAVAILABLE_POLL: Duration = Duration::from_secs(2);
/// The delay before statistics accepted without a value are requested.
const FIRST_VALUE_DELAY: Duration = Duration::from_secs(1);

/// Statistics that are requested together, by ids that are assigned when the batch goes out.
#[derive(Clone, Debug)]
pub(crate) struct StatisticBatch {
    pub(crate) subscription: Uuid,
    pub(crate) members: Vec<(StatisticIndex, Uuid)>,
    requested_at: LogicalTime,
    sent_at: Instant,
    tries: u32,
    pub(super) not_before: Instant,
    /// Holds statistics that were rejected before; the catch-up doesn't wait for it.
    pub(super) is_retry: bool,
}

impl StatisticBatch {
    fn member_indexes(&self) -> impl Iterator<Item = StatisticIndex> {
        self.members.iter().map(|(index, _)| *index)
    }

    fn retry_part(&self, members: &[(StatisticIndex, Uuid)]) -> Self {
        Self {
            members: members.to_vec(),
            // A batch that was tried often enough as a whole gets fewer tries in parts.
            tries: self.tries.min(TRIES - 1),
            ..self.clone()
        }
    }
}

impl SubscriptionManager {
    /// Requests all configured statistics; rejected ones separately, so that they spoil no others.
    pub(super) fn request_all(&mut self, now: Instant) {
        self.request_missing(now);
        let is_pointless = |index: StatisticIndex| {
            is_unpollable(self.mode, &self.statistics[index as usize].reference)
        };
        let rejected = self.rejections.take_all(is_pointless);
        self.queue_batches(&rejected, true, now);
    }

    /// Requests statistics that are neither subscribed to nor rejected.
    pub(super) fn request_missing(&mut self, now: Instant) {
        let all = 0..StatisticIndex::try_from(self.statistics.len()).unwrap_or(StatisticIndex::MAX);
        let mut missing = Vec::new();
        for index in all {
            let is_unpollable =
                is_unpollable(self.mode, &self.statistics[index as usize].reference);
            if is_unpollable {
                let why = "a statistic by definition can't be polled: use the `name` of one configured at Genesys, or set `mode = \"subscribe\"`";
                if self.rejections.add_permanent(index, why) {
                    self.report_rejection(index, why);
                }
            }
            if self.rejections.contains(index) {
                self.report_unknown(index);
            } else if self.registry.statistic_id(index).is_none() {
                missing.push(index);
            }
        }
        self.queue_batches(&missing, false, now);
    }

    pub(super) fn queue_batches(
        &mut self,
        indexes: &[StatisticIndex],
        is_retry: bool,
        now: Instant,
    ) {
        for chunk in indexes.chunks(self.chunk) {
            let unassigned = Uuid::new_v4();
            self.batches.push_back(StatisticBatch {
                subscription: unassigned,
                members: chunk.iter().map(|index| (*index, unassigned)).collect(),
                requested_at: self.registry.logical_now(),
                sent_at: now,
                tries: 0,
                not_before: now,
                is_retry,
            });
        }
    }

    /// Returns the next batch that may go out, under new ids.
    pub(super) fn next_batch(&mut self, now: Instant) -> Option<StatisticBatch> {
        let at = self
            .batches
            .iter()
            .position(|batch| batch.not_before <= now)?;
        let mut batch = self.batches.remove(at)?;
        batch.requested_at = self.registry.logical_now();
        batch.sent_at = now;
        if self.mode == GenesysMode::Subscribe {
            batch.subscription = Uuid::new_v4();
            for (index, id) in &mut batch.members {
                *id = Uuid::new_v4();
                self.registry
                    .register_statistic(*index, *id, batch.subscription);
            }
        }
        Some(batch)
    }

    /// Abandons a batch that was or may have been sent.
    pub(super) fn abandon_batch(&mut self, batch: &StatisticBatch) {
        for index in batch.member_indexes() {
            if self.registry.subscription_id(index) == Some(batch.subscription) {
                self.registry.unregister_statistic(index);
            }
        }
        self.queue_unsubscribe(batch.subscription.to_string().into());
    }

    pub(super) fn on_batch_answered(
        &mut self,
        batch: &StatisticBatch,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        if self.is_unavailable() {
            self.begin_catch_up(Discontinuity::Unavailable, now);
        }
        let mut missing: BTreeSet<StatisticIndex> = batch.member_indexes().collect();
        let values = envelope.reported_values();
        let is_in_order = values.len() == batch.members.len();
        for (number, reported) in values.into_iter().enumerate() {
            let by_number = batch.members.get(number).filter(|_| is_in_order);
            let Some(index) =
                self.find_member(batch, &reported, by_number.map(|(index, _)| *index))
            else {
                continue;
            };
            if !missing.remove(&index) {
                continue;
            }
            match (&reported.fault, &reported.value) {
                (Some(fault), None) => self.reject_statistic(index, fault, now),
                _ => self.on_value_answered(batch, index, &reported, now),
            }
        }
        self.on_errors(batch, &mut missing, envelope, now);
        match self.mode {
            GenesysMode::Poll(_) => missing
                .into_iter()
                .for_each(|index| self.report_unknown(index)),
            GenesysMode::Subscribe => self.on_subscribed(batch, envelope, missing, now),
        }
    }

    fn find_member(
        &self,
        batch: &StatisticBatch,
        reported: &ReportedValue,
        by_number: Option<StatisticIndex>,
    ) -> Option<StatisticIndex> {
        if self.mode == GenesysMode::Subscribe {
            let is_match = |(_, id): &&(StatisticIndex, Uuid)| Some(*id) == reported.statistic;
            return batch.members.iter().find(is_match).map(|(index, _)| *index);
        }
        let (Some(name), Some(object)) = (&reported.name, &reported.object) else {
            return by_number;
        };
        let is_match = |index: &StatisticIndex| {
            let statistic = &self.statistics[*index as usize].statistic;
            let object_type = reported.object_type.as_ref();
            *statistic.name == **name
                && *statistic.object == **object
                && object_type.is_none_or(|sent| sent.eq_ignore_ascii_case(&statistic.object_type))
        };
        // The response is usually in the order of the request.
        by_number
            .filter(is_match)
            .or_else(|| batch.member_indexes().find(is_match))
    }

    fn on_value_answered(
        &mut self,
        batch: &StatisticBatch,
        index: StatisticIndex,
        reported: &ReportedValue,
        now: Instant,
    ) {
        self.rejections.remove(index);
        let (verdict, event) = match self.mode {
            GenesysMode::Subscribe => (
                self.registry.on_answer(reported, batch.requested_at),
                "subscriptions",
            ),
            GenesysMode::Poll(_) => (self.registry.on_poll(index, reported), "get-statistic-ex"),
        };
        // Polled values are up to date only for a while: each is reported.
        let is_reported = matches!(verdict, ValueVerdict::New(_))
            || matches!(
                (verdict, self.mode),
                (ValueVerdict::Same(_), GenesysMode::Poll(_))
            );
        if is_reported {
            self.report_value(index, reported, event, now - batch.sent_at);
        }
    }

    /// Applies errors that come with values to their statistics.
    fn on_errors(
        &mut self,
        batch: &StatisticBatch,
        missing: &mut BTreeSet<StatisticIndex>,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        let members = batch.members.iter().map(|(index, id)| BatchMember {
            index: *index,
            statistic_id: *id,
            statistic: &self.statistics[*index as usize].statistic,
        });
        let members: Vec<BatchMember<'_>> = members.collect();
        for (index, why) in error_attribution::attribute_errors(&envelope.errors, &members, missing)
        {
            missing.remove(&index);
            self.reject_statistic(index, &why, now);
        }
    }

    /// Confirms a subscription. Statistics without a value are requested a little later.
    fn on_subscribed(
        &mut self,
        batch: &StatisticBatch,
        envelope: &ApiEnvelope,
        missing: BTreeSet<StatisticIndex>,
        now: Instant,
    ) {
        let id = envelope.subscription_id();
        let id = id.unwrap_or_else(|| batch.subscription.to_string().into());
        let is_current = |index: &StatisticIndex| {
            self.registry.subscription_id(*index) == Some(batch.subscription)
        };
        let members: BTreeSet<StatisticIndex> = batch.member_indexes().filter(is_current).collect();
        if members.is_empty() {
            self.queue_unsubscribe(id);
            return;
        }
        let subscription = ConfirmedSubscription { id, members };
        self.confirmed.insert(batch.subscription, subscription);
        for index in &missing {
            self.rejections.remove(*index);
        }
        let missing: Vec<StatisticIndex> = missing.into_iter().collect();
        self.refresh_accepted(batch.subscription, missing, now + FIRST_VALUE_DELAY);
    }

    pub(super) fn on_batch_failed(
        &mut self,
        mut batch: StatisticBatch,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        let is_request_fault = error.is_request_fault();
        if is_request_fault {
            for index in batch.member_indexes() {
                self.registry.unregister_statistic(index);
            }
        } else {
            // Perhaps only the response was lost.
            self.abandon_batch(&batch);
        }
        if is_request_fault {
            if self.is_unavailable() {
                self.begin_catch_up(Discontinuity::Unavailable, now);
            }
            return self.split_batch(&batch, error, now);
        }
        let is_503 = matches!(error, GenesysError::Status { status: 503, .. });
        if self.is_unavailable() || is_503 && !self.has_success {
            if self.is_unavailable() {
                self.batches.push_front(batch);
                self.phase = SubscriptionPhase::Unavailable {
                    probe_at: now + with_jitter(UNAVAILABLE_POLL),
                };
            } else {
                self.become_unavailable(error_sentence(&error), UNAVAILABLE_POLL, now);
            }
            return Ok(());
        }
        batch.tries += 1;
        if batch.tries < TRIES {
            batch.not_before = now + retry_pause(batch.tries, &error);
            self.batches.push_back(batch);
            return Ok(());
        }
        let responds = matches!(
            error,
            GenesysError::Status { .. } | GenesysError::Unreadable { .. }
        );
        if !self.has_success {
            self.failed_runs += u32::from(responds);
        }
        // Others succeed, or the vendor has failed like this for long: the batch is at fault.
        let is_batch_fault = responds && (self.has_success || self.failed_runs >= TRIES);
        if is_batch_fault {
            return self.split_batch(&batch, error, now);
        }
        if self.phase == SubscriptionPhase::Live && self.mode == GenesysMode::Subscribe {
            batch.not_before = now + retry_pause(batch.tries, &error);
            self.batches.push_back(batch);
            return Ok(());
        }
        Err(error)
    }

    fn split_batch(
        &mut self,
        batch: &StatisticBatch,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        if !self.has_success && self.failures >= FAILURES_MAX {
            return Err(match error {
                GenesysError::Status {
                    call, status: 403, ..
                } => GenesysError::Unauthorized(call, 403),
                error => error,
            });
        }
        if let [(index, _)] = batch.members[..] {
            self.reject_statistic(index, &error.to_string(), now);
            return Ok(());
        }
        let (first, second) = batch.members.split_at(batch.members.len() / 2);
        for half in [second, first] {
            let mut half = batch.retry_part(half);
            half.not_before = now;
            self.batches.push_front(half);
        }
        Ok(())
    }

    pub(super) fn reject_statistic(&mut self, index: StatisticIndex, why: &str, now: Instant) {
        if let Some(subscription) = self.registry.subscription_id(index)
            && let Some(confirmed) = self.confirmed.get_mut(&subscription)
        {
            confirmed.members.remove(&index);
        }
        self.registry.unregister_statistic(index);
        if self.rejections.add(index, why, now) {
            self.report_rejection(index, why);
        }
        self.report_unknown(index);
    }

    fn report_rejection(&mut self, index: StatisticIndex, why: &str) {
        let statistic = &self.statistics[index as usize].statistic;
        let why = format!(
            "No value for the statistic “{}” of {} “{}”: {why}",
            statistic.name, statistic.object_type, statistic.object
        );
        self.outbox.put_diagnostic(SourceDiagnostic::Failed { why });
    }

    pub(super) fn has_batches(&self) -> bool {
        let mut all = self.under_way.values();
        !self.batches.is_empty() || all.any(|job| matches!(job, ApiJob::Request(_)))
    }
}

fn is_unpollable(mode: GenesysMode, reference: &StatisticReference) -> bool {
    matches!(
        (mode, reference),
        (GenesysMode::Poll(_), StatisticReference::Definition(_))
    )
}

/// Grows with each try, unless the vendor requests a delay.
pub(super) fn retry_pause(tries: u32, error: &GenesysError) -> Duration {
    if let GenesysError::Status {
        retry_after: Some(after),
        ..
    } = error
    {
        return *after + with_jitter(FIRST_PAUSE);
    }
    let grown = FIRST_PAUSE * 2_u32.saturating_pow(tries.saturating_sub(1).min(8));
    with_jitter(grown).min(LONGEST_PAUSE)
}
