//! Values of a form's fields as those of the configuration, and back.

use std::collections::BTreeMap;

use toml::{Table, Value};

use wallboard_domain::{FieldInput, FormField, TableForm};

use super::{
    table_faults::{FormFault, TableFaults},
    table_text::TableText,
};

/// The fields that a form sent, by field.
pub(super) type TypedFields = BTreeMap<String, String>;

/// Puts what somebody typed into an entry's table. A secret that nobody typed again stays as it's stored, unless the
/// address changes that it would be sent to.
pub(super) fn apply_fields(
    text: &mut TableText,
    stored: &TableText,
    form: &TableForm,
    typed: &TypedFields,
) -> TableFaults {
    let mut faults = TableFaults::default();
    let (secrets, others): (Vec<&FormField>, Vec<&FormField>) =
        form.fields.iter().partition(|field| is_secret(field));
    for field in others {
        let given = typed_text(typed, field.key);
        match read_value(field, given) {
            Ok(None) if text.is_sealed(field.key) => {}
            Ok(value) => text.set(field.key, value),
            Err(fault) => faults.add_unreadable(field.key, given, &fault),
        }
        if field.is_required {
            text.add_table_of(field.key);
        }
    }
    let is_moved = form.fields.iter().any(|field| {
        let is_known = stored.get(field.key).is_some();
        field.is_address && is_known && text.get(field.key) != stored.get(field.key)
    });
    for field in secrets {
        let given = typed_text(typed, field.key);
        let sealed = typed_text(typed, &sealed_name(field.key));
        if !given.trim().is_empty() {
            text.set(field.key, Some(Value::String(as_secret(field, given))));
        } else if !sealed.is_empty() {
            let sealed = Table::from_iter([("sealed".to_owned(), Value::from(sealed))]);
            text.set(field.key, Some(Value::Table(sealed)));
        } else if is_moved && text.is_sealed(field.key) {
            text.set(field.key, None);
            faults.add_of_form(field.key, FormFault::SecretMoved);
        }
        if field.is_required {
            text.add_table_of(field.key);
        }
    }
    faults
}

pub(super) fn is_secret(field: &FormField) -> bool {
    matches!(field.input, FieldInput::Secret | FieldInput::SecretLines)
}

/// The hidden field of a secret that was typed on the page before.
pub(super) fn sealed_name(key: &str) -> String {
    format!("sealed:{key}")
}

fn typed_text<'a>(typed: &'a TypedFields, key: &str) -> &'a str {
    typed.get(key).map_or("", String::as_str)
}

fn as_secret(field: &FormField, given: &str) -> String {
    // Browsers send line ends of their own.
    let given = given.replace("\r\n", "\n");
    match field.input {
        FieldInput::SecretLines => format!("{}\n", given.trim()),
        _ => given.trim().to_owned(),
    }
}

/// `None`: nothing was typed.
fn read_value(field: &FormField, typed: &str) -> Result<Option<Value>, String> {
    let text = typed.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let lines = || {
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty())
    };
    Ok(Some(match field.input {
        // The rules of the configuration say what a number must be.
        FieldInput::Number => match text.parse::<i64>() {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::String(text.to_owned()),
        },
        FieldInput::Switch => Value::Boolean(true),
        FieldInput::Lines => lines().map(Value::from).collect::<Vec<_>>().into(),
        FieldInput::Pairs => Value::Table(parse_table(text)?),
        FieldInput::Tables(_) => {
            let tables = lines().enumerate().map(|(number, line)| {
                let line = line.trim_end_matches(',');
                let parsed = parse_table(&format!("line = {line}"));
                let parsed = parsed.map_err(|fault| format!("line {}: {fault}", number + 1))?;
                Ok(parsed.into_iter().map(|(_, value)| value).next())
            });
            let tables: Result<Vec<_>, String> = tables.collect();
            Value::Array(tables?.into_iter().flatten().collect())
        }
        FieldInput::Text | FieldInput::Choice(_) | FieldInput::Secret | FieldInput::SecretLines => {
            Value::String(text.to_owned())
        }
    }))
}

fn parse_table(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| {
        format!("{}; write it as in the example", error.message())
    })
}

/// Returns a stored value as its field shows it; never a secret.
pub(super) fn shown_value(field: &FormField, text: &TableText) -> String {
    if is_secret(field) || text.is_sealed(field.key) {
        return String::new();
    }
    match (field.input, text.get(field.key)) {
        (_, None) => String::new(),
        (FieldInput::Pairs, Some(Value::Table(pairs))) => {
            let lines = pairs.iter().map(|(key, value)| {
                let pair = Table::from_iter([(key.clone(), value.clone())]);
                let pair = Value::Table(pair).to_string();
                let pair = pair.trim_start_matches('{').trim_end_matches('}');
                pair.trim().to_owned()
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        (FieldInput::Lines | FieldInput::Tables(_), Some(Value::Array(items))) => {
            let lines = items.iter().map(as_line);
            lines.collect::<Vec<_>>().join("\n")
        }
        (_, Some(value)) => as_line(value),
    }
}

fn as_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use wallboard_texts::Texts;

    use super::*;
    use crate::editing::{EntryId, KindForm, Section, kind_forms};

    fn kind(name: &str) -> KindForm {
        let mut kinds = kind_forms(Section::Sources).into_iter();
        kinds.find(|one| one.kind == name).unwrap()
    }

    fn typed(fields: &[(&str, &str)]) -> TypedFields {
        let pairs = fields.iter();
        pairs
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn what_a_form_shows_is_what_it_was_given() {
        let fields = [
            ("base_url", "https://h"),
            ("auth.client_id", "c"),
            ("mode", "poll"),
            ("chunk", "20"),
            ("allow_plaintext", "true"),
            (
                "states",
                "NotReady = \"not_ready\"\n\"in the field\" = \"busy\"",
            ),
            (
                "statistics",
                "{ metric = \"waiting\", name = \"W\", object_type = \"Queue\", objects = [\"1@S\"] }",
            ),
        ];
        let form = kind("genesys").form;
        let mut text = TableText::default();
        let faults = apply_fields(&mut text, &TableText::default(), &form, &typed(&fields));
        assert!(faults.is_empty());
        let shown: Vec<_> = (form.fields.iter())
            .map(|field| (field.key, shown_value(field, &text)))
            .filter(|(_, shown)| !shown.is_empty())
            .collect();
        let mut expected: Vec<_> = fields.to_vec();
        expected.sort_unstable();
        let mut shown: Vec<_> = shown
            .iter()
            .map(|(key, text)| (*key, text.as_str()))
            .collect();
        shown.sort_unstable();
        assert_eq!(shown, expected);

        let wrong = typed(&[("statistics", "{ metric = \n{}"), ("states", "x")]);
        let mut faults = apply_fields(&mut text, &TableText::default(), &form, &wrong);
        assert_eq!(faults.unreadable_text("states"), Some("x"));
        assert_eq!(faults.unreadable_text("mode"), None);
        let mut fault_of = |key| faults.take(Texts::english(), key).text;
        assert!(fault_of("statistics").starts_with("line 1: "));
        assert!(!fault_of("states").is_empty());
    }

    #[test]
    fn a_stored_secret_stays_unless_it_would_be_sent_elsewhere() {
        let form = kind("gms").form;
        let stored = "[sources.v]\nkind = \"gms\"\nbase_url = [\"http://a\"]\nusername = \"u\"\npassword = { sealed = \"x.y\" }\n";
        let stored = TableText::read(&EntryId::new(Section::Sources, "v"), Some(stored));
        let change = |fields: &[(&str, &str)]| {
            let mut text = stored.clone();
            let faults = apply_fields(&mut text, &stored, &form, &typed(fields));
            (text, faults)
        };
        let (same, faults) = change(&[("base_url", "http://a"), ("username", "other")]);
        assert!(same.is_sealed("password") && faults.is_empty());
        let (moved, mut faults) = change(&[("base_url", "http://b"), ("username", "u")]);
        assert!(!moved.is_sealed("password"));
        let fault = faults.take(Texts::english(), "password").text;
        assert!(fault.contains("Give it again"), "{fault}");
        let (typed_again, faults) = change(&[("base_url", "http://b"), ("password", " new ")]);
        assert_eq!(typed_again.text("password"), "new");
        assert!(faults.is_empty());
    }
}
