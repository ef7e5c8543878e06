//! A WebSocket client that sends any bytes: what no library lets a client do wrong.

use std::{
    io::{Read, Write},
    net::SocketAddr,
    time::Duration,
};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than any pause between two frames.
const FRAME_TIMEOUT: Duration = Duration::from_secs(20);
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;
/// The bit of a message's last frame.
pub const FIN: u8 = 0x80;
/// The bit of a deflated message's first frame.
pub const DEFLATED: u8 = 0x40;

/// How the server ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With this code.
    Closed(u16),
    /// With a close frame without a code.
    ClosedWithoutCode,
    /// Without a close frame.
    Cut,
}

#[derive(Debug)]
pub struct RawSocket {
    stream: TcpStream,
}

/// The lines of an upgrade that must succeed, without the request line.
pub const UPGRADE: &str = "Host: wall\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// An offer of RFC 7692.
pub const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

/// The payload of a deflated message, by zlib alone.
pub fn deflate(message: &[u8]) -> Vec<u8> {
    let mut deflater = DeflateEncoder::new(Vec::new(), Compression::best());
    deflater.write_all(message).unwrap();
    deflater.flush().unwrap();
    let payload = deflater.get_ref().strip_suffix(&[0, 0, 0xff, 0xff]);
    payload.expect("it ends with an empty block").to_vec()
}

/// The message of a deflated payload, by zlib alone.
pub fn inflate(payload: &[u8]) -> Vec<u8> {
    // With an empty last block, so that it ends.
    let whole = [payload, &[0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]].concat();
    let mut message = Vec::new();
    let mut inflater = DeflateDecoder::new(&whole[..]);
    inflater.read_to_end(&mut message).unwrap();
    message
}

/// Sends a request and returns the head of the response.
pub async fn request_upgrade(stream: &mut TcpStream, request_line: &str, headers: &str) -> String {
    let request = format!("{request_line}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    let reading = async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
    };
    timeout(FRAME_TIMEOUT, reading).await.unwrap();
    String::from_utf8(head).unwrap()
}

/// A frame as a client sends it. The first byte is `FIN`, reserved bits and the opcode.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = frame_head(first, payload.len(), 0x80);
    bytes.extend(MASK);
    let masked = payload.iter().zip(MASK.iter().cycle());
    bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
    bytes
}

/// The same without a mask, which clients must not send.
pub fn unmasked_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    [&frame_head(first, payload.len(), 0)[..], payload].concat()
}

/// The first bytes of a frame, up to its length.
fn frame_head(first: u8, length: usize, mask: u8) -> Vec<u8> {
    match length {
        0..126 => vec![first, mask + u8::try_from(length).unwrap()],
        126..0x1_0000 => {
            let length = u16::try_from(length).unwrap().to_be_bytes();
            [&[first, mask + 126][..], &length].concat()
        }
        _ => {
            let length = (length as u64).to_be_bytes();
            [&[first, mask + 127][..], &length].concat()
        }
    }
}

impl RawSocket {
    /// Opens a socket of a board.
    pub async fn open(address: SocketAddr, path: &str) -> Self {
        Self::open_with(address, path, "").await
    }

    /// Opens a socket that offers to deflate messages.
    pub async fn open_deflating(address: SocketAddr, path: &str) -> Self {
        Self::open_with(address, path, OFFER).await
    }

    async fn open_with(address: SocketAddr, path: &str, offer: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let line = format!("GET {path} HTTP/1.1");
        let head = request_upgrade(&mut stream, &line, &format!("{UPGRADE}{offer}")).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        Self { stream }
    }

    /// Sends bytes. Returns whether the connection still took them.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Sends bytes one by one, each in a packet of its own.
    pub async fn send_slowly(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // The server may have closed before the last of them.
            if !self.send(&[*byte]).await {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Returns the payloads of pongs up to the one that has `last`. Panics if the server closes.
    pub async fn pongs_until(&mut self, last: &[u8]) -> Vec<Vec<u8>> {
        let mut pongs = Vec::new();
        loop {
            let (first, payload) = self.next_frame().await.expect("the connection stays open");
            assert_ne!(first, FIN | CLOSE, "closed: {payload:?}");
            if first != FIN | PONG {
                continue;
            }
            if payload == last {
                return pongs;
            }
            pongs.push(payload);
        }
    }

    /// Reads on until the server closes.
    pub async fn end(&mut self) -> End {
        let reading = async {
            while let Some((first, payload)) = self.read_frame().await {
                if first == FIN | CLOSE {
                    let code = payload.first_chunk();
                    let code = code.map(|code| u16::from_be_bytes(*code));
                    return code.map_or(End::ClosedWithoutCode, End::Closed);
                }
            }
            End::Cut
        };
        let ended = timeout(FRAME_TIMEOUT, reading).await;
        ended.expect("the server closes the connection")
    }

    /// Whether the server closes the connection, once it has sent its close frame.
    pub async fn is_cut_after_close(&mut self) -> bool {
        let mut rest = [0; 1024];
        let read = timeout(FRAME_TIMEOUT, self.stream.read(&mut rest)).await;
        matches!(read, Ok(Ok(0) | Err(_)))
    }

    /// Returns a frame's first byte and its payload; `None` at the end of the connection.
    pub async fn next_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        timeout(FRAME_TIMEOUT, self.read_frame())
            .await
            .expect("the server sends something")
    }

    async fn read_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await.ok()?;
        let length = match self.stream.read_u8().await.ok()? {
            126 => u64::from(self.stream.read_u16().await.ok()?),
            127 => self.stream.read_u64().await.ok()?,
            length => length.into(),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).await.ok()?;
        Some((first, payload))
    }
}
