//! Percentile band of a value over several weeks.

use jiff::Timestamp;

/// The fewest weeks that make a band.
const MIN_WEEKS: usize = 3;
/// A tenth of the weeks is below the band, and a tenth above.
const LOW_QUANTILE: f64 = 0.1;
const HIGH_QUANTILE: f64 = 0.9;

/// The normal value of a daily metric at the end of a half hour, in the metric's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PercentileBand {
    pub median: f64,
    /// The 10th and the 90th percentile.
    pub low: f64,
    pub high: f64,
    /// Weeks with a value.
    pub weeks: u8,
}

/// A band and the end of its validity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalRange {
    pub band: PercentileBand,
    /// The end of the half hour.
    pub ends_at: Timestamp,
}

impl PercentileBand {
    pub(super) fn from_values(mut values: Vec<f64>) -> Option<Self> {
        if values.len() < MIN_WEEKS {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Self {
            median: interpolate_quantile(&values, 0.5),
            low: interpolate_quantile(&values, LOW_QUANTILE),
            high: interpolate_quantile(&values, HIGH_QUANTILE),
            weeks: u8::try_from(values.len()).unwrap_or(u8::MAX),
        })
    }
}

/// Interpolates linearly between the two nearest ranks, as spreadsheets do. `values` is sorted and
/// not empty.
fn interpolate_quantile(values: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a handful of weeks")]
    let rank = share * (values.len() - 1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the list"
    )]
    let (below, above) = (rank.floor() as usize, rank.ceil() as usize);
    values[below] + (values[above] - values[below]) * rank.fract()
}
