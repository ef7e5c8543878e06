//! Files that spreadsheets save as "Unicode text": UTF-16 behind a byte-order mark is read
//! as UTF-8, everything else as it comes.

use std::io::{self, Read};

/// Bytes that are decoded at once.
const BLOCK: usize = 64 * 1024;

/// A file as UTF-8, if its first bytes are a mark of UTF-16.
pub(super) struct Utf8<R> {
    inner: R,
    order: Option<Order>,
    /// Bytes that were read and not decoded yet.
    raw: Vec<u8>,
    /// Text that was decoded and not handed over yet.
    text: Vec<u8>,
    given: usize,
    is_over: bool,
}

/// How a file is written.
#[derive(Clone, Copy)]
enum Order {
    AsItIs,
    Little,
    Big,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            order: None,
            raw: Vec::new(),
            text: Vec::new(),
            given: 0,
            is_over: false,
        }
    }

    /// Reads the mark; where it is none, its bytes are the file's own.
    fn begin(&mut self) -> io::Result<Order> {
        (&mut self.inner).take(2).read_to_end(&mut self.raw)?;
        let order = match self.raw[..] {
            [0xff, 0xfe] => Order::Little,
            [0xfe, 0xff] => Order::Big,
            _ => Order::AsItIs,
        };
        let first = std::mem::take(&mut self.raw);
        if matches!(order, Order::AsItIs) {
            self.text = first;
        }
        Ok(order)
    }

    /// Decodes another block; a character may be cut by its end.
    fn decode(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<()> {
        let wrong = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        let before = self.raw.len();
        let mut block = (&mut self.inner).take(BLOCK as u64);
        self.is_over = block.read_to_end(&mut self.raw)? == 0;
        if self.is_over && 0 < before {
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
        (self.text, self.given) = (text.into_bytes(), 0);
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let order = match self.order {
            Some(order) => order,
            None => self.begin()?,
        };
        self.order = Some(order);
        while self.given == self.text.len() && !self.is_over {
            match order {
                Order::AsItIs => return self.inner.read(into),
                Order::Little => self.decode(u16::from_le_bytes)?,
                Order::Big => self.decode(u16::from_be_bytes)?,
            }
        }
        let left = &self.text[self.given..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands over a few bytes at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(3);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Utf8::new(Slow(bytes)).read_to_end(&mut all)?;
        Ok(all)
    }

    fn written(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = std::iter::once(0xfeff);
        mark.chain(text.encode_utf16()).flat_map(unit).collect()
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was_written(text in ".*") {
            for unit in [u16::to_le_bytes, u16::to_be_bytes] {
                prop_assert_eq!(read(&written(&text, unit)).unwrap(), text.as_bytes());
            }
        }

        #[test]
        fn any_bytes_without_the_mark_come_as_they_are(bytes in any::<Vec<u8>>()) {
            let is_marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            prop_assume!(!is_marked);
            prop_assert_eq!(read(&bytes).unwrap(), bytes);
        }
    }

    #[test]
    fn a_character_may_lie_across_two_blocks() {
        let text = format!("a{}", "\u{1f600}".repeat(BLOCK / 4 + 1));

        assert_eq!(
            read(&written(&text, u16::to_le_bytes)).unwrap(),
            text.as_bytes()
        );
    }

    #[test]
    fn half_characters_are_refused() {
        let whole = written("ab", u16::to_le_bytes);
        let lone = [0xff, 0xfe, 0x00, 0xdc, b'a', 0];

        let cut = read(&whole[..whole.len() - 1]).unwrap_err().to_string();
        assert_eq!(cut, "it ends in the middle of a UTF-16 character");
        assert_eq!(
            read(&lone).unwrap_err().to_string(),
            "it isn't valid UTF-16"
        );
        let high = written("\u{1f600}", u16::to_le_bytes);
        assert!(read(&high[..high.len() - 2]).is_err());
    }
}
