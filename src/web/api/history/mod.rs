//! `/api/v1/history/…`: the past as JSON. Ratios are taken of sums here, and nowhere
//! rounded; what was not taken in is `null`.

pub(super) mod calls;
pub(super) mod intervals;
mod range;
