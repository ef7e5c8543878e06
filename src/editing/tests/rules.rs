//! The rules of `check` are the only ones: whatever key of an entry is wrong, the browser refuses it at that key, with the
//! message and the fix that a file gets.

use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use wallboard_boards::board_file::parse_board;
use wallboard_domain::Metric;
use wallboard_toml_reader::ConfigFaults;

use crate::settings::test_file::known_keys;

use super::*;

/// A value that no key takes.
const WRONG: &str = "1979-05-27";
/// Of a rule, each alone.
const SCOPES: [&str; 7] = [
    "queues", "sources", "imports", "screens", "agents", "figures", "targets",
];

/// Keys of files that are fetched, which mean nothing without a host.
const OF_HOST: [&str; 5] = ["username", "key", "key_passphrase", "host_key", "port"];
/// The message about a key that only a file may have: its value is a path of the server.
const ONLY_IN_FILES: &str = "is a file of the server, which the browser can't choose";

/// An entry of which one key is wrong.
struct WrongKey {
    id: EntryId,
    toml: String,
    /// As faults name it.
    key: String,
}

impl WrongKey {
    /// `before` are other lines of the entry.
    fn of_table(section: Section, before: &str, key: &str) -> Self {
        let id = EntryId::new(section, if section.is_whole() { "" } else { "x" });
        let header = id.to_string();
        let path = header.trim_matches(['[', ']']);
        Self {
            toml: format!("{header}\n{before}{key} = {WRONG}\n"),
            key: format!("{path}.{key}"),
            id,
        }
    }

    fn of_line(section: Section, name: &str, path: &str) -> Self {
        Self {
            id: EntryId::new(section, name),
            toml: format!("[{section}]\n{name:?} = {WRONG}\n"),
            key: path.to_owned(),
        }
    }
}

fn known(section: Section, before: &str) -> BTreeSet<String> {
    let header = EntryId::new(section, if section.is_whole() { "" } else { "x" });
    known_keys(&format!("{header}\n{before}no_such_key = 1\n"))
}

/// An entry for every key that the parsers know.
fn wrong_keys() -> Vec<WrongKey> {
    let mut all = Vec::new();
    for section in Section::iter() {
        let table = |before: &str, keys: &mut dyn Iterator<Item = String>| -> Vec<WrongKey> {
            let wrong = keys.map(|key| WrongKey::of_table(section, before, &key));
            wrong.collect()
        };
        let of_parser = |before: &str| table(before, &mut known(section, before).into_iter());
        all.extend(match section {
            Section::TimeZone | Section::Language => vec![WrongKey {
                id: EntryId::new(section, ""),
                toml: format!("{section} = {WRONG}\n"),
                key: section.to_string(),
            }],
            Section::Boards => {
                let unknown = parse_board("title = \"A\"\nno_such_key = 1\n", "x.toml");
                let faults = unknown.unwrap_err().faults;
                let (_, keys) = faults[0].fix.split_once("allowed here: ").unwrap();
                let keys = keys.split(", ").map(|key| WrongKey {
                    id: EntryId::new(section, "x"),
                    toml: format!("{key} = {WRONG}\n"),
                    key: key.to_owned(),
                });
                keys.collect()
            }
            Section::Thresholds => table("", &mut Metric::all().map(|one| one.name().to_owned())),
            Section::Hours => table(
                "",
                &mut ["mon-fri", "sat", "2026-12-24", "zone"]
                    .map(str::to_owned)
                    .into_iter(),
            ),
            Section::Names | Section::Links => {
                vec![WrongKey::of_line(
                    section,
                    "chat/1",
                    &format!("{section}.\"chat/1\""),
                )]
            }
            Section::Hide => ["queues", "agents"]
                .map(|name| WrongKey::of_line(section, name, &format!("{section}.{name}")))
                .into(),
            Section::Alerts => {
                let is_scope = |key: &String| SCOPES.contains(&key.as_str());
                let mut keys = known(section, "queues = [\"*\"]\n");
                keys.extend(known(section, "agents = [\"*\"]\n"));
                let (scopes, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_scope);
                let mut wrong = table("", &mut scopes.into_iter());
                let (status, others): (Vec<_>, Vec<_>) =
                    others.into_iter().partition(|key| key == "status");
                wrong.extend(table("queues = [\"*\"]\n", &mut others.into_iter()));
                wrong.extend(table("agents = [\"*\"]\n", &mut status.into_iter()));
                wrong
            }
            Section::Channels | Section::Sources => kind_forms(section)
                .into_iter()
                .flat_map(|kind| {
                    let has_host = kind.form.fields.iter().any(|field| field.key == "host");
                    let keys = kind.form.fields.iter().map(|field| field.key);
                    let wrong = keys.map(|key| {
                        let host = if has_host && OF_HOST.contains(&key) {
                            "host = \"h\"\n"
                        } else {
                            ""
                        };
                        let before = format!("kind = {:?}\n{host}", kind.kind);
                        WrongKey::of_table(section, &before, key)
                    });
                    wrong.collect::<Vec<_>>()
                })
                .collect(),
            Section::Targets
            | Section::Holidays
            | Section::Figures
            | Section::Groups
            | Section::People
            | Section::Brand
            | Section::Privacy
            | Section::Reports
            | Section::Playlists => of_parser(""),
        });
    }
    all
}

/// The message and the fix of a key's fault.
fn find_fault(faults: &ConfigFaults, key: &str) -> Option<(String, String)> {
    let mut faults = faults.faults.iter();
    let fault = faults.find(|fault| {
        let rest = fault.key.strip_prefix(key);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })?;
    Some((fault.what.clone(), fault.fix.clone()))
}

#[tokio::test]
async fn every_wrong_key_has_its_message_in_the_browser_as_in_a_file() {
    let site = Site::new();
    let editor = site.open().await;
    let all = wrong_keys();
    let mut odd = Vec::new();
    for WrongKey { id, toml, key } in &all {
        let change = EntryChange {
            id: id.clone(),
            toml: Some(toml.clone()),
            began_from: None,
        };
        let in_browser = editor.check(&[change]).await.err();
        let is_here = in_browser.as_ref().is_some_and(|faults| {
            let header = id.to_string();
            faults.faults.iter().all(|fault| fault.is_in_entry(&header))
        });
        let in_file = if id.section == Section::Boards {
            parse_board(toml, "x.toml").err()
        } else {
            fs::write(
                site.folder.path().join("other.toml"),
                format!("{toml}{FILE}"),
            )
            .unwrap();
            ConfigurationFiles::load(&site.folder.path().join("other.toml")).err()
        };
        let find = |faults: Option<ConfigFaults>| find_fault(&faults?, key);
        let (in_browser, in_file) = (find(in_browser), find(in_file));
        let has_message = in_file.as_ref().is_some_and(|(what, _)| !what.is_empty());
        let is_only_in_files = |fault: &(String, String)| fault.0 == ONLY_IN_FILES;
        let is_same = in_browser == in_file || in_browser.as_ref().is_some_and(is_only_in_files);
        if !is_here || !has_message || !is_same {
            odd.push(format!("{key}: {in_browser:?}, in a file {in_file:?}"));
        }
    }
    let sections: BTreeSet<_> = all.iter().map(|one| one.id.section).collect();
    assert_eq!(sections.len(), Section::iter().count());
    println!("measured: {} keys, each with its message", all.len());
    assert!(odd.is_empty(), "{} of {}: {odd:#?}", odd.len(), all.len());
}
