//! What of a listing is to be taken in: new files, and those that the ledger knows by
//! another tag. Pure.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::store::TakenFile;

/// What the name of a far file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Ours {
        /// Sangoma's container; the stem of Vergic's file.
        dataset: String,
        /// Of the time that it is about; none where it is always about now.
        day: Option<Date>,
    },
    /// Of another tenant.
    Theirs(u64),
    /// It looks like an export's, of something that nobody knows.
    Unknown(String),
    /// It is no part of an export.
    Foreign,
}

/// A far file, as it was listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
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
pub(super) struct Chosen {
    pub listed: Listed,
    pub dataset: String,
    pub day: Option<Date>,
    /// What was taken in under this key.
    pub before: Option<TakenFile>,
}

/// Days that are asked for, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub since: Date,
    pub until: Date,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// In the order in which they are to be taken in: what is about now first, because
    /// the rest is reckoned by it; then by day, the oldest first.
    pub chosen: Vec<Chosen>,
    pub found: u64,
    pub known: u64,
    pub outside: u64,
    pub tenants: BTreeSet<u64>,
    pub unknown: BTreeSet<String>,
    /// What is always about now, was here before, and is not there any more.
    pub gone: BTreeSet<String>,
}

/// Names of tenants and containers that are told; more are too many to read.
const MOST: usize = 20;

/// A file that looks as it did is chosen where it `reads_again`: where tags say only when
/// it was written, its content may be another.
pub(super) fn choose(
    listing: Vec<Listed>,
    ledger: Vec<TakenFile>,
    (window, reads_again): (Window, impl Fn(&str) -> bool),
    name: impl Fn(&str) -> Named,
) -> Choice {
    let mut ledger: HashMap<String, TakenFile> = ledger
        .into_iter()
        .map(|file| (file.key.clone(), file))
        .collect();
    let mut choice = Choice::default();
    for listed in listing {
        let (dataset, day) = match name(&listed.key) {
            Named::Ours { dataset, day } => (dataset, day),
            Named::Theirs(tenant) => {
                if choice.tenants.len() < MOST {
                    choice.tenants.insert(tenant);
                }
                continue;
            }
            Named::Unknown(what) => {
                if choice.unknown.len() < MOST {
                    choice.unknown.insert(what);
                }
                continue;
            }
            Named::Foreign => continue,
        };
        choice.found += 1;
        if day.is_some_and(|day| day < window.since || window.until < day) {
            choice.outside += 1;
            continue;
        }
        let before = ledger.remove(&listed.key);
        let is_known = |file: &TakenFile| file.tag == listed.tag && file.size == listed.size;
        if before.as_ref().is_some_and(is_known) && !reads_again(&listed.key) {
            choice.known += 1;
            continue;
        }
        choice.chosen.push(Chosen {
            listed,
            dataset,
            day,
            before,
        });
    }
    let is_of_now = |key: &str| matches!(name(key), Named::Ours { day: None, .. });
    let gone = ledger.into_values().filter(|file| is_of_now(&file.key));
    choice.gone = gone.map(|file| file.dataset).collect();
    choice.chosen.sort_by(|a, b| {
        let order = |chosen: &Chosen| (chosen.day, chosen.dataset.clone());
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

    fn listed(key: &str, tag: &str) -> Listed {
        Listed {
            key: key.to_owned(),
            size: 7,
            tag: tag.to_owned(),
            modified: None,
        }
    }

    fn taken(key: &str, tag: &str) -> TakenFile {
        TakenFile {
            id: FileId(1),
            key: key.to_owned(),
            dataset: "calls".to_owned(),
            size: 7,
            tag: tag.to_owned(),
            sha256: [0; 32],
            taken_at: 0,
            rows: 0,
            set_aside: 0,
            span: None,
            covers: None,
            notes: "{}".to_owned(),
        }
    }

    /// `calls/2026-11-20`, `queues`; `4711/…` is of another tenant.
    fn name(key: &str) -> Named {
        match key.split_once('/') {
            Some(("4711", _)) => Named::Theirs(4711),
            Some(("new", what)) => Named::Unknown(what.to_owned()),
            Some((dataset, day)) => Named::Ours {
                dataset: dataset.to_owned(),
                day: day.parse().ok(),
            },
            None if key == "readme" => Named::Foreign,
            None => Named::Ours {
                dataset: key.to_owned(),
                day: None,
            },
        }
    }

    #[test]
    fn what_is_new_or_changed_is_taken_and_nothing_else() {
        let listing = [
            listed("calls/2026-11-20", "a"),
            listed("calls/2026-11-19", "b"),
            listed("calls/2026-11-18", "c"),
            listed("calls/2026-11-01", "d"),
            listed("attempts/2026-11-19", "e"),
            listed("queues", "f"),
            listed("4711/x", "g"),
            listed("new/Chats", "h"),
            listed("readme", "i"),
        ];
        let ledger = vec![
            taken("calls/2026-11-18", "c"),
            taken("calls/2026-11-19", "old"),
            taken("calls/2026-11-17", "gone"),
            TakenFile {
                dataset: "agents".to_owned(),
                ..taken("agents", "gone")
            },
        ];
        let window = Window {
            since: "2026-11-10".parse().unwrap(),
            until: "2026-11-20".parse().unwrap(),
        };

        let choice = choose(listing.to_vec(), ledger, (window, |_: &str| false), name);

        let keys: Vec<_> = choice.chosen.iter().map(|c| &*c.listed.key).collect();
        assert_eq!(
            keys,
            [
                "queues",
                "attempts/2026-11-19",
                "calls/2026-11-19",
                "calls/2026-11-20"
            ]
        );
        assert!(choice.chosen[2].before.is_some() && choice.chosen[3].before.is_none());
        assert_eq!((choice.found, choice.known, choice.outside), (6, 1, 1));
        assert_eq!(choice.tenants, BTreeSet::from([4711]));
        assert_eq!(choice.unknown, BTreeSet::from(["Chats".to_owned()]));
        assert_eq!(choice.gone, BTreeSet::from(["agents".to_owned()]));
    }
}
