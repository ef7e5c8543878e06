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
    figure_fields::{KIND, LABEL},
    figure_values::{
        can_show_localized, can_show_senders, chosen_senders, limit_value, localized_value,
        senders_value, typed_languages,
    },
    new_name::describe_unknown,
    section_fields::{EntryField, EntryInput, Subjects},
    typed_state::{StateFault, TypedState, can_show_states, states_value},
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
            if !field.is_of_kind(self.typed(KIND)) {
                self.table.retain(|other| other != key);
                continue;
            }
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
                EntryInput::Localized => {
                    let typed = typed_languages(&self.typed, field.form_name());
                    localized_value(self.table.get(&key), typed)
                }
                EntryInput::Limit => {
                    let is_duration = self.typed(KIND) == "duration";
                    let old = self.table.get(&key);
                    limit_value(old, self.typed(field.form_name()), is_duration)
                }
                EntryInput::Senders => {
                    let chosen = chosen_senders(&self.typed, field.form_name());
                    senders_value(self.table.get(&key), chosen)
                }
                EntryInput::States => self.read_states(texts, field.form_name(), &key),
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

    /// The label of a custom figure in the first language that has one.
    pub(super) fn first_label(&self) -> &str {
        let mut labels = typed_languages(&self.typed, LABEL).into_iter();
        labels.next().map_or("", |(_, label)| label)
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

    /// The words of a state as somebody typed them, or as they are written.
    pub(super) fn states(&self, field: &EntryField) -> Vec<TypedState> {
        let typed = TypedState::of_fields(&self.typed, field.form_name());
        let written = || TypedState::of_value(self.table.get(field.table_key(&self.id)));
        typed.unwrap_or_else(written)
    }

    fn read_states(&mut self, texts: &Texts, name: &str, key: &str) -> Option<Value> {
        let states = TypedState::of_fields(&self.typed, name).unwrap_or_default();
        match states_value(self.table.get(key), &states) {
            Ok(value) => value,
            Err(fault) => {
                let fault = match fault {
                    StateFault::NoWord => texts.figure_state_word_missing().to_owned(),
                    StateFault::Repeated(word) => texts.figure_state_repeated(word),
                };
                self.add_fault(name, RefusalLine::new(texts, fault));
                None
            }
        }
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
        EntryInput::Localized => can_show_localized(value),
        EntryInput::Limit => value.is_str() || value.is_integer() || value.is_float(),
        EntryInput::Senders => can_show_senders(value),
        EntryInput::States => can_show_states(value),
    }
}

#[cfg(test)]
mod tests;
