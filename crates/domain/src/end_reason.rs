//! End reasons: how a call left its queue, where an export has its own texts for it.

use strum::{EnumString, VariantNames};

/// The meaning of an end reason's text: `[sources.*.end_by]` of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// The caller left before an agent answered.
    Abandoned,
    /// It left by a key, an overflow or a time-out.
    FlowOut,
    /// It was answered and passed on.
    Transferred,
}
