//! How each statistic fares, and so in what company it is asked for: the well ones
//! in batches, those that a batch cannot carry alone, those that GMS does not know
//! alone and seldom. Pure; time is input.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::domain::{Account, Age};

use super::{Question, Settings, form};

/// Statistics of one request to `/statistics`.
const BATCH: usize = 25;
/// What GMS does not know it may know later.
const ASK_REFUSED_EVERY: Duration = Duration::from_secs(30);
/// Of those, so many a round: they do not hold up the others.
const MOST_REFUSED: usize = 20;
/// What a batch failed with, and alone was well, keeps out of batches for so long.
const ALONE_FOR: Duration = Duration::from_mins(10);
/// Ages are whole seconds.
const SLACK: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Roll {
    entries: Vec<Entry>,
    /// Parts of failed batches that there was no time for.
    kept: Vec<Question>,
    /// With whom a trial begins.
    turn: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    /// What a batch can carry as it is written.
    fits: bool,
    /// Left over from a batch that failed.
    suspected: bool,
    alone_until: Option<Instant>,
    standing: Standing,
    /// When the value held that was last told, where its age was.
    as_of: Option<Instant>,
    /// GMS gave no value that is one.
    invalid: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Standing {
    New,
    Well,
    Refused { why: Arc<str>, again: Instant },
}

impl Roll {
    pub(super) fn new(settings: &Settings) -> Self {
        let entry = |fits| Entry {
            fits,
            suspected: false,
            alone_until: None,
            standing: Standing::New,
            as_of: None,
            invalid: false,
        };
        // Only who has credentials is given batches.
        let batches = settings.credentials.is_some();
        let asked = settings.statistics.iter();
        Self {
            entries: asked
                .map(|asked| entry(batches && form::fits_a_batch(asked)))
                .collect(),
            kept: Vec::new(),
            turn: 0,
        }
    }

    /// What a round asks first: every statistic that GMS may know, once.
    pub(super) fn questions(&mut self, now: Instant) -> VecDeque<Question> {
        let mut questions: VecDeque<_> = std::mem::take(&mut self.kept).into();
        let mut is_asked = vec![false; self.entries.len()];
        for question in &questions {
            for &member in question.members() {
                is_asked[member] = true;
            }
        }
        let ahead = self.entries.iter().enumerate();
        let ahead =
            ahead.filter(|(place, entry)| !is_asked[*place] && entry.refused_until().is_none());
        let (together, alone): (Vec<_>, Vec<_>) = ahead.partition(|(_, entry)| {
            entry.fits && entry.alone_until.is_none_or(|until| until <= now)
        });
        let together: Vec<_> = together.into_iter().map(|(place, _)| place).collect();
        questions.extend(together.chunks(BATCH).map(Question::of));
        questions.extend(alone.into_iter().map(|(place, _)| Question::Alone(place)));
        questions
    }

    /// What GMS did not know and is to be asked for again.
    pub(super) fn refused_and_due(&self, now: Instant) -> VecDeque<Question> {
        let due = |place: &usize| {
            let again = self.entries[*place].refused_until();
            again.is_some_and(|again| again <= now)
        };
        let due = (0..self.entries.len()).filter(due);
        due.take(MOST_REFUSED).map(Question::Alone).collect()
    }

    /// Goes on with these in the next round.
    pub(super) fn keep(&mut self, questions: impl IntoIterator<Item = Question>) {
        self.kept.extend(questions);
    }

    /// What is asked for alone now is suspected to have spoilt its batch.
    pub(super) fn suspect(&mut self, halves: &[Question]) {
        for half in halves {
            if let Question::Alone(member) = half {
                self.entries[*member].suspected = true;
            }
        }
    }

    /// A value came, and whether it is one. `false`: an older one than was told
    /// before, as from another machine behind one address; it is not to be told.
    pub(super) fn on_value(
        &mut self,
        member: usize,
        age: Age,
        is_known: bool,
        now: Instant,
    ) -> bool {
        let entry = &mut self.entries[member];
        if std::mem::take(&mut entry.suspected) {
            entry.alone_until = Some(now + ALONE_FOR);
        }
        entry.standing = Standing::Well;
        let as_of = match age {
            Age::Known(millis) => {
                now.checked_sub(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
            }
            Age::None | Age::Unknown => None,
        };
        let is_older = match (as_of, entry.as_of) {
            (Some(as_of), Some(told)) => as_of + SLACK < told,
            _ => false,
        };
        if !is_older {
            entry.as_of = as_of;
            entry.invalid = !is_known;
        }
        !is_older
    }

    /// It is known after all, and asked for with the others.
    pub(super) fn welcome(&mut self, member: usize) {
        let entry = &mut self.entries[member];
        if entry.refused_until().is_some() {
            entry.standing = Standing::New;
        }
    }

    /// GMS does not know it. Whether that is news.
    pub(super) fn on_refused(&mut self, member: usize, why: &str, now: Instant) -> bool {
        let entry = &mut self.entries[member];
        entry.suspected = false;
        entry.as_of = None;
        entry.invalid = false;
        let is_news = entry.refused_until().is_none();
        entry.standing = Standing::Refused {
            why: why.into(),
            again: now + ASK_REFUSED_EVERY,
        };
        is_news
    }

    /// Those well a moment ago, at most `count`, if possible others than `question` asks for.
    pub(super) fn well_ones(&self, question: &Question, count: usize) -> Vec<usize> {
        let is_asked = |place: &usize| question.members().contains(place);
        let well = |place: &usize| self.entries[*place].standing == Standing::Well;
        let well: Vec<_> = (0..self.entries.len()).filter(well).collect();
        let (asked, others): (Vec<_>, Vec<_>) = well.into_iter().partition(is_asked);
        let inside = match question {
            Question::Batch(_) => asked,
            // It has just failed alone.
            Question::Alone(_) => Vec::new(),
        };
        others.into_iter().chain(inside).take(count).collect()
    }

    pub(super) fn is_well(&self, member: usize) -> bool {
        self.entries[member].standing == Standing::Well
    }

    /// Whom to ask for to learn whether a node is well: at most `count`, the well
    /// ones where there are any, others each time.
    pub(super) fn trial(&mut self, count: usize) -> Vec<usize> {
        let all = self.entries.len();
        let any_well = (0..all).any(|place| self.is_well(place));
        let candidates: Vec<_> = (0..all)
            .filter(|place| !any_well || self.is_well(*place))
            .collect();
        let count = count.min(candidates.len());
        let turn = self.turn;
        self.turn = self.turn.wrapping_add(count);
        (0..count)
            .map(|step| candidates[turn.wrapping_add(step) % candidates.len()])
            .collect()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Why, where GMS knows none at all.
    pub(super) fn all_refused(&self) -> Option<Arc<str>> {
        let refused = self.refused().map(|(_, why)| why.clone());
        let refused: Vec<_> = refused.collect();
        let is_all = !refused.is_empty() && refused.len() == self.len();
        refused.into_iter().next().filter(|_| is_all)
    }

    /// What GMS does not know, and why.
    pub(super) fn refused(&self) -> impl Iterator<Item = (usize, &Arc<str>)> {
        let entries = self.entries.iter().enumerate();
        entries.filter_map(|(place, entry)| match &entry.standing {
            Standing::Refused { why, .. } => Some((place, why)),
            Standing::New | Standing::Well => None,
        })
    }

    /// Writes what it counts into `account`; `name` calls a statistic.
    pub(super) fn count(&self, account: &mut Account, name: impl Fn(usize) -> Arc<str>) {
        account.statistics = self.len();
        account.invalid = self.entries.iter().filter(|entry| entry.invalid).count();
        account.all_refused = self.refused().count();
        account.refused = self
            .refused()
            .take(Account::MOST_REFUSED)
            .map(|(place, why)| (name(place), why.clone()))
            .collect();
    }
}

impl Entry {
    fn refused_until(&self) -> Option<Instant> {
        match self.standing {
            Standing::Refused { again, .. } => Some(again),
            Standing::New | Standing::Well => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sources::gms::fixture;

    use super::*;

    fn roll(queues: usize) -> Roll {
        Roll::new(&fixture::settings(1, queues))
    }

    fn sizes(questions: &VecDeque<Question>) -> Vec<usize> {
        questions
            .iter()
            .map(|question| question.members().len())
            .collect()
    }

    #[test]
    fn all_are_asked_for_once_in_batches() {
        let questions = roll(60).questions(Instant::now());

        assert_eq!(sizes(&questions), [25, 25, 10]);
        let members: Vec<_> = questions.iter().flat_map(Question::members).collect();
        assert_eq!(
            members,
            (0..60).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn without_credentials_all_are_asked_for_alone() {
        let settings = Settings {
            credentials: None,
            ..fixture::settings(1, 3)
        };

        let questions = Roll::new(&settings).questions(Instant::now());

        assert_eq!(questions, [0, 1, 2].map(Question::Alone));
    }

    #[test]
    fn what_gms_does_not_know_is_asked_for_alone_every_30_s() {
        let (mut roll, now) = (roll(3), Instant::now());
        let later = now + ASK_REFUSED_EVERY;

        assert!(roll.on_refused(1, "not found", now));
        assert!(!roll.on_refused(1, "not found", now));

        assert_eq!(roll.questions(now), [Question::Batch(vec![0, 2])]);
        assert_eq!(roll.refused_and_due(now), []);
        assert_eq!(roll.refused_and_due(later), [Question::Alone(1)]);
        roll.on_value(1, Age::Unknown, true, later);
        assert_eq!(roll.questions(later), [Question::Batch(vec![0, 1, 2])]);
    }

    #[test]
    fn what_spoilt_its_batch_and_is_well_alone_stays_alone_for_a_while() {
        let (mut roll, now) = (roll(3), Instant::now());

        roll.suspect(&[Question::Alone(1)]);
        roll.on_value(1, Age::Known(0), true, now);

        let apart = [Question::Batch(vec![0, 2]), Question::Alone(1)];
        assert_eq!(roll.questions(now), apart);
        let together = [Question::Batch(vec![0, 1, 2])];
        assert_eq!(roll.questions(now + ALONE_FOR), together);
    }

    #[test]
    fn parts_of_a_failed_batch_are_gone_on_with() {
        let (mut roll, now) = (roll(4), Instant::now());

        roll.keep([Question::Batch(vec![1, 2])]);

        let next = [Question::Batch(vec![1, 2]), Question::Batch(vec![0, 3])];
        assert_eq!(roll.questions(now), next);
        assert_eq!(roll.questions(now), [Question::Batch(vec![0, 1, 2, 3])]);
    }

    #[test]
    fn an_older_value_than_was_told_is_not_told() {
        let (mut roll, start) = (roll(1), Instant::now() + Duration::from_mins(1));
        let mut hear = |second, age| {
            let now = start + Duration::from_secs(second);
            roll.on_value(0, age, true, now)
        };

        assert!(hear(0, Age::Known(0)));
        assert!(!hear(5, Age::Known(9_000)));
        assert!(hear(5, Age::Known(6_000)));
        assert!(hear(10, Age::Unknown));
    }

    #[test]
    fn a_trial_takes_turns_among_those_that_were_well() {
        let (mut roll, now) = (roll(5), Instant::now());
        assert_eq!(roll.trial(3), [0, 1, 2]);
        roll.on_value(1, Age::Unknown, true, now);
        roll.on_value(4, Age::Unknown, true, now);

        let turns = [roll.trial(1), roll.trial(1), roll.trial(9)];

        assert_eq!(turns, [vec![4], vec![1], vec![4, 1]]);
    }

    #[test]
    fn who_is_well_is_looked_for_outside_the_question_first() {
        let (mut roll, now) = (roll(4), Instant::now());
        for member in 0..3 {
            roll.on_value(member, Age::Unknown, true, now);
        }

        let batch = Question::Batch(vec![0, 1]);
        assert_eq!(roll.well_ones(&batch, 3), [2, 0, 1]);
        assert_eq!(roll.well_ones(&Question::Alone(2), 3), [0, 1]);
    }
}
