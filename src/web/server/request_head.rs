//! Refuses heads of requests that a proxy in front may read otherwise than we do, where the parser
//! takes them: lines that end with a line feed alone, and two lengths that are equal.

/// The most bytes kept of a line: longer ones aren't a length.
const LINE_BYTES_MAX: usize = 64;
const LENGTH: &[u8] = b"content-length";
const CODING: &[u8] = b"transfer-encoding";
/// In place of what is refused: no parser takes it, so the response is 400.
const INVALID: u8 = 0;

/// Where in the requests of a connection a byte is.
#[derive(Debug, Default)]
pub(super) struct HeadScan {
    part: Part,
    /// The beginning of a head's line.
    line: Vec<u8>,
    is_after_return: bool,
    length: Option<u64>,
    has_coding: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    /// So many bytes are left.
    Body(u64),
    /// The request is refused, and its connection closed.
    Coded,
}

impl HeadScan {
    /// Makes what must be refused invalid.
    pub(super) fn check(&mut self, arrived: &mut [u8]) {
        let mut rest = arrived;
        while !rest.is_empty() {
            match self.part {
                Part::Coded => return,
                Part::Body(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    rest = &mut rest[here..];
                    self.part = match left - here as u64 {
                        0 => Part::Head,
                        left => Part::Body(left),
                    };
                }
                Part::Head => {
                    self.check_byte(&mut rest[0]);
                    rest = &mut rest[1..];
                }
            }
        }
    }

    fn check_byte(&mut self, byte: &mut u8) {
        let is_after_return = std::mem::replace(&mut self.is_after_return, *byte == b'\r');
        match *byte {
            b'\n' if !is_after_return || !self.end_line() => *byte = INVALID,
            b'\n' | b'\r' => {}
            other if self.line.len() <= LINE_BYTES_MAX => self.line.push(other),
            _ => {}
        }
    }

    /// Reads the line. Returns false if it must be refused.
    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            self.end_head();
            return true;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        self.has_coding |= name.eq_ignore_ascii_case(CODING);
        if !name.eq_ignore_ascii_case(LENGTH) {
            return true;
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let is_number = value.iter().all(u8::is_ascii_digit) && line.len() <= LINE_BYTES_MAX;
        let length = str::from_utf8(value).ok().filter(|_| is_number);
        let length = length.and_then(|length| length.parse().ok());
        length.is_some() && std::mem::replace(&mut self.length, length).is_none()
    }

    fn end_head(&mut self) {
        self.part = match self.length.take() {
            _ if self.has_coding => Part::Coded,
            None | Some(0) => Part::Head,
            Some(length) => Part::Body(length),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are refused, however they arrive.
    fn count_refused(requests: &str) -> usize {
        let counts = [1, 2, 7, requests.len()].map(|length| {
            let mut scan = HeadScan::default();
            let mut bytes = requests.as_bytes().to_vec();
            for part in bytes.chunks_mut(length) {
                scan.check(part);
            }
            bytes.split(|byte| *byte == INVALID).count() - 1
        });
        assert!(
            counts.iter().all(|count| *count == counts[0]),
            "{requests:?}: {counts:?}"
        );
        counts[0]
    }

    #[test]
    fn bodies_are_left_alone_and_each_head_is_checked() {
        let post = "POST / HTTP/1.1\r\nHost: w\r\ncontent-LENGTH: 4\r\n\r\na\nb\n";
        let get = "\r\nGET / HTTP/1.1\r\nHost: w\r\n\r\n";
        assert_eq!(count_refused(&[post, get, post, get].concat()), 0);
        let bare = "GET / HTTP/1.1\nHost: w\r\n\r\n";
        assert_eq!(count_refused(&[post, get, bare].concat()), 1);
    }

    #[test]
    fn ambiguous_heads_are_refused() {
        for head in [
            "GET / HTTP/1.1\nHost: w\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: w\n\r\n",
            "GET / HTTP/1.1\r\nHost: w\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 0, 0\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        ] {
            assert_eq!(count_refused(head), 1, "{head:?}");
        }
        let spaces = " ".repeat(LINE_BYTES_MAX);
        let long = format!("POST / HTTP/1.1\r\nContent-Length: {spaces}0\r\n\r\n");
        assert_eq!(count_refused(&long), 1);
    }
}
