//! Properties of turns.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use proptest::{collection::vec, prelude::*};

use wallboard_domain::{OpenPeriod, OpeningHours, moment};

use super::*;

const STAY: i64 = 60_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

fn stockholm(at: &str) -> Timestamp {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    let at: DateTime = at.parse().unwrap();
    at.to_zoned(zone).unwrap().timestamp()
}

/// Monday to Friday.
fn weekdays(period: &str) -> OpeningHours {
    let period: OpenPeriod = period.parse().unwrap();
    OpeningHours {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        week: std::array::from_fn(|day| if day < 5 { vec![period] } else { Vec::new() }),
        dates: BTreeMap::default(),
        holidays: wallboard_domain::ClosedDays::default(),
    }
}

fn item(board: &str, seconds: i64) -> PlaylistItem {
    PlaylistItem {
        board: board.into(),
        dwell: SignedDuration::from_secs(seconds),
        hours: None,
        only_critical: false,
    }
}

fn playlist(items: Vec<PlaylistItem>) -> Playlist {
    Playlist {
        name: "Floor".into(),
        items,
        jump: Some(SignedDuration::from_millis(STAY)),
    }
}

fn board(queues: usize, critical: &[(i64, Option<i64>, usize)]) -> ShownBoard {
    let time = |(from, to, number): &(i64, Option<i64>, usize)| CriticalTime {
        from: at(*from),
        to: to.map(at),
        number: *number,
    };
    ShownBoard {
        queues,
        critical: critical.iter().map(time).collect(),
    }
}

/// Boards `0`, `1` and so on, each with some hours, and times when they were critical after 2026-06-01.
fn any_playlist() -> impl Strategy<Value = (Playlist, Vec<ShownBoard>)> {
    let hours = prop_oneof![
        Just(None),
        Just(Some(weekdays("08:00-17:00"))),
        Just(Some(weekdays("22:00-06:00"))),
        Just(Some(weekdays("02:30-03:30"))),
    ];
    let one = (
        10..300_i64,
        hours,
        any::<bool>(),
        vec((0..7_200_000_i64, 1..900_000_i64), 0..6),
    );
    vec(one, 1..6).prop_map(|all| {
        let items = all.iter().enumerate();
        let items = items.map(|(index, (seconds, hours, only_critical, _))| PlaylistItem {
            hours: hours.clone(),
            only_critical: *only_critical,
            ..item(&index.to_string(), *seconds)
        });
        let boards = all.iter().enumerate().map(|(index, (.., critical))| {
            let times = critical.iter().enumerate().map(|(number, (from, length))| {
                let from = JUNE + from;
                (from, Some(from + length), index * 10 + number)
            });
            board(index + 1, &times.collect::<Vec<_>>())
        });
        (playlist(items.collect()), boards.collect())
    })
}

/// 2026-06-01T00:00Z
const JUNE: i64 = 1_780_272_000_000;

fn find(boards: &[ShownBoard]) -> impl Fn(&str) -> Option<ShownBoard> {
    |id| boards.get(id.parse::<usize>().unwrap()).cloned()
}

proptest! {
    #[test]
    fn each_board_has_its_time_in_the_order_of_the_list(
        dwells in vec(10..300_i64, 1..6),
        start in 0..4_000_000_000_000_i64,
    ) {
        let items = dwells.iter().enumerate();
        let items = items.map(|(index, seconds)| item(&index.to_string(), *seconds));
        let list = playlist(items.collect());
        let none = |_: &str| Some(ShownBoard::default());
        let first = list.turn_at(at(start), none).unwrap();
        // Whole turns follow the one that had begun.
        let mut now = first.until.unwrap();
        let mut index = first.number % dwells.len();
        for _ in 0..2 * dwells.len() {
            let turn = list.turn_at(now, none).unwrap();
            prop_assert_eq!((turn.board, turn.number), (&*index.to_string(), index + 1));
            let until = turn.until.unwrap();
            prop_assert_eq!(moment::millis_between(now, until), dwells[index] * 1000);
            let last = list.turn_at(moment::plus_millis(until, -1), none).unwrap();
            prop_assert_eq!(last, turn);
            (now, index) = (until, (index + 1) % dwells.len());
        }
    }

    #[test]
    fn a_turn_stays_until_its_end_at_any_time_of_the_year(
        (list, _) in any_playlist(),
        hour in 0..9_000_i64,
        millis in 0..3_600_000_i64,
    ) {
        let now = stockholm("2026-01-01T00:00");
        let now = moment::plus_millis(now, hour * 3_600_000 + millis);
        let none = |_: &str| Some(ShownBoard::default());
        let turn = list.turn_at(now, none).unwrap();
        let is_due = |item: &PlaylistItem| item.hours.as_ref().is_none_or(|hours| hours.is_open(now));
        if list.items.iter().any(is_due) {
            prop_assert!(list.items.iter().any(|item| item.board == turn.board && is_due(item)));
        }
        let until = turn.until.unwrap_or(moment::plus_millis(now, 100_000));
        prop_assert!(now < until, "{until}");
        for part in 1..8 {
            let length = moment::millis_between(now, until);
            let during = moment::plus_millis(now, (length * part / 8 - 1).max(0));
            prop_assert_eq!(list.turn_at(during, none).unwrap().board, turn.board, "{}", during);
        }
    }

    #[test]
    fn a_jump_is_to_a_critical_board_and_leaves_the_round_as_it_was(
        (list, boards) in any_playlist(),
        offset in 0..9_000_000_i64,
    ) {
        let now = at(JUNE + offset);
        let turn = list.turn_at(now, find(&boards)).unwrap();
        let calm = Playlist { jump: None, ..list.clone() };
        let round = calm.turn_at(now, find(&boards)).unwrap();
        if !turn.is_jump {
            prop_assert_eq!(turn, round);
            return Ok(());
        }
        let shown = &boards[turn.board.parse::<usize>().unwrap()];
        let since = moment::plus_millis(now, -7_200_000);
        prop_assert!(shown.critical.iter().any(|time| since < time.from && time.from <= now));
        prop_assert!(moment::millis_between(now, turn.until.unwrap()) <= STAY);
    }

    #[test]
    fn only_boards_that_can_be_shown_have_a_turn(
        (list, boards) in any_playlist(),
        gone in vec(any::<bool>(), 6),
        offset in 0..9_000_000_i64,
    ) {
        let find = |id: &str| {
            let index: usize = id.parse().unwrap();
            (!gone[index]).then(|| boards[index].clone())
        };
        match list.turn_at(at(JUNE + offset), find) {
            Some(turn) => prop_assert!(find(turn.board).is_some()),
            None => prop_assert!((0..boards.len()).all(|index| gone[index])),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_cause_makes_a_board_come_once((_, boards) in any_playlist()) {
        let items = (0..boards.len()).map(|index| item(&index.to_string(), 10));
        let list = playlist(items.collect());
        let mut jumps = Vec::new();
        let mut previous = None;
        for part in 0..1_800 {
            let turn = list.turn_at(at(JUNE + part * 5_000), find(&boards)).unwrap();
            let jump = turn.is_jump.then(|| (turn.board.to_owned(), turn.until));
            if jump.is_some() && jump != previous {
                jumps.extend(jump.clone());
            }
            previous = jump;
        }
        let causes: usize = boards.iter().map(|board| board.critical.len()).sum();
        prop_assert!(jumps.len() <= causes, "{jumps:?}");
        for (index, (board, end)) in jumps.iter().enumerate() {
            let again = jumps[index + 1..].iter().find(|(other, _)| other == board);
            let rest = again.map(|(_, next)| moment::millis_between(end.unwrap(), next.unwrap()));
            prop_assert!(rest.is_none_or(|rest| 2 * STAY <= rest), "{jumps:?}");
        }
    }
}

#[test]
fn a_day_begins_with_the_first_board_also_when_clocks_change() {
    let list = playlist(vec![
        item("a", 30),
        PlaylistItem {
            hours: Some(weekdays("08:00-17:00")),
            ..item("b", 20)
        },
    ]);
    let board_at = |time: &str, seconds: i64| {
        let now = moment::plus_millis(stockholm(time), seconds * 1000);
        let turn = list.turn_at(now, |_| Some(ShownBoard::default()));
        let turn = turn.unwrap();
        (turn.board.to_owned(), turn.number, turn.count)
    };
    // A Monday after each change of the clocks, and any other.
    for day in ["2026-03-30", "2026-10-26", "2026-11-23"] {
        let opening = format!("{day}T08:00");
        assert_eq!(board_at(&opening, -1), ("a".into(), 1, 1));
        assert_eq!(board_at(&opening, 0), ("a".into(), 1, 2));
        assert_eq!(board_at(&opening, 29), ("a".into(), 1, 2));
        assert_eq!(board_at(&opening, 30), ("b".into(), 2, 2));
        assert_eq!(board_at(&opening, 50), ("a".into(), 1, 2));
        let closing = format!("{day}T17:00");
        assert_eq!(board_at(&closing, 0), ("a".into(), 1, 1));
    }
    assert_eq!(board_at("2026-11-22T10:00", 35).2, 1);
}

#[test]
fn a_board_for_critical_times_has_its_turn_then_only_and_gives_its_time_to_the_one_before() {
    let only_critical = PlaylistItem {
        only_critical: true,
        ..item("b", 20)
    };
    let list = Playlist {
        jump: None,
        ..playlist(vec![item("a", 30), only_critical, item("c", 10)])
    };
    // Rounds of 60 s since 1970.
    let start = JUNE;
    let critical = [(start + 95_000, Some(start + 155_000), 0)];
    let seen = |second: i64| {
        let boards = |id: &str| Some(board(1, if id == "b" { &critical } else { &[] }));
        let turn = list.turn_at(at(start + second * 1000), boards).unwrap();
        format!("{} {} of {}", turn.board, turn.number, turn.count)
    };
    assert_eq!(seen(0), "a 1 of 2");
    assert_eq!(seen(35), "a 1 of 2");
    assert_eq!(seen(50), "c 2 of 2");
    // It turned critical after its turn had begun.
    assert_eq!(seen(96), "a 1 of 3");
    assert_eq!(seen(111), "c 3 of 3");
    assert_eq!(seen(150), "b 2 of 3");
    // The turn ends in its time.
    assert_eq!(seen(160), "b 2 of 3");
    assert_eq!(seen(171), "c 2 of 2");
    assert_eq!(seen(215), "a 1 of 2");
}

#[test]
fn a_queue_brings_the_board_that_is_about_it_and_each_waits_for_the_one_before() {
    let list = playlist(vec![item("all", 30), item("b", 30), item("c", 30)]);
    let start = JUNE;
    let boards = |id: &str| {
        let (b, c) = (
            (start + 5_000, None, 0),
            (start + 20_000, Some(start + 70_000), 1),
        );
        Some(match id {
            "all" => board(10, &[b, c]),
            "b" => board(2, &[b]),
            _ => board(3, &[c]),
        })
    };
    let seen = |second: i64| {
        let turn = list.turn_at(at(start + second * 1000), boards).unwrap();
        (turn.board, turn.is_jump)
    };
    assert_eq!(seen(4), ("all", false));
    assert_eq!(seen(5), ("b", true));
    assert_eq!(seen(64), ("b", true));
    assert_eq!(seen(65), ("c", true));
    assert_eq!(seen(124), ("c", true));
    assert_eq!(seen(125), ("b", false));
    assert_eq!(seen(180), ("all", false));
}
