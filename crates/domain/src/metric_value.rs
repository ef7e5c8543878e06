//! A value of a metric.

use serde::{Deserialize, Serialize};

/// A metric's value in the product's own units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum MetricValue {
    Count(u64),
    /// A duration in seconds.
    Seconds(f64),
    /// 0–100.
    Percent(f64),
}

impl MetricValue {
    /// Returns the bare number, as in JSON.
    pub fn as_number(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
            Self::Count(n) => n as f64,
            Self::Seconds(x) | Self::Percent(x) => x,
        }
    }
}
