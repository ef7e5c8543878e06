//! An entry with its versions, and changes of it.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_store::Revision;

use super::EntryId;

/// A state of an entry, and who made it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EntryVersion {
    /// As in the file, with the header of its table; a board as its file. `None`: deleted.
    pub toml: Option<String>,
    pub at: Timestamp,
    /// The name of who it was.
    pub by: String,
}

/// An entry that was changed in the browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub revision: Revision,
    /// The newest last; at least one.
    pub versions: Vec<EntryVersion>,
}

impl Entry {
    /// The text in force; `None` if it's deleted.
    pub fn current(&self) -> Option<&str> {
        self.versions.last()?.toml.as_deref()
    }
}

/// Where an entry in force is.
#[derive(Clone, Debug)]
pub enum Origin {
    /// With the lines that it has there.
    File {
        file: PathBuf,
        line: usize,
        last_line: usize,
    },
    Browser(Arc<Entry>),
    Nowhere,
}

/// A change of one entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EntryChange {
    pub id: EntryId,
    /// `None` deletes it.
    pub toml: Option<String>,
    /// The revision that somebody saw when they began; `None`: there was no such entry.
    pub began_from: Option<Revision>,
}
