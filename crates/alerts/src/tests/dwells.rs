//! Tests of dwells over restarts and failovers.

use super::*;

const NIGHT: i64 = 8 * 60 * MINUTE;

#[test]
fn a_restart_continues_a_dwell() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let begun = desk.now.plus_millis(1000).wall;
    assert_eq!(desk.show(40, &critical()), []);
    desk.restart();
    // Nothing is up to date at first.
    assert_eq!(desk.show(10, &Reading::Unknown), []);
    assert_eq!(desk.show(10, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Opened]);
    assert_eq!(desk.open().since, begun);
}

#[test]
fn a_dwell_that_ended_before_a_restart_begins_again() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(40, &critical());
    desk.show(1, &Reading::Calm);
    desk.restart();
    assert_eq!(desk.show(60, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Opened]);
}

#[test]
fn a_dwell_from_before_a_night_begins_again() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(40, &critical());
    desk.now = desk.now.plus_millis(NIGHT);
    desk.restart();
    assert_eq!(desk.show(60, &critical()), []);
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Opened]);
}

#[test]
fn a_dwell_is_written_when_it_begins_and_ends_only() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let mut dwells = Vec::new();
    for reading in [critical(), critical(), Reading::Unknown, Reading::Calm] {
        desk.show(1, &reading);
        dwells.push(desk.book.dwells.len());
    }
    assert_eq!(dwells, [1, 1, 1, 0]);
    desk.show(61, &critical());
    assert!(desk.book.dwells.is_empty(), "it is an alert");
}
