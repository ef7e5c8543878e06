//! `/api/v1/history/…`: history as JSON. Ratios are computed from sums here and rounded nowhere;
//! what wasn't imported is `null`.

pub(super) mod adherence;
pub(super) mod calls;
pub(super) mod catalog;
mod interval_figures;
mod interval_plan;
pub(super) mod intervals;
mod range;

pub(super) use range::parse_range;
