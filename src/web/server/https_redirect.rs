//! Redirects plain HTTP clients of a TLS port to `https`.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const REDIRECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum head length; the address and `Host` come first.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// Answers one request with the same address under `https`.
pub(super) async fn redirect_to_https(mut stream: TcpStream) -> io::Result<()> {
    let mut head = vec![0; HEAD_BYTES_MAX];
    let mut length = 0;
    let read = async {
        while length < HEAD_BYTES_MAX && !head[..length].ends_with(b"\r\n\r\n") {
            match stream.read(&mut head[length..]).await? {
                0 => break,
                more => length += more,
            }
        }
        Ok::<_, io::Error>(())
    };
    timeout(REDIRECT_TIMEOUT, read).await??;
    let answer = redirect_response(&String::from_utf8_lossy(&head[..length]));
    timeout(REDIRECT_TIMEOUT, stream.write_all(answer.as_bytes())).await??;
    stream.shutdown().await
}

/// Identifies a wallboard that requires TLS.
pub const HTTPS_REQUIRED: &str = "Use https:// to open this wallboard.\n";

fn redirect_response(head: &str) -> String {
    const BODY: &str = HTTPS_REQUIRED;
    let (status, location) = match requested_address(head) {
        Some(address) => (
            "308 Permanent Redirect",
            format!("Location: https://{address}\r\n"),
        ),
        None => ("400 Bad Request", String::new()),
    };
    format!(
        "HTTP/1.1 {status}\r\n{location}Content-Type: text/plain; charset=utf-8\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{BODY}",
        BODY.len()
    )
}

/// The requested host and path, if they are safe to repeat.
fn requested_address(head: &str) -> Option<String> {
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?;
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".:-_[]".contains(c);
    let is_fine = path.starts_with('/')
        && path.chars().all(|c| c.is_ascii_graphic())
        && !host.is_empty()
        && host.chars().all(is_host);
    is_fine.then(|| format!("{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_keep_the_address_and_reject_unsafe_input() {
        let table = [
            (
                "GET /boards/queues?x=1 HTTP/1.1\r\nhost: wall.example:8443\r\n\r\n",
                Some("wall.example:8443/boards/queues?x=1"),
            ),
            ("GET / HTTP/1.1\r\n\r\n", None),
            ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", None),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", None),
            ("GET /\nX:1 HTTP/1.1\r\nHost: a\r\n\r\n", None),
            ("", None),
        ];
        for (head, expected) in table {
            assert_eq!(requested_address(head).as_deref(), expected, "{head}");
        }
        assert!(redirect_response(table[0].0).starts_with("HTTP/1.1 308 "));
        assert!(redirect_response("").starts_with("HTTP/1.1 400 "));
    }
}
