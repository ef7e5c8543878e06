//! The word that was probably meant.

use strsim::damerau_levenshtein;

/// The candidate closest to `word`, if it is close enough to be a slip.
pub fn nearest_word<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = word.chars().count() / 3 + 1;
    candidates
        .into_iter()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_the_word_that_was_meant() {
        let keys = ["listen", "public_url", "max_viewers", "flush_interval"];

        assert_eq!(nearest_word("listne", keys), Some("listen"));
        assert_eq!(nearest_word("public-url", keys), Some("public_url"));
        assert_eq!(nearest_word("Listen", keys), Some("listen"));
        assert_eq!(nearest_word("colour", keys), None);
    }
}
