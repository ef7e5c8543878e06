//! Tracks each statistic's health and decides whether to request it in a batch or alone.
//! Healthy ones go in batches, those that don't fit a batch go alone, and rejected ones go
//! alone and rarely. Pure; time is an input.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::Instant;

use wallboard_domain::{SubscriptionStats, ValueAge};

use super::{GmsRequest, GmsSettings, form};

/// The number of statistics in one request to `/statistics`.
const BATCH_SIZE: usize = 25;
/// The interval between retries of rejected statistics, which GMS may know later.
const REJECTED_RETRY_INTERVAL: Duration = Duration::from_secs(30);
/// The maximum number of such retries per round, so that they don't delay the others.
const REJECTED_PER_ROUND_MAX: usize = 20;
/// How long a statistic that made its batch fail but works alone stays out of batches.
const SINGLE_FOR: Duration = Duration::from_mins(10);
/// The tolerance for ages, which are in whole seconds.
const SLACK: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct StatisticHealth {
    entries: Vec<StatisticEntry>,
    /// Parts of failed batches that the last round had no time for.
    deferred: Vec<GmsRequest>,
    /// The position where the next trial begins.
    next_trial: usize,
}

#[derive(Clone, Debug)]
struct StatisticEntry {
    /// Whether a batch can carry it.
    fits_batch: bool,
    /// Whether it may have made a batch fail.
    suspected: bool,
    single_until: Option<Instant>,
    state: HealthState,
    /// The time of the last reported value, if its age was known.
    value_time: Option<Instant>,
    /// Whether the last value from GMS was unusable.
    invalid: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum HealthState {
    New,
    Healthy,
    Rejected { why: Arc<str>, again: Instant },
}

impl StatisticHealth {
    pub(super) fn new(settings: &GmsSettings) -> Self {
        let entry = |fits| StatisticEntry {
            fits_batch: fits,
            suspected: false,
            single_until: None,
            state: HealthState::New,
            value_time: None,
            invalid: false,
        };
        // GMS accepts batches only with credentials.
        let batches = settings.credentials.is_some();
        let statistics = settings.statistics.iter();
        Self {
            entries: statistics
                .map(|statistic| entry(batches && form::fits_in_batch(statistic)))
                .collect(),
            deferred: Vec::new(),
            next_trial: 0,
        }
    }

    /// The first requests of a round: every statistic that isn't rejected, once.
    pub(super) fn next_requests(&mut self, now: Instant) -> VecDeque<GmsRequest> {
        let mut requests: VecDeque<_> = std::mem::take(&mut self.deferred).into();
        let mut is_requested = vec![false; self.entries.len()];
        for request in &requests {
            for &member in request.members() {
                is_requested[member] = true;
            }
        }
        let pending = self.entries.iter().enumerate();
        let pending = pending
            .filter(|(index, entry)| !is_requested[*index] && entry.rejected_until().is_none());
        let (together, alone): (Vec<_>, Vec<_>) = pending.partition(|(_, entry)| {
            entry.fits_batch && entry.single_until.is_none_or(|until| until <= now)
        });
        let together: Vec<_> = together.into_iter().map(|(index, _)| index).collect();
        requests.extend(together.chunks(BATCH_SIZE).map(GmsRequest::for_members));
        requests.extend(
            alone
                .into_iter()
                .map(|(index, _)| GmsRequest::Single(index)),
        );
        requests
    }

    /// Requests for rejected statistics whose retry is due.
    pub(super) fn due_rejected(&self, now: Instant) -> VecDeque<GmsRequest> {
        let due = |index: &usize| {
            let again = self.entries[*index].rejected_until();
            again.is_some_and(|again| again <= now)
        };
        let due = (0..self.entries.len()).filter(due);
        due.take(REJECTED_PER_ROUND_MAX)
            .map(GmsRequest::Single)
            .collect()
    }

    /// Defers requests to the next round.
    pub(super) fn defer_requests(&mut self, requests: impl IntoIterator<Item = GmsRequest>) {
        self.deferred.extend(requests);
    }

    /// Marks the single statistics among `halves` as suspected of breaking their batch.
    pub(super) fn mark_suspects(&mut self, halves: &[GmsRequest]) {
        for half in halves {
            if let GmsRequest::Single(member) = half {
                self.entries[*member].suspected = true;
            }
        }
    }

    /// Records a value. Returns `false` if it is older than the last reported one, for example
    /// from another machine behind the same address; don't report it then.
    pub(super) fn on_value(
        &mut self,
        member: usize,
        age: ValueAge,
        is_known: bool,
        now: Instant,
    ) -> bool {
        let entry = &mut self.entries[member];
        if std::mem::take(&mut entry.suspected) {
            entry.single_until = Some(now + SINGLE_FOR);
        }
        entry.state = HealthState::Healthy;
        let as_of = match age {
            ValueAge::Known(millis) => {
                now.checked_sub(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
            }
            ValueAge::Immediate | ValueAge::Unknown => None,
        };
        let is_older = match (as_of, entry.value_time) {
            (Some(as_of), Some(reported_at)) => as_of + SLACK < reported_at,
            _ => false,
        };
        if !is_older {
            entry.value_time = as_of;
            entry.invalid = !is_known;
        }
        !is_older
    }

    /// Clears a rejection, so that the statistic is requested with the others again.
    pub(super) fn clear_rejection(&mut self, member: usize) {
        let entry = &mut self.entries[member];
        if entry.rejected_until().is_some() {
            entry.state = HealthState::New;
        }
    }

    /// Records that GMS rejects the statistic. Returns whether that is new.
    pub(super) fn on_rejected(&mut self, member: usize, why: &str, now: Instant) -> bool {
        let entry = &mut self.entries[member];
        entry.suspected = false;
        entry.value_time = None;
        entry.invalid = false;
        let is_news = entry.rejected_until().is_none();
        entry.state = HealthState::Rejected {
            why: why.into(),
            again: now + REJECTED_RETRY_INTERVAL,
        };
        is_news
    }

    /// At most `count` healthy statistics, preferably not in `request`.
    pub(super) fn healthy_members(&self, request: &GmsRequest, count: usize) -> Vec<usize> {
        let is_requested = |index: &usize| request.members().contains(index);
        let healthy = |index: &usize| self.entries[*index].state == HealthState::Healthy;
        let healthy: Vec<_> = (0..self.entries.len()).filter(healthy).collect();
        let (requested, others): (Vec<_>, Vec<_>) = healthy.into_iter().partition(is_requested);
        let inside = match request {
            GmsRequest::Batch(_) => requested,
            // It has just failed alone.
            GmsRequest::Single(_) => Vec::new(),
        };
        others.into_iter().chain(inside).take(count).collect()
    }

    pub(super) fn is_healthy(&self, member: usize) -> bool {
        self.entries[member].state == HealthState::Healthy
    }

    /// At most `count` statistics for testing a node. Picks healthy ones if there are any, in
    /// rotation.
    pub(super) fn trial_members(&mut self, count: usize) -> Vec<usize> {
        let all = self.entries.len();
        let any_healthy = (0..all).any(|index| self.is_healthy(index));
        let candidates: Vec<_> = (0..all)
            .filter(|index| !any_healthy || self.is_healthy(*index))
            .collect();
        let count = count.min(candidates.len());
        let first = self.next_trial;
        self.next_trial = self.next_trial.wrapping_add(count);
        (0..count)
            .map(|step| candidates[first.wrapping_add(step) % candidates.len()])
            .collect()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The reason, if GMS rejects all statistics.
    pub(super) fn all_rejected(&self) -> Option<Arc<str>> {
        let rejected = self.rejected_members().map(|(_, why)| why.clone());
        let rejected: Vec<_> = rejected.collect();
        let is_all = !rejected.is_empty() && rejected.len() == self.len();
        rejected.into_iter().next().filter(|_| is_all)
    }

    /// Rejected statistics and their reasons.
    pub(super) fn rejected_members(&self) -> impl Iterator<Item = (usize, &Arc<str>)> {
        let entries = self.entries.iter().enumerate();
        entries.filter_map(|(index, entry)| match &entry.state {
            HealthState::Rejected { why, .. } => Some((index, why)),
            HealthState::New | HealthState::Healthy => None,
        })
    }

    /// Fills in the counts of `stats`. `name` returns a statistic's name.
    pub(super) fn fill_stats(
        &self,
        stats: &mut SubscriptionStats,
        name: impl Fn(usize) -> Arc<str>,
    ) {
        stats.statistics = self.len();
        stats.invalid = self.entries.iter().filter(|entry| entry.invalid).count();
        stats.rejected_count = self.rejected_members().count();
        stats.rejected = self
            .rejected_members()
            .take(SubscriptionStats::MAX_REJECTED)
            .map(|(index, why)| (name(index), why.clone()))
            .collect();
    }
}

impl StatisticEntry {
    fn rejected_until(&self) -> Option<Instant> {
        match self.state {
            HealthState::Rejected { again, .. } => Some(again),
            HealthState::New | HealthState::Healthy => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::gms::fixture;

    use super::*;

    fn new_health(queues: usize) -> StatisticHealth {
        StatisticHealth::new(&fixture::test_settings(1, queues))
    }

    fn batch_sizes(requests: &VecDeque<GmsRequest>) -> Vec<usize> {
        requests
            .iter()
            .map(|request| request.members().len())
            .collect()
    }

    #[test]
    fn all_statistics_are_requested_once_in_batches() {
        let requests = new_health(60).next_requests(Instant::now());

        assert_eq!(batch_sizes(&requests), [25, 25, 10]);
        let members: Vec<_> = requests.iter().flat_map(GmsRequest::members).collect();
        assert_eq!(
            members,
            (0..60).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn without_credentials_every_statistic_is_requested_alone() {
        let settings = GmsSettings {
            credentials: None,
            ..fixture::test_settings(1, 3)
        };

        let requests = StatisticHealth::new(&settings).next_requests(Instant::now());

        assert_eq!(requests, [0, 1, 2].map(GmsRequest::Single));
    }

    #[test]
    fn rejected_statistic_is_retried_alone_every_30_s() {
        let (mut health, now) = (new_health(3), Instant::now());
        let later = now + REJECTED_RETRY_INTERVAL;

        assert!(health.on_rejected(1, "not found", now));
        assert!(!health.on_rejected(1, "not found", now));

        assert_eq!(health.next_requests(now), [GmsRequest::Batch(vec![0, 2])]);
        assert_eq!(health.due_rejected(now), []);
        assert_eq!(health.due_rejected(later), [GmsRequest::Single(1)]);
        health.on_value(1, ValueAge::Unknown, true, later);
        assert_eq!(
            health.next_requests(later),
            [GmsRequest::Batch(vec![0, 1, 2])]
        );
    }

    #[test]
    fn suspect_that_works_alone_stays_out_of_batches_for_a_while() {
        let (mut health, now) = (new_health(3), Instant::now());

        health.mark_suspects(&[GmsRequest::Single(1)]);
        health.on_value(1, ValueAge::Known(0), true, now);

        let apart = [GmsRequest::Batch(vec![0, 2]), GmsRequest::Single(1)];
        assert_eq!(health.next_requests(now), apart);
        let together = [GmsRequest::Batch(vec![0, 1, 2])];
        assert_eq!(health.next_requests(now + SINGLE_FOR), together);
    }

    #[test]
    fn deferred_parts_of_a_failed_batch_come_first() {
        let (mut health, now) = (new_health(4), Instant::now());

        health.defer_requests([GmsRequest::Batch(vec![1, 2])]);

        let next = [GmsRequest::Batch(vec![1, 2]), GmsRequest::Batch(vec![0, 3])];
        assert_eq!(health.next_requests(now), next);
        assert_eq!(
            health.next_requests(now),
            [GmsRequest::Batch(vec![0, 1, 2, 3])]
        );
    }

    #[test]
    fn value_older_than_the_last_reported_one_is_dropped() {
        let (mut health, start) = (new_health(1), Instant::now() + Duration::from_mins(1));
        let mut on_value = |second, age| {
            let now = start + Duration::from_secs(second);
            health.on_value(0, age, true, now)
        };

        assert!(on_value(0, ValueAge::Known(0)));
        assert!(!on_value(5, ValueAge::Known(9_000)));
        assert!(on_value(5, ValueAge::Known(6_000)));
        assert!(on_value(10, ValueAge::Unknown));
    }

    #[test]
    fn trials_rotate_among_healthy_statistics() {
        let (mut health, now) = (new_health(5), Instant::now());
        assert_eq!(health.trial_members(3), [0, 1, 2]);
        health.on_value(1, ValueAge::Unknown, true, now);
        health.on_value(4, ValueAge::Unknown, true, now);

        let trials = [
            health.trial_members(1),
            health.trial_members(1),
            health.trial_members(9),
        ];

        assert_eq!(trials, [vec![4], vec![1], vec![4, 1]]);
    }

    #[test]
    fn healthy_members_outside_the_request_come_first() {
        let (mut health, now) = (new_health(4), Instant::now());
        for member in 0..3 {
            health.on_value(member, ValueAge::Unknown, true, now);
        }

        let batch = GmsRequest::Batch(vec![0, 1]);
        assert_eq!(health.healthy_members(&batch, 3), [2, 0, 1]);
        assert_eq!(health.healthy_members(&GmsRequest::Single(2), 3), [0, 1]);
    }
}
