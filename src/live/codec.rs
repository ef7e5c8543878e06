//! Bytes for the input log and its snapshots: `MessagePack` with field names, compressed by zstd with
//! its checksum. Another build reads what it knows, and reports the rest.

use std::io;

use serde::{Serialize, de::DeserializeOwned};

use crate::domain::LogEntry;

use super::LiveState;

/// The format of entries and snapshots. Raised when an older build would misread a newer one, or
/// the other way around.
pub const LOG_FORMAT: u32 = 1;
/// Fast, and enough for names that repeat.
const COMPRESSION_LEVEL: i32 = 3;

/// Bytes that can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("couldn't be encoded")]
    Encode(#[from] rmp_serde::encode::Error),
    #[error("couldn't be compressed")]
    Compress(#[source] io::Error),
    #[error("is damaged")]
    Damaged(#[source] io::Error),
    #[error("was written by a build with another format")]
    Decode(#[from] rmp_serde::decode::Error),
}

/// Encodes entries of the log.
pub fn encode_entries(entries: &[LogEntry]) -> Result<Vec<u8>, CodecError> {
    encode(&entries)
}

pub fn decode_entries(bytes: &[u8]) -> Result<Vec<LogEntry>, CodecError> {
    decode(bytes)
}

/// Encodes a snapshot.
pub fn encode_state(state: &LiveState) -> Result<Vec<u8>, CodecError> {
    encode(state)
}

pub fn decode_state(bytes: &[u8]) -> Result<LiveState, CodecError> {
    let mut state: LiveState = decode(bytes)?;
    state.restore_derived();
    Ok(state)
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, CodecError> {
    let plain = rmp_serde::to_vec_named(value)?;
    let compress = || {
        let mut encoder = zstd::Encoder::new(Vec::new(), COMPRESSION_LEVEL)?;
        encoder.include_checksum(true)?;
        io::copy(&mut plain.as_slice(), &mut encoder)?;
        encoder.finish()
    };
    compress().map_err(CodecError::Compress)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    let plain = zstd::decode_all(bytes).map_err(CodecError::Damaged)?;
    Ok(rmp_serde::from_slice(&plain)?)
}
