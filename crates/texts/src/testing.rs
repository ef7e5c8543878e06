//! For tests that look for texts past the message files.

use std::collections::BTreeSet;

/// Returns the words outside of the brackets that the pseudo-language puts around all of its own.
pub fn unbracketed_words(text: &str) -> BTreeSet<String> {
    let (mut depth, mut is_entity) = (0, false);
    let outside = text.chars().map(|letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            '&' => is_entity = true,
            ';' => is_entity = false,
            _ => {}
        }
        if depth == 0 && !is_entity {
            letter
        } else {
            ' '
        }
    });
    let outside: String = outside.collect();
    let words = outside.split(|letter: char| !letter.is_alphanumeric());
    let words =
        words.filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1);
    words.map(str::to_owned).collect()
}
