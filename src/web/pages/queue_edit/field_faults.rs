//! Faults of the configuration's rules, by the field that they are about.

use wallboard_toml_reader::ConfigFaults;

use crate::editing::EntryId;

/// The faults of one entry: the key in it, and what is wrong with the fix.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldFaults(Vec<(String, String)>);

impl FieldFaults {
    /// Sorts faults. Those elsewhere have no key of a field.
    pub(super) fn new(faults: &ConfigFaults, id: &EntryId) -> Self {
        let section: &str = id.section.into();
        let prefix = format!("{section}.{:?}", id.name);
        let of_fault = faults.faults.iter().map(|fault| {
            let key = fault.key.strip_prefix(&prefix).unwrap_or_default();
            let key = key.strip_prefix('.').unwrap_or_default();
            let sentence = match (fault.what.as_str(), fault.fix.as_str()) {
                (what, "") => what.to_owned(),
                (what, fix) => format!("{what}; {fix}"),
            };
            (key.replace('"', ""), sentence)
        });
        Self(of_fault.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the faults of a field.
    pub(super) fn take(&mut self, key: &str) -> String {
        let is_of = |(of, _): &(String, String)| of == key;
        let taken: Vec<_> = self.0.extract_if(.., |fault| is_of(fault)).collect();
        let sentences: Vec<_> = taken.into_iter().map(|(_, sentence)| sentence).collect();
        sentences.join(". ")
    }

    /// Takes the faults of a key, each with the key: in a field that has several.
    pub(super) fn take_named(&mut self, key: &str) -> String {
        match self.take(key) {
            none if none.is_empty() => none,
            sentence => format!("{key}: {sentence}. "),
        }
    }

    /// The faults that no field took.
    pub(super) fn rest(self) -> Vec<String> {
        let rest = self.0.into_iter();
        let sentence = |(key, sentence): (String, String)| match key.as_str() {
            "" => sentence,
            key => format!("{key}: {sentence}"),
        };
        rest.map(sentence).collect()
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
        assert_eq!(faults.rest().len(), 2);
    }
}
