//! Decodes one delivered value into a vendor value.

use serde_json::value::RawValue;

use wallboard_domain::{Metric, MetricValue, Unit, VendorValue};

use super::{
    DeliveredUnit, Measure, Statistic, StatisticFinding, StatusTable, number, status_tree,
};

/// A count above this is one of the vendors' sentinels for "none".
const COUNT_MAX: f64 = 1e9;
/// In seconds. A longer duration is a time of day or such a sentinel.
const SECONDS_MAX: f64 = 400.0 * 86_400.0;
/// Sentinels that could pass for values in some unit.
const NONE_SENTINELS: [f64; 2] = [2_147_483_647.0, 4_294_967_295.0];
/// Stat Server's value for a wait without an estimate.
pub const NO_ESTIMATE: f64 = 10_000.0;
/// How far floating-point rounding may take a percentage above 100.
const PERCENT_TOLERANCE: f64 = 1e-4;

impl Statistic {
    /// Converts `value` to our statuses and units. A value that is missing, invalid,
    /// negative, out of bounds or of another shape is unknown, never 0.
    pub fn decode_value(&self, value: Option<&RawValue>, states: &StatusTable) -> VendorValue {
        let text = value.map_or("null", RawValue::get);
        match self.measure {
            Measure::State => {
                VendorValue::Status(status_tree::parse_status_report(text, &self.object, states))
            }
            Measure::TimeInState => VendorValue::TimeInState(
                self.decode_number(text)
                    .and_then(|number| to_seconds(number, self.delivered)),
            ),
            Measure::Figure(metric) => {
                let value = self
                    .decode_number(text)
                    .and_then(|number| convert_unit(metric, number, self.delivered));
                VendorValue::Metric(metric, value)
            }
        }
    }

    /// Reads the number in its delivered unit.
    fn decode_number(&self, text: &str) -> Option<f64> {
        let is_estimate = |number: &f64| self.no_estimate_above.is_none_or(|above| *number < above);
        number::read_number(text)
            .filter(|number| 0.0 <= *number && !NONE_SENTINELS.contains(number))
            .filter(is_estimate)
            // Avoids showing -0.
            .map(f64::abs)
    }
}

impl Statistic {
    /// Judges a statistic by its value, for `wallboard check`.
    pub(crate) fn judge_value(
        &self,
        value: Option<&RawValue>,
        states: &StatusTable,
    ) -> StatisticFinding {
        let text = value.map_or("null", RawValue::get);
        let is_number = self.measure != Measure::State;
        let limit = self.no_estimate_above.zip(number::read_number(text));
        if is_number && limit.is_some_and(|(above, number)| above <= number) {
            // "No estimate now" is a valid value.
            return StatisticFinding::Available;
        }
        let may_be_undeclared = self.no_estimate_above.is_none()
            && self.measure == Measure::Figure(Metric::ExpectedWait);
        let is_sentinel = |number: f64| (number - NO_ESTIMATE).abs() < f64::EPSILON;
        if may_be_undeclared && number::read_number(text).is_some_and(is_sentinel) {
            return StatisticFinding::NoEstimate;
        }
        if is_number && number::is_word(text) {
            return StatisticFinding::Rejected(
                "it sends text where a number is expected".to_owned(),
            );
        }
        if is_known(&self.decode_value(value, states)) {
            StatisticFinding::Available
        } else {
            StatisticFinding::Unknown
        }
    }
}

/// Whether the vendor sent a usable value.
pub fn is_known(value: &VendorValue) -> bool {
    match value {
        VendorValue::Metric(_, reported) => reported.is_some(),
        VendorValue::Status(reported) => reported.is_some(),
        VendorValue::TimeInState(reported) => reported.is_some(),
    }
}

fn convert_unit(metric: Metric, number: f64, delivered: DeliveredUnit) -> Option<MetricValue> {
    match (metric.unit(), delivered) {
        (Unit::Count, DeliveredUnit::Count) => {
            let is_count = number.fract() == 0.0 && number <= COUNT_MAX;
            is_count.then(|| metric.value(number))
        }
        (Unit::Seconds, _) => to_seconds(number, delivered).map(MetricValue::Seconds),
        (Unit::Percent, DeliveredUnit::Percent) => to_percent(number).map(MetricValue::Percent),
        (Unit::Percent, DeliveredUnit::Ratio) => {
            to_percent(number * 100.0).map(MetricValue::Percent)
        }
        (Unit::Count | Unit::Percent, _) => None,
    }
}

fn to_seconds(number: f64, delivered: DeliveredUnit) -> Option<f64> {
    let seconds = match delivered {
        DeliveredUnit::Seconds => number,
        DeliveredUnit::Milliseconds => number / 1_000.0,
        DeliveredUnit::Count
        | DeliveredUnit::Percent
        | DeliveredUnit::Ratio
        | DeliveredUnit::State => return None,
    };
    (seconds <= SECONDS_MAX).then_some(seconds)
}

/// Rejects percentages above 100, beyond rounding.
fn to_percent(number: f64) -> Option<f64> {
    (number <= 100.0 + PERCENT_TOLERANCE).then(|| number.min(100.0))
}
