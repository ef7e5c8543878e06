//! A source as somebody is making or changing it.

use crate::{
    editing::{EntryChange, EntryId, Origin, Section, SourceKindForm, source_kinds},
    web::{WebError, access::editing::Editing, pages::settings::read_revision},
};
use wallboard_store::Revision;
use wallboard_toml_reader::SecretKeyError;

use super::{
    field_values::{TypedFields, apply_fields},
    source_faults::SourceFaults,
    source_text::SourceText,
};

pub(super) struct SourceDraft {
    pub(super) id: String,
    pub(super) is_new: bool,
    pub(super) kind: SourceKindForm,
    /// With its secrets sealed, once it was sent.
    pub(super) text: SourceText,
    /// As it is in force.
    pub(super) stored: SourceText,
    pub(super) began_from: Option<Revision>,
    pub(super) faults: SourceFaults,
}

pub(super) fn find_kind(name: &str) -> Option<SourceKindForm> {
    source_kinds().into_iter().find(|one| one.kind.name == name)
}

impl SourceDraft {
    /// An empty form.
    pub(super) fn of_kind(kind: SourceKindForm) -> Self {
        Self {
            id: String::new(),
            is_new: true,
            kind,
            text: SourceText::default(),
            stored: SourceText::default(),
            began_from: None,
            faults: SourceFaults::default(),
        }
    }

    /// A source as it is; `None` if there is none of that ID.
    pub(super) fn of_stored(editing: &Editing, id: &str) -> Option<Self> {
        let entry_id = EntryId::new(Section::Sources, id);
        let toml = editing.editor().text(&entry_id)?;
        let text = SourceText::read(id, Some(&toml));
        let entry = editing.editor().entry(&entry_id);
        Some(Self {
            id: id.to_owned(),
            is_new: false,
            kind: find_kind(text.text("kind"))?,
            stored: text.clone(),
            text,
            began_from: entry.map(|entry| entry.revision),
            faults: SourceFaults::default(),
        })
    }

    /// A version of a source that was deleted.
    pub(super) fn of_version(id: &str, toml: Option<&str>) -> Option<Self> {
        let text = SourceText::read(id, toml);
        Some(Self {
            id: id.to_owned(),
            text: text.clone(),
            ..Self::of_kind(find_kind(text.text("kind"))?)
        })
    }

    pub(super) fn entry_id(&self) -> EntryId {
        EntryId::new(Section::Sources, &self.id)
    }

    pub(super) fn toml(&self) -> String {
        self.text.write(&self.id, &self.kind.form)
    }

    pub(super) fn change(&self) -> EntryChange {
        EntryChange {
            id: self.entry_id(),
            toml: Some(self.toml()),
            began_from: self.began_from,
        }
    }

    /// Takes what somebody typed, and seals its secrets.
    pub(super) fn apply(
        &mut self,
        editing: &Editing,
        typed: &TypedFields,
    ) -> Result<(), SecretKeyError> {
        if self.is_new {
            typed
                .get("id")
                .map_or("", String::as_str)
                .trim()
                .clone_into(&mut self.id);
        }
        self.text.set("kind", Some(self.kind.kind.name.into()));
        let name = typed.get("name").map_or("", String::as_str).trim();
        self.text
            .set("name", (!name.is_empty()).then(|| name.into()));
        self.faults = apply_fields(&mut self.text, &self.stored, &self.kind.form, typed);
        if self.is_new {
            self.check_id(editing);
        }
        let sealed = editing.editor().seal(&self.toml())?;
        self.text = SourceText::read(&self.id, Some(&sealed));
        Ok(())
    }

    fn check_id(&mut self, editing: &Editing) {
        if self.id.is_empty() {
            let fix = "is missing; use lowercase letters, digits and -, such as chat";
            self.faults.add("", fix);
        } else if !matches!(editing.editor().origin(&self.entry_id()), Origin::Nowhere) {
            self.faults
                .add("", "is taken by another source; choose another one");
        }
    }

    /// Reads the revision that a form began from.
    pub(super) fn set_revision(&mut self, typed: &TypedFields) -> Result<(), WebError> {
        self.began_from = read_revision(typed.get("began_from").map_or("", String::as_str))?;
        Ok(())
    }
}
