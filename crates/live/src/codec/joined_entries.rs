//! Entries of the log that were encoded apart, and become one.

use std::io;

use super::{CodecError, compress_at, decompress};

/// Joining has time, and its result is stored for days. Higher levels cost more than they
/// save.
const COMPRESSION_LEVEL: i32 = 6;
/// The mark of an array with its length in four bytes.
const ARRAY: u8 = 0xdd;

/// Joins encoded entries that follow each other, without decoding them: a field that this build
/// doesn't know stays.
pub fn join_entries<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, CodecError> {
    let (mut count, mut entries) = (0_u32, Vec::new());
    for part in parts {
        let plain = decompress(part).map_err(CodecError::Damaged)?;
        let (part_count, part_entries) = split_array(&plain).ok_or_else(no_array)?;
        count = count.checked_add(part_count).ok_or_else(no_array)?;
        entries.extend_from_slice(part_entries);
    }
    let plain = [&[ARRAY], &count.to_be_bytes()[..], &entries].concat();
    compress_at(COMPRESSION_LEVEL, &plain).map_err(CodecError::Compress)
}

/// Splits an array of `MessagePack` into the number of its elements and their bytes.
fn split_array(plain: &[u8]) -> Option<(u32, &[u8])> {
    match plain {
        [mark @ 0x90..=0x9f, elements @ ..] => Some((u32::from(mark & 0x0f), elements)),
        [0xdc, a, b, elements @ ..] => Some((u16::from_be_bytes([*a, *b]).into(), elements)),
        [ARRAY, a, b, c, d, elements @ ..] => {
            Some((u32::from_be_bytes([*a, *b, *c, *d]), elements))
        }
        _ => None,
    }
}

fn no_array() -> CodecError {
    CodecError::Damaged(io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::super::{decode_entries, encode_entries};
    use super::*;
    use jiff::Timestamp;
    use wallboard_domain::{Input, LogEntry, Moment, MonotonicTime};

    fn entries(count: i64) -> Vec<LogEntry> {
        let entry = |delay_ms| LogEntry {
            received_at: Moment {
                wall: Timestamp::UNIX_EPOCH,
                monotonic: MonotonicTime(0),
            },
            delay_ms,
            inputs: vec![Input::Tick],
            proof: None,
        };
        (0..count).map(entry).collect()
    }

    #[test]
    fn joined_entries_are_those_of_all_parts_in_order() {
        // The length of an array has three forms.
        let parts = [1, 15, 16, 65_535, 65_536, 0, 2].map(entries);
        let encoded = parts.each_ref().map(|part| encode_entries(part).unwrap());

        let joined = join_entries(encoded.iter().map(Vec::as_slice)).unwrap();
        let again = join_entries([joined.as_slice()].into_iter()).unwrap();

        assert!(decode_entries(&joined).unwrap() == parts.concat());
        assert!(decode_entries(&again).unwrap() == parts.concat());
    }

    #[test]
    fn what_is_damaged_or_no_list_is_not_joined() {
        let whole = encode_entries(&entries(3)).unwrap();
        let text = super::super::compress(b"text").unwrap();
        for part in [&whole[..whole.len() - 3], &text, b""] {
            assert!(join_entries([whole.as_slice(), part].into_iter()).is_err());
        }
    }
}
