//! The text of an entry of the configuration as a table, and back. Keys that no form has stay as they were.

use toml::{Table, Value};

use crate::editing::{EntryId, Section};

/// The keys and values of an entry, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::web) struct EntryTable(Vec<(String, Value)>);

impl EntryTable {
    /// Reads an entry's text; empty if there is none, or if it isn't a table.
    pub(in crate::web) fn read(id: &EntryId, toml: Option<&str>) -> Self {
        let read = || {
            let mut root: Table = toml?.parse().ok()?;
            let section: &str = id.section.into();
            let Value::Table(mut section) = root.remove(section)? else {
                return None;
            };
            if id.section.is_whole() {
                return Some(section);
            }
            match section.remove(&id.name)? {
                Value::Table(keys) => Some(keys),
                _ => None,
            }
        };
        Self(read().unwrap_or_default().into_iter().collect())
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::web) fn get(&self, key: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value)
    }

    pub(in crate::web) fn set(&mut self, key: &str, value: Value) {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Whether another has all of its keys, with the same values.
    pub(in crate::web) fn is_part_of(&self, other: &Self) -> bool {
        self.0
            .iter()
            .all(|(key, value)| other.get(key) == Some(value))
    }

    pub(in crate::web) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.0.retain(|(key, _)| is_kept(key));
    }

    /// The entry's text; `None` if nothing is left of it.
    pub(in crate::web) fn write(&self, id: &EntryId) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let lines = self.0.iter().map(|(key, value)| {
            let value = inline(value);
            format!("{} = {value}\n", quote_key(key))
        });
        let lines: String = lines.collect();
        let section: &str = id.section.into();
        if id.section.is_whole() {
            return Some(format!("[{section}]\n{lines}"));
        }
        Some(format!("[{section}.{}]\n{lines}", quote_key(&id.name)))
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

fn quote_key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !key.is_empty() && key.bytes().all(is_bare) {
        key.to_owned()
    } else {
        Value::String(key.to_owned()).to_string()
    }
}

fn inline(value: &Value) -> String {
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
            let keys = keys.map(|(key, value)| format!("{} = {}", quote_key(key), inline(value)));
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
}
