//! Frames as they go over the wire, encoded once for all viewers.

use std::ops::Deref;

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

use super::protocol::CloseReason;

/// A text with its WebSocket header. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WireFrame {
    wire: Bytes,
    /// A part of `wire`.
    text: Utf8Bytes,
}

impl WireFrame {
    pub(super) fn as_bytes(&self) -> &Bytes {
        &self.wire
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

fn encode(frame: Frame) -> Bytes {
    let mut wire = Vec::with_capacity(frame.len());
    // A vector takes everything.
    frame.format(&mut wire).unwrap_or_default();
    wire.into()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(*frame.as_bytes(), [header, text.into_bytes()].concat());
        }
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
