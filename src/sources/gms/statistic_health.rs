//! How each statistic fares, and so in what company it is asked for: the well ones
//! in batches, those that a batch cannot carry alone, those that GMS does not know
//! alone and seldom. Pure; time is input.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::domain::{SubscriptionStats, ValueAge};

use super::{GmsRequest, GmsSettings, form};

/// Statistics of one request to `/statistics`.
const BATCH_SIZE: usize = 25;
/// What GMS does not know it may know later.
const REJECTED_RETRY_INTERVAL: Duration = Duration::from_secs(30);
/// Of those, so many a round: they do not hold up the others.
const REJECTED_PER_ROUND_MAX: usize = 20;
/// What a batch failed with, and alone was well, keeps out of batches for so long.
const SINGLE_FOR: Duration = Duration::from_mins(10);
/// Ages are whole seconds.
const SLACK: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct StatisticHealth {
    entries: Vec<StatisticEntry>,
    /// Parts of failed batches that there was no time for.
    deferred: Vec<GmsRequest>,
    /// With whom a trial begins.
    next_trial: usize,
}

#[derive(Clone, Debug)]
struct StatisticEntry {
    /// What a batch can carry as it is written.
    fits_batch: bool,
    /// Left over from a batch that failed.
    suspected: bool,
    single_until: Option<Instant>,
    state: HealthState,
    /// When the value held that was last told, where its age was.
    value_time: Option<Instant>,
    /// GMS gave no value that is one.
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
        // Only who has credentials is given batches.
        let batches = settings.credentials.is_some();
        let asked = settings.statistics.iter();
        Self {
            entries: asked
                .map(|asked| entry(batches && form::fits_in_batch(asked)))
                .collect(),
            deferred: Vec::new(),
            next_trial: 0,
        }
    }

    /// What a round asks first: every statistic that GMS may know, once.
    pub(super) fn next_requests(&mut self, now: Instant) -> VecDeque<GmsRequest> {
        let mut questions: VecDeque<_> = std::mem::take(&mut self.deferred).into();
        let mut is_asked = vec![false; self.entries.len()];
        for question in &questions {
            for &member in question.members() {
                is_asked[member] = true;
            }
        }
        let ahead = self.entries.iter().enumerate();
        let ahead =
            ahead.filter(|(place, entry)| !is_asked[*place] && entry.rejected_until().is_none());
        let (together, alone): (Vec<_>, Vec<_>) = ahead.partition(|(_, entry)| {
            entry.fits_batch && entry.single_until.is_none_or(|until| until <= now)
        });
        let together: Vec<_> = together.into_iter().map(|(place, _)| place).collect();
        questions.extend(together.chunks(BATCH_SIZE).map(GmsRequest::for_members));
        questions.extend(
            alone
                .into_iter()
                .map(|(place, _)| GmsRequest::Single(place)),
        );
        questions
    }

    /// What GMS did not know and is to be asked for again.
    pub(super) fn due_rejected(&self, now: Instant) -> VecDeque<GmsRequest> {
        let due = |place: &usize| {
            let again = self.entries[*place].rejected_until();
            again.is_some_and(|again| again <= now)
        };
        let due = (0..self.entries.len()).filter(due);
        due.take(REJECTED_PER_ROUND_MAX)
            .map(GmsRequest::Single)
            .collect()
    }

    /// Goes on with these in the next round.
    pub(super) fn defer_requests(&mut self, questions: impl IntoIterator<Item = GmsRequest>) {
        self.deferred.extend(questions);
    }

    /// What is asked for alone now is suspected to have spoilt its batch.
    pub(super) fn mark_suspects(&mut self, halves: &[GmsRequest]) {
        for half in halves {
            if let GmsRequest::Single(member) = half {
                self.entries[*member].suspected = true;
            }
        }
    }

    /// A value came, and whether it is one. `false`: an older one than was told
    /// before, as from another machine behind one address; it is not to be told.
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
            (Some(as_of), Some(told)) => as_of + SLACK < told,
            _ => false,
        };
        if !is_older {
            entry.value_time = as_of;
            entry.invalid = !is_known;
        }
        !is_older
    }

    /// It is known after all, and asked for with the others.
    pub(super) fn clear_rejection(&mut self, member: usize) {
        let entry = &mut self.entries[member];
        if entry.rejected_until().is_some() {
            entry.state = HealthState::New;
        }
    }

    /// GMS does not know it. Whether that is news.
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

    /// Those well a moment ago, at most `count`, if possible others than `question` asks for.
    pub(super) fn healthy_members(&self, question: &GmsRequest, count: usize) -> Vec<usize> {
        let is_asked = |place: &usize| question.members().contains(place);
        let well = |place: &usize| self.entries[*place].state == HealthState::Healthy;
        let well: Vec<_> = (0..self.entries.len()).filter(well).collect();
        let (asked, others): (Vec<_>, Vec<_>) = well.into_iter().partition(is_asked);
        let inside = match question {
            GmsRequest::Batch(_) => asked,
            // It has just failed alone.
            GmsRequest::Single(_) => Vec::new(),
        };
        others.into_iter().chain(inside).take(count).collect()
    }

    pub(super) fn is_healthy(&self, member: usize) -> bool {
        self.entries[member].state == HealthState::Healthy
    }

    /// Whom to ask for to learn whether a node is well: at most `count`, the well
    /// ones where there are any, others each time.
    pub(super) fn trial_members(&mut self, count: usize) -> Vec<usize> {
        let all = self.entries.len();
        let any_well = (0..all).any(|place| self.is_healthy(place));
        let candidates: Vec<_> = (0..all)
            .filter(|place| !any_well || self.is_healthy(*place))
            .collect();
        let count = count.min(candidates.len());
        let turn = self.next_trial;
        self.next_trial = self.next_trial.wrapping_add(count);
        (0..count)
            .map(|step| candidates[turn.wrapping_add(step) % candidates.len()])
            .collect()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Why, where GMS knows none at all.
    pub(super) fn all_rejected(&self) -> Option<Arc<str>> {
        let refused = self.rejected_members().map(|(_, why)| why.clone());
        let refused: Vec<_> = refused.collect();
        let is_all = !refused.is_empty() && refused.len() == self.len();
        refused.into_iter().next().filter(|_| is_all)
    }

    /// What GMS does not know, and why.
    pub(super) fn rejected_members(&self) -> impl Iterator<Item = (usize, &Arc<str>)> {
        let entries = self.entries.iter().enumerate();
        entries.filter_map(|(place, entry)| match &entry.state {
            HealthState::Rejected { why, .. } => Some((place, why)),
            HealthState::New | HealthState::Healthy => None,
        })
    }

    /// Writes what it counts into `account`; `name` calls a statistic.
    pub(super) fn fill_stats(
        &self,
        account: &mut SubscriptionStats,
        name: impl Fn(usize) -> Arc<str>,
    ) {
        account.statistics = self.len();
        account.invalid = self.entries.iter().filter(|entry| entry.invalid).count();
        account.rejected_count = self.rejected_members().count();
        account.rejected = self
            .rejected_members()
            .take(SubscriptionStats::MAX_REJECTED)
            .map(|(place, why)| (name(place), why.clone()))
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
    use crate::sources::gms::fixture;

    use super::*;

    fn new_health(queues: usize) -> StatisticHealth {
        StatisticHealth::new(&fixture::test_settings(1, queues))
    }

    fn batch_sizes(questions: &VecDeque<GmsRequest>) -> Vec<usize> {
        questions
            .iter()
            .map(|question| question.members().len())
            .collect()
    }

    #[test]
    fn all_are_asked_for_once_in_batches() {
        let questions = new_health(60).next_requests(Instant::now());

        assert_eq!(batch_sizes(&questions), [25, 25, 10]);
        let members: Vec<_> = questions.iter().flat_map(GmsRequest::members).collect();
        assert_eq!(
            members,
            (0..60).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn without_credentials_all_are_asked_for_alone() {
        let settings = GmsSettings {
            credentials: None,
            ..fixture::test_settings(1, 3)
        };

        let questions = StatisticHealth::new(&settings).next_requests(Instant::now());

        assert_eq!(questions, [0, 1, 2].map(GmsRequest::Single));
    }

    #[test]
    fn what_gms_does_not_know_is_asked_for_alone_every_30_s() {
        let (mut roll, now) = (new_health(3), Instant::now());
        let later = now + REJECTED_RETRY_INTERVAL;

        assert!(roll.on_rejected(1, "not found", now));
        assert!(!roll.on_rejected(1, "not found", now));

        assert_eq!(roll.next_requests(now), [GmsRequest::Batch(vec![0, 2])]);
        assert_eq!(roll.due_rejected(now), []);
        assert_eq!(roll.due_rejected(later), [GmsRequest::Single(1)]);
        roll.on_value(1, ValueAge::Unknown, true, later);
        assert_eq!(
            roll.next_requests(later),
            [GmsRequest::Batch(vec![0, 1, 2])]
        );
    }

    #[test]
    fn what_spoilt_its_batch_and_is_well_alone_stays_alone_for_a_while() {
        let (mut roll, now) = (new_health(3), Instant::now());

        roll.mark_suspects(&[GmsRequest::Single(1)]);
        roll.on_value(1, ValueAge::Known(0), true, now);

        let apart = [GmsRequest::Batch(vec![0, 2]), GmsRequest::Single(1)];
        assert_eq!(roll.next_requests(now), apart);
        let together = [GmsRequest::Batch(vec![0, 1, 2])];
        assert_eq!(roll.next_requests(now + SINGLE_FOR), together);
    }

    #[test]
    fn parts_of_a_failed_batch_are_gone_on_with() {
        let (mut roll, now) = (new_health(4), Instant::now());

        roll.defer_requests([GmsRequest::Batch(vec![1, 2])]);

        let next = [GmsRequest::Batch(vec![1, 2]), GmsRequest::Batch(vec![0, 3])];
        assert_eq!(roll.next_requests(now), next);
        assert_eq!(
            roll.next_requests(now),
            [GmsRequest::Batch(vec![0, 1, 2, 3])]
        );
    }

    #[test]
    fn an_older_value_than_was_told_is_not_told() {
        let (mut roll, start) = (new_health(1), Instant::now() + Duration::from_mins(1));
        let mut hear = |second, age| {
            let now = start + Duration::from_secs(second);
            roll.on_value(0, age, true, now)
        };

        assert!(hear(0, ValueAge::Known(0)));
        assert!(!hear(5, ValueAge::Known(9_000)));
        assert!(hear(5, ValueAge::Known(6_000)));
        assert!(hear(10, ValueAge::Unknown));
    }

    #[test]
    fn a_trial_takes_turns_among_those_that_were_well() {
        let (mut roll, now) = (new_health(5), Instant::now());
        assert_eq!(roll.trial_members(3), [0, 1, 2]);
        roll.on_value(1, ValueAge::Unknown, true, now);
        roll.on_value(4, ValueAge::Unknown, true, now);

        let turns = [
            roll.trial_members(1),
            roll.trial_members(1),
            roll.trial_members(9),
        ];

        assert_eq!(turns, [vec![4], vec![1], vec![4, 1]]);
    }

    #[test]
    fn who_is_well_is_looked_for_outside_the_question_first() {
        let (mut roll, now) = (new_health(4), Instant::now());
        for member in 0..3 {
            roll.on_value(member, ValueAge::Unknown, true, now);
        }

        let batch = GmsRequest::Batch(vec![0, 1]);
        assert_eq!(roll.healthy_members(&batch, 3), [2, 0, 1]);
        assert_eq!(roll.healthy_members(&GmsRequest::Single(2), 3), [0, 1]);
    }
}
