//! Finds the case id in a message that can't be read: cut short, damaged in another field,
//! or too large.

use super::{BODY_BYTES_MAX, fields::is_id};

/// The field's names. The vendor's document also spells it with an `l`.
const CASE_ID_KEYS: [&[u8]; 2] = [br#""caseId""#, br#""caseld""#];

/// The first complete case id in `body`. An id with escapes doesn't count.
pub(super) fn find_case_id(body: &[u8]) -> Option<&str> {
    let body = &body[..body.len().min(BODY_BYTES_MAX)];
    let quotes = (0..body.len()).filter(|at| body[*at] == b'"');
    let id = quotes
        // Within a text, quotes follow a backslash.
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
