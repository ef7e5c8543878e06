//! `[playlists.NAME]`: boards that screens show in turn.

use std::time::Duration;

use jiff::{SignedDuration, tz::TimeZone};

use wallboard_boards::{Playlist, PlaylistItem};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::hours::read_opening_hours;

/// Characters; it stands in lists.
const NAME_MAX: usize = 60;
/// More than anybody waits for.
const ITEMS_MAX: usize = 30;
/// Shorter, nobody reads a board.
const DWELL_MIN: Duration = Duration::from_secs(10);
const DWELL_MAX: Duration = Duration::from_mins(10);
const DEFAULT_DWELL: SignedDuration = SignedDuration::from_secs(30);
const BOARDS: &str = r#"boards = [{ board = "queues", for = "30s" }]"#;

/// In the order of the file.
pub(super) fn read_playlists(root: &ConfigSection<'_, '_>, site_zone: &TimeZone) -> Vec<Playlist> {
    let section = root.section_at("playlists");
    let entries = section.iter().flat_map(ConfigSection::all_entries);
    let playlists = entries.filter_map(|entry| read_playlist(&entry, site_zone));
    playlists.collect()
}

fn read_playlist(entry: &ConfigEntry<'_, '_>, site_zone: &TimeZone) -> Option<Playlist> {
    let section = entry.as_section()?;
    let length = entry.name.chars().count();
    if length == 0 || NAME_MAX < length {
        let fix = format!("use 1 to {NAME_MAX} characters");
        entry.report_key_fault("isn't a name for a playlist", &fix);
    }
    let boards = section.required_entry("boards", BOARDS);
    let items = boards.map(|boards| {
        let items = boards.read_items(BOARDS).unwrap_or_default();
        if items.is_empty() || ITEMS_MAX < items.len() {
            let what = format!("has {} boards", items.len());
            boards.report_key_fault(&what, &format!("list 1 to {ITEMS_MAX}"));
        }
        let items = items.iter();
        items
            .filter_map(|item| read_item(item, site_zone))
            .collect()
    });
    let jump = section.entry("jump").and_then(|entry| read_dwell(&entry));
    section.finish_section();
    Some(Playlist {
        name: entry.name.to_owned(),
        items: items.unwrap_or_default(),
        jump,
    })
}

fn read_item(item: &ConfigEntry<'_, '_>, site_zone: &TimeZone) -> Option<PlaylistItem> {
    let section = item.as_section()?;
    let board = section.required_entry("board", r#"board = "queues""#);
    let board = board.and_then(|entry| entry.read_nonempty_text());
    let dwell = section.entry("for").and_then(|entry| read_dwell(&entry));
    let hours = section.entry("hours");
    let hours = hours.and_then(|entry| {
        let hours = read_opening_hours(&entry, site_zone)?;
        if !hours.holidays.calendars.is_empty() {
            entry.report_key_fault("has holidays", "only queues in [hours] have them");
        }
        Some(hours)
    });
    let only_critical = section.entry("only_critical");
    let only_critical = only_critical.and_then(|entry| entry.read_boolean());
    section.finish_section();
    Some(PlaylistItem {
        board: board?,
        dwell: dwell.unwrap_or(DEFAULT_DWELL),
        hours,
        only_critical: only_critical.unwrap_or_default(),
    })
}

fn read_dwell(entry: &ConfigEntry<'_, '_>) -> Option<SignedDuration> {
    let dwell = entry.read_duration(DWELL_MIN..=DWELL_MAX)?;
    SignedDuration::try_from(dwell).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use wallboard_domain::OpenPeriod;

    use crate::settings::{ConfigFaults, parse_configuration, test_file::OPEN_CHAT};

    use super::*;

    fn read(text: &str) -> Result<Vec<Playlist>, ConfigFaults> {
        let text = format!("time_zone = \"Europe/Stockholm\"\n{text}\n{OPEN_CHAT}");
        let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
        settings.map(|settings| settings.playlists)
    }

    #[test]
    fn a_playlist_has_boards_with_their_times() {
        let playlists = read(
            r#"
            [playlists.Floor]
            jump = "1m"
            boards = [
              { board = "queues", for = "20s" },
              { board = "support", hours = { mon-fri = "08:00-17:00" }, only_critical = true },
            ]
            [playlists."Hall 1"]
            boards = [{ board = "queues" }]
            "#,
        )
        .unwrap();

        assert_eq!(playlists[1].name, "Hall 1");
        assert_eq!(playlists[1].jump, None);
        let floor = &playlists[0];
        assert_eq!(floor.jump, Some(SignedDuration::from_mins(1)));
        let [queues, support] = &floor.items[..] else {
            panic!("{floor:?}");
        };
        assert_eq!(queues.dwell, SignedDuration::from_secs(20));
        assert!(queues.hours.is_none() && !queues.only_critical);
        assert_eq!((&*support.board, support.dwell), ("support", DEFAULT_DWELL));
        assert!(support.only_critical);
        let hours = support.hours.as_ref().unwrap();
        let office: OpenPeriod = "08:00-17:00".parse().unwrap();
        assert_eq!(
            (&hours.week[4][..], hours.week[5].len()),
            (&[office][..], 0)
        );
        assert_eq!(hours.zone.iana_name(), Some("Europe/Stockholm"));
    }

    #[test]
    fn faults_name_their_position_and_the_fix() {
        for (text, expected) in [
            (
                "[playlists.a]",
                "2:12: playlists.a.boards: is missing; write boards = [{ board = \"queues\", for = \"30s\" }]",
            ),
            (
                "[playlists.a]\nboards = []",
                "3:1: playlists.a.boards: has 0 boards; list 1 to 30",
            ),
            (
                "[playlists.a]\nboards = [{ board = \"queues\", for = \"5s\" }]",
                "3:37: playlists.a.boards.for: \"5s\" isn't allowed; it must be between 10s and 10m",
            ),
            (
                "[playlists.a]\nboards = [{ bord = \"queues\" }]",
                "3:11: playlists.a.boards.board: is missing; ",
            ),
            (
                "[playlists.a]\nboards = [{ board = \"queues\", hours = { mon-fri = \"8-17\" } }]",
                "3:51: playlists.a.boards.hours.mon-fri: ",
            ),
        ] {
            let faults = read(text).unwrap_err().to_string();
            assert!(
                faults.starts_with(&format!("w.toml:{expected}")),
                "{faults}"
            );
        }
    }
}
