//! A viewer's copy of a board page: just enough of a document to apply the live protocol, written
//! from docs/reference/protocol.md alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "hr"];

#[derive(Clone, Debug, Default)]
pub struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Clone, Debug)]
enum Node {
    Element(Element),
    Text(String),
}

/// A slot's content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotContent {
    /// Empty if the slot has others in it, or if the page's script writes its text.
    pub text: String,
    /// Those that begin with `data-`.
    pub attributes: BTreeMap<String, String>,
}

impl Element {
    /// Parses `html` into a document with an empty root element.
    pub fn parse(html: &str) -> Self {
        let mut open = vec![(String::new(), Element::default())];
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            push_text(&mut open, &rest[..at]);
            let end = tag_end(&rest[at..]) + at;
            let tag = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if tag.starts_with('!') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.last().unwrap().0, name.trim(), "tags are nested");
                let (_, finished) = open.pop().unwrap();
                open.last_mut()
                    .unwrap()
                    .1
                    .children
                    .push(Node::Element(finished));
                continue;
            }
            let (name, element) = parse_tag(tag);
            if VOID.contains(&name) || tag.ends_with('/') {
                open.last_mut()
                    .unwrap()
                    .1
                    .children
                    .push(Node::Element(element));
            } else {
                open.push((name.to_owned(), element));
            }
        }
        assert_eq!(
            open.len(),
            1,
            "every tag is closed: {:?}",
            open.last().unwrap().0
        );
        open.pop().unwrap().1
    }

    /// Returns whether its tag is `name`.
    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Finds the first element, including this one, for which `matches` returns true.
    pub fn find(&self, matches: &dyn Fn(&Element) -> bool) -> Option<&Element> {
        if matches(self) {
            return Some(self);
        }
        self.elements().find_map(|child| child.find(matches))
    }

    /// Returns all elements for which `matches` returns true, in the order of the document.
    pub fn find_all(&self, matches: &dyn Fn(&Element) -> bool) -> Vec<&Element> {
        let own = matches(self).then_some(self);
        let inner = self.elements().flat_map(|child| child.find_all(matches));
        own.into_iter().chain(inner).collect()
    }

    pub fn has_class(&self, class: &str) -> bool {
        let classes = self.attribute("class").unwrap_or_default();
        classes.split_whitespace().any(|own| own == class)
    }

    /// Replaces the element with `id` by the first element of a document. An empty page gets it as
    /// its only content.
    pub fn replace(&mut self, id: &str, document: &Element) {
        let fresh = document.elements().next().unwrap().clone();
        if self.children.is_empty() {
            self.children.push(Node::Element(fresh));
            return;
        }
        let old = self.find_mut(&|element| element.attribute("id") == Some(id));
        *old.unwrap_or_else(|| panic!("no region {id}")) = fresh;
    }

    /// Sets slot `k`, which the page must have.
    pub fn set_slot(&mut self, k: u64, value: &Value) {
        let k = k.to_string();
        let slot = self.find_mut(&|element| element.attribute("data-k") == Some(&k));
        let slot = slot.unwrap_or_else(|| panic!("no slot {k} for {value}"));
        match value {
            Value::String(text) => slot.set_text(text),
            Value::Object(clock) if clock.contains_key("since") => {
                let text = clock
                    .get("text")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                match clock["since"].as_i64() {
                    Some(since) => {
                        slot.attributes
                            .insert("data-since".into(), since.to_string());
                    }
                    None => {
                        slot.attributes.remove("data-since");
                    }
                }
                slot.set_text(text);
            }
            Value::Object(attributes) => {
                for (name, value) in attributes {
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    slot.attributes.insert(format!("data-{name}"), text);
                }
            }
            other => panic!("invalid cell: {other}"),
        }
    }

    /// Returns the numbers of all slots.
    pub fn slot_numbers(&self) -> BTreeSet<u64> {
        let slots = self.find_all(&is_slot).into_iter();
        let numbers = slots.filter_map(|slot| slot.attribute("data-k"));
        numbers.map(|k| k.parse().unwrap()).collect()
    }

    /// Returns every slot's content. A running clock is represented by its start, not its text.
    pub fn slots(&self) -> BTreeMap<u64, SlotContent> {
        let mut all = BTreeMap::new();
        self.collect(&mut all);
        all
    }

    fn collect(&self, all: &mut BTreeMap<u64, SlotContent>) {
        if let Some(k) = self.attribute("data-k") {
            let mut attributes = self.attributes.clone();
            attributes.retain(|name, _| name.starts_with("data-"));
            let contains_slots = self.elements().any(|child| child.find(&is_slot).is_some());
            // The page's script sets a curve's label from what frames say.
            let is_scripted = ["data-since", "data-peak"]
                .iter()
                .any(|name| attributes.contains_key(*name));
            let has_own_text = !is_scripted && !contains_slots;
            let text = if has_own_text {
                self.text()
            } else {
                String::new()
            };
            let content = SlotContent { text, attributes };
            let before = all.insert(k.parse().unwrap(), content);
            assert!(before.is_none(), "duplicate slot {k}");
        }
        for child in self.elements() {
            child.collect(all);
        }
    }

    fn set_text(&mut self, text: &str) {
        self.children = vec![Node::Text(text.to_owned())];
    }

    pub fn text(&self) -> String {
        let text = |node: &Node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(element) => element.text(),
        };
        self.children.iter().map(text).collect()
    }

    fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    fn find_mut(&mut self, matches: &dyn Fn(&Element) -> bool) -> Option<&mut Element> {
        if matches(self) {
            return Some(self);
        }
        self.children.iter_mut().find_map(|node| match node {
            Node::Element(element) => element.find_mut(matches),
            Node::Text(_) => None,
        })
    }
}

fn is_slot(element: &Element) -> bool {
    element.attribute("data-k").is_some()
}

fn push_text(open: &mut [(String, Element)], text: &str) {
    if !text.is_empty() {
        let text = Node::Text(unescape(text));
        open.last_mut().unwrap().1.children.push(text);
    }
}

/// Returns where the tag at the start of `html` ends: a `>` outside of quotes.
fn tag_end(html: &str) -> usize {
    let mut is_quoted = false;
    html.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    })
    .unwrap()
}

fn parse_tag(tag: &str) -> (&str, Element) {
    let name_end = tag.find([' ', '\n', '/']).unwrap_or(tag.len());
    let (name, mut rest) = tag.split_at(name_end);
    let mut element = Element {
        name: name.to_owned(),
        ..Element::default()
    };
    loop {
        rest = rest.trim_start_matches([' ', '\n', '/']);
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        if end == 0 {
            return (name, element);
        }
        let (attribute, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap(),
            None => ("", after),
        };
        element
            .attributes
            .insert(attribute.to_owned(), unescape(value));
        rest = after;
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';').unwrap();
        plain.push_str(before);
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "nbsp" => '\u{a0}',
            _ => decode_numeric(entity),
        });
        rest = after;
    }
    plain + rest
}

fn decode_numeric(entity: &str) -> char {
    let number = entity.strip_prefix('#').unwrap();
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.unwrap()).unwrap()
}
