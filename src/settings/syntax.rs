//! What to do where the file is not TOML: the usual slips, told by the line.

use std::ops::Range;

/// How the line at `span` may be mended; never repeats what stands there.
pub(super) fn mend(text: &str, span: &Range<usize>) -> &'static str {
    let at = span.start.min(text.len());
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default().trim();
    let value = line.split_once('=').map(|(_, value)| value.trim());
    match value {
        _ if line.starts_with('[') => {
            "a table is written [name] or [sources.name], alone on its line"
        }
        None => "write key = value; what shall be left out begins with #",
        Some("") => "write a value after the =",
        Some(value) if value.contains('\\') => {
            r"in a string write \\ for \, or put it in single quotes"
        }
        Some(value) if value.contains('\u{201c}') || value.contains('\u{201d}') => {
            "write straight quotes \" instead of typographic ones"
        }
        Some(value) if value.matches('"').count() % 2 == 1 => "close the string with a quote \"",
        Some(value) if value.starts_with(|c: char| c.is_alphabetic()) => {
            r#"put texts in quotes: key = "value""#
        }
        Some(_) => "see wallboard.sample.toml for how each key is written",
    }
}
