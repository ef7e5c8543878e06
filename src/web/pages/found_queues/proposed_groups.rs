//! Groups for queues whose technical names share words: "Returns" for `CS_RETURNS_SE_01` and `CS_RETURNS_NO_01`.

use std::collections::BTreeSet;

use super::proposed_names::{telling_words, write_words};

/// A shorter word is a country, or means nothing by itself.
const LETTERS_MIN: usize = 3;

/// Proposes a group for each: the first word, with those that follow it in the same names, which several names share but
/// not all. Empty without one.
pub(super) fn propose_groups(reported: &[String]) -> Vec<String> {
    let words = telling_words(reported);
    let names_with = |word: &str| -> BTreeSet<usize> {
        let names = words.iter().enumerate();
        let with = names.filter(|(_, words)| words.iter().flatten().any(|other| *other == word));
        with.map(|(name, _)| name).collect()
    };
    let propose = |own: &Option<Vec<&str>>| {
        let own = own.as_deref().unwrap_or_default();
        let sharing: Vec<_> = own.iter().map(|word| names_with(word)).collect();
        let is_shared = |(word, names): (&&str, &BTreeSet<usize>)| {
            LETTERS_MIN <= word.chars().count() && 1 < names.len()
        };
        let Some(begin) = own.iter().zip(&sharing).position(is_shared) else {
            return String::new();
        };
        let same = sharing[begin..].iter();
        let length = same.take_while(|names| **names == sharing[begin]).count();
        write_words(&own[begin..begin + length])
    };
    let groups: Vec<String> = words.iter().map(propose).collect();
    let is_of_several = |group: &&String| 1 < groups.iter().filter(|other| other == group).count();
    let of_several = groups.iter().map(|group| Some(group).filter(is_of_several));
    of_several
        .map(|group| group.cloned().unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(reported: &[&str]) -> Vec<String> {
        let reported: Vec<_> = reported.iter().map(|name| (*name).to_owned()).collect();
        propose_groups(&reported)
    }

    #[test]
    fn queues_whose_names_share_words_are_a_group() {
        let names = [
            "CS_FIRST_LINE_SE_01",
            "CS_FIRST_LINE_NO_01",
            "CS_BILLING_SE",
            "CS_SALES",
            "Sales",
        ];
        // Of several that it could be in, it's the first in its name.
        assert_eq!(proposed(&names), ["First line", "First line", "", "", ""]);
        // Nobody else is left for the second one of Nordic.
        let names = ["A_SALES_NORDIC", "A_SALES", "A_CARE_NORDIC", "A_CARE"];
        assert_eq!(proposed(&names), ["Sales", "Sales", "Care", "Care"]);
        let names = ["A_SALES_NORDIC", "A_SALES", "A_CARE_NORDIC", "A_HELP"];
        assert_eq!(proposed(&names), ["Sales", "Sales", "", ""]);
    }

    #[test]
    fn what_all_share_or_nobody_does_is_no_group() {
        assert_eq!(proposed(&["CS_RETURNS_01", "CS_RETURNS_02"]), ["", ""]);
        assert_eq!(proposed(&["CS_RETURNS", "CS_SALES"]), ["", ""]);
        assert_eq!(proposed(&["Returns", "9001_2"]), ["", ""]);
    }
}
