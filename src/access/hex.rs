//! Bytes as hexadecimal digits, for IDs and tokens.

use std::fmt::Write;

/// Encodes bytes as lower-case digits.
pub(super) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// Decodes exactly 32 bytes.
pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let is_right = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_right {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_for_32_bytes() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 8).unwrap());
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        for invalid in ["", "00", &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32)] {
            assert_eq!(decode(invalid), None, "{invalid:?}");
        }
    }
}
