//! The fields of an entry in words, for what changed between two versions.

use strum::IntoEnumIterator;
use toml::Value;

use wallboard_domain::Language;
use wallboard_texts::Texts;

use crate::{
    editing::EntryId,
    web::{
        pages::settings::file_parts::TextOf,
        parts::entry_table::{EntryTable, write_value},
    },
};

use super::{
    figure_values::{written_senders, written_texts},
    section_fields::{EntryField, EntryInput, Subjects, fields_of},
    typed_state::TypedState,
};

/// A field in words.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct FieldWords {
    pub(in crate::web) label: &'static str,
    /// Empty: it isn't written.
    pub(in crate::web) values: Vec<String>,
    /// Whether it can have several values.
    pub(in crate::web) is_list: bool,
}

/// Writes the fields of an entry; `None`: its section has none, or the text is no such entry. `name_queue` names the
/// queues of lists.
pub(in crate::web) fn field_words(
    texts: &'static Texts,
    id: &EntryId,
    toml: Option<&str>,
    name_queue: &dyn Fn(&str) -> String,
) -> Option<Vec<FieldWords>> {
    let form = fields_of(id)?;
    let table = match toml {
        Some(toml) => EntryTable::parse(id, toml)?,
        None => EntryTable::default(),
    };
    let words = form.fields.iter().map(|field| {
        let value = table.get(field.table_key(id));
        FieldWords {
            label: (field.label)(texts),
            values: value.map_or_else(Vec::new, |value| {
                write_values(texts, field, value, name_queue)
            }),
            is_list: matches!(
                field.input,
                EntryInput::Members(_)
                    | EntryInput::Localized
                    | EntryInput::Senders
                    | EntryInput::States
            ),
        }
    });
    Some(words.collect())
}

fn write_values(
    texts: &'static Texts,
    field: &EntryField,
    value: &Value,
    name_queue: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let choice = |words: &[(&'static str, TextOf)]| {
        let mut words = words.iter();
        let found = words.find(|(word, _)| value.as_str() == Some(*word));
        found.map_or_else(|| write_value(value), |(_, label)| label(texts).to_owned())
    };
    match field.input {
        EntryInput::Choice(words) => vec![choice(words)],
        EntryInput::Switch => vec![
            if value.as_bool() == Some(true) {
                texts.switch_on()
            } else {
                texts.switch_off()
            }
            .to_owned(),
        ],
        EntryInput::Members(subjects) => {
            let items = value.as_array().into_iter().flatten();
            let items = items.filter_map(Value::as_str);
            items
                .map(|id| match subjects {
                    Subjects::Queues | Subjects::QueuePatterns => name_queue(id),
                    _ => id.to_owned(),
                })
                .collect()
        }
        EntryInput::Localized => {
            let written = Language::iter().zip(written_texts(Some(value)));
            let written = written.filter(|(_, text)| !text.is_empty());
            written
                .map(|(language, text)| format!("{} ({})", text, language.native_name()))
                .collect()
        }
        EntryInput::Senders => written_senders(Some(value)),
        EntryInput::States => {
            let states = TypedState::of_value(Some(value)).into_iter();
            states.map(|state| state.describe(texts)).collect()
        }
        EntryInput::Text | EntryInput::Number | EntryInput::Zone | EntryInput::Limit => {
            vec![write_value(value)]
        }
    }
}
