//! Subscriptions (when polling: questions) in chunks. One bad statistic costs only
//! itself: a chunk that the vendor refuses is halved until it is found.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use crate::{
    domain::{Discontinuity, SourceDiagnostic},
    sources::genesys::{
        GenesysMode, StatisticReference,
        envelope::{ApiEnvelope, ReportedValue},
        error::GenesysError,
        statistic_registry::{LogicalTime, StatisticIndex, ValueVerdict},
        uuid::Uuid,
    },
    sources::supervisor::error_sentence,
};

use super::{
    ApiJob, ConfirmedSubscription, FAILURES_MAX, SubscriptionManager, SubscriptionPhase,
    error_attribution::{self, BatchMember},
    with_jitter,
};

const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// So often the line itself may be at fault before it is the chunk, or the line is given up.
const TRIES: u32 = 3;
/// A service that is not there yet is asked so often.
pub(super) const UNAVAILABLE_POLL: Duration = Duration::from_secs(2);
/// What the vendor accepted without a value is asked for after so long.
const FIRST_VALUE_DELAY: Duration = Duration::from_secs(1);

/// Statistics that are asked for at once, by names that are given when it goes out.
#[derive(Clone, Debug)]
pub(crate) struct StatisticBatch {
    pub(crate) subscription: Uuid,
    pub(crate) members: Vec<(StatisticIndex, Uuid)>,
    requested_at: LogicalTime,
    tries: u32,
    pub(super) not_before: Instant,
    /// Of statistics that were refused before: nobody waits for it.
    pub(super) is_retry: bool,
}

impl StatisticBatch {
    fn member_indexes(&self) -> impl Iterator<Item = StatisticIndex> {
        self.members.iter().map(|(place, _)| *place)
    }

    fn retry_part(&self, members: &[(StatisticIndex, Uuid)]) -> Self {
        Self {
            members: members.to_vec(),
            // What was tried often enough as a whole is not tried so often in parts.
            tries: self.tries.min(TRIES - 1),
            ..self.clone()
        }
    }
}

impl SubscriptionManager {
    /// All that is configured; what was refused before apart, so that it spoils no other.
    pub(super) fn request_all(&mut self, now: Instant) {
        self.request_missing(now);
        let is_in_vain = |place: StatisticIndex| {
            is_unpollable(self.mode, &self.statistics[place as usize].reference)
        };
        let refused = self.rejections.take_all(is_in_vain);
        self.queue_batches(&refused, true, now);
    }

    /// What is neither subscribed to nor refused.
    pub(super) fn request_missing(&mut self, now: Instant) {
        let all = 0..StatisticIndex::try_from(self.statistics.len()).unwrap_or(StatisticIndex::MAX);
        let mut missing = Vec::new();
        for place in all {
            let is_unpollable =
                is_unpollable(self.mode, &self.statistics[place as usize].reference);
            if is_unpollable {
                let why = "a statistic by definition can't be polled: use the `name` of one configured at Genesys, or set `mode = \"subscribe\"`";
                if self.rejections.add_permanent(place, why) {
                    self.report_rejection(place, why);
                }
            }
            if self.rejections.contains(place) {
                self.report_unknown(place);
            } else if self.registry.statistic_id(place).is_none() {
                missing.push(place);
            }
        }
        self.queue_batches(&missing, false, now);
    }

    pub(super) fn queue_batches(
        &mut self,
        places: &[StatisticIndex],
        is_retry: bool,
        now: Instant,
    ) {
        for chunk in places.chunks(self.chunk) {
            let nameless = Uuid::new_random();
            self.batches.push_back(StatisticBatch {
                subscription: nameless,
                members: chunk.iter().map(|place| (*place, nameless)).collect(),
                requested_at: self.registry.logical_now(),
                tries: 0,
                not_before: now,
                is_retry,
            });
        }
    }

    /// The next order that may go out, under names that were never used before.
    pub(super) fn next_batch(&mut self, now: Instant) -> Option<StatisticBatch> {
        let at = self
            .batches
            .iter()
            .position(|order| order.not_before <= now)?;
        let mut order = self.batches.remove(at)?;
        order.requested_at = self.registry.logical_now();
        if self.mode == GenesysMode::Subscribe {
            order.subscription = Uuid::new_random();
            for (place, name) in &mut order.members {
                *name = Uuid::new_random();
                self.registry
                    .register_statistic(*place, *name, order.subscription);
            }
        }
        Some(order)
    }

    /// Nothing comes of an order that is or may be out.
    pub(super) fn abandon_batch(&mut self, order: &StatisticBatch) {
        for place in order.member_indexes() {
            if self.registry.subscription_id(place) == Some(order.subscription) {
                self.registry.unregister_statistic(place);
            }
        }
        self.queue_unsubscribe(order.subscription.to_string().into());
    }

    pub(super) fn on_batch_answered(
        &mut self,
        order: &StatisticBatch,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        if self.is_unavailable() {
            self.begin_catch_up(Discontinuity::Unavailable, now);
        }
        let mut missing: BTreeSet<StatisticIndex> = order.member_indexes().collect();
        let told = envelope.reported_values();
        let is_in_order = told.len() == order.members.len();
        for (number, told) in told.into_iter().enumerate() {
            let by_number = order.members.get(number).filter(|_| is_in_order);
            let Some(place) = self.find_member(order, &told, by_number.map(|(place, _)| *place))
            else {
                continue;
            };
            if !missing.remove(&place) {
                continue;
            }
            match (&told.fault, &told.value) {
                (Some(fault), None) => self.reject_statistic(place, fault, now),
                _ => self.on_value_answered(order, place, &told),
            }
        }
        self.on_errors(order, &mut missing, envelope, now);
        match self.mode {
            GenesysMode::Poll(_) => missing
                .into_iter()
                .for_each(|place| self.report_unknown(place)),
            GenesysMode::Subscribe => self.on_subscribed(order, envelope, missing, now),
        }
    }

    fn find_member(
        &self,
        order: &StatisticBatch,
        told: &ReportedValue,
        by_number: Option<StatisticIndex>,
    ) -> Option<StatisticIndex> {
        if self.mode == GenesysMode::Subscribe {
            let is_it = |(_, name): &&(StatisticIndex, Uuid)| Some(*name) == told.statistic;
            return order.members.iter().find(is_it).map(|(place, _)| *place);
        }
        let (Some(name), Some(object)) = (&told.name, &told.object) else {
            return by_number;
        };
        let is_it = |place: &StatisticIndex| {
            let statistic = &self.statistics[*place as usize].statistic;
            let of_type = told.object_type.as_ref();
            *statistic.name == **name
                && *statistic.object == **object
                && of_type.is_none_or(|own| own.eq_ignore_ascii_case(&statistic.object_type))
        };
        // The answer is usually in the order of the question.
        by_number
            .filter(is_it)
            .or_else(|| order.member_indexes().find(is_it))
    }

    fn on_value_answered(
        &mut self,
        order: &StatisticBatch,
        place: StatisticIndex,
        told: &ReportedValue,
    ) {
        self.rejections.remove(place);
        let (verdict, event) = match self.mode {
            GenesysMode::Subscribe => (
                self.registry.on_answer(told, order.requested_at),
                "subscriptions",
            ),
            GenesysMode::Poll(_) => (self.registry.on_poll(place, told), "get-statistic-ex"),
        };
        // Polled values are trusted for a while only: each is said.
        let is_said = matches!(verdict, ValueVerdict::New(_))
            || matches!(
                (verdict, self.mode),
                (ValueVerdict::Same(_), GenesysMode::Poll(_))
            );
        if is_said {
            self.report_value(place, told, event);
        }
    }

    /// Errors beside values: of the statistics that they are about.
    fn on_errors(
        &mut self,
        order: &StatisticBatch,
        missing: &mut BTreeSet<StatisticIndex>,
        envelope: &ApiEnvelope,
        now: Instant,
    ) {
        let members = order.members.iter().map(|(place, name)| BatchMember {
            index: *place,
            statistic_id: *name,
            statistic: &self.statistics[*place as usize].statistic,
        });
        let members: Vec<BatchMember<'_>> = members.collect();
        for (place, why) in error_attribution::attribute_errors(&envelope.errors, &members, missing)
        {
            missing.remove(&place);
            self.reject_statistic(place, &why, now);
        }
    }

    /// What has no value yet may get one: it is asked for a little later.
    fn on_subscribed(
        &mut self,
        order: &StatisticBatch,
        envelope: &ApiEnvelope,
        missing: BTreeSet<StatisticIndex>,
        now: Instant,
    ) {
        let id = envelope.subscription_id();
        let id = id.unwrap_or_else(|| order.subscription.to_string().into());
        let ours = |place: &StatisticIndex| {
            self.registry.subscription_id(*place) == Some(order.subscription)
        };
        let members: BTreeSet<StatisticIndex> = order.member_indexes().filter(ours).collect();
        if members.is_empty() {
            self.queue_unsubscribe(id);
            return;
        }
        let subscription = ConfirmedSubscription { id, members };
        self.confirmed.insert(order.subscription, subscription);
        for place in &missing {
            self.rejections.remove(*place);
        }
        let missing: Vec<StatisticIndex> = missing.into_iter().collect();
        self.refresh_accepted(order.subscription, missing, now + FIRST_VALUE_DELAY);
    }

    pub(super) fn on_batch_failed(
        &mut self,
        mut order: StatisticBatch,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        let is_of_the_question = error.is_request_fault();
        if is_of_the_question {
            for place in order.member_indexes() {
                self.registry.unregister_statistic(place);
            }
        } else {
            // The answer may be all that was lost.
            self.abandon_batch(&order);
        }
        if is_of_the_question {
            if self.is_unavailable() {
                self.begin_catch_up(Discontinuity::Unavailable, now);
            }
            return self.split_batch(&order, error, now);
        }
        let is_not_there = matches!(error, GenesysError::Status { status: 503, .. });
        if self.is_unavailable() || is_not_there && !self.has_success {
            if self.is_unavailable() {
                self.batches.push_front(order);
                self.phase = SubscriptionPhase::Unavailable {
                    knock: now + with_jitter(UNAVAILABLE_POLL),
                };
            } else {
                self.become_unavailable(error_sentence(&error), UNAVAILABLE_POLL, now);
            }
            return Ok(());
        }
        order.tries += 1;
        if order.tries < TRIES {
            order.not_before = now + retry_pause(order.tries, &error);
            self.batches.push_back(order);
            return Ok(());
        }
        let answers = matches!(
            error,
            GenesysError::Status { .. } | GenesysError::Unreadable { .. }
        );
        if !self.has_success {
            self.failed_runs += u32::from(answers);
        }
        // Others fare well, or the vendor has answered so for long: it is this chunk.
        let is_the_chunk = answers && (self.has_success || self.failed_runs >= TRIES);
        if is_the_chunk {
            return self.split_batch(&order, error, now);
        }
        if self.phase == SubscriptionPhase::Live && self.mode == GenesysMode::Subscribe {
            order.not_before = now + retry_pause(order.tries, &error);
            self.batches.push_back(order);
            return Ok(());
        }
        Err(error)
    }

    fn split_batch(
        &mut self,
        order: &StatisticBatch,
        error: GenesysError,
        now: Instant,
    ) -> Result<(), GenesysError> {
        if !self.has_success && self.failures >= FAILURES_MAX {
            return Err(match error {
                GenesysError::Status {
                    asked, status: 403, ..
                } => GenesysError::Unauthorized(asked, 403),
                error => error,
            });
        }
        if let [(place, _)] = order.members[..] {
            self.reject_statistic(place, &error.to_string(), now);
            return Ok(());
        }
        let (first, second) = order.members.split_at(order.members.len() / 2);
        for half in [second, first] {
            let mut half = order.retry_part(half);
            half.not_before = now;
            self.batches.push_front(half);
        }
        Ok(())
    }

    pub(super) fn reject_statistic(&mut self, place: StatisticIndex, why: &str, now: Instant) {
        if let Some(subscription) = self.registry.subscription_id(place)
            && let Some(standing) = self.confirmed.get_mut(&subscription)
        {
            standing.members.remove(&place);
        }
        self.registry.unregister_statistic(place);
        if self.rejections.add(place, why, now) {
            self.report_rejection(place, why);
        }
        self.report_unknown(place);
    }

    fn report_rejection(&mut self, place: StatisticIndex, why: &str) {
        let statistic = &self.statistics[place as usize].statistic;
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

fn is_unpollable(mode: GenesysMode, how: &StatisticReference) -> bool {
    matches!(
        (mode, how),
        (GenesysMode::Poll(_), StatisticReference::Definition(_))
    )
}

/// Grows with each try, unless the vendor itself says how long.
pub(super) fn retry_pause(tries: u32, error: &GenesysError) -> Duration {
    if let GenesysError::Status {
        after: Some(after), ..
    } = error
    {
        return *after + with_jitter(FIRST_PAUSE);
    }
    let grown = FIRST_PAUSE * 2_u32.saturating_pow(tries.saturating_sub(1).min(8));
    with_jitter(grown).min(LONGEST_PAUSE)
}
