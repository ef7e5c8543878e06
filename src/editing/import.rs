//! Exported entries as changes.

use std::path::Path;

use wallboard_store::Revision;
use wallboard_toml_reader::ConfigFaults;

use super::{Editor, EntryChange, ExportedEntries, write_entries};

impl Editor {
    /// Returns the changes to what an export has, by somebody who saw all entries at a revision. Nothing is deleted.
    pub fn changes_to(
        &self,
        exported: ExportedEntries,
        file: &Path,
        seen: Revision,
    ) -> Result<Vec<EntryChange>, ConfigFaults> {
        let current = write_entries(&self.entries()).by_id(file)?;
        let wanted = exported.by_id(file)?.into_iter();
        let differing = wanted.filter(|(id, toml)| current.get(id) != Some(toml));
        let changes = differing.map(|(id, toml)| self.change_since(id, Some(toml), seen));
        Ok(changes.collect())
    }
}
