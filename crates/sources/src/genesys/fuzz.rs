//! Any bytes as a reply of the Statistics API: to a request, or to a Bayeux connect.

use crate::statserver::fuzz::check_value;

use super::{bayeux, envelope, notification::Notification};

pub fn read_reply(data: &[u8]) {
    let mut values = Vec::new();
    if let Ok(answer) = envelope::parse_answer(data) {
        values = answer.reported_values();
        if let Some(id) = answer.subscription_id() {
            assert!((1..=255).contains(&id.len()), "an id fits into an address");
        }
        for error in &answer.errors {
            envelope::find_fault(error);
            envelope::find_statistic_id(error);
        }
    }
    envelope::error_words(data);
    for event in bayeux::decode_events(data) {
        if let Notification::Values(reported) = Notification::from_event(&event) {
            values.extend(reported);
        }
    }
    for reported in values {
        if let Some(millis) = reported.vendor_millis {
            assert!((1..=253_402_300_799_999).contains(&millis));
        }
        check_value(reported.value.as_deref());
    }
}
