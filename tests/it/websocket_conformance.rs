//! RFC 6455 and 7692, case by case over raw sockets: the classes of the Autobahn test suite, as far as
//! a server that isn't an echo can be asked. It takes short messages of `wallboard.v1` and sends what it
//! likes, so a case shows by what is closed, and by a ping that is still answered.

use serde_json::Value;
use tokio::net::TcpStream;

use crate::support::{
    raw_socket::{
        BINARY, CLOSE, CONTINUATION, DEFLATED, End, FIN, OFFER, PING, PONG, RawSocket, TEXT,
        UPGRADE, deflate, frame, inflate, request_upgrade, unmasked_frame,
    },
    test_server::{ServerOptions, TestServer},
};

const LIVE: &str = "/boards/queues/live";
const STATUS: &str = r#"{"t":"st","n":1}"#;

/// The first byte of a deflated text in one frame.
const DEFLATED_TEXT: u8 = FIN | DEFLATED | TEXT;

const INVALID_FRAME: End = End::Closed(1002);
const INVALID_TEXT: End = End::Closed(1007);
const VIOLATION: End = End::Closed(1008);

/// Messages in each of which one thing is tried.
struct Conversation<'a> {
    server: &'a TestServer,
    /// Whether each byte is a packet of its own.
    is_slow: bool,
    /// Whether both may deflate.
    is_deflating: bool,
}

impl Conversation<'_> {
    async fn open(&self) -> RawSocket {
        if self.is_deflating {
            RawSocket::open_deflating(self.server.address, LIVE).await
        } else {
            RawSocket::open(self.server.address, LIVE).await
        }
    }

    async fn send(&self, socket: &mut RawSocket, frames: &[Vec<u8>]) {
        let bytes = frames.concat();
        if self.is_slow {
            socket.send_slowly(&bytes).await;
        } else {
            socket.send(&bytes).await;
        }
    }

    /// The connection stays open, and pings among the frames are answered in order.
    async fn accepts(&self, what: &str, frames: &[Vec<u8>], pongs: &[&[u8]]) {
        let mut socket = self.open().await;
        self.send(&mut socket, frames).await;
        self.send(&mut socket, &[frame(FIN | PING, b"still there?")])
            .await;
        let answered = socket.pongs_until(b"still there?").await;
        assert_eq!(answered, pongs, "{what}");
    }

    /// The server closes in this way, then cuts the connection.
    async fn closes(&self, what: &str, frames: &[Vec<u8>], end: End) {
        let mut socket = self.open().await;
        self.send(&mut socket, frames).await;
        assert_eq!(socket.end().await, end, "{what}");
        assert!(socket.is_cut_after_close().await, "{what}");
    }
}

/// Runs cases at full speed, and byte by byte.
async fn converse(cases: impl AsyncFn(Conversation<'_>)) {
    let server = TestServer::start(ServerOptions::default()).await;
    for is_slow in [false, true] {
        cases(Conversation {
            server: &server,
            is_slow,
            is_deflating: false,
        })
        .await;
    }
}

/// Runs cases in the same ways, where both may deflate.
async fn converse_deflating(cases: impl AsyncFn(Conversation<'_>)) {
    converse(async |conversation| {
        cases(Conversation {
            is_deflating: true,
            ..conversation
        })
        .await;
    })
    .await;
}

/// A status of exactly this many bytes.
fn status_of_length(length: usize) -> Vec<u8> {
    let mut text = STATUS.as_bytes().to_vec();
    text.resize(length, b' ');
    text
}

#[tokio::test]
async fn messages_of_any_allowed_length_are_taken() {
    converse(async |conversation| {
        for length in [16, 125, 126, 127, 128, 4095, 4096] {
            let message = frame(FIN | TEXT, &status_of_length(length));
            let what = format!("{length} bytes");
            conversation.accepts(&what, &[message], &[]).await;
        }
        for message in [
            frame(FIN | TEXT, &status_of_length(4097)),
            frame(FIN | TEXT, b""),
            frame(FIN | TEXT, b"Hello"),
            frame(FIN | BINARY, b""),
            frame(FIN | BINARY, STATUS.as_bytes()),
        ] {
            let what = format!("{} bytes", message.len());
            conversation.closes(&what, &[message], VIOLATION).await;
        }
    })
    .await;
}

#[tokio::test]
async fn messages_longer_than_allowed_are_closed_at_their_head() {
    let server = TestServer::start(ServerOptions::default()).await;
    for length in [65_535, 65_536, 1 << 20, 16 << 20] {
        let mut socket = RawSocket::open(server.address, LIVE).await;
        let message = frame(FIN | TEXT, &status_of_length(length));
        // The rest is never sent.
        socket.send(&message[..14]).await;
        assert_eq!(socket.end().await, VIOLATION, "{length}");
    }
}

#[tokio::test]
async fn pings_are_answered_and_pongs_ignored() {
    converse(async |conversation| {
        let long = [0xfe; 125];
        for payload in [&b""[..], b"Hello", &[0, 0xff, 0xfe, 0xfd, 0xc0], &long] {
            let ping = frame(FIN | PING, payload);
            conversation.accepts("a ping", &[ping], &[payload]).await;
        }
        let payloads: Vec<_> = (0..10).map(|n| format!("payload-{n}")).collect();
        let payloads: Vec<_> = payloads.iter().map(String::as_bytes).collect();
        let pings = payloads.iter().map(|payload| frame(FIN | PING, payload));
        let pings: Vec<_> = pings.collect();
        conversation.accepts("ten pings", &pings, &payloads).await;
        let unasked = [frame(FIN | PONG, b""), frame(FIN | PONG, b"unasked")];
        conversation.accepts("pongs", &unasked, &[]).await;
        for opcode in [PING, PONG] {
            let long = frame(FIN | opcode, &[0xfe; 126]);
            conversation
                .closes("126 bytes", &[long], INVALID_FRAME)
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn reserved_bits_opcodes_and_missing_masks_are_refused() {
    converse(async |conversation| {
        let fine = frame(FIN | TEXT, STATUS.as_bytes());
        for bits in 1..8_u8 {
            for opcode in [TEXT, BINARY, PING, PONG, CLOSE] {
                let odd = frame(FIN | bits << 4 | opcode, b"");
                let what = format!("bits {bits:03b}, opcode {opcode}");
                let frames = [fine.clone(), odd];
                conversation.closes(&what, &frames, INVALID_FRAME).await;
            }
        }
        for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            for payload in [&b""[..], b"unknown"] {
                let frames = [fine.clone(), frame(FIN | opcode, payload)];
                let what = format!("opcode {opcode}");
                conversation.closes(&what, &frames, INVALID_FRAME).await;
            }
        }
        for first in [FIN | TEXT, FIN | PING, FIN | CLOSE] {
            let odd = unmasked_frame(first, b"");
            let what = format!("unmasked {first:x}");
            conversation.closes(&what, &[odd], INVALID_FRAME).await;
        }
    })
    .await;
}

#[tokio::test]
async fn fragments_form_a_message_and_control_frames_may_come_between() {
    converse(async |conversation| {
        let (start, rest) = STATUS.as_bytes().split_at(5);
        let (middle, end) = rest.split_at(3);
        let ping = || frame(FIN | PING, b"between");
        let in_two = [frame(TEXT, start), frame(FIN | CONTINUATION, rest)];
        conversation.accepts("two fragments", &in_two, &[]).await;
        let with_pings = [
            frame(TEXT, start),
            ping(),
            frame(CONTINUATION, middle),
            frame(CONTINUATION, b""),
            ping(),
            frame(FIN | CONTINUATION, end),
        ];
        let pongs = [&b"between"[..]; 2];
        conversation
            .accepts("pings between", &with_pings, &pongs)
            .await;
        let (last, all) = STATUS.as_bytes().split_last().unwrap();
        let mut bytes: Vec<_> = all
            .iter()
            .map(|byte| frame(CONTINUATION, &[*byte]))
            .collect();
        bytes.insert(0, frame(TEXT, b""));
        bytes.push(frame(FIN | CONTINUATION, &[*last]));
        conversation
            .accepts("fragments of a byte", &bytes, &[])
            .await;

        for (what, frames) in [
            (
                "a ping in fragments",
                vec![frame(PING, b"a"), frame(FIN | CONTINUATION, b"b")],
            ),
            (
                "a pong in fragments",
                vec![frame(PONG, b"a"), frame(FIN | CONTINUATION, b"b")],
            ),
            (
                "a close in fragments",
                vec![frame(CLOSE, &[]), frame(FIN | CONTINUATION, b"")],
            ),
            ("nothing to continue", vec![frame(FIN | CONTINUATION, b"a")]),
            ("nothing to continue yet", vec![frame(CONTINUATION, b"a")]),
            (
                "nothing left to continue",
                [&in_two[..], &[frame(FIN | CONTINUATION, b"a")]].concat(),
            ),
            (
                "a message within a message",
                vec![frame(TEXT, start), frame(FIN | TEXT, rest)],
            ),
            (
                "binary within text",
                vec![frame(TEXT, start), frame(BINARY, rest)],
            ),
        ] {
            conversation.closes(what, &frames, INVALID_FRAME).await;
        }
    })
    .await;
}

/// A message whose `e` is any text.
fn resync_from(epoch: &[u8]) -> Vec<u8> {
    [br#"{"t":"resync","n":1,"e":""#, epoch, br#""}"#].concat()
}

#[tokio::test]
async fn text_must_be_utf8_wherever_it_is_cut() {
    converse(async |conversation| {
        for text in [
            "κόσμε",
            "\u{7f}\u{80}\u{7ff}\u{800}",
            "\u{d7ff}\u{e000}\u{fffd}\u{ffff}",
            "\u{10000}\u{10ffff}",
        ] {
            let message = resync_from(text.as_bytes());
            let whole = frame(FIN | TEXT, &message);
            conversation.accepts(text, &[whole], &[]).await;
            // Within each character.
            for at in 25..25 + text.len() {
                let (start, rest) = message.split_at(at);
                let parts = [frame(TEXT, start), frame(FIN | CONTINUATION, rest)];
                conversation.accepts(text, &parts, &[]).await;
            }
        }
        for bytes in [
            &b"\x80"[..],
            b"\xbf\xbf",
            b"\xc3",
            b"\xe2\x82",
            b"\xf0\x9f\x98",
            b"\xc0\x80",
            b"\xc1\xbf",
            b"\xe0\x80\x80",
            b"\xe0\x9f\xbf",
            b"\xf0\x80\x80\x80",
            b"\xf0\x8f\xbf\xbf",
            b"\xed\xa0\x80",
            b"\xed\xbf\xbf",
            b"\xed\xa0\x80\xed\xb0\x80",
            b"\xf4\x90\x80\x80",
            b"\xf5\x80\x80\x80",
            b"\xf8\x88\x80\x80\x80",
            b"\xfc\x84\x80\x80\x80\x80",
            b"\xfe",
            b"\xff",
            b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
        ] {
            let message = resync_from(bytes);
            let what = format!("{bytes:x?}");
            let whole = [frame(FIN | TEXT, &message)];
            conversation.closes(&what, &whole, INVALID_TEXT).await;
            let (start, rest) = message.split_at(26);
            let parts = [frame(TEXT, start), frame(FIN | CONTINUATION, rest)];
            conversation.closes(&what, &parts, INVALID_TEXT).await;
        }
    })
    .await;
}

fn close_frame(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes()[..], reason].concat())
}

#[tokio::test]
async fn close_is_answered_with_its_code_and_ends_the_connection() {
    converse(async |conversation| {
        let empty = frame(FIN | CLOSE, b"");
        conversation
            .closes("no code", &[empty], End::ClosedWithoutCode)
            .await;
        let valid = [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
        ];
        for code in valid {
            for reason in [&b""[..], b"Bye", "Tschüß".as_bytes(), &[b'x'; 123]] {
                let close = close_frame(code, reason);
                let what = format!("{code} {reason:x?}");
                conversation
                    .closes(&what, &[close], End::Closed(code))
                    .await;
            }
        }
        for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999] {
            let what = code.to_string();
            conversation
                .closes(&what, &[close_frame(code, b"")], INVALID_FRAME)
                .await;
            conversation
                .closes(&what, &[close_frame(code, b"why")], INVALID_FRAME)
                .await;
        }
        let half_a_code = frame(FIN | CLOSE, &[3]);
        conversation
            .closes("half a code", &[half_a_code], INVALID_FRAME)
            .await;
        let long = close_frame(1000, &[b'x'; 124]);
        conversation
            .closes("a long reason", &[long], INVALID_FRAME)
            .await;
        let garbled = close_frame(1000, b"\xce\xba\xed\xa0\x80");
        conversation
            .closes("a garbled reason", &[garbled], INVALID_TEXT)
            .await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_answered_after_a_close() {
    converse(async |conversation| {
        let close = close_frame(1000, b"");
        let (start, rest) = STATUS.as_bytes().split_at(5);
        for (what, after) in [
            ("a ping", vec![frame(FIN | PING, b"")]),
            ("a message", vec![frame(FIN | TEXT, b"Hello")]),
            ("another close", vec![close_frame(1001, b"")]),
            (
                "the rest of a message",
                vec![frame(FIN | CONTINUATION, rest)],
            ),
        ] {
            let before = vec![frame(TEXT, start), close.clone()];
            let frames = [before, after].concat();
            conversation.closes(what, &frames, End::Closed(1000)).await;
        }
    })
    .await;
}

/// The whole of `message` as one deflated frame.
fn deflated_frame(kind: u8, message: &[u8]) -> Vec<u8> {
    frame(FIN | DEFLATED | kind, &deflate(message))
}

#[tokio::test]
async fn deflated_messages_are_taken_as_others_are() {
    converse_deflating(async |conversation| {
        let plain = frame(FIN | TEXT, STATUS.as_bytes());
        conversation.accepts("not deflated", &[plain], &[]).await;
        for length in [16, 125, 126, 127, 128, 4095, 4096] {
            let message = deflated_frame(TEXT, &status_of_length(length));
            let what = format!("{length} bytes");
            conversation.accepts(&what, &[message], &[]).await;
        }
        let payload = deflate(STATUS.as_bytes());
        let (start, rest) = payload.split_at(5);
        let in_two = [
            frame(DEFLATED | TEXT, start),
            frame(FIN | PING, b"between"),
            frame(FIN | CONTINUATION, rest),
        ];
        conversation
            .accepts("fragments", &in_two, &[b"between"])
            .await;

        for (what, frames, end) in [
            (
                "4,097 bytes",
                vec![deflated_frame(TEXT, &status_of_length(4097))],
                VIOLATION,
            ),
            (
                "3 MB of blanks",
                vec![deflated_frame(TEXT, &status_of_length(3_000_000))],
                VIOLATION,
            ),
            (
                "another text",
                vec![deflated_frame(TEXT, b"Hello")],
                VIOLATION,
            ),
            (
                "binary",
                vec![deflated_frame(BINARY, STATUS.as_bytes())],
                VIOLATION,
            ),
            (
                "not UTF-8",
                vec![deflated_frame(TEXT, b"\xce\xba\xed\xa0\x80")],
                INVALID_TEXT,
            ),
            (
                "not deflated",
                vec![frame(DEFLATED_TEXT, STATUS.as_bytes())],
                INVALID_TEXT,
            ),
            ("cut short", vec![frame(DEFLATED_TEXT, start)], INVALID_TEXT),
            (
                "a deflated continuation",
                vec![
                    frame(DEFLATED | TEXT, start),
                    frame(FIN | DEFLATED | CONTINUATION, rest),
                ],
                INVALID_FRAME,
            ),
        ] {
            conversation.closes(what, &frames, end).await;
        }
        for opcode in [PING, PONG, CLOSE] {
            let frames = [frame(FIN | DEFLATED | opcode, b"")];
            let what = format!("a deflated {opcode}");
            conversation.closes(&what, &frames, INVALID_FRAME).await;
        }
        for bits in 1..4 {
            let frames = [frame(FIN | DEFLATED | bits << 4 | TEXT, b"")];
            let what = format!("bits 1{bits:02b}");
            conversation.closes(&what, &frames, INVALID_FRAME).await;
        }
    })
    .await;
}

#[tokio::test]
async fn long_frames_are_deflated_for_those_who_agreed() {
    const QUEUES: u64 = 12;
    let server = TestServer::start(ServerOptions {
        queues: QUEUES,
        ..ServerOptions::default()
    })
    .await;
    let mut plain = RawSocket::open(server.address, LIVE).await;
    let mut deflating = RawSocket::open_deflating(server.address, LIVE).await;

    for socket in [&mut plain, &mut deflating] {
        let (first, hello) = socket.next_frame().await.unwrap();
        assert_eq!((first, &hello[..8]), (FIN | TEXT, &b"{\"t\":\"hi"[..]));
    }
    let (first, snapshot) = plain.next_frame().await.unwrap();
    assert_eq!(first, FIN | TEXT);
    let (first, payload) = deflating.next_frame().await.unwrap();
    assert_eq!(first, DEFLATED_TEXT);
    assert!(
        payload.len() < snapshot.len() / 3,
        "{} of {} B",
        payload.len(),
        snapshot.len()
    );
    let html = |frame: &[u8]| {
        let frame: Value = serde_json::from_slice(frame).unwrap();
        assert_eq!(frame["t"], "s");
        frame["h"].clone()
    };
    assert_eq!(html(&inflate(&payload)), html(&snapshot));

    // Both are sent the same change, and shorter frames as they are.
    server.update_all_figures(QUEUES, 1).await;
    let change = long_change(&mut plain).await;
    assert_eq!(change.0, FIN | TEXT);
    assert_eq!(long_change(&mut deflating).await, (DEFLATED_TEXT, change.1));
}

/// Returns the first byte and the text of the next change that is long enough to be deflated.
async fn long_change(socket: &mut RawSocket) -> (u8, Vec<u8>) {
    loop {
        let (first, payload) = socket.next_frame().await.unwrap();
        let text = match first {
            DEFLATED_TEXT => inflate(&payload),
            _ => payload,
        };
        if text.starts_with(b"{\"t\":\"d\"") && 256 <= text.len() {
            return (first, text);
        }
        assert_eq!(first, FIN | TEXT);
    }
}

#[tokio::test]
async fn upgrade_is_complete_or_refused() {
    let server = TestServer::start(ServerOptions::default()).await;
    let ask = async |line: &str, headers: &str| {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        request_upgrade(&mut stream, line, headers).await
    };
    let get = format!("GET {LIVE} HTTP/1.1");

    let head = ask(&get, UPGRADE).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    let head = head.to_lowercase();
    // Of RFC 6455, section 1.3.
    assert!(
        head.contains("\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"),
        "{head}"
    );

    assert!(!head.contains("sec-websocket-extensions"), "{head}");

    let declined = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n";
    let accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    for (offer, answer) in [(OFFER, Some(accepted)), (declined, None)] {
        let head = ask(&get, &format!("{UPGRADE}{offer}")).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        let head = head.to_lowercase();
        let answered = head
            .lines()
            .find_map(|line| line.strip_prefix("sec-websocket-extensions: "));
        assert_eq!(answered, answer, "{head}");
    }

    for without in [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ] {
        let headers = UPGRADE.replace(&format!("{without}\r\n"), "");
        let head = ask(&get, &headers).await;
        assert!(head.starts_with("HTTP/1.1 4"), "without {without}: {head}");
    }
    for (line, headers) in [
        (get.clone(), UPGRADE.replace("Version: 13", "Version: 12")),
        (
            get.clone(),
            UPGRADE.replace("Upgrade: websocket", "Upgrade: h2c"),
        ),
        (
            get.clone(),
            format!("{UPGRADE}Sec-WebSocket-Protocol: graphql-ws\r\n"),
        ),
        (format!("POST {LIVE} HTTP/1.1"), UPGRADE.to_owned()),
        (format!("GET {LIVE} HTTP/1.0"), UPGRADE.to_owned()),
    ] {
        let head = ask(&line, &headers).await;
        assert!(
            !head.contains(" 101 ") && head.contains(" 4"),
            "{line} {headers}: {head}"
        );
    }
}
