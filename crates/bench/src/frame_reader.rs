//! Reads what a server sends over a WebSocket, RFC 6455. Keeps the beginning of an incomplete frame
//! alone, so that a viewer takes little memory. Pure.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

/// How much of a text is looked at: what says which frame it is comes first.
const LOOK_BYTES: u64 = 512;
/// The longest header of a frame from a server.
const HEADER_BYTES_MAX: usize = 10;
/// No frame of a board is as long.
const FRAME_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A complete frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerFrame<'a> {
    /// The beginning of a text, and the bytes of the whole frame.
    Text(&'a [u8], u64),
    Ping(&'a [u8]),
    Pong,
    /// The code and the reason.
    Close(&'a [u8]),
}

/// Bytes that aren't a frame that a server may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InvalidFrame;

/// The frames of one socket, from any parts of them.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    /// The beginning of an incomplete frame.
    begun: Vec<u8>,
    /// How much of it is skipped by now, after what is looked at.
    skipped: u64,
}

/// The lengths of a frame's parts.
struct FrameLayout {
    code: OpCode,
    header: usize,
    /// How much of its payload is looked at.
    look: usize,
    total: u64,
}

impl FrameReader {
    /// Takes what arrived, and reports each complete frame.
    pub(super) fn push(
        &mut self,
        mut arrived: &[u8],
        mut on_frame: impl FnMut(ServerFrame<'_>),
    ) -> Result<(), InvalidFrame> {
        while !arrived.is_empty() {
            if self.begun.is_empty()
                && let Some(layout) = read_layout(arrived)?
                && let Some((frame, rest)) = split(arrived, layout.total)
            {
                report(frame, &layout, &mut on_frame)?;
                arrived = rest;
                continue;
            }
            arrived = self.continue_frame(arrived, &mut on_frame)?;
        }
        Ok(())
    }

    /// Adds to the incomplete frame. Returns the rest.
    fn continue_frame<'a>(
        &mut self,
        arrived: &'a [u8],
        on_frame: &mut impl FnMut(ServerFrame<'_>),
    ) -> Result<&'a [u8], InvalidFrame> {
        let (mut arrived, mut layout) = (arrived, read_layout(&self.begun)?);
        if layout.is_none() {
            // A byte at a time, as only its header says how long it is.
            let (byte, rest) = arrived.split_at(arrived.len().min(1));
            self.begun.extend_from_slice(byte);
            (arrived, layout) = (rest, read_layout(&self.begun)?);
        }
        let Some(layout) = layout else {
            return Ok(arrived);
        };
        let missing = (layout.header + layout.look).saturating_sub(self.begun.len());
        let (looked_at, rest) = arrived.split_at(missing.min(arrived.len()));
        self.begun.extend_from_slice(looked_at);
        let left = layout.total - self.begun.len() as u64 - self.skipped;
        let skip = usize::try_from(left).unwrap_or(rest.len()).min(rest.len());
        let (skipped, rest) = rest.split_at(skip);
        self.skipped += skipped.len() as u64;
        if self.begun.len() as u64 + self.skipped == layout.total {
            report(&self.begun, &layout, on_frame)?;
            *self = Self::default();
        }
        Ok(rest)
    }
}

fn split(bytes: &[u8], at: u64) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(usize::try_from(at).ok()?)
}

/// Reads a frame's header, once it's complete.
fn read_layout(bytes: &[u8]) -> Result<Option<FrameLayout>, InvalidFrame> {
    let mut cursor = Cursor::new(bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes));
    let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| InvalidFrame)? else {
        return Ok(None);
    };
    // Our server fragments nothing, and no server masks.
    if header.mask.is_some() || !header.is_final || FRAME_BYTES_MAX < length {
        return Err(InvalidFrame);
    }
    let begin = cursor.position();
    Ok(Some(FrameLayout {
        code: header.opcode,
        header: usize::try_from(begin).map_err(|_| InvalidFrame)?,
        look: usize::try_from(length.min(LOOK_BYTES)).map_err(|_| InvalidFrame)?,
        total: begin + length,
    }))
}

fn report(
    frame: &[u8],
    layout: &FrameLayout,
    on_frame: &mut impl FnMut(ServerFrame<'_>),
) -> Result<(), InvalidFrame> {
    let payload = frame.get(layout.header..layout.header + layout.look);
    let payload = payload.ok_or(InvalidFrame)?;
    on_frame(match layout.code {
        OpCode::Data(Data::Text) => ServerFrame::Text(payload, layout.total),
        OpCode::Control(Control::Ping) => ServerFrame::Ping(payload),
        OpCode::Control(Control::Pong) => ServerFrame::Pong,
        OpCode::Control(Control::Close) => ServerFrame::Close(payload),
        _ => return Err(InvalidFrame),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(code: u8, payload: &[u8]) -> Vec<u8> {
        let length = payload.len();
        let header = match length {
            0..126 => vec![code, u8::try_from(length).unwrap()],
            126..65_536 => [
                &[code, 126][..],
                &u16::try_from(length).unwrap().to_be_bytes(),
            ]
            .concat(),
            _ => [&[code, 127][..], &(length as u64).to_be_bytes()].concat(),
        };
        [&header, payload].concat()
    }

    /// Reads these bytes in parts of this length.
    fn read(bytes: &[u8], part: usize) -> Result<Vec<String>, InvalidFrame> {
        let (mut reader, mut read) = (FrameReader::default(), Vec::new());
        for part in bytes.chunks(part) {
            reader.push(part, |frame| {
                read.push(match frame {
                    ServerFrame::Text(text, length) => {
                        format!("{} of {length}", String::from_utf8_lossy(&text[..4]))
                    }
                    other => format!("{other:?}"),
                });
            })?;
        }
        assert!(reader.begun.is_empty() && reader.skipped == 0);
        Ok(read)
    }

    #[test]
    fn frames_are_the_same_in_any_parts() {
        let bytes = [
            frame(0x81, b"abcd"),
            frame(0x89, b"hi"),
            frame(0x81, &[b'x'; 200]),
            frame(0x81, &[b'y'; 511]),
            frame(0x81, "z".repeat(70_000).as_bytes()),
            frame(0x88, &[3, 0xf5, b'o']),
            frame(0x8a, b""),
        ]
        .concat();
        let expected = [
            "abcd of 6",
            "Ping([104, 105])",
            "xxxx of 204",
            "yyyy of 515",
            "zzzz of 70010",
            "Close([3, 245, 111])",
            "Pong",
        ];
        for part in [1, 2, 3, 7, 100, 4096, bytes.len()] {
            assert_eq!(read(&bytes, part).unwrap(), expected, "parts of {part}");
        }
    }

    #[test]
    fn what_no_server_of_ours_sends_is_invalid() {
        for bytes in [
            // Masked, a fragment, binary, and far too long.
            vec![0x81, 0x81, 0, 0, 0, 0, b'a'],
            vec![0x01, 1, b'a'],
            vec![0x82, 1, b'a'],
            vec![0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(read(&bytes, bytes.len()), Err(InvalidFrame));
            assert_eq!(read(&bytes, 1), Err(InvalidFrame));
        }
    }
}
