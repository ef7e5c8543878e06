//! The engine from outside: what its messages make a listener believe, against
//! what is so.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use serde_json::Value;

use crate::sources::vngage::decode::{self, Decoded};

use super::{
    Centre, Message, Script, Truth,
    cast::{BILLING, group_id},
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn noon() -> Timestamp {
    "2026-03-04T11:00:00Z".parse().unwrap()
}

fn centre(seed: u64) -> Centre {
    Centre::new(Script {
        seed,
        start: noon(),
        speed: 1.0,
        zone: TimeZone::UTC,
    })
}

fn json(message: &Message) -> Value {
    serde_json::from_slice(&message.body).unwrap()
}

/// A partner who knows only the messages.
#[derive(Default)]
struct Listener {
    loads: HashMap<String, BTreeMap<&'static str, u64>>,
    longest: HashMap<String, (Timestamp, i64)>,
    /// Who has each open case, in which group.
    open: HashMap<String, (String, String)>,
    seen: HashSet<String>,
    unopened: HashSet<String>,
    last: Option<Timestamp>,
}

impl Listener {
    fn hear(&mut self, messages: &[Message]) {
        for message in messages {
            self.hear_one(message.routing_key, &json(message));
            self.last = Some(message.at);
        }
    }

    fn hear_one(&mut self, key: &str, body: &Value) {
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
                assert_eq!(before, None, "an open case is not opened");
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
                        assert_ne!(load.insert(name, number), Some(number), "only changes");
                    }
                }
                assert_eq!(load.len(), 3, "the first load is whole");
                if load["numberOfVisitorsInQueue"] == 0 {
                    // Where nobody waits or talks, the timers say nothing more.
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
        for group in &truth.groups {
            let load = &self.loads[&group.id];
            let heard = [
                load["numberOfVisitorsInQueue"],
                load["numberOfVisitorsInConversation"],
                load["numberOfAvailableAgents"],
            ];
            let so = [group.waiting, group.in_conversation, group.available];
            assert_eq!(heard, so.map(u64::from), "{}", group.name);
        }
        for (id, cases) in &truth.agents {
            let open = self.open.values().filter(|open| open.0 == *id).count();
            assert_eq!(open, usize::try_from(*cases).unwrap());
        }
        let waiting: u32 = truth.groups.iter().map(|group| group.waiting).sum();
        let unopened = u32::try_from(self.unopened.len()).unwrap();
        assert!(unopened <= waiting + truth.tally.abandoned);
    }
}

/// Goes on until what is published of the groups has caught up with what is so.
fn settle(centre: &mut Centre, listener: &mut Listener) -> Truth {
    let load = |truth: &Truth| truth.groups.clone();
    for _ in 0..200 {
        let before = load(&centre.truth());
        let to = centre.due();
        let from = listener.last.unwrap();
        listener.hear(&centre.advance(to));
        let quiet = to.duration_since(from) < SignedDuration::from_secs(60);
        assert!(quiet, "something is published every minute");
        let truth = centre.truth();
        let heard = truth.groups.iter().all(|group| {
            let load = &listener.loads[&group.id];
            load["numberOfVisitorsInQueue"] == u64::from(group.waiting)
                && load["numberOfVisitorsInConversation"] == u64::from(group.in_conversation)
                && load["numberOfAvailableAgents"] == u64::from(group.available)
        });
        if heard && before == load(&truth) {
            return truth;
        }
    }
    panic!("what is published never catches up");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_messages_alone_tell_what_is_so(seed: u64, minutes in 1i64..40) {
        let mut centre = centre(seed);
        let mut listener = Listener::default();

        listener.hear(&centre.advance(noon() + MINUTE * i32::try_from(minutes).unwrap()));
        let truth = settle(&mut centre, &mut listener);

        listener.agrees(&truth);
    }

    #[test]
    fn the_same_script_gives_the_same_bytes(seed: u64, steps in prop::collection::vec(1i64..5_000, 1..20)) {
        let mut whole = centre(seed);
        let mut stepped = centre(seed);
        let mut now = noon();

        let mut heard = Vec::new();
        for step in steps {
            now += SignedDuration::from_millis(step);
            heard.extend(stepped.advance(now));
        }

        prop_assert!(heard == whole.advance(now));
    }
}

#[test]
fn another_seed_gives_another_day() {
    let heard = [1, 2].map(|seed| centre(seed).advance(noon() + MINUTE));

    assert_ne!(heard[0], heard[1]);
}

#[test]
fn a_queue_is_critical_within_three_minutes_and_recovers() {
    for seed in 0..12 {
        let mut centre = centre(seed);
        let mut listener = Listener::default();

        let (mut most, mut longest) = (0, 0);
        for second in 0..=180 {
            listener.hear(&centre.advance(noon() + SignedDuration::from_secs(second)));
            most = most.max(centre.truth().groups[BILLING].waiting);
            longest = longest.max(listener.longest(group_id(BILLING)));
        }
        listener.hear(&centre.advance(noon() + MINUTE * 6));
        let later = listener.longest(group_id(BILLING));

        assert!(longest > 120_000, "seed {seed}: {longest}");
        assert!(most >= 5, "seed {seed}: {most}");
        assert!(later < 120_000, "seed {seed}: {later}");
    }
}

#[test]
fn memory_stays_bounded_over_a_working_day() {
    let mut centre = centre(7);
    let mut most = 0;

    for minute in 1..=8 * 60 {
        centre.advance(noon() + MINUTE * minute);
        most = most.max(centre.remembered());
    }

    assert!(most < 1_500, "{most}");
}

#[test]
fn twice_the_speed_brings_twice_the_cases_at_true_times() {
    let created = |speed| {
        let script = Script {
            seed: 3,
            start: noon(),
            speed,
            zone: TimeZone::UTC,
        };
        let mut centre = Centre::new(script);
        centre.advance(noon());
        let heard = centre.advance(noon() + MINUTE * 30);
        let times: Vec<Timestamp> = heard
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
                .all(|at| (noon()..=noon() + MINUTE * 30).contains(at))
        );
        let created = heard.iter().filter(|m| m.routing_key == "case.created");
        u32::try_from(created.count()).unwrap()
    };

    let ratio = f64::from(created(2.0)) / f64::from(created(1.0));

    assert!((1.7..2.3).contains(&ratio), "{ratio}");
}

#[test]
fn the_decoder_reads_every_message_without_a_mistyped_attribute() {
    let messages = centre(5).advance(noon() + MINUTE * 30);
    let source = "chat".into();

    for message in &messages {
        match decode::update(&source, message.routing_key, &message.body) {
            Ok(Decoded::Update(update)) => {
                assert_eq!(update.mistyped, 0, "{}", message.routing_key);
                assert!(update.at.is_some());
            }
            other => panic!("{}: {other:?}", message.routing_key),
        }
    }
    let kinds: HashSet<&str> = messages.iter().map(|message| message.routing_key).collect();
    assert_eq!(kinds.len(), 13);
}
