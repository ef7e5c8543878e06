//! Exported entries as changes. Secrets aren't in an export: an entry keeps those that it has here, and the others have
//! to be given.

use std::path::Path;

use wallboard_store::Revision;

use super::{
    Editor, EntryChange, EntryId, ExportedEntries, MissingSecret, SaveError,
    export::write_texts,
    missing_secrets::{fill_secrets, kept_secrets, leave_out},
    write_entries,
};

/// The changes that an import makes.
#[derive(Clone, Debug, Default)]
pub struct ImportPlan {
    pub changes: Vec<EntryChange>,
    /// The same as an export has them, with the secrets that were given, sealed.
    pub entries: ExportedEntries,
    /// Those that nobody has given. Their entries aren't among the changes.
    pub missing: Vec<MissingSecret>,
}

impl Editor {
    /// Returns the changes to what an export has, by somebody who saw all entries at a revision. Nothing is deleted.
    /// `given` returns a secret in clear.
    pub fn changes_to(
        &self,
        exported: ExportedEntries,
        file: &Path,
        seen: Revision,
        given: impl Fn(&MissingSecret) -> Option<String>,
    ) -> Result<ImportPlan, SaveError> {
        let read = |entries: ExportedEntries| entries.by_id(file).map_err(SaveError::Invalid);
        let (current, wanted) = (read(write_entries(&self.entries()))?, read(exported)?);
        let (mut plan, mut texts) = (ImportPlan::default(), Vec::new());
        for (id, toml) in wanted {
            if current.get(&id) == Some(&toml) {
                continue;
            }
            let kept = self.entry(&id);
            let kept = kept.as_ref().and_then(|entry| entry.current());
            let kept = kept.map_or_else(Vec::new, |stored| kept_secrets(&id, stored, &toml));
            let mut from_here = Vec::new();
            let (filled, missing) = fill_secrets(&id, &toml, |secret| {
                if let Some(text) = given(secret) {
                    return Some(toml::Value::from(text).to_string());
                }
                let (_, value) = kept.iter().find(|(path, _)| *path == secret.path)?;
                from_here.push(secret.clone());
                Some(value.clone())
            });
            if !missing.is_empty() {
                plan.missing.extend(missing);
                continue;
            }
            let toml = self.seal_of(&id, filled)?;
            texts.push((id.clone(), leave_out(&id, &toml, &from_here)));
            plan.changes.push(self.change_since(id, Some(toml), seen));
        }
        plan.entries = write_texts(texts.iter().map(|(id, toml)| (id, toml.clone())));
        Ok(plan)
    }

    /// Seals the secrets of an entry, if its section has such.
    fn seal_of(&self, id: &EntryId, toml: String) -> Result<String, SaveError> {
        if id.section.has_secrets() {
            Ok(self.seal(&toml)?)
        } else {
            Ok(toml)
        }
    }
}
