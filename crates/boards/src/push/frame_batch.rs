//! The frames between two published views, as one write.

use std::sync::OnceLock;

use bytes::Bytes;

use super::{deflate_offer::FrameEncoding, wire_frame::WireFrame};

/// Frames that are offered to each viewer, joined when the first of them needs it.
#[derive(Clone, Debug)]
pub(super) struct FrameBatch {
    /// The frame before them.
    pub(super) from: u64,
    /// The last of them; the same as `from` for a heartbeat.
    pub(super) to: u64,
    /// Without any, viewers catch up by themselves.
    frames: Vec<WireFrame>,
    plain: OnceLock<Bytes>,
    deflated: OnceLock<Bytes>,
}

impl FrameBatch {
    pub(super) fn new(from: u64, to: u64, frames: Vec<WireFrame>) -> Self {
        Self {
            from,
            to,
            frames,
            plain: OnceLock::new(),
            deflated: OnceLock::new(),
        }
    }

    /// Returns what viewers with this encoding are sent.
    pub(super) fn wire_bytes(&self, encoding: FrameEncoding) -> &Bytes {
        let joined = match encoding {
            FrameEncoding::Plain => &self.plain,
            FrameEncoding::Deflate => &self.deflated,
        };
        joined.get_or_init(|| match &self.frames[..] {
            [only] => only.wire_bytes(encoding).clone(),
            several => {
                let parts = several.iter().map(|frame| &frame.wire_bytes(encoding)[..]);
                parts.collect::<Vec<_>>().concat().into()
            }
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(super) fn frame_count(&self) -> u64 {
        self.frames.len() as u64
    }

    /// The length of their texts.
    pub(super) fn text_bytes(&self) -> u64 {
        self.frames.iter().map(|frame| frame.len() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::Utf8Bytes;

    use super::*;

    #[test]
    fn frames_are_joined_only_as_viewers_need_them() {
        let long = WireFrame::from(Utf8Bytes::from("row ".repeat(500)));
        let short = WireFrame::from(Utf8Bytes::from("short"));
        let batch = FrameBatch::new(1, 3, vec![long.clone(), short.clone()]);
        assert_eq!((batch.frame_count(), batch.text_bytes()), (2, 2005));
        assert!(!long.is_deflated());

        let plain = batch.wire_bytes(FrameEncoding::Plain);
        assert_eq!(plain.len(), 4 + 2000 + 2 + 5);
        assert!(!long.is_deflated());

        let deflated = batch.wire_bytes(FrameEncoding::Deflate);
        assert!(long.is_deflated());
        assert!(deflated.len() < 100, "{} B", deflated.len());
        assert!(deflated.ends_with(short.wire_bytes(FrameEncoding::Plain)));
    }
}
