//! What of a listing is to be taken in: new files, and those that the ledger knows by
//! another tag. Pure.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::store::ImportedFile;

/// What the name of a far file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileIdentity {
    Export {
        /// Sangoma's container; the stem of Vergic's file.
        dataset: String,
        /// Of the time that it is about; none where it is always about now.
        day: Option<Date>,
    },
    /// Of another tenant.
    OtherTenant(u64),
    /// It looks like an export's, of something that nobody knows.
    UnknownDataset(String),
    /// It is no part of an export.
    Unrelated,
}

/// A far file, as it was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListedFile {
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Another one means that the content may be another.
    pub tag: String,
    /// Unix seconds, by the far side's clock.
    pub modified: Option<i64>,
}

/// A file to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFile {
    pub listed: ListedFile,
    pub dataset: String,
    pub day: Option<Date>,
    /// What was taken in under this key.
    pub previous: Option<ImportedFile>,
}

/// Days that are asked for, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImportWindow {
    pub since: Date,
    pub until: Date,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ImportPlan {
    /// In the order in which they are to be taken in: what is about now first, because
    /// the rest is reckoned by it; then by day, the oldest first.
    pub files: Vec<PlannedFile>,
    pub found: u64,
    pub known: u64,
    pub outside: u64,
    pub tenants: BTreeSet<u64>,
    pub unknown: BTreeSet<String>,
    /// What is always about now, was here before, and is not there any more.
    pub gone: BTreeSet<String>,
}

/// Names of tenants and containers that are told; more are too many to read.
const LISTED_NAMES_MAX: usize = 20;

/// A file that looks as it did is chosen where it `reads_again`: where tags say only when
/// it was written, its content may be another.
pub(super) fn plan_import(
    listing: Vec<ListedFile>,
    ledger: Vec<ImportedFile>,
    (window, reads_again): (ImportWindow, impl Fn(&str) -> bool),
    name: impl Fn(&str) -> FileIdentity,
) -> ImportPlan {
    let mut ledger: HashMap<String, ImportedFile> = ledger
        .into_iter()
        .map(|file| (file.key.clone(), file))
        .collect();
    let mut choice = ImportPlan::default();
    for listed in listing {
        let (dataset, day) = match name(&listed.key) {
            FileIdentity::Export { dataset, day } => (dataset, day),
            FileIdentity::OtherTenant(tenant) => {
                if choice.tenants.len() < LISTED_NAMES_MAX {
                    choice.tenants.insert(tenant);
                }
                continue;
            }
            FileIdentity::UnknownDataset(what) => {
                if choice.unknown.len() < LISTED_NAMES_MAX {
                    choice.unknown.insert(what);
                }
                continue;
            }
            FileIdentity::Unrelated => continue,
        };
        choice.found += 1;
        if day.is_some_and(|day| day < window.since || window.until < day) {
            choice.outside += 1;
            continue;
        }
        let before = ledger.remove(&listed.key);
        let is_known = |file: &ImportedFile| file.tag == listed.tag && file.size == listed.size;
        if before.as_ref().is_some_and(is_known) && !reads_again(&listed.key) {
            choice.known += 1;
            continue;
        }
        choice.files.push(PlannedFile {
            listed,
            dataset,
            day,
            previous: before,
        });
    }
    let is_of_now = |key: &str| matches!(name(key), FileIdentity::Export { day: None, .. });
    let gone = ledger.into_values().filter(|file| is_of_now(&file.key));
    choice.gone = gone.map(|file| file.dataset).collect();
    choice.files.sort_by(|a, b| {
        let order = |chosen: &PlannedFile| (chosen.day, chosen.dataset.clone());
        order(a)
            .cmp(&order(b))
            .then_with(|| a.listed.key.cmp(&b.listed.key))
    });
    choice
}

#[cfg(test)]
mod tests {
    use crate::store::FileId;

    use super::*;

    fn listed_file(key: &str, tag: &str) -> ListedFile {
        ListedFile {
            key: key.to_owned(),
            size: 7,
            tag: tag.to_owned(),
            modified: None,
        }
    }

    fn imported_file(key: &str, tag: &str) -> ImportedFile {
        ImportedFile {
            id: FileId(1),
            key: key.to_owned(),
            dataset: "calls".to_owned(),
            size: 7,
            tag: tag.to_owned(),
            sha256: [0; 32],
            imported_at: 0,
            rows: 0,
            rejected_rows: 0,
            span: None,
            coverage: None,
            notes: "{}".to_owned(),
        }
    }

    /// `calls/2026-11-20`, `queues`; `4711/…` is of another tenant.
    fn identify_file(key: &str) -> FileIdentity {
        match key.split_once('/') {
            Some(("4711", _)) => FileIdentity::OtherTenant(4711),
            Some(("new", what)) => FileIdentity::UnknownDataset(what.to_owned()),
            Some((dataset, day)) => FileIdentity::Export {
                dataset: dataset.to_owned(),
                day: day.parse().ok(),
            },
            None if key == "readme" => FileIdentity::Unrelated,
            None => FileIdentity::Export {
                dataset: key.to_owned(),
                day: None,
            },
        }
    }

    #[test]
    fn what_is_new_or_changed_is_taken_and_nothing_else() {
        let listing = [
            listed_file("calls/2026-11-20", "a"),
            listed_file("calls/2026-11-19", "b"),
            listed_file("calls/2026-11-18", "c"),
            listed_file("calls/2026-11-01", "d"),
            listed_file("attempts/2026-11-19", "e"),
            listed_file("queues", "f"),
            listed_file("4711/x", "g"),
            listed_file("new/Chats", "h"),
            listed_file("readme", "i"),
        ];
        let ledger = vec![
            imported_file("calls/2026-11-18", "c"),
            imported_file("calls/2026-11-19", "old"),
            imported_file("calls/2026-11-17", "gone"),
            ImportedFile {
                dataset: "agents".to_owned(),
                ..imported_file("agents", "gone")
            },
        ];
        let window = ImportWindow {
            since: "2026-11-10".parse().unwrap(),
            until: "2026-11-20".parse().unwrap(),
        };

        let choice = plan_import(
            listing.to_vec(),
            ledger,
            (window, |_: &str| false),
            identify_file,
        );

        let keys: Vec<_> = choice.files.iter().map(|c| &*c.listed.key).collect();
        assert_eq!(
            keys,
            [
                "queues",
                "attempts/2026-11-19",
                "calls/2026-11-19",
                "calls/2026-11-20"
            ]
        );
        assert!(choice.files[2].previous.is_some() && choice.files[3].previous.is_none());
        assert_eq!((choice.found, choice.known, choice.outside), (6, 1, 1));
        assert_eq!(choice.tenants, BTreeSet::from([4711]));
        assert_eq!(choice.unknown, BTreeSet::from(["Chats".to_owned()]));
        assert_eq!(choice.gone, BTreeSet::from(["agents".to_owned()]));
    }
}
