//! The fields of an entry as its page shows them.

use strum::IntoEnumIterator;
use toml::Value;

use wallboard_domain::Language;
use wallboard_texts::Texts;

use crate::{
    editing::Section,
    web::{
        board_editor::Choice,
        parts::{field_faults::FieldFaults, refusal_line::RefusalLine, time_zones::list_zones},
    },
};

use super::{
    EntryChoices, EntryDraft, SectionFields,
    entry_draft::add_name,
    figure_values::{LanguageTexts, written_senders, written_texts},
    new_name::NEW_NAME,
    section_fields::{EntryField, EntryInput, NewName, Subjects},
    typed_state::TypedState,
};

/// The form of an entry.
pub(in crate::web::pages::settings) struct FieldsPanel {
    /// The name of the queue or agent that the entry is about, and what it is.
    pub(in crate::web::pages::settings) subject: Option<(String, String)>,
    /// Of a new entry.
    pub(in crate::web::pages::settings) new_name: Option<NewNameRow>,
    pub(in crate::web::pages::settings) rows: Vec<FieldRow>,
    /// Labels to choose from, by the ID of the list.
    pub(in crate::web::pages::settings) lists: Vec<(&'static str, Vec<String>)>,
    pub(in crate::web::pages::settings) is_faulty: bool,
}

/// The field with the name of a new entry.
pub(in crate::web::pages::settings) struct NewNameRow {
    pub(in crate::web::pages::settings) label: String,
    pub(in crate::web::pages::settings) hint: String,
    /// Of the things to choose; empty: it's an ID.
    pub(in crate::web::pages::settings) list: &'static str,
    pub(in crate::web::pages::settings) value: String,
    pub(in crate::web::pages::settings) fault: Option<RefusalLine>,
}

/// One field.
pub(in crate::web::pages::settings) struct FieldRow {
    pub(in crate::web::pages::settings) name: &'static str,
    pub(in crate::web::pages::settings) label: &'static str,
    pub(in crate::web::pages::settings) hint: &'static str,
    pub(in crate::web::pages::settings) is_required: bool,
    pub(in crate::web::pages::settings) shape: FieldShape,
    pub(in crate::web::pages::settings) value: String,
    pub(in crate::web::pages::settings) fault: Option<RefusalLine>,
    /// The kinds of custom figures that have it, by their words; empty: every entry does.
    pub(in crate::web::pages::settings) kinds: String,
}

/// The element that it is typed in.
pub(in crate::web::pages::settings) enum FieldShape {
    Input,
    Number,
    Box,
    /// A word, its label, and whether it's chosen.
    Choice(Vec<(&'static str, &'static str, bool)>),
    Zone(Vec<String>),
    Members(MemberList),
    /// A text in each language.
    Languages(Vec<LanguageInput>),
    /// Data sources, of which several can be chosen.
    Boxes(Vec<BoxRow>),
    States(Vec<StateRow>),
}

/// A text in one language.
pub(in crate::web::pages::settings) struct LanguageInput {
    pub(in crate::web::pages::settings) tag: &'static str,
    pub(in crate::web::pages::settings) label: &'static str,
    pub(in crate::web::pages::settings) value: String,
}

/// One to choose among several.
pub(in crate::web::pages::settings) struct BoxRow {
    pub(in crate::web::pages::settings) value: String,
    pub(in crate::web::pages::settings) label: String,
    pub(in crate::web::pages::settings) is_chosen: bool,
}

/// A word of a state; the last row is empty.
pub(in crate::web::pages::settings) struct StateRow {
    pub(in crate::web::pages::settings) word: String,
    pub(in crate::web::pages::settings) labels: Vec<LanguageInput>,
    /// A word, its label, and whether it's chosen.
    pub(in crate::web::pages::settings) severities: [(&'static str, &'static str, bool); 3],
}

/// A list of queues or agents.
pub(in crate::web::pages::settings) struct MemberList {
    pub(in crate::web::pages::settings) rows: Vec<MemberRow>,
    pub(in crate::web::pages::settings) add_label: &'static str,
    /// The ID of what can be added.
    pub(in crate::web::pages::settings) list: &'static str,
    /// Entered, and nothing is called that.
    pub(in crate::web::pages::settings) entered: String,
}

pub(in crate::web::pages::settings) struct MemberRow {
    pub(in crate::web::pages::settings) id: String,
    pub(in crate::web::pages::settings) name: String,
    pub(in crate::web::pages::settings) kind: String,
}

impl FieldsPanel {
    /// The fields of a draft, with the faults that they take.
    pub(in crate::web::pages::settings) fn new(
        texts: &'static Texts,
        form: &SectionFields,
        choices: &EntryChoices,
        draft: &EntryDraft,
        is_new: bool,
        faults: &mut FieldFaults,
    ) -> Self {
        let row = |field: &EntryField| field_row(texts, field, choices, draft, faults);
        let rows: Vec<_> = form.fields.iter().map(row).collect();
        let new_name = is_new.then(|| new_name_row(texts, form.new_name, draft));
        let new_name = new_name.flatten();
        let is_faulty = rows.iter().any(|row| row.fault.is_some())
            || (new_name.as_ref()).is_some_and(|row| row.fault.is_some());
        let mut lists: Vec<(&'static str, Vec<String>)> = Vec::new();
        for subjects in ALL_SUBJECTS {
            if form.shows(|shown| shown == subjects) {
                let labels = choices.list(subjects).into_iter().map(Choice::label);
                lists.push((list_id(subjects), labels.collect()));
            }
        }
        let subject = match form.new_name {
            NewName::Subject(subjects, ..) if !is_new => {
                Some(choices.describe(subjects, &draft.id.name))
            }
            _ => None,
        };
        Self {
            subject,
            new_name,
            rows,
            lists,
            is_faulty,
        }
    }
}

const ALL_SUBJECTS: [Subjects; 6] = [
    Subjects::Queues,
    Subjects::Agents,
    Subjects::QueuesAndAgents,
    Subjects::ExportQueues,
    Subjects::QueuePatterns,
    Subjects::AgentPatterns,
];

fn list_id(subjects: Subjects) -> &'static str {
    match subjects {
        Subjects::Queues => "queue-choices",
        Subjects::Agents => "agent-choices",
        Subjects::QueuesAndAgents => "subject-choices",
        Subjects::ExportQueues => "export-choices",
        Subjects::QueuePatterns => "queue-patterns",
        Subjects::AgentPatterns => "agent-patterns",
    }
}

fn field_row(
    texts: &'static Texts,
    field: &EntryField,
    choices: &EntryChoices,
    draft: &EntryDraft,
    faults: &mut FieldFaults,
) -> FieldRow {
    let value = draft.table.get(field.table_key(&draft.id));
    let name = field.form_name();
    let of_parser = faults.take_within(field.key);
    let of_parser = (!of_parser.is_empty()).then(|| RefusalLine::english(of_parser));
    let shown = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Boolean(false)) | None => String::new(),
        Some(other) => other.to_string(),
    };
    FieldRow {
        name,
        label: (field.label)(texts),
        hint: (field.hint)(texts),
        is_required: field.is_required,
        kinds: field.kinds.join(" "),
        shape: match field.input {
            EntryInput::Text | EntryInput::Limit => FieldShape::Input,
            EntryInput::Number => FieldShape::Number,
            EntryInput::Switch => FieldShape::Box,
            EntryInput::Choice(words) => {
                let words = words.iter();
                let words = words.map(|(word, label)| (*word, label(texts), *word == shown));
                FieldShape::Choice(words.collect())
            }
            EntryInput::Zone => FieldShape::Zone(list_zones(&shown)),
            EntryInput::Members(subjects) => {
                FieldShape::Members(member_list(texts, field, subjects, choices, draft))
            }
            EntryInput::Localized => FieldShape::Languages(language_inputs(written_texts(value))),
            EntryInput::Senders => FieldShape::Boxes(sender_boxes(choices, value)),
            EntryInput::States => FieldShape::States(state_rows(texts, &draft.states(field))),
        },
        value: shown,
        fault: draft.fault(name).cloned().or(of_parser),
    }
}

fn language_inputs(texts: LanguageTexts) -> Vec<LanguageInput> {
    let inputs = Language::iter().zip(texts);
    inputs
        .map(|(language, value)| LanguageInput {
            tag: language.into_str(),
            label: language.native_name(),
            value,
        })
        .collect()
}

/// The sources that send values, and those that are written although they don't.
fn sender_boxes(choices: &EntryChoices, value: Option<&Value>) -> Vec<BoxRow> {
    let written = written_senders(value);
    let known = choices.senders.iter().cloned();
    let unknown = written
        .iter()
        .filter(|id| !choices.senders.iter().any(|(known, _)| known == *id))
        .map(|id| (id.clone(), id.clone()));
    let all = known.chain(unknown);
    all.map(|(value, label)| BoxRow {
        is_chosen: written.contains(&value),
        label,
        value,
    })
    .collect()
}

fn state_rows(texts: &'static Texts, states: &[TypedState]) -> Vec<StateRow> {
    let row = |state: &TypedState| StateRow {
        word: state.word.clone(),
        labels: language_inputs(state.labels.clone()),
        severities: [
            ("normal", texts.figure_state_normal()),
            ("warning", texts.digest_warning()),
            ("critical", texts.digest_critical()),
        ]
        .map(|(word, label)| (word, label, state.severity == word)),
    };
    let empty = TypedState::default();
    states.iter().chain([&empty]).map(row).collect()
}

fn member_list(
    texts: &'static Texts,
    field: &EntryField,
    subjects: Subjects,
    choices: &EntryChoices,
    draft: &EntryDraft,
) -> MemberList {
    let rows = draft.members(field).into_iter().map(|id| {
        let (name, kind) = choices.describe(subjects, id);
        MemberRow {
            id: id.to_owned(),
            name,
            kind,
        }
    });
    MemberList {
        rows: rows.collect(),
        add_label: match subjects {
            Subjects::QueuePatterns => texts.add_queue(),
            Subjects::AgentPatterns => texts.add_agent(),
            Subjects::Agents => texts.add_member_agent(),
            Subjects::ExportQueues => texts.add_export_queue(),
            Subjects::Queues | Subjects::QueuesAndAgents => texts.add_member_queue(),
        },
        list: list_id(subjects),
        entered: draft.typed(&add_name(field.form_name())).to_owned(),
    }
}

fn new_name_row(
    texts: &'static Texts,
    new_name: NewName,
    draft: &EntryDraft,
) -> Option<NewNameRow> {
    let (label, hint, list) = match new_name {
        NewName::None => return None,
        NewName::OfTitle => (
            texts.id_term(),
            match draft.id.section {
                Section::Groups => texts.group_id_hint(),
                Section::Figures => texts.figure_id_hint(),
                Section::Holidays => texts.calendar_id_hint(),
                _ => texts.person_id_hint(),
            },
            "",
        ),
        NewName::Subject(subjects, label, hint) => (label(texts), hint(texts), list_id(subjects)),
    };
    Some(NewNameRow {
        label: label.to_owned(),
        hint: hint.to_owned(),
        list,
        value: draft.typed(NEW_NAME).to_owned(),
        fault: draft.fault(NEW_NAME).cloned(),
    })
}
