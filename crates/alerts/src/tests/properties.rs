//! Properties of the book, whatever comes.

use super::*;

pub(super) fn any_reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        Just(Reading::Calm),
        Just(Reading::Unknown),
        (1..30_u64).prop_map(|waiting| burning(AlertLevel::Warning, waiting)),
        (1..30_u64).prop_map(|waiting| burning(AlertLevel::Critical, waiting)),
    ]
}

fn any_action() -> impl Strategy<Value = Option<AlertAction>> {
    prop_oneof![
        6 => Just(None),
        1 => Just(Some(AlertAction::Take)),
        1 => Just(Some(AlertAction::Release)),
        // Until so many minutes after the action.
        1 => (1..60_i64).prop_map(|minutes| {
            Some(AlertAction::Snooze(Timestamp::from_second(minutes * 60).unwrap()))
        }),
        1 => Just(Some(AlertAction::Close)),
    ]
}

proptest! {
    /// Whatever comes, whatever people do, and wherever the process restarts: an end is only told after its
    /// beginning, and no message has the ID of another. What needs somebody for long enough has one, and so has its end.
    #[test]
    fn each_beginning_is_told_once_and_each_end_after_it(
        steps in prop::collection::vec(
            (1..120_i64, any_reading(), any::<bool>(), any_action()),
            1..40,
        ),
    ) {
        let mut desk = Desk::new(vec![rule("waits")]);
        for (seconds, reading, restarts, action) in steps {
            if restarts {
                desk.restart();
            }
            match action {
                Some(AlertAction::Snooze(after)) if !desk.book.open().is_empty() => {
                    let until = desk.now.plus_millis(after.as_millisecond()).wall;
                    desk.act(&AlertAction::Snooze(until)).unwrap();
                }
                Some(action) if !desk.book.open().is_empty() => {
                    desk.act(&action).unwrap();
                }
                _ => {}
            }
            let before = desk.notices.len();
            desk.show(seconds, &reading);
            // Whatever it was before, it's told as it is.
            for notice in &desk.notices[before..] {
                let is_as_told = match &reading {
                    Reading::Burning { level, .. } => notice.alert.level == *level,
                    _ => notice.kind == NoticeKind::Over,
                };
                prop_assert!(is_as_told || notice.kind == NoticeKind::Over, "{:?}", notice);
            }
        }
        // A closed alert opens again only after all was well.
        desk.show(1, &Reading::Calm);
        desk.show(61, &critical());
        let last = desk.notices.last().map(|last| (last.kind, last.alert.level));
        let is_told = last.is_some_and(|(kind, level)| {
            kind != NoticeKind::Over && level == AlertLevel::Critical
        });
        prop_assert!(is_told, "the last word is {:?}", last);
        desk.show(31, &Reading::Calm);
        prop_assert!(desk.book.open().is_empty());
        desk.show(600, &Reading::Calm);
        prop_assert_eq!(desk.notices.last().map(|last| last.kind), Some(NoticeKind::Over));

        let mut is_told: BTreeMap<AlertId, bool> = BTreeMap::new();
        let mut messages = std::collections::BTreeSet::new();
        for notice in &desk.notices {
            let told = is_told.entry(notice.alert()).or_default();
            prop_assert_eq!(*told, notice.kind != NoticeKind::Opened);
            *told = notice.kind != NoticeKind::Over;
            prop_assert!(messages.insert(notice.message_id("floor")));
        }
        prop_assert!(is_told.values().all(|told| !told));
    }
}
