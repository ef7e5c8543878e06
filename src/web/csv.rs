//! CSV files that spreadsheets open as they are meant, and in which no text is a formula.

/// A file with CRLF that spreadsheets take for UTF-8.
pub(super) fn csv_writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        // Without the mark spreadsheets take the file for another encoding.
        .from_writer("\u{feff}".as_bytes().to_vec())
}

/// Text with an apostrophe in front where a spreadsheet would take it for a formula.
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
