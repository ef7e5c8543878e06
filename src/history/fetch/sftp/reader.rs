//! A file of the far side while it is read.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use russh_sftp::protocol::StatusCode;
use tokio::sync::OwnedSemaphorePermit;

use super::{SftpStatus, SftpStore, connection::SftpConnection};
use crate::history::fetch::{FetchError, FileChunks};

/// Bytes asked for at once; whoever gives less is asked for the rest.
const CHUNK_BYTES: u32 = 64 * 1024;
/// Pieces under way at once.
const CHUNKS_IN_FLIGHT_MAX: usize = 16;

/// Closed there when nobody reads it any more.
pub(super) struct SftpReader {
    pub(super) store: SftpStore,
    pub(super) connection: Arc<SftpConnection>,
    pub(super) handle: String,
    pub(super) key: String,
    #[expect(dead_code, reason = "held for as long as the file is read")]
    pub(super) permit: OwnedSemaphorePermit,
}

impl SftpReader {
    /// As much of the file as it had when it was listed.
    pub(super) fn into_chunks(self, size: u64) -> FileChunks {
        let reading = Arc::new(self);
        let pieces = (0..size.div_ceil(u64::from(CHUNK_BYTES))).map(move |place| {
            let from = place * u64::from(CHUNK_BYTES);
            let length = (size - from).min(u64::from(CHUNK_BYTES));
            read_chunk(reading.clone(), from, length)
        });
        stream::iter(pieces).buffered(CHUNKS_IN_FLIGHT_MAX).boxed()
    }
}

impl Drop for SftpReader {
    fn drop(&mut self) {
        let (link, handle) = (self.connection.clone(), std::mem::take(&mut self.handle));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // A line that is lost has closed its files.
            runtime.spawn(async move { link.session.close(handle).await.ok() });
        }
    }
}

/// So many bytes from a place of a file, or fewer where it ends before.
async fn read_chunk(reading: Arc<SftpReader>, from: u64, length: u64) -> Result<Bytes, FetchError> {
    let mut piece = Vec::new();
    while (piece.len() as u64) < length {
        let got = piece.len() as u64;
        let rest = u32::try_from(length - got).unwrap_or(CHUNK_BYTES);
        let session = &reading.connection.session;
        let asking = session.read(reading.handle.as_str(), from + got, rest);
        match reading
            .store
            .call_with_status(&reading.connection, asking)
            .await?
        {
            Ok(answer) if answer.data.is_empty() => break,
            Ok(answer) if piece.is_empty() => piece = answer.data,
            Ok(answer) => piece.extend_from_slice(&answer.data),
            Err(SftpStatus(StatusCode::Eof, _)) => break,
            Err(status) => return Err(reading.store.to_error(&reading.key, status).into()),
        }
    }
    Ok(piece.into())
}
