//! A server's advice about reconnecting: the latest value of each field applies.

use std::time::Duration;

use serde_json::{Map, Value};

/// The default of servers.
const TIMEOUT: Duration = Duration::from_secs(30);
/// No server holds a request for longer; a greater number is a mistake.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(10);
const LONGEST_INTERVAL: Duration = Duration::from_hours(24);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advice {
    /// The pause between a response and the next connect.
    pub(super) interval: Duration,
    /// The server answers a connect after this time, even without events.
    pub(super) timeout: Duration,
    /// Whether the server sees another client from the same browser.
    pub(super) multiple_clients: bool,
}

/// The next action, where a message advises one.
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
    /// Merges the given fields and leaves the others unchanged.
    pub(super) fn merge_advice(&mut self, fields: &Value) -> Option<Reconnect> {
        let fields = fields.as_object()?;
        let interval = parse_millis(fields, "interval");
        if let Some(interval) = interval.and_then(|millis| u64::try_from(millis).ok()) {
            self.interval = Duration::from_millis(interval).min(LONGEST_INTERVAL);
        }
        let timeout = parse_millis(fields, "timeout").and_then(|millis| u64::try_from(millis).ok());
        if let Some(timeout) = timeout {
            self.timeout = Duration::from_millis(timeout).min(LONGEST_TIMEOUT);
        }
        if let Some(multiple) = fields.get("multiple-clients").and_then(Value::as_bool) {
            self.multiple_clients = multiple;
        }
        // A negative interval asks us not to reconnect, whatever the other fields are.
        if interval.is_some_and(|millis| millis < 0) {
            return Some(Reconnect::Never);
        }
        match fields.get("reconnect").and_then(Value::as_str) {
            Some("retry") => Some(Reconnect::Retry),
            Some("handshake") => Some(Reconnect::Handshake),
            Some("none") => Some(Reconnect::Never),
            _ => None,
        }
    }
}

/// Parses milliseconds, as a number or as text.
#[expect(clippy::cast_possible_truncation, reason = "a float saturates")]
fn parse_millis(fields: &Map<String, Value>, key: &str) -> Option<i64> {
    match fields.get(key)? {
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
    fn latest_value_of_each_field_applies() {
        let mut advice = Advice::default();
        let all = json!({"reconnect": "retry", "interval": 250, "timeout": 20_000});

        assert_eq!(advice.merge_advice(&all), Some(Reconnect::Retry));
        assert_eq!(advice.merge_advice(&json!({"timeout": "45000"})), None);

        assert_eq!(advice.interval, Duration::from_millis(250));
        assert_eq!(advice.timeout, Duration::from_secs(45));
    }

    #[test]
    fn negative_interval_means_never_reconnect() {
        let mut advice = Advice::default();

        let reconnect = advice.merge_advice(&json!({"reconnect": "retry", "interval": -1}));

        assert_eq!(reconnect, Some(Reconnect::Never));
        assert_eq!(advice, Advice::default());
    }

    #[test]
    fn invalid_advice_changes_nothing() {
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
