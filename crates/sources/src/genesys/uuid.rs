//! Random ids that we give to subscriptions and statistics; never reused.

use std::fmt;

/// A random UUID (version 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Uuid(u128);

impl Uuid {
    pub(super) fn new_random() -> Self {
        const VERSION: u128 = 0x4 << 76;
        const VARIANT: u128 = 0b10 << 62;
        let free = !(0xf << 76 | 0b11 << 62);
        Self(rand::random::<u128>() & free | VERSION | VARIANT)
    }

    /// Parses a UUID in any case; `None` can't be one of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let has_hyphens = text.len() == 36
            && text
                .bytes()
                .enumerate()
                .all(|(position, byte)| (byte == b'-') == matches!(position, 8 | 13 | 18 | 23));
        if !has_hyphens {
            return None;
        }
        let mut bits = 0;
        for letter in text.chars().filter(|letter| *letter != '-') {
            bits = bits << 4 | u128::from(letter.to_digit(16)?);
        }
        Some(Self(bits))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let parts = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ];
        f.write_str(&parts.join("-"))
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displayed_uuid_parses_in_any_case() {
        for _ in 0..1000 {
            let uuid = Uuid::new_random();
            let text = uuid.to_string();
            assert_eq!(text.len(), 36);
            assert_eq!(&text[14..15], "4");
            assert!("89ab".contains(&text[19..20]));
            assert_eq!(Uuid::parse(&text), Some(uuid));
            assert_eq!(Uuid::parse(&text.to_uppercase()), Some(uuid));
        }
    }

    #[test]
    fn text_that_is_not_a_uuid_is_none() {
        let others = [
            "",
            "UUID1",
            "0123456789ab-cdef-0123-4567-89abcdef",
            "00000000-0000-0000-0000-00000000000g",
            "00000000-0000-0000-0000-0000000000é",
        ];
        assert!(others.iter().all(|text| Uuid::parse(text).is_none()));
    }
}
