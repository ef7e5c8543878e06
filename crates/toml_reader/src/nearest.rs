//! Suggestions for misspelled words.

use strsim::damerau_levenshtein;

/// Finds the candidate closest to `word`, if it is close enough to be a typo.
pub fn nearest_word<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let limit = length / 3 + 1;
    candidates
        .into_iter()
        // The distance of a word from a text of thousands of characters takes seconds.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| {
            (
                damerau_levenshtein(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean `listen`? ", or nothing if no candidate is close.
pub fn suggest_word(word: &str, candidates: &[&str]) -> String {
    let near = nearest_word(word, candidates.iter().copied());
    near.map_or_else(String::new, |near| format!("did you mean `{near}`? "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typo_suggests_the_closest_word() {
        let keys = ["listen", "public_url", "max_viewers", "flush_interval"];

        assert_eq!(nearest_word("listne", keys), Some("listen"));
        assert_eq!(nearest_word("public-url", keys), Some("public_url"));
        assert_eq!(nearest_word("Listen", keys), Some("listen"));
        assert_eq!(nearest_word("banner", keys), None);
        assert_eq!(nearest_word(&"listen".repeat(100_000), keys), None);
    }
}
