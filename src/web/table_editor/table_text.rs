//! The text of a source or a channel as a table, and back. Keys that no field has stay as they were.

use toml::{Table, Value};

use crate::editing::EntryId;
use wallboard_domain::TableForm;

/// Keys before those of the form.
const FIRST_KEYS: [&str; 3] = ["kind", "name", "paused_by"];

/// The keys of an entry's table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TableText(Table);

impl TableText {
    /// Reads an entry's text; empty if it isn't such a table.
    pub(super) fn read(id: &EntryId, toml: Option<&str>) -> Self {
        let read = || {
            let mut root: Table = toml?.parse().ok()?;
            let section: &str = id.section.into();
            let Value::Table(mut entries) = root.remove(section)? else {
                return None;
            };
            match entries.remove(&id.name)? {
                Value::Table(keys) => Some(keys),
                _ => None,
            }
        };
        Self(read().unwrap_or_default())
    }

    /// Returns the value at a key with its tables, such as `auth.client_id`.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let (tables, last) = split_key(key);
        let mut table = &self.0;
        for name in tables {
            table = table.get(name)?.as_table()?;
        }
        table.get(last)
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the value is a secret that was sealed.
    pub(super) fn is_sealed(&self, key: &str) -> bool {
        let table = self.get(key).and_then(Value::as_table);
        table.is_some_and(|table| table.contains_key("sealed"))
    }

    /// Sets or removes a value. A table without a value goes too.
    pub(super) fn set(&mut self, key: &str, value: Option<Value>) {
        set_in(&mut self.0, key, value);
    }

    /// Makes the table that a required key is in, so that the key is missed and not the table.
    pub(super) fn add_table_of(&mut self, key: &str) {
        if let Some((table, _)) = key.split_once('.') {
            let entry = self.0.entry(table);
            entry.or_insert_with(|| Value::Table(Table::new()));
        }
    }

    /// The entry's text, with the keys in the form's order.
    pub(super) fn write(&self, id: &EntryId, form: &TableForm) -> String {
        let of_form = form.fields.iter().map(|field| first_part(field.key));
        let mut order: Vec<&str> = FIRST_KEYS.into_iter().chain(of_form).collect();
        order.extend(self.0.keys().map(String::as_str));
        let mut lines = vec![id.to_string()];
        let mut written: Vec<&str> = Vec::new();
        for key in order {
            if let Some(value) = self.0.get(key)
                && !written.contains(&key)
            {
                lines.push(format!("{key} = {value}"));
                written.push(key);
            }
        }
        lines.join("\n") + "\n"
    }
}

fn split_key(key: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<_> = key.split('.').collect();
    let last = parts.pop().unwrap_or_default();
    (parts, last)
}

fn first_part(key: &str) -> &str {
    key.split('.').next().unwrap_or_default()
}

fn set_in(table: &mut Table, key: &str, value: Option<Value>) {
    let Some((first, rest)) = key.split_once('.') else {
        match value {
            Some(value) => table.insert(key.to_owned(), value),
            None => table.remove(key),
        };
        return;
    };
    let inner = table
        .entry(first)
        .or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Value::Table(inner) = inner {
        set_in(inner, rest, value);
        if inner.is_empty() {
            table.remove(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editing::{Section, kind_forms};

    #[test]
    fn keys_that_no_field_has_stay_as_they_were() {
        let text = "[sources.voice]\nkind = \"genesys\"\nbase_url = \"https://h\"\nother = { \"a b\" = [1, 2] }\n";
        let id = EntryId::new(Section::Sources, "voice");
        let mut source = TableText::read(&id, Some(text));
        source.set("auth.client_id", Some(Value::String("c".to_owned())));
        source.set("auth.password", None);
        let form = &kind_forms(Section::Sources)[1].form;

        let written = source.write(&id, form);

        assert_eq!(TableText::read(&id, Some(&written)), source);
        assert!(
            written.contains("auth = { client_id = \"c\" }"),
            "{written}"
        );
        source.set("auth.client_id", None);
        assert_eq!(source.write(&id, form), text);
    }
}
