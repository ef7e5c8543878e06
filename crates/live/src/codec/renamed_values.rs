//! Encoded entries and snapshots with other IDs and names of people, wherever they are, without
//! knowing what they are part of.

use std::io;

use super::{CodecError, compress_at, decompress};

/// Joining batches has time, and so does forgetting people.
const COMPRESSION_LEVEL: i32 = 6;
/// Values in values; more would exhaust the stack.
const DEPTH_MAX: usize = 64;

/// The values to rename.
#[derive(Clone, Debug, Default)]
pub struct ValueRenaming {
    /// The source and the vendor's ID of an agent, with the ID that takes its place.
    pub ids: Vec<([String; 2], String)>,
    /// Names, also inside longer texts, with what takes their place. Names of one word could be a
    /// word of the format, so they are left out.
    pub texts: Vec<(String, String)>,
}

impl ValueRenaming {
    /// Renames values in encoded bytes; `None` if there are none.
    pub fn rename_encoded(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, CodecError> {
        let plain = decompress(bytes).map_err(CodecError::Damaged)?;
        let renamed = self.rename(&plain).ok_or_else(damaged)?;
        if renamed == plain {
            return Ok(None);
        }
        let compressed = compress_at(COMPRESSION_LEVEL, &renamed);
        compressed.map(Some).map_err(CodecError::Compress)
    }

    /// Renames values in `MessagePack`; `None` if it's damaged.
    fn rename(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut copy = ValueCopier {
            rest: plain,
            copied: Vec::with_capacity(plain.len()),
        };
        while !copy.rest.is_empty() {
            copy.copy_value(self, DEPTH_MAX)?;
        }
        Some(copy.copied)
    }

    fn find_id(&self, source: &str, external: &str) -> Option<&str> {
        let mut ids = self.ids.iter();
        let is_same = |id: &&([String; 2], String)| id.0[0] == source && id.0[1] == external;
        ids.find(is_same).map(|(_, other)| &**other)
    }

    /// Returns the text that takes the place of another one.
    fn rename_text(&self, text: &str) -> Option<String> {
        if let Some((source, external)) = text.split_once('/')
            && let Some(other) = self.find_id(source, external)
        {
            return Some(format!("{source}/{other}"));
        }
        let mut renamed = None;
        for (name, other) in &self.texts {
            let now = renamed.as_deref().unwrap_or(text);
            if is_distinct(name) && now.contains(name) {
                renamed = Some(now.replace(name, other));
            }
        }
        renamed
    }
}

/// Whether a name is no word of the format, and long enough to be found in a text.
fn is_distinct(name: &str) -> bool {
    5 <= name.len() && name.contains([' ', '@'])
}

fn damaged() -> CodecError {
    CodecError::Damaged(io::ErrorKind::InvalidData.into())
}

/// Copies `MessagePack`, value by value.
struct ValueCopier<'p> {
    rest: &'p [u8],
    copied: Vec<u8>,
}

impl<'p> ValueCopier<'p> {
    fn copy_value(&mut self, renaming: &ValueRenaming, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if self.copy_id(renaming).is_some() {
            return Some(());
        }
        if let Some(text) = self.take_text() {
            match renaming.rename_text(text) {
                Some(other) => self.push_text(&other),
                None => self.push_text(text),
            }
            return Some(());
        }
        let (mark, _) = self.rest.split_first()?;
        let (values, keys) = match *mark {
            0x80..=0x8f => (usize::from(mark & 0x0f), true),
            0x90..=0x9f => (usize::from(mark & 0x0f), false),
            0xde | 0xdf => (self.read_length_at(usize::from(mark - 0xdd) * 2)?, true),
            0xdc | 0xdd => (self.read_length_at(usize::from(mark - 0xdb) * 2)?, false),
            _ => return self.copy_bytes(self.scalar_length()?),
        };
        let header = match *mark {
            0x80..=0x9f => 1,
            0xdc | 0xde => 3,
            _ => 5,
        };
        self.copy_bytes(header)?;
        for _ in 0..values {
            if keys {
                self.copy_value(renaming, depth)?;
            }
            self.copy_value(renaming, depth)?;
        }
        Some(())
    }

    /// Copies an ID with its other one, if it has one: a map of just these fields.
    fn copy_id(&mut self, renaming: &ValueRenaming) -> Option<()> {
        let (0x82, rest) = self.rest.split_first()? else {
            return None;
        };
        let (field, rest) = split_text(rest)?;
        let (source, rest) = split_text(rest)?;
        let (other_field, rest) = split_text(rest)?;
        let (external, rest) = split_text(rest)?;
        if [field, other_field] != ["source", "external"] {
            return None;
        }
        let external = renaming.find_id(source, external).unwrap_or(external);
        self.copied.push(0x82);
        for text in [field, source, other_field, external] {
            self.push_text(text);
        }
        self.rest = rest;
        Some(())
    }

    /// Takes a text, without copying it.
    fn take_text(&mut self) -> Option<&'p str> {
        let (text, rest) = split_text(self.rest)?;
        self.rest = rest;
        Some(text)
    }

    fn push_text(&mut self, text: &str) {
        // The shortest form, as the encoder has it.
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(length @ 0..=31), _) => self.copied.push(0xa0 | length),
            (Ok(length), _) => self.copied.extend([0xd9, length]),
            (_, Ok(length)) => {
                self.copied.push(0xda);
                self.copied.extend(length.to_be_bytes());
            }
            _ => {
                self.copied.push(0xdb);
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                self.copied.extend(length.to_be_bytes());
            }
        }
        self.copied.extend(text.as_bytes());
    }

    /// The length in so many bytes after the mark.
    fn read_length_at(&self, size: usize) -> Option<usize> {
        read_length(self.rest.get(1..=size)?)
    }

    /// The bytes of a value that has no others, and is no text.
    fn scalar_length(&self) -> Option<usize> {
        Some(match self.rest.first()? {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => 1,
            0xcc | 0xd0 => 2,
            0xcd | 0xd1 => 3,
            0xca | 0xce | 0xd2 => 5,
            0xcb | 0xcf | 0xd3 => 9,
            mark @ 0xd4..=0xd8 => 2 + (1 << (mark - 0xd4)),
            0xc4 => 2 + self.read_length_at(1)?,
            0xc5 => 3 + self.read_length_at(2)?,
            0xc6 => 5 + self.read_length_at(4)?,
            0xc7 => 3 + self.read_length_at(1)?,
            0xc8 => 4 + self.read_length_at(2)?,
            0xc9 => 6 + self.read_length_at(4)?,
            _ => return None,
        })
    }

    fn copy_bytes(&mut self, count: usize) -> Option<()> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.copied.extend(bytes);
        self.rest = rest;
        Some(())
    }
}

/// Splits off a text that something begins with.
fn split_text(plain: &[u8]) -> Option<(&str, &[u8])> {
    let (mark, rest) = plain.split_first()?;
    let (length, rest) = match mark {
        0xa0..=0xbf => (usize::from(mark & 0x1f), rest),
        0xd9..=0xdb => {
            let size = 1 << (mark - 0xd9);
            let (length, rest) = rest.split_at_checked(size)?;
            (read_length(length)?, rest)
        }
        _ => return None,
    };
    let (text, rest) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn read_length(bytes: &[u8]) -> Option<usize> {
    let length = bytes
        .iter()
        .fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    usize::try_from(length).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;
    use wallboard_domain::Id;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Everything {
        by_id: Vec<(Id, Option<f64>)>,
        by_text: BTreeMap<String, Vec<i64>>,
        nested: Option<Box<Everything>>,
        bytes: (u64, i8, bool, f32, char),
    }

    fn renaming() -> ValueRenaming {
        let text = str::to_owned;
        ValueRenaming {
            ids: vec![([text("chat"), text("eva")], text("forgotten-1"))],
            texts: vec![
                (text("Eva Larsson"), text("forgotten-1")),
                (text("Update"), text("broken")),
            ],
        }
    }

    fn everything(agent: &str, key: &str, text: &str) -> Everything {
        let inner = Everything {
            by_id: vec![(Id::new(&"chat".into(), agent), Some(0.5)); 40],
            by_text: [(
                text.to_owned(),
                vec![i64::MIN, -1, 0, 200, 70_000, i64::MAX],
            )]
            .into(),
            nested: None,
            bytes: (u64::MAX, -100, true, 1.5, 'å'),
        };
        Everything {
            by_id: vec![(Id::new(&"voice".into(), "eva"), None)],
            by_text: [(key.to_owned(), vec![]), ("Update".to_owned(), vec![])].into(),
            nested: Some(inner.into()),
            bytes: <_>::default(),
        }
    }

    #[test]
    fn ids_and_names_are_renamed_wherever_they_are_and_nothing_else() {
        let long = "x".repeat(300);
        let before = everything("eva", "chat/eva", &format!("{long} Eva Larsson {long}"));
        let after = everything(
            "forgotten-1",
            "chat/forgotten-1",
            &format!("{long} forgotten-1 {long}"),
        );
        let plain = rmp_serde::to_vec_named(&before).unwrap();

        let renamed = renaming().rename(&plain).unwrap();

        assert_eq!(
            rmp_serde::from_slice::<Everything>(&renamed).unwrap(),
            after
        );
        assert_eq!(renamed, rmp_serde::to_vec_named(&after).unwrap());
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_copied(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let copied = ValueRenaming::default().rename(&bytes);
            prop_assert!(copied.is_none_or(|copied| copied.len() <= bytes.len()));
        }
    }
}
