//! The names of records, in the alphabet of NATS' keys.

use std::fmt;

use uuid::Uuid;

/// The length of the longest ID, so that any key fits a NATS subject.
const ID_LENGTH_MAX: usize = 200;

/// The kind of a record, like a board. The owner of the documents has one as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordKind(&'static str);

impl RecordKind {
    /// Names a kind with lower-case letters and hyphens.
    ///
    /// # Panics
    ///
    /// If it has other characters or none: then a constant doesn't compile.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty(), "a kind needs a name");
        let mut rest = name.as_bytes();
        while let [first, others @ ..] = rest {
            assert!(matches!(first, b'a'..=b'z' | b'-'), "a-z and - only");
            rest = others;
        }
        Self(name)
    }

    /// Its name, as stored.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// Identifies a record among those of its kind. Not for names or addresses of people: an ID
/// outlives its record, in the deletion.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub(super) String);

impl RecordId {
    /// Reads an ID: ASCII letters, digits, `-`, `_`, `=`, `/`, and single dots inside.
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid = text.len() <= ID_LENGTH_MAX && text.split('.').all(is_token);
        is_valid.then(|| Self(text.to_owned()))
    }

    /// An ID that no other record has.
    pub fn random() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Checks what stands between two dots: an empty token is in no subject.
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=/".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_valid_key_of_nats() {
        let longest = "x".repeat(ID_LENGTH_MAX);
        for valid in ["a", "Sales-2_b/c=", "a.b.c", "=", "_kv", &longest] {
            let id = RecordId::parse(valid);
            assert_eq!(id.map(|id| id.to_string()).as_deref(), Some(valid));
        }
        let too_long = "x".repeat(ID_LENGTH_MAX + 1);
        for invalid in [
            "", ".", ".a", "a.", "a..b", "a b", "a*", ">", "ä", "a@b", "a\n", &too_long,
        ] {
            assert_eq!(RecordId::parse(invalid), None, "{invalid:?}");
        }
    }

    #[test]
    #[should_panic(expected = "a-z and - only")]
    fn a_kind_is_one_token_of_a_key() {
        RecordKind::new("board.draft");
    }
}
