//! For tests: a viewer that knows only region ids, slot numbers and how a page shows their values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{AttributeValue, BoardPatch, SlotValue};

/// A viewer and what its slots show.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConvergingViewer {
    html: String,
    slots: BTreeMap<u32, ShownSlot>,
    /// Every removed slot, to check that none comes back.
    gone: BTreeSet<u32>,
}

/// The content of a slot's element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ShownSlot {
    /// Empty if the element has others in it, or is a running clock, whose text depends on the time.
    pub(crate) text: String,
    /// By their names without `data-`.
    pub(crate) attributes: BTreeMap<String, String>,
}

impl ConvergingViewer {
    pub(crate) fn load_page(root: (String, String)) -> Self {
        let mut viewer = Self::default();
        viewer.apply_changes([root], []);
        viewer
    }

    pub(super) fn apply_patch(&mut self, patch: BoardPatch) {
        let cells = patch.cells.iter();
        let cells = cells.map(|(slot, value)| (*slot, to_frame_value(value)));
        self.apply_changes(patch.regions, cells);
    }

    /// Applies the regions and slots of a frame, each of which has values that the others don't.
    pub(crate) fn apply_changes(
        &mut self,
        regions: impl IntoIterator<Item = (String, String)>,
        cells: impl IntoIterator<Item = (u32, Value)>,
    ) {
        let mut is_redrawn = false;
        let mut redrawn = BTreeMap::new();
        for (id, html) in regions {
            self.html = replace_region(&self.html, &id, &html);
            redrawn.extend(read_slots(&html));
            is_redrawn = true;
        }
        let mut with_value: BTreeSet<u32> = redrawn.keys().copied().collect();
        self.slots.extend(redrawn);
        if is_redrawn {
            let after = find_slots(&self.html);
            assert!(after.is_disjoint(&self.gone), "a slot number was reused");
            let before = self.slots.keys().copied();
            self.gone
                .extend(before.filter(|slot| !after.contains(slot)));
            self.slots.retain(|slot, _| after.contains(slot));
        }
        for (slot, value) in cells {
            assert!(with_value.insert(slot), "slot {slot} has two values");
            let shown = self.slots.get_mut(&slot);
            shown.expect("a slot of the page").apply_value(&value);
        }
    }

    pub(crate) fn slots(&self) -> &BTreeMap<u32, ShownSlot> {
        &self.slots
    }
}

impl ShownSlot {
    fn apply_value(&mut self, value: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match value {
            Value::Object(clock) if clock.contains_key("since") => {
                self.text = clock.get("text").map_or_else(String::new, text);
                match &clock["since"] {
                    Value::Null => self.attributes.remove("since"),
                    since => (self.attributes).insert("since".into(), since.to_string()),
                };
            }
            Value::Object(attributes) => {
                let attributes = attributes.iter().map(|(name, value)| {
                    let text = value.as_str().map(str::to_owned);
                    (name.clone(), text.unwrap_or_else(|| value.to_string()))
                });
                self.attributes.extend(attributes);
            }
            value => self.text = value.as_str().unwrap().to_owned(),
        }
    }
}

/// The value as docs/reference/protocol.md has it.
fn to_frame_value(value: &SlotValue) -> Value {
    match value {
        SlotValue::Text(text) => json!(text),
        SlotValue::Clock { since: None, text } => json!({"since": null, "text": text}),
        SlotValue::Clock { since, .. } => json!({"since": since}),
        SlotValue::Attributes(attributes) => {
            let attributes = attributes.iter().map(|(name, value)| match value {
                AttributeValue::Text(text) => ((*name).to_owned(), json!(text)),
                AttributeValue::Number(number) => ((*name).to_owned(), json!(number)),
            });
            Value::Object(attributes.collect())
        }
    }
}

fn find_slots(html: &str) -> BTreeSet<u32> {
    let after = html.split("data-k=\"").skip(1);
    after
        .map(|rest| rest[..rest.find('"').unwrap()].parse().unwrap())
        .collect()
}

/// Reads what the slots of `html` show.
fn read_slots(html: &str) -> BTreeMap<u32, ShownSlot> {
    let tags: Vec<&str> = html.split('<').skip(1).collect();
    let mut slots = BTreeMap::new();
    for (index, (tag, text)) in tags
        .iter()
        .filter_map(|tag| tag.split_once('>'))
        .enumerate()
    {
        let mut attributes = read_attributes(tag);
        let Some(slot) = attributes.remove("k") else {
            continue;
        };
        let has_only_text = tags
            .get(index + 1)
            .is_some_and(|next| next.starts_with('/'));
        let shows_text = has_only_text && !attributes.contains_key("since");
        let text = if shows_text {
            unescape(text)
        } else {
            String::new()
        };
        let before = slots.insert(slot.parse().unwrap(), ShownSlot { text, attributes });
        assert_eq!(before, None, "slot {slot} is on the page twice");
    }
    slots
}

/// Reads a tag's `data-` attributes.
fn read_attributes(tag: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').unwrap();
        let name = before.rsplit(' ').next().unwrap();
        if let Some(name) = name.strip_prefix("data-") {
            attributes.insert(name.to_owned(), unescape(value));
        }
        rest = after;
    }
    attributes
}

fn unescape(text: &str) -> String {
    let escapes = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    escapes
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
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
