//! Requests to a webhook, signed as standardwebhooks.com describes, so that receivers can use a library.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use data_encoding::BASE64;
use serde_json::{Value, json};

use wallboard_domain::RedactedText;

use crate::{Message, MessageId};

/// The beginning of a secret that is the base64 of its bytes.
const ENCODED_SECRET: &str = "whsec_";

/// The body of a request.
pub(super) fn message_body(id: &MessageId, message: &Message) -> Value {
    json!({
        "id": id.as_token(),
        "type": "message",
        "time": message.time,
        "data": {
            "severity": message.severity,
            "headline": message.headline,
            "lines": message.lines,
            "link": message.link,
            "thread": message.thread,
        },
    })
}

/// Signs the body of a request that is sent at a time, in seconds since 1970.
pub fn sign(secret: &RedactedText, id: &str, time: i64, body: &str) -> String {
    let encoded = secret.0.strip_prefix(ENCODED_SECRET);
    let decoded = encoded.and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let bytes = decoded.unwrap_or_else(|| secret.0.as_bytes().to_vec());
    let key = Key::new(HMAC_SHA256, &bytes);
    let tag = hmac::sign(&key, format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_that_of_standard_webhooks() {
        // The example of its specification.
        let secret = RedactedText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signature = sign(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
