//! The kinds of entries that have forms of their own: sources and channels.

use wallboard_domain::{SourceFeed, SourceStarter, TableForm};
use wallboard_history::ExportVendor;
use wallboard_notify::Channel;
use wallboard_sources::SourceConfig;

use super::Section;

/// A kind of entry that people can make in the browser by its form.
#[derive(Clone, Copy, Debug)]
pub struct KindForm {
    /// `kind` in the configuration.
    pub kind: &'static str,
    /// Of a source.
    pub starter: Option<&'static SourceStarter>,
    pub form: TableForm,
    /// The key of a statistic's name, if names can be found by trying.
    pub discovery_key: Option<&'static str>,
}

impl KindForm {
    /// Whether it imports files of the past or of plans.
    pub fn is_of_files(&self) -> bool {
        let feed = self.starter.map(|starter| starter.feed);
        matches!(
            feed,
            Some(SourceFeed::ChatHistory | SourceFeed::CallHistory | SourceFeed::Plan)
        )
    }
}

/// Lists the kinds of a section: live sources and then those of files, or channels; none of a section without forms.
pub fn kind_forms(section: Section) -> Vec<KindForm> {
    if section == Section::Channels {
        let forms = Channel::FORMS.iter().map(|one| KindForm {
            kind: one.kind,
            starter: None,
            form: one.form,
            discovery_key: None,
        });
        return forms.collect();
    }
    if section != Section::Sources {
        return Vec::new();
    }
    let kinds = SourceConfig::KINDS.iter().chain(ExportVendor::KINDS);
    let starters = (SourceConfig::STARTERS.iter()).chain(ExportVendor::STARTERS);
    let forms = SourceConfig::FORMS.iter().chain(ExportVendor::FORMS);
    let keys = SourceConfig::DISCOVERY_KEYS.iter().copied();
    let keys = keys.chain(std::iter::repeat(None));
    let all = kinds.zip(starters).zip(forms).zip(keys);
    let all = all.map(|(((kind, starter), form), discovery_key)| KindForm {
        kind: kind.name,
        starter: Some(starter),
        form: *form,
        discovery_key,
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wallboard_texts::testing::form_keys;

    use super::*;
    use crate::settings::test_file::known_keys;

    /// Keys that every kind has, with fields of their own.
    const OF_EVERY_KIND: [&str; 3] = ["kind", "name", "paused_by"];

    /// The keys that the parser knows in a table of a kind, by the fault of one that it doesn't know.
    fn keys_of_kind(section: Section, kind: &str, table: &str) -> Vec<String> {
        let inner = match table {
            "" => "no_such_key = 1\n".to_owned(),
            table => format!("{table} = {{ no_such_key = 1 }}\n"),
        };
        let keys = known_keys(&format!("[{section}.x]\nkind = {kind:?}\n{inner}"));
        let path = |key: String| match table {
            "" => key,
            table => format!("{table}.{key}"),
        };
        keys.into_iter().map(path).collect()
    }

    fn all_kinds() -> Vec<(Section, KindForm)> {
        let sections = [Section::Sources, Section::Channels].into_iter();
        let kinds = sections.flat_map(|section| {
            let kinds = kind_forms(section).into_iter();
            kinds.map(move |kind| (section, kind))
        });
        kinds.collect()
    }

    /// The languages have the same messages: see the tests of the texts.
    #[test]
    fn each_field_and_each_kind_of_channel_has_texts_and_no_text_is_left_over() {
        let mut named = BTreeSet::new();
        for (section, KindForm { kind, form, .. }) in all_kinds() {
            if section == Section::Channels {
                named.insert(format!("channel_kind_{kind}"));
            }
            let fields = form.fields.iter();
            named.extend(fields.map(|field| format!("field_{}", field.text)));
        }
        assert_eq!(named, form_keys());
    }

    #[test]
    fn each_key_that_the_parser_knows_has_a_field_or_a_reason() {
        let document = include_str!("../../docs/reference/configuration.md");
        for (section, KindForm { kind, form, .. }) in all_kinds() {
            let fields: BTreeSet<_> = form.fields.iter().map(|field| field.key).collect();
            assert_eq!(fields.len(), form.fields.len(), "{kind}");
            let tables: BTreeSet<_> = (fields.iter())
                .filter_map(|key| Some(key.split_once('.')?.0))
                .collect();
            let of_tables = tables
                .iter()
                .flat_map(|table| keys_of_kind(section, kind, table));
            let own = keys_of_kind(section, kind, "").into_iter();
            let own = own.filter(|key| !tables.contains(&**key));
            let known: BTreeSet<_> = own
                .chain(of_tables)
                .filter(|key| !OF_EVERY_KIND.contains(&&**key))
                .collect();
            let without = form.only_in_files.iter().map(|(key, _)| *key);
            let offered: BTreeSet<_> = fields.iter().copied().chain(without).collect();
            assert_eq!(known, offered.into_iter().map(str::to_owned).collect());
            for key in known {
                let last = key.rsplit('.').next().unwrap();
                let is_explained = [format!("`{last}`"), format!("….{last}]")];
                let is_explained = is_explained.iter().any(|text| document.contains(text));
                assert!(is_explained, "{key} of {kind}");
            }
        }
    }
}
