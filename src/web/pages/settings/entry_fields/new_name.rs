//! The name of a new entry.

use wallboard_texts::Texts;

use crate::{
    editing::{Editor, EntryId, Origin, Section},
    web::{
        board_editor::address_of_title,
        parts::{entry_name::free_name, refusal_line::RefusalLine},
    },
};

use super::{
    EntryChoices, EntryDraft, SectionFields,
    section_fields::{NewName, Subjects, TITLE},
};

/// The field with the name of a new entry.
pub(super) const NEW_NAME: &str = "new_name";

/// Names the draft of a new entry by what somebody typed; a fault says why it has no name.
pub(in crate::web::pages::settings) fn name_entry(
    texts: &Texts,
    editor: &Editor,
    form: &SectionFields,
    choices: &EntryChoices,
    draft: &mut EntryDraft,
) {
    let typed = draft.typed(NEW_NAME).trim().to_owned();
    let section = draft.id.section;
    let is_taken = |name: &str| {
        let id = EntryId::new(section, name);
        !matches!(editor.origin(&id), Origin::Nowhere)
    };
    let named = match form.new_name {
        NewName::None => return,
        NewName::OfTitle if typed.is_empty() => {
            let (title, usual) = match section {
                Section::Groups => (draft.typed(TITLE), "group"),
                Section::Figures => (draft.first_label(), "figure"),
                Section::Holidays => ("", "holidays"),
                _ => (draft.typed(TITLE), "person"),
            };
            Ok(free_name(&address_of_title(title), usual, is_taken))
        }
        NewName::OfTitle => Ok(typed),
        NewName::Subject(..) if typed.is_empty() => Err(texts.field_missing().to_owned()),
        NewName::Subject(subjects, ..) => {
            let found = choices.find(subjects, &typed);
            found.ok_or_else(|| describe_unknown(texts, subjects, &typed))
        }
    };
    let fault = match named {
        Ok(name) if is_taken(&name) => texts.id_taken().to_owned(),
        Ok(name) => {
            draft.id.name = name;
            return;
        }
        Err(fault) => fault,
    };
    draft.add_fault(NEW_NAME, RefusalLine::new(texts, fault));
}

/// "No queue is called Sals. Choose one of the list, or enter its ID."
pub(super) fn describe_unknown(texts: &Texts, subjects: Subjects, entered: &str) -> String {
    if subjects.has_patterns() {
        texts.unknown_member_or_pattern(entered)
    } else {
        texts.unknown_member(entered)
    }
}
