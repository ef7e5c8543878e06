//! Bytes for the input log and its snapshots: `MessagePack` with field names, compressed by zstd with
//! its checksum. Another build reads what it knows, and reports the rest.

use std::{
    cell::RefCell,
    io::{self, Read},
};

use serde::{Serialize, de::DeserializeOwned};
use zstd::bulk::{Compressor, Decompressor};

use wallboard_domain::LogEntry;

use super::LiveState;

mod joined_entries;

pub use joined_entries::join_entries;

/// The format of entries and snapshots. Raised when an older build would misread a newer one, or
/// the other way around.
pub const LOG_FORMAT: u32 = 1;
/// Fast, and enough for names that repeat.
const COMPRESSION_LEVEL: i32 = 3;
/// Far more than a site with the most queues, agents and cases has.
const STREAM_SIZE_MAX: u64 = 1 << 30;
/// Lists in lists; more would exhaust the stack.
const DEPTH_MAX: usize = 64;
/// The most memory to reserve for a size that the bytes state.
const PLAIN_SIZE_MAX: usize = 64 << 20;

thread_local! {
    /// A new one costs more than a small batch does.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

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
    compress(&plain).map_err(CodecError::Compress)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    let plain = decompress(bytes).map_err(CodecError::Damaged)?;
    let mut reader = rmp_serde::Deserializer::from_read_ref(&plain);
    reader.set_max_depth(DEPTH_MAX);
    Ok(T::deserialize(&mut reader)?)
}

pub fn compress(plain: &[u8]) -> io::Result<Vec<u8>> {
    compress_at(COMPRESSION_LEVEL, plain)
}

/// Compresses bytes at once: with their size known, small ones cost little.
fn compress_at(level: i32, plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(level)?;
    compressor.include_checksum(true)?;
    compressor.compress(plain)
}

fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    match zstd::decompressed_size(bytes).map(usize::try_from) {
        Some(Ok(size)) if size <= PLAIN_SIZE_MAX => decompress_at_once(bytes, size),
        // Of an earlier build, large, or damaged: it grows as it goes.
        _ => decompress_stream(bytes),
    }
}

fn decompress_stream(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    let mut decoder = zstd::Decoder::new(bytes)?.take(STREAM_SIZE_MAX);
    decoder.read_to_end(&mut plain)?;
    if decoder.limit() == 0 {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(plain)
}

fn decompress_at_once(bytes: &[u8], size: usize) -> io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Some(decompressor) => decompressor.decompress(bytes, size),
        None => decompressor
            .insert(Decompressor::new()?)
            .decompress(bytes, size),
    })
}
