//! The parts of the configuration that only its file has, each with the reason.

use wallboard_texts::Texts;

/// A text of each language.
pub(super) type TextOf = fn(&Texts) -> &str;

/// A part that `/settings` names, so that nobody looks for its form.
pub(super) struct FilePart {
    pub(super) label: TextOf,
    pub(super) tables: &'static [TableKeys],
    pub(super) reason: TextOf,
}

/// Keys of one table.
pub(super) struct TableKeys {
    /// Empty for those outside of tables.
    pub(super) name: &'static str,
    pub(super) keys: &'static [&'static str],
}

const fn keys(name: &'static str, keys: &'static [&'static str]) -> TableKeys {
    TableKeys { name, keys }
}

pub(super) const FILE_PARTS: [FilePart; 8] = [
    FilePart {
        label: Texts::part_server,
        tables: &[keys(
            "server",
            &["listen", "public_url", "tls", "trusted_proxies"],
        )],
        reason: Texts::part_server_reason,
    },
    FilePart {
        label: Texts::part_load,
        tables: &[keys("server", &["max_viewers", "flush_interval"])],
        reason: Texts::part_load_reason,
    },
    FilePart {
        label: Texts::part_access,
        tables: &[keys(
            "access",
            &[
                "mode",
                "session",
                "allow_open_network",
                "agents_on_screens",
                "editing",
                "supervisor",
                "groups",
                "oidc",
            ],
        )],
        reason: Texts::part_access_reason,
    },
    FilePart {
        label: Texts::part_store,
        tables: &[
            keys("store", &["url"]),
            keys("log", &["enabled"]),
            keys(
                "cluster",
                &[
                    "nats",
                    "site",
                    "node",
                    "user",
                    "password",
                    "token",
                    "credentials_file",
                    "ca_file",
                    "allow_plaintext",
                    "role",
                    "replicas",
                    "imports",
                ],
            ),
        ],
        reason: Texts::part_store_reason,
    },
    FilePart {
        label: Texts::part_retention,
        tables: &[
            keys("store", &["keep_calls"]),
            keys("log", &["keep", "max_size"]),
            keys("case_records", &["keep"]),
            keys("access", &["keep_audit"]),
        ],
        reason: Texts::part_retention_reason,
    },
    FilePart {
        label: Texts::part_secrets,
        tables: &[
            keys("", &["{ env = … }", "{ file = … }", "secret_key", "boards"]),
            keys(
                "sources",
                &[
                    "ca_file",
                    "client_cert",
                    "client_key",
                    "key_file",
                    "known_hosts",
                    "folder",
                ],
            ),
            keys("channels", &["ca_file"]),
            keys("holidays", &["file"]),
        ],
        reason: Texts::part_secrets_reason,
    },
    FilePart {
        label: Texts::part_network,
        tables: &[
            keys("server", &["private_receivers"]),
            keys("channels", &["allow_private"]),
        ],
        reason: Texts::part_network_reason,
    },
    FilePart {
        label: Texts::part_records,
        tables: &[keys(
            "case_records",
            &["fields", "webhook", "files", "transcripts"],
        )],
        reason: Texts::part_records_reason,
    },
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use strum::IntoEnumIterator;

    use crate::{
        editing::{EntryId, Section},
        settings::{self, RecordedText},
    };

    use super::*;

    const ACCESS: &str = "[access]\nmode = \"open\"\n";

    /// Each key with its table. A key that is named twice fails.
    fn listed() -> BTreeSet<(String, String)> {
        let tables = FILE_PARTS.iter().flat_map(|part| part.tables);
        let all = tables.flat_map(|table| table.keys.iter().map(|key| (table.name, *key)));
        let all: Vec<_> = all
            .map(|(table, key)| (table.to_owned(), key.to_owned()))
            .collect();
        let listed: BTreeSet<_> = all.iter().cloned().collect();
        assert_eq!(listed.len(), all.len());
        listed
    }

    /// The keys that the parser knows next to `unknown`; none if it isn't a table's.
    fn known_keys(text: &str, unknown: &str) -> Vec<String> {
        let parsed = settings::parse_configuration(text, Path::new("w.toml"), |_| None);
        let faults = parsed.unwrap_err().faults;
        let fault = faults.iter().find(|fault| fault.key == unknown);
        let allowed = fault.and_then(|fault| fault.fix.split_once("allowed here: "));
        let keys = allowed.iter().flat_map(|(_, keys)| keys.split(", "));
        keys.map(str::to_owned).collect()
    }

    #[test]
    fn every_key_that_the_parser_knows_has_a_section_or_a_reason() {
        let document = include_str!("../../../../docs/reference/configuration.md");
        let root = known_keys(&format!("unknown = 1\n{ACCESS}"), "unknown");
        let of_files = root.iter().filter(|key| key.parse::<Section>().is_err());
        let mut known = BTreeSet::from([(String::new(), "boards".to_owned())]);
        for table in of_files {
            let text = match table.as_str() {
                "access" => format!("{ACCESS}unknown = 1\n"),
                _ => format!("{ACCESS}[{table}]\nunknown = 1\n"),
            };
            let keys = known_keys(&text, &format!("{table}.unknown"));
            assert!(!keys.is_empty(), "{table}");
            if table == "secret_key" {
                known.insert((String::new(), table.clone()));
            } else {
                known.extend(keys.into_iter().map(|key| (table.clone(), key)));
            }
        }
        println!("measured: {} keys of files", known.len());
        let is_form = |key: &str| key.starts_with('{');
        let is_section = |table: &str| table.parse::<Section>().is_ok();
        let mut listed = listed();
        listed.retain(|(table, key)| !is_section(table) && !is_form(key));
        assert_eq!(listed, known);
        for (table, key) in known {
            let is_explained = [format!("`{key}`"), format!("[access.{key}]")];
            let is_explained = is_explained.iter().any(|text| document.contains(text));
            assert!(is_explained, "{key} of {table}");
        }
    }

    #[test]
    fn every_key_of_the_sample_that_the_browser_refuses_has_a_reason() {
        let sample = include_str!("../../../../wallboard.sample.toml");
        let active = sample.lines().map(|line| {
            let line = line.strip_prefix("#: ").unwrap_or(line);
            line.strip_prefix("#: ").unwrap_or(line)
        });
        let sample = active.collect::<Vec<_>>().join("\n");
        let sections = Section::iter().filter(|section| *section != Section::Boards);
        let entries = sections.flat_map(|section| {
            let entries = settings::file_entries(&sample, section.into(), section.is_whole());
            let entries = entries.into_iter();
            entries.map(move |(name, entry)| {
                RecordedText::from((&EntryId { section, name }, entry.toml.as_str()))
            })
        });
        let entries: Vec<_> = entries.collect();
        assert!(30 < entries.len(), "{}", entries.len());
        let file = Path::new("w.toml");
        let read = settings::parse_with_entries(ACCESS, file, &entries, |_| None);
        let faults = read.unwrap_err().faults.into_iter();
        let faults = faults.filter(|fault| fault.what.ends_with("the browser can't choose"));
        let refused = faults.map(|fault| {
            let (table, _) = fault.key.split_once('.').unwrap();
            let (_, key) = fault.key.rsplit_once('.').unwrap();
            (table.to_owned(), key.to_owned())
        });
        // A logo is uploaded instead.
        let refused = refused.filter(|(table, _)| table != "brand");
        let mut listed = listed();
        listed.retain(|(table, _)| table.parse::<Section>().is_ok());
        let refused: BTreeSet<_> = refused.collect();
        assert_eq!(listed, refused);
    }
}
