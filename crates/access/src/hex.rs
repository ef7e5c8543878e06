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
    let bytes = (text.len() == 64).then(|| decode_bytes(text))??;
    bytes.try_into().ok()
}

/// Decodes any number of bytes.
pub(super) fn decode_bytes(text: &str) -> Option<Vec<u8>> {
    let is_right =
        text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let digits = is_right.then(|| (0..text.len()).step_by(2))?;
    let bytes = digits.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    bytes.collect()
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
        assert_eq!(decode_bytes("00fF"), Some(vec![0, 255]));
        assert_eq!(
            (decode_bytes(""), decode_bytes("0")),
            (Some(Vec::new()), None)
        );
    }
}
