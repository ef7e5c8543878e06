//! A field that finds some of many entries of a list by their words. The page has all of them, hidden or not, so that
//! its script finds as somebody types.

/// Shorter lists have no field.
const ENTRIES_MAX: usize = 20;

/// The text that somebody looks for, in a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct Finder {
    pub(in crate::web) text: String,
    /// All entries of the list, and those that are found.
    pub(in crate::web) total: usize,
    pub(in crate::web) found: usize,
    words: Vec<String>,
}

impl Finder {
    /// `entries` are the words of each.
    pub(in crate::web) fn new(text: &str, entries: impl Iterator<Item = String>) -> Self {
        let text = text.trim().to_owned();
        let lower = text.to_lowercase();
        let words = lower.split_whitespace().map(str::to_owned);
        let mut finder = Self {
            words: words.collect(),
            text,
            ..Self::default()
        };
        for entry in entries {
            finder.total += 1;
            finder.found += usize::from(finder.matches(&entry));
        }
        finder
    }

    /// Whether the list has the field.
    pub(in crate::web) fn is_shown(&self) -> bool {
        ENTRIES_MAX < self.total || !self.words.is_empty()
    }

    /// Whether an entry has all words.
    pub(in crate::web) fn matches(&self, entry: &str) -> bool {
        let entry = entry.to_lowercase();
        self.words.iter().all(|word| entry.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_all_words_in_any_order() {
        let entries = ["Sales in the KÖK sales-2", "Sales"].map(str::to_owned);
        let finder = Finder::new(" kök  SALES ", entries.into_iter());
        assert!(finder.is_shown());
        assert_eq!((finder.found, finder.total), (1, 2));
        assert!(finder.matches("Sales in the KÖK sales-2"));
        assert!(!finder.matches("Sales"));
        assert!(Finder::default().matches("anything"));
    }

    #[test]
    fn a_short_list_has_no_field() {
        let list = |count| Finder::new("", std::iter::repeat_n("Sales".to_owned(), count));
        assert!(!list(20).is_shown());
        assert!(list(21).is_shown());
    }
}
