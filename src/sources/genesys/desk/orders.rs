//! Subscriptions (when polling: questions) in chunks. One bad statistic costs only
//! itself: a chunk that the vendor refuses is halved until it is found.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use crate::{
    domain::{Break, Note},
    sources::genesys::{
        How, Mode,
        book::{Place, Tick, Verdict},
        envelope::{Envelope, Told},
        error::Error,
        uuid::Uuid,
    },
    sources::supervisor::sentence,
};

use super::{
    BARREN, Desk, Job, Phase, Subscription, jittered,
    reasons::{self, Member},
};

const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// So often the line itself may be at fault before it is the chunk, or the line is given up.
const TRIES: u32 = 3;
/// A service that is not there yet is asked so often.
pub(super) const NOT_THERE: Duration = Duration::from_secs(2);
/// What the vendor accepted without a value is asked for after so long.
const ACCEPTED: Duration = Duration::from_secs(1);

/// Statistics that are asked for at once, by names that are given when it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) subscription: Uuid,
    pub(crate) members: Vec<(Place, Uuid)>,
    asked: Tick,
    tries: u32,
    pub(super) not_before: Instant,
    /// Of statistics that were refused before: nobody waits for it.
    pub(super) is_retry: bool,
}

impl Order {
    fn places(&self) -> impl Iterator<Item = Place> {
        self.members.iter().map(|(place, _)| *place)
    }

    fn again(&self, members: &[(Place, Uuid)]) -> Self {
        Self {
            members: members.to_vec(),
            // What was tried often enough as a whole is not tried so often in parts.
            tries: self.tries.min(TRIES - 1),
            ..self.clone()
        }
    }
}

impl Desk {
    /// All that is configured; what was refused before apart, so that it spoils no other.
    pub(super) fn order_all(&mut self, now: Instant) {
        self.order_missing(now);
        let is_in_vain = |place: Place| is_unpollable(self.mode, &self.asked[place as usize].how);
        let refused = self.refusals.take_all(is_in_vain);
        self.order(&refused, true, now);
    }

    /// What is neither subscribed to nor refused.
    pub(super) fn order_missing(&mut self, now: Instant) {
        let all = 0..Place::try_from(self.asked.len()).unwrap_or(Place::MAX);
        let mut missing = Vec::new();
        for place in all {
            let is_unpollable = is_unpollable(self.mode, &self.asked[place as usize].how);
            if is_unpollable {
                let why = "a statistic by definition can't be polled: use the `name` of one configured at Genesys, or set `mode = \"subscribe\"`";
                if self.refusals.add_for_good(place, why) {
                    self.note_refusal(place, why);
                }
            }
            if self.refusals.contains(place) {
                self.say_unknown(place);
            } else if self.book.name_of(place).is_none() {
                missing.push(place);
            }
        }
        self.order(&missing, false, now);
    }

    pub(super) fn order(&mut self, places: &[Place], is_retry: bool, now: Instant) {
        for chunk in places.chunks(self.chunk) {
            let nameless = Uuid::random();
            self.orders.push_back(Order {
                subscription: nameless,
                members: chunk.iter().map(|place| (*place, nameless)).collect(),
                asked: self.book.now(),
                tries: 0,
                not_before: now,
                is_retry,
            });
        }
    }

    /// The next order that may go out, under names that were never used before.
    pub(super) fn next_order(&mut self, now: Instant) -> Option<Order> {
        let at = self
            .orders
            .iter()
            .position(|order| order.not_before <= now)?;
        let mut order = self.orders.remove(at)?;
        order.asked = self.book.now();
        if self.mode == Mode::Subscribe {
            order.subscription = Uuid::random();
            for (place, name) in &mut order.members {
                *name = Uuid::random();
                self.book.enter(*place, *name, order.subscription);
            }
        }
        Some(order)
    }

    /// Nothing comes of an order that is or may be out.
    pub(super) fn abandon(&mut self, order: &Order) {
        for place in order.places() {
            if self.book.subscription_of(place) == Some(order.subscription) {
                self.book.strike(place);
            }
        }
        self.part_from(order.subscription.to_string().into());
    }

    pub(super) fn on_ordered(&mut self, order: &Order, envelope: &Envelope, now: Instant) {
        if self.is_away() {
            self.catch_up(Break::Unavailable, now);
        }
        let mut missing: BTreeSet<Place> = order.places().collect();
        let told = envelope.told();
        let is_in_order = told.len() == order.members.len();
        for (number, told) in told.into_iter().enumerate() {
            let by_number = order.members.get(number).filter(|_| is_in_order);
            let Some(place) = self.place_of(order, &told, by_number.map(|(place, _)| *place))
            else {
                continue;
            };
            if !missing.remove(&place) {
                continue;
            }
            match (&told.fault, &told.value) {
                (Some(fault), None) => self.refuse(place, fault, now),
                _ => self.on_answered(order, place, &told),
            }
        }
        self.on_errors(order, &mut missing, envelope, now);
        match self.mode {
            Mode::Poll(_) => missing
                .into_iter()
                .for_each(|place| self.say_unknown(place)),
            Mode::Subscribe => self.on_subscribed(order, envelope, missing, now),
        }
    }

    fn place_of(&self, order: &Order, told: &Told, by_number: Option<Place>) -> Option<Place> {
        if self.mode == Mode::Subscribe {
            let is_it = |(_, name): &&(Place, Uuid)| Some(*name) == told.statistic;
            return order.members.iter().find(is_it).map(|(place, _)| *place);
        }
        let (Some(name), Some(object)) = (&told.name, &told.object) else {
            return by_number;
        };
        let is_it = |place: &Place| {
            let statistic = &self.asked[*place as usize].statistic;
            let of_type = told.object_type.as_ref();
            *statistic.name == **name
                && *statistic.object == **object
                && of_type.is_none_or(|own| own.eq_ignore_ascii_case(&statistic.object_type))
        };
        // The answer is usually in the order of the question.
        by_number
            .filter(is_it)
            .or_else(|| order.places().find(is_it))
    }

    fn on_answered(&mut self, order: &Order, place: Place, told: &Told) {
        self.refusals.remove(place);
        let (verdict, event) = match self.mode {
            Mode::Subscribe => (self.book.on_answer(told, order.asked), "subscriptions"),
            Mode::Poll(_) => (self.book.on_poll(place, told), "get-statistic-ex"),
        };
        // Polled values are trusted for a while only: each is said.
        let is_said = matches!(verdict, Verdict::New(_))
            || matches!((verdict, self.mode), (Verdict::Same(_), Mode::Poll(_)));
        if is_said {
            self.say(place, told, event);
        }
    }

    /// Errors beside values: of the statistics that they are about.
    fn on_errors(
        &mut self,
        order: &Order,
        missing: &mut BTreeSet<Place>,
        envelope: &Envelope,
        now: Instant,
    ) {
        let members = order.members.iter().map(|(place, name)| Member {
            place: *place,
            name: *name,
            statistic: &self.asked[*place as usize].statistic,
        });
        let members: Vec<Member<'_>> = members.collect();
        for (place, why) in reasons::attribute(&envelope.errors, &members, missing) {
            missing.remove(&place);
            self.refuse(place, &why, now);
        }
    }

    /// What has no value yet may get one: it is asked for a little later.
    fn on_subscribed(
        &mut self,
        order: &Order,
        envelope: &Envelope,
        missing: BTreeSet<Place>,
        now: Instant,
    ) {
        let id = envelope.subscription();
        let id = id.unwrap_or_else(|| order.subscription.to_string().into());
        let ours = |place: &Place| self.book.subscription_of(*place) == Some(order.subscription);
        let members: BTreeSet<Place> = order.places().filter(ours).collect();
        if members.is_empty() {
            self.part_from(id);
            return;
        }
        let subscription = Subscription { id, members };
        self.standing.insert(order.subscription, subscription);
        for place in &missing {
            self.refusals.remove(*place);
        }
        let missing: Vec<Place> = missing.into_iter().collect();
        self.peek_accepted(order.subscription, missing, now + ACCEPTED);
    }

    pub(super) fn on_order_failed(
        &mut self,
        mut order: Order,
        error: Error,
        now: Instant,
    ) -> Result<(), Error> {
        let is_of_the_question = error.is_of_the_question();
        if is_of_the_question {
            for place in order.places() {
                self.book.strike(place);
            }
        } else {
            // The answer may be all that was lost.
            self.abandon(&order);
        }
        if is_of_the_question {
            if self.is_away() {
                self.catch_up(Break::Unavailable, now);
            }
            return self.halve(&order, error, now);
        }
        let is_not_there = matches!(error, Error::Status { status: 503, .. });
        if self.is_away() || is_not_there && !self.has_success {
            if self.is_away() {
                self.orders.push_front(order);
                self.phase = Phase::Away {
                    knock: now + jittered(NOT_THERE),
                };
            } else {
                self.go_away(sentence(&error), NOT_THERE, now);
            }
            return Ok(());
        }
        order.tries += 1;
        if order.tries < TRIES {
            order.not_before = now + pause(order.tries, &error);
            self.orders.push_back(order);
            return Ok(());
        }
        let answers = matches!(error, Error::Status { .. } | Error::Unreadable { .. });
        if !self.has_success {
            self.barren_runs += u32::from(answers);
        }
        // Others fare well, or the vendor has answered so for long: it is this chunk.
        let is_the_chunk = answers && (self.has_success || self.barren_runs >= TRIES);
        if is_the_chunk {
            return self.halve(&order, error, now);
        }
        if self.phase == Phase::Live && self.mode == Mode::Subscribe {
            order.not_before = now + pause(order.tries, &error);
            self.orders.push_back(order);
            return Ok(());
        }
        Err(error)
    }

    fn halve(&mut self, order: &Order, error: Error, now: Instant) -> Result<(), Error> {
        if !self.has_success && self.failures >= BARREN {
            return Err(match error {
                Error::Status {
                    asked, status: 403, ..
                } => Error::Unauthorised(asked, 403),
                error => error,
            });
        }
        if let [(place, _)] = order.members[..] {
            self.refuse(place, &error.to_string(), now);
            return Ok(());
        }
        let (first, second) = order.members.split_at(order.members.len() / 2);
        for half in [second, first] {
            let mut half = order.again(half);
            half.not_before = now;
            self.orders.push_front(half);
        }
        Ok(())
    }

    pub(super) fn refuse(&mut self, place: Place, why: &str, now: Instant) {
        if let Some(subscription) = self.book.subscription_of(place)
            && let Some(standing) = self.standing.get_mut(&subscription)
        {
            standing.members.remove(&place);
        }
        self.book.strike(place);
        if self.refusals.add(place, why, now) {
            self.note_refusal(place, why);
        }
        self.say_unknown(place);
    }

    fn note_refusal(&mut self, place: Place, why: &str) {
        let statistic = &self.asked[place as usize].statistic;
        let why = format!(
            "No value for the statistic “{}” of {} “{}”: {why}",
            statistic.name, statistic.object_type, statistic.object
        );
        self.outbox.note(Note::Failed { why });
    }

    pub(super) fn has_orders(&self) -> bool {
        let mut all = self.under_way.values();
        !self.orders.is_empty() || all.any(|job| matches!(job, Job::Order(_)))
    }
}

fn is_unpollable(mode: Mode, how: &How) -> bool {
    matches!((mode, how), (Mode::Poll(_), How::Definition(_)))
}

/// Grows with each try, unless the vendor itself says how long.
pub(super) fn pause(tries: u32, error: &Error) -> Duration {
    if let Error::Status {
        after: Some(after), ..
    } = error
    {
        return *after + jittered(FIRST_PAUSE);
    }
    let grown = FIRST_PAUSE * 2_u32.saturating_pow(tries.saturating_sub(1).min(8));
    jittered(grown).min(LONGEST_PAUSE)
}
