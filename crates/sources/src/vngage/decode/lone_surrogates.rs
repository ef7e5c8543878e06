//! Lone surrogates: the vendor's runtime writes a name cut in the middle of an emoji as half
//! a character, which is valid JSON but not valid text.

/// Replaces each lone surrogate in `body`. Returns `None` if there is none.
pub(super) fn replace_lone_surrogates(body: &str) -> Option<String> {
    let mut repaired = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(found) = body[from..].find('\\') {
        let at = from + found;
        let (len, is_lone) = match (parse_escape(body, at), parse_escape(body, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
            (Some(0xD800..=0xDFFF), _) => (6, true),
            // Any other escape. In valid JSON, ASCII follows the backslash.
            _ => (2, false),
        };
        if is_lone {
            repaired.push_str(&body[copied..at]);
            repaired.push_str("\\ufffd");
            copied = at + len;
        }
        from = at + len;
        if !body.is_char_boundary(from) {
            return None;
        }
    }
    (0 < copied).then(|| repaired + &body[copied..])
}

/// The code of a `\u` escape at `at`.
fn parse_escape(body: &str, at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}
