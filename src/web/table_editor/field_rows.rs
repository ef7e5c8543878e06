//! The fields of a form as the page shows them.

use wallboard_domain::{FieldInput, FormField, TableForm};
use wallboard_texts::{FieldTexts, Texts};

use crate::web::parts::refusal_line::RefusalLine;

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
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) shape: FieldShape,
    pub(super) is_required: bool,
    pub(super) value: String,
    /// A secret is stored; it isn't shown.
    pub(super) is_stored: bool,
    /// The hidden field of a secret that was typed on the page before, and its sealed value.
    pub(super) sealed: Option<(String, String)>,
    pub(super) fault: RefusalLine,
}

/// The element that it is typed in.
#[derive(PartialEq)]
pub(super) enum FieldShape {
    Input,
    Password,
    Box,
    /// "Usual (password)", and the words.
    Choice(String, Vec<&'static str>),
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
    texts: &Texts,
    form: &TableForm,
    text: &TableText,
    stored: &TableText,
    faults: &mut TableFaults,
) -> (Vec<FieldRow>, Vec<FieldRow>) {
    let (advanced, usual): (Vec<_>, Vec<_>) =
        form.fields.iter().partition(|field| field.is_advanced);
    let mut rows = |fields: Vec<&FormField>| {
        let rows = fields.into_iter();
        rows.map(|field| {
            let unreadable = faults.unreadable_text(field.key).map(str::to_owned);
            let row = field_row(texts, field, text, stored);
            FieldRow {
                fault: faults.take(texts, field.key),
                value: unreadable.unwrap_or(row.value),
                ..row
            }
        })
        .collect()
    };
    (rows(usual), rows(advanced))
}

/// A row without a fault.
fn field_row(texts: &Texts, field: &FormField, text: &TableText, stored: &TableText) -> FieldRow {
    let FieldTexts { label, hint } = texts.field(field.text);
    let is_sealed = text.is_sealed(field.key);
    let is_new = is_sealed && text.get(field.key) != stored.get(field.key);
    let sealed_text = text.text(&format!("{}.sealed", field.key));
    FieldRow {
        key: field.key,
        word: field.key.replace('.', "-"),
        label,
        hint,
        shape: match field.input {
            FieldInput::Secret => FieldShape::Password,
            FieldInput::Switch => FieldShape::Box,
            FieldInput::Choice(words) => {
                let usual = texts.usual_choice(words.first().copied().unwrap_or_default());
                FieldShape::Choice(usual, words.to_vec())
            }
            FieldInput::Tables(example) => FieldShape::Area(example),
            FieldInput::SecretLines | FieldInput::Lines | FieldInput::Pairs => FieldShape::Area(""),
            FieldInput::Text | FieldInput::Number => FieldShape::Input,
        },
        is_required: field.is_required,
        value: shown_value(field, text),
        is_stored: is_sealed,
        sealed: (is_secret(field) && is_new)
            .then(|| (sealed_name(field.key), sealed_text.to_owned())),
        fault: RefusalLine::new(texts, ""),
    }
}
