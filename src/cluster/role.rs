//! What a node may become.

use strum::{Display, EnumString, VariantNames};

/// What a node may become, from `[cluster] role`.
#[derive(Clone, Copy, Debug, Default, Display, EnumString, Eq, PartialEq, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum NodeRole {
    /// Leads if no other node does.
    #[default]
    All,
    /// Serves viewers, and never leads.
    Edge,
}
