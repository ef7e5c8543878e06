//! A file of the far side while it is read.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use russh_sftp::protocol::StatusCode;
use tokio::sync::OwnedSemaphorePermit;

use super::{Sftp, Status, link::Link};
use crate::history::fetch::{Chunks, FetchError};

/// Bytes asked for at once; whoever gives less is asked for the rest.
const PIECE: u32 = 64 * 1024;
/// Pieces under way at once.
const PIECES: usize = 16;

/// Closed there when nobody reads it any more.
pub(super) struct Reading {
    pub(super) door: Sftp,
    pub(super) link: Arc<Link>,
    pub(super) handle: String,
    pub(super) key: String,
    #[expect(dead_code, reason = "held for as long as the file is read")]
    pub(super) turn: OwnedSemaphorePermit,
}

impl Reading {
    /// As much of the file as it had when it was listed.
    pub(super) fn chunks(self, size: u64) -> Chunks {
        let reading = Arc::new(self);
        let pieces = (0..size.div_ceil(u64::from(PIECE))).map(move |place| {
            let from = place * u64::from(PIECE);
            let length = (size - from).min(u64::from(PIECE));
            read(reading.clone(), from, length)
        });
        stream::iter(pieces).buffered(PIECES).boxed()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let (link, handle) = (self.link.clone(), std::mem::take(&mut self.handle));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // A line that is lost has closed its files.
            runtime.spawn(async move { link.session.close(handle).await.ok() });
        }
    }
}

/// So many bytes from a place of a file, or fewer where it ends before.
async fn read(reading: Arc<Reading>, from: u64, length: u64) -> Result<Bytes, FetchError> {
    let mut piece = Vec::new();
    while (piece.len() as u64) < length {
        let got = piece.len() as u64;
        let rest = u32::try_from(length - got).unwrap_or(PIECE);
        let session = &reading.link.session;
        let asking = session.read(reading.handle.as_str(), from + got, rest);
        match reading.door.asked(&reading.link, asking).await? {
            Ok(answer) if answer.data.is_empty() => break,
            Ok(answer) if piece.is_empty() => piece = answer.data,
            Ok(answer) => piece.extend_from_slice(&answer.data),
            Err(Status(StatusCode::Eof, _)) => break,
            Err(status) => return Err(reading.door.refused(&reading.key, status).into()),
        }
    }
    Ok(piece.into())
}
