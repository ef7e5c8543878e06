//! Reads files that spreadsheets save as "Unicode text": UTF-16 with a byte-order mark becomes
//! UTF-8, everything else is unchanged.

use std::io::{self, Read};

/// Bytes decoded at once.
const BLOCK_BYTES: usize = 64 * 1024;

/// Reads a file as UTF-8, if it begins with a UTF-16 byte-order mark.
pub(super) struct Utf8Reader<R> {
    inner: R,
    byte_order: Option<ByteOrder>,
    /// Bytes read but not decoded yet.
    raw: Vec<u8>,
    /// Decoded text; the first `emitted` bytes of it are returned already.
    text: Vec<u8>,
    emitted: usize,
    is_finished: bool,
}

/// The byte order of a file.
#[derive(Clone, Copy)]
enum ByteOrder {
    Unchanged,
    LittleEndian,
    BigEndian,
}

impl<R: Read> Utf8Reader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            byte_order: None,
            raw: Vec::new(),
            text: Vec::new(),
            emitted: 0,
            is_finished: false,
        }
    }

    /// Reads the byte-order mark; without one, the bytes are content.
    fn detect_order(&mut self) -> io::Result<ByteOrder> {
        (&mut self.inner).take(2).read_to_end(&mut self.raw)?;
        let order = match self.raw[..] {
            [0xff, 0xfe] => ByteOrder::LittleEndian,
            [0xfe, 0xff] => ByteOrder::BigEndian,
            _ => ByteOrder::Unchanged,
        };
        let first = std::mem::take(&mut self.raw);
        if matches!(order, ByteOrder::Unchanged) {
            self.text = first;
        }
        Ok(order)
    }

    /// Decodes another block; its end may split a character.
    fn decode_block(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        let wrong = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        let before = self.raw.len();
        let mut block = (&mut self.inner).take(BLOCK_BYTES as u64);
        self.is_finished = block.read_to_end(&mut self.raw)? == 0;
        if self.is_finished && 0 < before {
            return Err(wrong("it ends in the middle of a UTF-16 character"));
        }
        let mut units: Vec<u16> = (self.raw.chunks_exact(2))
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        if units
            .last()
            .is_some_and(|last| (0xd800..0xdc00).contains(last))
        {
            units.pop();
        }
        let rest = self.raw.split_off(units.len() * 2);
        self.raw = rest;
        let text = String::from_utf16(&units).map_err(|_| wrong("it isn't valid UTF-16"))?;
        (self.text, self.emitted) = (text.into_bytes(), 0);
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let order = match self.byte_order {
            Some(order) => order,
            None => self.detect_order()?,
        };
        self.byte_order = Some(order);
        while self.emitted == self.text.len() && !self.is_finished {
            match order {
                ByteOrder::Unchanged => return self.inner.read(into),
                ByteOrder::LittleEndian => self.decode_block(u16::from_le_bytes)?,
                ByteOrder::BigEndian => self.decode_block(u16::from_be_bytes)?,
            }
        }
        let left = &self.text[self.emitted..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.emitted += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns a few bytes at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(3);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read_to_utf8(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Utf8Reader::new(Slow(bytes)).read_to_end(&mut all)?;
        Ok(all)
    }

    fn encode_utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = std::iter::once(0xfeff);
        mark.chain(text.encode_utf16()).flat_map(unit).collect()
    }

    proptest! {
        #[test]
        fn utf_16_text_becomes_the_same_text_in_utf_8(text in ".*") {
            for unit in [u16::to_le_bytes, u16::to_be_bytes] {
                prop_assert_eq!(read_to_utf8(&encode_utf16(&text, unit)).unwrap(), text.as_bytes());
            }
        }

        #[test]
        fn bytes_without_a_byte_order_mark_are_unchanged(bytes in any::<Vec<u8>>()) {
            let is_marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            prop_assume!(!is_marked);
            prop_assert_eq!(read_to_utf8(&bytes).unwrap(), bytes);
        }
    }

    #[test]
    fn a_character_can_span_two_blocks() {
        let text = format!("a{}", "\u{1f600}".repeat(BLOCK_BYTES / 4 + 1));

        assert_eq!(
            read_to_utf8(&encode_utf16(&text, u16::to_le_bytes)).unwrap(),
            text.as_bytes()
        );
    }

    #[test]
    fn incomplete_characters_are_rejected() {
        let whole = encode_utf16("ab", u16::to_le_bytes);
        let lone = [0xff, 0xfe, 0x00, 0xdc, b'a', 0];

        let cut = read_to_utf8(&whole[..whole.len() - 1])
            .unwrap_err()
            .to_string();
        assert_eq!(cut, "it ends in the middle of a UTF-16 character");
        assert_eq!(
            read_to_utf8(&lone).unwrap_err().to_string(),
            "it isn't valid UTF-16"
        );
        let high = encode_utf16("\u{1f600}", u16::to_le_bytes);
        assert!(read_to_utf8(&high[..high.len() - 2]).is_err());
    }
}
