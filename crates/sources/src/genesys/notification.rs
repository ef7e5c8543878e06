//! A message on one of the two channels. The channel determines its kind, and its content
//! is in one of two envelopes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    bayeux::BayeuxEvent,
    envelope::{self, ReportedValue},
    error::quote_words,
};

pub(super) const UPDATES_CHANNEL: &str = "/statistics/v3/updates";
pub(super) const SERVICE_CHANNEL: &str = "/statistics/v3/service";

#[derive(Debug)]
pub(super) enum Notification {
    Values(Vec<ReportedValue>),
    Unavailable,
    Available,
    /// Of an unknown kind.
    Unknown(String),
    Malformed(&'static str),
}

impl Notification {
    pub(super) fn from_event(event: &BayeuxEvent) -> Self {
        if event.channel == SERVICE_CHANNEL {
            parse_service(&event.data)
        } else {
            parse_values(&event.data)
        }
    }
}

fn parse_values(data: &RawValue) -> Notification {
    #[derive(Deserialize)]
    struct ValuesEnvelope {
        data: Option<Box<RawValue>>,
    }

    let Ok(envelope) = serde_json::from_str::<ValuesEnvelope>(data.get()) else {
        return Notification::Malformed("not an object");
    };
    let values = match &envelope.data {
        Some(data) => envelope::parse_values(data),
        None => envelope::parse_values(data),
    };
    if values.is_empty() {
        Notification::Malformed("no statistics in it")
    } else {
        Notification::Values(values)
    }
}

fn parse_service(data: &RawValue) -> Notification {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ServiceMessage {
        service_state: Option<serde_json::Value>,
        data: Option<Box<RawValue>>,
    }

    let Ok(outer) = serde_json::from_str::<ServiceMessage>(data.get()) else {
        return Notification::Malformed("not an object");
    };
    let inner = outer
        .data
        .and_then(|data| serde_json::from_str::<ServiceMessage>(data.get()).ok());
    let state = outer
        .service_state
        .or(inner.and_then(|inner| inner.service_state));
    match state.as_ref().and_then(|state| state.as_str()) {
        Some(state) if state.eq_ignore_ascii_case("UNAVAILABLE") => Notification::Unavailable,
        Some(state) if state.eq_ignore_ascii_case("AVAILABLE") => Notification::Available,
        Some(state) => Notification::Unknown(format!("service state {}", quote_words(state))),
        None => Notification::Malformed("no service state in it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn notification_from(channel: &'static str, data: &Value) -> Notification {
        let data = serde_json::value::to_raw_value(data).unwrap();
        Notification::from_event(&BayeuxEvent { channel, data })
    }

    #[test]
    fn values_are_found_in_both_envelopes() {
        let bare = json!({"statistics": [{"value": 1}, {"value": 2}]});
        let wrapped = json!({"name": "StatisticUpdate", "topic": UPDATES_CHANNEL, "data": bare});

        for data in [bare, wrapped] {
            assert!(
                matches!(notification_from(UPDATES_CHANNEL, &data), Notification::Values(values) if values.len() == 2)
            );
        }
    }

    #[test]
    fn service_state_is_found_in_both_envelopes_and_any_case() {
        let bare = json!({"serviceState": "unavailable"});
        let wrapped = json!({"data": {"serviceState": "AVAILABLE"},
            "name": "ServiceStateChange", "topic": "statistics/v3/service"});

        assert!(matches!(
            notification_from(SERVICE_CHANNEL, &bare),
            Notification::Unavailable
        ));
        assert!(matches!(
            notification_from(SERVICE_CHANNEL, &wrapped),
            Notification::Available
        ));
    }

    #[test]
    fn malformed_and_unknown_messages_are_recognized() {
        for data in [json!(7), json!({}), json!({"statistics": []})] {
            assert!(
                matches!(
                    notification_from(UPDATES_CHANNEL, &data),
                    Notification::Malformed(_)
                ),
                "{data}"
            );
        }
        let state = json!({"serviceState": "SLEEPY"});
        assert!(matches!(
            notification_from(SERVICE_CHANNEL, &state),
            Notification::Unknown(_)
        ));
        assert!(matches!(
            notification_from(SERVICE_CHANNEL, &json!([])),
            Notification::Malformed(_)
        ));
    }
}
