//! Tests of rules that watch only while the site is open.

use wallboard_domain::Patterns;
use wallboard_live::testing::{LiveScenario, site_with_entries};

use super::{findings::ten_minutes, *};

#[test]
fn a_rule_of_opening_hours_watches_only_then_also_in_its_rehearsal() {
    let (opened, over) = (NoticeKind::Opened, NoticeKind::Over);
    // Lost after five minutes, or thirty seconds before it closes.
    for (lost_at, only_open, expected) in [
        (300, true, vec![opened, over]),
        (570, true, vec![]),
        (570, false, vec![opened]),
    ] {
        let mut site = site_with_entries(&[], &[]);
        site.hours = Patterns(vec![(Pattern("chat/*".into()), ten_minutes())]);
        let mut floor = LiveScenario::connected_with(site);
        let from = floor.now.wall;
        let mut lost = rule("lost");
        lost.scope = AlertScope::Sources(vec![Pattern("*".into())]);
        lost.only_open = only_open;
        let mut desk = Desk::new(vec![lost.clone()]);
        let (others, mut told) = (OtherReadings::default(), Vec::new());
        for second in 0..900 {
            if second == lost_at {
                floor.disconnect_source();
            }
            let (snapshot, now) = (floor.state.snapshot(), floor.now);
            let rules = &desk.rules;
            let found = find_alerts(snapshot, now, rules, &others, &desk.book, &desk.dwell);
            told.extend(desk.show_all(1, &found));
            floor.advance_time(1000);
        }
        assert_eq!(told, expected, "{lost_at} {only_open}");
        let mut closings = desk.book.ended().filter_map(|alert| alert.closing.as_ref());
        assert!(closings.all(|closing| closing.has_lapsed));

        let history = RuleHistory::read(floor.state.snapshot(), floor.now.wall, &lost, from);
        let fired = history.unwrap().rehearse(&lost).fired.len();
        assert_eq!(fired, usize::from(!expected.is_empty()));
    }
}
