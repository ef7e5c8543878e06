//! Reads what viewers send, RFC 6455. Without a buffer while nothing is incomplete, because most
//! viewers never send anything. Pure.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{CloseCode, Control, Data, OpCode},
};

use super::protocol::CloseReason;

/// The longest payload of a control frame.
const MAX_CONTROL_BYTES: u64 = 125;

/// Something complete that a viewer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceivedMessage {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong,
    /// A close frame, with its code if it has one.
    Close(Option<u16>),
}

/// Why the viewer is disconnected.
pub type ReadFault = (CloseReason, &'static str);

/// The messages of one viewer, from any parts of them.
#[derive(Debug)]
pub struct MessageReader {
    message_bytes_max: usize,
    /// An incomplete frame.
    unread: Vec<u8>,
    /// The beginning of a message whose last fragment is missing.
    begun: Option<(Data, Vec<u8>)>,
}

const UNEXPECTED: ReadFault = (CloseReason::InvalidFrame, "not a WebSocket frame");
const NOT_UTF8: ReadFault = (CloseReason::InvalidText, "not UTF-8");
const TOO_LONG: ReadFault = (CloseReason::Violation, "message too long");

impl MessageReader {
    /// Reads messages of up to so many bytes.
    pub fn new(message_bytes_max: usize) -> Self {
        Self {
            message_bytes_max,
            unread: Vec::new(),
            begun: None,
        }
    }

    /// Takes what arrived.
    pub fn push(&mut self, arrived: &[u8]) {
        self.unread.extend_from_slice(arrived);
    }

    /// Returns the next complete message, if there is one.
    pub fn next_message(&mut self) -> Result<Option<ReceivedMessage>, ReadFault> {
        while let Some((header, payload)) = self.next_frame()? {
            let received = match header.opcode {
                OpCode::Control(control) => Some(read_control(control, payload)?),
                OpCode::Data(data) => self.add_fragment(data, header.is_final, payload)?,
            };
            if received.is_some() {
                return Ok(received);
            }
        }
        Ok(None)
    }

    /// Returns the next complete frame, unmasked. What can't become one is refused at its header.
    fn next_frame(&mut self) -> Result<Option<(FrameHeader, Vec<u8>)>, ReadFault> {
        let mut cursor = Cursor::new(&self.unread);
        let header = FrameHeader::parse(&mut cursor).map_err(|_| UNEXPECTED)?;
        let Some((header, length)) = header else {
            return Ok(None);
        };
        self.check_header(&header, length)?;
        let start = usize::try_from(cursor.position()).map_err(|_| TOO_LONG)?;
        let end = start + usize::try_from(length).map_err(|_| TOO_LONG)?;
        let (Some(payload), Some(mask)) = (self.unread.get(start..end), header.mask) else {
            return Ok(None);
        };
        let payload = payload.iter().zip(mask.iter().cycle());
        let payload = payload.map(|(byte, mask)| byte ^ mask).collect();
        if end == self.unread.len() {
            self.unread = Vec::new();
        } else {
            self.unread.drain(..end);
        }
        Ok(Some((header, payload)))
    }

    fn check_header(&self, header: &FrameHeader, length: u64) -> Result<(), ReadFault> {
        let is_reserved = header.rsv1 || header.rsv2 || header.rsv3;
        if is_reserved || header.mask.is_none() {
            return Err(UNEXPECTED);
        }
        match header.opcode {
            OpCode::Control(_) if !header.is_final || MAX_CONTROL_BYTES < length => Err(UNEXPECTED),
            OpCode::Control(_) => Ok(()),
            OpCode::Data(data) if (data == Data::Continue) != self.begun.is_some() => {
                Err(UNEXPECTED)
            }
            OpCode::Data(_) => {
                let before = self.begun.as_ref().map_or(0, |(_, begun)| begun.len()) as u64;
                let is_short = before.saturating_add(length) <= self.message_bytes_max as u64;
                is_short.then_some(()).ok_or(TOO_LONG)
            }
        }
    }

    fn add_fragment(
        &mut self,
        data: Data,
        is_final: bool,
        payload: Vec<u8>,
    ) -> Result<Option<ReceivedMessage>, ReadFault> {
        let (kind, mut message) = self.begun.take().unwrap_or((data, Vec::new()));
        if message.is_empty() {
            message = payload;
        } else {
            message.extend_from_slice(&payload);
        }
        if !is_final {
            self.begun = Some((kind, message));
            return Ok(None);
        }
        if kind == Data::Binary {
            return Ok(Some(ReceivedMessage::Binary(message)));
        }
        let text = String::from_utf8(message).map_err(|_| NOT_UTF8)?;
        Ok(Some(ReceivedMessage::Text(text)))
    }
}

fn read_control(control: Control, payload: Vec<u8>) -> Result<ReceivedMessage, ReadFault> {
    match control {
        Control::Ping => Ok(ReceivedMessage::Ping(payload)),
        Control::Pong => Ok(ReceivedMessage::Pong),
        Control::Close => read_close(&payload).map(ReceivedMessage::Close),
        Control::Reserved(_) => Err(UNEXPECTED),
    }
}

fn read_close(payload: &[u8]) -> Result<Option<u16>, ReadFault> {
    match payload {
        [] => Ok(None),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !CloseCode::from(code).is_allowed() {
                return Err(UNEXPECTED);
            }
            match std::str::from_utf8(reason) {
                Ok(_) => Ok(Some(code)),
                Err(_) => Err(NOT_UTF8),
            }
        }
        [_] => Err(UNEXPECTED),
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;

    use super::{super::protocol::MAX_MESSAGE_BYTES, *};

    /// What a client sends: frames with a mask.
    fn masked(frame: Frame) -> Vec<u8> {
        let mut frame = frame;
        frame.header_mut().mask = Some([1, 2, 3, 4]);
        let mut wire = Vec::new();
        frame.format(&mut wire).unwrap();
        wire
    }

    fn text(part: &str, data: Data, is_final: bool) -> Vec<u8> {
        masked(Frame::message(
            part.to_owned(),
            OpCode::Data(data),
            is_final,
        ))
    }

    fn read_all(wire: &[u8], part: usize) -> Result<Vec<ReceivedMessage>, ReadFault> {
        let mut reader = MessageReader::new(MAX_MESSAGE_BYTES);
        let mut received = Vec::new();
        for part in wire.chunks(part) {
            reader.push(part);
            while let Some(message) = reader.next_message()? {
                received.push(message);
            }
        }
        assert_eq!(reader.unread.capacity(), 0, "nothing is incomplete");
        Ok(received)
    }

    #[test]
    fn messages_are_read_from_any_parts() {
        let wire = [
            text("hello", Data::Text, true),
            text("å", Data::Text, false),
            masked(Frame::ping(b"there?".to_vec())),
            text("ä", Data::Continue, false),
            text("ö", Data::Continue, true),
            masked(Frame::pong(Vec::new())),
            masked(Frame::close(None)),
        ]
        .concat();
        for part in [1, 2, 3, 7, wire.len()] {
            let received = read_all(&wire, part).unwrap();
            assert_eq!(
                received,
                [
                    ReceivedMessage::Text("hello".into()),
                    ReceivedMessage::Ping(b"there?".to_vec()),
                    ReceivedMessage::Text("åäö".into()),
                    ReceivedMessage::Pong,
                    ReceivedMessage::Close(None),
                ]
            );
        }
    }

    #[test]
    fn message_that_is_too_long_is_refused_at_its_header() {
        let long = "x".repeat(MAX_MESSAGE_BYTES);
        assert!(read_all(&text(&long, Data::Text, true), 1000).is_ok());
        let longer = text(&format!("{long}x"), Data::Text, true);
        let mut reader = MessageReader::new(MAX_MESSAGE_BYTES);
        reader.push(&longer[..8]);
        assert_eq!(reader.next_message(), Err(TOO_LONG));
        let in_parts = [
            text(&long, Data::Text, false),
            text("x", Data::Continue, true),
        ]
        .concat();
        assert_eq!(read_all(&in_parts, 1000), Err(TOO_LONG));
    }

    #[test]
    fn everything_else_is_refused() {
        let unmasked = [0x81, 1, b'x'];
        let reserved_bit = [0xc1, 0x81, 0, 0, 0, 0, b'x'];
        let reserved_opcode = [0x83, 0x80, 0, 0, 0, 0];
        let long_ping = [0x89, 0xfe, 0, 126, 0, 0, 0, 0];
        let close_of_one_byte = [0x88, 0x81, 0, 0, 0, 0, 3];
        let close_code_that_nobody_may_send = [0x88, 0x82, 0, 0, 0, 0, 3, 0xed];
        for wire in [
            &unmasked[..],
            &reserved_bit,
            &reserved_opcode,
            &long_ping,
            &close_of_one_byte,
            &close_code_that_nobody_may_send,
            &text("x", Data::Continue, true),
            &[text("x", Data::Text, false), text("y", Data::Text, true)].concat(),
        ] {
            let mut reader = MessageReader::new(MAX_MESSAGE_BYTES);
            reader.push(wire);
            let refused = loop {
                match reader.next_message() {
                    Ok(Some(_)) => {}
                    other => break other,
                }
            };
            assert_eq!(refused, Err(UNEXPECTED), "{wire:?}");
        }
        let not_utf8 = masked(Frame::message(vec![0xff], OpCode::Data(Data::Text), true));
        assert_eq!(read_all(&not_utf8, 9), Err(NOT_UTF8));
        let binary = masked(Frame::message(vec![1], OpCode::Data(Data::Binary), true));
        assert_eq!(
            read_all(&binary, 9),
            Ok(vec![ReceivedMessage::Binary(vec![1])])
        );
    }
}
