//! The kinds of sources, with the form of each.

use wallboard_domain::{SourceForm, SourceKind};
use wallboard_history::ExportVendor;
use wallboard_sources::SourceConfig;

/// A kind of source that people can make in the browser.
#[derive(Clone, Copy, Debug)]
pub struct SourceKindForm {
    pub kind: SourceKind,
    /// "Chat: Vergic Engage (Vngage)"
    pub title: &'static str,
    pub form: SourceForm,
}

/// Lists the kinds of live sources, then those of files.
pub fn source_kinds() -> Vec<SourceKindForm> {
    let kinds = SourceConfig::KINDS.iter().chain(ExportVendor::KINDS);
    let starters = (SourceConfig::STARTERS.iter()).chain(ExportVendor::STARTERS);
    let forms = SourceConfig::FORMS.iter().chain(ExportVendor::FORMS);
    let all = kinds.zip(starters).zip(forms);
    let all = all.map(|((kind, starter), form)| SourceKindForm {
        kind: *kind,
        title: starter.title,
        form: *form,
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::settings;

    /// Keys that every source has, with fields of their own.
    const OF_EVERY_KIND: [&str; 3] = ["kind", "name", "paused_by"];

    /// The keys that the parser knows in a table of a source, by the fault of one that it doesn't know.
    fn known_keys(kind: &str, table: &str) -> Vec<String> {
        let inner = match table {
            "" => "no_such_key = 1\n".to_owned(),
            table => format!("{table} = {{ no_such_key = 1 }}\n"),
        };
        let text = format!("[access]\nmode = \"open\"\n[sources.x]\nkind = {kind:?}\n{inner}");
        let parsed = settings::parse_configuration(&text, Path::new("w.toml"), |_| None);
        let faults = parsed.unwrap_err().faults;
        let mut faults = faults.iter();
        let fault = faults.find(|fault| fault.key.ends_with("no_such_key"));
        let (_, keys) = fault.unwrap().fix.split_once("allowed here: ").unwrap();
        let path = |key: &str| match table {
            "" => key.to_owned(),
            table => format!("{table}.{key}"),
        };
        keys.split(", ").map(path).collect()
    }

    #[test]
    fn each_key_that_the_parser_knows_has_a_field_or_a_reason() {
        let document = include_str!("../../docs/reference/configuration.md");
        for SourceKindForm { kind, form, .. } in source_kinds() {
            let fields: BTreeSet<_> = form.fields.iter().map(|field| field.key).collect();
            assert_eq!(fields.len(), form.fields.len(), "{}", kind.name);
            let tables: BTreeSet<_> = (fields.iter())
                .filter_map(|key| Some(key.split_once('.')?.0))
                .collect();
            let of_tables = tables.iter().flat_map(|table| known_keys(kind.name, table));
            let own = known_keys(kind.name, "").into_iter();
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
                assert!(is_explained, "{} of {}", key, kind.name);
            }
        }
    }
}
