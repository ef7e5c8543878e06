//! Bytes of a file to text: UTF-8, or else Windows-1252, in which older European
//! exports are written.

use std::borrow::Cow;

/// How what came so far was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TextEncoding {
    /// Nothing but ASCII so far: both are possible.
    #[default]
    Undecided,
    Utf8,
    Windows1252,
}

impl TextEncoding {
    /// `None` where the bytes are text in neither, or not in that of what came before.
    pub(super) fn decode<'b>(&mut self, bytes: &'b [u8]) -> Option<Cow<'b, str>> {
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

/// From 0x80 on; what stands for nothing is a blank.
const WINDOWS_1252_UPPER: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

fn decode_byte(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => WINDOWS_1252_UPPER
            .chars()
            .nth(usize::from(byte - 0x80))
            .filter(|c| *c != ' '),
        // The rest of Latin-1 is where Unicode begins.
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf_8_is_windows_1252_if_it_can_be() {
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
    fn one_broken_byte_does_not_make_another_alphabet_of_utf_8() {
        let mut encoding = TextEncoding::default();

        assert_eq!(encoding.decode("Köln".as_bytes()).as_deref(), Some("Köln"));
        assert_eq!(encoding.decode(b"K\xf6ln"), None);
        assert_eq!(encoding, TextEncoding::Utf8);
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(WINDOWS_1252_UPPER.chars().count(), 32);
        assert_eq!(decode_byte(0x9f), Some('Ÿ'));
        assert_eq!(decode_byte(0xff), Some('ÿ'));
    }
}
