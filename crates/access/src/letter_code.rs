//! Codes that people read from one screen and type on another.

use std::fmt;

use aws_lc_rs::{constant_time::verify_slices_are_equal, rand};

use super::NoRandomness;

/// Letters that nobody mistakes for each other, and that make no words (RFC 8628, 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;
/// The random bytes that are used: each letter is as probable as the others.
const BYTES_USED: usize = 240;

/// Eight letters: one of 26,000 million codes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LetterCode([u8; LENGTH]);

impl LetterCode {
    pub(super) fn generate() -> Result<Self, NoRandomness> {
        let mut code = [0; LENGTH];
        for letter in &mut code {
            *letter = random_letter()?;
        }
        Ok(Self(code))
    }

    /// Reads a stored code.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let letters: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
        let code = letters.try_into().ok()?;
        Some(Self(code)).filter(|Self(code)| code.iter().all(|byte| LETTERS.contains(byte)))
    }

    /// The code as people read it: "WDJB-MJHT".
    pub fn to_text(self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let (first, second) = text.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }

    /// Compares what somebody typed; spaces, hyphens and case don't matter.
    pub(super) fn matches(self, typed: &str) -> bool {
        let letters = typed.bytes().filter(u8::is_ascii_alphanumeric);
        let letters: Vec<u8> = letters.map(|letter| letter.to_ascii_uppercase()).collect();
        verify_slices_are_equal(&letters, &self.0).is_ok()
    }
}

fn random_letter() -> Result<u8, NoRandomness> {
    loop {
        let mut byte = [0];
        rand::fill(&mut byte).map_err(|_| NoRandomness)?;
        let at = usize::from(byte[0]);
        if let Some(letter) = LETTERS.get(at % LETTERS.len()).filter(|_| at < BYTES_USED) {
            return Ok(*letter);
        }
    }
}

impl fmt::Debug for LetterCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_however_it_is_typed() {
        let code = LetterCode::generate().unwrap();
        let text = code.to_text();
        assert_eq!(text.len(), 9);
        assert!(code.matches(&text));
        assert!(code.matches(&text.to_lowercase().replace('-', " ")));
        assert_eq!(LetterCode::parse(&text), Some(code));
        assert_eq!(LetterCode::parse("AAAA-AAAA"), None);
        assert_eq!(LetterCode::parse(&text[..8]), None);
        assert!(!code.matches(""));
        assert!(!code.matches(&text[..8]));
        assert_ne!(LetterCode::generate().unwrap(), code);
        assert_eq!(format!("{code:?}"), "***");
    }
}
