//! The case that a message speaks of which cannot be read: cut short, broken in
//! another field, or too large.

use super::{LARGEST_BODY, fields::is_id};

/// The names of the field; the vendor's document also spells it with an `l`.
const CASE_ID_KEYS: [&[u8]; 2] = [br#""caseId""#, br#""caseld""#];

/// The first id of a case that stands whole in `body`. One with escapes is none.
pub(super) fn find_case_id(body: &[u8]) -> Option<&str> {
    let body = &body[..body.len().min(LARGEST_BODY)];
    let quotes = (0..body.len()).filter(|at| body[*at] == b'"');
    let id = quotes
        // Within a text, quotes stand behind a backslash.
        .filter(|at| *at == 0 || body[at - 1] != b'\\')
        .find_map(|at| {
            let name = CASE_ID_KEYS
                .iter()
                .find(|name| body[at..].starts_with(name))?;
            let value = body[at + name.len()..].trim_ascii_start();
            let value = value.strip_prefix(b":")?.trim_ascii_start();
            let value = value.strip_prefix(b"\"")?;
            value
                .split(|byte| *byte == b'"')
                .next()
                .filter(|id| id.len() < value.len())
        })?;
    let id = std::str::from_utf8(id).ok()?;
    (is_id(id) && !id.contains('\\')).then_some(id)
}
