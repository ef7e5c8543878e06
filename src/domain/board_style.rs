//! How a board looks: its theme and density, and what a single screen has of its own.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::NameVisibility;

/// Dark for most screens, light for bright rooms.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum BoardTheme {
    #[default]
    Dark,
    Light,
}

/// How far away a board is read.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum BoardDensity {
    /// Across a hall: larger texts, fewer figures.
    Hall,
    #[default]
    Floor,
    /// On a desk: smaller texts, larger curves.
    Desk,
}

/// What a screen has of its own, instead of the board's. The default is the board as it's defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoardStyle {
    pub theme: Option<BoardTheme>,
    pub density: Option<BoardDensity>,
    /// The most that it shows of agents' names; `[privacy] agent_names` may allow less.
    pub agent_names: Option<NameVisibility>,
}
