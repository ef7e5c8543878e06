//! The identity of an uploaded picture, by which a board's file names it.

use std::fmt;

/// Hexadecimal digits of a hash.
const LENGTH: usize = 32;

/// Names a picture by the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PictureId(String);

impl PictureId {
    /// Parses an ID.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_valid = text.len() == LENGTH && text.bytes().all(is_digit);
        is_valid.then(|| Self(text.to_owned()))
    }

    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of the picture.
    pub fn address(&self) -> String {
        format!("/pictures/{self}")
    }
}

impl fmt::Display for PictureId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
