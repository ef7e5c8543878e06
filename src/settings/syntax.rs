//! Hints for invalid TOML: common mistakes, recognized by their line.

use std::ops::Range;

/// Returns a hint for the fault at `span`, described by the parser as `message`. Never repeats the
/// file's text, which may be secret.
pub(super) fn fix_hint(text: &str, span: &Range<usize>, message: &str) -> &'static str {
    let position = span.start.min(text.len());
    let found = text.get(position..).and_then(|rest| rest.chars().next());
    let character = found.unwrap_or_default();
    if message.starts_with("duplicate key") {
        if line_of(text, position).trim_start().starts_with('[') {
            return "write a table's [name] once, with all its keys below it";
        }
        return "keep one of the two";
    }
    if message.starts_with("unclosed array") {
        return "the list before it isn't closed: add ]";
    }
    if message.starts_with("unclosed inline table") {
        return "close it with }";
    }
    if message.starts_with("missing comma") {
        return "put a comma between two values";
    }
    if message.starts_with("invalid boolean") {
        return "use true or false in lowercase, or put text in quotes";
    }
    if matches!(character, '\u{2018}'..='\u{201e}' | '\u{ab}' | '\u{bb}') {
        return "write straight quotes \" instead of typographic ones";
    }
    if !character.is_ascii() && !character.is_alphabetic() {
        return "this line has an invisible or unusual space character: type the line again";
    }
    hint_for_line(text, span)
}

/// Finds the full name and first position of a key that is repeated at `span`; `None` where only a
/// parser could find it.
pub(super) fn find_duplicate(text: &str, span: &Range<usize>) -> Option<(String, Range<usize>)> {
    let key = text.get(span.clone())?;
    let start = line_start(text, span.start);
    let (earlier, before) = (text.get(..start)?, text.get(start..span.start)?);
    let lines = |from: usize| {
        let mut at = from;
        earlier[from..].split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            (start, line)
        })
    };
    let key_span = |at: usize, line: &str| {
        let at = at + line.len() - line.trim_start().len();
        at..at
    };
    let is_header = |line: &str| line.trim_start().starts_with('[');

    if is_header(before) {
        let header = format!("{}{key}]", before.trim_start());
        let first = lines(0).find(|(_, line)| line.trim_start().starts_with(&header));
        let name = header.trim_matches(['[', ']']).to_owned();
        return first.map(|(at, line)| (name, key_span(at, line)));
    }
    let section = lines(0)
        .filter(|(_, line)| is_header(line))
        .max_by_key(|(at, _)| *at);
    let table = section.map(|(_, line)| line.trim_start().trim_start_matches('['));
    let table = table
        .and_then(|line| line.split(']').next())
        .unwrap_or_default();
    let full = |key: &str| match table {
        "" => key.to_owned(),
        table => format!("{table}.{key}"),
    };

    if let Some((holder, inline)) = before.split_once('=') {
        let positions = inline.match_indices(key).map(|(at, _)| at);
        let mut positions =
            positions.filter(|at| inline[at + key.len()..].trim_start().starts_with('='));
        let at = start + holder.len() + 1 + positions.next()?;
        return Some((full(&format!("{}.{key}", holder.trim())), at..at));
    }
    let key_text = line_of(text, span.start).split('=').next()?.trim();
    let from = section.map_or(0, |(at, line)| at + line.len());
    let mut duplicates = lines(from).filter(|(_, line)| {
        line.split_once('=')
            .is_some_and(|(key, _)| key.trim() == key_text)
    });
    duplicates
        .next()
        .map(|(at, line)| (full(key_text), key_span(at, line)))
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_of(text: &str, at: usize) -> &str {
    let rest = text.get(line_start(text, at)..).unwrap_or_default();
    rest.lines().next().unwrap_or_default()
}

/// Returns a hint from the line alone.
fn hint_for_line(text: &str, span: &Range<usize>) -> &'static str {
    let at = span.start.min(text.len());
    let line = line_of(text, at).trim();
    let value = line.split_once('=').map(|(_, value)| value.trim());
    match value {
        _ if line.starts_with('[') => {
            "write a table as [name] or [sources.name], alone on its line; put other characters than letters, digits, - and _ in quotes: [thresholds.\"*\"]"
        }
        None => "write key = value; start a comment with #",
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
            r#"put text in quotes: key = "value""#
        }
        Some(_) => "see wallboard.sample.toml for how each key is written",
    }
}
