//! Transcripts that no receiver has accepted yet, on the disk, sealed with the site's key.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use wallboard_domain::RedactedText;
use wallboard_notify::MessageId;
use wallboard_runtime::transcripts::ReceivedTranscript;
use wallboard_store::{NewTranscript, StoreError, StoredTranscript, TranscriptStore};
use wallboard_toml_reader::{SecretKey, SecretKeyError};

/// The most transcripts in a batch.
const BATCH: usize = 50;
/// The largest body of several transcripts, in sealed bytes.
const BATCH_BYTES_MAX: usize = 1_000_000;
/// A day, less the time until somebody looks.
const AGE_MAX: Duration = Duration::from_mins(24 * 60 - 1);

/// Where transcripts wait. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TranscriptOutbox {
    store: TranscriptStore,
    /// The site's key, which is made when it's first needed.
    key_file: PathBuf,
}

/// Why transcripts can't be stored or read.
#[derive(Debug, thiserror::Error)]
pub(super) enum TranscriptError {
    /// Pages show it, and no path of our disk.
    #[error("The site's key can't seal or open transcripts: {}", .0.fix())]
    Seal(SecretKeyError),
    #[error("The file of transcripts can't be read or written")]
    Store(#[from] StoreError),
}

impl From<SecretKeyError> for TranscriptError {
    fn from(error: SecretKeyError) -> Self {
        Self::Seal(error)
    }
}

/// Transcripts that are sent together.
#[derive(Debug)]
pub(super) struct TranscriptBatch {
    pub(super) id: MessageId,
    /// `None`: none of them can be opened.
    pub(super) body: Option<RedactedText>,
    /// Those that can't be opened.
    pub(super) damaged: usize,
}

#[derive(Serialize)]
struct TranscriptItem<'t> {
    id: &'t str,
    case: String,
    at: Option<String>,
    transcript: &'t RawValue,
}

#[derive(Serialize)]
struct BatchBody<'b> {
    id: String,
    r#type: &'static str,
    time: String,
    data: BatchData<'b>,
}

#[derive(Serialize)]
struct BatchData<'b> {
    transcripts: &'b [Box<RawValue>],
}

impl TranscriptOutbox {
    pub fn new(store: TranscriptStore, key_file: PathBuf) -> Self {
        Self { store, key_file }
    }

    /// Loads the key. Makes it first if there is none.
    pub(super) fn load_key(&self) -> Result<SecretKey, TranscriptError> {
        Ok(SecretKey::load_or_create(&self.key_file)?)
    }

    /// Stores transcripts: once it returns, they're on the disk.
    pub(super) async fn add(
        &self,
        all: &[ReceivedTranscript],
        now: Timestamp,
    ) -> Result<(), TranscriptError> {
        let key = self.load_key()?;
        let sealed = all.iter().map(|one| seal(&key, one, now)).collect();
        Ok(self.store.store(sealed, now).await?)
    }

    /// Returns the batch that was tried before, or else the next one.
    pub(super) async fn next_batch(&self) -> Result<Option<TranscriptBatch>, TranscriptError> {
        let rows = self.store.next_batch(BATCH, BATCH_BYTES_MAX).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        // One that is missing isn't made: a new one opens nothing.
        let key = SecretKey::load(&self.key_file)?;
        let (seq, received) = (last.seq, last.received_at);
        let id = MessageId(format!(
            "case-transcripts-{seq}-{}",
            received.as_millisecond()
        ));
        let mut items = Vec::new();
        for row in &rows {
            items.extend(open(&key, row)?);
        }
        let body = BatchBody {
            id: id.as_token(),
            r#type: "case_transcripts",
            time: format!("{received:.3}"),
            data: BatchData {
                transcripts: &items,
            },
        };
        let body = serde_json::to_string(&body).expect("text is written as JSON");
        Ok(Some(TranscriptBatch {
            id,
            body: (!items.is_empty()).then_some(RedactedText(body)),
            damaged: rows.len() - items.len(),
        }))
    }

    /// Deletes the batch that was tried.
    pub(super) async fn delete_batch(&self) -> Result<(), TranscriptError> {
        Ok(self.store.delete_batch().await?)
    }

    /// Deletes what has waited for a day. Returns how many that were.
    pub(super) async fn expire(&self, now: Timestamp) -> Result<usize, TranscriptError> {
        Ok(self.store.expire(now, AGE_MAX).await?)
    }

    pub(super) async fn count(&self) -> Result<u64, TranscriptError> {
        Ok(self.store.count().await?)
    }
}

/// Checks whether the key can be read, or made once it's needed.
///
/// # Errors
///
/// Says what to do if not.
pub fn check_key(file: &Path) -> Result<(), String> {
    let error = match SecretKey::load(file) {
        Ok(_) => return Ok(()),
        Err(SecretKeyError::Missing { file }) => {
            let folder = file.parent().filter(|folder| *folder != Path::new(""));
            match tempfile::tempfile_in(folder.unwrap_or(Path::new("."))) {
                Ok(_) => return Ok(()),
                Err(cause) => SecretKeyError::Create { file, cause },
            }
        }
        Err(error) => error,
    };
    Err(format!("{error}; {}", error.fix()))
}

fn seal(key: &SecretKey, received: &ReceivedTranscript, now: Timestamp) -> NewTranscript {
    let id = format!("{}@{:.3}", received.case, received.at.unwrap_or(now));
    let text: &RawValue =
        serde_json::from_str(&received.json.0).expect("its source has read it as JSON");
    let item = TranscriptItem {
        id: &id,
        case: received.case.to_string(),
        at: received.at.map(|at| format!("{at:.3}")),
        transcript: text,
    };
    let item = serde_json::to_string(&item).expect("text is written as JSON");
    NewTranscript {
        sealed: key.seal(&place_of(&id), &item),
        id,
    }
}

/// Opens a transcript; `None` if it's damaged. One that another key sealed waits for that key.
fn open(key: &SecretKey, row: &StoredTranscript) -> Result<Option<Box<RawValue>>, SecretKeyError> {
    match key.open(&place_of(&row.id), &row.sealed) {
        Ok(item) => Ok(RawValue::from_string(item).ok()),
        Err(SecretKeyError::OtherPlace) => Ok(None),
        Err(error) => Err(error),
    }
}

fn place_of(id: &str) -> String {
    format!("transcripts.{id}")
}
