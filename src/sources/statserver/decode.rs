//! One delivered value to one statement.

use serde_json::value::RawValue;

use crate::domain::{Metric, MetricValue, Unit, VendorValue};

use super::{
    DeliveredUnit, Measure, Statistic, StatisticFinding, StatusTable, number, status_tree,
};

/// Beyond it a count is one of the marks that vendors have for "none".
const COUNT_MAX: f64 = 1e9;
/// In seconds; what is longer is a time of day, or such a mark.
const SECONDS_MAX: f64 = 400.0 * 86_400.0;
/// Such marks that, in some unit, would pass for values.
const NONE_SENTINELS: [f64; 2] = [2_147_483_647.0, 4_294_967_295.0];
/// What Stat Server answers where it has no estimate of a wait.
pub const NO_ESTIMATE: f64 = 10_000.0;
/// By how much a share may be above 100 % where it was reckoned in floating point.
const PERCENT_TOLERANCE: f64 = 1e-4;

impl Statistic {
    /// What `value` states of this statistic, in our own words and units. Missing,
    /// invalid, negative, out of bounds or of another shape: unknown, never 0.
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

    /// As delivered.
    fn decode_number(&self, text: &str) -> Option<f64> {
        let is_estimate = |number: &f64| self.no_estimate_above.is_none_or(|above| *number < above);
        number::read_number(text)
            .filter(|number| 0.0 <= *number && !NONE_SENTINELS.contains(number))
            .filter(is_estimate)
            // There is no -0 on a screen.
            .map(f64::abs)
    }
}

impl Statistic {
    /// What is to be said of a statistic that has this value.
    pub(in crate::sources) fn judge_value(
        &self,
        value: Option<&RawValue>,
        states: &StatusTable,
    ) -> StatisticFinding {
        let text = value.map_or("null", RawValue::get);
        let is_number = self.measure != Measure::State;
        let limit = self.no_estimate_above.zip(number::read_number(text));
        if is_number && limit.is_some_and(|(above, number)| above <= number) {
            // That it has no estimate now is what it has to say.
            return StatisticFinding::Available;
        }
        let is_open = self.no_estimate_above.is_none()
            && self.measure == Measure::Figure(Metric::ExpectedWait);
        let is_mark = |number: f64| (number - NO_ESTIMATE).abs() < f64::EPSILON;
        if is_open && number::read_number(text).is_some_and(is_mark) {
            return StatisticFinding::NoEstimate;
        }
        if is_number && number::is_word(text) {
            return StatisticFinding::Rejected(
                "it sends text where a number is expected".to_owned(),
            );
        }
        StatisticFinding::from_is_known(is_known(&self.decode_value(value, states)))
    }
}

/// Whether the vendor gave a value that is one.
pub fn is_known(stated: &VendorValue) -> bool {
    match stated {
        VendorValue::Metric(_, said) => said.is_some(),
        VendorValue::Status(said) => said.is_some(),
        VendorValue::TimeInState(said) => said.is_some(),
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

/// As delivered, unless it is more than all.
fn to_percent(number: f64) -> Option<f64> {
    (number <= 100.0 + PERCENT_TOLERANCE).then(|| number.min(100.0))
}
