//! A handle on the stored pictures: adds and finds them, and removes those that nothing shows.

use std::{collections::VecDeque, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::{sync::Semaphore, task::spawn_blocking};
use tracing::info;

use wallboard_access::{AuditAction, AuditActor, AuditTrail};
use wallboard_boards::PictureId;
use wallboard_store::{Record, RecordError, RecordStore, Records};

use super::{
    Picture, PictureError, PictureFault,
    picture::{PICTURES, record_id, uploaded_at},
};

/// The most that are kept.
pub const PICTURES_MAX: usize = 40;
/// How long one stays that no board shows: somebody may still be editing the board.
const UNUSED_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Many screens load the same ones at once.
const RECENT_MAX: usize = 16;

/// A handle on all pictures. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pictures(Arc<PictureParts>);

#[derive(Debug)]
struct PictureParts {
    records: RecordStore,
    audit: AuditTrail,
    /// Bounds the memory of decoding.
    decoding: Arc<Semaphore>,
    /// The newest last.
    recent: Mutex<VecDeque<Picture>>,
}

impl Pictures {
    pub fn new(records: RecordStore, audit: AuditTrail) -> Self {
        Self(Arc::new(PictureParts {
            records,
            audit,
            decoding: Arc::new(Semaphore::new(1)),
            recent: Mutex::default(),
        }))
    }

    pub async fn find(&self, id: &PictureId) -> Result<Option<Picture>, RecordError> {
        let recent = (self.0.recent.lock().iter())
            .find(|one| one.id == *id)
            .cloned();
        if recent.is_some() {
            return Ok(recent);
        }
        let record = self.0.records.get(PICTURES, &record_id(id)).await?;
        let found = record.as_ref().and_then(Picture::decode);
        if let Some(found) = &found {
            let mut recent = self.0.recent.lock();
            recent.push_back(found.clone());
            if RECENT_MAX < recent.len() {
                recent.pop_front();
            }
        }
        Ok(found)
    }

    pub async fn list(&self) -> Result<Vec<Picture>, RecordError> {
        let records = self.0.records.list(PICTURES).await?;
        Ok(records.iter().filter_map(Picture::decode).collect())
    }

    /// Adds an upload, and removes what nobody uses and was uploaded more than a day ago.
    pub async fn add(
        &self,
        upload: Vec<u8>,
        is_used: impl Fn(&str) -> bool + Send + Sync,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<PictureId, PictureError> {
        let picture = self.decode(move || Picture::of_upload(&upload)).await?;
        let unused = |record: &Record| {
            let is_old = uploaded_at(record).is_some_and(|at| at + UNUSED_KEPT < now);
            is_old && !is_used(record.id.as_str())
        };
        self.store(&picture, unused, by, now).await?;
        info!(id = picture.id.as_str(), user = by.name, "Added a picture");
        Ok(picture.id)
    }

    /// Adds the file of a picture of an export, unless it's there.
    pub async fn import_file(
        &self,
        bytes: Vec<u8>,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<(), PictureError> {
        let picture = self.decode(move || Picture::of_export(bytes)).await?;
        match self.find(&picture.id).await? {
            Some(_) => Ok(()),
            None => self.import(&picture, by, now).await,
        }
    }

    /// Decodes in a thread, which keeps its permit even if nobody waits for it.
    async fn decode(
        &self,
        decode: impl FnOnce() -> Result<Picture, PictureFault> + Send + 'static,
    ) -> Result<Picture, PictureFault> {
        let permit = Arc::clone(&self.0.decoding).acquire_owned().await;
        let decoding = spawn_blocking(move || {
            let _permit = permit;
            decode()
        });
        decoding.await.expect("no decoder panics")
    }

    /// Adds a picture of an export.
    pub async fn import(
        &self,
        picture: &Picture,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<(), PictureError> {
        self.store(picture, |_| false, by, now).await
    }

    async fn store(
        &self,
        picture: &Picture,
        is_over: impl Fn(&Record) -> bool + Send,
        by: &AuditActor,
        now: Timestamp,
    ) -> Result<(), PictureError> {
        let id = record_id(&picture.id);
        let records = &self.0.records;
        let (mut before, mut others) = (None, 0);
        for record in records.list(PICTURES).await? {
            if record.id == id {
                before = Some(record.revision);
            } else if is_over(&record) {
                let deleted = records.delete(PICTURES, &record.id, record.revision).await;
                ignore_conflict(deleted.map(drop))?;
                info!("Removed the picture {}, which no board shows", record.id);
            } else {
                others += 1;
            }
        }
        if before.is_none() && PICTURES_MAX <= others {
            return Err(PictureFault::TooMany.into());
        }
        let document = picture.encode(now)?;
        let stored = records.put(PICTURES, &id, before, document).await;
        // Its ID is that of its content: another one is the same.
        ignore_conflict(stored.map(drop))?;
        if before.is_none() {
            let action = AuditAction::AddedPicture;
            self.0.audit.record(by, action, id.as_str()).await;
        }
        Ok(())
    }
}

fn ignore_conflict(result: Result<(), RecordError>) -> Result<(), RecordError> {
    match result {
        Err(RecordError::Conflict { .. }) => Ok(()),
        other => other,
    }
}
