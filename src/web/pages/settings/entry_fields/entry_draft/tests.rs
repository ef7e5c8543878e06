use std::path::Path;

use crate::{
    editing::Section,
    settings::{self, RecordedText},
};

use super::{
    super::{
        fields_of,
        figure_values::{LanguageTexts, written_senders, written_texts},
    },
    *,
};

const FILE: &str = "[access]\nmode = \"open\"\n\
    [sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:p@h/v\"\nexchange = \"x\"\n\
    [sources.shop]\nkind = \"values\"\n[sources.web]\nkind = \"values\"\n[sources.third]\nkind = \"values\"\n\
    [sources.voice]\nkind = \"vngage\"\nurl = \"amqps://u:p@h/v\"\nexchange = \"y\"\nqueue = \"y\"\n";

/// An entry of each section as somebody could have written it, with comments.
fn samples() -> Vec<(EntryId, &'static str)> {
    let of = |section, name, toml| (EntryId::new(section, name), toml);
    vec![
        of(
            Section::Groups,
            "sales",
            "# by hand\n[groups.sales]\nqueues = [\"chat/1\", \"voice/2\"] # both\nname = \"Sales\"\n",
        ),
        of(
            Section::People,
            "anna",
            "[people]\nanna = { name = \"Anna\", agents = [\"chat/a\"] } # since May\n",
        ),
        of(
            Section::Links,
            "chat/1",
            "[links]\n# moved\n\"chat/1\" = [\"voice/7\"]\n",
        ),
        of(
            Section::Names,
            "chat/1",
            "[names]\n\"chat/1\" = 'Support' # literal\n",
        ),
        of(
            Section::Hide,
            "queues",
            "[hide]\nqueues = [\n  \"chat/test-*\", # tests\n]\n",
        ),
        of(
            Section::Brand,
            "",
            "[brand]\naccent = \"#0a7d55\" # green\nname = \"Acme\"\n",
        ),
        of(
            Section::Privacy,
            "",
            "[privacy]\nkeep_contacts = false # no\nsmallest_team = 4\nagent_names = \"initials\"\n",
        ),
        of(
            Section::TimeZone,
            "",
            "time_zone = \"Europe/Oslo\" # Oslo\n",
        ),
        of(Section::Language, "", "# ours\nlanguage = \"sv\"\n"),
        of(
            Section::Holidays,
            "sweden",
            "[holidays.sweden]\ncalendar = \"https://x.test/a.ics\" # yearly\n",
        ),
        of(
            Section::Figures,
            "orders",
            "# of the shop\n[figures.orders]\nlabel = \"Orders\" # today\nsource = \"shop\"\nwarn_below = 100\n",
        ),
        of(
            Section::Figures,
            "website",
            "[figures.website]\nlabel = { en = \"Website\", sv = \"Webbplats\" } # both\nkind = \"state\"\nsource = [\"web\", \"shop\"]\n\
             states = { up = {}, down = { label = \"Down\", severity = \"critical\" } }\nmerge = \"max\"\n",
        ),
        of(
            Section::Figures,
            "delivery",
            "[figures.delivery]\nlabel = \"Delivery\"\nkind = \"duration\" # seconds\nsource = \"shop\"\nwarn = \"2h\"\ncrit = \"4h\"\n",
        ),
    ]
}

fn draft_of(id: &EntryId, toml: &str) -> (SectionFields, EntryDraft) {
    let form = fields_of(id).unwrap();
    let draft = EntryDraft::of_text(id.clone(), &form, toml).unwrap();
    (form, draft)
}

/// The fields that the page of an entry sends.
fn sent(form: &SectionFields, draft: &EntryDraft) -> BTreeMap<String, String> {
    let mut sent = BTreeMap::new();
    for field in form.fields {
        let name = field.form_name();
        match (field.input, draft.table.get(field.table_key(&draft.id))) {
            (EntryInput::Members(_), _) => {
                for (number, id) in draft.members(field).into_iter().enumerate() {
                    sent.insert(format!("{name}.{number}"), id.to_owned());
                }
            }
            (EntryInput::Localized, value) => {
                sent.extend(sent_texts(name, written_texts(value)));
            }
            (EntryInput::Senders, value) => {
                let ids = written_senders(value).into_iter().enumerate();
                sent.extend(ids.map(|(number, id)| (format!("{name}.{number}"), id)));
            }
            (EntryInput::States, _) => {
                for (number, state) in draft.states(field).into_iter().enumerate() {
                    let key = format!("{name}.{number}");
                    sent.extend(sent_texts(&format!("{key}.label"), state.labels));
                    sent.insert(format!("{key}.word"), state.word);
                    sent.insert(format!("{key}.severity"), state.severity);
                }
            }
            (EntryInput::Switch, Some(Value::Boolean(false))) | (_, None) => {}
            (_, Some(Value::String(text))) => {
                sent.insert(name.to_owned(), text.clone());
            }
            (_, Some(value)) => {
                sent.insert(name.to_owned(), value.to_string());
            }
        }
    }
    sent
}

fn sent_texts(name: &str, texts: LanguageTexts) -> Vec<(String, String)> {
    let tags = ["en", "sv", "de"].into_iter().zip(texts);
    tags.map(|(tag, text)| (format!("{name}.{tag}"), text))
        .collect()
}

fn apply(form: &SectionFields, draft: &mut EntryDraft, typed: BTreeMap<String, String>) {
    draft.type_in(typed);
    draft.apply(Texts::english(), form, &EntryChoices::of_tests());
}

#[test]
fn what_nobody_changes_is_written_as_it_was_with_its_comments() {
    for (id, toml) in samples() {
        let (form, mut draft) = draft_of(&id, toml);
        let typed = sent(&form, &draft);
        apply(&form, &mut draft, typed);
        assert!(!draft.has_faults(), "{id}");
        assert_eq!(draft.toml().as_deref(), Some(toml), "{id}");
    }
}

#[test]
fn each_changed_field_is_read_by_the_parser_and_no_comment_is_lost() {
    for (id, toml) in samples() {
        let form = fields_of(&id).unwrap();
        for field in form.fields {
            let (_, mut draft) = draft_of(&id, toml);
            let mut typed = sent(&form, &draft);
            let kind = typed.get(KIND).map_or("", String::as_str);
            // With another kind, its limits would have to be numbers.
            let is_kind_of_durations = field.key == KIND && kind == "duration";
            if !field.is_of_kind(kind) || is_kind_of_durations {
                continue;
            }
            let name = field.form_name();
            let _ = match field.input {
                EntryInput::Members(subjects) => {
                    let (key, id) = match subjects {
                        Subjects::AgentPatterns | Subjects::Agents => ("agents", "voice/b"),
                        _ => ("queues", "voice/99"),
                    };
                    let list = if field.key.is_empty() { "value" } else { key };
                    typed.insert(add_name(list), id.to_owned())
                }
                EntryInput::Switch => typed.insert(name.to_owned(), "true".to_owned()),
                EntryInput::Number => typed.insert(name.to_owned(), "3".to_owned()),
                EntryInput::Choice(words) => {
                    // The usual one isn't written.
                    let word = words[usize::from(!typed.contains_key(name))].0;
                    typed.insert(name.to_owned(), word.to_owned())
                }
                EntryInput::Localized => typed.insert(format!("{name}.de"), "Neu".to_owned()),
                EntryInput::Limit => {
                    let is_duration = id.name == "delivery";
                    let limit = match name {
                        "warn" => "1h",
                        "crit" => "5h",
                        _ => "0:30",
                    };
                    let limit = match name {
                        _ if is_duration => limit,
                        // Beyond `warn_below`.
                        "clear" => "120",
                        _ => "7",
                    };
                    typed.insert(name.to_owned(), limit.to_owned())
                }
                EntryInput::Senders => typed.insert(format!("{name}.9"), "third".to_owned()),
                EntryInput::States => typed.insert(format!("{name}.9.word"), "slow".to_owned()),
                EntryInput::Zone => typed.insert(name.to_owned(), "Asia/Tokyo".to_owned()),
                EntryInput::Text if name == "accent" => {
                    typed.insert(name.to_owned(), "#e4007c".to_owned())
                }
                EntryInput::Text if name == "calendar" => {
                    typed.insert(name.to_owned(), "https://x.test/b.ics".to_owned())
                }
                EntryInput::Text if name == "valid_for" => {
                    typed.insert(name.to_owned(), "15m".to_owned())
                }
                EntryInput::Text => typed.insert(name.to_owned(), "Other".to_owned()),
            };
            apply(&form, &mut draft, typed);
            assert!(!draft.has_faults(), "{id} {name}");
            let written = draft.toml().unwrap();
            assert_ne!(written, toml, "{id} {name}");
            for comment in toml.lines().filter_map(|line| line.split_once(" # ")) {
                assert!(written.contains(comment.1), "{id} {name}: {written}");
            }
            let entry = RecordedText::from((&id, written.as_str()));
            let read = settings::parse_with_entries(FILE, Path::new("w.toml"), &[entry], |_| None);
            assert!(read.is_ok(), "{id} {name}: {}", read.unwrap_err());
            assert!(EntryDraft::of_text(id.clone(), &form, &written).is_some());
        }
    }
}

#[test]
fn a_value_that_no_field_shows_is_left_to_the_text() {
    for (section, name, toml) in [
        (Section::Brand, "", "[brand]\nname = { env = \"NAME\" }\n"),
        (
            Section::Privacy,
            "",
            "[privacy]\nagent_names = \"nobody\"\n",
        ),
        (Section::Hide, "queues", "[hide]\nqueues = \"chat/*\"\n"),
        (Section::Groups, "a", "[groups.b]\nname = \"B\"\n"),
        (Section::Names, "chat/1", "[names]\n\"chat/1\" = \n"),
    ] {
        let id = EntryId::new(section, name);
        let form = fields_of(&id).unwrap();
        assert!(EntryDraft::of_text(id, &form, toml).is_none(), "{toml}");
    }
    let id = EntryId::new(Section::Brand, "");
    let toml = "[brand]\nlogo = \"logo.svg\"\nname = \"Acme\"\n";
    let (form, mut draft) = draft_of(&id, toml);
    apply(&form, &mut draft, BTreeMap::new());
    assert_eq!(draft.toml().unwrap(), "[brand]\nlogo = \"logo.svg\"\n");
}

#[test]
fn what_is_missing_or_unknown_is_a_fault_of_its_field() {
    let id = EntryId::new(Section::Groups, "sales");
    let form = fields_of(&id).unwrap();
    let mut draft = EntryDraft::new(id);
    let typed = [("add.queues", "Nobody"), ("queues.1", "chat/1")];
    let typed = typed.map(|(key, text)| (key.to_owned(), text.to_owned()));
    apply(&form, &mut draft, typed.into());
    assert_eq!(
        draft.fault("title").unwrap().text,
        Texts::english().field_missing()
    );
    assert!(draft.fault("queues").unwrap().text.contains("Nobody"));
    draft.clear_missing();
    assert!(draft.fault("title").is_none() && draft.has_faults());

    let privacy = EntryId::new(Section::Privacy, "");
    let form = fields_of(&privacy).unwrap();
    let mut draft = EntryDraft::new(privacy);
    let usual = [("agent_names".to_owned(), "first-initial".to_owned())];
    apply(&form, &mut draft, usual.into());
    assert_eq!(draft.toml(), None, "a choice that nobody made");

    let hidden = EntryId::new(Section::Hide, "queues");
    let (form, mut draft) = draft_of(&hidden, "[hide]\nqueues = [\"chat/1\"]\n");
    apply(&form, &mut draft, BTreeMap::new());
    assert!(!draft.has_faults());
    assert_eq!(draft.toml(), None);
}

#[test]
fn a_custom_figure_loses_what_its_kind_does_not_have() {
    let id = EntryId::new(Section::Figures, "orders");
    let (form, mut draft) = draft_of(
        &id,
        "[figures.orders]\nlabel = \"Orders\"\nunit = \"pcs\"\nsource = \"shop\"\nwarn = 5\n",
    );
    let mut typed = sent(&form, &draft);
    typed.insert("kind".to_owned(), "state".to_owned());
    apply(&form, &mut draft, typed.clone());
    assert!(draft.fault("states").is_some(), "without words");
    typed.insert("states.0.word".to_owned(), "up".to_owned());
    let (_, mut draft) = draft_of(&id, "[figures.orders]\nunit = \"pcs\"\nwarn = 5\n");
    apply(&form, &mut draft, typed.clone());
    assert!(!draft.has_faults());
    let written = draft.toml().unwrap();
    assert!(
        !written.contains("unit") && !written.contains("warn"),
        "{written}"
    );
    assert!(written.contains("states = { up = {} }"), "{written}");

    typed.insert("states.1.label.sv".to_owned(), "Nere".to_owned());
    typed.insert("states.1.word".to_owned(), String::new());
    apply(&form, &mut draft, typed);
    let fault = draft.fault("states").unwrap();
    assert_eq!(fault.text, Texts::english().figure_state_word_missing());
}
