//! CSV files that spreadsheets open as intended, with no text read as a formula.

/// A file with CRLF that spreadsheets read as UTF-8.
pub(in crate::web) fn csv_writer() -> csv::Writer<Vec<u8>> {
    // Without the byte order mark, spreadsheets guess another encoding.
    writer_after("\u{feff}".as_bytes())
}

/// Further lines of such a file.
pub(in crate::web) fn csv_continuation() -> csv::Writer<Vec<u8>> {
    writer_after(&[])
}

fn writer_after(begin: &[u8]) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(begin.to_vec())
}

/// Adds a leading apostrophe to text that a spreadsheet would read as a formula, also after
/// characters that can't be seen.
pub(in crate::web) fn escape_formula(text: &str) -> String {
    let controls = ['\t', '\r', '\n', '\0'];
    let operators = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let visible = text.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if text.starts_with(controls) || visible.starts_with(operators) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Whether a character has no width: controls, marks of order and direction, joiners.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "\tx",
            "\u{feff}=1+1",
            "\u{200b}=1+1",
            "\u{200b}\u{feff} \u{2060}@SUM(1)",
            "\u{a0}+1",
        ] {
            assert_eq!(escape_formula(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "Sales", "\u{200b}Sales", " Sales = 1"] {
            assert_eq!(escape_formula(text), text, "{text:?}");
        }
    }
}
