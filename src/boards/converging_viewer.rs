//! For tests: a viewer that knows only region ids and slot numbers.

use std::collections::{BTreeMap, BTreeSet};

/// A viewer and the values of its slots, as patches or frames have them.
#[derive(Clone, Debug)]
pub(crate) struct ConvergingViewer<V> {
    html: String,
    /// The slots of its page.
    slots: BTreeSet<u32>,
    cells: BTreeMap<u32, V>,
    /// Every removed slot, to check that none comes back.
    gone: BTreeSet<u32>,
}

impl<V> Default for ConvergingViewer<V> {
    fn default() -> Self {
        Self {
            html: String::new(),
            slots: BTreeSet::new(),
            cells: BTreeMap::new(),
            gone: BTreeSet::new(),
        }
    }
}

impl<V> ConvergingViewer<V> {
    pub(crate) fn apply_changes(
        &mut self,
        regions: impl IntoIterator<Item = (String, String)>,
        cells: impl IntoIterator<Item = (u32, V)>,
    ) {
        let mut is_redrawn = false;
        for (id, html) in regions {
            self.html = replace_region(&self.html, &id, &html);
            is_redrawn = true;
        }
        if is_redrawn {
            let after = find_slots(&self.html);
            assert!(after.is_disjoint(&self.gone), "a slot number was reused");
            self.gone.extend(self.slots.difference(&after));
            self.slots = after;
        }
        self.cells.extend(cells);
        self.cells.retain(|slot, _| self.slots.contains(slot));
    }

    pub(crate) fn slots(&self) -> &BTreeSet<u32> {
        &self.slots
    }

    pub(crate) fn cells(&self) -> &BTreeMap<u32, V> {
        &self.cells
    }
}

pub(crate) fn find_slots(html: &str) -> BTreeSet<u32> {
    let after = html.split("data-k=\"").skip(1);
    after
        .map(|rest| rest[..rest.find('"').unwrap()].parse().unwrap())
        .collect()
}

/// Replaces the element with that id. The id is the first attribute of its tag, and tags of the
/// same name nest properly.
fn replace_region(html: &str, id: &str, new_html: &str) -> String {
    let id_attribute = format!(" id=\"{id}\"");
    let Some(at) = html.find(&id_attribute) else {
        assert!(html.is_empty(), "no region {id}");
        return new_html.to_owned();
    };
    let start = html[..at].rfind('<').unwrap();
    let name = &html[start + 1..at];
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut end) = (0, start);
    loop {
        let rest = &html[end..];
        let next_close = rest.find(&close).unwrap();
        match rest.find(&open) {
            Some(next_open) if next_open < next_close => {
                depth += 1;
                end += next_open + open.len();
            }
            _ => {
                depth -= 1;
                end += next_close + close.len();
            }
        }
        if depth == 0 {
            break;
        }
    }
    format!("{}{new_html}{}", &html[..start], &html[end..])
}
