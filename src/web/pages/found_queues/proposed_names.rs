//! Names for people in the place of a vendor's technical ones: "Returns" for `CS_RETURNS_SE_01`.

use std::collections::{BTreeMap, BTreeSet};

/// Proposes a name for each: words that all technical names share say nothing. A name that isn't technical, or that
/// would no longer be the only one, stays as it is.
pub(super) fn propose_names(reported: &[String]) -> Vec<String> {
    let words = telling_words(reported).into_iter().zip(reported);
    let proposed = words.map(|(words, name)| match words {
        Some(words) if !words.is_empty() => write_words(&words),
        _ => name.clone(),
    });
    let proposed: Vec<String> = proposed.collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &proposed {
        *counts.entry(name).or_default() += 1;
    }
    let unique = proposed.iter().zip(reported);
    unique
        .map(|(new, old)| if counts[new.as_str()] == 1 { new } else { old }.clone())
        .collect()
}

/// The words of each technical name that say something: no number, and none that all of them share. `None` for a name
/// that isn't technical.
pub(super) fn telling_words(reported: &[String]) -> Vec<Option<Vec<&str>>> {
    let technical: Vec<_> = reported.iter().filter(|name| is_technical(name)).collect();
    let mut shared: BTreeSet<&str> = BTreeSet::new();
    if let [first, others @ ..] = &technical[..]
        && !others.is_empty()
    {
        shared = first.split('_').collect();
        for name in others {
            shared.retain(|word| name.split('_').any(|other| other == *word));
        }
    }
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let words = reported.iter().map(|name| {
        let words = name.split('_');
        let telling = words.filter(|word| !shared.contains(word) && !is_number(word));
        is_technical(name).then(|| telling.collect())
    });
    words.collect()
}

/// "First line" for `FIRST` and `LINE`.
pub(super) fn write_words(words: &[&str]) -> String {
    let text = words.join(" ").to_lowercase();
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// Capital letters and digits, with underscores between words.
fn is_technical(name: &str) -> bool {
    let is_part =
        |c: char| c == '_' || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_lowercase());
    name.contains('_') && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(reported: &[&str]) -> Vec<String> {
        let reported: Vec<_> = reported.iter().map(|name| (*name).to_owned()).collect();
        propose_names(&reported)
    }

    #[test]
    fn technical_names_lose_what_all_of_them_share() {
        let names = [
            "CS_RETURNS_SE_01",
            "CS_BILLING_SE",
            "CS_FIRST_LINE_SE",
            "Sales",
        ];
        assert_eq!(
            proposed(&names),
            ["Returns", "Billing", "First line", "Sales"]
        );
    }

    #[test]
    fn a_name_that_would_be_another_queues_or_empty_stays() {
        let names = ["CS_RETURNS_01", "CS_RETURNS_02", "CS_SALES"];
        assert_eq!(
            proposed(&names),
            ["CS_RETURNS_01", "CS_RETURNS_02", "Sales"]
        );
        assert_eq!(proposed(&["9001_2", "9001_3"]), ["9001_2", "9001_3"]);
        assert_eq!(proposed(&["KÖ_ÅÄÖ"]), ["Kö åäö"]);
        assert_eq!(proposed(&["9001@SIP_Switch"]), ["9001@SIP_Switch"]);
    }
}
