//! Something that changed in an entry, for people: "Critical from 2:00 → 3:00", "Queues: + Billing".

use crate::web::parts::sentence::Sentence;

/// Something that changed, with what it was and is. Values are data, or in the reader's language.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct DifferenceWords {
    pub(in crate::web) what: Sentence,
    /// The value before and after.
    pub(in crate::web) replaced: Option<(String, String)>,
    pub(in crate::web) added: Vec<String>,
    pub(in crate::web) removed: Vec<String>,
}

impl DifferenceWords {
    /// Compares a value; `None` if nothing changed.
    pub(in crate::web) fn of_value(
        what: Sentence,
        old: Option<String>,
        new: Option<String>,
    ) -> Option<Self> {
        if old == new {
            return None;
        }
        let is_replaced = old.is_some() && new.is_some();
        let replaced = old.clone().zip(new.clone());
        let [removed, added] =
            [old, new].map(|value| Vec::from_iter(value.filter(|_| !is_replaced)));
        Some(Self {
            what,
            replaced,
            added,
            removed,
        })
    }

    /// Compares a list; `None` if nothing changed. The same items in another order are another value.
    pub(in crate::web) fn of_list(what: Sentence, old: &[String], new: &[String]) -> Option<Self> {
        let without = |all: &[String], others: &[String]| -> Vec<String> {
            let rest = all.iter().filter(|item| !others.contains(item));
            rest.cloned().collect()
        };
        let (added, removed) = (without(new, old), without(old, new));
        if added.is_empty() && removed.is_empty() {
            return Self::of_value(what, Some(old.join(", ")), Some(new.join(", ")));
        }
        Some(Self {
            what,
            replaced: None,
            added,
            removed,
        })
    }
}

/// Names what changed by a text without data.
pub(in crate::web) fn plain(what: &str) -> Sentence {
    Sentence::new(what, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(old: &str, new: &str) -> Option<DifferenceWords> {
        let items =
            |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        DifferenceWords::of_list(plain("Queues"), &items(old), &items(new))
    }

    #[test]
    fn lists_say_what_was_added_and_removed_and_another_order() {
        assert_eq!(list("a b", "a b"), None);
        let words = list("a b", "b c d").unwrap();
        assert_eq!(
            (words.added.join(" "), words.removed.join(" ")),
            ("c d".into(), "a".into())
        );
        let words = list("a b", "b a").unwrap();
        assert_eq!(words.replaced, Some(("a, b".into(), "b, a".into())));
    }

    #[test]
    fn values_are_replaced_added_or_removed() {
        let value = |old: &str, new: &str| {
            let [old, new] = [old, new].map(|text| (!text.is_empty()).then(|| text.to_owned()));
            DifferenceWords::of_value(plain("Title"), old, new)
        };
        assert_eq!(value("a", "a"), None);
        assert_eq!(
            value("a", "b").unwrap().replaced,
            Some(("a".into(), "b".into()))
        );
        assert_eq!(value("", "b").unwrap().added, ["b"]);
        assert_eq!(value("a", "").unwrap().removed, ["a"]);
    }
}
