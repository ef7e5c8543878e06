//! The text of an entry of the configuration as a table, and back. Keys that no form has stay as they were, and so do
//! comments.

use toml::{Table, Value};
use toml_edit::{Array, DocumentMut, Item, TableLike};

use wallboard_toml_reader::quote_key;

use crate::editing::{EntryId, Section};

/// The keys and values of an entry, in the order in which they are written.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct EntryTable {
    keys: Vec<(String, Value)>,
    /// As it was read; empty for a new entry.
    text: String,
}

impl EntryTable {
    /// Reads an entry's text; empty if there is none, or if it isn't that entry's.
    pub(in crate::web) fn read(id: &EntryId, toml: Option<&str>) -> Self {
        toml.and_then(|toml| Self::parse(id, toml))
            .unwrap_or_default()
    }

    /// Reads an entry's text. An entry that is one line is a table with that key. `None` if it isn't that entry's.
    pub(in crate::web) fn parse(id: &EntryId, toml: &str) -> Option<Self> {
        let mut root: Table = toml.parse().ok()?;
        let section: &str = id.section.into();
        let keys = if id.section.is_key() {
            root
        } else {
            match root.remove(section)? {
                Value::Table(table) if id.section.is_whole() || id.section.is_line() => table,
                Value::Table(mut entries) => match entries.remove(&id.name)? {
                    Value::Table(table) => table,
                    _ => return None,
                },
                _ => return None,
            }
        };
        Some(Self {
            keys: keys.into_iter().collect(),
            text: toml.to_owned(),
        })
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(in crate::web) fn get(&self, key: &str) -> Option<&Value> {
        let found = self.keys.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value)
    }

    /// Finds the value at a key with its tables, such as `auth.client_id`.
    pub(in crate::web) fn find(&self, key: &str) -> Option<&Value> {
        let mut parts = key.split('.');
        let first = self.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.as_table()?.get(part))
    }

    pub(in crate::web) fn set(&mut self, key: &str, value: Value) {
        match self.keys.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.keys.push((key.to_owned(), value)),
        }
    }

    /// Whether another has all of its keys, with the same values.
    pub(in crate::web) fn is_part_of(&self, other: &Self) -> bool {
        (self.keys.iter()).all(|(key, value)| other.get(key) == Some(value))
    }

    pub(in crate::web) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.keys.retain(|(key, _)| is_kept(key));
    }

    /// Takes the keys of another in place of its own.
    pub(in crate::web) fn replace_keys(&mut self, other: Self) {
        self.keys = other.keys;
    }

    /// The entry's text; `None` if nothing is left of it.
    pub(in crate::web) fn write(&self, id: &EntryId) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        Some(self.change_text(id).unwrap_or_else(|| self.new_text(id)))
    }

    /// The text that it was read from, with the changes; `None` for a new entry.
    fn change_text(&self, id: &EntryId) -> Option<String> {
        let old = Self::parse(id, &self.text)?;
        if old == *self {
            return Some(self.text.clone());
        }
        let mut document: DocumentMut = self.text.parse().ok()?;
        let item = find_item(&mut document, id)?;
        change_keys(item.as_table_like_mut()?, &old.keys, &self.keys);
        if let Some(line) = item.as_inline_table_mut() {
            // A table in one line has no comments.
            line.fmt();
        }
        Some(document.to_string())
    }

    fn new_text(&self, id: &EntryId) -> String {
        let lines = (self.keys.iter())
            .map(|(key, value)| format!("{} = {}\n", quote_key(key), write_inline(value)));
        let lines: String = lines.collect();
        let section = id.section;
        if section.is_key() {
            lines
        } else if section.is_whole() || section.is_line() {
            format!("[{section}]\n{lines}")
        } else {
            format!("[{section}.{}]\n{lines}", quote_key(&id.name))
        }
    }
}

/// Texts are the same table if their keys are.
impl PartialEq for EntryTable {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

fn find_item<'d>(document: &'d mut DocumentMut, id: &EntryId) -> Option<&'d mut Item> {
    if id.section.is_key() {
        return Some(document.as_item_mut());
    }
    let section: &str = id.section.into();
    let table = document.get_mut(section)?;
    if id.section.is_whole() || id.section.is_line() {
        return Some(table);
    }
    table.as_table_like_mut()?.get_mut(&id.name)
}

/// Changes what differs and leaves the rest as it's written.
fn change_keys(table: &mut dyn TableLike, old: &[(String, Value)], new: &[(String, Value)]) {
    let find = |keys: &[(String, Value)], key: &str| {
        let found = keys.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    };
    for (key, _) in old {
        if find(new, key).is_none() {
            table.remove(key);
        }
    }
    for (key, value) in new {
        match (table.get_mut(key), find(old, key)) {
            (Some(item), Some(before)) if before != *value => change_item(item, &before, value),
            (Some(_), _) => {}
            (None, _) => {
                table.insert(key, Item::Value(to_edited(value)));
            }
        }
    }
}

fn change_item(item: &mut Item, old: &Value, new: &Value) {
    let pairs = |table: &Table| -> Vec<_> {
        let pairs = table.iter();
        pairs
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    if let (Value::Table(old), Value::Table(new)) = (old, new)
        && let Some(table) = item.as_table_mut()
    {
        return change_keys(table, &pairs(old), &pairs(new));
    }
    if let (Value::Array(old), Value::Array(new)) = (old, new)
        && let Some(array) = item.as_array_mut()
        && array.to_string().contains('\n')
    {
        return change_lines(array, old, new);
    }
    let decor = item.as_value().map(|value| value.decor().clone());
    let mut value = to_edited(new);
    if let Some(decor) = decor {
        *value.decor_mut() = decor;
    }
    *item = Item::Value(value);
}

/// Changes an array of several lines: each item that stays has its comment.
fn change_lines(array: &mut Array, old: &[Value], new: &[Value]) {
    let mut written: Vec<_> = old.iter().zip(array.iter().cloned()).collect();
    let indent = array.get(0).and_then(|first| {
        let prefix = first.decor().prefix()?.as_str()?;
        let (_, indent) = prefix.rsplit_once('\n')?;
        Some(format!("\n{indent}"))
    });
    array.clear();
    for value in new {
        let found = written.iter().position(|(before, _)| *before == value);
        let item = if let Some(at) = found {
            written.remove(at).1
        } else {
            let mut added = to_edited(value);
            added
                .decor_mut()
                .set_prefix(indent.as_deref().unwrap_or(" "));
            added
        };
        array.push_formatted(item);
    }
}

fn to_edited(value: &Value) -> toml_edit::Value {
    let text = write_inline(value);
    text.parse().expect("it is written as TOML")
}

/// A value as people write it: a text without quotes.
pub(in crate::web) fn write_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The text of one line of a table, such as `[names]`.
pub(in crate::web) fn write_line(section: Section, key: &str, value: impl Into<Value>) -> String {
    let section: &str = section.into();
    let value: Value = value.into();
    format!("[{section}]\n{} = {value}\n", quote_key(key))
}

/// The value of such a line.
pub(in crate::web) fn read_line(id: &EntryId, toml: Option<&str>) -> Option<Value> {
    let mut root: Table = toml?.parse().ok()?;
    let section: &str = id.section.into();
    match root.remove(section)? {
        Value::Table(mut lines) => lines.remove(&id.name),
        _ => None,
    }
}

fn write_inline(value: &Value) -> String {
    match value {
        Value::Table(keys) if keys.is_empty() => "{}".to_owned(),
        Value::Table(keys) => {
            // As people write them: the lower level first.
            let mut keys: Vec<_> = keys.iter().collect();
            keys.sort_by_key(|(key, _)| match key.as_str() {
                "warn" => 0,
                "crit" => 1,
                "warn_below" => 2,
                "crit_below" => 3,
                _ => 4,
            });
            let keys = keys.into_iter();
            let keys =
                keys.map(|(key, value)| format!("{} = {}", quote_key(key), write_inline(value)));
            format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_no_form_has_stay_as_they_were() {
        let id = EntryId::new(Section::Thresholds, "phone/8001@SIP \"x\"");
        let text = r#"[thresholds."phone/8001@SIP \"x\""]
longest_wait = { warn = "45s" }
time_in_state = { wrap_up = "5m", hold = "90s" }
"#;
        let mut table = EntryTable::read(&id, Some(text));

        let limits = Table::from_iter([
            ("crit".to_owned(), Value::String("150s".to_owned())),
            ("warn".to_owned(), Value::String("45s".to_owned())),
        ]);
        table.set("longest_wait", Value::Table(limits));

        let written = table.write(&id).unwrap();
        assert_eq!(EntryTable::read(&id, Some(&written)), table);
        assert!(
            written.contains(r#"longest_wait = { warn = "45s", crit = "150s" }"#),
            "{written}"
        );
        assert!(written.contains(r#"wrap_up = "5m""#), "{written}");
    }

    #[test]
    fn nothing_left_is_no_entry() {
        let id = EntryId::new(Section::Targets, "chat/1");
        let mut table =
            EntryTable::read(&id, Some("[targets.\"chat/1\"]\nanswer_within = \"20s\"\n"));
        table.retain(|_| false);
        assert_eq!(table.write(&id), None);
        assert_eq!(EntryTable::read(&id, None), EntryTable::default());
        assert_eq!(
            EntryTable::read(&id, Some("no toml")),
            EntryTable::default()
        );
    }

    #[test]
    fn comments_stay_where_they_are() {
        let id = EntryId::new(Section::Groups, "sales");
        let text = r#"# Ask Anna before you change it.
[groups.sales]
name = "Sales" # as on the door
queues = [
    "chat/1", # the old one
    "chat/2",
    # only in summer
    "chat/3",
]
"#;
        let mut table = EntryTable::read(&id, Some(text));
        assert_eq!(table.write(&id).unwrap(), text);
        table.set("name", "Sales & more".into());
        let queues = ["chat/1", "chat/3", "chat/4"].map(Value::from);
        table.set("queues", queues.to_vec().into());
        let expected = r#"# Ask Anna before you change it.
[groups.sales]
name = "Sales & more" # as on the door
queues = [
    "chat/1",
    # only in summer
    "chat/3",
    "chat/4",
]
"#;
        let written = table.write(&id).unwrap();
        assert_eq!(written.replace(" # the old one", ""), expected);
        assert_eq!(EntryTable::read(&id, Some(&written)), table);
    }

    #[test]
    fn an_entry_of_one_line_or_one_key_is_a_table_too() {
        let check = |id: EntryId, key: &str, text: &str, changed: &str| {
            let mut table = EntryTable::parse(&id, text).unwrap();
            table.set(key, changed.into());
            let expected = text.replace("Old", changed);
            assert_eq!(table.write(&id).unwrap(), expected);
            let mut new = EntryTable::default();
            new.set(key, changed.into());
            assert_eq!(new.write(&id).unwrap(), expected);
        };
        let name = EntryId::new(Section::Names, "chat/1");
        check(name, "chat/1", "[names]\n\"chat/1\" = \"Old\"\n", "New");
        let zone = EntryId::new(Section::TimeZone, "");
        check(zone, "time_zone", "time_zone = \"Old\"\n", "UTC");
        let group = EntryId::new(Section::Groups, "a");
        assert_eq!(
            EntryTable::parse(&group, "[groups.b]\nname = \"B\"\n"),
            None
        );
    }
}
