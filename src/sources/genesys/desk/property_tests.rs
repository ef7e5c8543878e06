//! Whatever happens between us and a vendor, and in whatever order: what is shown as
//! fresh was so, and in the end all is the vendor's truth.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    domain::{Input, Stated, Subject, Value as Figure},
    sources::genesys::{bayeux::Event, error::Call, notice},
};

use super::{
    tests::{envelope, no, settings},
    *,
};

const STATISTICS: usize = 5;
const BAD: Place = 3;

#[derive(Clone, Debug)]
enum Step {
    Change(usize),
    /// One of the notifications under way arrives, or is lost, or comes twice.
    Deliver(usize),
    Lose(usize),
    Repeat(usize),
    /// One of the jobs under way is done, fails at the vendor, or loses its answer.
    Work(usize),
    Fail(usize, u16),
    Unanswered(usize),
    Wait(u64),
    Cut,
    NewSession,
    /// Subscriptions are gone, and nobody says so.
    Forget,
    Service(bool),
    Clock(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let some = 0..100_usize;
    prop_oneof![
        10 => (0..STATISTICS).prop_map(Step::Change),
        8 => some.clone().prop_map(Step::Deliver),
        2 => some.clone().prop_map(Step::Lose),
        2 => some.clone().prop_map(Step::Repeat),
        10 => some.clone().prop_map(Step::Work),
        2 => (some.clone(), prop_oneof![Just(500), Just(503), Just(429)])
            .prop_map(|(which, status)| Step::Fail(which, status)),
        1 => some.prop_map(Step::Unanswered),
        4 => (1..30_000_u64).prop_map(Step::Wait),
        1 => Just(Step::Cut),
        1 => Just(Step::NewSession),
        1 => Just(Step::Forget),
        1 => any::<bool>().prop_map(Step::Service),
        1 => prop_oneof![Just(-3_600_000), Just(0), Just(3_600_000)].prop_map(Step::Clock),
    ]
}

/// The vendor, us, and what a screen would show.
struct World {
    desk: Desk,
    now: Instant,
    jobs: Vec<(Ticket, Job)>,
    values: Vec<u64>,
    subscriptions: HashMap<SubscriptionId, Vec<(Place, Uuid)>>,
    /// Subscriptions are not called what we call them.
    has_own_ids: bool,
    made: u64,
    under_way: Vec<(SubscriptionId, Uuid, u64, i64)>,
    clock: i64,
    ahead: i64,
    is_available: bool,
    shown: Vec<Option<(Option<u64>, u64)>>,
    generation: u64,
    is_connected: bool,
}

impl World {
    fn new(has_own_ids: bool) -> Self {
        let settings = settings(STATISTICS, 2, Mode::Subscribe);
        let now = Instant::now();
        let mut desk = Desk::new(&settings, Arc::clone(&settings.statistics), now);
        desk.begin(Break::Session, now);
        Self {
            desk,
            now,
            jobs: Vec::new(),
            values: vec![0; STATISTICS],
            subscriptions: HashMap::new(),
            has_own_ids,
            made: 0,
            under_way: Vec::new(),
            clock: 1_500_000_000_000,
            ahead: 0,
            is_available: true,
            shown: vec![None; STATISTICS],
            generation: 0,
            is_connected: false,
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Change(which) => self.change(which),
            Step::Deliver(which) => {
                if let Some(at) = pick(which, self.under_way.len()) {
                    let news = self.under_way.remove(at);
                    self.notify(news);
                }
            }
            Step::Lose(which) => {
                if let Some(at) = pick(which, self.under_way.len()) {
                    self.under_way.remove(at);
                }
            }
            Step::Repeat(which) => {
                if let Some(at) = pick(which, self.under_way.len()) {
                    self.notify(self.under_way[at].clone());
                }
            }
            Step::Work(which) => self.work(which, None),
            Step::Fail(which, status) => self.work(which, Some(no(status))),
            Step::Unanswered(which) => {
                if let Some(at) = pick(which, self.jobs.len()) {
                    let (ticket, job) = self.jobs.remove(at);
                    drop(self.served(&job));
                    let error = Error::NoAnswer(Duration::from_secs(4), Call::Values);
                    self.brought(ticket, Err(error));
                }
            }
            Step::Wait(millis) => {
                self.now += Duration::from_millis(millis);
                self.desk.on_time(self.now);
            }
            Step::Cut => self.begin_again(true),
            Step::NewSession => {
                self.subscriptions.clear();
                self.under_way.clear();
                self.begin_again(false);
            }
            Step::Forget => self.subscriptions.clear(),
            Step::Service(is_available) => self.serve(is_available),
            Step::Clock(ahead) => self.ahead = ahead,
        }
        self.settle();
    }

    fn change(&mut self, which: usize) {
        self.values[which] += 1;
        self.clock += 1;
        let at = self.clock + self.ahead;
        for (subscription, members) in &self.subscriptions {
            let names = members.iter().filter(|(place, _)| *place as usize == which);
            let value = self.values[which];
            self.under_way
                .extend(names.map(|(_, name)| (subscription.clone(), *name, value, at)));
        }
    }

    fn notify(&mut self, (id, name, value, at): (SubscriptionId, Uuid, u64, i64)) {
        let told = json!({"statistics": [{"subscriptionId": &*id, "value": value,
            "statisticId": name.to_string(), "timestamp": at}]});
        let event = Event {
            channel: notice::UPDATES,
            data: serde_json::value::to_raw_value(&told).unwrap(),
        };
        self.desk.on_notice(Notice::read(&event), self.now);
    }

    fn serve(&mut self, is_available: bool) {
        if is_available == self.is_available {
            return;
        }
        self.is_available = is_available;
        self.subscriptions.clear();
        let notice = if is_available {
            Notice::Available
        } else {
            Notice::Unavailable
        };
        self.desk.on_notice(notice, self.now);
    }

    fn work(&mut self, which: usize, fault: Option<Error>) {
        if let Some(at) = pick(which, self.jobs.len()) {
            let (ticket, job) = self.jobs.remove(at);
            let outcome = fault.map_or_else(|| self.served(&job), Err);
            self.brought(ticket, outcome);
        }
    }

    fn brought(&mut self, ticket: Ticket, outcome: Result<Envelope, Error>) {
        if self.desk.on_outcome(ticket, outcome, self.now).is_err() {
            self.begin_again(true);
        }
    }

    fn begin_again(&mut self, is_known: bool) {
        self.desk.put_down();
        self.is_connected = false;
        if is_known {
            self.desk.resume(self.now);
        } else {
            self.desk.begin(Break::Session, self.now);
        }
    }

    /// What the vendor does and answers.
    fn served(&mut self, job: &Job) -> Result<Envelope, Error> {
        if !self.is_available {
            return Err(no(503));
        }
        match job {
            Job::Order(order) => {
                if order.members.iter().any(|(place, _)| *place == BAD) {
                    return Err(no(400));
                }
                self.made += 1;
                let id: SubscriptionId = if self.has_own_ids {
                    format!("No {}", self.made).into()
                } else {
                    order.subscription.to_string().into()
                };
                self.subscriptions.insert(id.clone(), order.members.clone());
                Ok(self.told(&id, &[]))
            }
            Job::Peek(peek) if self.subscriptions.contains_key(&peek.id) => {
                Ok(self.told(&peek.id, &peek.names))
            }
            Job::Peek(_) => Err(no(404)),
            Job::Farewell(subscription) => {
                self.subscriptions.remove(subscription);
                Ok(envelope(&json!({"status": {"code": 0}})))
            }
        }
    }

    fn told(&mut self, id: &SubscriptionId, names: &[Uuid]) -> Envelope {
        self.clock += 1;
        let members = self.subscriptions[id].iter();
        let members = members.filter(|(_, name)| names.is_empty() || names.contains(name));
        let statistics: Value = members
            .map(|(place, name)| {
                json!({"statisticId": name.to_string(), "timestamp": self.clock + self.ahead,
                    "value": self.values[*place as usize]})
            })
            .collect();
        envelope(&json!({"status": {"code": 0},
            "data": {"subscriptionId": &**id, "statistics": statistics}}))
    }

    /// New jobs go out, and what is said reaches the screen.
    fn settle(&mut self) {
        self.jobs
            .retain(|(ticket, _)| ticket.epoch == self.desk.epoch());
        while let Some(job) = self.desk.next_job(self.now) {
            self.jobs.push(job);
        }
        while let Some(inputs) = self.desk.outbox.take() {
            for input in inputs {
                self.show(input);
            }
        }
        for (value, shown) in self.values.iter().zip(&self.shown) {
            let Some((Some(shown), _)) = shown else {
                continue;
            };
            assert!(shown <= value, "what never was is shown");
        }
    }

    fn show(&mut self, input: Input) {
        match input {
            Input::Line(_, Line::CatchingUp { broken }) => {
                self.generation += u64::from(broken.is_some());
                self.is_connected = false;
            }
            Input::Line(_, line) => self.is_connected = line == Line::Connected,
            Input::Update(update) => {
                let Fact::Stated(Subject::Queue(queue), statement) = update.fact else {
                    panic!("only figures of queues were asked for");
                };
                let value = match statement.stated {
                    Stated::Figure(_, Some(Figure::Count(count))) => Some(count),
                    _ => None,
                };
                let place: usize = queue.external.trim_end_matches("@switch").parse().unwrap();
                self.shown[place] = Some((value, self.generation));
            }
            _ => {}
        }
    }

    /// All is well again and stays so.
    fn heal(&mut self) {
        self.serve(true);
        self.settle();
        for _ in 0..600 {
            while let Some(news) = self.under_way.pop() {
                self.notify(news);
            }
            for _ in 0..HANDS {
                self.work(0, None);
                self.settle();
            }
            self.now += Duration::from_secs(1);
            self.desk.on_time(self.now);
            self.settle();
        }
    }
}

fn pick(which: usize, of: usize) -> Option<usize> {
    which.checked_rem(of)
}

proptest! {
    #[test]
    fn whatever_happens_it_ends_in_the_vendors_truth(
        steps in proptest::collection::vec(step(), 0..150),
        has_own_ids in any::<bool>(),
    ) {
        let mut world = World::new(has_own_ids);
        world.settle();
        for step in &steps {
            world.step(step);
        }

        world.heal();

        prop_assert!(world.is_connected);
        for (place, shown) in world.shown.iter().enumerate() {
            let is_bad = place == BAD as usize;
            let truth = (!is_bad).then_some(world.values[place]);
            prop_assert_eq!(*shown, Some((truth, world.generation)), "{}", place);
        }
        let standing = world.desk.standing.values().map(|standing| &standing.id);
        prop_assert!(standing.clone().all(|id| world.subscriptions.contains_key(id)));
        // What an answer that is lost called a subscription, nobody here can know.
        let is_known = |id: &SubscriptionId| standing.clone().any(|own| own == id);
        prop_assert!(has_own_ids || world.subscriptions.keys().all(is_known));
    }
}
