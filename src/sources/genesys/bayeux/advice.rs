//! What a server advises about connecting again: the last word on each matter holds.

use std::time::Duration;

use serde_json::{Map, Value};

/// What servers use where they have not said otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Nobody holds a request for longer; a greater number is a mistake.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(10);
const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    /// A connect waits so long after the answer to the one before.
    pub(super) interval: Duration,
    /// The server answers a connect after this, though it has nothing to tell.
    pub(super) timeout: Duration,
    /// Another client comes from the same browser, as the server sees it.
    pub(super) multiple_clients: bool,
}

/// What to do next, where a message says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reconnect {
    Retry,
    Handshake,
    Never,
}

impl Default for Advice {
    fn default() -> Self {
        Self {
            interval: Duration::ZERO,
            timeout: TIMEOUT,
            multiple_clients: false,
        }
    }
}

impl Advice {
    /// Takes over what is said and keeps the rest.
    pub(super) fn merge_advice(&mut self, told: &Value) -> Option<Reconnect> {
        let told = told.as_object()?;
        let interval = parse_millis(told, "interval");
        if let Some(interval) = interval.and_then(|millis| u64::try_from(millis).ok()) {
            self.interval = Duration::from_millis(interval).min(LONGEST_INTERVAL);
        }
        let timeout = parse_millis(told, "timeout").and_then(|millis| u64::try_from(millis).ok());
        if let Some(timeout) = timeout {
            self.timeout = Duration::from_millis(timeout).min(LONGEST_TIMEOUT);
        }
        if let Some(multiple) = told.get("multiple-clients").and_then(Value::as_bool) {
            self.multiple_clients = multiple;
        }
        // A negative interval asks us to stay away, whatever else is said.
        if interval.is_some_and(|millis| millis < 0) {
            return Some(Reconnect::Never);
        }
        match told.get("reconnect").and_then(Value::as_str) {
            Some("retry") => Some(Reconnect::Retry),
            Some("handshake") => Some(Reconnect::Handshake),
            Some("none") => Some(Reconnect::Never),
            _ => None,
        }
    }
}

/// A number of milliseconds, however it is written.
#[expect(clippy::cast_possible_truncation, reason = "a float saturates")]
fn parse_millis(told: &Map<String, Value>, key: &str) -> Option<i64> {
    match told.get(key)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|f| f as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_word_on_each_matter_holds_and_the_rest_is_kept() {
        let mut advice = Advice::default();
        let all = json!({"reconnect": "retry", "interval": 250, "timeout": 20_000});

        assert_eq!(advice.merge_advice(&all), Some(Reconnect::Retry));
        assert_eq!(advice.merge_advice(&json!({"timeout": "45000"})), None);

        assert_eq!(advice.interval, Duration::from_millis(250));
        assert_eq!(advice.timeout, Duration::from_secs(45));
    }

    #[test]
    fn a_negative_interval_is_never_to_come_back() {
        let mut advice = Advice::default();

        let told = advice.merge_advice(&json!({"reconnect": "retry", "interval": -1}));

        assert_eq!(told, Some(Reconnect::Never));
        assert_eq!(advice, Advice::default());
    }

    #[test]
    fn what_no_advice_can_mean_changes_nothing() {
        let mut advice = Advice::default();
        for odd in [
            json!(null),
            json!("retry"),
            json!([1]),
            json!({"interval": {}, "timeout": null, "reconnect": 7, "hosts": ["elsewhere"]}),
        ] {
            assert_eq!(advice.merge_advice(&odd), None);
        }
        assert_eq!(advice, Advice::default());

        advice.merge_advice(&json!({"interval": 1e300, "timeout": i64::MAX}));
        assert_eq!(advice.interval, LONGEST_INTERVAL);
        assert_eq!(advice.timeout, LONGEST_TIMEOUT);
    }
}
