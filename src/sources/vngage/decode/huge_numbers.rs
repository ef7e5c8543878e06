//! Numbers beyond all bounds: `1e400` is JSON, and yet no number that a computer
//! holds, so the parser gives up on the whole message for it.

/// `body` with every such number replaced by a value that no field takes.
pub(super) fn replace_huge_numbers(body: &str) -> Option<String> {
    let bytes = body.as_bytes();
    let mut mended = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(bytes, at);
                if body[at..end].parse().is_ok_and(f64::is_infinite) {
                    mended.push_str(&body[copied..at]);
                    mended.push_str("true");
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    (0 < copied).then(|| mended + &body[copied..])
}

/// Behind the closing quote of the text that begins at `at`.
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
