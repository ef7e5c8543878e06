//! Tests of how often rules fired, and of rules that are off.

use wallboard_live::testing::chat_id;

use super::{findings::floor, *};

const HOUR: i64 = 3600;

#[test]
fn each_opening_counts_for_its_rules_for_seven_days() {
    let mut desk = Desk::new(vec![rule("waits"), rule("long")]);
    desk.rules[1].dwell = SignedDuration::from_secs(200);
    let begun = desk.now.wall;
    // The second and third are the same alert again.
    for seconds in [120, 120, 300] {
        desk.show(seconds, &critical());
        desk.show(60, &Reading::Calm);
    }

    let firings = |desk: &Desk, rule| desk.book.firings().count(rule, desk.now.wall);
    assert_eq!((firings(&desk, "waits"), firings(&desk, "long")), (3, 1));
    assert_eq!(desk.ids, 1);
    let since = desk.book.firings().counted_since(desk.now.wall).unwrap();
    assert!(since.duration_since(begun) <= SignedDuration::from_secs(1));
    let stored = serde_json::to_vec(&desk.book).unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&stored).unwrap();
    desk.book = serde_json::from_value(stored).unwrap();
    desk.now = desk.now.plus_millis((7 * 24 - 2) * HOUR * 1000);
    assert_eq!(firings(&desk, "waits"), 3);
    desk.now = desk.now.plus_millis(3 * HOUR * 1000);
    assert_eq!(firings(&desk, "waits"), 0);
    assert_eq!(desk.book.firings().counted_since(desk.now.wall), None);

    desk.show(61, &critical());
    assert_eq!((firings(&desk, "waits"), firings(&desk, "long")), (1, 0));
}

#[test]
fn a_rule_that_is_off_finds_nothing_and_ends_its_alerts_without_a_word() {
    let mut floor = floor();
    floor.send_load("1", 12, 0, 2);
    let mut desk = Desk::new(vec![rule("waits")]);
    let find = |desk: &Desk| {
        let (snapshot, others) = (floor.state.snapshot(), OtherReadings::default());
        let (rules, dwell) = (&desk.rules, Dwell::default());
        find_alerts(snapshot, floor.now, rules, &others, &desk.book, &dwell)
    };
    let found = find(&desk);
    assert_eq!(found[0].subject, AlertSubject::Queue(chat_id("1")));
    desk.show_all(61, &found);
    assert_eq!(desk.book.open().len(), 1);

    desk.rules[0].is_enabled = false;
    let found = find(&desk);
    assert!(found.is_empty());
    assert_eq!(desk.show_all(31, &found), [NoticeKind::Over]);
    assert!(desk.notices.last().unwrap().channels.is_empty());
    assert!(desk.book.open().is_empty());
}
