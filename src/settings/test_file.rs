//! For tests: the smallest complete configuration, which other keys are added to, and the keys that its parser knows.

use std::{collections::BTreeSet, path::Path};

use super::parse_configuration;

/// Open access, and one source of chats.
pub(crate) const OPEN_CHAT: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
     url = \"amqps://u:p@h/v\"\nexchange = \"x\"\n";

/// The first section alone.
pub(crate) const OPEN: &str = OPEN_CHAT.split_at("[access]\nmode = \"open\"\n".len()).0;

/// The second section alone.
pub(crate) const CHAT: &str = OPEN_CHAT.split_at(OPEN.len()).1;

/// The keys that the parser knows where a text has `no_such_key`, by the fault of that.
pub(crate) fn known_keys(text: &str) -> BTreeSet<String> {
    let text = format!("{text}{OPEN}");
    let parsed = parse_configuration(&text, Path::new("w.toml"), |_| None);
    let faults = parsed.unwrap_err().faults;
    let mut faults = faults.iter();
    let fault = faults.find(|fault| fault.key.ends_with("no_such_key"));
    let (_, keys) = fault.unwrap().fix.split_once("allowed here: ").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

/// The keys of tables, in any of them.
pub(crate) fn keys_of<'t>(tables: impl IntoIterator<Item = &'t toml::Value>) -> BTreeSet<String> {
    let tables = tables.into_iter().filter_map(toml::Value::as_table);
    tables.flat_map(|table| table.keys().cloned()).collect()
}
