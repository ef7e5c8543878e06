//! Reads what viewers send, RFC 6455 and 7692. Without a buffer while nothing is incomplete, because
//! most viewers never send anything. Pure.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{CloseCode, Control, Data, OpCode},
};

use super::{
    deflate_offer::FrameEncoding,
    message_deflate::{InflateError, inflate_message},
    protocol::CloseReason,
};

/// The longest payload of a control frame.
const MAX_CONTROL_BYTES: u64 = 125;

/// Something complete that a viewer sent: a message, or a frame of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceivedMessage {
    /// A frame of a message whose last one is missing. It may be empty, so it must be counted.
    Fragment,
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
    encoding: FrameEncoding,
    /// An incomplete frame.
    unread: Vec<u8>,
    /// The beginning of a message whose last fragment is missing.
    begun: Option<BegunMessage>,
}

#[derive(Debug)]
struct BegunMessage {
    kind: Data,
    is_deflated: bool,
    payload: Vec<u8>,
}

const UNEXPECTED: ReadFault = (CloseReason::InvalidFrame, "not a WebSocket frame");
const NOT_UTF8: ReadFault = (CloseReason::InvalidText, "not UTF-8");
const NOT_DEFLATED: ReadFault = (CloseReason::InvalidText, "not deflated");
const TOO_LONG: ReadFault = (CloseReason::Violation, "message too long");

impl MessageReader {
    /// Reads messages of up to so many bytes, deflated or not.
    pub fn new(message_bytes_max: usize, encoding: FrameEncoding) -> Self {
        Self {
            message_bytes_max,
            encoding,
            unread: Vec::new(),
            begun: None,
        }
    }

    /// Takes what arrived.
    pub fn push(&mut self, arrived: &[u8]) {
        self.unread.extend_from_slice(arrived);
    }

    /// Reads one complete frame, if there is one, and returns the message that it ends.
    pub fn next_message(&mut self) -> Result<Option<ReceivedMessage>, ReadFault> {
        let Some((header, payload)) = self.next_frame()? else {
            return Ok(None);
        };
        let received = match header.opcode {
            OpCode::Control(control) => read_control(control, payload),
            OpCode::Data(kind) => self.add_fragment(kind, &header, payload),
        };
        received.map(Some)
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
        // The first bit says that the message which begins here is deflated.
        let may_be_deflated = self.encoding == FrameEncoding::Deflate
            && matches!(header.opcode, OpCode::Data(Data::Text | Data::Binary));
        let is_reserved = (header.rsv1 && !may_be_deflated) || header.rsv2 || header.rsv3;
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
                let before = (self.begun.as_ref()).map_or(0, |begun| begun.payload.len());
                let length = length.saturating_add(before as u64);
                let is_short = length <= self.message_bytes_max as u64;
                is_short.then_some(()).ok_or(TOO_LONG)
            }
        }
    }

    fn add_fragment(
        &mut self,
        kind: Data,
        header: &FrameHeader,
        payload: Vec<u8>,
    ) -> Result<ReceivedMessage, ReadFault> {
        let message = match self.begun.take() {
            Some(mut begun) => {
                begun.payload.extend_from_slice(&payload);
                begun
            }
            None => BegunMessage {
                kind,
                is_deflated: header.rsv1,
                payload,
            },
        };
        if header.is_final {
            return self.finish_message(message);
        }
        self.begun = Some(message);
        Ok(ReceivedMessage::Fragment)
    }

    fn finish_message(&self, message: BegunMessage) -> Result<ReceivedMessage, ReadFault> {
        let mut payload = message.payload;
        if message.is_deflated {
            let inflated = inflate_message(payload, self.message_bytes_max);
            payload = inflated.map_err(|error| match error {
                InflateError::Garbled => NOT_DEFLATED,
                InflateError::TooLong => TOO_LONG,
            })?;
        }
        if message.kind == Data::Binary {
            return Ok(ReceivedMessage::Binary(payload));
        }
        let text = String::from_utf8(payload).map_err(|_| NOT_UTF8)?;
        Ok(ReceivedMessage::Text(text))
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

    use super::{
        super::{message_deflate::deflate_message, protocol::MAX_MESSAGE_BYTES},
        *,
    };

    /// Masks a frame, as clients do.
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

    /// The same with a reserved bit.
    fn deflated(payload: &[u8], data: Data, is_final: bool) -> Vec<u8> {
        let mut frame = Frame::message(payload.to_vec(), OpCode::Data(data), is_final);
        frame.header_mut().rsv1 = true;
        masked(frame)
    }

    fn read_all(wire: &[u8], part: usize) -> Result<Vec<ReceivedMessage>, ReadFault> {
        read_all_as(FrameEncoding::Plain, wire, part)
    }

    fn read_all_as(
        encoding: FrameEncoding,
        wire: &[u8],
        part: usize,
    ) -> Result<Vec<ReceivedMessage>, ReadFault> {
        let mut reader = MessageReader::new(MAX_MESSAGE_BYTES, encoding);
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
                    ReceivedMessage::Fragment,
                    ReceivedMessage::Ping(b"there?".to_vec()),
                    ReceivedMessage::Fragment,
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
        let mut reader = MessageReader::new(MAX_MESSAGE_BYTES, FrameEncoding::Plain);
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
    fn deflated_messages_are_inflated_where_that_was_agreed() {
        let message = "åäö ".repeat(500);
        let payload = deflate_message(message.as_bytes()).unwrap();
        let (start, rest) = payload.split_at(7);
        let wire = [
            deflated(&payload, Data::Text, true),
            text("plain", Data::Text, true),
            deflated(start, Data::Text, false),
            masked(Frame::ping("between")),
            masked(Frame::message(
                rest.to_vec(),
                OpCode::Data(Data::Continue),
                true,
            )),
            deflated(&payload, Data::Binary, true),
        ]
        .concat();
        for part in [1, 2, 3, 7, wire.len()] {
            let received = read_all_as(FrameEncoding::Deflate, &wire, part).unwrap();
            assert_eq!(
                received,
                [
                    ReceivedMessage::Text(message.clone()),
                    ReceivedMessage::Text("plain".into()),
                    ReceivedMessage::Fragment,
                    ReceivedMessage::Ping(b"between".to_vec()),
                    ReceivedMessage::Text(message.clone()),
                    ReceivedMessage::Binary(message.clone().into_bytes()),
                ]
            );
            assert_eq!(read_all(&wire, part), Err(UNEXPECTED));
        }
    }

    #[test]
    fn deflated_messages_are_refused_as_others_are() {
        let deflate = |message: &[u8]| deflate_message(message).unwrap();
        let bomb = deflate(&[b' '; MAX_MESSAGE_BYTES + 1]);
        let binary = deflate(&[0xff; 100]);
        let mut ping = Frame::ping("hi");
        ping.header_mut().rsv1 = true;
        let begun = deflated(&binary[..1], Data::Text, false);
        let continued = deflated(&binary[1..], Data::Continue, true);
        for (wire, fault) in [
            (deflated(&bomb, Data::Text, true), TOO_LONG),
            (deflated(&binary, Data::Text, true), NOT_UTF8),
            (deflated(b"plain", Data::Text, true), NOT_DEFLATED),
            (deflated(b"", Data::Text, true), NOT_DEFLATED),
            (masked(ping), UNEXPECTED),
            (continued.clone(), UNEXPECTED),
            ([begun, continued].concat(), UNEXPECTED),
        ] {
            let refused = read_all_as(FrameEncoding::Deflate, &wire, 9);
            assert_eq!(refused, Err(fault), "{wire:?}");
        }
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
            let mut reader = MessageReader::new(MAX_MESSAGE_BYTES, FrameEncoding::Plain);
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
