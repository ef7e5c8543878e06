//! Demo data: simulated sources that people add to look around, and that a real one replaces.

use toml::Value;

use wallboard_sources::{SourceConfig, demo};

use crate::{
    editing::{Editor, EntryChange, EntryId, Origin, Section},
    web::parts::entry_table::EntryTable,
};

/// The demo that a button adds.
pub(in crate::web) fn demo_entry() -> (EntryId, String) {
    let id = EntryId::new(Section::Sources, demo::KIND.name);
    let toml = format!("{id}\nkind = {:?}\n", demo::KIND.name);
    (id, toml)
}

/// The changes that remove each demo that somebody added in the browser.
pub(in crate::web) fn remove_demo_data(editor: &Editor) -> Vec<EntryChange> {
    let ids = editor.list_section(Section::Sources).into_iter();
    let removals = ids.filter_map(|id| {
        let Origin::Browser(entry) = editor.origin(&id) else {
            return None;
        };
        let table = EntryTable::read(&id, entry.current());
        let kind = table.get("kind").and_then(Value::as_str);
        (kind == Some(demo::KIND.name)).then(|| EntryChange {
            began_from: Some(entry.revision),
            id,
            toml: None,
        })
    });
    removals.collect()
}

/// Whether a source of a kind takes the place of demo data: a live one that is real.
pub(super) fn replaces_demo_data(kind: &str) -> bool {
    let mut live = SourceConfig::KINDS.iter();
    kind != demo::KIND.name && live.any(|one| one.name == kind)
}
