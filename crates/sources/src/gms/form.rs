//! Request forms, encoded the way browsers do, each value once. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::GmsStatistic;

/// All bytes except those that a form value may contain unencoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

/// Whether `/statistics` can carry it. Its format can't express a `;` in a name, and
/// has no place for a password or a mode.
pub(super) fn fits_in_batch(entry: &GmsStatistic) -> bool {
    entry.tenant_password.0.is_empty()
        && entry.notification_mode.is_none()
        && statistic_parts(entry)
            .iter()
            .all(|part| !part.contains(';'))
}

/// Encodes `stat1=Metric;ObjectType;ObjectId;Tenant&stat2=…`, in the given order.
pub(super) fn encode_batch<'a>(entries: impl IntoIterator<Item = &'a GmsStatistic>) -> String {
    encode_form(
        entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| (batch_key(index), statistic_parts(entry).join(";"))),
    )
}

/// The name of the value with this `index`, from 0, in the response to a batch.
pub(super) fn batch_key(index: usize) -> String {
    format!("stat{}", index + 1)
}

/// Encodes the form for `/statistic` and `/internal_statistic`.
pub(super) fn encode_single(entry: &GmsStatistic) -> String {
    let [metric, object_type, object, tenant] = statistic_parts(entry);
    let fields = [
        ("objectId", object),
        ("objectType", object_type),
        ("tenant", tenant),
        ("tenantPassword", &entry.tenant_password.0),
        ("metric", metric),
    ];
    let mode = entry.notification_mode.as_deref();
    let mode = mode.map(|mode| ("notificationMode", mode));
    encode_form(fields.into_iter().chain(mode))
}

fn statistic_parts(entry: &GmsStatistic) -> [&str; 4] {
    let statistic = &entry.statistic;
    [
        &statistic.name,
        &statistic.object_type,
        &statistic.object,
        &entry.tenant,
    ]
}

fn encode_form<K: AsRef<str>, V: AsRef<str>>(fields: impl Iterator<Item = (K, V)>) -> String {
    let mut form = String::new();
    for (key, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        form.push_str(key.as_ref());
        form.push('=');
        form.extend(utf8_percent_encode(value.as_ref(), RESERVED));
    }
    form
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use crate::{RedactedText, gms::fixture};

    use super::*;

    /// Decodes a form the way a server does.
    fn decode_form(form: &str) -> Vec<(String, String)> {
        let text = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text)
                .decode_utf8()
                .unwrap()
                .into_owned()
        };
        form.split('&')
            .map(|field| field.split_once('=').unwrap())
            .map(|(key, value)| (text(key), text(value)))
            .collect()
    }

    #[test]
    fn documented_batch_is_encoded_once() {
        let entries = ["9002@SIP_Switch", "9001@SIP_Switch"].map(fixture::queue_statistic);

        let form = encode_batch(&entries);

        assert_eq!(
            form,
            "stat1=ExpectedWaitTime%3BQueue%3B9002%40SIP_Switch%3BEnvironment\
             &stat2=ExpectedWaitTime%3BQueue%3B9001%40SIP_Switch%3BEnvironment"
        );
    }

    #[test]
    fn documented_single_request_is_encoded() {
        let mut entry = fixture::queue_statistic("a b+c&d%=é");
        assert_eq!(
            encode_single(&entry),
            "objectId=a%20b%2Bc%26d%25%3D%C3%A9&objectType=Queue&tenant=Environment\
             &tenantPassword=&metric=ExpectedWaitTime"
        );

        entry.notification_mode = Some("Reset".into());
        entry.tenant_password = RedactedText("s&t".into());
        let form = encode_single(&entry);

        assert!(form.contains("&tenantPassword=s%26t&"), "{form}");
        assert!(form.ends_with("&notificationMode=Reset"), "{form}");
    }

    #[test]
    fn statistics_that_a_batch_cannot_express_do_not_fit() {
        let plain = fixture::queue_statistic("9002@SIP_Switch");
        let semicolon = fixture::queue_statistic("9002;2@SIP_Switch");
        let password = GmsStatistic {
            tenant_password: RedactedText("x".into()),
            ..plain.clone()
        };
        let mode = GmsStatistic {
            notification_mode: Some("Immediate".into()),
            ..plain.clone()
        };

        let fits = [plain, semicolon, password, mode].map(|entry| fits_in_batch(&entry));

        assert_eq!(fits, [true, false, false, false]);
    }

    proptest! {
        #[test]
        fn server_decodes_the_original_values(objects in prop::collection::vec("\\PC{1,12}", 1..6)) {
            let entries: Vec<GmsStatistic> = objects.iter().map(|object| fixture::queue_statistic(object)).collect();

            let read_batch = decode_form(&encode_batch(&entries));
            for (index, entry) in entries.iter().enumerate() {
                let expected = format!("ExpectedWaitTime;Queue;{};Environment", entry.statistic.object);
                prop_assert_eq!(&read_batch[index], &(batch_key(index), expected));
                let fields = decode_form(&encode_single(entry));
                prop_assert_eq!(&fields[0], &("objectId".to_owned(), entry.statistic.object.to_string()));
            }
        }

        #[test]
        fn form_is_plain_ascii_without_unescaped_separators(object in any::<String>()) {
            let form = encode_single(&fixture::queue_statistic(&object));

            let is_plain = form.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&%-._*".contains(&byte));
            prop_assert!(is_plain, "{}", form);
            prop_assert_eq!(form.matches('&').count(), 4);
        }
    }
}
