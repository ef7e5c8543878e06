//! Entries as forms: each section has one description of its fields, which reads and writes its text.

mod entry_choices;
mod entry_draft;
mod field_row;
mod new_name;
mod section_fields;

pub(super) use entry_choices::EntryChoices;
pub(super) use entry_draft::EntryDraft;
pub(super) use field_row::{FieldShape, FieldsPanel};
pub(super) use new_name::name_entry;
pub(super) use section_fields::{HIDE_KEYS, SectionFields, fields_of};
