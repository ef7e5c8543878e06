//! Half a character: a name cut in the middle of an emoji by the vendor's own
//! language is written as a lone surrogate, which is JSON and yet no text.

/// `body` with every lone surrogate replaced, where it has any.
pub(super) fn replace_lone_surrogates(body: &str) -> Option<String> {
    let mut mended = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(found) = body[from..].find('\\') {
        let at = from + found;
        let (len, is_lone) = match (parse_escape(body, at), parse_escape(body, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
            (Some(0xD800..=0xDFFF), _) => (6, true),
            // Any other escape; what follows the backslash is ASCII in what parses.
            _ => (2, false),
        };
        if is_lone {
            mended.push_str(&body[copied..at]);
            mended.push_str("\\ufffd");
            copied = at + len;
        }
        from = at + len;
        if !body.is_char_boundary(from) {
            return None;
        }
    }
    (0 < copied).then(|| mended + &body[copied..])
}

/// The code of a `\u` escape at `at`.
fn parse_escape(body: &str, at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}
