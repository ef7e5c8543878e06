//! What is sent: forms as browsers send them, each value encoded once. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::GmsStatistic;

/// What a form's value may hold as it is; all else is encoded byte by byte.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

/// Whether `/statistics` can be asked for it: its line has no way to write a `;`
/// in a name, and no place for a password or a mode.
pub(super) fn fits_in_batch(asked: &GmsStatistic) -> bool {
    asked.tenant_password.0.is_empty()
        && asked.notification_mode.is_none()
        && statistic_parts(asked)
            .iter()
            .all(|part| !part.contains(';'))
}

/// `stat1=Metric;ObjectType;ObjectId;Tenant&stat2=…`, in the order given.
pub(super) fn encode_batch<'a>(asked: impl IntoIterator<Item = &'a GmsStatistic>) -> String {
    encode_form(
        asked
            .into_iter()
            .enumerate()
            .map(|(place, asked)| (batch_key(place), statistic_parts(asked).join(";"))),
    )
}

/// Under what name the answer to a batch gives the value of its `place`, from 0.
pub(super) fn batch_key(place: usize) -> String {
    format!("stat{}", place + 1)
}

/// The form of `/statistic` and `/internal_statistic`.
pub(super) fn encode_single(asked: &GmsStatistic) -> String {
    let [metric, object_type, object, tenant] = statistic_parts(asked);
    let fields = [
        ("objectId", object),
        ("objectType", object_type),
        ("tenant", tenant),
        ("tenantPassword", &asked.tenant_password.0),
        ("metric", metric),
    ];
    let mode = asked.notification_mode.as_deref();
    let mode = mode.map(|mode| ("notificationMode", mode));
    encode_form(fields.into_iter().chain(mode))
}

fn statistic_parts(asked: &GmsStatistic) -> [&str; 4] {
    let statistic = &asked.statistic;
    [
        &statistic.name,
        &statistic.object_type,
        &statistic.object,
        &asked.tenant,
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

    use crate::sources::{RedactedText, gms::fixture};

    use super::*;

    /// A form as a server reads it.
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
    fn the_documented_batch_is_sent_encoded_once() {
        let asked = ["9002@SIP_Switch", "9001@SIP_Switch"].map(fixture::queue_statistic);

        let form = encode_batch(&asked);

        assert_eq!(
            form,
            "stat1=ExpectedWaitTime%3BQueue%3B9002%40SIP_Switch%3BEnvironment\
             &stat2=ExpectedWaitTime%3BQueue%3B9001%40SIP_Switch%3BEnvironment"
        );
    }

    #[test]
    fn the_documented_single_question_is_sent() {
        let mut asked = fixture::queue_statistic("a b+c&d%=é");
        assert_eq!(
            encode_single(&asked),
            "objectId=a%20b%2Bc%26d%25%3D%C3%A9&objectType=Queue&tenant=Environment\
             &tenantPassword=&metric=ExpectedWaitTime"
        );

        asked.notification_mode = Some("Reset".into());
        asked.tenant_password = RedactedText("s&t".into());
        let form = encode_single(&asked);

        assert!(form.contains("&tenantPassword=s%26t&"), "{form}");
        assert!(form.ends_with("&notificationMode=Reset"), "{form}");
    }

    #[test]
    fn what_a_batch_cannot_carry_goes_alone() {
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

        let fits = [plain, semicolon, password, mode].map(|asked| fits_in_batch(&asked));

        assert_eq!(fits, [true, false, false, false]);
    }

    proptest! {
        #[test]
        fn a_server_reads_what_was_meant(objects in prop::collection::vec("\\PC{1,12}", 1..6)) {
            let asked: Vec<GmsStatistic> = objects.iter().map(|object| fixture::queue_statistic(object)).collect();

            let read_batch = decode_form(&encode_batch(&asked));
            for (place, asked) in asked.iter().enumerate() {
                let meant = format!("ExpectedWaitTime;Queue;{};Environment", asked.statistic.object);
                prop_assert_eq!(&read_batch[place], &(batch_key(place), meant));
                let fields = decode_form(&encode_single(asked));
                prop_assert_eq!(&fields[0], &("objectId".to_owned(), asked.statistic.object.to_string()));
            }
        }

        #[test]
        fn a_form_is_plain_ascii_without_a_bare_sign(object in any::<String>()) {
            let form = encode_single(&fixture::queue_statistic(&object));

            let is_plain = form.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&%-._*".contains(&byte));
            prop_assert!(is_plain, "{}", form);
            prop_assert_eq!(form.matches('&').count(), 4);
        }
    }
}
