//! The health of a source, live or of files.

use strum::{IntoStaticStr, VariantNames};

/// A source's health, with the names of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum SourceHealth {
    Connecting,
    Live,
    Degraded,
    Down,
}
