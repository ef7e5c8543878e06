//! A viewer's copy of a board, by docs/reference/protocol.md alone: its page, its position, and which
//! frames it may apply. Knows no socket, so that tests of single frames have the same viewer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::page::{Element, SlotContent};

#[derive(Clone, Debug, Default)]
pub struct BoardCopy {
    pub page: Element,
    pub epoch: String,
    pub n: u64,
    /// Whether the server announced a snapshot that hasn't arrived.
    pub awaits_snapshot: bool,
    /// Every removed slot of this epoch, to check that none comes back.
    gone: BTreeSet<u64>,
}

impl BoardCopy {
    /// Reads a board's page.
    pub fn load(html: &str) -> Self {
        let page = Element::parse(html);
        let root = page.find(&|element| element.attribute("data-e").is_some());
        let attribute = |name: &str| root.unwrap().attribute(name).unwrap();
        Self {
            epoch: attribute("data-e").to_owned(),
            n: attribute("data-n").parse().unwrap(),
            page,
            ..Self::default()
        }
    }

    /// Returns every slot's content.
    pub fn slots(&self) -> BTreeMap<u64, SlotContent> {
        self.page.slots()
    }

    /// Applies a frame. Returns whether the viewer must request a resync.
    #[must_use]
    pub fn apply_frame(&mut self, frame: &Value) -> bool {
        let n = frame["n"].as_u64().unwrap_or(0);
        let is_same_epoch = frame["e"] == self.epoch.as_str();
        match frame["t"].as_str().unwrap() {
            "hi" => self.awaits_snapshot = frame["resume"] == false,
            "d" | "hb" if self.awaits_snapshot => return true,
            "d" if is_same_epoch && n <= self.n => {}
            "d" if is_same_epoch && n == self.n + 1 => self.apply_changes(frame, true),
            "d" => return true,
            "s" => {
                if !is_same_epoch {
                    frame["e"].as_str().unwrap().clone_into(&mut self.epoch);
                    self.gone.clear();
                }
                self.awaits_snapshot = false;
                self.apply_changes(frame, is_same_epoch);
            }
            "hb" => return self.n < n,
            "bye" => {}
            other => panic!("unknown frame type: {other}"),
        }
        false
    }

    fn apply_changes(&mut self, frame: &Value, is_same_epoch: bool) {
        let mut valued = BTreeSet::new();
        let before = self.page.slot_numbers();
        for region in frame["h"].as_array().into_iter().flatten() {
            let (id, html) = (region[0].as_str().unwrap(), region[1].as_str().unwrap());
            let fresh = Element::parse(html);
            valued.extend(fresh.slot_numbers());
            self.page.replace(id, &fresh);
        }
        // Another server counts slots from the beginning.
        if is_same_epoch && frame.get("h").is_some() {
            let after = self.page.slot_numbers();
            assert!(after.is_disjoint(&self.gone), "a slot number was reused");
            self.gone.extend(before.difference(&after));
        }
        for cell in frame["c"].as_array().unwrap() {
            let slot = cell[0].as_u64().unwrap();
            assert!(valued.insert(slot), "slot {slot} has two values: {frame}");
            self.page.set_slot(slot, &cell[1]);
        }
        self.n = frame["n"].as_u64().unwrap();
    }
}

/// Two copies at one position that show the same.
impl PartialEq for BoardCopy {
    fn eq(&self, other: &Self) -> bool {
        let position = |copy: &Self| (copy.epoch.clone(), copy.n, copy.awaits_snapshot);
        position(self) == position(other) && self.slots() == other.slots()
    }
}
