//! Secrets that an export leaves out: their places in an entry's text, and how they are filled again on import.

use std::ops::Range;

use toml::{
    Table, Value,
    de::{DeTable, DeValue},
};

use wallboard_domain::{FieldInput, TableForm};

use super::{EntryId, kind_forms, sealing::replace_parts};

/// A secret that an export left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSecret {
    /// The key with its tables: `sources.chat.url`.
    pub path: String,
    /// The environment variable that stands in its place.
    pub variable: String,
    /// Whether it has several lines, like a private key.
    pub has_lines: bool,
}

/// A table of one key in place of a text, `{ env = "CHAT_URL" }` or `{ sealed = "…" }`.
struct TextTable {
    /// Of the table.
    span: Range<usize>,
    path: String,
    /// The key's value.
    text: String,
}

/// Lists the secrets that an export left out of an entry, in the order of its text.
fn list_missing(id: &EntryId, toml: &str) -> Vec<(Range<usize>, MissingSecret)> {
    let form = find_form(id, toml);
    let root = format!("{}.{}.", id.section, id.name);
    let tables = text_tables(id, toml, "env").into_iter();
    let missing = tables.filter_map(|table| {
        let key = table.path.strip_prefix(&root)?.split('[').next()?;
        let mut fields = form.iter().flat_map(|form| form.fields);
        let input = fields.find(|field| field.key == key)?.input;
        let secret = MissingSecret {
            path: table.path,
            variable: table.text,
            has_lines: input == FieldInput::SecretLines,
        };
        // A word that the site maps may be called "env", too.
        (input != FieldInput::Pairs).then_some((table.span, secret))
    });
    missing.collect()
}

/// Writes values, as TOML has them, in place of an entry's missing secrets. Returns the text, and the secrets without a
/// value.
pub(super) fn fill_secrets(
    id: &EntryId,
    toml: &str,
    mut value_of: impl FnMut(&MissingSecret) -> Option<String>,
) -> (String, Vec<MissingSecret>) {
    let (mut missing, mut values) = (Vec::new(), Vec::new());
    for (span, secret) in list_missing(id, toml) {
        match value_of(&secret) {
            Some(value) => values.push((span, value)),
            None => missing.push(secret),
        }
    }
    (replace_parts(toml, values), missing)
}

/// The sealed secrets of an entry that an imported text of it may keep, each with its path; none if they would be sent
/// elsewhere.
pub(super) fn kept_secrets(id: &EntryId, stored: &str, imported: &str) -> Vec<(String, String)> {
    let [before, after] = [stored, imported].map(|toml| read_table(id, toml));
    let (Some(before), Some(after)) = (before, after) else {
        return Vec::new();
    };
    let form = find_form(id, stored);
    let is_same = |key: &str| is_alike(find_value(&before, key), find_value(&after, key));
    let addresses = form.iter().flat_map(|form| form.fields);
    let mut addresses = addresses.filter(|field| field.is_address);
    if !is_same("kind") || !addresses.all(|field| is_same(field.key)) {
        return Vec::new();
    }
    let sealed = text_tables(id, stored, "sealed").into_iter();
    let sealed = sealed.map(|table| (table.path, stored[table.span].to_owned()));
    sealed.collect()
}

/// Writes an entry as an export has it: without these of its secrets.
pub(super) fn leave_out(id: &EntryId, toml: &str, secrets: &[MissingSecret]) -> String {
    let tables = text_tables(id, toml, "sealed").into_iter();
    let values = tables.filter_map(|table| {
        let mut secrets = secrets.iter();
        let secret = secrets.find(|secret| secret.path == table.path)?;
        let value = Value::from(secret.variable.as_str());
        Some((table.span, format!("{{ env = {value} }}")))
    });
    replace_parts(toml, values)
}

/// Whether a value is the same, or a secret of which an export has only the place.
fn is_alike(stored: Option<&Value>, imported: Option<&Value>) -> bool {
    let has_key = |value: &Value, key| value.as_table().is_some_and(|one| one.contains_key(key));
    match (stored, imported) {
        (Some(Value::Array(stored)), Some(Value::Array(imported))) => {
            let mut pairs = stored.iter().zip(imported);
            stored.len() == imported.len() && pairs.all(|(a, b)| is_alike(Some(a), Some(b)))
        }
        (Some(stored), Some(imported)) if has_key(stored, "sealed") => {
            has_key(imported, "env") || stored == imported
        }
        _ => stored == imported,
    }
}

fn find_form(id: &EntryId, toml: &str) -> Option<TableForm> {
    let table = read_table(id, toml)?;
    let kind = table.get("kind")?.as_str()?;
    let mut kinds = kind_forms(id.section).into_iter();
    kinds.find(|one| one.kind == kind).map(|one| one.form)
}

/// Reads an entry's own table.
fn read_table(id: &EntryId, toml: &str) -> Option<Table> {
    let root: Table = toml.parse().ok()?;
    let section: &str = id.section.into();
    root.get(section)?.get(&id.name)?.as_table().cloned()
}

fn find_value<'t>(table: &'t Table, key: &str) -> Option<&'t Value> {
    match key.split_once('.') {
        Some((first, rest)) => find_value(table.get(first)?.as_table()?, rest),
        None => table.get(key),
    }
}

/// Finds the tables in place of texts that have this key, in the order of the text. Only entries with secrets have such.
fn text_tables(id: &EntryId, toml: &str, key: &str) -> Vec<TextTable> {
    let mut found = Vec::new();
    if id.section.has_secrets() {
        let (table, _) = DeTable::parse_recoverable(toml);
        find_tables(
            &DeValue::Table(table.into_inner()),
            &(0..0),
            "",
            key,
            &mut found,
        );
    }
    found.sort_by_key(|table| table.span.start);
    found
}

fn find_tables(
    value: &DeValue<'_>,
    span: &Range<usize>,
    path: &str,
    wanted: &str,
    found: &mut Vec<TextTable>,
) {
    match value {
        DeValue::Table(table) => {
            for (key, inner) in table {
                let (key, inner_value) = (key.get_ref(), inner.get_ref());
                if let (1, DeValue::String(text)) = (table.len(), inner_value)
                    && key == wanted
                    && !path.is_empty()
                {
                    found.push(TextTable {
                        span: span.clone(),
                        path: path.to_owned(),
                        text: text.to_string(),
                    });
                    return;
                }
                let inner_path = match path {
                    "" => key.to_string(),
                    path => format!("{path}.{key}"),
                };
                find_tables(inner_value, &inner.span(), &inner_path, wanted, found);
            }
        }
        DeValue::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let path = format!("{path}[{number}]");
                find_tables(item.get_ref(), &item.span(), &path, wanted, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editing::Section;

    const STORED: &str = "[sources.v]\nkind = \"genesys\"\nbase_url = \"https://a\"\n\
        auth = { client_id = \"c\", password = { sealed = \"x.y\" } }\nstates = { env = \"busy\" }\n";

    fn id() -> EntryId {
        EntryId::new(Section::Sources, "v")
    }

    fn exported() -> String {
        STORED.replace("{ sealed = \"x.y\" }", "{ env = \"V_AUTH_PASSWORD\" }")
    }

    #[test]
    fn a_stored_secret_fills_its_place_unless_it_would_be_sent_elsewhere() {
        let kept = kept_secrets(&id(), STORED, &exported());
        assert_eq!(
            kept,
            [(
                "sources.v.auth.password".to_owned(),
                "{ sealed = \"x.y\" }".to_owned()
            )]
        );
        let (filled, missing) = fill_secrets(&id(), &exported(), |secret| {
            let mut kept = kept.iter();
            let (_, value) = kept.find(|(path, _)| *path == secret.path)?;
            Some(value.clone())
        });
        assert_eq!((filled.as_str(), missing), (STORED, Vec::new()));
        let moved = exported().replace("https://a", "https://b");
        assert_eq!(kept_secrets(&id(), STORED, &moved), []);
        let other = exported().replace("genesys", "gms");
        assert_eq!(kept_secrets(&id(), STORED, &other), []);
    }

    #[test]
    fn a_missing_secret_is_named_and_left_out_again() {
        let (same, missing) = fill_secrets(&id(), &exported(), |_| None);
        assert_eq!(same, exported());
        let paths: Vec<_> = missing.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["sources.v.auth.password"]);
        assert_eq!(leave_out(&id(), STORED, &missing), exported());
        assert_eq!(leave_out(&id(), STORED, &[]), STORED);
    }

    #[test]
    fn a_private_key_has_lines_and_other_sections_have_no_secrets() {
        let id = EntryId::new(Section::Sources, "x");
        let vergic = "[sources.x]\nkind = \"vergic-export\"\nkey = { env = \"X_KEY\" }\n";
        let (_, missing) = fill_secrets(&id, vergic, |_| None);
        assert!(missing.iter().all(|one| one.has_lines), "{missing:?}");
        assert_eq!(missing.len(), 1);
        let name = EntryId::new(Section::Names, "chat/1");
        let names = "[names]\n\"chat/1\" = { env = \"X\" }\n";
        assert_eq!(fill_secrets(&name, names, |_| None).1, []);
    }
}
