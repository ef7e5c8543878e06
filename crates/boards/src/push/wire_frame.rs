//! Frames as they go over the wire, encoded once for all viewers.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::{
    Utf8Bytes,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use super::{
    deflate_offer::FrameEncoding, message_deflate::deflate_message, protocol::CloseReason,
};

/// Shorter texts stay plain for everyone: nine of ten changes. Deflated, one of 200 B would save 60 B
/// of a packet, and cost 13 µs here and at least 2 µs on each screen.
const DEFLATE_BYTES_MIN: usize = 256;

/// A text with its WebSocket header. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct WireFrame {
    wire: Bytes,
    /// A part of `wire`.
    text: Utf8Bytes,
    /// The same message deflated, once a viewer needs it. `None`: it stays plain.
    deflated: Option<Arc<OnceLock<Bytes>>>,
}

impl WireFrame {
    /// Returns what viewers with this encoding are sent. The first of them to be sent it deflates
    /// it for all.
    pub(super) fn wire_bytes(&self, encoding: FrameEncoding) -> &Bytes {
        match (&self.deflated, encoding) {
            (Some(deflated), FrameEncoding::Deflate) => deflated.get_or_init(|| {
                let payload = deflate_message(self.text.as_bytes());
                payload.map_or_else(|| self.wire.clone(), encode_deflated)
            }),
            _ => &self.wire,
        }
    }

    #[cfg(test)]
    pub(super) fn is_deflated(&self) -> bool {
        (self.deflated.as_ref()).is_some_and(|deflated| deflated.get().is_some())
    }
}

impl PartialEq for WireFrame {
    fn eq(&self, other: &Self) -> bool {
        self.wire == other.wire
    }
}

impl From<Utf8Bytes> for WireFrame {
    fn from(text: Utf8Bytes) -> Self {
        let text = Bytes::from(text);
        let length = text.len();
        let wire = encode(Frame::message(text, OpCode::Data(Data::Text), true));
        let text = wire.slice(wire.len() - length..);
        Self {
            text: Utf8Bytes::try_from(text).unwrap_or_default(),
            wire,
            deflated: (DEFLATE_BYTES_MIN <= length).then(Arc::default),
        }
    }
}

impl Deref for WireFrame {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

pub(super) fn encode_close(reason: CloseReason, text: &'static str) -> Bytes {
    encode(Frame::close(Some(CloseFrame {
        code: reason.code().into(),
        reason: text.into(),
    })))
}

/// Answers a close frame with its own code.
pub(super) fn encode_close_answer(code: Option<u16>) -> Bytes {
    encode(Frame::close(code.map(|code| CloseFrame {
        code: code.into(),
        reason: Utf8Bytes::default(),
    })))
}

pub(super) fn encode_pong(payload: Vec<u8>) -> Bytes {
    encode(Frame::pong(payload))
}

fn encode_deflated(payload: Vec<u8>) -> Bytes {
    let mut frame = Frame::message(payload, OpCode::Data(Data::Text), true);
    frame.header_mut().rsv1 = true;
    encode(frame)
}

fn encode(frame: Frame) -> Bytes {
    let mut wire = Vec::with_capacity(frame.len());
    // A vector takes everything.
    frame.format(&mut wire).unwrap_or_default();
    wire.into()
}

#[cfg(test)]
mod tests {
    use super::{super::message_deflate::inflate_message, *};

    #[test]
    fn frame_has_its_header_and_is_its_text() {
        for (length, header) in [
            (5, vec![0x81, 5]),
            (126, vec![0x81, 126, 0, 126]),
            (70_000, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
        ] {
            let text = "x".repeat(length);
            let frame = WireFrame::from(Utf8Bytes::from(text.clone()));
            assert_eq!(&*frame, text);
            assert_eq!(
                *frame.wire_bytes(FrameEncoding::Plain),
                [header, text.into_bytes()].concat()
            );
        }
    }

    #[test]
    fn long_frame_is_deflated_once_and_only_when_needed() {
        let text = "a row of a board, ".repeat(100);
        let frame = WireFrame::from(Utf8Bytes::from(text.clone()));
        let shared = frame.clone();
        assert_eq!(frame.wire_bytes(FrameEncoding::Plain).len(), 4 + text.len());
        assert!(!shared.is_deflated());

        let wire = frame.wire_bytes(FrameEncoding::Deflate);
        let same = shared.wire_bytes(FrameEncoding::Deflate);
        assert_eq!(wire.as_ptr(), same.as_ptr());
        // The last frame of a text, with the first reserved bit.
        assert_eq!(wire[..2], [0xc1, u8::try_from(wire.len() - 2).unwrap()]);
        assert_eq!(
            inflate_message(wire[2..].to_vec(), text.len()),
            Ok(text.into_bytes())
        );
    }

    #[test]
    fn short_frame_stays_plain() {
        let frame = WireFrame::from(Utf8Bytes::from("x".repeat(DEFLATE_BYTES_MIN - 1)));
        let plain = frame.wire_bytes(FrameEncoding::Plain);
        assert_eq!(frame.wire_bytes(FrameEncoding::Deflate), plain);
        assert!(!frame.is_deflated());
    }

    #[test]
    fn control_frames_are_encoded() {
        assert_eq!(*encode_pong(b"hi".to_vec()), [0x8a, 2, b'h', b'i']);
        assert_eq!(
            *encode_close(CloseReason::Violation, "no"),
            [0x88, 4, 3, 0xf0, b'n', b'o']
        );
        assert_eq!(*encode_close_answer(Some(1000)), [0x88, 2, 3, 0xe8]);
        assert_eq!(*encode_close_answer(None), [0x88, 0]);
    }
}
