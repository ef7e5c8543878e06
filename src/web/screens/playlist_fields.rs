//! The form of a playlist: its fields as entered, and the playlist's text in the configuration.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::{Table, Value};

use wallboard_boards::{Playlist, PlaylistItem};
use wallboard_domain::OpeningHours;
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section},
    web::{
        pages::settings::duration_text,
        parts::week_text::{is_closed, read_week, to_times, write_periods, write_week},
    },
};

/// The fields as entered.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct PlaylistFields {
    #[serde(default)]
    pub(super) name: String,
    /// As the configuration writes it: "1m". Empty: no board jumps.
    #[serde(default)]
    pub(super) jump: String,
    /// The revision that the page showed; empty for a new playlist.
    #[serde(default)]
    pub(super) began_from: String,
    /// `save`, `delete`, `add`, or `up`, `down` and `remove` with the number of an item.
    #[serde(default)]
    pub(super) action: String,
    /// Fields of the items, with their number.
    #[serde(flatten)]
    items: BTreeMap<String, String>,
}

/// A board of the list as entered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ItemFields {
    pub(super) board: String,
    pub(super) seconds: String,
    /// "Mon–Fri 08:00–17:00; Sat 10:00–14:00"; empty: always.
    pub(super) hours: String,
    pub(super) only_critical: bool,
}

impl PlaylistFields {
    /// A playlist of the first board, to change.
    pub(super) fn new_playlist(board: &str) -> Self {
        let item = ItemFields {
            board: board.to_owned(),
            seconds: "30".to_owned(),
            ..ItemFields::default()
        };
        let mut fields = Self {
            jump: "1m".to_owned(),
            ..Self::default()
        };
        fields.set_items(&[item]);
        fields
    }

    pub(super) fn of_playlist(texts: &Texts, playlist: &Playlist, site_zone: &TimeZone) -> Self {
        let mut fields = Self {
            name: playlist.name.clone(),
            jump: playlist
                .jump
                .map_or_else(String::new, |jump| duration_text(jump.as_secs())),
            ..Self::default()
        };
        let items = playlist.items.iter();
        let items: Vec<_> = items
            .map(|item| ItemFields::new(texts, item, site_zone))
            .collect();
        fields.set_items(&items);
        fields
    }

    pub(super) fn entry(&self) -> EntryId {
        EntryId::new(Section::Playlists, self.name.trim())
    }

    pub(super) fn items(&self) -> Vec<ItemFields> {
        let item = |number: usize| {
            let field = |name: &str| self.items.get(&format!("{name}{number}"));
            Some(ItemFields {
                board: field("board")?.clone(),
                seconds: field("seconds").cloned().unwrap_or_default(),
                hours: field("hours").cloned().unwrap_or_default(),
                only_critical: field("critical").is_some(),
            })
        };
        (0..).map_while(item).collect()
    }

    pub(super) fn set_items(&mut self, items: &[ItemFields]) {
        self.items.clear();
        for (number, item) in items.iter().enumerate() {
            let mut set = |name: &str, value: &str| {
                self.items
                    .insert(format!("{name}{number}"), value.to_owned());
            };
            set("board", &item.board);
            set("seconds", &item.seconds);
            set("hours", &item.hours);
            if item.only_critical {
                set("critical", "on");
            }
        }
    }

    /// Writes the playlist as the configuration has it; its parser judges it.
    pub(super) fn write(&self) -> String {
        let items = self.items();
        let items = items.iter().map(|item| Value::Table(item.write()));
        let mut playlist = Table::new();
        playlist.insert("boards".to_owned(), Value::Array(items.collect()));
        if !self.jump.is_empty() {
            playlist.insert("jump".to_owned(), self.jump.as_str().into());
        }
        let lines = playlist.iter();
        let lines = lines.map(|(key, value)| format!("{key} = {value}\n"));
        let section: &str = Section::Playlists.into();
        let name = Value::from(self.name.trim());
        format!("[{section}.{name}]\n{}", lines.collect::<String>())
    }
}

impl ItemFields {
    fn new(texts: &Texts, item: &PlaylistItem, site_zone: &TimeZone) -> Self {
        let hours = item.hours.as_ref();
        Self {
            board: item.board.clone(),
            seconds: item.dwell.as_secs().to_string(),
            hours: hours.map_or_else(String::new, |hours| write_hours(texts, hours, site_zone)),
            only_critical: item.only_critical,
        }
    }

    fn write(&self) -> Table {
        let seconds = self.seconds.trim().trim_end_matches('s').trim_end();
        let mut table = Table::new();
        let mut set = |key: &str, value: Value| drop(table.insert(key.to_owned(), value));
        set("board", self.board.as_str().into());
        set("for", format!("{seconds}s").into());
        if !self.hours.trim().is_empty() {
            set("hours", Value::Table(read_hours(&self.hours)));
        }
        if self.only_critical {
            set("only_critical", true.into());
        }
        table
    }
}

/// "Mon–Fri 08:00–17:00; Sat 10:00–14:00"
fn write_hours(texts: &Texts, hours: &OpeningHours, site_zone: &TimeZone) -> String {
    let mut parts = write_week(texts, &hours.week);
    for (date, periods) in &hours.dates {
        parts.push(match periods[..] {
            [] => format!("{} {date}", texts.closed_day()),
            _ => format!("{date} {}", write_periods(periods)),
        });
    }
    let zone = hours.zone.iana_name().filter(|_| hours.zone != *site_zone);
    parts.extend(zone.map(|zone| format!("{} {zone}", texts.zone_word())));
    parts.join("; ")
}

/// Reads the same. What can't be understood stays as it is written, so that the configuration's rules report it.
fn read_hours(text: &str) -> Table {
    let mut hours = Table::new();
    let mut closed = Vec::new();
    for part in text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (first, times) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let none = || Value::Array(Vec::new());
        match &*first.to_lowercase() {
            first if is_closed(first) && !times.is_empty() => {
                closed.push(Value::from(times.trim()));
            }
            first if is_zone_word(first) => {
                drop(hours.insert("zone".to_owned(), times.trim().into()));
            }
            date if date.starts_with(|c: char| c.is_ascii_digit()) && !times.is_empty() => {
                let value = to_times(times).unwrap_or_else(none);
                hours.insert(date.to_owned(), value);
            }
            _ => hours.extend(read_week(part)),
        }
    }
    if !closed.is_empty() {
        hours.insert("closed".to_owned(), Value::Array(closed));
    }
    hours
}

fn is_zone_word(text: &str) -> bool {
    (Texts::all().iter()).any(|texts| text == texts.zone_word().to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{
        parse_configuration,
        test_file::{OPEN_CHAT, keys_of, known_keys},
    };

    use super::*;

    #[test]
    fn a_playlist_is_the_same_after_its_form() {
        let text = r#"
            [playlists."The \"hall\""]
            jump = "90s"
            boards = [
              { board = "queues", for = "20s" },
              { board = "support", for = "2m", hours = { mon-fri = ["08:00-12:00", "13:00-17:00"], sun = "22:00-06:00", 2026-12-31 = "08:00-12:00", closed = "2026-12-24", zone = "Asia/Tokyo" } },
              { board = "sales", only_critical = true },
            ]
            [playlists.calm]
            boards = [{ board = "queues" }]
        "#;
        let parse = |text: &str| {
            let text = format!("{text}\n{OPEN_CHAT}");
            let settings = parse_configuration(&text, Path::new("w.toml"), |_| None);
            settings.unwrap().playlists
        };
        let playlists = parse(text);
        let all: toml::Table = text.parse().unwrap();
        let all: Vec<_> = all["playlists"].as_table().unwrap().values().collect();
        let known = known_keys("[playlists.a]\nno_such_key = 1\n");
        assert_eq!(keys_of(all.iter().copied()), known, "each key has a field");
        let items = all.iter().flat_map(|one| one["boards"].as_array().unwrap());
        let known = known_keys("[playlists.a]\nboards = [{ no_such_key = 1 }]\n");
        assert_eq!(keys_of(items), known, "each key of a board has a field");

        for texts in Texts::all() {
            let fields = playlists.iter();
            let fields = fields.map(|one| PlaylistFields::of_playlist(texts, one, &TimeZone::UTC));
            let written: String = fields.map(|fields| fields.write()).collect();
            assert_eq!(parse(&written), playlists, "{written}");
        }
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let hours = read_hours("Mon–Fri 8–17, 18:30-20; sat closed");
        let expected = r#"mon-fri = ["08:00-17:00", "18:30-20:00"]
sat = []
"#;
        assert_eq!(hours.to_string(), expected);
    }
}
