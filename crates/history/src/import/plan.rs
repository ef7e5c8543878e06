//! Selects the files of a listing to import: new files, and those that the ledger has with another
//! tag. Pure.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::fetch::RemoteFile;
use wallboard_store::ImportedFile;

/// The file that a remote name identifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileIdentity {
    Export {
        /// The vendor's name of what it has.
        dataset: String,
        /// The day that it covers; `None` if it always describes the present.
        day: Option<Date>,
    },
    /// A file whose rows say the days that it covers.
    Undated { dataset: String },
    /// A file of another tenant.
    OtherTenant(u64),
    /// A file that looks like an export's, of an unknown dataset.
    UnknownDataset(String),
    /// Not a part of an export.
    Unrelated,
}

/// A file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFile {
    pub listed: RemoteFile,
    pub dataset: String,
    pub day: Option<Date>,
    /// The file imported before under this key.
    pub previous: Option<ImportedFile>,
}

/// Requested days, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportWindow {
    pub since: Date,
    pub until: Date,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ImportPlan {
    /// In import order: files about the present first, because the rest is computed with them; then
    /// by day, the oldest first.
    pub files: Vec<PlannedFile>,
    pub found: u64,
    pub known: u64,
    pub outside: u64,
    pub tenants: BTreeSet<u64>,
    pub unknown: BTreeSet<String>,
    /// Datasets about the present that were imported before and no longer exist.
    pub removed: BTreeSet<String>,
}

/// Names of tenants and containers that are listed; more are too many to read.
const LISTED_NAMES_MAX: usize = 20;

/// Selects files. One that looks unchanged is selected if it `reads_again`: a tag that shows only
/// the write time may hide new content.
pub(super) fn plan_import(
    listing: Vec<RemoteFile>,
    ledger: Vec<ImportedFile>,
    window: ImportWindow,
    reads_again: impl Fn(&str) -> bool,
    identify: impl Fn(&str) -> FileIdentity,
) -> ImportPlan {
    let mut ledger: HashMap<String, ImportedFile> = ledger
        .into_iter()
        .map(|file| (file.key.clone(), file))
        .collect();
    let mut plan = ImportPlan::default();
    for listed in listing {
        let (dataset, day) = match identify(&listed.key) {
            FileIdentity::Export { dataset, day } => (dataset, day),
            FileIdentity::Undated { dataset } => (dataset, None),
            FileIdentity::OtherTenant(tenant) => {
                if plan.tenants.len() < LISTED_NAMES_MAX {
                    plan.tenants.insert(tenant);
                }
                continue;
            }
            FileIdentity::UnknownDataset(what) => {
                if plan.unknown.len() < LISTED_NAMES_MAX {
                    plan.unknown.insert(what);
                }
                continue;
            }
            FileIdentity::Unrelated => continue,
        };
        plan.found += 1;
        if day.is_some_and(|day| day < window.since || window.until < day) {
            plan.outside += 1;
            continue;
        }
        let previous = ledger.remove(&listed.key);
        let is_known = |file: &ImportedFile| file.tag == listed.tag && file.size == listed.size;
        if previous.as_ref().is_some_and(is_known) && !reads_again(&listed.key) {
            plan.known += 1;
            continue;
        }
        plan.files.push(PlannedFile {
            listed,
            dataset,
            day,
            previous,
        });
    }
    let is_of_now = |key: &str| matches!(identify(key), FileIdentity::Export { day: None, .. });
    let gone = ledger.into_values().filter(|file| is_of_now(&file.key));
    plan.removed = gone.map(|file| file.dataset).collect();
    plan.files.sort_by(|a, b| {
        (a.day, &a.dataset, &a.listed.key).cmp(&(b.day, &b.dataset, &b.listed.key))
    });
    plan
}

#[cfg(test)]
mod tests {
    use wallboard_store::FileId;

    use super::*;

    fn listed_file(key: &str, tag: &str) -> RemoteFile {
        RemoteFile {
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

    /// Identifies `calls/2026-11-20` and `queues`; `4711/…` is of another tenant.
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
    fn plans_only_new_and_changed_files() {
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

        let plan = plan_import(listing.to_vec(), ledger, window, |_| false, identify_file);

        let keys: Vec<_> = plan.files.iter().map(|c| &*c.listed.key).collect();
        assert_eq!(
            keys,
            [
                "queues",
                "attempts/2026-11-19",
                "calls/2026-11-19",
                "calls/2026-11-20"
            ]
        );
        assert!(plan.files[2].previous.is_some() && plan.files[3].previous.is_none());
        assert_eq!((plan.found, plan.known, plan.outside), (6, 1, 1));
        assert_eq!(plan.tenants, BTreeSet::from([4711]));
        assert_eq!(plan.unknown, BTreeSet::from(["Chats".to_owned()]));
        assert_eq!(plan.removed, BTreeSet::from(["agents".to_owned()]));
    }
}
