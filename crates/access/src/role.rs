//! Roles.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A person's role. Each role may do what the ones before it may.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    EnumIter,
    EnumString,
    Eq,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Sees boards of queues and the figures of queues: nothing about a person.
    Viewer,
    /// Sees agents, contacts, history and data sources too.
    Supervisor,
    /// Manages users too.
    Admin,
}
