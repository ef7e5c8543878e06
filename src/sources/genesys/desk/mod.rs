//! What is asked of the vendor, what has come back, and how far it can be trusted.
//! It does no I/O: whoever works here fetches jobs and brings their outcomes, and
//! says what was notified and what time it is.

#[cfg(test)]
mod bytes_tests;
mod orders;
mod peeks;
#[cfg(test)]
mod property_tests;
mod reasons;
mod refusals;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    domain::{Account, Age, Break, Fact, Line, Note, SourceId, Statement, Update},
    sources::statserver::{self, States},
};

use super::{
    Asked, Mode, Settings,
    book::{Book, Place, Verdict},
    envelope::{Envelope, SubscriptionId, Told},
    error::Error,
    notice::Notice,
    outbox::Outbox,
    uuid::Uuid,
};

pub(super) use orders::Order;
pub(super) use peeks::Peek;
use refusals::Refusals;

/// How many requests are under way at once.
const HANDS: usize = 4;
/// A service that says that it is away is asked so often whether it is back, lest its
/// word for that is lost.
const KNOCK: Duration = Duration::from_secs(15);
/// How many subscriptions are remembered to be ended.
const MOST_FAREWELLS: usize = 1024;
/// After one that could not be ended.
const PART_AGAIN: Duration = Duration::from_secs(30);
/// Without a single success after so many failures, it is not this or that statistic.
const BARREN: u32 = 16;

/// Something to ask of the vendor.
#[derive(Clone, Debug)]
pub(super) enum Job {
    /// A subscription; when polling, a question.
    Order(Order),
    Peek(Peek),
    Farewell(SubscriptionId),
}

/// A subscription that the vendor has confirmed.
#[derive(Debug)]
struct Subscription {
    id: SubscriptionId,
    members: BTreeSet<Place>,
}

/// A job that is under way, and in which state of things it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    epoch: u64,
    number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// There is no line to the vendor.
    Off,
    /// The service is away, though the line stands; it is asked at that time.
    Away {
        knock: Instant,
    },
    CatchingUp,
    Live,
}

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) outbox: Outbox,
    asked: Arc<[Asked]>,
    states: Arc<States>,
    mode: Mode,
    chunk: usize,
    source: SourceId,
    book: Book,
    phase: Phase,
    /// Rises whenever all that was under way is worth nothing any more.
    epoch: u64,
    numbers: u64,
    under_way: BTreeMap<Ticket, Job>,
    orders: VecDeque<Order>,
    peeks: VecDeque<Peek>,
    farewells: VecDeque<SubscriptionId>,
    /// No subscription is ended before.
    part_at: Instant,
    /// By the operation that made them.
    standing: BTreeMap<Uuid, Subscription>,
    refusals: Refusals,
    invalid: BTreeSet<Place>,
    /// Statistics whose notifications seem to be old: the vendor's clock may have been set back.
    doubtful: BTreeSet<Place>,
    /// When the next subscription's values (when polling: all) are asked for, and which
    /// were last.
    reconcile: Instant,
    reconciled: Option<Uuid>,
    /// When values in doubt are asked for.
    settle_doubts: Instant,
    /// When anything was last answered well.
    answered: Instant,
    /// Whether anything was answered well since all began anew, and what was not.
    has_success: bool,
    failures: u32,
    /// How often in a row the vendor failed at subscriptions without a single success.
    barren_runs: u32,
    told: bool,
}

impl Desk {
    pub(super) fn new(settings: &Settings, asked: Arc<[Asked]>, now: Instant) -> Self {
        Self {
            outbox: Outbox::new(settings.id.clone()),
            states: Arc::new(States::new(&settings.states, &settings.reasons)),
            mode: settings.mode,
            chunk: settings.chunk.max(1),
            source: settings.id.clone(),
            book: Book::new(asked.len()),
            phase: Phase::Off,
            epoch: 0,
            numbers: 0,
            under_way: BTreeMap::new(),
            orders: VecDeque::new(),
            peeks: VecDeque::new(),
            farewells: VecDeque::new(),
            part_at: now,
            standing: BTreeMap::new(),
            refusals: Refusals::default(),
            invalid: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            reconcile: now,
            reconciled: None,
            settle_doubts: now,
            answered: now,
            has_success: false,
            failures: 0,
            barren_runs: 0,
            told: false,
            asked,
        }
    }

    /// A line to the vendor stands on which nothing is subscribed to yet.
    pub(super) fn begin(&mut self, broken: Break, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.standing).into_values() {
            self.part_from(subscription.id);
        }
        self.book.clear();
        self.catch_up(broken, now);
        self.order_all(now);
        self.caught_up(now);
    }

    /// The line stands again, and the vendor still knows us: but what was told in
    /// between may be lost.
    pub(super) fn resume(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Away { .. }) || self.mode != Mode::Subscribe {
            return self.begin(Break::Unavailable, now);
        }
        self.drop_work();
        self.book.doubt();
        self.catch_up(Break::Upstream, now);
        self.peek_all(now);
        self.order_all(now);
        self.caught_up(now);
    }

    /// The work of a line that is lost.
    pub(super) fn put_down(&mut self) {
        self.drop_work();
        if !matches!(self.phase, Phase::Away { .. }) {
            self.phase = Phase::Off;
        }
    }

    /// All that the vendor holds for us; nothing is held after it.
    pub(super) fn leave(&mut self) -> Vec<SubscriptionId> {
        self.drop_work();
        self.phase = Phase::Off;
        self.book.clear();
        let standing = std::mem::take(&mut self.standing);
        let mut all: Vec<SubscriptionId> = std::mem::take(&mut self.farewells).into();
        all.extend(standing.into_values().map(|subscription| subscription.id));
        all
    }

    /// Jobs of another epoch need not be finished.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The next thing to ask, if it is time and a hand is free.
    pub(super) fn next_job(&mut self, now: Instant) -> Option<(Ticket, Job)> {
        if self.under_way.len() >= HANDS || self.phase == Phase::Off {
            return None;
        }
        let job = match self.phase {
            Phase::Away { knock } => {
                let is_due = knock <= now && self.under_way.is_empty();
                is_due.then(|| self.next_order(now))?.map(Job::Order)?
            }
            _ => self
                .next_order(now)
                .map(Job::Order)
                .or_else(|| self.next_peek(now).map(Job::Peek))
                .or_else(|| self.next_farewell(now).map(Job::Farewell))?,
        };
        self.numbers += 1;
        let ticket = Ticket {
            epoch: self.epoch,
            number: self.numbers,
        };
        self.under_way.insert(ticket, job.clone());
        Some((ticket, job))
    }

    /// Takes in what became of a job. What it returns ends the line.
    pub(super) fn on_outcome(
        &mut self,
        ticket: Ticket,
        outcome: Result<Envelope, Error>,
        now: Instant,
    ) -> Result<(), Error> {
        let Some(job) = self.under_way.remove(&ticket) else {
            return Ok(());
        };
        match (&job, &outcome) {
            (Job::Farewell(subscription), outcome) => {
                if outcome
                    .as_ref()
                    .is_err_and(|error| !error.is_of_the_question())
                {
                    self.part_from(SubscriptionId::clone(subscription));
                    self.part_at = now + PART_AGAIN;
                }
                return Ok(());
            }
            (_, Err(error)) if error.is_final() => return Err(error.clone()),
            (_, Ok(_)) => {
                self.told = true;
                self.answered = now;
                self.has_success = true;
                self.barren_runs = 0;
            }
            (_, Err(_)) => self.failures += 1,
        }
        match (job, outcome) {
            (Job::Order(order), Ok(envelope)) => self.on_ordered(&order, &envelope, now),
            (Job::Order(order), Err(error)) => self.on_order_failed(order, error, now)?,
            (Job::Peek(peek), Ok(envelope)) => self.on_peeked(&peek, &envelope, now),
            (Job::Peek(peek), Err(error)) => self.on_peek_failed(peek, error, now)?,
            (Job::Farewell(_), _) => {}
        }
        self.caught_up(now);
        Ok(())
    }

    /// Takes in what the vendor told by itself.
    pub(super) fn on_notice(&mut self, notice: Notice, now: Instant) {
        match notice {
            Notice::Values(values) => values.iter().for_each(|told| self.on_value(told, now)),
            Notice::Unavailable => self.on_unavailable(now),
            Notice::Available => self.on_available(now),
            Notice::Odd(why) => self.outbox.note(Note::Rejected {
                event: "notification".to_owned(),
                why,
                case: None,
            }),
            Notice::Unknown(event) => self.outbox.note(Note::Ignored { event }),
        }
    }

    /// When time alone will next ask for something to be done.
    pub(super) fn due(&self) -> Option<Instant> {
        let is_free = self.under_way.len() < HANDS;
        let work = match self.phase {
            Phase::Off => return None,
            Phase::Away { knock } => {
                let may_knock = self.under_way.is_empty() && !self.orders.is_empty();
                return may_knock.then_some(knock);
            }
            _ if !is_free => None,
            _ => {
                let orders = self.orders.iter().map(|order| order.not_before);
                let peeks = self.peeks.iter().map(|peek| peek.not_before);
                orders.chain(peeks).min()
            }
        };
        let doubts = (!self.doubtful.is_empty()).then_some(self.settle_doubts);
        let reconcile = (self.phase == Phase::Live).then_some(self.reconcile);
        let silent = self.silent_at();
        let may_part = is_free && self.phase == Phase::Live && !self.is_parting();
        let parting = (may_part && !self.farewells.is_empty()).then_some(self.part_at);
        let dues = [
            work,
            doubts,
            reconcile,
            silent,
            parting,
            self.refusals.due(),
        ];
        dues.into_iter().flatten().min()
    }

    pub(super) fn on_time(&mut self, now: Instant) {
        match self.phase {
            Phase::Off | Phase::Away { .. } => return,
            Phase::Live if self.silent_at().is_some_and(|at| at <= now) => {
                self.catch_up(Break::Upstream, now);
            }
            Phase::Live if self.reconcile <= now => self.on_reconcile(now),
            Phase::Live | Phase::CatchingUp => {}
        }
        if !self.doubtful.is_empty() && self.settle_doubts <= now {
            self.settle(now);
        }
        let again = self.refusals.take_due(now);
        self.order(&again, true, now);
    }

    /// How the statistics fare. What only the session knows is left out.
    pub(super) fn account(&self) -> Account {
        let name = |place: Place| -> Arc<str> {
            let statistic = &self.asked[place as usize].statistic;
            format!("{} of {}", statistic.name, statistic.object).into()
        };
        let refused = self.refusals.iter().take(Account::MOST_REFUSED);
        let invalid = self.invalid.iter();
        Account {
            subscriptions: self.standing.len(),
            statistics: self.asked.len(),
            invalid: invalid
                .filter(|place| !self.refusals.contains(**place))
                .count(),
            refused: refused.map(|(place, why)| (name(place), why)).collect(),
            all_refused: self.refusals.len(),
            ..Account::default()
        }
    }

    /// Whether a value came since this was last asked.
    pub(super) fn take_told(&mut self) -> bool {
        std::mem::take(&mut self.told)
    }

    /// Whether the service says that it is not there.
    pub(super) fn is_away(&self) -> bool {
        matches!(self.phase, Phase::Away { .. })
    }

    fn catch_up(&mut self, broken: Break, now: Instant) {
        let broken = Some(broken);
        self.outbox.line(Line::CatchingUp { broken });
        self.phase = Phase::CatchingUp;
        self.has_success = false;
        self.failures = 0;
        self.doubtful.clear();
        self.reconcile = now + self.pace();
    }

    /// Whether something that matters is still to be answered.
    fn is_pending(&self) -> bool {
        let mut all = self.under_way.values();
        self.orders.iter().any(|order| !order.is_retry)
            || self.peeks.iter().any(|peek| peek.matters)
            || all.any(|job| match job {
                Job::Order(order) => !order.is_retry,
                Job::Peek(peek) => peek.matters,
                Job::Farewell(_) => false,
            })
    }

    /// Says that the line is whole once nothing that matters is missing.
    fn caught_up(&mut self, now: Instant) {
        if self.phase == Phase::CatchingUp && !self.is_pending() {
            self.phase = Phase::Live;
            self.reconcile = now + self.pace();
            self.outbox.line(Line::Connected);
        }
    }

    fn on_unavailable(&mut self, now: Instant) {
        if !self.is_away() && self.phase != Phase::Off {
            let why = "Genesys reports that its Statistics service is unavailable".to_owned();
            self.go_away(why, KNOCK, now);
        }
    }

    fn go_away(&mut self, why: String, knock: Duration, now: Instant) {
        self.drop_work();
        for subscription in std::mem::take(&mut self.standing).into_values() {
            self.part_from(subscription.id);
        }
        self.book.clear();
        self.outbox.line(Line::Away { why });
        self.phase = Phase::Away {
            knock: now + jittered(knock),
        };
        self.order_all(now);
    }

    fn on_available(&mut self, now: Instant) {
        match self.phase {
            Phase::Off => {}
            Phase::Away { .. } => self.begin(Break::Unavailable, now),
            // Its going away may have been lost: are the subscriptions still known?
            Phase::CatchingUp | Phase::Live => self.peek_all(now),
        }
    }

    /// Ends all that is under way and in line.
    fn drop_work(&mut self) {
        self.epoch += 1;
        for (_, job) in std::mem::take(&mut self.under_way) {
            match job {
                Job::Order(order) => self.abandon(&order),
                Job::Farewell(subscription) => self.part_from(subscription),
                Job::Peek(_) => {}
            }
        }
        self.orders.clear();
        self.peeks.clear();
    }

    /// A subscription that is not wanted any more, if it exists at all.
    pub(super) fn part_from(&mut self, subscription: SubscriptionId) {
        if self.mode == Mode::Subscribe && self.farewells.len() < MOST_FAREWELLS {
            self.farewells.push_back(subscription);
        }
    }

    fn is_parting(&self) -> bool {
        let mut all = self.under_way.values();
        all.any(|job| matches!(job, Job::Farewell(_)))
    }

    fn next_farewell(&mut self, now: Instant) -> Option<SubscriptionId> {
        if self.is_parting() || self.phase != Phase::Live || now < self.part_at {
            return None;
        }
        // A vendor may give the same id again: then it is no longer the old one's.
        let stands = |id| self.standing.values().any(|standing| standing.id == id);
        while let Some(id) = self.farewells.pop_front() {
            if !stands(SubscriptionId::clone(&id)) {
                return Some(id);
            }
        }
        None
    }

    /// For how long a value is trusted; `None` where the vendor tells what changes.
    fn holds(&self) -> Option<Duration> {
        match self.mode {
            Mode::Subscribe => None,
            Mode::Poll(interval) => Some(3 * interval + Duration::from_secs(10)),
        }
    }

    /// When no value is fresh any more, unless one of the questions under way is answered.
    fn silent_at(&self) -> Option<Instant> {
        let is_asking = self.phase == Phase::Live && self.is_pending();
        let holds = self.holds().filter(|_| is_asking)?;
        Some(self.answered + holds)
    }

    fn on_value(&mut self, told: &Told, now: Instant) {
        self.told = true;
        match self.book.on_notification(told) {
            Verdict::New(place) => self.say(place, told, "StatisticUpdate"),
            Verdict::Same(_) => {}
            Verdict::Old(place) => self.doubt(place, now),
            Verdict::Foreign => self.outbox.note(Note::Ignored {
                event: "an unknown statistic".to_owned(),
            }),
        }
    }

    fn say(&mut self, place: Place, told: &Told, event: &'static str) {
        let statistic = &self.asked[place as usize].statistic;
        let stated = statistic.stated(told.value.as_deref(), &self.states);
        if statserver::is_known(&stated) {
            self.invalid.remove(&place);
        } else {
            self.invalid.insert(place);
        }
        let at = told.at.and_then(|at| Timestamp::from_millisecond(at).ok());
        let statement = Statement {
            stated,
            age: Age::None,
            holds: self.holds().map(millis),
        };
        let update = Update {
            source: self.source.clone(),
            event,
            at,
            fact: Fact::Stated(statistic.subject.clone(), statement),
            mistyped: 0,
        };
        self.outbox.put(place, update);
    }

    /// What is said of a statistic that the vendor gives no value of.
    fn say_unknown(&mut self, place: Place) {
        self.say(place, &Told::default(), "StatisticUpdate");
        self.book.doubt_one(place);
    }
}

/// Half of it to one and a half.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.5..1.5))
}

fn millis(of: Duration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX)
}
