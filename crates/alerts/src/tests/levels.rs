//! Tests of the level of an alert, which is that of its subject now, and of telling it again.

use super::*;

fn warning() -> Reading {
    burning(AlertLevel::Warning, 5)
}

fn last_told(desk: &Desk) -> (NoticeKind, AlertLevel, bool) {
    let last = desk.notices.last().unwrap();
    (last.kind, last.alert.level, last.may_wait)
}

#[test]
fn what_comes_back_as_a_warning_is_no_longer_critical() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    desk.show(31, &Reading::Calm);
    let ended = desk.book.ended().next().unwrap();
    assert_eq!(ended.level_max(), AlertLevel::Critical);

    assert_eq!(desk.show(61, &warning()), [NoticeKind::Opened]);
    assert_eq!(last_told(&desk).1, AlertLevel::Warning);
    assert_eq!(desk.open().level_max(), AlertLevel::Critical);
    desk.show(600, &warning());
    let repeated = (NoticeKind::Repeated, AlertLevel::Warning, true);
    assert_eq!(last_told(&desk), repeated);
}

#[test]
fn what_is_critical_again_after_a_while_is_told_again_and_may_wait() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.rules[0].again_after = None;
    desk.show(61, &critical());
    assert_eq!(desk.show(29, &warning()), []);
    assert_eq!(desk.open().level, AlertLevel::Warning);
    assert_eq!(desk.show(60, &critical()), [], "it was short");

    assert_eq!(desk.show(32, &warning()), []);
    desk.restart();
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Worsened]);
    let again = (NoticeKind::Worsened, AlertLevel::Critical, true);
    assert_eq!(last_told(&desk), again);
}

#[test]
fn what_somebody_has_or_snoozed_is_not_told_again_when_it_is_critical_again() {
    for action in [AlertAction::Take, AlertAction::Snooze(Timestamp::MAX)] {
        let mut desk = Desk::new(vec![rule("waits")]);
        desk.show(61, &critical());
        desk.act(&action).unwrap();
        assert_eq!(desk.show(300, &warning()), []);
        assert_eq!(desk.show(300, &critical()), [], "{action:?}");
        assert_eq!(desk.open().level, AlertLevel::Critical);
    }
}

#[test]
fn a_group_of_which_some_data_is_out_of_date_stays_critical() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    let Reading::Burning { figures, .. } = warning() else {
        unreachable!("it needs somebody");
    };
    let partial = Reading::Burning {
        level: AlertLevel::Warning,
        figures,
        status: None,
        custom: None,
        since: None,
        is_partial: true,
    };
    desk.show(60, &partial);
    assert_eq!(desk.open().level, AlertLevel::Critical);
    desk.show(1, &warning());
    assert_eq!(desk.open().level, AlertLevel::Warning);
}

#[test]
fn a_level_counts_only_once_its_rule_is_fulfilled_for_long_enough() {
    let mut desk = Desk::new(vec![rule("soon"), rule("late")]);
    desk.rules[1].dwell = SignedDuration::from_mins(10);
    let finding = |rule: &str, reading: Reading| AlertFinding {
        rule: rule.to_owned(),
        subject: sales(),
        reading,
        is_silenced: false,
    };
    let both = [finding("soon", warning()), finding("late", critical())];
    desk.show_all(61, &both);
    assert_eq!(desk.open().level, AlertLevel::Warning);
    desk.show_all(600, &both);
    assert_eq!(desk.open().level, AlertLevel::Critical);
}

#[test]
fn the_worst_of_another_copy_is_kept() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &critical());
    let mut stored = desk.book.clone();
    desk.show(1, &burning(AlertLevel::Critical, 20));
    let worst = WorstValues::of_open(&desk.book);
    assert!(stored.worsen_by(&worst));
    assert_eq!(stored.open()[0].figures[0].value, MetricValue::Count(20));
    assert!(!stored.worsen_by(&worst));
}
