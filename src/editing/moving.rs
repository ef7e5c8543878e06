//! Entries of files that people move to the browser. The server writes no file: a moved entry waits until its file no
//! longer has it, and nothing changes until then.

use std::{
    fmt::{self, Display, Formatter},
    path::PathBuf,
    sync::Arc,
};

use wallboard_access::AuditActor;
use wallboard_store::Revision;

use super::{Editor, EntryChange, EntryId, Origin, SaveError, editor::begins_from};

/// An entry that was moved to the browser, and that its file still has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEntry {
    pub id: EntryId,
    pub file: PathBuf,
    pub line: usize,
}

impl Display for WaitingEntry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { id, file, line } = self;
        let file = file.display();
        write!(f, "{id} waits until {file}, line {line}, is deleted")
    }
}

impl Editor {
    /// Whether an entry of the browser waits until its file no longer has it.
    pub fn is_waiting(&self, id: &EntryId) -> bool {
        let entry = self.entry(id);
        let toml = entry.as_ref().and_then(|entry| entry.current());
        toml.is_some_and(|toml| self.base().has_equal_entry(id, toml))
    }

    /// The entries of the browser that wait until their file no longer has them.
    pub fn list_waiting(&self) -> Vec<WaitingEntry> {
        let entries = self.entries().into_iter();
        let waiting = entries.filter(|entry| self.is_waiting(&entry.id));
        let waiting = waiting.filter_map(|entry| match self.origin(&entry.id) {
            Origin::File { file, line, .. } => Some(WaitingEntry {
                id: entry.id.clone(),
                file,
                line,
            }),
            Origin::Browser(_) | Origin::Nowhere => None,
        });
        waiting.collect()
    }

    /// Returns the text of an entry of a file for people: without its secrets.
    pub fn text_in_file(&self, id: &EntryId) -> Option<String> {
        self.base().shown_text(id)
    }

    /// Returns the lines of a file, without secrets, that are an entry and nothing else; `None` if there are none.
    pub fn lines_in_file(&self, id: &EntryId) -> Option<String> {
        Some(self.base().without_entry(id)?.1)
    }

    /// Saves an entry of a file as one of the browser, with its secrets sealed, which waits until the file no longer has
    /// it. Saves nothing if no file has it in lines of its own.
    pub async fn move_entry(
        &self,
        id: EntryId,
        began_from: Option<Revision>,
        by: &AuditActor,
    ) -> Result<(), SaveError> {
        let base = self.base();
        let (Some((rest, _)), Some((_, toml))) = (base.without_entry(&id), base.find_entry(&id))
        else {
            return Ok(());
        };
        if self.is_waiting(&id) {
            return Ok(());
        }
        let toml = if id.section.has_secrets() {
            // The check says why one can't be opened.
            self.seal(&base.open_secrets(&toml).unwrap_or(toml))?
        } else {
            toml
        };
        let change = EntryChange {
            id,
            toml: Some(toml),
            began_from,
        };
        if let Some(entry) = self.entry(&change.id)
            && !begins_from(&entry, &change)
        {
            return Err(SaveError::Conflict(entry));
        }
        // As it would be without the file's.
        let checking = self.check_with(Arc::new(rest), std::slice::from_ref(&change));
        checking.await.map_err(SaveError::Invalid)?;
        let stored = self.store(vec![change], by).await;
        self.apply().await;
        stored
    }
}
