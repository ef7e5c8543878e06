//! Faults of a source or a channel, by the field that they are about.

use crate::{editing::EntryId, web::parts::refusal_line::RefusalLine};
use wallboard_domain::{FormField, TableForm};
use wallboard_texts::Texts;
use wallboard_toml_reader::ConfigFaults;

/// A fault that the form finds before any check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormFault {
    NoId,
    IdTaken,
    /// A secret would be sent to another address than before.
    SecretMoved,
}

/// The key in the entry's table, and what is wrong with the fix. Without a key, it's about the ID.
#[derive(Clone, Debug, Default)]
pub(super) struct TableFaults {
    of_form: Vec<(String, FormFault)>,
    of_fields: Vec<FieldFault>,
    /// The text of fields that couldn't be read, for correction.
    unreadable: Vec<(String, String)>,
    /// Those elsewhere, such as in groups that name the source.
    elsewhere: Vec<String>,
}

#[derive(Clone, Debug)]
struct FieldFault {
    key: String,
    /// In English, as the command writes it.
    sentence: String,
    /// Whether there is nothing in the field.
    is_missing: bool,
}

impl FormFault {
    fn text(self, texts: &Texts) -> &str {
        match self {
            Self::NoId => texts.id_missing(),
            Self::IdTaken => texts.id_taken(),
            Self::SecretMoved => texts.secret_again(),
        }
    }
}

impl TableFaults {
    pub(super) fn add_of_form(&mut self, key: &str, fault: FormFault) {
        self.of_form.push((key.to_owned(), fault));
    }

    pub(super) fn add(&mut self, key: &str, sentence: &str) {
        self.of_fields.push(FieldFault {
            key: key.to_owned(),
            sentence: sentence.to_owned(),
            is_missing: false,
        });
    }

    /// Adds the fault of a text that couldn't be read.
    pub(super) fn add_unreadable(&mut self, key: &str, text: &str, sentence: &str) {
        self.add(key, sentence);
        self.unreadable.push((key.to_owned(), text.to_owned()));
    }

    /// The text of a field that couldn't be read.
    pub(super) fn unreadable_text(&self, key: &str) -> Option<&str> {
        let mut texts = self.unreadable.iter();
        texts.find_map(|(of, text)| (of == key).then_some(text.as_str()))
    }

    pub(super) fn add_all(&mut self, faults: &ConfigFaults, id: &EntryId) {
        let header = id.to_string();
        let path = header.trim_matches(['[', ']']);
        for fault in &faults.faults {
            let sentence = match (fault.what.as_str(), fault.fix.as_str()) {
                (what, "") => what.to_owned(),
                (what, fix) => format!("{what}; {fix}"),
            };
            match fault.key.strip_prefix(path) {
                Some(key) if fault.is_in_entry(&header) => self.of_fields.push(FieldFault {
                    key: key.trim_start_matches('.').to_owned(),
                    sentence,
                    is_missing: fault.is_missing(),
                }),
                _ => {
                    let (place, key) = (faults.place_of(fault), &fault.key);
                    self.elsewhere.push(format!("{place}: {key}: {sentence}"));
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of_form.is_empty() && self.of_fields.is_empty() && self.elsewhere.is_empty()
    }

    /// Takes the faults of a field, with those of what is in it; empty if there is none. One of the form says more than
    /// those that the check finds afterwards.
    pub(super) fn take(&mut self, texts: &Texts, key: &str) -> RefusalLine {
        let is_of = |fault: &FieldFault| {
            let rest = fault.key.strip_prefix(key);
            rest.is_some_and(|rest| rest.is_empty() || (!key.is_empty() && rest.starts_with('.')))
        };
        let taken: Vec<_> = (self.of_fields)
            .extract_if(.., |fault| is_of(fault))
            .collect();
        // The fix is a line for a file.
        let is_missing =
            !key.is_empty() && (taken.iter()).any(|fault| fault.key == key && fault.is_missing);
        let taken: Vec<_> = (taken.into_iter())
            .map(|fault| match fault.key.strip_prefix(key) {
                Some(inner) if !inner.is_empty() => format!("{}: {}", &inner[1..], fault.sentence),
                _ => fault.sentence,
            })
            .collect();
        match self.of_form.iter().find(|(of, _)| of == key) {
            Some((_, fault)) => RefusalLine::new(texts, fault.text(texts)),
            None if is_missing => RefusalLine::new(texts, texts.field_missing()),
            // Faults quote keys for logs.
            None => RefusalLine::english(taken.join(". ").replace('`', "\"")),
        }
    }

    /// The faults that no field took, in English.
    pub(super) fn rest(self) -> Vec<String> {
        let of_fields = self.of_fields.into_iter();
        let of_fields = of_fields.map(|fault| format!("{}: {}", fault.key, fault.sentence));
        of_fields.chain(self.elsewhere).collect()
    }
}

/// Finds the field that a failed test is about: the first whose key the sentence quotes.
pub(super) fn find_field<'f>(form: &'f TableForm, sentence: &str) -> Option<&'f FormField> {
    let place = |field: &FormField| {
        let last = field.key.rsplit('.').next().unwrap_or_default();
        sentence.find(&format!("`{last}`"))
    };
    let quoted = form.fields.iter();
    let quoted = quoted.filter_map(|field| Some((place(field)?, field)));
    quoted.min_by_key(|(at, _)| *at).map(|(_, field)| field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editing::{Section, kind_forms};
    use wallboard_domain::Language;
    use wallboard_toml_reader::{ConfigFault, FaultPlace};

    #[test]
    fn a_fault_is_at_its_field_and_any_other_says_where_it_is() {
        let fault = |header: &str, key: &str| ConfigFault {
            place: FaultPlace::Browser(header.into()),
            ..ConfigFault::at_span("", &(0..0), key, "it must be a number", "")
        };
        let own = "[sources.voice]";
        let faults = ConfigFaults {
            file: String::new(),
            faults: vec![
                fault(own, "sources.voice"),
                fault(own, "sources.voice.statistics.metric"),
                fault("[groups.all]", "groups.all.queues"),
            ],
            boards: None,
        };
        let mut sorted = TableFaults::default();
        sorted.add_all(&faults, &EntryId::new(Section::Sources, "voice"));

        let texts = Texts::of(Language::German);
        let own = sorted.take(texts, "");
        assert_eq!((&*own.text, own.tag), ("it must be a number", "en"));
        let inner = sorted.take(texts, "statistics").text;
        assert_eq!(inner, "metric: it must be a number");
        let rest = sorted.rest();
        assert_eq!(rest.len(), 1, "{rest:?}");
        assert!(rest[0].contains("[groups.all]"), "{rest:?}");
    }

    #[test]
    fn a_fault_of_the_form_is_in_the_readers_language_and_stands_for_those_of_the_check() {
        let mut faults = TableFaults::default();
        faults.add_of_form("", FormFault::NoId);
        faults.add("", "it is missing");
        assert!(!faults.is_empty());
        let line = faults.take(Texts::of(Language::German), "");
        assert_eq!(line.tag, "de");
        assert!(line.text.starts_with("Die Angabe fehlt."), "{line}");
        assert!(faults.rest().is_empty());
    }

    #[test]
    fn an_empty_field_says_so_without_a_line_for_a_file() {
        let texts = Texts::of(Language::German);
        let missing = |key: &str, fix: &str| ConfigFault {
            place: FaultPlace::Browser("[channels.mail]".into()),
            ..ConfigFault::at_span("", &(0..0), key, "is missing", fix)
        };
        let found = ConfigFaults {
            file: String::new(),
            faults: vec![
                missing("channels.mail.host", "write host = \"smtp.example.com\""),
                missing(
                    "channels.mail.statistics.metric",
                    "write metric = \"waiting\"",
                ),
            ],
            boards: None,
        };
        let mut faults = TableFaults::default();
        faults.add_all(&found, &EntryId::new(Section::Channels, "mail"));
        let empty = faults.take(texts, "host");
        assert_eq!((&*empty.text, empty.tag), (texts.field_missing(), "de"));
        let inner = faults.take(texts, "statistics");
        assert_eq!(inner.tag, "en");
        assert!(inner.text.starts_with("metric: is missing"), "{inner}");
    }

    #[test]
    fn a_failed_test_is_at_the_field_that_it_names_first() {
        let form = kind_forms(Section::Sources)[0].form;
        let of = |sentence| find_field(&form, sentence).map(|field| field.key);
        assert_eq!(
            of("check `exchange`, or the host in `url`"),
            Some("exchange")
        );
        assert_eq!(of("it is down"), None);
    }
}
