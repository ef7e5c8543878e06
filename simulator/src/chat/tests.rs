//! The chat side from outside: what a listener learns from its messages, compared with the truth.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    super::{
        Settings,
        call_center::CallCenter,
        roster::{BILLING, Channel},
        truth::{QueueTruth, Truth},
    },
    Message, group_id,
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn noon() -> Timestamp {
    "2026-03-04T11:00:00Z".parse().unwrap()
}

fn center(seed: u64) -> CallCenter {
    center_at_speed(seed, 1.0)
}

fn center_at_speed(seed: u64, times_real: f64) -> CallCenter {
    let settings = Settings {
        seed,
        speed: times_real,
        ..Settings::default()
    };
    CallCenter::new(&settings, noon(), &[Channel::Chat])
}

fn messages_until(center: &mut CallCenter, to: Timestamp) -> Vec<Message> {
    center.advance(to);
    center.take_messages()
}

fn truth(center: &CallCenter) -> Truth {
    Truth::observe(center, Channel::Chat)
}

fn json(message: &Message) -> Value {
    serde_json::from_slice(&message.body).unwrap()
}

/// A listener that knows only the messages.
#[derive(Default)]
struct Listener {
    loads: HashMap<String, BTreeMap<&'static str, u64>>,
    longest: HashMap<String, (Timestamp, i64)>,
    /// The agent and the group of each open case.
    open: HashMap<String, (String, String)>,
    seen: HashSet<String>,
    unopened: HashSet<String>,
    last: Option<Timestamp>,
}

impl Listener {
    fn on_messages(&mut self, messages: &[Message]) {
        for message in messages {
            self.on_message(message.routing_key, &json(message));
            self.last = Some(message.at);
        }
    }

    fn on_message(&mut self, key: &str, body: &Value) {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        match key {
            "case.created" => {
                assert!(self.seen.insert(text("caseId")), "a case id is used once");
                self.unopened.insert(text("caseId"));
            }
            "case.opened" => {
                self.unopened.remove(&text("caseId"));
                let before = self
                    .open
                    .insert(text("caseId"), (text("agentId"), text("groupId")));
                assert_eq!(before, None, "an open case isn't opened again");
            }
            "case.transferred.toGroup" => {
                let before = self.open.remove(&text("caseId")).unwrap();
                assert_eq!(before, (text("previousAgentId"), text("previousGroupId")));
            }
            "case.closed" => {
                self.open.remove(&text("caseId")).unwrap();
            }
            "group.loadChanged" => {
                let load = self.loads.entry(text("groupId")).or_default();
                for name in [
                    "numberOfAvailableAgents",
                    "numberOfVisitorsInQueue",
                    "numberOfVisitorsInConversation",
                ] {
                    if let Some(number) = body[name].as_u64() {
                        assert_ne!(
                            load.insert(name, number),
                            Some(number),
                            "only changes are published"
                        );
                    }
                }
                assert_eq!(load.len(), 3, "the first load is complete");
                if load["numberOfVisitorsInQueue"] == 0 {
                    // With no one waiting or talking, the timers report nothing more.
                    self.longest.remove(&text("groupId"));
                }
            }
            "group.performanceTimers" => {
                let at = text("eventTime").parse().unwrap();
                let longest = body["longestWaitingTime"].as_i64().unwrap();
                self.longest.insert(text("groupId"), (at, longest));
            }
            _ => (),
        }
    }

    fn longest(&self, group: &str) -> i64 {
        self.longest.get(group).map_or(0, |(_, longest)| *longest)
    }

    fn agrees(&self, truth: &Truth) {
        for queue in &truth.queues {
            let load = &self.loads[queue.id];
            let published = [
                load["numberOfVisitorsInQueue"],
                load["numberOfVisitorsInConversation"],
                load["numberOfAvailableAgents"],
            ];
            let actual = [queue.waiting, queue.in_conversation, queue.available];
            assert_eq!(published, actual.map(u64::from), "{}", queue.id);
        }
        for agent in &truth.agents {
            let open = self.open.values().filter(|open| open.0 == agent.id);
            assert_eq!(open.count(), usize::try_from(agent.talking).unwrap());
        }
        let sum = |field: fn(&QueueTruth) -> u32| truth.queues.iter().map(field).sum::<u32>();
        let unopened = u32::try_from(self.unopened.len()).unwrap();
        assert!(unopened <= sum(|queue| queue.waiting) + sum(|queue| queue.abandoned));
    }
}

/// Advances until the published loads of the groups have caught up with the truth.
fn settle(center: &mut CallCenter, listener: &mut Listener) -> Truth {
    let queues = |truth: &Truth| truth.queues.clone();
    for _ in 0..200 {
        let before = queues(&truth(center));
        let to = center.next_at();
        let from = listener.last.unwrap();
        listener.on_messages(&messages_until(center, to));
        let quiet = to.duration_since(from) < SignedDuration::from_secs(60);
        assert!(quiet, "something is published every minute");
        let now = truth(center);
        let published = now.queues.iter().all(|group| {
            let load = &listener.loads[group.id];
            load["numberOfVisitorsInQueue"] == u64::from(group.waiting)
                && load["numberOfVisitorsInConversation"] == u64::from(group.in_conversation)
                && load["numberOfAvailableAgents"] == u64::from(group.available)
        });
        if published && before == queues(&now) {
            return now;
        }
    }
    panic!("published loads never catch up");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn messages_alone_reveal_the_truth(seed: u64, minutes in 1i64..40) {
        let mut center = center(seed);
        let mut listener = Listener::default();

        listener.on_messages(&messages_until(&mut center, noon() + MINUTE * i32::try_from(minutes).unwrap()));
        let truth = settle(&mut center, &mut listener);

        listener.agrees(&truth);
    }

    #[test]
    fn same_script_gives_the_same_bytes(seed: u64, steps in prop::collection::vec(1i64..5_000, 1..20)) {
        let mut whole = center(seed);
        let mut stepped = center(seed);
        let mut now = noon();

        let mut published = Vec::new();
        for step in steps {
            now += SignedDuration::from_millis(step);
            published.extend(messages_until(&mut stepped, now));
        }

        prop_assert!(published == messages_until(&mut whole, now));
    }
}

#[test]
fn another_seed_gives_another_day() {
    let published = [1, 2].map(|seed| messages_until(&mut center(seed), noon() + MINUTE));

    assert_ne!(published[0], published[1]);
}

#[test]
fn queue_becomes_critical_within_three_minutes_and_recovers() {
    for seed in 0..12 {
        let mut center = center(seed);
        let mut listener = Listener::default();

        let (mut most, mut longest) = (0, 0);
        for second in 0..=180 {
            listener.on_messages(&messages_until(
                &mut center,
                noon() + SignedDuration::from_secs(second),
            ));
            most = most.max(truth(&center).queues[BILLING].waiting);
            longest = longest.max(listener.longest(group_id(BILLING)));
        }
        let recovered = (4..=25).any(|minute| {
            listener.on_messages(&messages_until(&mut center, noon() + MINUTE * minute));
            listener.longest(group_id(BILLING)) < 30_000
        });

        assert!(longest > 120_000, "seed {seed}: {longest}");
        assert!(most >= 5, "seed {seed}: {most}");
        assert!(recovered, "seed {seed}");
    }
}

#[test]
fn memory_stays_bounded_over_a_working_day() {
    let mut center = center(7);
    let mut most = 0;

    for minute in 1..=8 * 60 {
        center.advance(noon() + MINUTE * minute);
        most = most.max(center.size());
    }

    assert!(most < 1_500, "{most}");
}

#[test]
fn double_speed_brings_twice_the_cases_at_real_times() {
    let hours = MINUTE * 180;
    let created = |speed| {
        let mut center = center_at_speed(3, speed);
        center.take_messages();
        let published = messages_until(&mut center, noon() + hours);
        let times: Vec<Timestamp> = published
            .iter()
            .map(|message| {
                json(message)["eventTime"]
                    .as_str()
                    .unwrap()
                    .parse()
                    .unwrap()
            })
            .collect();
        assert!(
            times
                .iter()
                .all(|at| (noon()..=noon() + hours).contains(at))
        );
        let created = published.iter().filter(|m| m.routing_key == "case.created");
        u32::try_from(created.count()).unwrap()
    };

    let ratio = f64::from(created(2.0)) / f64::from(created(1.0));

    assert!((1.7..2.3).contains(&ratio), "{ratio}");
}
