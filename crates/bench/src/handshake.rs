//! Opens one viewer's socket: the connection, TLS if the server has it, and the WebSocket upgrade.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::ClientConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};

use super::{LoadError, LoadTarget, ViewerRefusal};

const HEAD_BYTES_MAX: usize = 16 * 1024;
/// How much of a refusal's text is shown.
const SENTENCE_BYTES_MAX: usize = 300;
/// For the rest of a refusal.
const SENTENCE_TIMEOUT: Duration = Duration::from_secs(1);

/// Loopback has many addresses. With so many viewers from each, a server that gives an address a
/// limited number of places and ports has enough for all.
const VIEWERS_PER_ADDRESS: usize = 2_000;

/// A connection to the server.
#[derive(Debug)]
pub(super) enum ServerStream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// The request of one viewer.
#[derive(Clone, Copy, Debug)]
pub(super) struct SocketRequest<'a> {
    pub(super) target: &'a LoadTarget,
    pub(super) cookie: Option<&'a str>,
    /// Like `?e=b7&n=12`, or nothing.
    pub(super) query: &'a str,
}

/// Connects the viewer with this index.
pub(super) async fn connect(
    target: &LoadTarget,
    tls: Option<&Arc<ClientConfig>>,
    index: usize,
) -> Result<ServerStream, LoadError> {
    let address = || target.authority.clone();
    let connected = open_connection(target.address, index).await;
    let stream = connected.map_err(|cause| LoadError::Connect {
        address: address(),
        cause,
    })?;
    let (Some(tls), Some(name)) = (tls, &target.tls_name) else {
        return Ok(ServerStream::Plain(stream));
    };
    let connector = TlsConnector::from(Arc::clone(tls));
    let encrypted = connector.connect(name.clone(), stream).await;
    let stream = encrypted.map_err(|cause| LoadError::Encrypt {
        address: address(),
        cause,
    })?;
    Ok(ServerStream::Encrypted(Box::new(stream)))
}

async fn open_connection(to: SocketAddr, index: usize) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if let Some(from) = own_address(to, index) {
        socket.bind(from)?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Returns the address that the viewer's connection comes from, if the system shouldn't choose it.
/// Other systems than Linux have 127.0.0.1 alone.
fn own_address(to: SocketAddr, index: usize) -> Option<SocketAddr> {
    let group = u8::try_from(index / VIEWERS_PER_ADDRESS).ok()?;
    let is_choosable = cfg!(target_os = "linux") && to.is_ipv4() && to.ip().is_loopback();
    let host = Ipv4Addr::new(127, 0, 0, group.checked_add(1)?);
    (is_choosable && 0 < group).then(|| SocketAddr::from((host, 0)))
}

/// Requests the board's socket. Returns what arrived after the answer already.
pub(super) async fn upgrade<T: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut T,
    request: SocketRequest<'_>,
) -> Result<Vec<u8>, LoadError> {
    let failed = |cause| LoadError::Answer {
        address: request.target.authority.clone(),
        cause,
    };
    let key = generate_key();
    let text = request_text(request, &key);
    stream.write_all(text.as_bytes()).await.map_err(failed)?;
    stream.flush().await.map_err(failed)?;

    let (mut arrived, head_length) = read_head(stream).await.map_err(failed)?;
    let rest = arrived.split_off(head_length);
    let head = String::from_utf8_lossy(&arrived);
    let not_http = || failed(io::Error::from(io::ErrorKind::InvalidData));
    let status = read_status(&head).ok_or_else(not_http)?;
    if status != 101 {
        let refusal = read_refusal(stream, status, &head, rest).await;
        return Err(LoadError::Refused(refusal));
    }
    let accept = derive_accept_key(key.as_bytes());
    if find_header(&head, "sec-websocket-accept") == Some(&accept) {
        Ok(rest)
    } else {
        Err(not_http())
    }
}

fn request_text(request: SocketRequest<'_>, key: &str) -> String {
    let SocketRequest {
        target,
        cookie,
        query,
    } = request;
    let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
    format!(
        "GET {}{query} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\
         Sec-WebSocket-Protocol: wallboard.v1\r\nUser-Agent: wallboard-bench/{}\r\n{cookie}\r\n",
        target.path,
        target.authority,
        target.origin,
        env!("CARGO_PKG_VERSION"),
    )
}

/// Reads until a response's head is complete. Returns what was read and the head's length.
async fn read_head<T: AsyncRead + Unpin>(stream: &mut T) -> io::Result<(Vec<u8>, usize)> {
    let mut arrived = Vec::with_capacity(1024);
    loop {
        if let Some(at) = arrived.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok((arrived, at + 4));
        }
        if HEAD_BYTES_MAX < arrived.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if stream.read_buf(&mut arrived).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn read_status(head: &str) -> Option<u16> {
    let (version, rest) = head.split_once(' ')?;
    let status = rest.split([' ', '\r']).next()?;
    version
        .starts_with("HTTP/1.")
        .then(|| status.parse().ok())?
}

fn find_header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = headers.filter(|(header, _)| header.eq_ignore_ascii_case(name));
    Some(found.next()?.1.trim())
}

async fn read_refusal<T: AsyncRead + Unpin>(
    stream: &mut T,
    status: u16,
    head: &str,
    mut body: Vec<u8>,
) -> ViewerRefusal {
    let length = find_header(head, "content-length").and_then(|length| length.parse().ok());
    let length: usize = length.unwrap_or(0).min(SENTENCE_BYTES_MAX);
    let reading = async {
        while body.len() < length && stream.read_buf(&mut body).await.is_ok_and(|read| 0 < read) {}
    };
    // Without its text, the status says enough.
    timeout(SENTENCE_TIMEOUT, reading).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let text = text.trim();
    let is_sentence = !text.is_empty()
        && text.len() <= SENTENCE_BYTES_MAX
        && !text.starts_with('<')
        && !text.contains(char::is_control);
    ViewerRefusal {
        status,
        sentence: is_sentence.then(|| text.to_owned()),
        location: find_header(head, "location").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    fn target() -> LoadTarget {
        LoadTarget {
            address: SocketAddr::from(([127, 0, 0, 1], 80)),
            authority: "wall:80".into(),
            origin: "http://wall".into(),
            path: "/boards/queues/live".into(),
            tls_name: None,
        }
    }

    /// Requests a socket from a server that gives this answer. Returns the request too.
    async fn upgrade_with(
        answer: impl FnOnce(&str) -> String,
    ) -> (Result<Vec<u8>, LoadError>, String) {
        let (mut viewer, mut server) = duplex(4096);
        let target = target();
        let request = SocketRequest {
            target: &target,
            cookie: Some("a=1"),
            query: "?e=b7&n=12",
        };
        let serve = async {
            let (arrived, _) = read_head(&mut server).await.unwrap();
            let request = String::from_utf8(arrived).unwrap();
            let key = find_header(&request, "Sec-WebSocket-Key").unwrap();
            let answer = answer(&derive_accept_key(key.as_bytes()));
            server.write_all(answer.as_bytes()).await.unwrap();
            drop(server);
            request
        };
        tokio::join!(upgrade(&mut viewer, request), serve)
    }

    #[tokio::test]
    async fn upgrade_keeps_what_follows_the_answer() {
        let (rest, request) = upgrade_with(|accept| {
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nSEC-WebSocket-Accept: {accept}\r\n\r\n\u{1}hi"
            )
        })
        .await;
        assert_eq!(rest.unwrap(), b"\x01hi");
        assert!(
            request.starts_with("GET /boards/queues/live?e=b7&n=12 HTTP/1.1\r\nHost: wall:80\r\n")
        );
        assert!(request.contains("\r\nOrigin: http://wall\r\n"));
        assert!(request.ends_with("\r\nCookie: a=1\r\n\r\n"));
    }

    #[tokio::test]
    async fn refusal_says_status_and_sentence() {
        let refuse = async |answer: &str| {
            upgrade_with(|_| answer.to_owned())
                .await
                .0
                .unwrap_err()
                .to_string()
        };
        let full =
            refuse("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull").await;
        assert!(
            full.starts_with("the server refused a viewer: status 503 (full). It has no place"),
            "{full}"
        );
        let page = refuse("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>").await;
        assert!(page.contains("status 404. It has no such board"), "{page}");
        let to_tls = refuse("HTTP/1.1 308 X\r\nLocation: https://wall/\r\n\r\n").await;
        assert!(
            to_tls.ends_with("status 308. Use the https:// address"),
            "{to_tls}"
        );
        for answer in [
            "SSH-2.0-OpenSSH\r\n\r\n",
            "",
            "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: no\r\n\r\n",
        ] {
            let (result, _) = upgrade_with(|_| answer.to_owned()).await;
            assert!(matches!(result, Err(LoadError::Answer { .. })), "{answer}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn many_viewers_have_several_addresses() {
        let here = SocketAddr::from(([127, 0, 0, 1], 80));
        assert_eq!(own_address(here, 1_999), None);
        assert_eq!(
            own_address(here, 2_000),
            Some(SocketAddr::from(([127, 0, 0, 2], 0)))
        );
        assert_eq!(
            own_address(here, 17_999),
            Some(SocketAddr::from(([127, 0, 0, 9], 0)))
        );
        assert_eq!(
            own_address(SocketAddr::from(([192, 0, 2, 1], 80)), 9_000),
            None
        );
        assert_eq!(own_address("[::1]:80".parse().unwrap(), 9_000), None);
    }
}
