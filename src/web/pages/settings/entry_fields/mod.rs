//! Entries as forms: each section has one description of its fields, which reads and writes its text.

mod entry_choices;
mod entry_draft;
mod field_row;
mod field_words;
mod figure_fields;
mod figure_values;
mod new_name;
mod section_fields;
mod typed_state;

pub(super) use entry_choices::EntryChoices;
pub(super) use entry_draft::EntryDraft;
pub(super) use field_row::{FieldShape, FieldsPanel};
pub(in crate::web) use field_words::field_words;
pub(super) use new_name::name_entry;
pub(super) use section_fields::{HIDE_KEYS, SectionFields, fields_of};
