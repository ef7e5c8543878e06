//! The columns `answered_waits` and `abandoned_waits`: waits and how many contacts had each, in a
//! byte or two each.

use rusqlite::{Row, types::ValueRef};

use wallboard_domain::{WaitCounts, WaitDistribution};

/// In the order of [`encode_waits`].
pub(super) const COLUMNS: [&str; 2] = ["answered_waits", "abandoned_waits"];

/// Encodes waits for the columns; `None` if they aren't known.
pub(super) fn encode_waits(waits: Option<&WaitDistribution>) -> [Option<Vec<u8>>; 2] {
    let encode = |pick: fn(&WaitDistribution) -> &WaitCounts| Some(encode_counts(pick(waits?)));
    [
        encode(|waits| &waits.answered),
        encode(|waits| &waits.abandoned),
    ]
}

/// Reads waits from this column and the next; `None` if they aren't known or not readable.
pub(super) fn read_waits(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<WaitDistribution>> {
    let counts = |column| -> rusqlite::Result<_> {
        Ok(match row.get_ref(column)? {
            ValueRef::Blob(bytes) => decode_counts(bytes),
            _ => None,
        })
    };
    let both = counts(column)?.zip(counts(column + 1)?);
    Ok(both.map(|(answered, abandoned)| WaitDistribution {
        answered,
        abandoned,
    }))
}

fn encode_counts(counts: &WaitCounts) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for (wait, count) in counts.iter() {
        push_number(&mut bytes, wait - before);
        push_number(&mut bytes, count);
        before = wait;
    }
    bytes
}

fn decode_counts(mut bytes: &[u8]) -> Option<WaitCounts> {
    let (mut pairs, mut before) = (Vec::new(), 0_u32);
    while !bytes.is_empty() {
        before = before.checked_add(take_number(&mut bytes)?)?;
        pairs.push((before, take_number(&mut bytes)?));
    }
    Some(pairs.into_iter().collect())
}

/// Appends a number in seven-bit groups, the lowest first; all but the last have the high bit.
fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    loop {
        let [lowest, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(lowest);
        }
        bytes.push(lowest | 0x80);
    }
}

fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in (0..u32::BITS).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_counts_are_decoded_back() {
        for pairs in [
            vec![],
            vec![(0, 1)],
            vec![(3, 127), (130, 128), (u32::MAX, 70_000)],
        ] {
            let counts: WaitCounts = pairs.into_iter().collect();

            assert_eq!(decode_counts(&encode_counts(&counts)), Some(counts));
        }
    }

    #[test]
    fn broken_bytes_are_unknown() {
        for bytes in [
            &[1][..],
            &[0x80],
            &[0xff; 12],
            &[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 1],
        ] {
            assert_eq!(decode_counts(bytes), None, "{bytes:?}");
        }
    }
}
