//! Faults of the configuration's rules, by the field that they are about.

use wallboard_toml_reader::{ConfigFaults, quote_key};

use crate::editing::EntryId;

/// The faults of one entry: the key in it, and what is wrong with the fix.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct FieldFaults(Vec<(String, String)>);

impl FieldFaults {
    /// Sorts faults. Those of other entries have no key, and say where they are.
    pub(in crate::web) fn new(faults: &ConfigFaults, id: &EntryId) -> Self {
        let path = key_path(id);
        let of_fault = faults.faults.iter().map(|fault| {
            let sentence = match (fault.what.as_str(), fault.fix.as_str()) {
                (what, "") => what.to_owned(),
                (what, fix) => format!("{what}; {fix}"),
            };
            match fault.key.strip_prefix(&path) {
                Some("") => (String::new(), sentence),
                Some(key) if key.starts_with('.') => (key[1..].replace('"', ""), sentence),
                _ if fault.key.is_empty() => (String::new(), sentence),
                _ => {
                    let (place, key) = (faults.place_of(fault), &fault.key);
                    (String::new(), format!("{place}: {key}: {sentence}"))
                }
            }
        });
        Self(of_fault.collect())
    }

    /// A fault of one field.
    pub(in crate::web) fn of_field(key: &str, sentence: &str) -> Self {
        Self(vec![(key.to_owned(), sentence.to_owned())])
    }

    pub(in crate::web) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the faults of a field.
    pub(in crate::web) fn take(&mut self, key: &str) -> String {
        let is_of = |(of, _): &(String, String)| of == key;
        let taken: Vec<_> = self.0.extract_if(.., |fault| is_of(fault)).collect();
        let sentences: Vec<_> = taken.into_iter().map(|(_, sentence)| sentence).collect();
        sentences.join(". ")
    }

    /// Takes the faults of a field and of the keys in its value, each with its key there.
    pub(in crate::web) fn take_within(&mut self, key: &str) -> String {
        let own = self.take(key);
        let prefix = format!("{key}.");
        let is_within = |(of, _): &(String, String)| !key.is_empty() && of.starts_with(&prefix);
        let taken: Vec<_> = self.0.extract_if(.., |fault| is_within(fault)).collect();
        let within = taken.into_iter();
        let within = within.map(|(of, sentence)| format!("{}: {sentence}", &of[prefix.len()..]));
        let own = Some(own).filter(|own| !own.is_empty());
        own.into_iter().chain(within).collect::<Vec<_>>().join(". ")
    }

    /// The faults that no field took.
    pub(in crate::web) fn rest(self) -> Vec<String> {
        let rest = self.0.into_iter();
        let sentence = |(key, sentence): (String, String)| match key.as_str() {
            "" => sentence,
            key => format!("{key}: {sentence}"),
        };
        rest.map(sentence).collect()
    }
}

/// An entry's key with those of its tables, as faults have it.
fn key_path(id: &EntryId) -> String {
    let section = id.section;
    if section.is_whole() {
        section.to_string()
    } else {
        format!("{section}.{}", quote_key(&id.name))
    }
}

#[cfg(test)]
mod tests {
    use crate::editing::Section;
    use wallboard_toml_reader::ConfigFault;

    use super::*;

    #[test]
    fn a_fault_is_at_its_field_and_any_other_is_listed() {
        let fault = |key: &str| ConfigFault::at_span("", &(0..0), key, "it must be a number", "");
        let faults = ConfigFaults {
            file: String::new(),
            faults: vec![
                fault("thresholds.\"phone/8001\".waiting.crit"),
                fault("thresholds.\"phone/8001\""),
                fault("thresholds.\"phone/80\".waiting.crit"),
            ],
            boards: None,
        };
        let mut faults =
            FieldFaults::new(&faults, &EntryId::new(Section::Thresholds, "phone/8001"));

        assert_eq!(faults.take("waiting.crit"), "it must be a number");
        assert_eq!(faults.take("waiting.crit"), "");
        let rest = faults.rest();
        assert_eq!(rest.len(), 2);
        assert!(rest[1].contains("phone/80"), "{rest:?}");
    }
}
