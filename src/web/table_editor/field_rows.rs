//! The fields of a form as the page shows them.

use wallboard_domain::{FieldInput, FormField, TableForm};

use super::{
    field_values::{is_secret, sealed_name, shown_value},
    table_faults::TableFaults,
    table_text::TableText,
};

/// One field.
pub(super) struct FieldRow {
    pub(super) key: &'static str,
    /// Valid in the page's IDs.
    pub(super) word: String,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) shape: FieldShape,
    pub(super) is_required: bool,
    pub(super) value: String,
    /// A secret is stored; it isn't shown.
    pub(super) is_stored: bool,
    /// The hidden field of a secret that was typed on the page before, and its sealed value.
    pub(super) sealed: Option<(String, String)>,
    pub(super) fault: String,
}

/// The element that it is typed in.
#[derive(PartialEq)]
pub(super) enum FieldShape {
    Input,
    Password,
    Box,
    Choice(Vec<&'static str>),
    /// With an example.
    Area(&'static str),
}

impl FieldRow {
    pub(super) fn is_area(&self) -> bool {
        matches!(self.shape, FieldShape::Area(_))
    }
}

/// Returns the fields, then those that most sites leave as they are.
pub(super) fn field_rows(
    form: &TableForm,
    text: &TableText,
    stored: &TableText,
    faults: &mut TableFaults,
) -> (Vec<FieldRow>, Vec<FieldRow>) {
    let (advanced, usual): (Vec<_>, Vec<_>) =
        form.fields.iter().partition(|field| field.is_advanced);
    let mut rows = |fields: Vec<&FormField>| {
        let rows = fields.into_iter();
        rows.map(|field| field_row(field, text, stored, &faults.take(field.key)))
            .collect()
    };
    (rows(usual), rows(advanced))
}

fn field_row(field: &FormField, text: &TableText, stored: &TableText, fault: &str) -> FieldRow {
    let is_sealed = text.is_sealed(field.key);
    let is_new = is_sealed && text.get(field.key) != stored.get(field.key);
    let sealed_text = text.text(&format!("{}.sealed", field.key));
    FieldRow {
        key: field.key,
        word: field.key.replace('.', "-"),
        label: field.label,
        hint: field.hint,
        shape: match field.input {
            FieldInput::Secret => FieldShape::Password,
            FieldInput::Switch => FieldShape::Box,
            FieldInput::Choice(words) => FieldShape::Choice(words.to_vec()),
            FieldInput::Tables(example) => FieldShape::Area(example),
            FieldInput::SecretLines | FieldInput::Lines | FieldInput::Pairs => FieldShape::Area(""),
            FieldInput::Text | FieldInput::Number => FieldShape::Input,
        },
        is_required: field.is_required,
        value: shown_value(field, text),
        is_stored: is_sealed,
        sealed: (is_secret(field) && is_new)
            .then(|| (sealed_name(field.key), sealed_text.to_owned())),
        // Faults quote keys for logs.
        fault: fault.replace('`', "\""),
    }
}
