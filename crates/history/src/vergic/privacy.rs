//! Detects cells that may identify a visitor. Statistics rarely have any; they are stored only if the
//! configuration allows it.

use wallboard_runtime::csv_text::number_parsing;

use super::{column_mapping::HeaderLayout, vergic_cell::VergicCell};

/// Parts of headers of columns that may name people.
const NAME_HEADERS: [&str; 10] = [
    "visitor", "caller", "customer", "contact", "client", "besök", "kund", "anrufer", "kunde",
    "besucher",
];
/// Parts of headers of columns with people's numbers and addresses.
const NUMBER_HEADERS: [&str; 10] = [
    "mail",
    "e-post",
    "epost",
    "phone",
    "telefon",
    "mobil",
    "msisdn",
    "ssn",
    "personnummer",
    "id number",
];
/// A larger number may be a phone number or a personal identity number.
const LARGEST_COUNT: f64 = 999_999.0;

/// Clears the cells of a row that may identify a visitor, and returns whether there are any. Cells
/// of mapped columns stay.
pub(super) fn clear_personal(
    row: &mut [VergicCell<'_>],
    headers: &[String],
    layout: Option<&HeaderLayout>,
) -> bool {
    let mut has_personal = false;
    for (index, (cell, header)) in row.iter_mut().zip(headers).enumerate() {
        let is_mapped = layout.is_some_and(|layout| layout.is_mapped(index));
        if !is_mapped && is_personal(header, cell) {
            *cell = VergicCell::Empty;
            has_personal = true;
        }
    }
    has_personal
}

/// Whether a cell under this header may identify a visitor.
pub(super) fn is_personal(header: &str, cell: &VergicCell<'_>) -> bool {
    let header = header.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| header.contains(part));
    match cell {
        VergicCell::Empty => false,
        VergicCell::Text(text) => {
            let is_mail = text.contains('@');
            is_mail
                || has(&NUMBER_HEADERS)
                || (has(&NAME_HEADERS) && number_parsing::parse_duration(text).is_none())
        }
        // "Visitors" counts them; a caller's number is longer than any count.
        VergicCell::Number(number) => {
            has(&NUMBER_HEADERS) || (has(&NAME_HEADERS) && LARGEST_COUNT < *number)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn visitor_counts_are_not_personal_but_names_are() {
        let text = |text: &'static str| VergicCell::Text(Cow::Borrowed(text));
        let table = [
            ("Visitors", VergicCell::Number(12.0), false),
            ("Visitor", text("Anna Karlsson"), true),
            ("Visitor wait", text("0:01:30"), false),
            ("Note", text("anna@example.org"), true),
            ("Caller", VergicCell::Number(46_701_234_567.0), true),
            ("Phone", VergicCell::Number(1234.0), true),
            ("Group", text("Sales"), false),
            ("Visitor", VergicCell::Empty, false),
        ];
        for (header, cell, expected) in table {
            assert_eq!(is_personal(header, &cell), expected, "{header} {cell:?}");
        }
    }
}
