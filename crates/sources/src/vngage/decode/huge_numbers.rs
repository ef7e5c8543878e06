//! Numbers that are too large: `1e400` is valid JSON but doesn't fit a float, so the parser
//! rejects the whole message.

/// Replaces each such number in `body` with a value that no field accepts.
pub(super) fn replace_huge_numbers(body: &str) -> Option<String> {
    let bytes = body.as_bytes();
    let mut repaired = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(bytes, at);
                if body[at..end].parse().is_ok_and(f64::is_infinite) {
                    repaired.push_str(&body[copied..at]);
                    repaired.push_str("true");
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    (0 < copied).then(|| repaired + &body[copied..])
}

/// The offset after the closing quote of the text that begins at `at`.
fn end_of_text(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_number(bytes: &[u8], at: usize) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let len = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
    at + len
}
