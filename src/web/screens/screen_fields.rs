//! People's choices for a screen, as forms have them.

use std::str::FromStr;

use serde::Deserialize;

use wallboard_access::ScreenChoice;
use wallboard_domain::BoardStyle;

use crate::web::{
    WebError, WebState, parts::page_header::PageHeader, screens::screen_list::known_board,
};

/// A screen's name, place, board and style.
#[derive(Deserialize)]
pub(in crate::web) struct ScreenFields {
    name: String,
    #[serde(default)]
    place: String,
    board: String,
    #[serde(flatten)]
    style: StyleFields,
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
        Ok(ScreenChoice {
            board: known_board(web, header, self.board)?,
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

fn read_choice<T: FromStr>(field: &str) -> Result<Option<T>, WebError> {
    match field {
        "" => Ok(None),
        chosen => chosen.parse().map(Some).map_err(|_| WebError::InvalidForm),
    }
}
