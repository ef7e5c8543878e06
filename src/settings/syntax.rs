//! What to do where the file is not TOML: the usual slips, told by the line.

use std::ops::Range;

/// How the line at `span` may be mended, of which the parser says `what`; never repeats
/// what stands there.
pub(super) fn fix_hint(text: &str, span: &Range<usize>, what: &str) -> &'static str {
    let at = span.start.min(text.len());
    let here = text.get(at..).and_then(|rest| rest.chars().next());
    let typed = here.unwrap_or_default();
    if what.starts_with("duplicate key") {
        if line_of(text, at).trim_start().starts_with('[') {
            return "write a table's [name] once, with all its keys below it";
        }
        return "keep one of the two";
    }
    if what.starts_with("unclosed array") {
        return "the list before it isn't closed: add ]";
    }
    if what.starts_with("unclosed inline table") {
        return "close it with }";
    }
    if what.starts_with("missing comma") {
        return "put a comma between two values";
    }
    if what.starts_with("invalid boolean") {
        return "use true or false in lowercase, or put text in quotes";
    }
    if matches!(typed, '\u{2018}'..='\u{201e}' | '\u{ab}' | '\u{bb}') {
        return "write straight quotes \" instead of typographic ones";
    }
    if !typed.is_ascii() && !typed.is_alphabetic() {
        return "this line has an invisible or unusual space character: type the line again";
    }
    line_at(text, span)
}

/// The full name of a key that stands twice, the second time at `span`, and where it stood
/// first; `None` where only a parser could find it.
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
    let place = |at: usize, line: &str| {
        let at = at + line.len() - line.trim_start().len();
        at..at
    };
    let is_header = |line: &str| line.trim_start().starts_with('[');

    if is_header(before) {
        let header = format!("{}{key}]", before.trim_start());
        let first = lines(0).find(|(_, line)| line.trim_start().starts_with(&header));
        let name = header.trim_matches(['[', ']']).to_owned();
        return first.map(|(at, line)| (name, place(at, line)));
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
        let ours = inline.match_indices(key).map(|(at, _)| at);
        let mut ours = ours.filter(|at| inline[at + key.len()..].trim_start().starts_with('='));
        let at = start + holder.len() + 1 + ours.next()?;
        return Some((full(&format!("{}.{key}", holder.trim())), at..at));
    }
    let written = line_of(text, span.start).split('=').next()?.trim();
    let from = section.map_or(0, |(at, line)| at + line.len());
    let mut same = lines(from).filter(|(_, line)| {
        line.split_once('=')
            .is_some_and(|(key, _)| key.trim() == written)
    });
    same.next()
        .map(|(at, line)| (full(written), place(at, line)))
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_of(text: &str, at: usize) -> &str {
    let rest = text.get(line_start(text, at)..).unwrap_or_default();
    rest.lines().next().unwrap_or_default()
}

/// By the line alone.
fn line_at(text: &str, span: &Range<usize>) -> &'static str {
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
