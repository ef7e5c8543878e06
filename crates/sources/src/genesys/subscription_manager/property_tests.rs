//! Whatever happens between us and a vendor, in any order: values shown as up to date were
//! real, and in the end all match the vendor's.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::genesys::{bayeux::BayeuxEvent, error::ApiCall, notification};
use wallboard_domain::{
    ConnectionEvent, Fact, Input, MetricSubject, MetricValue as Figure, VendorValue,
};

use super::{
    tests::{parse_envelope, status_error, test_settings},
    *,
};

const STATISTICS: usize = 5;
const BAD: StatisticIndex = 3;

#[derive(Clone, Debug)]
enum ManagerStep {
    Change(usize),
    /// One of the notifications in flight arrives, is lost, or arrives twice.
    Deliver(usize),
    Lose(usize),
    Repeat(usize),
    /// One of the running jobs succeeds, fails at the vendor, or loses its response.
    Work(usize),
    Fail(usize, u16),
    Unanswered(usize),
    Wait(u64),
    Cut,
    NewSession,
    /// Subscriptions are lost without notice.
    Forget,
    Service(bool),
    Clock(i64),
}

fn any_step() -> impl Strategy<Value = ManagerStep> {
    let some = 0..100_usize;
    prop_oneof![
        10 => (0..STATISTICS).prop_map(ManagerStep::Change),
        8 => some.clone().prop_map(ManagerStep::Deliver),
        2 => some.clone().prop_map(ManagerStep::Lose),
        2 => some.clone().prop_map(ManagerStep::Repeat),
        10 => some.clone().prop_map(ManagerStep::Work),
        2 => (some.clone(), prop_oneof![Just(500), Just(503), Just(429)])
            .prop_map(|(which, status)| ManagerStep::Fail(which, status)),
        1 => some.prop_map(ManagerStep::Unanswered),
        4 => (1..30_000_u64).prop_map(ManagerStep::Wait),
        1 => Just(ManagerStep::Cut),
        1 => Just(ManagerStep::NewSession),
        1 => Just(ManagerStep::Forget),
        1 => any::<bool>().prop_map(ManagerStep::Service),
        1 => prop_oneof![Just(-3_600_000), Just(0), Just(3_600_000)].prop_map(ManagerStep::Clock),
    ]
}

/// The vendor, our manager, and what a screen would show.
struct VendorModel {
    manager: SubscriptionManager,
    now: Instant,
    jobs: Vec<(JobTicket, ApiJob)>,
    values: Vec<u64>,
    subscriptions: HashMap<SubscriptionId, Vec<(StatisticIndex, Uuid)>>,
    /// The vendor doesn't use our ids for subscriptions.
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

impl VendorModel {
    fn new(has_own_ids: bool) -> Self {
        let settings = test_settings(STATISTICS, 2, GenesysMode::Subscribe);
        let now = Instant::now();
        let mut manager =
            SubscriptionManager::new(&settings, Arc::clone(&settings.statistics), now);
        manager.begin_session(Discontinuity::Session, now);
        Self {
            manager,
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

    fn run_step(&mut self, step: &ManagerStep) {
        match *step {
            ManagerStep::Change(which) => self.change_value(which),
            ManagerStep::Deliver(which) => {
                if let Some(at) = pick_index(which, self.under_way.len()) {
                    let pending = self.under_way.remove(at);
                    self.notify_value(pending);
                }
            }
            ManagerStep::Lose(which) => {
                if let Some(at) = pick_index(which, self.under_way.len()) {
                    self.under_way.remove(at);
                }
            }
            ManagerStep::Repeat(which) => {
                if let Some(at) = pick_index(which, self.under_way.len()) {
                    self.notify_value(self.under_way[at].clone());
                }
            }
            ManagerStep::Work(which) => self.finish_job(which, None),
            ManagerStep::Fail(which, status) => self.finish_job(which, Some(status_error(status))),
            ManagerStep::Unanswered(which) => {
                if let Some(at) = pick_index(which, self.jobs.len()) {
                    let (ticket, job) = self.jobs.remove(at);
                    drop(self.serve_job(&job));
                    let error = GenesysError::NoAnswer(Duration::from_secs(4), ApiCall::Values);
                    self.deliver_outcome(ticket, Err(error));
                }
            }
            ManagerStep::Wait(millis) => {
                self.now += Duration::from_millis(millis);
                self.manager.on_timer(self.now);
            }
            ManagerStep::Cut => self.reconnect(true),
            ManagerStep::NewSession => {
                self.subscriptions.clear();
                self.under_way.clear();
                self.reconnect(false);
            }
            ManagerStep::Forget => self.subscriptions.clear(),
            ManagerStep::Service(is_available) => self.set_available(is_available),
            ManagerStep::Clock(ahead) => self.ahead = ahead,
        }
        self.run_until_idle();
    }

    fn change_value(&mut self, which: usize) {
        self.values[which] += 1;
        self.clock += 1;
        let at = self.clock + self.ahead;
        for (subscription, members) in &self.subscriptions {
            let ids = members.iter().filter(|(index, _)| *index as usize == which);
            let value = self.values[which];
            self.under_way
                .extend(ids.map(|(_, id)| (subscription.clone(), *id, value, at)));
        }
    }

    fn notify_value(&mut self, (id, uuid, value, at): (SubscriptionId, Uuid, u64, i64)) {
        let data = json!({"statistics": [{"subscriptionId": &*id, "value": value,
            "statisticId": uuid.to_string(), "timestamp": at}]});
        let event = BayeuxEvent {
            channel: notification::UPDATES_CHANNEL,
            data: serde_json::value::to_raw_value(&data).unwrap(),
        };
        self.manager
            .on_notification(Notification::from_event(&event), self.now);
    }

    fn set_available(&mut self, is_available: bool) {
        if is_available == self.is_available {
            return;
        }
        self.is_available = is_available;
        self.subscriptions.clear();
        let notice = if is_available {
            Notification::Available
        } else {
            Notification::Unavailable
        };
        self.manager.on_notification(notice, self.now);
    }

    fn finish_job(&mut self, which: usize, fault: Option<GenesysError>) {
        if let Some(at) = pick_index(which, self.jobs.len()) {
            let (ticket, job) = self.jobs.remove(at);
            let outcome = fault.map_or_else(|| self.serve_job(&job), Err);
            self.deliver_outcome(ticket, outcome);
        }
    }

    fn deliver_outcome(&mut self, ticket: JobTicket, outcome: Result<ApiEnvelope, GenesysError>) {
        if self.manager.on_outcome(ticket, outcome, self.now).is_err() {
            self.reconnect(true);
        }
    }

    fn reconnect(&mut self, is_known: bool) {
        self.manager.mark_lost();
        self.is_connected = false;
        if is_known {
            self.manager.resume_session(self.now);
        } else {
            self.manager.begin_session(Discontinuity::Session, self.now);
        }
    }

    /// Runs a job at the vendor and returns the response.
    fn serve_job(&mut self, job: &ApiJob) -> Result<ApiEnvelope, GenesysError> {
        if !self.is_available {
            return Err(status_error(503));
        }
        match job {
            ApiJob::Request(batch) => {
                if batch.members.iter().any(|(index, _)| *index == BAD) {
                    return Err(status_error(400));
                }
                self.made += 1;
                let id: SubscriptionId = if self.has_own_ids {
                    format!("No {}", self.made).into()
                } else {
                    batch.subscription.to_string().into()
                };
                self.subscriptions.insert(id.clone(), batch.members.clone());
                Ok(self.values_envelope(&id, &[]))
            }
            ApiJob::Refresh(refresh) if self.subscriptions.contains_key(&refresh.id) => {
                Ok(self.values_envelope(&refresh.id, &refresh.statistic_ids))
            }
            ApiJob::Refresh(_) => Err(status_error(404)),
            ApiJob::Unsubscribe(subscription) => {
                self.subscriptions.remove(subscription);
                Ok(parse_envelope(&json!({"status": {"code": 0}})))
            }
        }
    }

    fn values_envelope(&mut self, id: &SubscriptionId, ids: &[Uuid]) -> ApiEnvelope {
        self.clock += 1;
        let members = self.subscriptions[id].iter();
        let members = members.filter(|(_, uuid)| ids.is_empty() || ids.contains(uuid));
        let statistics: Value = members
            .map(|(index, uuid)| {
                json!({"statisticId": uuid.to_string(), "timestamp": self.clock + self.ahead,
                    "value": self.values[*index as usize]})
            })
            .collect();
        parse_envelope(&json!({"status": {"code": 0},
            "data": {"subscriptionId": &**id, "statistics": statistics}}))
    }

    /// Sends new jobs, and applies what is reported to the screen.
    fn run_until_idle(&mut self) {
        self.jobs
            .retain(|(ticket, _)| ticket.epoch == self.manager.epoch());
        while let Some(job) = self.manager.next_job(self.now) {
            self.jobs.push(job);
        }
        while let Some(inputs) = self.manager.outbox.take_batch() {
            for input in inputs {
                self.observe_input(input);
            }
        }
        for (value, shown) in self.values.iter().zip(&self.shown) {
            let Some((Some(shown), _)) = shown else {
                continue;
            };
            assert!(shown <= value, "a value that never existed is shown");
        }
    }

    fn observe_input(&mut self, input: Input) {
        match input {
            Input::Connection(_, ConnectionEvent::CatchingUp { discontinuity }) => {
                self.generation += u64::from(discontinuity.is_some());
                self.is_connected = false;
            }
            Input::Connection(_, event) => self.is_connected = event == ConnectionEvent::Connected,
            Input::Update(update) => {
                let Fact::VendorFigure(MetricSubject::Queue(queue), report) = update.fact else {
                    panic!("only queue metrics were requested");
                };
                let value = match report.value {
                    VendorValue::Metric(_, Some(Figure::Count(count))) => Some(count),
                    _ => None,
                };
                let index: usize = queue.external.trim_end_matches("@switch").parse().unwrap();
                self.shown[index] = Some((value, self.generation));
            }
            _ => {}
        }
    }

    /// Clears all faults and runs until everything settles.
    fn clear_faults(&mut self) {
        self.set_available(true);
        self.run_until_idle();
        for _ in 0..600 {
            while let Some(pending) = self.under_way.pop() {
                self.notify_value(pending);
            }
            for _ in 0..CONCURRENT_REQUESTS {
                self.finish_job(0, None);
                self.run_until_idle();
            }
            self.now += Duration::from_secs(1);
            self.manager.on_timer(self.now);
            self.run_until_idle();
        }
    }
}

fn pick_index(which: usize, len: usize) -> Option<usize> {
    which.checked_rem(len)
}

proptest! {
    #[test]
    fn ends_with_the_vendors_values_after_any_steps(
        steps in proptest::collection::vec(any_step(), 0..150),
        has_own_ids in any::<bool>(),
    ) {
        let mut model = VendorModel::new(has_own_ids);
        model.run_until_idle();
        for step in &steps {
            model.run_step(step);
        }

        model.clear_faults();

        prop_assert!(model.is_connected);
        for (index, shown) in model.shown.iter().enumerate() {
            let is_bad = index == BAD as usize;
            let expected = (!is_bad).then_some(model.values[index]);
            prop_assert_eq!(*shown, Some((expected, model.generation)), "{}", index);
        }
        let confirmed = model.manager.confirmed.values().map(|confirmed| &confirmed.id);
        prop_assert!(confirmed.clone().all(|id| model.subscriptions.contains_key(id)));
        // Our side can't know the id of a subscription whose response was lost.
        let is_known = |id: &SubscriptionId| confirmed.clone().any(|confirmed_id| confirmed_id == id);
        prop_assert!(has_own_ids || model.subscriptions.keys().all(is_known));
    }
}
