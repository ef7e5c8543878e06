//! Tests of silences: nobody is told meanwhile, and what still needs somebody afterwards is told once.

use super::{properties::any_reading, *};

pub(super) fn silence(scope: SilenceScope, from: Timestamp, until: Timestamp) -> AlertSilence {
    AlertSilence {
        id: SilenceId(Uuid::from_u128(1)),
        scope,
        from,
        until,
        reason: "New phones".to_owned(),
        by: "Anna".to_owned(),
    }
}

impl Desk {
    /// Silences a part from now on, for so many seconds.
    fn silence(&mut self, scope: SilenceScope, seconds: i64) {
        let now = self.now.wall;
        let until = self.now.plus_millis(seconds * 1000).wall;
        let added = self.book.add_silence(silence(scope, now, until), now);
        added.unwrap();
    }
}

#[test]
fn what_still_needs_somebody_when_a_silence_ends_opens_then_once() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.silence(SilenceScope::All, 600);

    assert_eq!(desk.show(599, &critical()), []);
    assert!(desk.book.open().is_empty());
    assert_eq!(desk.show(1, &critical()), [NoticeKind::Opened]);
    assert!(desk.book.silences().is_empty());
    // It needs somebody since before.
    let seconds = desk.now.wall.duration_since(desk.open().since).as_secs();
    assert_eq!(seconds, 599);
    assert_eq!(desk.show(599, &critical()), []);
}

#[test]
fn an_alert_from_before_a_silence_stays_open_and_is_not_told_again() {
    let mut desk = Desk::new(vec![rule("waits")]);
    desk.show(61, &burning(AlertLevel::Warning, 5));
    let id = desk.open().id;
    desk.silence(SilenceScope::Subject(sales()), 1800);

    assert_eq!(desk.show(900, &critical()), []);
    let snapshot = Snapshot::default();
    let until = (desk.book).alert_silenced_until(&snapshot, desk.open(), desk.now.wall);
    assert_eq!(until, Some(desk.book.silences()[0].until));
    assert_eq!(desk.open().figures[0].value, MetricValue::Count(12));
    assert_eq!(desk.show(899, &burning(AlertLevel::Warning, 5)), []);
    assert_eq!(desk.open().id, id);
    // It was critical only while nobody wanted to know.
    assert_eq!(
        desk.show(1, &burning(AlertLevel::Warning, 5)),
        [NoticeKind::Repeated]
    );
    desk.silence(SilenceScope::Rule("waits".to_owned()), 60);
    assert_eq!(desk.show(60, &Reading::Calm), []);
    assert!(desk.book.open().is_empty());
}

#[test]
fn a_silenced_rule_leaves_the_other_ones() {
    let mut desk = Desk::new(vec![rule("waits"), rule("also")]);
    desk.rules[1].tell = vec!["boss".to_owned()];
    desk.silence(SilenceScope::Rule("waits".to_owned()), 600);

    assert_eq!(desk.show(61, &critical()), [NoticeKind::Opened]);
    assert!(desk.notices[0].channels.keys().eq(["boss"]));
    assert_eq!(desk.show(600, &critical()), [NoticeKind::Repeated]);
    assert!(desk.notices[1].channels.keys().eq(["boss", "floor"]));
}

#[test]
fn only_a_beginning_that_is_told_sounds_on_the_screens_of_its_rules() {
    let mut desk = Desk::new(vec![rule("waits"), rule("also")]);
    desk.rules[0].sound = vec!["Hall".to_owned()];
    desk.rules[1].sound = vec!["Kitchen".to_owned()];
    desk.silence(SilenceScope::Rule("also".to_owned()), 3600);
    assert_eq!(desk.show(61, &burning(AlertLevel::Warning, 5)).len(), 1);
    let begun = desk.now.wall;
    assert_eq!(desk.book.last_sound("Hall"), Some(begun));
    assert_eq!(desk.book.last_sound("Kitchen"), None);

    // It gets worse, and is repeated, without a sound.
    assert_eq!(desk.show(601, &critical()).len(), 2);
    assert_eq!(desk.book.last_sound("Hall"), Some(begun));
    desk.show(31, &Reading::Calm);
    assert_eq!(desk.book.last_sound("Hall"), None);
    desk.show(61, &critical());
    assert_eq!(desk.book.last_sound("Hall"), Some(desk.now.wall));
}

#[test]
fn a_silence_that_somebody_ends_is_over_and_a_planned_one_waits() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let now = desk.now.wall;
    let (from, until) = (
        desk.now.plus_millis(100_000).wall,
        desk.now.plus_millis(200_000).wall,
    );
    (desk.book)
        .add_silence(silence(SilenceScope::All, from, until), now)
        .unwrap();
    assert_eq!(desk.show(61, &critical()), [NoticeKind::Opened]);
    desk.show(40, &Reading::Calm);
    assert_eq!(desk.show(20, &critical()), []);
    let id = desk.book.silences()[0].id;
    assert_eq!(desk.book.end_silence(id, desk.now.wall), Ok(()));
    let again = desk.book.end_silence(id, desk.now.wall);
    assert_eq!(again, Err(SilenceFault::NotFound));
    assert_eq!(desk.show(41, &critical()), [NoticeKind::Opened]);
}

#[test]
fn a_silence_has_a_reason_and_an_end() {
    let (mut book, now) = (AlertBook::default(), morning_moment().wall);
    let hours = |hours| now + SignedDuration::from_hours(hours);
    let mut add = |from, until, reason: &str| {
        let silence = AlertSilence {
            reason: reason.to_owned(),
            ..silence(SilenceScope::All, from, until)
        };
        book.add_silence(silence, now)
    };
    assert_eq!(add(now, hours(1), " "), Err(SilenceFault::NoReason));
    let long = "x".repeat(SILENCE_REASON_MAX + 1);
    assert_eq!(add(now, hours(1), &long), Err(SilenceFault::ReasonTooLong));
    assert_eq!(add(hours(-2), hours(-1), "x"), Err(SilenceFault::Over));
    assert_eq!(add(hours(2), hours(1), "x"), Err(SilenceFault::Over));
    assert_eq!(add(now, hours(24 * 32), "x"), Err(SilenceFault::TooLong));
    for _ in 0..SILENCES_MAX {
        assert_eq!(add(now, hours(1), " New  phones "), Ok(()));
    }
    assert_eq!(add(now, hours(1), "x"), Err(SilenceFault::TooMany));
    assert_eq!(book.silences()[0].reason, "New phones");
}

proptest! {
    /// Whatever comes, silenced or not, and wherever the process restarts: nothing is told while it is silenced,
    /// no new alert opens then, one that is open doesn't end by it, and what needs somebody afterwards is told.
    #[test]
    fn nobody_is_told_during_a_silence_and_nothing_is_lost_after_it(
        steps in prop::collection::vec(
            (1..120_i64, any_reading(), prop::option::of(1..300_i64), any::<bool>()),
            1..30,
        ),
    ) {
        let mut desk = Desk::new(vec![rule("waits")]);
        for (seconds, reading, silenced, restarts) in &steps {
            if *restarts {
                desk.restart();
            }
            if let Some(silenced) = silenced {
                let scope = SilenceScope::Subject(sales());
                desk.silence(scope, *silenced);
            }
            for _ in 0..*seconds {
                let at = desk.now.plus_millis(1000).wall;
                let is_silenced = (desk.book)
                    .is_silenced(&Snapshot::default(), "waits", &sales(), at);
                let before = desk.book.open().len();
                let told = desk.show(1, reading);
                if is_silenced {
                    prop_assert_eq!(told, []);
                    prop_assert!(desk.book.open().len() <= before);
                }
                if !matches!(reading, Reading::Calm) {
                    prop_assert!(before <= desk.book.open().len());
                }
            }
        }
        let end = desk.book.silences().iter().map(|one| one.until).max();
        while end.is_some_and(|end| desk.now.wall < end) {
            desk.show(1, &critical());
        }
        desk.show(3601, &critical());
        prop_assert!(desk.book.silences().is_empty());
        let last_told = desk.notices.last().map(|notice| notice.kind);
        prop_assert!(last_told.is_some_and(|kind| kind != NoticeKind::Over));
        prop_assert_eq!(desk.book.open().len(), 1);
    }
}
