//! The announcement that a board shows: the newest of the most urgent, or each of several in turn.

use std::{cmp::Reverse, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{Announcement, AnnouncementKind};
use wallboard_texts::Texts;

use super::{format, head_cells::NewsCells, render_context::RenderContext, slot_value::SlotValue};

/// How long each of several announcements is shown, in seconds.
const TURN_SECONDS: i64 = 10;

pub(super) fn announcement_cells(context: &mut RenderContext<'_>) -> NewsCells {
    let (board, now) = (&context.board.id, context.now.wall);
    let all = Arc::clone(&context.announcements);
    let shown = order_announcements(all.iter().filter(|one| one.is_shown(board, now)));

    let changes = all.iter().flat_map(|one| [one.from, one.until]);
    let turn = now.as_second().div_euclid(TURN_SECONDS);
    let next_turn = Timestamp::from_second((turn + 1) * TURN_SECONDS).ok();
    let next_turn = next_turn.filter(|_| 1 < shown.len());
    let changes = changes.filter(|at| now < *at).chain(next_turn);
    if let Some(at) = changes.min() {
        context.evaluator.schedule_change_at(at);
    }

    let count = i64::try_from(shown.len()).unwrap_or(i64::MAX);
    let place = usize::try_from(turn.checked_rem_euclid(count).unwrap_or(0)).unwrap_or(0);
    let Some(announcement) = shown.get(place) else {
        return cells("", String::new(), String::new());
    };
    let zone = &context.snapshot.site.zone;
    cells(
        announcement.kind.into_str(),
        announcement.text.clone(),
        describe_announcement(context.texts, announcement, place, shown.len(), now, zone),
    )
}

/// Puts the announcements of one place in the order of their turns, the newest of the most urgent first. Nothing may
/// stand beside an emergency.
pub fn order_announcements<'a>(
    shown: impl Iterator<Item = &'a Announcement>,
) -> Vec<&'a Announcement> {
    let mut shown: Vec<_> = shown.collect();
    if shown
        .iter()
        .any(|one| one.kind == AnnouncementKind::Emergency)
    {
        shown.retain(|one| one.kind == AnnouncementKind::Emergency);
    }
    shown.sort_by_key(|one| Reverse((one.kind, one.from)));
    shown
}

/// "Anna Lindqvist, 13:40 · until 15:00", and "1 of 2" if it takes turns.
pub fn describe_announcement(
    texts: &Texts,
    announcement: &Announcement,
    place: usize,
    count: usize,
    now: Timestamp,
    zone: &TimeZone,
) -> String {
    let from = texts.time_or_day(announcement.from, now, zone);
    let until = texts.time_or_day(announcement.until, now, zone);
    let detail = match announcement.by.as_str() {
        "" => texts.announced_until(from, until),
        by => texts.announced_by_until(format::isolate_name(by), from, until),
    };
    if count <= 1 {
        return detail;
    }
    texts.announcement_turn(detail, place + 1, count)
}

fn cells(kind: &'static str, text: String, detail: String) -> NewsCells {
    NewsCells {
        attributes: SlotValue::Attributes(vec![("kind", kind.into())]),
        text: SlotValue::Text(text),
        detail: SlotValue::Text(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BoardDefinition, BoardLayout, BoardView, board_render,
        fixture::{self, noon},
    };
    use wallboard_domain::{Baseline, Moment};

    fn announcement(text: &str, kind: AnnouncementKind) -> Announcement {
        Announcement {
            text: text.into(),
            kind,
            boards: None,
            screens: Vec::new(),
            from: noon().wall,
            until: noon().plus_millis(3_600_000).wall,
            by: "Anna".into(),
        }
    }

    fn render(announcements: &[Announcement], now: Moment) -> BoardView {
        let board = BoardDefinition::new("hall", "Hall", BoardLayout::Queues);
        let snapshot = fixture::afternoon_snapshot();
        let mut context = RenderContext::of_board(&board, &snapshot, now);
        context.announcements = announcements.into();
        board_render::render(context, &Baseline::default())
    }

    fn shown(announcements: &[Announcement], now: Moment) -> (String, String) {
        let cells = render(announcements, now).head.news;
        let SlotValue::Text(text) = cells.text else {
            panic!("{:?} isn't text", cells.text);
        };
        let kind = match cells.attributes {
            SlotValue::Attributes(list) => format!("{:?}", list[0].1),
            other => panic!("{other:?} aren't attributes"),
        };
        (kind, text)
    }

    #[test]
    fn an_announcement_is_shown_from_its_beginning_to_its_end_and_the_board_knows_when() {
        let outage = announcement("Use paper.", AnnouncementKind::Important);
        let all = [outage.clone()];
        let at = |millis: i64| noon().plus_millis(millis);

        assert_eq!(shown(&all, at(-1)).1, "");
        assert_eq!(
            shown(&all, at(0)),
            ("Text(\"important\")".into(), "Use paper.".into())
        );
        assert_eq!(shown(&all, at(3_599_999)).1, "Use paper.");
        assert_eq!(shown(&all, at(3_600_000)).1, "");
        let next = render(&all, at(3_599_999)).next_change.unwrap();
        assert!(next.wall <= outage.until, "{next:?}");
        let next = render(&all, at(-1)).next_change.unwrap();
        assert!(next.wall <= outage.from, "{next:?}");
    }

    #[test]
    fn an_announcement_of_other_boards_is_not_shown() {
        let mut other = announcement("Use paper.", AnnouncementKind::Important);
        other.boards = Some(vec!["kitchen".into()]);
        assert_eq!(shown(&[other.clone()], noon()).1, "");
        other.boards = Some(vec!["kitchen".into(), "hall".into()]);
        assert_eq!(shown(&[other], noon()).1, "Use paper.");
    }

    #[test]
    fn several_take_turns_and_an_emergency_stands_alone() {
        let mut all = vec![
            announcement("Coffee on floor 2.", AnnouncementKind::Info),
            announcement("Use paper.", AnnouncementKind::Important),
        ];
        let texts = |all: &[Announcement]| -> Vec<_> {
            let turns = (0..4).map(|turn| noon().plus_millis(turn * 10_000));
            turns.map(|now| shown(all, now).1).collect()
        };
        let turns = texts(&all);
        assert_ne!(turns[0], turns[1]);
        assert_eq!((&turns[0], &turns[1]), (&turns[2], &turns[3]));

        all.push(announcement(
            "Leave by the stairs.",
            AnnouncementKind::Emergency,
        ));
        assert_eq!(texts(&all), ["Leave by the stairs."; 4]);
    }
}
