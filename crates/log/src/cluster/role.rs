//! The role of a node.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantNames};

/// The role that a node may take, from `[cluster] role`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Display,
    EnumString,
    Eq,
    IntoStaticStr,
    PartialEq,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum NodeRole {
    /// Leads if no other node does.
    #[default]
    All,
    /// Serves viewers, and never leads.
    Edge,
}
