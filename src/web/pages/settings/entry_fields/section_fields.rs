//! The fields of each section whose entries have a form. Thresholds, targets and hours are edited on the page of their
//! queues; boards, alert rules, reports, playlists, channels and sources have pages of their own.

use wallboard_texts::Texts;

use crate::{
    editing::{EntryId, Section},
    web::pages::settings::file_parts::TextOf,
};

use super::figure_fields::{FIGURE, USUAL_KIND};

/// The form of an entry.
#[derive(Clone, Copy)]
pub(in crate::web::pages::settings) struct SectionFields {
    pub(super) fields: &'static [EntryField],
    pub(super) new_name: NewName,
}

/// One field.
#[derive(Clone, Copy)]
pub(super) struct EntryField {
    /// The key in the entry's table; empty for the value of an entry that is one line.
    pub(super) key: &'static str,
    pub(super) label: TextOf,
    pub(super) hint: TextOf,
    pub(super) input: EntryInput,
    pub(super) is_required: bool,
    /// The kinds of custom figures that have it; empty: every entry does.
    pub(super) kinds: &'static [&'static str],
}

/// How a value is typed.
#[derive(Clone, Copy)]
pub(super) enum EntryInput {
    Text,
    Number,
    Switch,
    /// Words of the configuration, each with its label. Without one, the first applies.
    Choice(&'static [(&'static str, TextOf)]),
    Zone,
    /// A list of IDs or patterns.
    Members(Subjects),
    /// A text, or one for each language.
    Localized,
    /// A number, or a duration where the values are durations.
    Limit,
    /// The data sources that send values.
    Senders,
    /// The words of a state, each with its label and its severity.
    States,
}

/// The queues and agents that can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Subjects {
    Queues,
    Agents,
    QueuesAndAgents,
    /// The queues of exports, which aren't live.
    ExportQueues,
    /// Also patterns, groups and what is hidden.
    QueuePatterns,
    AgentPatterns,
}

/// How a new entry gets its name.
#[derive(Clone, Copy)]
pub(super) enum NewName {
    /// The section is one entry, or all of its entries are there already.
    None,
    /// An ID, made from the title unless somebody types one.
    OfTitle,
    Subject(Subjects, TextOf, TextOf),
}

/// The field of the key `name`.
pub(super) const TITLE: &str = "title";

/// The entries of `[hide]`.
pub(in crate::web::pages::settings) const HIDE_KEYS: [&str; 2] = ["queues", "agents"];

pub(super) const fn field(
    key: &'static str,
    (label, hint): (TextOf, TextOf),
    input: EntryInput,
) -> EntryField {
    EntryField {
        key,
        label,
        hint,
        input,
        is_required: false,
        kinds: &[],
    }
}

pub(super) const fn required(field: EntryField) -> EntryField {
    EntryField {
        is_required: true,
        ..field
    }
}

const GROUP: &[EntryField] = &[
    required(field(
        "name",
        (Texts::group_title, Texts::group_title_hint),
        EntryInput::Text,
    )),
    required(field(
        "queues",
        (Texts::group_queues, Texts::group_queues_hint),
        EntryInput::Members(Subjects::Queues),
    )),
];
const PERSON: &[EntryField] = &[
    required(field(
        "name",
        (Texts::person_title, Texts::person_title_hint),
        EntryInput::Text,
    )),
    required(field(
        "agents",
        (Texts::person_agents, Texts::person_agents_hint),
        EntryInput::Members(Subjects::Agents),
    )),
];
const LINK: &[EntryField] = &[required(field(
    "",
    (Texts::link_queues, Texts::link_queues_hint),
    EntryInput::Members(Subjects::ExportQueues),
))];
const NAME: &[EntryField] = &[required(field(
    "",
    (Texts::name_field, Texts::name_entry_hint),
    EntryInput::Text,
))];
const HIDDEN_QUEUES: &[EntryField] = &[field(
    "",
    (Texts::hidden_queues, Texts::hidden_queues_hint),
    EntryInput::Members(Subjects::QueuePatterns),
)];
const HIDDEN_AGENTS: &[EntryField] = &[field(
    "",
    (Texts::hidden_agents, Texts::hidden_agents_hint),
    EntryInput::Members(Subjects::AgentPatterns),
)];
const BRAND: &[EntryField] = &[
    field(
        "name",
        (Texts::site_name, Texts::site_name_hint),
        EntryInput::Text,
    ),
    field(
        "accent",
        (Texts::accent_field, Texts::accent_hint),
        EntryInput::Text,
    ),
    field(
        "contact",
        (Texts::contact_field, Texts::contact_hint),
        EntryInput::Text,
    ),
];
const PRIVACY: &[EntryField] = &[
    field(
        "agent_names",
        (Texts::agent_names_field, Texts::agent_names_hint),
        EntryInput::Choice(&[
            ("first-initial", Texts::agent_names_initial),
            ("full", Texts::agent_names_full),
            ("initials", Texts::agent_names_initials),
            ("none", Texts::agent_names_none),
        ]),
    ),
    field(
        "smallest_team",
        (Texts::smallest_team_field, Texts::smallest_team_hint),
        EntryInput::Number,
    ),
    field(
        "keep_contacts",
        (Texts::keep_contacts_field, Texts::keep_contacts_hint),
        EntryInput::Switch,
    ),
];
const TIME_ZONE: &[EntryField] = &[required(field(
    "time_zone",
    (Texts::time_zone_field, Texts::time_zone_hint),
    EntryInput::Zone,
))];
const LANGUAGE: &[EntryField] = &[field(
    "language",
    (Texts::language_of_boards, Texts::language_of_boards_hint),
    EntryInput::Choice(&[
        ("en", |_| "English"),
        ("sv", |_| "Svenska"),
        ("de", |_| "Deutsch"),
    ]),
)];

const HOLIDAYS: &[EntryField] = &[required(field(
    "calendar",
    (Texts::calendar_address, Texts::calendar_address_hint),
    EntryInput::Text,
))];
/// Returns the form of an entry; `None` if it's edited elsewhere.
pub(in crate::web::pages::settings) fn fields_of(id: &EntryId) -> Option<SectionFields> {
    let of_queue = NewName::Subject(
        Subjects::Queues,
        Texts::linked_queue,
        Texts::linked_queue_hint,
    );
    let of_subject = NewName::Subject(
        Subjects::QueuesAndAgents,
        Texts::named_subject,
        Texts::named_subject_hint,
    );
    let (fields, new_name) = match id.section {
        Section::Groups => (GROUP, NewName::OfTitle),
        Section::People => (PERSON, NewName::OfTitle),
        Section::Links => (LINK, of_queue),
        Section::Names => (NAME, of_subject),
        Section::Hide if id.name == HIDE_KEYS[0] => (HIDDEN_QUEUES, NewName::None),
        Section::Hide if id.name == HIDE_KEYS[1] => (HIDDEN_AGENTS, NewName::None),
        Section::Brand => (BRAND, NewName::None),
        Section::Privacy => (PRIVACY, NewName::None),
        Section::TimeZone => (TIME_ZONE, NewName::None),
        Section::Language => (LANGUAGE, NewName::None),
        Section::Figures => (FIGURE, NewName::OfTitle),
        Section::Holidays => (HOLIDAYS, NewName::OfTitle),
        Section::Hide
        | Section::Boards
        | Section::Thresholds
        | Section::Targets
        | Section::Hours
        | Section::Channels
        | Section::Alerts
        | Section::Reports
        | Section::Playlists
        | Section::Sources => return None,
    };
    Some(SectionFields { fields, new_name })
}

impl SectionFields {
    /// Whether a field or the name of a new entry shows some of these.
    pub(super) fn shows(&self, is_meant: impl Fn(Subjects) -> bool) -> bool {
        let of_name = match self.new_name {
            NewName::Subject(subjects, ..) => Some(subjects),
            NewName::None | NewName::OfTitle => None,
        };
        let of_fields = self.fields.iter().filter_map(|field| match field.input {
            EntryInput::Members(subjects) => Some(subjects),
            _ => None,
        });
        of_fields.chain(of_name).any(is_meant)
    }
}

impl EntryField {
    /// Whether an entry of a kind has the field. What isn't written is the usual kind.
    pub(super) fn is_of_kind(&self, kind: &str) -> bool {
        let kind = if kind.is_empty() { USUAL_KIND } else { kind };
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// The key in the table of an entry.
    pub(super) fn table_key<'a>(&self, id: &'a EntryId) -> &'a str {
        if self.key.is_empty() {
            &id.name
        } else {
            self.key
        }
    }

    /// The name in the page's form, where `name` is the entry's.
    pub(super) fn form_name(&self) -> &'static str {
        match self.key {
            "" => "value",
            "name" => TITLE,
            key => key,
        }
    }
}

impl Subjects {
    pub(super) fn has_patterns(self) -> bool {
        matches!(self, Self::QueuePatterns | Self::AgentPatterns)
    }

    pub(super) fn are_agents(self) -> bool {
        matches!(
            self,
            Self::Agents | Self::AgentPatterns | Self::QueuesAndAgents
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::settings::test_file::known_keys;

    use super::*;

    #[test]
    fn each_key_that_the_parser_knows_has_a_field_except_files() {
        for (section, name, table) in [
            (Section::Groups, "a", "groups.a"),
            (Section::People, "a", "people.a"),
            (Section::Brand, "", "brand"),
            (Section::Privacy, "", "privacy"),
            (Section::Holidays, "a", "holidays.a"),
        ] {
            let form = fields_of(&EntryId::new(section, name)).unwrap();
            let fields = form.fields.iter().map(|field| field.key);
            let elsewhere = match section {
                // On the page of the site.
                Section::Brand => Some("logo"),
                Section::Holidays => Some("file"),
                _ => None,
            };
            let fields: BTreeSet<_> = fields.chain(elsewhere).map(str::to_owned).collect();
            let known = known_keys(&format!("[{table}]\nno_such_key = 1\n"));
            assert_eq!(fields, known, "{table}");
        }
        let hidden = known_keys("[hide]\nno_such_key = 1\n").into_iter();
        assert_eq!(hidden.collect::<Vec<_>>(), ["agents", "queues"]);
    }

    #[test]
    fn each_kind_of_a_custom_figure_has_the_fields_that_its_parser_knows() {
        let form = fields_of(&EntryId::new(Section::Figures, "a")).unwrap();
        for kind in ["number", "percent", "duration", "state"] {
            let shown = form.fields.iter().filter(|field| field.is_of_kind(kind));
            let fields: BTreeSet<_> = shown.map(|field| field.key.to_owned()).collect();
            let text = format!("[figures.a]\nkind = \"{kind}\"\nno_such_key = 1\n");
            let known = known_keys(&text);
            assert_eq!(fields, known, "{kind}");
        }
    }
}
