//! One delivered value to one statement.

use serde_json::value::RawValue;

use crate::domain::{Metric, Stated, Unit, Value};

use super::{Delivered, Finding, Measure, States, Statistic, number, tree};

/// Beyond it a count is one of the marks that vendors have for "none".
const MOST: f64 = 1e9;
/// In seconds; what is longer is a time of day, or such a mark.
const LONGEST: f64 = 400.0 * 86_400.0;
/// Such marks that, in some unit, would pass for values.
const NONE: [f64; 2] = [2_147_483_647.0, 4_294_967_295.0];
/// What Stat Server answers where it has no estimate of a wait.
pub const NO_ESTIMATE: f64 = 10_000.0;
/// By how much a share may be above 100 % where it was reckoned in floating point.
const SLACK: f64 = 1e-4;

impl Statistic {
    /// What `value` states of this statistic, in our own words and units. Missing,
    /// invalid, negative, out of bounds or of another shape: unknown, never 0.
    pub fn stated(&self, value: Option<&RawValue>, states: &States) -> Stated {
        let text = value.map_or("null", RawValue::get);
        match self.measure {
            Measure::State => Stated::Stance(tree::stance(text, &self.object, states)),
            Measure::TimeInState => Stated::TimeInState(
                self.number(text)
                    .and_then(|number| seconds(number, self.delivered)),
            ),
            Measure::Figure(metric) => {
                let value = self
                    .number(text)
                    .and_then(|number| in_our_unit(metric, number, self.delivered));
                Stated::Figure(metric, value)
            }
        }
    }

    /// As delivered.
    fn number(&self, text: &str) -> Option<f64> {
        let is_estimate = |number: &f64| self.no_estimate_above.is_none_or(|above| *number < above);
        number::read(text)
            .filter(|number| 0.0 <= *number && !NONE.contains(number))
            .filter(is_estimate)
            // There is no -0 on a screen.
            .map(f64::abs)
    }
}

impl Statistic {
    /// What is to be said of a statistic that has this value.
    pub(in crate::sources) fn found(&self, value: Option<&RawValue>, states: &States) -> Finding {
        let text = value.map_or("null", RawValue::get);
        let is_number = self.measure != Measure::State;
        let limit = self.no_estimate_above.zip(number::read(text));
        if is_number && limit.is_some_and(|(above, number)| above <= number) {
            // That it has no estimate now is what it has to say.
            return Finding::Well;
        }
        let is_open = self.no_estimate_above.is_none()
            && self.measure == Measure::Figure(Metric::ExpectedWait);
        let is_mark = |number: f64| (number - NO_ESTIMATE).abs() < f64::EPSILON;
        if is_open && number::read(text).is_some_and(is_mark) {
            return Finding::NoEstimate;
        }
        if is_number && number::is_word(text) {
            return Finding::Refused("it sends text where a number is expected".to_owned());
        }
        Finding::of(is_known(&self.stated(value, states)))
    }
}

/// Whether the vendor gave a value that is one.
pub fn is_known(stated: &Stated) -> bool {
    match stated {
        Stated::Figure(_, said) => said.is_some(),
        Stated::Stance(said) => said.is_some(),
        Stated::TimeInState(said) => said.is_some(),
    }
}

fn in_our_unit(metric: Metric, number: f64, delivered: Delivered) -> Option<Value> {
    match (metric.unit(), delivered) {
        (Unit::Count, Delivered::Count) => {
            let is_count = number.fract() == 0.0 && number <= MOST;
            is_count.then(|| metric.value(number))
        }
        (Unit::Seconds, _) => seconds(number, delivered).map(Value::Seconds),
        (Unit::Percent, Delivered::Percent) => percent(number).map(Value::Percent),
        (Unit::Percent, Delivered::Ratio) => percent(number * 100.0).map(Value::Percent),
        (Unit::Count | Unit::Percent, _) => None,
    }
}

fn seconds(number: f64, delivered: Delivered) -> Option<f64> {
    let seconds = match delivered {
        Delivered::Seconds => number,
        Delivered::Milliseconds => number / 1_000.0,
        Delivered::Count | Delivered::Percent | Delivered::Ratio | Delivered::State => return None,
    };
    (seconds <= LONGEST).then_some(seconds)
}

/// As delivered, unless it is more than all.
fn percent(number: f64) -> Option<f64> {
    (number <= 100.0 + SLACK).then(|| number.min(100.0))
}
