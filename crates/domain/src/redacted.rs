//! Text that must not appear in logs.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Shorter ones aren't masked, since they may be ordinary words.
const LENGTH_MIN: usize = 4;
/// Characters that addresses and forms leave unencoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Debug output hides the text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RedactedText(pub String);

impl RedactedText {
    /// Returns somebody's words, which may repeat what they received, with this text masked.
    pub fn mask_in(&self, words: &str) -> String {
        if self.0.len() < LENGTH_MIN {
            return words.to_owned();
        }
        let encoded = utf8_percent_encode(&self.0, PLAIN).to_string();
        words.replace(&self.0, "…").replace(&encoded, "…")
    }
}

impl fmt::Debug for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_masked_in_every_form_and_ordinary_words_are_not() {
        let mask = |secret: &str, words: &str| RedactedText(secret.to_owned()).mask_in(words);
        assert_eq!(mask("a&b/c1", "no a&b/c1, nor a%26b%2Fc1"), "no …, nor …");
        assert_eq!(mask("abc", "abc"), "abc");
        assert_eq!(mask("", "words"), "words");
    }
}
