//! Numbers as the vendor delivers them: bare, as texts, or in an object that repeats them
//! in several forms. Reads objects without copying or storing them.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// Reads the finite number in `text`, a JSON value.
pub(super) fn read_number(text: &str) -> Option<f64> {
    match text.as_bytes().first()? {
        b'-' | b'0'..=b'9' => parse_finite(text),
        b'"' | b'{' => serde_json::from_str::<LenientNumber>(text)
            .ok()?
            .as_number(),
        _ => None,
    }
}

/// Whether `text`, a JSON value, is a word other than the usual ones for "no number".
pub(super) fn is_word(text: &str) -> bool {
    let Ok(word) = serde_json::from_str::<String>(text) else {
        return false;
    };
    let none = [
        "nan", "n/a", "na", "none", "null", "unknown", "infinity", "inf",
    ];
    let word = word.trim().to_ascii_lowercase();
    LenientNumber::from_text(&word) == LenientNumber::Nonsense
        && word.contains(char::is_alphabetic)
        && !none.contains(&word.trim_start_matches('-'))
}

/// A value in the place of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum LenientNumber {
    /// No key, `null`, or an empty text.
    #[default]
    Missing,
    /// A value that isn't a number: `NaN`, `n/a`, a list.
    Nonsense,
    Number(f64),
}

impl LenientNumber {
    fn as_number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Missing | Self::Nonsense => None,
        }
    }

    fn from_text(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Missing;
        }
        let number = text.strip_suffix('%').map_or(text, str::trim_end);
        parse_finite(number).map_or(Self::Nonsense, Self::Number)
    }

    fn or_number(self, other: Self) -> Self {
        match self {
            Self::Missing => other,
            Self::Number(_) | Self::Nonsense => self,
        }
    }
}

fn parse_finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

impl<'de> Deserialize<'de> for LenientNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = LenientNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<LenientNumber, E> {
        Ok(LenientNumber::from_text(text))
    }

    fn visit_f64<E>(self, number: f64) -> Result<LenientNumber, E> {
        Ok(LenientNumber::Number(number))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers this large are rejected later"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<LenientNumber, E> {
        Ok(LenientNumber::Number(number as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "negative numbers are rejected later"
    )]
    fn visit_i64<E>(self, number: i64) -> Result<LenientNumber, E> {
        Ok(LenientNumber::Number(number as f64))
    }

    fn visit_unit<E>(self) -> Result<LenientNumber, E> {
        Ok(LenientNumber::Missing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<LenientNumber, E> {
        Ok(LenientNumber::Nonsense)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<LenientNumber, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(LenientNumber::Nonsense)
    }

    /// Reads `{"stringValue":"7.5","intValue":7,…}`. The text comes first because only it has
    /// decimals. A text that isn't a number means no value, even if another field is 0.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LenientNumber, A::Error> {
        let (mut text, mut decimal, mut whole) = Default::default();
        let mut is_valid = true;
        while let Some(key) = map.next_key::<NumberKey<'de>>()? {
            if key.is_one_of(&["stringValue"]) {
                text = map.next_value()?;
            } else if key.is_one_of(&["doubleValue", "floatValue", "value"]) {
                decimal = map.next_value()?;
            } else if key.is_one_of(&["intValue", "longValue"]) {
                whole = map.next_value()?;
            } else if key.is_one_of(&["valid"]) {
                is_valid &= map.next_value::<Value>()? != false;
            } else if key.is_one_of(&["invalid"]) {
                is_valid &= map.next_value::<Value>()? != true;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let first: LenientNumber = text;
        Ok(if is_valid {
            first.or_number(decimal).or_number(whole)
        } else {
            LenientNumber::Nonsense
        })
    }
}

/// A key of such an object.
#[derive(Deserialize)]
#[serde(transparent)]
struct NumberKey<'a>(#[serde(borrow)] Cow<'a, str>);

impl NumberKey<'_> {
    /// Case-insensitive.
    fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| name.eq_ignore_ascii_case(&self.0))
    }
}
