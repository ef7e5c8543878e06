//! Entries that people changed in the browser: they join the tables of the configuration file, so that
//! one parser reads both, and a fault has its place in the entry.

use std::{ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use wallboard_toml_reader::{ConfigEntry, ConfigFault, ConfigReader, RecordedPart, quote_key};

use super::syntax;

/// A part of the configuration that somebody changed in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedText {
    /// The table, such as `thresholds`, or the key at the top of the file.
    pub section: &'static str,
    /// The key in the table; `None`: all of it.
    pub name: Option<String>,
    /// How faults call it.
    pub header: String,
    /// As it would be in the file.
    pub toml: String,
}

/// An entry of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// From 1.
    pub line: usize,
    pub last_line: usize,
    /// In a form of its own, with the table's header.
    pub toml: String,
}

/// Joins the file and the entries to one text. Returns where each entry is.
pub(super) fn join_texts(text: &str, entries: &[RecordedText]) -> (String, Vec<Range<usize>>) {
    let mut whole = text.to_owned();
    let parts = entries.iter().map(|entry| {
        whole.push('\n');
        let start = whole.len();
        whole.push_str(&entry.toml);
        start..whole.len()
    });
    let parts = parts.collect();
    (whole, parts)
}

pub(super) fn name_parts(entries: &[RecordedText], parts: &[Range<usize>]) -> Vec<RecordedPart> {
    let named = entries.iter().zip(parts).map(|(entry, span)| RecordedPart {
        span: span.clone(),
        entry: entry.header.as_str().into(),
    });
    named.collect()
}

/// Adds the entries to the tables of the file. An entry of the file and of the browser is a fault.
pub(super) fn merge_entries<'t>(
    reader: &ConfigReader<'_>,
    whole: &'t str,
    table: &mut Spanned<DeTable<'t>>,
    entries: &[RecordedText],
    parts: &[Range<usize>],
) {
    for (entry, span) in entries.iter().zip(parts) {
        let text = &whole[span.clone()];
        let (recorded, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            let local = error.span().unwrap_or(0..0);
            let fix = syntax::fix_hint(text, &local, error.message());
            reader.record_fault(&shifted(&local, span.start), "", error.message(), fix);
            continue;
        }
        let mut recorded = recorded.into_inner();
        shift_table(&mut recorded, span.start);
        if let Err((at, what)) = merge_entry(reader, table.get_mut(), entry, recorded) {
            let fix = format!("write only {}", entry.header);
            reader.record_fault(&at.unwrap_or(span.start..span.start), "", &what, &fix);
        }
    }
}

/// Why an entry's text isn't that entry, and where.
type Misfit = (Option<Range<usize>>, String);

fn merge_entry<'t>(
    reader: &ConfigReader<'_>,
    root: &mut DeTable<'t>,
    entry: &RecordedText,
    recorded: DeTable<'t>,
) -> Result<(), Misfit> {
    let foreign = (recorded.iter()).find(|(key, _)| key.get_ref() != entry.section);
    if let Some((key, _)) = foreign {
        let what = format!("has another part, `{}`", key.get_ref());
        return Err((Some(key.span()), what));
    }
    let missing = || (None, "has no such entry".to_owned());
    let (section, value) = recorded.into_iter().next().ok_or_else(missing)?;
    let section_span = section.span();
    let duplicate = |first: Range<usize>, second: Range<usize>| {
        let what = format!("is also in {}", reader.describe_place(&first));
        reader.record_fault(&second, &entry.header, &what, "remove one of them");
    };
    let existing = root
        .iter_mut()
        .find(|(key, _)| key.get_ref() == entry.section)
        .map(|(key, value)| (key.span(), value.get_mut()));
    let Some(name) = &entry.name else {
        match existing {
            Some((first, _)) => duplicate(first, section_span),
            // The parser reports a value of another type.
            None => {
                root.insert(section, value);
            }
        }
        return Ok(());
    };
    let DeValue::Table(fields) = value.into_inner() else {
        return Err((Some(section_span), "isn't a table".to_owned()));
    };
    let foreign = (fields.iter()).find(|(key, _)| key.get_ref() != name.as_str());
    if let Some((key, _)) = foreign {
        let what = format!("has another entry, `{}`", key.get_ref());
        return Err((Some(key.span()), what));
    }
    if fields.is_empty() {
        return Err(missing());
    }
    match existing {
        None => {
            root.insert(section, Spanned::new(section_span, DeValue::Table(fields)));
        }
        Some((_, DeValue::Table(existing))) => {
            for (key, value) in fields {
                match existing.get_key_value(key.get_ref().as_ref()) {
                    Some((other, _)) => duplicate(other.span(), key.span()),
                    None => {
                        existing.insert(key, value);
                    }
                }
            }
        }
        // The parser reports the file's.
        Some(_) => {}
    }
    Ok(())
}

fn shifted(span: &Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}

/// Moves every span of a table.
fn shift_table(table: &mut DeTable<'_>, offset: usize) {
    let entries = std::mem::take(table);
    for (key, mut value) in entries {
        let key = Spanned::new(shifted(&key.span(), offset), key.into_inner());
        shift_value(&mut value, offset);
        table.insert(key, value);
    }
}

fn shift_value(value: &mut Spanned<DeValue<'_>>, offset: usize) {
    match value.get_mut() {
        DeValue::Table(table) => shift_table(table, offset),
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                shift_value(item, offset);
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
    let span = shifted(&value.span(), offset);
    let inner = std::mem::replace(value.get_mut(), DeValue::Boolean(false));
    *value = Spanned::new(span, inner);
}

/// Lists the entries of a table of the file, each with its name; with `is_whole`, the table itself without
/// one, or a key at the top of the file. Nothing in a text that isn't TOML.
pub fn file_entries(text: &str, section: &str, is_whole: bool) -> Vec<(String, FileEntry)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Ok(root) = DeTable::parse(text) else {
        return Vec::new();
    };
    let reader = ConfigReader::new(text, Path::new(""), |_| None, &[]);
    let root = reader.root_section(&root);
    let entries = root.all_entries();
    let Some(table) = entries.iter().find(|entry| entry.name == section) else {
        return Vec::new();
    };
    let line_of = |at: usize| ConfigFault::at_span(text, &(at..at), "", "", "").line;
    let entry_at = |entry: &ConfigEntry<'_, '_>, toml| FileEntry {
        line: line_of(entry.key_span.start),
        last_line: line_of(end_of(entry.value).max(entry.key_span.end)),
        toml,
    };
    let line = |name: &str, value: &str| format!("{} = {value}\n", quote_key(name));
    if is_whole && !matches!(table.value.get_ref(), DeValue::Table(_)) {
        let toml = line(section, &table.format_value());
        return vec![(String::new(), entry_at(table, toml))];
    }
    let Some(fields) = table.as_section() else {
        return Vec::new();
    };
    let fields = fields.all_entries();
    if is_whole {
        let lines = fields
            .iter()
            .map(|field| line(field.name, &field.format_value()));
        let toml = format!("[{section}]\n{}", lines.collect::<String>());
        return vec![(String::new(), entry_at(table, toml))];
    }
    let read = |entry: &ConfigEntry<'_, '_>| {
        let parts = match entry.value.get_ref() {
            DeValue::Table(_) => entry.as_section(),
            _ => None,
        };
        let toml = match parts {
            None => format!("[{section}]\n{}", line(entry.name, &entry.format_value())),
            Some(parts) => {
                let parts = parts.all_entries();
                let lines = parts
                    .iter()
                    .map(|part| line(part.name, &part.format_value()));
                let lines: String = lines.collect();
                format!("[{section}.{}]\n{lines}", quote_key(entry.name))
            }
        };
        (entry.name.to_owned(), entry_at(entry, toml))
    };
    fields.iter().map(read).collect()
}

/// Where the last part of a value ends: the span of a table with a header of its own is the header's.
fn end_of(value: &Spanned<DeValue<'_>>) -> usize {
    let end = value.span().end;
    match value.get_ref() {
        DeValue::Table(table) => table.values().map(end_of).fold(end, usize::max),
        DeValue::Array(items) => items.iter().map(end_of).fold(end, usize::max),
        _ => end,
    }
}
