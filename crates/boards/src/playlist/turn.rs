//! Whose turn it is. It follows from the clock and from the log's incidents alone, so every node says the same,
//! and a restart continues where it was.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp, ToSpan};

use wallboard_domain::{Language, OpeningHours, moment};
use wallboard_texts::Texts;

use super::{Playlist, PlaylistItem, ShownBoard};

/// How far back the last change of hours is searched. After a longer pause, rounds are counted from 1970.
const HOURS_SEARCHED: i64 = 15 * 24;
/// How far back jumps are followed, to know which are still to come.
pub(crate) const JUMPS_FOLLOWED: SignedDuration = SignedDuration::from_hours(2);

/// The board that a screen shows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaylistTurn<'p> {
    pub board: &'p str,
    /// Its place, from 1, among those that have a turn now.
    pub number: usize,
    pub count: usize,
    /// When another turn begins at the latest; `None`: never.
    pub until: Option<Timestamp>,
    /// It came out of turn.
    pub is_jump: bool,
}

impl PlaylistTurn<'_> {
    /// "2 of 4"; empty if no other has a turn.
    pub fn label(&self, language: Language) -> String {
        match self.count {
            1 => String::new(),
            count => Texts::of(language).playlist_turn(self.number, count),
        }
    }
}

/// An item whose board can be shown.
struct ShownItem<'p> {
    item: &'p PlaylistItem,
    board: ShownBoard,
}

impl Playlist {
    /// Returns whose turn it is; `None`: no board can be shown. `find_board` returns `None` for one that can't.
    pub fn turn_at(
        &self,
        now: Timestamp,
        find_board: impl Fn(&str) -> Option<ShownBoard>,
    ) -> Option<PlaylistTurn<'_>> {
        // Turns begin and end at full milliseconds.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let shown = self.items.iter().filter_map(|item| {
            let board = find_board(&item.board)?;
            Some(ShownItem { item, board })
        });
        let shown: Vec<_> = shown.collect();
        let hours = || shown.iter().filter_map(|one| one.item.hours.as_ref());
        let hours_change = hours().filter_map(|hours| hours.next_change(now)).min();
        let is_due = |one: &&ShownItem<'_>| {
            let hours = one.item.hours.as_ref();
            hours.is_none_or(|hours| hours.is_open(now))
        };
        let due: Vec<_> = shown.iter().filter(is_due).collect();
        if due.is_empty() {
            // Something true is better than nothing.
            let board = &shown.first()?.item.board;
            return Some(PlaylistTurn {
                board,
                number: 1,
                count: 1,
                until: hours_change,
                is_jump: false,
            });
        }
        let start = hours().filter_map(|hours| last_change(hours, now)).max();
        let (turn, turn_end) = find_in_round(&due, start.unwrap_or(Timestamp::UNIX_EPOCH), now);
        let jump = self.jump.and_then(|stay| find_jump(&due, stay, now));
        let (index, end) = jump.unwrap_or((turn, turn_end));
        let board = &due[index].item.board;
        let has_turn = |other: usize| {
            let one = due[other];
            !one.item.only_critical || other == index || one.is_critical(now)
        };
        Some(PlaylistTurn {
            board,
            number: (0..=index).filter(|other| has_turn(*other)).count(),
            count: (0..due.len()).filter(|other| has_turn(*other)).count(),
            until: Some(hours_change.map_or(end, |change| change.min(end))),
            is_jump: jump.is_some(),
        })
    }
}

impl ShownItem<'_> {
    fn is_critical(&self, at: Timestamp) -> bool {
        self.board.critical.iter().any(|time| time.contains(at))
    }

    fn dwell(&self) -> i64 {
        millis(self.item.dwell)
    }
}

/// Returns which item has its turn, and when the turn ends. Rounds begin at `start`. The time of an item that
/// isn't critical is given to the one before.
fn find_in_round(due: &[&ShownItem<'_>], start: Timestamp, now: Timestamp) -> (usize, Timestamp) {
    let round: i64 = due.iter().map(|one| one.dwell()).sum();
    let elapsed = now.as_millisecond() - start.as_millisecond();
    let mut left = elapsed.rem_euclid(round.max(1));
    let mut index = 0;
    while let Some(one) = due.get(index)
        && one.dwell() <= left
    {
        left -= one.dwell();
        index += 1;
    }
    let index = index.min(due.len() - 1);
    let mut began = moment::plus_millis(now, -left);
    let end = moment::plus_millis(began, due[index].dwell());
    for back in 0..due.len() {
        let earlier = (index + due.len() - back) % due.len();
        if 0 < back {
            began = moment::plus_millis(began, -due[earlier].dwell());
        }
        if !due[earlier].item.only_critical || due[earlier].is_critical(began) {
            return (earlier, end);
        }
    }
    (0, end)
}

/// Returns which item came out of turn, and until when. Of several boards that turn critical, each waits for the
/// one before. A board that has just been shown for that doesn't come again at once, so that a flapping queue
/// leaves the others their turns.
fn find_jump(
    due: &[&ShownItem<'_>],
    stay: SignedDuration,
    now: Timestamp,
) -> Option<(usize, Timestamp)> {
    let (stay, since) = (millis(stay), now - JUMPS_FOLLOWED);
    let causes = due.iter().enumerate().flat_map(|(index, one)| {
        let times = one.board.critical.iter();
        times.map(move |time| (time.from, time.number, one.board.queues, index, time.to))
    });
    let causes = causes.filter(|(from, ..)| since < *from && *from <= now);
    let mut causes: Vec<_> = causes.collect();
    causes.sort_unstable();
    let (mut seen, mut rested) = (HashSet::new(), HashMap::new());
    let mut last_end = Timestamp::MIN;
    for (from, number, _, index, to) in causes {
        let board = due[index].item.board.as_str();
        let begin = from.max(last_end);
        let is_over = to.is_some_and(|to| to <= begin);
        let is_again = rested.get(board).is_some_and(|rested| from < *rested);
        if !seen.insert(number) || is_over || is_again {
            continue;
        }
        last_end = moment::plus_millis(begin, stay);
        rested.insert(board, moment::plus_millis(last_end, stay));
        if begin <= now && now < last_end {
            return Some((index, last_end));
        }
    }
    None
}

/// Returns when hours last began or ended.
fn last_change(hours: &OpeningHours, now: Timestamp) -> Option<Timestamp> {
    let from = now - HOURS_SEARCHED.hours();
    let spans = hours.open_spans(from, moment::plus_millis(now, 1));
    let changes = spans.into_iter().flat_map(|(start, end)| [start, end]);
    changes.filter(|at| from < *at && *at <= now).max()
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
