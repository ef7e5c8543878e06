//! The phone side from outside: what it reports, compared with the truth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use wallboard_simulator::{Activity, AgentTruth, CallCenter, Channel, Settings, Truth};

use wallboard_domain::{
    AgentStatus, AgentStatusReport, ConnectionEvent, Fact, Input, Metric, MetricSubject,
    MetricValue, VendorValue,
};

use super::phone_feed::PhoneFeed;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn noon() -> Timestamp {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

fn early() -> Timestamp {
    "2026-03-04T02:00:00Z".parse().unwrap()
}

/// The call center with its phone side.
struct Phone {
    center: CallCenter,
    feed: PhoneFeed,
}

impl Phone {
    fn new(seed: u64, times_real: f64, start: Timestamp) -> Self {
        let settings = Settings {
            seed,
            speed: times_real,
            ..Settings::default()
        };
        Self {
            center: CallCenter::new(&settings, start, &[Channel::Phone]),
            feed: PhoneFeed::new(&"voice".into(), start),
        }
    }

    fn open(&mut self) -> Vec<Input> {
        self.feed.open(&self.center)
    }

    fn advance(&mut self, to: Timestamp) -> Vec<(Timestamp, Vec<Input>)> {
        self.feed.advance(&mut self.center, to)
    }

    fn set_unavailable(&mut self, is_unavailable: bool, at: Timestamp) -> Vec<Input> {
        self.feed
            .set_unavailable(is_unavailable, &mut self.center, at)
    }

    /// The number of entries in memory.
    fn size(&self) -> usize {
        self.center.size() + self.feed.service.size()
    }

    /// The truth at the time of the last report.
    fn truth(&self) -> Truth {
        Truth::observe(&self.center, Channel::Phone)
    }
}

/// A listener that knows only what the source reports.
#[derive(Default)]
struct Listener {
    figures: HashMap<(String, Metric), Option<MetricValue>>,
    statuses: BTreeMap<String, AgentStatusReport>,
    lines: Vec<&'static str>,
}

impl Listener {
    fn on_inputs(&mut self, inputs: &[Input]) {
        for input in inputs {
            match input {
                Input::Update(update) => self.on_fact(&update.fact),
                Input::Connection(_, ConnectionEvent::Connected) => self.lines.push("connected"),
                Input::Connection(_, ConnectionEvent::CatchingUp { .. }) => {
                    self.lines.push("catching up");
                }
                Input::Connection(_, ConnectionEvent::Disconnected { .. }) => {
                    self.lines.push("disconnected");
                }
                Input::Diagnostic(..) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    fn on_fact(&mut self, fact: &Fact) {
        let Fact::VendorFigure(MetricSubject::Queue(id) | MetricSubject::Agent(id), report) = fact
        else {
            panic!("{fact:?}");
        };
        let id = id.external.to_string();
        match &report.value {
            VendorValue::Metric(metric, value) => {
                self.figures.insert((id, *metric), *value);
            }
            VendorValue::Status(Some(status)) => {
                self.statuses.insert(id, status.clone());
            }
            other => panic!("{other:?}"),
        }
    }

    fn number(&self, id: &str, metric: Metric) -> Option<f64> {
        self.figures[&(id.to_owned(), metric)].map(MetricValue::as_number)
    }

    fn agrees(&self, truth: &Truth) {
        for queue in &truth.queues {
            for (metric, actual) in [
                (Metric::Waiting, queue.waiting),
                (Metric::InConversation, queue.in_conversation),
                (Metric::AgentsAvailable, queue.available),
                (Metric::AgentsLoggedIn, queue.logged_in),
                (Metric::Offered, queue.offered),
                (Metric::Answered, queue.answered),
                (Metric::Abandoned, queue.abandoned),
            ] {
                let reported = self.number(queue.id, metric);
                assert_eq!(reported, Some(actual.into()), "{} {metric:?}", queue.id);
            }
            let level = self.number(queue.id, Metric::ServiceLevel);
            match (level, queue.service_level) {
                (None, None) => {}
                (Some(reported), Some(actual)) => assert!((reported - actual).abs() < 0.001),
                other => panic!("{other:?}"),
            }
            let longest = self.number(queue.id, Metric::LongestWait).unwrap();
            assert_eq!(0 < queue.waiting, queue.oldest.is_some());
            assert!(0 < queue.waiting || longest == 0.0, "{queue:?}: {longest}");
        }
        for agent in &truth.agents {
            let report = &self.statuses[agent.id];
            assert_eq!(report.status, status(agent));
            assert_eq!(report.reason.as_deref(), agent.reason);
            let since = report.since.unwrap().as_second();
            assert_eq!(since, agent.since.as_second());
            let handled = self.number(agent.id, Metric::Handled);
            assert_eq!(handled, Some(agent.handled.into()));
        }
    }
}

fn status(agent: &AgentTruth) -> AgentStatus {
    match agent.activity {
        Activity::LoggedOut => AgentStatus::LoggedOut,
        Activity::Ready => AgentStatus::Available,
        Activity::Ringing(_) => AgentStatus::Ringing,
        Activity::Talking(_) => AgentStatus::Talking,
        Activity::Holding(_) => AgentStatus::Hold,
        Activity::WrapUp => AgentStatus::WrapUp,
        Activity::Paused(_) => AgentStatus::NotReady,
    }
}

fn is_consistent(truth: &Truth) {
    for queue in &truth.queues {
        let known = queue.answered + queue.abandoned + queue.waiting;
        assert_eq!(queue.offered, known, "{queue:?}");
        assert_eq!(queue.waiting == 0, queue.oldest.is_none());
    }
    let agents = truth.agents.iter();
    let talking = agents.filter(|agent| agent.activity.is_on_a_call());
    let calls: u32 = truth.queues.iter().map(|queue| queue.in_conversation).sum();
    assert_eq!(talking.count(), usize::try_from(calls).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn reported_values_alone_reveal_the_truth(seed: u64, minutes in prop::collection::vec(1i32..5, 1..5)) {
        let mut phone = Phone::new(seed, 1.0, early());
        let mut listener = Listener::default();
        listener.on_inputs(&phone.open());
        listener.agrees(&phone.truth());
        let mut now = early();

        for more in minutes {
            now += MINUTE * more;
            for (_, inputs) in phone.advance(now) {
                listener.on_inputs(&inputs);
            }
            is_consistent(&phone.truth());
            listener.agrees(&phone.truth());
        }
    }
}

#[test]
fn same_script_gives_the_same_day() {
    let days = [1, 1, 2].map(|seed| {
        let mut phone = Phone::new(seed, 1.0, early());
        phone.open();
        phone.advance(early() + MINUTE * 3);
        phone.truth()
    });

    assert_eq!(days[0], days[1]);
    assert_ne!(days[0], days[2]);
}

#[test]
fn all_values_are_right_again_once_the_service_is_back() {
    let mut phone = Phone::new(3, 1.0, early());
    let mut listener = Listener::default();
    listener.on_inputs(&phone.open());

    listener.on_inputs(&phone.set_unavailable(true, early() + MINUTE));
    let reported = phone.advance(early() + MINUTE * 2);
    listener.on_inputs(&phone.set_unavailable(false, early() + MINUTE * 2));

    assert!(
        reported.is_empty(),
        "nothing is reported while it is unavailable: {reported:?}"
    );
    let whole = ["catching up", "connected"];
    assert_eq!(
        listener.lines,
        [&whole[..], &["disconnected"], &whole].concat()
    );
    listener.agrees(&phone.truth());
}

#[test]
fn working_day_has_already_been_counted_at_the_start() {
    let truth = Phone::new(1, 1.0, noon()).truth();

    is_consistent(&truth);
    for queue in &truth.queues {
        assert!((10..300).contains(&queue.offered), "{queue:?}");
        assert!(queue.abandoned * 5 < queue.offered, "{queue:?}");
        let levels = 55.0..=100.0;
        assert!(levels.contains(&queue.service_level.unwrap()), "{queue:?}");
    }
    assert!(truth.queues.iter().any(|queue| 0 < queue.abandoned));
    let at_work = |agent: &&AgentTruth| status(agent) != AgentStatus::LoggedOut;
    let at_work = truth.agents.iter().filter(at_work).count();
    assert!((11..=15).contains(&at_work), "{truth:?}");
}

#[test]
fn counters_restart_at_midnight() {
    let midnight: Timestamp = "2026-03-05T00:00:00Z".parse().unwrap();
    let mut phone = Phone::new(1, 1.0, midnight - MINUTE * 10);
    let before = phone.truth();
    phone.open();

    phone.advance(midnight + MINUTE);

    let after = phone.truth();
    is_consistent(&after);
    for (before, after) in before.queues.iter().zip(&after.queues) {
        assert!(after.offered < 20 && after.offered < before.offered);
    }
}

#[test]
fn each_state_occurs_and_memory_stays_bounded_over_days_at_speed() {
    let mut phone = Phone::new(7, 600.0, early());
    phone.open();
    let (mut most, mut states) = (0, BTreeSet::new());

    for second in (1..=360).step_by(3) {
        phone.advance(early() + SignedDuration::from_secs(second));
        most = most.max(phone.size());
        states.extend(phone.truth().agents.iter().map(status));
    }

    let seen = [
        AgentStatus::Available,
        AgentStatus::Ringing,
        AgentStatus::Talking,
        AgentStatus::Hold,
        AgentStatus::WrapUp,
        AgentStatus::NotReady,
        AgentStatus::LoggedOut,
    ];
    assert_eq!(states.into_iter().collect::<Vec<_>>(), seen);
    assert!(most < 800, "{most}");
    is_consistent(&phone.truth());
}
