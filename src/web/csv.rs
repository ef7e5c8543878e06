//! CSV files that spreadsheets open as intended, with no text read as a formula.

/// A file with CRLF that spreadsheets read as UTF-8.
pub(super) fn csv_writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        // Without the byte order mark, spreadsheets guess another encoding.
        .from_writer("\u{feff}".as_bytes().to_vec())
}

/// Adds a leading apostrophe to text that a spreadsheet would read as a formula.
pub(super) fn escape_formula(text: &str) -> String {
    let starts = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ];
    if text.starts_with(starts) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
