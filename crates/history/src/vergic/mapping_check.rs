//! Checks the column mapping against the imported files: one sentence for each mistake, with what
//! the files have instead.

use std::collections::BTreeMap;

use strsim::damerau_levenshtein;

use wallboard_domain::Pattern;
use wallboard_store::ImportedFile;

use wallboard_runtime::csv_text::normalize_header;

use super::{
    column_mapping::{ColumnMapping, HeaderLayout},
    file_notes::FileNotes,
    layout::VergicFile,
};

/// Names listed in a message; more are too many to read.
const LISTED_NAMES_MAX: usize = 20;

/// A dataset as in its newest file.
struct NewestDataset {
    /// As in the file's name.
    name: String,
    headers: Vec<String>,
    start: i64,
}

/// Returns the parts of the configuration that fit none of these files, a sentence each.
pub(super) fn check_mapping(
    mapping: &ColumnMapping,
    files: &[ImportedFile],
    root: &str,
) -> Vec<String> {
    let datasets = newest_datasets(files, root);
    if datasets.is_empty() {
        return Vec::new();
    }
    if mapping.entries().is_empty() {
        let all = datasets.iter().map(|dataset| {
            format!(
                "{:?} with the headers {}",
                dataset.name,
                format_names(&dataset.headers)
            )
        });
        return vec![format!(
            "no column is assigned, so there are no figures yet; assign these under `columns`: {}",
            all.take(LISTED_NAMES_MAX).collect::<Vec<_>>().join("; ")
        )];
    }
    let mut findings = Vec::new();
    for (Pattern(pattern), columns) in mapping.entries() {
        let is_matched = |dataset: &&NewestDataset| {
            mapping.columns_of(&dataset.name).map(<[_]>::as_ptr) == Some(columns.as_ptr())
        };
        let matching: Vec<_> = datasets.iter().filter(is_matched).collect();
        if matching.is_empty() {
            let names: Vec<_> = datasets
                .iter()
                .map(|dataset| dataset.name.clone())
                .collect();
            findings.push(format!(
                "columns.{pattern:?}: no file has this name{}; found {}",
                suggest_name(pattern, &names),
                format_names(&names)
            ));
        }
        for dataset in matching {
            let missing = HeaderLayout::locate(columns, &dataset.headers).missing;
            for headers in missing.chunk_by(|(one, _), (other, _)| one == other) {
                let (column, first) = &headers[0];
                let names: Vec<_> = headers
                    .iter()
                    .map(|(_, name)| format!("{name:?}"))
                    .collect();
                findings.push(format!(
                    "columns.{pattern:?}.{}: {:?} has no column {}{}; its headers are {}",
                    column.into_str(),
                    dataset.name,
                    names.join(" or "),
                    suggest_name(first, &dataset.headers),
                    format_names(&dataset.headers)
                ));
            }
        }
    }
    findings.extend(find_duplicates(mapping, &datasets));
    findings
}

/// Finds datasets that assign the same columns of the same queues or agents.
fn find_duplicates(mapping: &ColumnMapping, datasets: &[NewestDataset]) -> Vec<String> {
    let mut placed: Vec<_> = datasets
        .iter()
        .filter_map(|dataset| {
            let layout = HeaderLayout::locate(mapping.columns_of(&dataset.name)?, &dataset.headers);
            Some((mapping.rank(&dataset.name), dataset, layout))
        })
        .collect();
    placed.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    let mut findings = Vec::new();
    for (at, (_, first, one)) in placed.iter().enumerate() {
        for (_, second, other) in &placed[at + 1..] {
            let (Some(mine), Some(theirs)) = (one.kind, other.kind) else {
                continue;
            };
            let subject = match (mine, theirs) {
                _ if mine.by_queue && theirs.by_queue => "queue",
                _ if mine.by_agent && theirs.by_agent => "agent",
                _ => continue,
            };
            let shared = one
                .counted_columns()
                .filter(|column| other.counted_columns().any(|found| found == *column));
            let shared: Vec<_> = shared
                .map(|column| format!("`{}`", column.into_str()))
                .collect();
            if !shared.is_empty() && findings.len() < LISTED_NAMES_MAX {
                findings.push(format!(
                    "columns: {:?} and {:?} both assign {}; if both have the same {subject}, {:?} is used because it comes first: assign it in only one of them",
                    first.name,
                    second.name,
                    shared.join(", "),
                    first.name
                ));
            }
        }
    }
    findings
}

/// Returns each dataset once, by name.
fn newest_datasets(files: &[ImportedFile], root: &str) -> Vec<NewestDataset> {
    let mut newest: BTreeMap<String, NewestDataset> = BTreeMap::new();
    for file in files {
        let Some(VergicFile { dataset, period }) = VergicFile::parse_key(&file.key, root) else {
            continue;
        };
        let known = newest.get(&dataset.to_lowercase());
        if known.is_some_and(|known| period.start < known.start) {
            continue;
        }
        if let Some(notes) = FileNotes::parse_json(&file.notes) {
            newest.insert(
                dataset.to_lowercase(),
                NewestDataset {
                    name: dataset,
                    headers: notes.headers,
                    start: period.start,
                },
            );
        }
    }
    newest.into_values().collect()
}

fn format_names(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(LISTED_NAMES_MAX)
        .map(|name| format!("{name:?}"))
        .collect::<Vec<_>>()
        .join(", ");
    if LISTED_NAMES_MAX < names.len() {
        text += " and more";
    }
    text
}

/// Returns a hint with the name that was probably meant.
fn suggest_name(word: &str, names: &[String]) -> String {
    let word = normalize_header(word);
    let limit = word.chars().count() / 3 + 1;
    let near = names
        .iter()
        .map(|name| (damerau_levenshtein(&word, &normalize_header(name)), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance);
    near.map_or_else(String::new, |(_, name)| {
        format!(" (did you mean {name:?}?)")
    })
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{ImportColumn, Patterns};
    use wallboard_store::FileId;

    use super::*;

    fn imported_file(key: &str, headers: &[&str]) -> ImportedFile {
        let notes = FileNotes {
            headers: headers.iter().map(|header| (*header).to_owned()).collect(),
            separator: ',',
            decimal: '.',
            is_windows_1252: false,
        };
        ImportedFile {
            id: FileId(1),
            key: key.to_owned(),
            dataset: String::new(),
            size: 0,
            tag: String::new(),
            sha256: [0; 32],
            imported_at: 0,
            rows: 0,
            rejected_rows: 0,
            span: None,
            coverage: None,
            notes: notes.to_json(),
        }
    }

    fn check_columns(columns: &[(&str, &[(ImportColumn, &str)])]) -> Vec<String> {
        let files = [
            imported_file("Metrics/2026/1/4/queues.csv", &["Old"]),
            imported_file("Metrics/2026/1/5/9/queues.csv", &["Group", "Chats"]),
            imported_file("Metrics/2026/1/5/groups.csv", &["Group", "Chats", "Closed"]),
        ];
        let one = |(pattern, columns): &(&str, &[(ImportColumn, &str)])| {
            let columns = columns
                .iter()
                .map(|(column, header)| (*column, (*header).to_owned()));
            (Pattern((*pattern).to_owned()), columns.collect())
        };
        let mapping = ColumnMapping::new(&Patterns(columns.iter().map(one).collect()));
        check_mapping(&mapping, &files, "Metrics")
    }

    #[test]
    fn a_matching_mapping_has_no_findings() {
        assert_eq!(
            check_columns(&[(
                "QUEUES",
                &[
                    (ImportColumn::Queue, "group"),
                    (ImportColumn::Offered, " CHATS ")
                ]
            )]),
            [""; 0]
        );
    }

    #[test]
    fn a_mismatch_is_reported_with_the_names_that_exist() {
        assert_eq!(
            check_columns(&[
                ("queue", &[(ImportColumn::Offered, "Chats")]),
                (
                    "queues",
                    &[
                        (ImportColumn::Queue, "Group"),
                        (ImportColumn::Offered, "Chat")
                    ]
                ),
            ]),
            [
                "columns.\"queue\": no file has this name (did you mean \"queues\"?); found \"groups\", \"queues\"",
                "columns.\"queues\".offered: \"queues\" has no column \"Chat\" (did you mean \"Chats\"?); its headers are \"Group\", \"Chats\"",
            ]
        );
    }

    #[test]
    fn several_missing_headers_of_one_column_are_one_finding() {
        let columns: &[(ImportColumn, &str)] = &[
            (ImportColumn::Queue, "Team"),
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Contacts"),
            (ImportColumn::Offered, "Dialogs"),
        ];
        assert_eq!(
            check_columns(&[("queues", columns)]),
            [
                "columns.\"queues\".offered: \"queues\" has no column \"Contacts\" or \"Dialogs\"; its headers are \"Group\", \"Chats\""
            ]
        );
    }

    #[test]
    fn a_missing_time_column_is_reported() {
        let columns: &[(ImportColumn, &str)] = &[
            (ImportColumn::Time, "Start"),
            (ImportColumn::Offered, "Chats"),
        ];
        assert_eq!(
            check_columns(&[("queues", columns)]),
            [
                "columns.\"queues\".time: \"queues\" has no column \"Start\"; its headers are \"Group\", \"Chats\""
            ]
        );
    }

    #[test]
    fn without_a_mapping_all_headers_are_listed() {
        assert_eq!(
            check_columns(&[]),
            [
                "no column is assigned, so there are no figures yet; assign these under `columns`: \"groups\" with the headers \"Group\", \"Chats\", \"Closed\"; \"queues\" with the headers \"Group\", \"Chats\""
            ]
        );
    }

    #[test]
    fn two_datasets_that_assign_the_same_column_are_reported() {
        let columns: &[(ImportColumn, &str)] = &[
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Chats"),
        ];
        assert_eq!(
            check_columns(&[("queues", columns), ("groups", columns)]),
            [
                "columns: \"queues\" and \"groups\" both assign `offered`; if both have the same queue, \"queues\" is used because it comes first: assign it in only one of them"
            ]
        );
    }
}
