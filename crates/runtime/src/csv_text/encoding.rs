//! Decodes a file's bytes: UTF-8, or else Windows-1252, which older European exports use.

use std::borrow::Cow;

/// The encoding detected so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextEncoding {
    /// Only ASCII so far: both are possible.
    #[default]
    Undecided,
    Utf8,
    Windows1252,
}

impl TextEncoding {
    /// Decodes bytes; `None` if they are text in neither encoding, or not in the one detected
    /// before.
    pub fn decode<'b>(&mut self, bytes: &'b [u8]) -> Option<Cow<'b, str>> {
        if bytes.is_ascii() {
            return str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        match (*self, str::from_utf8(bytes)) {
            (Self::Undecided | Self::Utf8, Ok(text)) => {
                *self = Self::Utf8;
                Some(Cow::Borrowed(text))
            }
            (Self::Utf8, Err(_)) => None,
            (Self::Undecided | Self::Windows1252, _) => {
                let text: Option<String> = bytes.iter().map(|byte| decode_byte(*byte)).collect();
                if text.is_some() {
                    *self = Self::Windows1252;
                }
                text.map(Cow::Owned)
            }
        }
    }
}

/// Characters from 0x80 on; unassigned ones are blanks.
const WINDOWS_1252_UPPER: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

fn decode_byte(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => WINDOWS_1252_UPPER
            .chars()
            .nth(usize::from(byte - 0x80))
            .filter(|c| *c != ' '),
        // The rest equals Latin-1, where Unicode begins.
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_back_to_windows_1252() {
        let mut encoding = TextEncoding::default();

        assert_eq!(encoding.decode(b"Support").as_deref(), Some("Support"));
        assert_eq!(encoding, TextEncoding::Undecided);
        assert_eq!(
            encoding.decode(b"K\xf6ln \x80 \x96").as_deref(),
            Some("Köln € –")
        );
        assert_eq!(encoding, TextEncoding::Windows1252);
        assert_eq!(encoding.decode(b"\x81"), None);
    }

    #[test]
    fn one_invalid_byte_does_not_change_the_encoding() {
        let mut encoding = TextEncoding::default();

        assert_eq!(encoding.decode("Köln".as_bytes()).as_deref(), Some("Köln"));
        assert_eq!(encoding.decode(b"K\xf6ln"), None);
        assert_eq!(encoding, TextEncoding::Utf8);
    }

    #[test]
    fn the_table_is_complete() {
        assert_eq!(WINDOWS_1252_UPPER.chars().count(), 32);
        assert_eq!(decode_byte(0x9f), Some('Ÿ'));
        assert_eq!(decode_byte(0xff), Some('ÿ'));
    }
}
