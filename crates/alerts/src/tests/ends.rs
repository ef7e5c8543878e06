//! Tests of ends: what somebody has or snoozed doesn't come and go in messages, and what somebody closed has one.

use super::*;

const FIVE_MINUTES: i64 = 300;

fn sounding() -> Desk {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.rules[0].sound = vec!["Hall".to_owned()];
    desk
}

fn snooze(desk: &mut Desk, minutes: i64) {
    let until = desk.now.plus_millis(minutes * MINUTE).wall;
    desk.act(&AlertAction::Snooze(until)).unwrap();
}

#[test]
fn a_snooze_holds_while_its_queue_comes_and_goes() {
    let mut desk = sounding();
    assert_eq!(desk.show(61, &critical()), [NoticeKind::Opened]);
    let sound = desk.book.last_sound("Hall");
    snooze(&mut desk, 60);
    for _ in 0..10 {
        assert_eq!(desk.show(60, &Reading::Calm), []);
        assert!(desk.book.open().is_empty());
        desk.restart();
        assert_eq!(desk.show(120, &critical()), []);
        assert_eq!(desk.book.last_sound("Hall"), sound);
    }
    // An alert that still burns then has a message.
    assert_eq!(desk.show(1799, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Repeated]);
}

#[test]
fn what_gets_worse_is_told_although_it_is_snoozed() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let warning = burning(AlertLevel::Warning, 5);
    desk.show(61, &warning);
    snooze(&mut desk, 60);
    desk.show(60, &Reading::Calm);
    assert_eq!(desk.show(61, &warning), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Worsened]);
}

#[test]
fn the_end_of_what_is_snoozed_is_told_once_it_did_not_come_back() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    snooze(&mut desk, 240);
    assert_eq!(desk.show(600, &Reading::Calm), []);
    assert!(!desk.book.is_idle());
    desk.restart();
    assert_eq!(desk.show(FIVE_MINUTES, &Reading::Unknown), []);
    assert_eq!(desk.show(1, &Reading::Calm), [NoticeKind::Over]);
    let over = &desk.notices.last().unwrap().alert;
    let lasted = over.end(desk.now.wall).duration_since(over.since);
    assert_eq!(lasted.as_secs(), 61, "not until its message");
    assert_eq!(desk.show(FIVE_MINUTES, &Reading::Calm), []);
    assert!(desk.book.is_idle());
}

#[test]
fn what_somebody_has_is_told_twice_at_most_while_it_comes_and_goes() {
    let mut desk = sounding();
    desk.show(61, &critical());
    desk.act(&AlertAction::Take).unwrap();
    assert_eq!(desk.show(31, &Reading::Calm), [NoticeKind::Over]);
    assert_eq!(desk.show(61, &critical()), [NoticeKind::Opened]);
    let sound = desk.book.last_sound("Hall");
    for _ in 0..20 {
        assert_eq!(desk.show(60, &Reading::Calm), []);
        assert_eq!(desk.show(90, &critical()), []);
        assert_eq!(desk.open().owner.as_ref().unwrap().name, "Anna");
        assert_eq!(desk.book.last_sound("Hall"), sound);
    }
    assert_eq!(desk.show(600, &Reading::Calm), []);
    assert_eq!(desk.show(1, &Reading::Calm), [NoticeKind::Over]);
}

#[test]
fn an_end_that_nobody_was_told_is_kept_beside_many_others() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    snooze(&mut desk, 60);
    desk.show(31, &Reading::Calm);
    let id = desk.book.ended().next().unwrap().id;
    let finding = |n: usize| AlertFinding {
        rule: "waits".to_owned(),
        subject: AlertSubject::Queue(QueueId::new(&SourceId::from("chat"), &n.to_string())),
        reading: critical(),
        is_silenced: false,
    };
    let findings: Vec<_> = (0..350).map(finding).collect();
    desk.show_all(61, &findings);
    desk.show_all(31, &[]);
    assert_eq!(desk.book.ended().count(), 300);
    assert!(desk.book.find(id).is_some());
    while desk.book.shorten() {}
    let kept: Vec<_> = desk.book.ended().map(|alert| alert.id).collect();
    assert_eq!(kept, [id]);
    assert_eq!(desk.show(600, &Reading::Calm), [NoticeKind::Over]);
}

#[test]
fn what_somebody_closed_is_told_once_although_it_is_not_over() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    desk.act(&AlertAction::Close).unwrap();
    desk.restart();
    // Also of data that is out of date: somebody did it.
    assert_eq!(desk.show(1, &Reading::Unknown), [NoticeKind::Over]);
    let closing = desk.notices.last().unwrap().alert.closing.clone().unwrap();
    assert_eq!(closing.by.as_deref(), Some("Anna"));
    assert_eq!(desk.show(900, &critical()), []);
    assert_eq!(desk.show(31, &Reading::Calm), []);

    desk.rules[0].tells_end = false;
    desk.show(61, &critical());
    desk.act(&AlertAction::Close).unwrap();
    desk.show(1, &critical());
    assert!(desk.notices.last().unwrap().channels.is_empty());
}

#[test]
fn a_day_that_is_over_is_not_told_as_well() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    assert_eq!(desk.show(31, &Reading::Lapsed), [NoticeKind::Over]);
    let closing = desk.notices.last().unwrap().alert.closing.clone().unwrap();
    assert!(closing.has_lapsed && closing.by.is_none());
    // It isn't over once more.
    assert_eq!(desk.show(60, &Reading::Lapsed), []);
}
