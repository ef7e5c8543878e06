//! The parts of the configuration that only its file has, each with the reason.

/// A part that `/settings` names, so that nobody looks for its form.
pub(super) struct FilePart {
    pub(super) label: &'static str,
    /// The tables and keys.
    pub(super) keys: &'static [&'static str],
    pub(super) reason: &'static str,
}

pub(super) const FILE_PARTS: [FilePart; 5] = [
    FilePart {
        label: "Address, port, HTTPS and proxies",
        keys: &["[server]"],
        reason: "a wrong value would lock you out of these pages",
    },
    FilePart {
        label: "Access and sign-in",
        keys: &["[access]", "[access.oidc]"],
        reason: "who may change settings is decided outside of them",
    },
    FilePart {
        label: "Database, log and cluster",
        keys: &["[store]", "[log]", "[cluster]"],
        reason: "the server needs them before it can read what is changed here",
    },
    FilePart {
        label: "Secrets from variables or files, their key, and everything else in a file or folder of the server",
        keys: &[
            "{ env = … }",
            "{ file = … }",
            "secret_key",
            "boards",
            "ca_file",
            "logo",
        ],
        reason: "the browser must not choose what the server reads",
    },
    FilePart {
        label: "Channels that reach your own network",
        keys: &["private_receivers", "allow_private"],
        reason: "a form must not open it",
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
