//! A rehearsal finds the alerts that the book opened when it happened.

use wallboard_live::{
    Snapshot,
    testing::{LiveScenario, chat_id},
};

use super::{
    findings::{floor, rules},
    *,
};

/// A book that follows the live state by one rule, second by second.
struct RuleFollower {
    rule: AlertRule,
    book: AlertBook,
    dwell: Dwell,
    ids: u128,
    fired: Vec<Firing>,
}

impl RuleFollower {
    fn new(rule: AlertRule) -> Self {
        Self {
            rule,
            book: AlertBook::default(),
            dwell: Dwell::default(),
            ids: 0,
            fired: Vec::new(),
        }
    }

    fn follow(&mut self, floor: &LiveScenario) {
        let rules = std::slice::from_ref(&self.rule);
        let (snapshot, now) = (floor.state.snapshot(), floor.now);
        let others = OtherReadings::default();
        let findings = find_alerts(snapshot, now, rules, &others, &self.book, &self.dwell);
        let ids = &mut self.ids;
        let new_id = || {
            *ids += 1;
            AlertId(Uuid::from_u128(*ids))
        };
        let before: Vec<_> = self.book.open().iter().map(|alert| alert.id).collect();
        (self.book).advance(rules, &findings, &mut self.dwell, now, new_id);
        let opened = self.book.open().iter();
        let opened = opened.filter(|alert| !before.contains(&alert.id));
        self.fired.extend(opened.map(|alert| Firing {
            at: now.wall,
            subject: alert.subject.clone(),
        }));
    }
}

fn rehearse_rule(
    snapshot: &Snapshot,
    now: Timestamp,
    rule: &AlertRule,
    from: Timestamp,
) -> Option<RuleRehearsal> {
    Some(RuleHistory::read(snapshot, now, rule, from)?.rehearse(rule))
}

#[derive(Clone, Copy, Debug)]
enum FloorStep {
    Waiting(u64),
    Lost,
}

fn steps() -> impl Strategy<Value = Vec<(FloorStep, i64)>> {
    let step = prop_oneof![
        6 => prop::sample::select(vec![0, 7, 12]).prop_map(FloorStep::Waiting),
        1 => Just(FloorStep::Lost),
    ];
    // No sum of a few is at the edge of a dwell, a calm or a breach: the book is driven second by second.
    let seconds = prop::sample::select(vec![7, 43, 103, 173, 711]);
    prop::collection::vec((step, seconds), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_rule_would_have_fired_when_it_did(steps in steps()) {
        let mut floor = floor();
        let from = floor.now.wall;
        let mut warnings = rule("warnings");
        warnings.scope = AlertScope::Queues {
            patterns: vec![Pattern("chat/*".into())],
            level: AlertLevel::Warning,
            metric: None,
        };
        let followed = rules().into_iter().chain([warnings]);
        let mut followers: Vec<_> = followed.map(RuleFollower::new).collect();
        for (step, seconds) in steps {
            match step {
                FloorStep::Waiting(count) => {
                    floor.connect_source(None);
                    floor.send_load("1", count, 0, 2);
                }
                FloorStep::Lost => floor.disconnect_source(),
            }
            for second in 0..seconds {
                if matches!(step, FloorStep::Waiting(_)) && second % 10 == 0 {
                    // Without timers, the load gets out of date.
                    floor.send_timers("1", 5.0);
                }
                for one in &mut followers {
                    one.follow(&floor);
                }
                floor.advance_time(1000);
            }
        }
        for one in &mut followers {
            one.follow(&floor);
        }

        for follower in followers {
            let snapshot = floor.state.snapshot();
            let rehearsal = rehearse_rule(snapshot, floor.now.wall, &follower.rule, from).unwrap();
            let texts = |fired: &[Firing]| -> Vec<_> {
                let fired = fired.iter();
                fired.map(|one| (one.subject.to_string(), one.at.as_second())).collect()
            };
            let (found, live) = (texts(&rehearsal.fired), texts(&follower.fired));
            let is_same = found.len() == live.len()
                && found.iter().zip(&live).all(|(found, live)| {
                    found.0 == live.0 && (live.1 - found.1).abs() <= 2
                });
            prop_assert!(is_same, "{}: {found:?}, live {live:?}", follower.rule.name);
        }
    }
}

#[test]
fn a_rule_of_one_figure_counts_its_times_alone_and_one_of_warnings_counts_them_too() {
    let mut floor = floor();
    let from = floor.now.wall;
    floor.send_load("1", 12, 0, 2);
    floor.send_load("2", 7, 0, 2);
    for _ in 0..12 {
        floor.send_timers("1", 5.0);
        floor.send_timers("2", 5.0);
        floor.advance_time(10_000);
    }
    let of_figure = |metric, level| AlertRule {
        scope: AlertScope::Queues {
            patterns: vec![Pattern("chat/*".into())],
            level,
            metric,
        },
        ..rules()[0].clone()
    };
    let rehearse =
        |rule: &AlertRule| rehearse_rule(floor.state.snapshot(), floor.now.wall, rule, from);
    let rehearse_known = |rule: &AlertRule| rehearse(rule).unwrap();

    let waiting = rehearse_known(&of_figure(Some(Metric::Waiting), AlertLevel::Critical));
    let subject = AlertSubject::Queue(chat_id("1"));
    let at = moment::plus_millis(from, MINUTE);
    assert_eq!(waiting.fired, [Firing { at, subject }]);
    let longest = rehearse_known(&of_figure(Some(Metric::LongestWait), AlertLevel::Critical));
    assert!(longest.fired.is_empty());
    let warning = rehearse_known(&of_figure(None, AlertLevel::Warning));
    assert_eq!(warning.fired.len(), 2);
    let screens = AlertRule {
        scope: AlertScope::Screens(Vec::new()),
        ..rules()[0].clone()
    };
    assert_eq!(rehearse(&screens), None);
}
