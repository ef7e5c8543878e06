//! Lenient JSON fields: a field of the wrong type counts as missing and never affects other
//! fields, whatever it contains and however deeply it is nested.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::timestamp::parse_timestamp;

/// The maximum length of an id, in characters. A longer one counts as missing.
const LONGEST_ID: usize = 256;
/// The length to which names and other free text are cut, in characters.
const LONGEST_TEXT: usize = 256;
/// No real count is larger, and the limit keeps sums of counts from overflowing.
const LARGEST_COUNT: u32 = u32::MAX;
/// Whole numbers from here on aren't exact in the vendor's language.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A JSON object's fields, read one by one.
pub(super) struct ObjectFields<A> {
    map: A,
    pub(super) mistyped: u8,
}

impl<'de, A: MapAccess<'de>> ObjectFields<A> {
    pub(super) fn new(map: A) -> Self {
        Self { map, mistyped: 0 }
    }

    #[inline]
    pub(super) fn next_key(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.map.next_key::<FieldKey<'de>>()?.map(|key| key.0))
    }

    pub(super) fn skip_value(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// Reads a count: whole and not negative.
    pub(super) fn read_count(&mut self) -> Result<Option<u64>, A::Error> {
        self.read_scalar(|value| match value {
            Scalar::Whole(n) if n <= LARGEST_COUNT.into() => Some(n),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, and within what was just checked"
            )]
            Scalar::Real(x)
                if x.fract() == 0.0 && (0.0..=f64::from(LARGEST_COUNT)).contains(&x) =>
            {
                Some(x as u64)
            }
            _ => None,
        })
    }

    /// Reads a duration in milliseconds, as seconds.
    pub(super) fn read_seconds(&mut self) -> Result<Option<f64>, A::Error> {
        self.read_scalar(|value| match value {
            #[expect(clippy::cast_precision_loss, reason = "checked against 2^53")]
            Scalar::Whole(n) if (n as f64) < LARGEST_WHOLE => Some(n as f64 / 1000.0),
            Scalar::Real(x) if (0.0..LARGEST_WHOLE).contains(&x) => Some(x / 1000.0),
            _ => None,
        })
    }

    pub(super) fn read_id(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.read_scalar(Scalar::into_id)
    }

    pub(super) fn read_shared_id(&mut self) -> Result<Option<Arc<str>>, A::Error> {
        Ok(self.read_id()?.map(Arc::from))
    }

    /// Reads free text, cut to a bounded length.
    pub(super) fn read_text(&mut self) -> Result<Option<Arc<str>>, A::Error> {
        self.read_scalar(|value| {
            value
                .into_text()
                .map(|text| cut_text(&text, LONGEST_TEXT).into())
        })
    }

    /// Reads one of a few words.
    pub(super) fn read_word<T>(
        &mut self,
        known: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, A::Error> {
        self.read_scalar(|value| match value {
            Scalar::Text(text) => known(&text),
            _ => None,
        })
    }

    pub(super) fn read_time(&mut self) -> Result<Option<Timestamp>, A::Error> {
        self.read_word(parse_timestamp)
    }

    /// Reads a JSON array of ids. Items that aren't ids are left out.
    pub(super) fn read_ids(&mut self) -> Result<Option<Vec<Arc<str>>>, A::Error> {
        self.read_nested::<IdList>()
    }

    /// Reads a dictionary of texts. Values that aren't texts are left out.
    pub(super) fn read_pairs(&mut self) -> Result<Option<TextPairs>, A::Error> {
        self.read_nested::<TextDictionary>()
    }

    /// Reads an object or array with its own reader.
    pub(super) fn read_nested<N: NestedReader>(&mut self) -> Result<Option<N::Out>, A::Error> {
        let (value, mistyped) = self.map.next_value::<Lenient<N>>()?.0;
        self.mistyped = self.mistyped.saturating_add(mistyped);
        Ok(value)
    }

    #[inline]
    fn read_scalar<T>(
        &mut self,
        read: impl FnOnce(Scalar<'de>) -> Option<T>,
    ) -> Result<Option<T>, A::Error> {
        let value = self.map.next_value::<Scalar<'de>>()?;
        // Some serializers write `null` for missing fields.
        if matches!(value, Scalar::Null) {
            return Ok(None);
        }
        let read = read(value);
        if read.is_none() {
            self.mistyped = self.mistyped.saturating_add(1);
        }
        Ok(read)
    }
}

/// External system and the id in it.
pub(super) type TextPairs = Vec<(Arc<str>, Arc<str>)>;

/// A field that is itself an object or an array.
pub(super) trait NestedReader {
    type Out;
    /// Reads an object and counts its mistyped fields. By default, an object is a wrong type.
    fn read_object<'de, A: MapAccess<'de>>(
        mut map: A,
    ) -> Result<(Option<Self::Out>, u8), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((None, 1))
    }
    /// Same as `read_object`, for an array.
    fn read_array<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok((None, 1))
    }
    /// Same as `read_object`, for a text.
    fn read_text(_text: &str) -> (Option<Self::Out>, u8) {
        (None, 1)
    }
}

struct IdList;

impl NestedReader for IdList {
    type Out = Vec<Arc<str>>;

    fn read_array<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut ids = Vec::new();
        let mut mistyped = 0_u8;
        while let Some(value) = seq.next_element::<Scalar<'de>>()? {
            match value.into_id() {
                Some(id) => ids.push(id.into()),
                None => mistyped = mistyped.saturating_add(1),
            }
        }
        Ok((Some(ids), mistyped))
    }
}

struct TextDictionary;

impl NestedReader for TextDictionary {
    type Out = TextPairs;

    fn read_object<'de, A: MapAccess<'de>>(map: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        let mut fields = ObjectFields::new(map);
        let mut pairs = Vec::new();
        while let Some(key) = fields.next_key()? {
            if let Some(text) = fields.read_text()? {
                let key = printable_text(key);
                pairs.push((cut_text(&key, LONGEST_TEXT).into(), text));
            }
        }
        Ok((Some(pairs), fields.mistyped))
    }
}

/// The outcome of a [`NestedReader`], whatever the type of the value.
pub(super) struct Lenient<N: NestedReader>(pub(super) (Option<N::Out>, u8));

impl<'de, N: NestedReader> Deserialize<'de> for Lenient<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor::<N>(PhantomData))
    }
}

struct LenientVisitor<N>(PhantomData<N>);

impl<'de, N: NestedReader> Visitor<'de> for LenientVisitor<N> {
    type Value = Lenient<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        N::read_object(map).map(Lenient)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        N::read_array(seq).map(Lenient)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Lenient(N::read_text(text)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Lenient((None, 0)))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Lenient((None, 1)))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Lenient((None, 1)))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Lenient((None, 1)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Lenient((None, 1)))
    }
}

/// Any JSON value; arrays and objects are skipped.
enum Scalar<'a> {
    Null,
    Text(Cow<'a, str>),
    Whole(u64),
    Real(f64),
    Other,
}

impl<'a> Scalar<'a> {
    fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(printable_text(text)),
            _ => None,
        }
    }

    fn into_id(self) -> Option<Cow<'a, str>> {
        self.into_text().filter(|id| is_id(id))
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        // The parser calls this only for negative numbers.
        Ok(Scalar::Other)
    }

    fn visit_u64<E>(self, n: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Whole(n))
    }

    fn visit_f64<E>(self, x: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Real(x))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct FieldKey<'a>(#[serde(borrow)] Cow<'a, str>);

/// Makes text safe for pages, files and logs by replacing control characters.
#[inline]
fn printable_text(text: Cow<'_, str>) -> Cow<'_, str> {
    // JSON escapes control characters below a space, and escaped text isn't borrowed.
    // That leaves DEL and, beyond ASCII, C1: for both, the byte plus one has its top bit set.
    if let Cow::Borrowed(borrowed) = &text {
        let next_bits = |bits: u8, byte: u8| bits | byte.wrapping_add(1);
        if borrowed.bytes().fold(0, next_bits) < 0x80 {
            return text;
        }
    }
    replace_controls(text)
}

#[cold]
fn replace_controls(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return text;
    }
    let plain = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(plain).collect()
}

/// Whether a text is a valid id.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && (text.len() <= LONGEST_ID || text.chars().count() <= LONGEST_ID)
}

/// The first `max_chars` characters.
pub(super) fn cut_text(text: &str, max_chars: usize) -> &str {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
