//! An entry while somebody edits its fields.

use std::collections::BTreeMap;

use toml::Value;

use wallboard_texts::Texts;

use crate::{
    editing::EntryId,
    web::parts::{entry_table::EntryTable, refusal_line::RefusalLine},
};

use super::{
    EntryChoices, SectionFields,
    new_name::describe_unknown,
    section_fields::{EntryField, EntryInput, Subjects},
};

/// An entry as its fields say. It may break rules.
#[derive(Clone, Debug)]
pub(in crate::web::pages::settings) struct EntryDraft {
    /// Without a name as long as it's new.
    pub(in crate::web::pages::settings) id: EntryId,
    pub(super) table: EntryTable,
    typed: BTreeMap<String, String>,
    /// By the name of the field.
    faults: BTreeMap<String, RefusalLine>,
}

impl EntryDraft {
    /// A new entry.
    pub(in crate::web::pages::settings) fn new(id: EntryId) -> Self {
        Self {
            id,
            table: EntryTable::default(),
            typed: BTreeMap::new(),
            faults: BTreeMap::new(),
        }
    }

    /// Reads an entry's text; `None` if it has something that no field can show.
    pub(in crate::web::pages::settings) fn of_text(
        id: EntryId,
        form: &SectionFields,
        toml: &str,
    ) -> Option<Self> {
        let table = EntryTable::parse(&id, toml)?;
        let is_shown = form.fields.iter().all(|field| {
            let value = table.get(field.table_key(&id));
            value.is_none_or(|value| can_show(field.input, value))
        });
        is_shown.then(|| Self {
            table,
            ..Self::new(id)
        })
    }

    /// Takes what somebody typed, still without a name if the entry is new.
    pub(in crate::web::pages::settings) fn type_in(&mut self, typed: BTreeMap<String, String>) {
        self.typed = typed;
    }

    /// Puts what was typed into the table. Keys without a field stay as they are.
    pub(in crate::web::pages::settings) fn apply(
        &mut self,
        texts: &Texts,
        form: &SectionFields,
        choices: &EntryChoices,
    ) {
        for field in form.fields {
            let key = field.table_key(&self.id).to_owned();
            let value = match field.input {
                EntryInput::Members(subjects) => {
                    self.read_members(texts, field.form_name(), subjects, choices)
                }
                EntryInput::Switch => {
                    let is_on = !self.typed(field.form_name()).is_empty();
                    let is_written = is_on || self.table.get(&key).is_some();
                    is_written.then_some(Value::Boolean(is_on))
                }
                EntryInput::Choice(words) => {
                    let word = self.typed(field.form_name());
                    // A list shows the first one although nothing is written.
                    let is_usual = words.first().is_some_and(|(usual, _)| *usual == word);
                    let is_written = !is_usual || self.table.get(&key).is_some();
                    (is_written && !word.is_empty()).then(|| Value::from(word))
                }
                _ => read_text(field, self.typed(field.form_name())),
            };
            if let Some(value) = value {
                self.table.set(&key, value);
                continue;
            }
            self.table.retain(|other| other != key);
            if field.is_required && !self.faults.contains_key(field.form_name()) {
                let fault = RefusalLine::new(texts, texts.field_missing());
                self.add_fault(field.form_name(), fault);
            }
        }
    }

    pub(in crate::web::pages::settings) fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }

    /// Adds a fault of a field, in place of one that it has.
    pub(super) fn add_fault(&mut self, field: &str, fault: RefusalLine) {
        self.faults.insert(field.to_owned(), fault);
    }

    pub(in crate::web::pages::settings) fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Drops the faults of what is missing, until the entry is saved.
    pub(in crate::web::pages::settings) fn clear_missing(&mut self) {
        let typed = &self.typed;
        self.faults.retain(|field, _| {
            let entered = typed.get(&add_name(field));
            entered.is_some_and(|entered| !entered.trim().is_empty())
        });
    }

    pub(super) fn fault(&self, field: &str) -> Option<&RefusalLine> {
        self.faults.get(field)
    }

    /// The text; `None` if nothing is left of it.
    pub(in crate::web::pages::settings) fn toml(&self) -> Option<String> {
        self.table.write(&self.id)
    }

    /// The IDs and patterns of a list.
    pub(super) fn members(&self, field: &EntryField) -> Vec<&str> {
        let list = self.table.get(field.table_key(&self.id));
        let items = list.and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect()
    }

    /// Those that stay, and the one that somebody entered.
    fn read_members(
        &mut self,
        texts: &Texts,
        name: &str,
        subjects: Subjects,
        choices: &EntryChoices,
    ) -> Option<Value> {
        let numbered = self.typed.iter().filter_map(|(key, id)| {
            let number: usize = key.strip_prefix(name)?.strip_prefix('.')?.parse().ok()?;
            Some((number, id.clone()))
        });
        let numbered: BTreeMap<_, _> = numbered.collect();
        let mut members: Vec<_> = numbered.into_values().collect();
        let entered = self.typed(&add_name(name)).trim().to_owned();
        if !entered.is_empty() {
            if let Some(id) = choices.find(subjects, &entered) {
                if !members.contains(&id) {
                    members.push(id);
                }
                self.typed.remove(&add_name(name));
            } else {
                let fault = describe_unknown(texts, subjects, &entered);
                self.add_fault(name, RefusalLine::new(texts, fault));
            }
        }
        let members: Vec<_> = members.into_iter().map(Value::from).collect();
        (!members.is_empty()).then_some(Value::Array(members))
    }
}

/// The field that adds to a list.
pub(super) fn add_name(list: &str) -> String {
    format!("add.{list}")
}

/// The value of a text; `None` if it's empty. What isn't a number is left to the rules of the configuration.
fn read_text(field: &EntryField, typed: &str) -> Option<Value> {
    let text = typed.trim();
    if text.is_empty() {
        return None;
    }
    let number = match field.input {
        EntryInput::Number => text.parse().ok().map(Value::Integer),
        _ => None,
    };
    Some(number.unwrap_or_else(|| Value::from(text)))
}

fn can_show(input: EntryInput, value: &Value) -> bool {
    match input {
        EntryInput::Text | EntryInput::Zone => value.is_str(),
        EntryInput::Choice(words) => {
            let word = value.as_str();
            words.iter().any(|(known, _)| Some(*known) == word)
        }
        EntryInput::Number => value.is_integer(),
        EntryInput::Switch => value.is_bool(),
        EntryInput::Members(_) => {
            (value.as_array()).is_some_and(|items| items.iter().all(Value::is_str))
        }
    }
}

#[cfg(test)]
mod tests;
