//! Reads a remote file in chunks.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use russh_sftp::protocol::StatusCode;
use tokio::sync::OwnedSemaphorePermit;

use super::{SftpStatus, SftpStore, connection::SftpConnection};
use crate::fetch::{FetchError, FileChunks};

/// Bytes requested at once; after a shorter response, the rest is requested.
const CHUNK_BYTES: u32 = 64 * 1024;
/// Chunks in flight at once.
const CHUNKS_IN_FLIGHT_MAX: usize = 16;

/// An open remote file, closed on drop.
pub(super) struct SftpReader {
    pub(super) store: SftpStore,
    pub(super) connection: Arc<SftpConnection>,
    pub(super) handle: String,
    pub(super) key: String,
    #[expect(dead_code, reason = "held for as long as the file is read")]
    pub(super) permit: OwnedSemaphorePermit,
}

impl SftpReader {
    /// Streams as much of the file as it had when it was listed.
    pub(super) fn into_chunks(self, size: u64) -> FileChunks {
        let reader = Arc::new(self);
        let chunks = (0..size.div_ceil(u64::from(CHUNK_BYTES))).map(move |index| {
            let offset = index * u64::from(CHUNK_BYTES);
            let length = (size - offset).min(u64::from(CHUNK_BYTES));
            read_chunk(reader.clone(), offset, length)
        });
        stream::iter(chunks).buffered(CHUNKS_IN_FLIGHT_MAX).boxed()
    }
}

impl Drop for SftpReader {
    fn drop(&mut self) {
        let (connection, handle) = (self.connection.clone(), std::mem::take(&mut self.handle));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // A lost connection has already closed its files.
            runtime.spawn(async move { connection.session.close(handle).await.ok() });
        }
    }
}

/// Reads `length` bytes of a file from an offset, or fewer if it ends before.
async fn read_chunk(
    reader: Arc<SftpReader>,
    offset: u64,
    length: u64,
) -> Result<Bytes, FetchError> {
    let mut chunk = Vec::new();
    while (chunk.len() as u64) < length {
        let got = chunk.len() as u64;
        let rest = u32::try_from(length - got).unwrap_or(CHUNK_BYTES);
        let session = &reader.connection.session;
        let request = session.read(reader.handle.as_str(), offset + got, rest);
        match reader
            .store
            .call_with_status(&reader.connection, request)
            .await?
        {
            Ok(response) if response.data.is_empty() => break,
            Ok(response) if chunk.is_empty() => chunk = response.data,
            Ok(response) => chunk.extend_from_slice(&response.data),
            Err(SftpStatus(StatusCode::Eof, _)) => break,
            Err(status) => return Err(reader.store.to_error(&reader.key, status).into()),
        }
    }
    Ok(chunk.into())
}
