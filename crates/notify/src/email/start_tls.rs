//! STARTTLS: the few lines before TLS, in which nothing of ours but our address is sent.

use std::io;

use lettre::transport::smtp::extension::ClientId;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::SendError;

use super::mail_error::plain_words;

/// The most bytes of one of the server's replies.
const REPLY_BYTES_MAX: u64 = 8 * 1024;

/// Requests TLS on a connection without.
pub(super) async fn start_tls(
    host: &str,
    stream: TcpStream,
    client: &ClientId,
) -> Result<TcpStream, SendError> {
    let odd = |what: &str| {
        SendError::temporary(format!(
            "{host} {what}. Check `port` in the channel: 587 is usual with STARTTLS, 465 with encryption = \"tls\"."
        ))
    };
    let mut stream = BufReader::new(stream);
    let silent = |_| odd("isn't a mail server that responds without TLS");
    let greeting = read_reply(&mut stream).await.map_err(silent)?;
    if !greeting.starts_with("220") {
        return Err(odd(&format!(
            "refused the connection: {}",
            plain_words(&greeting)
        )));
    }
    for (command, is_answered) in [
        (
            format!("EHLO {client}\r\n"),
            has_start_tls as fn(&str) -> bool,
        ),
        ("STARTTLS\r\n".to_owned(), |reply| reply.starts_with("220")),
    ] {
        let written = stream.get_mut().write_all(command.as_bytes()).await;
        written.map_err(|_| odd("closed the connection"))?;
        let reply = read_reply(&mut stream).await;
        let reply = reply.map_err(|_| odd("closed the connection"))?;
        if !is_answered(&reply) {
            return Err(odd(
                "doesn't offer STARTTLS, and mail isn't sent without TLS",
            ));
        }
    }
    // Somebody in between could have added it.
    if !stream.buffer().is_empty() {
        return Err(odd("sent more than its answer before TLS"));
    }
    Ok(stream.into_inner())
}

pub(crate) fn has_start_tls(reply: &str) -> bool {
    let mut lines = reply.lines();
    lines.any(|line| {
        (line.get(4..)).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))
    })
}

/// Reads all lines of a reply.
async fn read_reply(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut reply = String::new();
    let mut bounded = stream.take(REPLY_BYTES_MAX);
    loop {
        let start = reply.len();
        let read = bounded.read_line(&mut reply).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // "250-" is followed by another line.
        if reply.as_bytes().get(start + 3) != Some(&b'-') {
            return Ok(reply);
        }
    }
}
