//! How a board looks: its theme and density, and what a single screen has of its own.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::{Language, NameVisibility};

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

/// How often a board is updated at most. Without one, as often as `flush_interval` allows.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(const_into_str)]
pub enum UpdateRate {
    #[strum(serialize = "1s")]
    EverySecond,
    #[strum(serialize = "5s")]
    EveryFiveSeconds,
}

impl UpdateRate {
    /// The shortest time between two updates.
    pub fn interval(self) -> Duration {
        match self {
            Self::EverySecond => Duration::from_secs(1),
            Self::EveryFiveSeconds => Duration::from_secs(5),
        }
    }
}

/// A screen's style, instead of the board's. The default is the board as it's defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoardStyle {
    pub theme: Option<BoardTheme>,
    pub density: Option<BoardDensity>,
    /// The most that it shows of agents' names; `[privacy] agent_names` may allow less.
    pub agent_names: Option<NameVisibility>,
    /// Slower, for a weak screen or a thin line.
    pub update_rate: Option<UpdateRate>,
    #[serde(default)]
    pub language: Option<Language>,
}
