//! The parts of the configuration that only its file has, each with the reason.

use wallboard_texts::Texts;

/// A text of each language.
type TextOf = fn(&Texts) -> &str;

/// A part that `/settings` names, so that nobody looks for its form.
pub(super) struct FilePart {
    pub(super) label: TextOf,
    /// The tables and keys.
    pub(super) keys: &'static [&'static str],
    pub(super) reason: TextOf,
}

pub(super) const FILE_PARTS: [FilePart; 5] = [
    FilePart {
        label: Texts::part_server,
        keys: &["[server]"],
        reason: Texts::part_server_reason,
    },
    FilePart {
        label: Texts::part_access,
        keys: &["[access]", "[access.oidc]"],
        reason: Texts::part_access_reason,
    },
    FilePart {
        label: Texts::part_store,
        keys: &["[store]", "[log]", "[case_records]", "[cluster]"],
        reason: Texts::part_store_reason,
    },
    FilePart {
        label: Texts::part_secrets,
        keys: &[
            "{ env = … }",
            "{ file = … }",
            "secret_key",
            "boards",
            "ca_file",
            "logo",
        ],
        reason: Texts::part_secrets_reason,
    },
    FilePart {
        label: Texts::part_network,
        keys: &["private_receivers", "allow_private"],
        reason: Texts::part_network_reason,
    },
];

#[cfg(test)]
mod tests {
    use crate::editing::Section;

    use super::*;

    #[test]
    fn every_table_of_the_documentation_has_a_section_or_a_reason() {
        let document = include_str!("../../../../docs/reference/configuration.md");
        let headers = document.lines().filter(|line| line.starts_with("##"));
        let tables = headers.flat_map(|line| line.split('`').skip(1).step_by(2));
        let tables: Vec<_> = tables.collect();
        assert!(15 < tables.len(), "{tables:?}");
        for table in tables {
            let name = table.trim_matches(['[', ']']).trim_end_matches(".*");
            let is_section = name.parse::<Section>().is_ok();
            let mut parts = FILE_PARTS.iter();
            let is_explained = parts.any(|part| part.keys.contains(&table));
            assert!(is_section != is_explained, "{table}");
        }
    }
}
