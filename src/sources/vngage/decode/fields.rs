//! JSON read leniently: a field of a wrong type counts as missing and harms no
//! other, whatever stands in it and however deep it goes.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::timestamp::parse_timestamp;

/// Ids longer than this are none.
const LONGEST_ID: usize = 256;
/// Names and other free text are cut to so many characters.
const LONGEST_TEXT: usize = 256;
/// Nobody counts further; and so no sum of counts can overflow.
const LARGEST_COUNT: u32 = u32::MAX;
/// Whole numbers beyond this are not exact in the vendor's own language.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A JSON object's fields, taken one by one.
pub(super) struct ObjectFields<A> {
    map: A,
    pub(super) mistyped: u8,
}

impl<'de, A: MapAccess<'de>> ObjectFields<A> {
    pub(super) fn new(map: A) -> Self {
        Self { map, mistyped: 0 }
    }

    pub(super) fn next_key(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.map.next_key::<FieldKey<'de>>()?.map(|key| key.0))
    }

    pub(super) fn skip_value(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// A number of things: whole and not negative.
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

    /// A duration in milliseconds, as seconds.
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

    /// Free text, cut to a bounded length.
    pub(super) fn read_text(&mut self) -> Result<Option<Arc<str>>, A::Error> {
        self.read_scalar(|value| {
            value
                .into_text()
                .map(|text| cut_text(&text, LONGEST_TEXT).into())
        })
    }

    /// One of a few words.
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

    /// A JSON array of ids; what is no id among them is left out.
    pub(super) fn read_ids(&mut self) -> Result<Option<Vec<Arc<str>>>, A::Error> {
        self.read_nested::<IdList>()
    }

    /// A dictionary of texts; what is no text among them is left out.
    pub(super) fn read_pairs(&mut self) -> Result<Option<TextPairs>, A::Error> {
        self.read_nested::<TextDictionary>()
    }

    /// An object or array that is read field by field itself.
    pub(super) fn read_nested<N: NestedReader>(&mut self) -> Result<Option<N::Out>, A::Error> {
        let (value, mistyped) = self.map.next_value::<Lenient<N>>()?.0;
        self.mistyped = self.mistyped.saturating_add(mistyped);
        Ok(value)
    }

    fn read_scalar<T>(
        &mut self,
        read: impl FnOnce(Scalar<'de>) -> Option<T>,
    ) -> Result<Option<T>, A::Error> {
        let value = self.map.next_value::<Scalar<'de>>()?;
        // `null` is how some serializers write what they leave out.
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

/// System and id there.
pub(super) type TextPairs = Vec<(Arc<str>, Arc<str>)>;

/// A field that is itself an object or an array.
pub(super) trait NestedReader {
    type Out;
    /// Reads an object and says how much of it was mistyped; the default is that it should not be one.
    fn read_object<'de, A: MapAccess<'de>>(
        mut map: A,
    ) -> Result<(Option<Self::Out>, u8), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((None, 1))
    }
    /// The same for an array.
    fn read_array<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(Option<Self::Out>, u8), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok((None, 1))
    }
    /// The same for a text.
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

/// The outcome of reading a [`Nested`], of whatever type it turned out to be.
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

/// Any JSON value, as far as a single value goes.
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
        // The parser says so only of negative numbers.
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

struct FieldKey<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for FieldKey<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = FieldKey<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(FieldKey(Cow::Borrowed(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(FieldKey(Cow::Owned(key.to_owned())))
    }
}

/// Text that may stand in a page, a file or a log as it is: control characters have no place there.
#[inline]
fn printable_text(text: Cow<'_, str>) -> Cow<'_, str> {
    // JSON has controls below a space only escaped, and then the text isn't borrowed.
    // What is left is DEL and, beyond ASCII, C1: the top bit of the next byte up.
    if let Cow::Borrowed(borrowed) = &text {
        let next = |seen: u8, byte: u8| seen | byte.wrapping_add(1);
        if borrowed.bytes().fold(0, next) < 0x80 {
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

/// Whether a text can be an id.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && (text.len() <= LONGEST_ID || text.chars().count() <= LONGEST_ID)
}

/// The first `longest` characters.
pub(super) fn cut_text(text: &str, longest: usize) -> &str {
    match text.char_indices().nth(longest) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
