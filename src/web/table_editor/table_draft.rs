//! A source or a channel as somebody is making or changing it.

use crate::{
    editing::{EntryChange, EntryId, KindForm, Origin, kind_forms},
    web::{
        WebError, access::editing::Editing, pages::settings::read_revision,
        parts::entry_name::free_name,
    },
};
use wallboard_domain::SourceFeed;
use wallboard_store::Revision;
use wallboard_toml_reader::SecretKeyError;

use super::{
    edited_section::EditedSection,
    field_values::{TypedFields, apply_fields},
    table_faults::{FormFault, TableFaults},
    table_text::TableText,
};

pub(super) struct TableDraft {
    pub(super) section: EditedSection,
    pub(super) id: String,
    pub(super) is_new: bool,
    /// A step of the set-up, which continues afterwards.
    pub(super) is_step: bool,
    pub(super) kind: KindForm,
    /// With its secrets sealed, once it was sent.
    pub(super) text: TableText,
    /// As it is in force.
    pub(super) stored: TableText,
    pub(super) began_from: Option<Revision>,
    pub(super) faults: TableFaults,
}

pub(super) fn find_kind(section: EditedSection, name: &str) -> Option<KindForm> {
    kind_forms(section.0)
        .into_iter()
        .find(|one| one.kind == name)
}

/// The ID that most people would give a source of a kind, with a number if it's taken; or empty.
pub(super) fn propose_id(editing: &Editing, section: EditedSection, kind: &KindForm) -> String {
    let id = match kind.starter.map(|starter| starter.feed) {
        Some(SourceFeed::Chats) => "chat",
        Some(SourceFeed::Calls) => "voice",
        Some(SourceFeed::ChatHistory) => "chat-history",
        Some(SourceFeed::CallHistory) => "call-history",
        Some(SourceFeed::Plan) => "plan",
        Some(SourceFeed::Values | SourceFeed::Demo) | None => return String::new(),
    };
    free_name("", id, |id| {
        let origin = editing.editor().origin(&section.entry_id(id));
        !matches!(origin, Origin::Nowhere)
    })
}

impl TableDraft {
    /// An empty form.
    pub(super) fn of_kind(section: EditedSection, kind: KindForm) -> Self {
        Self {
            section,
            id: String::new(),
            is_new: true,
            is_step: false,
            kind,
            text: TableText::default(),
            stored: TableText::default(),
            began_from: None,
            faults: TableFaults::default(),
        }
    }

    /// An entry as it is; `None` if there is none of that ID.
    pub(super) fn of_stored(editing: &Editing, section: EditedSection, id: &str) -> Option<Self> {
        let entry_id = section.entry_id(id);
        let toml = editing.editor().text(&entry_id)?;
        let text = TableText::read(&entry_id, Some(&toml));
        let entry = editing.editor().entry(&entry_id);
        Some(Self {
            section,
            id: id.to_owned(),
            is_new: false,
            is_step: false,
            kind: find_kind(section, text.text("kind"))?,
            stored: text.clone(),
            text,
            began_from: entry.map(|entry| entry.revision),
            faults: TableFaults::default(),
        })
    }

    /// A version of an entry that was deleted.
    pub(super) fn of_version(section: EditedSection, id: &str, toml: Option<&str>) -> Option<Self> {
        let text = TableText::read(&section.entry_id(id), toml);
        Some(Self {
            id: id.to_owned(),
            text: text.clone(),
            ..Self::of_kind(section, find_kind(section, text.text("kind"))?)
        })
    }

    pub(super) fn entry_id(&self) -> EntryId {
        self.section.entry_id(&self.id)
    }

    pub(super) fn toml(&self) -> String {
        self.text.write(&self.entry_id(), &self.kind.form)
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
            self.is_step = typed.contains_key("step");
            typed
                .get("id")
                .map_or("", String::as_str)
                .trim()
                .clone_into(&mut self.id);
        }
        self.text.set("kind", Some(self.kind.kind.into()));
        if !self.section.is_channels() {
            let name = typed.get("name").map_or("", String::as_str).trim();
            self.text
                .set("name", (!name.is_empty()).then(|| name.into()));
        }
        self.faults = apply_fields(&mut self.text, &self.stored, &self.kind.form, typed);
        if self.is_new {
            self.check_id(editing);
        }
        let sealed = editing.editor().seal(&self.toml())?;
        self.text = TableText::read(&self.entry_id(), Some(&sealed));
        Ok(())
    }

    fn check_id(&mut self, editing: &Editing) {
        if self.id.is_empty() {
            self.faults.add_of_form("", FormFault::NoId);
        } else if !matches!(editing.editor().origin(&self.entry_id()), Origin::Nowhere) {
            self.faults.add_of_form("", FormFault::IdTaken);
        }
    }

    /// Reads the revision that a form began from.
    pub(super) fn set_revision(&mut self, typed: &TypedFields) -> Result<(), WebError> {
        self.began_from = read_revision(typed.get("began_from").map_or("", String::as_str))?;
        Ok(())
    }
}
