//! People's choices for a screen, as forms have them.

use std::str::FromStr;

use serde::Deserialize;

use wallboard_access::{Screen, ScreenChoice};
use wallboard_domain::{BoardStyle, NightHours, OpenPeriod};

use crate::web::{
    WebError, WebState,
    parts::page_header::PageHeader,
    screens::{playlist_choice::known_playlist, screen_list::known_board},
};

/// Before the name of a playlist, in place of a board's ID.
const PLAYLIST: &str = "playlist/";

/// A screen's name, place, board and style.
#[derive(Deserialize)]
pub(in crate::web) struct ScreenFields {
    name: String,
    #[serde(default)]
    place: String,
    /// A board's ID, or a playlist.
    board: String,
    #[serde(flatten)]
    style: StyleFields,
    #[serde(flatten)]
    night: NightFields,
}

/// When a screen is dark, and when it's silent.
#[derive(Deserialize)]
pub(in crate::web) struct NightFields {
    /// `dim` or `black`; empty: never.
    #[serde(default)]
    pub(in crate::web) night: String,
    /// "22:00–06:00"
    #[serde(default)]
    pub(in crate::web) night_hours: String,
    /// When no alert sounds on it, "12:00–13:00"; empty: only at night.
    #[serde(default)]
    pub(in crate::web) quiet_hours: String,
}

/// A screen's style instead of the board's; empty where it's the board's.
#[derive(Default, Deserialize)]
pub(in crate::web) struct StyleFields {
    #[serde(default)]
    pub(in crate::web) theme: String,
    #[serde(default)]
    pub(in crate::web) density: String,
    #[serde(default)]
    pub(in crate::web) agent_names: String,
    #[serde(default)]
    pub(in crate::web) update_rate: String,
    #[serde(default)]
    pub(in crate::web) language: String,
}

impl ScreenFields {
    /// Returns the choice, if the visitor may choose the board.
    pub(in crate::web) fn read(
        self,
        web: &WebState,
        header: &PageHeader,
    ) -> Result<ScreenChoice, WebError> {
        let (board, playlist) = match self.board.strip_prefix(PLAYLIST) {
            Some(name) => (String::new(), Some(known_playlist(web, header, name)?)),
            None => (known_board(web, header, self.board)?, None),
        };
        Ok(ScreenChoice {
            board,
            playlist,
            night: self.night.read()?,
            quiet: self.night.read_quiet()?,
            style: self.style.read()?,
            name: self.name,
            place: self.place,
        })
    }
}

impl StyleFields {
    pub(in crate::web) fn new(style: BoardStyle) -> Self {
        Self {
            theme: style.theme.map_or("", Into::into).to_owned(),
            density: style.density.map_or("", Into::into).to_owned(),
            agent_names: style.agent_names.map_or("", Into::into).to_owned(),
            update_rate: style.update_rate.map_or("", Into::into).to_owned(),
            language: style.language.map_or("", Into::into).to_owned(),
        }
    }

    fn read(&self) -> Result<BoardStyle, WebError> {
        Ok(BoardStyle {
            theme: read_choice(&self.theme)?,
            density: read_choice(&self.density)?,
            agent_names: read_choice(&self.agent_names)?,
            update_rate: read_choice(&self.update_rate)?,
            language: read_choice(&self.language)?,
        })
    }
}

impl Default for NightFields {
    fn default() -> Self {
        Self {
            night: String::new(),
            night_hours: "22:00–06:00".to_owned(),
            quiet_hours: String::new(),
        }
    }
}

impl NightFields {
    pub(in crate::web) fn of_screen(screen: &Screen) -> Self {
        let night = screen.night.map_or_else(Self::default, |night| Self {
            night: <&str>::from(night.look).to_owned(),
            night_hours: night.period.to_text('–'),
            ..Self::default()
        });
        let quiet = screen.quiet.map(|period| period.to_text('–'));
        Self {
            quiet_hours: quiet.unwrap_or_default(),
            ..night
        }
    }

    fn read(&self) -> Result<Option<NightHours>, WebError> {
        let Some(look) = read_choice(&self.night)? else {
            return Ok(None);
        };
        let period = self.night_hours.parse();
        let period = period.map_err(|_| WebError::InvalidForm)?;
        Ok(Some(NightHours { period, look }))
    }

    fn read_quiet(&self) -> Result<Option<OpenPeriod>, WebError> {
        match self.quiet_hours.trim() {
            "" => Ok(None),
            hours => hours.parse().map(Some).map_err(|_| WebError::InvalidForm),
        }
    }
}

/// The value of the field that says what a screen shows.
pub(super) fn content_value(screen: &Screen) -> String {
    match &screen.playlist {
        Some(name) => playlist_value(name),
        None => screen.board.clone(),
    }
}

/// The same of a playlist.
pub(super) fn playlist_value(name: &str) -> String {
    format!("{PLAYLIST}{name}")
}

fn read_choice<T: FromStr>(field: &str) -> Result<Option<T>, WebError> {
    match field {
        "" => Ok(None),
        chosen => chosen.parse().map(Some).map_err(|_| WebError::InvalidForm),
    }
}
