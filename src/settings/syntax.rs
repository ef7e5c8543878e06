//! What to do where the file is not TOML: the usual slips, told by the line.

use std::ops::Range;

/// How the line at `span` may be mended, of which the parser says `what`; never repeats
/// what stands there.
pub(super) fn mend(text: &str, span: &Range<usize>, what: &str) -> &'static str {
    let at = span.start.min(text.len());
    let here = text.get(at..).and_then(|rest| rest.chars().next());
    let typed = here.unwrap_or_default();
    if what.starts_with("duplicate key") {
        if text[..at].ends_with(['[', '.']) {
            return "a table is written [name] once, with all its keys below it";
        }
        return "it stands in the file already: keep one of the two";
    }
    if what.starts_with("unclosed array") {
        return "the list before it has no end: close it with ]";
    }
    if what.starts_with("unclosed inline table") {
        return "close it with }";
    }
    if what.starts_with("missing comma") {
        return "put a comma between two values";
    }
    if what.starts_with("invalid boolean") {
        return "write true or false, in small letters, or put a text in quotes";
    }
    if matches!(typed, '\u{2018}'..='\u{201e}' | '\u{ab}' | '\u{bb}') {
        return "write straight quotes \" instead of typographic ones";
    }
    if !typed.is_ascii() && !typed.is_alphabetic() {
        return "a character stands here that is no letter and only looks like a blank or like nothing: type the line anew";
    }
    line(text, span)
}

/// By the line alone.
fn line(text: &str, span: &Range<usize>) -> &'static str {
    let at = span.start.min(text.len());
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default().trim();
    let value = line.split_once('=').map(|(_, value)| value.trim());
    match value {
        _ if line.starts_with('[') => {
            "a table is written [name] or [sources.name], alone on its line; \
             what is not of letters, digits, - and _ stands in quotes: [thresholds.\"*\"]"
        }
        None => "write key = value; what shall be left out begins with #",
        Some("") => "write a value after the =",
        // The fault is before the value.
        Some(_)
            if line
                .split_once('=')
                .is_some_and(|(key, _)| key.trim().contains(['/', '*', ' ', '@'])) =>
        {
            r#"put ids and patterns in quotes: "chat/3f2b…" = …"#
        }
        Some(value) if value.starts_with('{') => {
            r#"a table in one line is written { key = "value", key = "value" }"#
        }
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
