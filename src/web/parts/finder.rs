//! A field that finds some of many entries of a list by their words. The page has all of them, hidden or not, so that
//! its script finds as somebody types.

/// Shorter lists have no field.
const ENTRIES_MAX: usize = 20;

/// The text that somebody looks for, in a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct Finder {
    pub(in crate::web) text: String,
    /// All entries of the list.
    pub(in crate::web) total: usize,
    words: Vec<String>,
}

impl Finder {
    pub(in crate::web) fn new(text: &str, total: usize) -> Self {
        let text = text.trim().to_owned();
        Self {
            words: text
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            text,
            total,
        }
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
        let finder = Finder::new(" kök  SALES ", 3);
        assert!(finder.is_shown());
        assert!(finder.matches("Sales in the KÖK sales-2"));
        assert!(!finder.matches("Sales"));
        assert!(Finder::new("", 21).matches("anything"));
    }

    #[test]
    fn a_short_list_has_no_field() {
        assert!(!Finder::new("", 20).is_shown());
        assert!(Finder::new("", 21).is_shown());
    }
}
