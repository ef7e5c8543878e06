//! Tests of what finding alerts costs: no more than has changed, and never a finding that differs for it.

use wallboard_domain::QueueGroup;
use wallboard_live::testing::{LiveScenario, chat_id};

use super::{
    findings::{floor, rules},
    *,
};

/// Finds alerts with what is known from before, and with nothing.
#[derive(Default)]
struct Finders {
    states: QueueStates,
    desk: Option<Desk>,
}

impl Finders {
    /// Returns how many queues were evaluated, and the findings.
    fn find(&mut self, floor: &mut LiveScenario) -> (u64, Vec<AlertFinding>) {
        for change in floor.changes.drain(..) {
            self.states.forget_changed(&change);
        }
        let desk = self.desk.get_or_insert_with(|| {
            let mut rules = rules();
            if let AlertScope::Queues { patterns, .. } = &mut rules[0].scope {
                patterns.push(Pattern("group/*".into()));
            }
            Desk::new(rules)
        });
        let before = self.states.evaluations();
        let (snapshot, others) = (floor.state.snapshot(), OtherReadings::default());
        let found = (self.states).find_alerts(
            snapshot,
            floor.now,
            &desk.rules,
            &others,
            &desk.book,
            &desk.dwell,
        );
        let fresh = find_alerts(
            snapshot,
            floor.now,
            &desk.rules,
            &others,
            &desk.book,
            &desk.dwell,
        );
        assert_eq!(found, fresh);
        desk.now = floor.now;
        desk.show_all(1, &found);
        (self.states.evaluations() - before, found)
    }
}

#[test]
fn of_many_critical_queues_only_those_that_change_are_evaluated() {
    let mut floor = floor();
    for n in 0..50 {
        floor.send_load(&n.to_string(), 12, 0, 2);
    }
    let mut finders = Finders::default();
    let (evaluated, found) = finders.find(&mut floor);
    assert_eq!((evaluated, found.len()), (50, 50));
    assert_eq!(finders.find(&mut floor).0, 0);
    floor.send_load("7", 13, 0, 2);
    floor.send_load("8", 1, 0, 2);
    let (evaluated, found) = finders.find(&mut floor);
    assert_eq!((evaluated, found.len()), (2, 50));
    // A lost source changes all of them.
    floor.disconnect_source();
    assert_eq!(finders.find(&mut floor).0, 50);
}

/// An event between two turns.
#[derive(Clone, Copy, Debug)]
enum FloorStep {
    Load(u8, u64),
    Wait(i64),
    Disconnect,
    Connect,
}

fn step() -> impl Strategy<Value = FloorStep> {
    prop_oneof![
        6 => (0..4_u8, 0..15_u64).prop_map(|(queue, waiting)| FloorStep::Load(queue, waiting)),
        4 => prop_oneof![0..2_000_i64, 2_000..90_000_i64].prop_map(FloorStep::Wait),
        1 => Just(FloorStep::Disconnect),
        1 => Just(FloorStep::Connect),
    ]
}

proptest! {
    #[test]
    fn what_is_known_from_before_is_found_as_if_nothing_were(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut floor = floor();
        let mut site = (*floor.state.snapshot().site).clone();
        site.groups.push(QueueGroup {
            id: QueueId::new(&SourceId::from("group"), "both"),
            name: "Both".to_owned(),
            queues: vec![chat_id("0"), chat_id("1")],
        });
        floor.apply_input(&wallboard_domain::Input::SiteConfig(site.into()));
        let mut finders = Finders::default();
        for step in steps {
            match step {
                FloorStep::Load(queue, waiting) => {
                    floor.send_load(&queue.to_string(), waiting, 0, 2);
                }
                FloorStep::Wait(millis) => floor.advance_time(millis),
                FloorStep::Disconnect => floor.disconnect_source(),
                FloorStep::Connect => floor.connect_source(None),
            }
            finders.find(&mut floor);
        }
    }
}
