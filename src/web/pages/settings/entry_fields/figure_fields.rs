//! The fields of a custom figure: those of every kind, and those of some.

use wallboard_texts::Texts;

use crate::web::pages::settings::file_parts::TextOf;

use super::section_fields::{EntryField, EntryInput, field, required};

/// The label.
pub(super) const LABEL: &str = "label";
/// The kind, and the usual one.
pub(super) const KIND: &str = "kind";
pub(super) const USUAL_KIND: &str = "number";
const NUMBERS: &[&str] = &["number", "percent", "duration"];
pub(super) const FIGURE: &[EntryField] = &[
    required(field(
        LABEL,
        (Texts::figure_label, Texts::figure_label_hint),
        EntryInput::Localized,
    )),
    field(
        KIND,
        (Texts::figure_kind, Texts::figure_kind_hint),
        EntryInput::Choice(&[
            (USUAL_KIND, Texts::figure_kind_number),
            ("percent", Texts::figure_kind_percent),
            ("duration", Texts::figure_kind_duration),
            ("state", Texts::figure_kind_state),
        ]),
    ),
    required(field(
        "source",
        (Texts::figure_source, Texts::figure_source_hint),
        EntryInput::Senders,
    )),
    of_kinds(
        &[USUAL_KIND],
        field(
            "unit",
            (Texts::figure_unit, Texts::figure_unit_hint),
            EntryInput::Localized,
        ),
    ),
    of_kinds(
        &[USUAL_KIND, "percent"],
        field(
            "decimals",
            (Texts::figure_decimals, Texts::figure_decimals_hint),
            EntryInput::Number,
        ),
    ),
    of_kinds(
        &["state"],
        required(field(
            "states",
            (Texts::figure_states, Texts::figure_states_hint),
            EntryInput::States,
        )),
    ),
    of_kinds(NUMBERS, limit("warn", Texts::warning_from_field)),
    of_kinds(NUMBERS, limit("crit", Texts::critical_from_field)),
    of_kinds(NUMBERS, limit("warn_below", Texts::warning_below_field)),
    of_kinds(NUMBERS, limit("crit_below", Texts::critical_below_field)),
    of_kinds(
        NUMBERS,
        field(
            "clear",
            (Texts::clear_field, Texts::figure_clear_hint),
            EntryInput::Limit,
        ),
    ),
    field(
        "per",
        (Texts::figure_per, Texts::figure_per_hint),
        EntryInput::Choice(&[
            ("site", Texts::figure_per_site),
            ("queue", Texts::figure_per_queue),
        ]),
    ),
    field(
        "merge",
        (Texts::figure_merge, Texts::figure_merge_hint),
        EntryInput::Choice(&[
            ("last", Texts::figure_merge_last),
            ("sum", Texts::figure_merge_sum),
            ("max", Texts::figure_merge_max),
        ]),
    ),
    field(
        "valid_for",
        (Texts::figure_valid_for, Texts::figure_valid_for_hint),
        EntryInput::Text,
    ),
];

const fn limit(key: &'static str, label: TextOf) -> EntryField {
    field(key, (label, Texts::figure_limit_hint), EntryInput::Limit)
}

const fn of_kinds(kinds: &'static [&'static str], field: EntryField) -> EntryField {
    EntryField { kinds, ..field }
}
