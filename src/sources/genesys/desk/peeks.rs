//! Values asked for of subscriptions that stand: after a line was cut, where
//! notifications are in doubt, and of each once a minute, for any may have been lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::{Break, Note},
    sources::genesys::{
        Mode,
        book::{Place, Tick, Verdict},
        envelope::{Envelope, SubscriptionId},
        error::Error,
        uuid::Uuid,
    },
    sources::supervisor::sentence,
};

use super::{Desk, HANDS, Phase, orders};

/// Each subscription is asked for its values so often at least, one after the other: that
/// the vendor no longer knows them is noticed in a part of it.
const EVERY: Duration = Duration::from_secs(50);
/// Notifications in doubt are gathered for so long.
const DOUBTED: Duration = Duration::from_secs(1);
/// And not asked about more often than that.
const DOUBTED_AGAIN: Duration = Duration::from_secs(5);
/// Statistics named in one address at most: it must stay below what proxies take.
const NAMED: usize = 40;
const TRIES: u32 = 3;

/// A question for the values of a subscription.
#[derive(Clone, Debug)]
pub(crate) struct Peek {
    pub(super) subscription: Uuid,
    /// The same as the vendor calls it.
    pub(crate) id: SubscriptionId,
    members: Vec<Place>,
    /// What is asked for; none where it is all that the subscription has.
    pub(crate) names: Vec<Uuid>,
    asked: Tick,
    tries: u32,
    pub(super) not_before: Instant,
    /// The line is not whole before it is answered.
    pub(super) matters: bool,
    /// The vendor has yet to give a first value: that there is none means nothing.
    is_first: bool,
}

impl Desk {
    /// Asks for all values of all subscriptions.
    pub(super) fn peek_all(&mut self, now: Instant) {
        let all: Vec<(Uuid, Vec<Place>)> = self
            .standing
            .iter()
            .map(|(own, standing)| (*own, standing.members.iter().copied().collect()))
            .collect();
        for (subscription, places) in all {
            self.peek(subscription, &places, now, false);
        }
    }

    /// Asks for values that the vendor did not have at once.
    pub(super) fn peek_accepted(&mut self, subscription: Uuid, places: Vec<Place>, at: Instant) {
        let is_unheard = |place: &Place| !self.book.was_said(*place);
        let unheard: Vec<Place> = places.into_iter().filter(is_unheard).collect();
        if !unheard.is_empty() {
            self.peek(subscription, &unheard, at, true);
        }
    }

    fn peek(&mut self, subscription: Uuid, places: &[Place], at: Instant, is_first: bool) {
        let Some(standing) = self.standing.get(&subscription) else {
            return;
        };
        let id = SubscriptionId::clone(&standing.id);
        let total = standing.members.len();
        let is_all = places.len() * 4 > total;
        let size = if is_all { places.len().max(1) } else { NAMED };
        for some in places.chunks(size) {
            let names = some.iter().filter_map(|place| self.book.name_of(*place));
            self.peeks.push_back(Peek {
                subscription,
                id: id.clone(),
                names: if is_all { Vec::new() } else { names.collect() },
                members: some.to_vec(),
                asked: self.book.now(),
                tries: 0,
                not_before: at,
                matters: self.phase == Phase::CatchingUp,
                is_first,
            });
        }
    }

    pub(super) fn next_peek(&mut self, now: Instant) -> Option<Peek> {
        let at = self.peeks.iter().position(|peek| peek.not_before <= now)?;
        let mut peek = self.peeks.remove(at)?;
        peek.asked = self.book.now();
        Some(peek)
    }

    pub(super) fn on_peeked(&mut self, peek: &Peek, envelope: &Envelope, now: Instant) {
        let mut missing: BTreeSet<Place> = peek.members.iter().copied().collect();
        for told in envelope.told() {
            let verdict = self.book.on_answer(&told, peek.asked);
            let (Verdict::New(place) | Verdict::Same(place) | Verdict::Old(place)) = verdict else {
                continue;
            };
            missing.remove(&place);
            match (&told.fault, &told.value) {
                (Some(fault), None) => self.refuse(place, fault, now),
                _ if matches!(verdict, Verdict::New(_)) => {
                    self.say(place, &told, "statistic-values");
                }
                _ => {}
            }
        }
        let is_ours = |place: &Place| self.book.subscription_of(*place) == Some(peek.subscription);
        let missing: Vec<Place> = missing.into_iter().filter(is_ours).collect();
        let mut lost = Vec::new();
        for place in missing {
            if !peek.is_first {
                self.forget(place);
                lost.push(place);
            }
            if !self.book.was_said(place) || !peek.is_first {
                self.say_unknown(place);
            }
        }
        self.order(&lost, false, now);
    }

    pub(super) fn on_peek_failed(
        &mut self,
        mut peek: Peek,
        error: Error,
        now: Instant,
    ) -> Result<(), Error> {
        if !self.standing.contains_key(&peek.subscription) {
            return Ok(());
        }
        if error.is_of_the_question() {
            if peek.is_first {
                // Such values cannot be asked for here: they come when they change.
                peek.members
                    .iter()
                    .for_each(|place| self.say_unknown(*place));
                return Ok(());
            }
            // Since when it has been unknown is unknown too: nothing can be trusted.
            self.outbox.note(Note::Failed {
                why: format!("The vendor lost a subscription; subscribing again to all ({error})"),
            });
            self.begin(Break::Session, now);
            return Ok(());
        }
        peek.tries += 1;
        if peek.tries >= TRIES {
            match (self.phase, &error) {
                (Phase::CatchingUp, _) | (_, Error::NoAnswer(..) | Error::Unreachable { .. }) => {
                    return Err(error);
                }
                // That it went away may have been told and lost.
                (_, Error::Status { status: 503, .. }) => {
                    self.go_away(sentence(&error), orders::NOT_THERE, now);
                    return Ok(());
                }
                _ => {}
            }
        }
        peek.not_before = now + orders::pause(peek.tries, &error);
        self.peeks.push_back(peek);
        Ok(())
    }

    /// Asks for the values of one more subscription; when polling, begins a new round
    /// unless one still is under way.
    pub(super) fn on_reconcile(&mut self, now: Instant) {
        self.reconcile = now + self.pace();
        match self.mode {
            Mode::Subscribe if self.peeks.len() < HANDS => self.peek_in_turn(now),
            Mode::Subscribe => {}
            Mode::Poll(_) if self.has_orders() => {}
            Mode::Poll(_) => {
                self.has_success = false;
                self.failures = 0;
                self.order_missing(now);
            }
        }
    }

    fn peek_in_turn(&mut self, now: Instant) {
        let after = self.reconciled.map_or(Bound::Unbounded, Bound::Excluded);
        let later = self.standing.range((after, Bound::Unbounded));
        let in_turn = later.chain(&self.standing).next();
        let in_turn = in_turn.map(|(own, standing)| (*own, standing.members.clone()));
        if let Some((subscription, members)) = in_turn {
            self.reconciled = Some(subscription);
            let members = Vec::from_iter(members);
            self.peek(subscription, &members, now, false);
        }
    }

    pub(super) fn pace(&self) -> Duration {
        match self.mode {
            Mode::Subscribe => {
                let all = u32::try_from(self.standing.len()).unwrap_or(u32::MAX);
                (EVERY / all.max(1)).mul_f64(rand::random_range(0.8..1.0))
            }
            Mode::Poll(interval) => interval.mul_f64(rand::random_range(0.9..1.1)),
        }
    }

    /// A notification was older than what holds: a late one, or the vendor's clock was
    /// set back, and then it is the truth.
    pub(super) fn doubt(&mut self, place: Place, now: Instant) {
        if self.doubtful.is_empty() {
            self.settle_doubts = self.settle_doubts.max(now + DOUBTED);
        }
        self.doubtful.insert(place);
    }

    pub(super) fn settle(&mut self, now: Instant) {
        self.settle_doubts = now + DOUBTED_AGAIN;
        let mut doubtful: BTreeMap<Uuid, Vec<Place>> = BTreeMap::new();
        for place in std::mem::take(&mut self.doubtful) {
            if let Some(subscription) = self.book.subscription_of(place)
                && self.standing.contains_key(&subscription)
            {
                doubtful.entry(subscription).or_default().push(place);
            }
        }
        for (subscription, places) in doubtful {
            self.peek(subscription, &places, now, false);
        }
    }

    fn forget(&mut self, place: Place) {
        if let Some(subscription) = self.book.subscription_of(place)
            && let Some(standing) = self.standing.get_mut(&subscription)
        {
            standing.members.remove(&place);
        }
        self.book.strike(place);
    }
}
