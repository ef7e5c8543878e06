//! A message on one of the two channels. It is the channel that says what it is, and
//! what it holds stands in one of two envelopes.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    bayeux::Event,
    envelope::{self, Told},
    error::quoted,
};

pub(super) const UPDATES: &str = "/statistics/v3/updates";
pub(super) const SERVICE: &str = "/statistics/v3/service";

#[derive(Debug)]
pub(super) enum Notice {
    Values(Vec<Told>),
    Unavailable,
    Available,
    /// Of no kind that we know.
    Unknown(String),
    Odd(&'static str),
}

impl Notice {
    pub(super) fn read(event: &Event) -> Self {
        if event.channel == SERVICE {
            service(&event.data)
        } else {
            values(&event.data)
        }
    }
}

fn values(data: &RawValue) -> Notice {
    #[derive(Deserialize)]
    struct Envelope {
        data: Option<Box<RawValue>>,
    }

    let Ok(envelope) = serde_json::from_str::<Envelope>(data.get()) else {
        return Notice::Odd("not an object");
    };
    let told = match &envelope.data {
        Some(data) => envelope::told(data),
        None => envelope::told(data),
    };
    if told.is_empty() {
        Notice::Odd("no statistics in it")
    } else {
        Notice::Values(told)
    }
}

fn service(data: &RawValue) -> Notice {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Service {
        service_state: Option<serde_json::Value>,
        data: Option<Box<RawValue>>,
    }

    let Ok(outer) = serde_json::from_str::<Service>(data.get()) else {
        return Notice::Odd("not an object");
    };
    let inner = outer
        .data
        .and_then(|data| serde_json::from_str::<Service>(data.get()).ok());
    let state = outer
        .service_state
        .or(inner.and_then(|inner| inner.service_state));
    match state.as_ref().and_then(|state| state.as_str()) {
        Some(state) if state.eq_ignore_ascii_case("UNAVAILABLE") => Notice::Unavailable,
        Some(state) if state.eq_ignore_ascii_case("AVAILABLE") => Notice::Available,
        Some(state) => Notice::Unknown(format!("service state {}", quoted(state))),
        None => Notice::Odd("no service state in it"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn notice(channel: &'static str, data: &Value) -> Notice {
        let data = serde_json::value::to_raw_value(data).unwrap();
        Notice::read(&Event { channel, data })
    }

    #[test]
    fn values_are_found_in_both_envelopes() {
        let bare = json!({"statistics": [{"value": 1}, {"value": 2}]});
        let dressed = json!({"name": "StatisticUpdate", "topic": UPDATES, "data": bare});

        for data in [bare, dressed] {
            assert!(matches!(notice(UPDATES, &data), Notice::Values(told) if told.len() == 2));
        }
    }

    #[test]
    fn the_service_state_is_found_in_both_envelopes_and_any_case() {
        let bare = json!({"serviceState": "unavailable"});
        let dressed = json!({"data": {"serviceState": "AVAILABLE"},
            "name": "ServiceStateChange", "topic": "statistics/v3/service"});

        assert!(matches!(notice(SERVICE, &bare), Notice::Unavailable));
        assert!(matches!(notice(SERVICE, &dressed), Notice::Available));
    }

    #[test]
    fn what_is_odd_or_unknown_is_said_to_be() {
        for data in [json!(7), json!({}), json!({"statistics": []})] {
            assert!(matches!(notice(UPDATES, &data), Notice::Odd(_)), "{data}");
        }
        let state = json!({"serviceState": "SLEEPY"});
        assert!(matches!(notice(SERVICE, &state), Notice::Unknown(_)));
        assert!(matches!(notice(SERVICE, &json!([])), Notice::Odd(_)));
    }
}
