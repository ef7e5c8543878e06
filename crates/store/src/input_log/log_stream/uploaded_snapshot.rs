//! The snapshot with which a node begins that the stream no longer leads to: an object in a bucket.

use std::{
    io::{self, Cursor},
    time::Duration,
};

use async_nats::jetstream::object_store::{
    self, GetErrorKind, InfoErrorKind, ObjectMetadata, ObjectStore,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::LogSnapshot;
use wallboard_domain::LogPosition;

use super::{LogStream, StreamError};

const BUCKET: &str = "snapshots";
const OBJECT: &str = "newest";
/// How long a snapshot may take to arrive.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The position, time and format of an uploaded snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotLabel {
    pub position: LogPosition,
    pub taken_at: Timestamp,
    pub format: u32,
}

impl LogStream {
    /// Uploads a snapshot, in place of the last one.
    pub async fn upload_snapshot(
        &self,
        position: LogPosition,
        snapshot: LogSnapshot,
    ) -> Result<(), StreamError> {
        let label = SnapshotLabel {
            position,
            taken_at: snapshot.taken_at,
            format: snapshot.format,
        };
        let object = ObjectMetadata {
            name: OBJECT.to_owned(),
            description: serde_json::to_string(&label).ok(),
            ..Default::default()
        };
        let mut bytes = Cursor::new(snapshot.bytes);
        let uploaded = self.open_snapshots().await?.put(object, &mut bytes).await;
        uploaded.map(drop).map_err(StreamError::unavailable)
    }

    /// Returns what the uploaded snapshot is of, if there is one that can be used.
    pub async fn find_snapshot_label(&self) -> Result<Option<SnapshotLabel>, StreamError> {
        match self.open_snapshots().await?.info(OBJECT).await {
            Ok(info) if info.deleted => Ok(None),
            Ok(info) => Ok(parse_label(info.description.as_deref())),
            Err(error) if matches!(error.kind(), InfoErrorKind::NotFound) => Ok(None),
            Err(error) => Err(StreamError::unavailable(error)),
        }
    }

    /// Downloads the uploaded snapshot, if there is one.
    pub async fn download_snapshot(&self) -> Result<Option<LogSnapshot>, StreamError> {
        let mut object = match self.open_snapshots().await?.get(OBJECT).await {
            Ok(object) => object,
            Err(error) if matches!(error.kind(), GetErrorKind::NotFound) => return Ok(None),
            Err(error) => return Err(StreamError::unavailable(error)),
        };
        let Some(label) = parse_label(object.info().description.as_deref()) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        // A part that is missing never comes.
        let read = timeout(DOWNLOAD_TIMEOUT, object.read_to_end(&mut bytes)).await;
        read.map_err(io::Error::from)
            .flatten()
            .map_err(|cause| StreamError::Snapshot(Box::new(cause)))?;
        Ok(Some(LogSnapshot {
            next: label.position.next,
            taken_at: label.taken_at,
            format: label.format,
            bytes,
        }))
    }

    /// Removes the uploaded snapshot.
    pub async fn remove_snapshot(&self) -> Result<(), StreamError> {
        let removed = self.open_snapshots().await?.delete(OBJECT).await;
        removed.map_err(StreamError::unavailable)
    }

    async fn open_snapshots(&self) -> Result<ObjectStore, StreamError> {
        let context = self.0.connection.context();
        let bucket = self.0.connection.name_of(BUCKET);
        if let Ok(found) = context.get_object_store(&bucket).await {
            return Ok(found);
        }
        let config = object_store::Config {
            bucket,
            num_replicas: self.0.connection.settings().replicas,
            ..Default::default()
        };
        let created = context.create_object_store(config).await;
        created.map_err(StreamError::unavailable)
    }
}

fn parse_label(text: Option<&str>) -> Option<SnapshotLabel> {
    serde_json::from_str(text?).ok()
}
