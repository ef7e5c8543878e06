//! The part of a form that says how a screen shows its board.

use std::str::FromStr;

use serde::Deserialize;

use crate::domain::BoardStyle;

use super::WebError;

/// What a screen has instead of the board's own; empty for what it hasn't.
#[derive(Default, Deserialize)]
pub(super) struct StyleFields {
    #[serde(default)]
    pub(super) theme: String,
    #[serde(default)]
    pub(super) density: String,
    #[serde(default)]
    pub(super) agent_names: String,
}

impl StyleFields {
    pub(super) fn new(style: BoardStyle) -> Self {
        Self {
            theme: style.theme.map_or("", Into::into).to_owned(),
            density: style.density.map_or("", Into::into).to_owned(),
            agent_names: style.agent_names.map_or("", Into::into).to_owned(),
        }
    }

    pub(super) fn read(&self) -> Result<BoardStyle, WebError> {
        Ok(BoardStyle {
            theme: read_choice(&self.theme)?,
            density: read_choice(&self.density)?,
            agent_names: read_choice(&self.agent_names)?,
        })
    }
}

fn read_choice<T: FromStr>(field: &str) -> Result<Option<T>, WebError> {
    match field {
        "" => Ok(None),
        chosen => chosen.parse().map(Some).map_err(|_| WebError::InvalidForm),
    }
}
