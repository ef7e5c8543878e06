//! Differences of data sources and channels in words. What is secret is only named.

use toml::Value;

use wallboard_domain::FieldInput;
use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, hide_secrets, kind_forms},
    web::{
        differences::difference_words::{DifferenceWords, plain},
        parts::entry_table::{EntryTable, write_value},
    },
};

/// Stands for a secret as it was.
const SECRET: &str = "…";

/// A version of an entry: as it's stored, and as people may see it.
#[derive(Default)]
struct Version {
    stored: EntryTable,
    shown: EntryTable,
}

impl Version {
    /// `None`: the text is no such entry.
    fn read(id: &EntryId, toml: Option<&str>) -> Option<Self> {
        let Some(toml) = toml else {
            return Some(Self::default());
        };
        Some(Self {
            stored: EntryTable::parse(id, toml)?,
            shown: EntryTable::parse(id, &hide_secrets(toml))?,
        })
    }

    fn kind(&self) -> Option<&str> {
        self.shown.get("kind")?.as_str()
    }
}

/// Compares two texts of a source or a channel; `None`: there are no words for it.
pub(super) fn compare_forms(
    texts: &'static Texts,
    id: &EntryId,
    old: Option<&str>,
    new: Option<&str>,
) -> Option<Vec<DifferenceWords>> {
    let (old, new) = (Version::read(id, old)?, Version::read(id, new)?);
    let kind = new.kind().or(old.kind())?;
    // Another kind has other fields.
    if old.kind().is_some_and(|old| old != kind) {
        return None;
    }
    let forms = kind_forms(id.section).into_iter();
    let form = forms.into_iter().find(|form| form.kind == kind)?.form;
    let of_every_kind = [
        ("name", texts.name_heading().to_owned()),
        ("paused_by", texts.paused_by_field().to_owned()),
    ];
    let of_kind = (form.fields.iter()).map(|field| (field.key, texts.field(field.text).label));
    let is_secret = |key: &str| {
        let mut fields = form.fields.iter();
        let secret = [FieldInput::Secret, FieldInput::SecretLines];
        fields.any(|field| field.key == key && secret.contains(&field.input))
    };
    let words = of_every_kind.into_iter().chain(of_kind);
    let words = words
        .filter_map(|(key, label)| compare_field(texts, key, &label, &old, &new, is_secret(key)));
    Some(words.collect())
}

fn compare_field(
    texts: &Texts,
    key: &str,
    label: &str,
    old: &Version,
    new: &Version,
    is_secret: bool,
) -> Option<DifferenceWords> {
    let (before, after) = (old.stored.find(key), new.stored.find(key));
    if before == after {
        return None;
    }
    let what = plain(label);
    let is_hidden = is_secret || old.shown.find(key) == new.shown.find(key);
    if is_hidden {
        let secret = |value: Option<&Value>| value.map(|_| SECRET.to_owned());
        let changed = |_| texts.secret_changed().to_owned();
        let after = match before {
            Some(_) => after.map(changed),
            None => secret(after),
        };
        return DifferenceWords::of_value(what, secret(before), after);
    }
    let (before, after) = (old.shown.find(key), new.shown.find(key));
    if before.is_some_and(has_items) || after.is_some_and(has_items) {
        return DifferenceWords::of_list(what, &write_items(before), &write_items(after));
    }
    DifferenceWords::of_value(what, before.map(write_value), after.map(write_value))
}

fn has_items(value: &Value) -> bool {
    value.is_array() || value.is_table()
}

/// The items of a list, or the pairs of a table.
fn write_items(value: Option<&Value>) -> Vec<String> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(write_value).collect(),
        Some(Value::Table(pairs)) => {
            let pairs = pairs.iter();
            pairs
                .map(|(key, value)| format!("{key} = {}", write_value(value)))
                .collect()
        }
        Some(other) => vec![write_value(other)],
    }
}

#[cfg(test)]
mod tests {
    use crate::editing::Section;

    use super::*;

    fn compare(old: &str, new: &str) -> Option<Vec<DifferenceWords>> {
        let id = EntryId::new(Section::Channels, "floor");
        let toml = |text: &str| format!("[channels.floor]\n{text}");
        compare_forms(Texts::english(), &id, Some(&toml(old)), Some(&toml(new)))
    }

    const MAIL: &str = "kind = \"email\"\nhost = \"a.test\"\nusername = \"u\"\npassword = { sealed = \"one\" }\nto = [\"a@x.test\"]\n";

    #[test]
    fn a_secret_is_named_and_never_shown() {
        let words = compare(MAIL, &MAIL.replace("one", "two")).unwrap();
        let [password] = &words[..] else {
            panic!("{words:?}");
        };
        let expected = (SECRET.to_owned(), "changed".to_owned());
        assert_eq!(password.replaced, Some(expected));
        let gone = MAIL.replace("password = { sealed = \"one\" }\n", "");
        let words = compare(MAIL, &gone).unwrap();
        assert_eq!(words[0].removed, [SECRET]);
        let given = compare(&gone, MAIL).unwrap();
        assert_eq!(given[0].added, [SECRET]);
    }

    #[test]
    fn other_fields_are_shown_with_their_values() {
        let new = MAIL
            .replace("a.test", "b.test")
            .replace("\"a@x.test\"", "\"a@x.test\", \"b@x.test\"");
        let words = compare(MAIL, &new).unwrap();
        assert_eq!(words.len(), 2, "{words:?}");
        let host = Some(("a.test".to_owned(), "b.test".to_owned()));
        assert!(words.iter().any(|one| one.replaced == host));
        assert!(words.iter().any(|one| one.added == ["b@x.test"]));
        assert_eq!(compare(MAIL, MAIL), Some(Vec::new()));
        assert_eq!(compare(MAIL, "kind = \"slack\"\n"), None);
    }
}
