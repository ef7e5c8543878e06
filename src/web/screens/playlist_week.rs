//! A playlist's week in words: which boards have a turn on which days and at which times.

use std::collections::BTreeSet;

use wallboard_boards::{Playlist, PlaylistItem};
use wallboard_domain::{DAY_MINUTES, write_minute};
use wallboard_texts::Texts;

/// Days with the same times.
#[derive(Debug, PartialEq)]
pub(super) struct WeekRow {
    /// "Monday–Friday"
    pub(super) days: String,
    pub(super) parts: Vec<WeekPart>,
}

/// A time of a day.
#[derive(Debug, PartialEq)]
pub(super) struct WeekPart {
    /// "08:00–17:00"
    pub(super) time: String,
    /// "Overview 30 s → Support 20 s"
    pub(super) boards: String,
}

/// Returns the days from Monday on. `title` is a board's.
pub(super) fn week_rows(
    texts: &Texts,
    playlist: &Playlist,
    title: impl Fn(&str) -> String,
) -> Vec<WeekRow> {
    let mut rows: Vec<(usize, usize, Vec<WeekPart>)> = Vec::new();
    for day in 0..7 {
        let parts = day_parts(texts, playlist, day, &title);
        match rows.last_mut() {
            Some((_, last, same)) if *same == parts => *last = day,
            _ => rows.push((day, day, parts)),
        }
    }
    let row = |(first, last, parts): (usize, usize, Vec<WeekPart>)| WeekRow {
        days: if first == last {
            texts.weekday(first + 1)
        } else {
            format!("{}–{}", texts.weekday(first + 1), texts.weekday(last + 1))
        },
        parts,
    };
    rows.into_iter().map(row).collect()
}

fn day_parts(
    texts: &Texts,
    playlist: &Playlist,
    day: usize,
    title: &impl Fn(&str) -> String,
) -> Vec<WeekPart> {
    let periods = playlist
        .items
        .iter()
        .flat_map(|item| item_periods(item, day));
    let edges = periods.flat_map(|(from, to)| [from, to]);
    let mut edges: BTreeSet<i64> = edges.map(|edge| edge.clamp(0, DAY_MINUTES)).collect();
    edges.extend([0, DAY_MINUTES]);
    let edges: Vec<_> = edges.into_iter().collect();
    let part = |from: i64, to: i64| {
        let is_due = |item: &&PlaylistItem| {
            let mut periods = item_periods(item, day);
            item.hours.is_none() || periods.any(|(start, end)| start <= from && from < end)
        };
        let due = playlist.items.iter().filter(is_due);
        let mut boards: Vec<_> = due.map(|item| describe(texts, item, title)).collect();
        if boards.is_empty() {
            boards.extend(playlist.items.first().map(|item| title(&item.board)));
        }
        WeekPart {
            time: format!("{}–{}", write_minute(from), write_minute(to)),
            boards: boards.join(" → "),
        }
    };
    edges
        .windows(2)
        .map(|edge| part(edge[0], edge[1]))
        .collect()
}

/// The periods of a day in minutes, with those that began on the day before.
fn item_periods(item: &PlaylistItem, day: usize) -> impl Iterator<Item = (i64, i64)> {
    let week = item.hours.as_ref().map(|hours| &hours.week);
    let of_day = move |day: usize| week.into_iter().flat_map(move |week| &week[day % 7]);
    let today = of_day(day).map(|one| (one.from_minute, one.to_minute));
    let yesterday = of_day(day + 6).map(|one| (0, one.to_minute - DAY_MINUTES));
    yesterday.filter(|(_, to)| 0 < *to).chain(today)
}

/// "Support 20 s, while critical"
fn describe(texts: &Texts, item: &PlaylistItem, title: &impl Fn(&str) -> String) -> String {
    let (title, seconds) = (title(&item.board), item.dwell.as_secs());
    if item.only_critical {
        texts.turn_while_critical(title, seconds)
    } else {
        texts.turn_of(title, seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{parse_configuration, test_file::OPEN_CHAT};

    use super::*;

    #[test]
    fn days_with_the_same_times_are_one_row() {
        let text = r#"
            [playlists.floor]
            boards = [
              { board = "a", for = "20s", hours = { mon-sun = "06:00-22:00" } },
              { board = "b", hours = { mon-thu = "08:00-17:00", fri = "22:00-02:00" }, only_critical = true },
            ]
        "#;
        let text = format!("{text}{OPEN_CHAT}");
        let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
        let rows = week_rows(
            Texts::english(),
            &settings.unwrap().playlists[0],
            str::to_uppercase,
        );

        let texts = rows.iter().map(|row| {
            let parts = row.parts.iter();
            let parts = parts.map(|part| format!("{} {}", part.time, part.boards));
            format!("{}: {}", row.days, parts.collect::<Vec<_>>().join("; "))
        });
        let critical = "B 30 s, while critical";
        let expected = [
            format!(
                "Monday–Thursday: 00:00–06:00 A; 06:00–08:00 A 20 s; 08:00–17:00 A 20 s → {critical}; 17:00–22:00 A 20 s; 22:00–24:00 A"
            ),
            format!("Friday: 00:00–06:00 A; 06:00–22:00 A 20 s; 22:00–24:00 {critical}"),
            format!(
                "Saturday: 00:00–02:00 {critical}; 02:00–06:00 A; 06:00–22:00 A 20 s; 22:00–24:00 A"
            ),
            "Sunday: 00:00–06:00 A; 06:00–22:00 A 20 s; 22:00–24:00 A".to_owned(),
        ];
        assert_eq!(texts.collect::<Vec<_>>(), expected);
    }
}
