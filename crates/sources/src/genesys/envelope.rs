//! The format of the API's responses and notifications. Pure: every oddity has a test. An
//! odd element affects only itself.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use uuid::{Uuid, fmt::Hyphenated};

use super::error::quote_words;

/// The vendor's id of a subscription.
pub(super) type SubscriptionId = Arc<str>;

/// The longest valid id; one has to fit into a URL.
const LONGEST_ID: usize = 255;

/// A response of the API.
#[derive(Debug)]
pub(super) struct ApiEnvelope {
    /// 0: done, 1: accepted and in progress. All other codes are failures.
    pub(super) code: i64,
    /// The vendor's message.
    pub(super) message: String,
    pub(super) data: Option<Box<RawValue>>,
    pub(super) errors: Vec<Value>,
}

impl ApiEnvelope {
    pub(super) fn is_success(&self) -> bool {
        matches!(self.code, 0 | 1)
    }

    /// The values in the response.
    pub(super) fn reported_values(&self) -> Vec<ReportedValue> {
        self.data.as_deref().map(parse_values).unwrap_or_default()
    }

    /// The id of the subscription. Usually it is the operation's, but the vendor decides.
    pub(super) fn subscription_id(&self) -> Option<SubscriptionId> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            subscription_id: Option<Value>,
        }

        let data: Data = serde_json::from_str(self.data.as_deref()?.get()).ok()?;
        let id: SubscriptionId = match data.subscription_id? {
            Value::String(id) => id.into(),
            Value::Number(id) => id.to_string().into(),
            _ => return None,
        };
        (1..=LONGEST_ID).contains(&id.len()).then_some(id)
    }
}

/// One statistic's value, or the reason why there is none.
#[derive(Debug, Default)]
pub(super) struct ReportedValue {
    /// `None`: an id that can't be ours.
    pub(super) statistic: Option<Uuid>,
    /// The name of the statistic, where it is reported.
    pub(super) name: Option<String>,
    pub(super) object_type: Option<String>,
    pub(super) object: Option<String>,
    /// Milliseconds by the vendor's clock.
    pub(super) vendor_millis: Option<i64>,
    /// `None` also for null.
    pub(super) value: Option<Box<RawValue>>,
    /// The fault that the vendor reports.
    pub(super) fault: Option<String>,
}

#[derive(Deserialize)]
struct EnvelopeBody {
    status: Option<Value>,
    data: Option<Box<RawValue>>,
    errors: Option<Value>,
    message: Option<Value>,
    detail: Option<Value>,
    error: Option<Value>,
}

/// Parses a response; `Err` explains to people why it isn't one.
pub(super) fn parse_answer(body: &[u8]) -> Result<ApiEnvelope, String> {
    let body: EnvelopeBody = parse_json(body)?;
    let errors = match body.errors {
        Some(Value::Array(errors)) => errors,
        Some(error) => vec![error],
        None => Vec::new(),
    };
    let top_level = [
        ("message", body.message),
        ("detail", body.detail),
        ("error", body.error),
    ];
    let top_level = top_level
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let top_level = join_words(&top_level.collect());
    let (code, words) = match &body.status {
        Some(Value::Object(status)) => (
            status.get("code").and_then(parse_integer),
            join_words(status),
        ),
        // Errors from below the application have a bare number here.
        Some(status) => (parse_integer(status), top_level),
        None => (body.data.is_some().then_some(0), top_level),
    };
    let code = code.ok_or_else(|| "it has no status".to_owned())?;
    let words = match errors.first().and_then(find_fault) {
        Some(fault) if words.is_empty() => fault,
        _ => words,
    };
    Ok(ApiEnvelope {
        code,
        message: words,
        data: body.data,
        errors,
    })
}

/// Extracts the message of an error response, in any format.
pub(super) fn error_words(body: &[u8]) -> String {
    match parse_json::<Map<String, Value>>(body) {
        Ok(body) => find_fault(&Value::Object(body)).unwrap_or_default(),
        Err(_) => page_title(body).unwrap_or_default(),
    }
}

fn parse_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| {
        if body.trim_ascii_start().starts_with(b"<") {
            describe_page(body)
        } else if error.is_eof() {
            "it ends in the middle".to_owned()
        } else if error.is_data() {
            "it's JSON of an unexpected shape".to_owned()
        } else {
            "it isn't JSON".to_owned()
        }
    })
}

/// Describes a web page received in place of a response, from a proxy or gateway.
fn describe_page(body: &[u8]) -> String {
    match page_title(body) {
        Some(title) => format!("it's a web page, “{title}”"),
        None => "it's a web page".to_owned(),
    }
}

fn page_title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    Some(quote_words(&text[start..end])).filter(|title| !title.is_empty())
}

/// Joins `message` and `detail`, or their equivalents.
fn join_words(fields: &Map<String, Value>) -> String {
    let keys = ["message", "detail", "error", "error_description"];
    let mut words: Vec<&str> = keys
        .iter()
        .filter_map(|key| fields.get(*key)?.as_str())
        .collect();
    words.dedup();
    quote_words(&words.join(", "))
}

/// The values in the `data` of a response or notification.
pub(super) fn parse_values(data: &RawValue) -> Vec<ReportedValue> {
    #[derive(Deserialize)]
    struct Data {
        statistics: Option<Box<RawValue>>,
        statistic: Option<Box<RawValue>>,
    }

    let Ok(data) = serde_json::from_str::<Data>(data.get()) else {
        return Vec::new();
    };
    let Some(statistics) = data.statistics.or(data.statistic) else {
        return Vec::new();
    };
    match serde_json::from_str::<Vec<&RawValue>>(statistics.get()) {
        Ok(elements) => elements
            .into_iter()
            .map(ReportedValue::from_element)
            .collect(),
        Err(_) => vec![ReportedValue::from_element(&statistics)],
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatisticElement {
    statistic_id: Option<Value>,
    name: Option<Value>,
    object_type: Option<Value>,
    object_id: Option<Value>,
    timestamp: Option<Value>,
    value: Option<Box<RawValue>>,
    status: Option<Value>,
    error: Option<Value>,
    errors: Option<Value>,
    message: Option<Value>,
}

impl ReportedValue {
    fn from_element(element: &RawValue) -> Self {
        let Ok(element) = serde_json::from_str::<StatisticElement>(element.get()) else {
            return Self::default();
        };
        let fields = [
            ("status", element.status),
            ("error", element.error),
            ("errors", element.errors),
            ("message", element.message),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Self {
            statistic: element.statistic_id.as_ref().and_then(parse_id),
            name: into_text(element.name),
            object_type: into_text(element.object_type),
            object: into_text(element.object_id),
            vendor_millis: element.timestamp.as_ref().and_then(parse_millis),
            value: element.value,
            fault: find_fault(&Value::Object(fields.collect())),
        }
    }
}

fn into_text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn parse_id(id: &Value) -> Option<Uuid> {
    parse_uuid(id.as_str()?)
}

/// Parses a UUID in any case, with hyphens; `None` can't be one of ours.
fn parse_uuid(text: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(text).ok();
    uuid.filter(|_| text.len() == Hyphenated::LENGTH)
}

/// Finds an element's fault: in `error`, `errors`, or a `status` that is neither 0 nor 1.
pub(super) fn find_fault(element: &Value) -> Option<String> {
    let first = element.get("errors").and_then(|errors| errors.get(0));
    if let Some(inner) = first.or_else(|| element.get("error")) {
        let outer = element.as_object().map(join_words).unwrap_or_default();
        let reason = match inner {
            Value::Object(inner) => match inner.get("status").and_then(Value::as_object) {
                Some(status) => join_words(status),
                None => join_words(inner),
            },
            Value::String(reason) => quote_words(reason),
            Value::Null => return None,
            _ => String::new(),
        };
        let reason = if outer.len() > reason.len() {
            outer
        } else {
            reason
        };
        return Some(or_no_reason(reason));
    }
    match element.get("status") {
        Some(Value::Object(status)) => {
            let code = status
                .get("code")
                .and_then(parse_integer)
                .unwrap_or_default();
            (!matches!(code, 0 | 1)).then(|| or_no_reason(join_words(status)))
        }
        _ => element
            .get("message")
            .and_then(Value::as_str)
            .map(|reason| or_no_reason(quote_words(reason))),
    }
}

fn or_no_reason(reason: String) -> String {
    if reason.is_empty() {
        return "no reason given".to_owned();
    }
    reason
}

/// Finds the statistic that an entry of `errors` names anywhere.
pub(super) fn find_statistic_id(error: &Value) -> Option<Uuid> {
    match error {
        Value::String(text) => text
            .split(|letter: char| letter != '-' && !letter.is_ascii_hexdigit())
            .find_map(parse_uuid),
        Value::Array(inner) => inner.iter().find_map(find_statistic_id),
        Value::Object(inner) => inner.get("statisticId").and_then(parse_id).or_else(|| {
            let others = inner
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "subscriptionId" | "operationId"));
            others.map(|(_, value)| value).find_map(find_statistic_id)
        }),
        _ => None,
    }
}

/// Parses a time of the vendor's clock in milliseconds. Stat Server counts seconds, the API
/// milliseconds: the size distinguishes them.
pub(super) fn parse_millis(time: &Value) -> Option<i64> {
    const LEAST_MILLIS: i64 = 100_000_000_000;
    const LAST: i64 = 253_402_300_799_999;
    let time = parse_integer(time)?;
    let millis = if time < LEAST_MILLIS {
        time.checked_mul(1000)?
    } else {
        time
    };
    (1..=LAST).contains(&millis).then_some(millis)
}

fn parse_integer(number: &Value) -> Option<i64> {
    match number {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float saturates"
        )]
        Value::Number(number) => number.as_i64().or(number.as_f64().map(|x| x as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope_from(body: &Value) -> Result<ApiEnvelope, String> {
        parse_answer(body.to_string().as_bytes())
    }

    #[test]
    fn codes_0_and_1_are_success() {
        for (code, is_success) in [(json!(0), true), (json!("1"), true), (json!(2), false)] {
            let answer = envelope_from(&json!({"status": {"code": code}, "data": {}})).unwrap();
            assert_eq!(answer.is_success(), is_success, "{code}");
        }
    }

    #[test]
    fn failure_carries_the_vendors_words() {
        let body = json!({"status": {"code": 42, "message": "Bad", "detail": "no such\nthing"}});

        assert_eq!(envelope_from(&body).unwrap().message, "Bad, no such thing");
    }

    #[test]
    fn error_from_below_the_application_is_a_failure() {
        let body = json!({"timestamp": 1, "status": 500, "error": "Internal Server Error",
            "message": "Invalid channel", "path": "/statistics/v3"});

        let answer = envelope_from(&body).unwrap();

        assert_eq!(answer.code, 500);
        assert_eq!(answer.message, "Invalid channel, Internal Server Error");
    }

    #[test]
    fn invalid_response_explains_why() {
        let page = b"<html><head><title>502 Bad\nGateway</title>".as_slice();
        let cases = [
            (b"".as_slice(), "it is empty"),
            (br#"{"status":{"co"#, "it ends in the middle"),
            (page, "it's a web page, “502 Bad Gateway”"),
            (b"[]", "it's JSON of an unexpected shape"),
            (b"{}", "it has no status"),
            (b"nope", "it isn't JSON"),
        ];
        for (body, why) in cases {
            assert_eq!(parse_answer(body).map(|_| ()), Err(why.to_owned()));
        }
    }

    #[test]
    fn value_is_read_despite_oddities_around_it() {
        let uuid = Uuid::new_v4();
        let data = json!({"statistics": [
            7,
            {"statisticId": uuid.to_string(), "subscriptionId": 7, "name": [],
                "value": {"intValue": 7}, "timestamp": 1_490_830_620_000_i64},
            {"statisticId": uuid.to_string(), "value": null, "timestamp": "soon"},
        ]});

        let values = parse_values(&raw(&data));

        assert_eq!(values.len(), 3);
        assert_eq!(values[0].statistic, None);
        assert_eq!(values[1].statistic, Some(uuid));
        assert_eq!(values[1].vendor_millis, Some(1_490_830_620_000));
        assert_eq!(values[1].value.as_ref().unwrap().get(), r#"{"intValue":7}"#);
        assert_eq!(values[1].fault, None);
        assert!(values[2].value.is_none());
        assert_eq!(values[2].vendor_millis, None);
    }

    #[test]
    fn subscription_id_is_the_vendors() {
        let response =
            |data: Value| envelope_from(&json!({"status": {"code": 0}, "data": data})).unwrap();

        let named = response(json!({"subscriptionId": "sub/17", "statistics": []}));
        assert_eq!(named.subscription_id().as_deref(), Some("sub/17"));
        let numbered = response(json!({"subscriptionId": 17}));
        assert_eq!(numbered.subscription_id().as_deref(), Some("17"));
        for odd in [
            json!({}),
            json!([]),
            json!({"subscriptionId": ""}),
            json!({"subscriptionId": {}}),
        ] {
            assert_eq!(response(odd).subscription_id(), None);
        }
        let long = json!({"subscriptionId": "x".repeat(1000)});
        assert_eq!(response(long).subscription_id(), None);
    }

    #[test]
    fn single_value_needs_no_list() {
        for data in [
            json!({"statistic": {"value": 7}}),
            json!({"statistics": {"value": 7}}),
        ] {
            assert_eq!(parse_values(&raw(&data)).len(), 1);
        }
        assert!(parse_values(&raw(&json!([]))).is_empty());
    }

    fn raw(data: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(data).unwrap()
    }

    #[test]
    fn seconds_and_milliseconds_differ_by_size() {
        for (time, expected) in [
            (json!(1_490_830_620_000_i64), Some(1_490_830_620_000)),
            (json!("1490830620"), Some(1_490_830_620_000)),
            (json!(0), None),
            (json!(-5), None),
            (json!(i64::MAX), None),
            (json!(null), None),
        ] {
            assert_eq!(parse_millis(&time), expected, "{time}");
        }
    }

    #[test]
    fn only_a_uuid_with_hyphens_can_be_one_of_ours() {
        let uuid = Uuid::new_v4();
        let text = uuid.to_string();
        assert_eq!(parse_uuid(&text), Some(uuid));
        assert_eq!(parse_uuid(&text.to_uppercase()), Some(uuid));
        let others = [
            "",
            "UUID1",
            "0123456789ab-cdef-0123-4567-89abcdef",
            "00000000-0000-0000-0000-00000000000g",
            "00000000-0000-0000-0000-0000000000é",
            "00000000000000000000000000000000",
            "{00000000-0000-0000-0000-000000000000}",
        ];
        assert!(others.iter().all(|text| parse_uuid(text).is_none()));
    }

    #[test]
    fn error_names_its_statistic_anywhere() {
        let uuid = Uuid::new_v4();
        for error in [
            json!({"statisticId": uuid.to_string(), "status": {"code": 5}}),
            json!({"status": {"detail": format!("statistic '{uuid}' is not defined")}}),
        ] {
            assert_eq!(find_statistic_id(&error), Some(uuid));
        }
        assert_eq!(
            find_statistic_id(&json!({"status": {"message": "all bad"}})),
            None
        );
    }

    #[test]
    fn fault_of_an_element_is_found() {
        for (element, expected) in [
            (json!({"status": {"code": 0}}), None),
            (json!({"value": 3}), None),
            (
                json!({"status": {"code": 9, "message": "gone"}}),
                Some("gone"),
            ),
            (json!({"error": "gone"}), Some("gone")),
            (
                json!({"errors": [{"status": {"message": "gone"}}]}),
                Some("gone"),
            ),
            (json!({"error": {}}), Some("no reason given")),
        ] {
            assert_eq!(find_fault(&element).as_deref(), expected, "{element}");
        }
    }
}
