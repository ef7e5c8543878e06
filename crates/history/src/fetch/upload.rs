//! Stores files in an object store.

use std::{
    fs::File,
    io::{self, Read, Seek},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use wallboard_toml_reader::ConfigEntry;

use super::{
    AzureSettings, AzureStore, FetchError, S3Settings, S3Store, object_api,
    object_tables::{read_azure, read_s3},
};

const CHUNK: usize = 64 << 10;
/// Chunks that wait for the connection.
const CHUNKS_QUEUED_MAX: usize = 8;
/// The slowest line that a file is sent over, in bytes per second.
const RATE_MIN: u64 = 100_000;

/// Where an object store is, and our credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectStoreSettings {
    S3(S3Settings),
    Azure(AzureSettings),
}

/// A store that takes whole objects.
#[derive(Debug)]
pub enum ObjectStore {
    S3(S3Store),
    Azure(AzureStore),
}

impl ObjectStoreSettings {
    /// Reads `s3` or `azure`; `None` after a fault.
    pub fn read(entry: &ConfigEntry<'_, '_>) -> Option<Self> {
        let section = entry.as_section()?;
        if entry.name == "s3" {
            read_s3(section).map(Self::S3)
        } else {
            read_azure(section).map(Self::Azure)
        }
    }

    /// Returns the name of the bucket or container.
    pub fn name(&self) -> &str {
        match self {
            Self::S3(s3) => &s3.bucket,
            Self::Azure(azure) => &azure.container,
        }
    }
}

impl ObjectStore {
    /// # Errors
    ///
    /// If the settings can't be right.
    pub fn new(settings: ObjectStoreSettings) -> Result<Self, FetchError> {
        Ok(match settings {
            ObjectStoreSettings::S3(s3) => Self::S3(S3Store::new(s3)?),
            ObjectStoreSettings::Azure(azure) => Self::Azure(AzureStore::new(azure)?),
        })
    }

    /// Stores a file as a whole under a key, in place of an earlier one. Blocks while it reads the file.
    ///
    /// # Errors
    ///
    /// If the file can't be read, or the store doesn't take it.
    pub async fn put_file(&self, key: &str, file: &File) -> Result<(), FetchError> {
        let upload = Upload::new(file).map_err(|error| FetchError::from_spool(&error))?;
        match self {
            Self::S3(store) => object_api::put_object(store, key, &upload).await,
            Self::Azure(store) => object_api::put_object(store, key, &upload).await,
        }
    }
}

/// A file on its way to a store.
#[derive(Debug)]
pub(super) struct Upload<'f> {
    file: &'f File,
    /// Bytes.
    pub(super) length: u64,
    pub(super) sha256: [u8; 32],
}

impl<'f> Upload<'f> {
    fn new(mut file: &'f File) -> io::Result<Self> {
        file.rewind()?;
        let (mut sha256, mut length) = (Sha256::new(), 0);
        while let Some(chunk) = read_chunk(file)? {
            sha256.update(&chunk);
            length += chunk.len() as u64;
        }
        Ok(Self {
            file,
            length,
            sha256: sha256.finalize().into(),
        })
    }

    /// How long sending it may take.
    pub(super) fn time_max(&self) -> Duration {
        Duration::from_secs(self.length / RATE_MIN)
    }

    /// Returns a body, and what has to run meanwhile.
    pub(super) fn stream(&self) -> (UploadBody, impl Future<Output = ()>) {
        let (sender, chunks) = mpsc::channel(CHUNKS_QUEUED_MAX);
        let body = UploadBody {
            chunks,
            left: self.length,
        };
        (body, self.send_chunks(sender))
    }

    /// Reads the file until its end, or until nobody wants more of it.
    async fn send_chunks(&self, sender: mpsc::Sender<io::Result<Bytes>>) {
        let mut file = self.file;
        let mut next = file.rewind().and_then(|()| read_chunk(file)).transpose();
        while let Some(chunk) = next {
            if sender.send(chunk).await.is_err() {
                break;
            }
            next = read_chunk(file).transpose();
        }
    }
}

/// The content of a request.
#[derive(Debug)]
pub(super) struct UploadBody {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    /// Bytes.
    left: u64,
}

impl Body for UploadBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = self.chunks.poll_recv(context);
        polled.map(|chunk| {
            chunk.map(|chunk| {
                let chunk = chunk?;
                self.left = self.left.saturating_sub(chunk.len() as u64);
                Ok(Frame::data(chunk))
            })
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Reads on; `None` at the end.
fn read_chunk(file: &File) -> io::Result<Option<Bytes>> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok((!chunk.is_empty()).then(|| chunk.into()))
}
