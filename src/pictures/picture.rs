//! A picture as it's stored and served.

use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::error;

use wallboard_boards::PictureId;
use wallboard_domain::error_chain;
use wallboard_store::{
    DocumentError, Record, RecordId, RecordKind, decode_document, encode_document,
};

use super::{PictureFault, decoding};

pub(super) const PICTURES: RecordKind = RecordKind::new("picture");
/// The largest picture that is stored, in bytes. In Base64 it leaves room in a record.
pub const BYTES_MAX: usize = 500_000;
const PNG_START: [u8; 4] = [0x89, b'P', b'N', b'G'];

/// A picture, by the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub id: PictureId,
    pub bytes: Arc<[u8]>,
}

#[derive(Deserialize, Serialize)]
struct PictureDocument {
    uploaded_at: Timestamp,
    /// In Base64.
    picture: String,
}

/// The part of a document that is read without the picture.
#[derive(Deserialize)]
struct UploadTime {
    uploaded_at: Timestamp,
}

impl Picture {
    /// Makes the picture of an upload. Takes up to a second of computing.
    pub fn of_upload(upload: &[u8]) -> Result<Self, PictureFault> {
        decoding::encode_pixels(upload).map(Self::new)
    }

    /// Reads a picture that was exported: as it is, so that its ID stays.
    pub fn of_export(bytes: Vec<u8>) -> Result<Self, PictureFault> {
        if BYTES_MAX < bytes.len() {
            return Err(PictureFault::TooLarge);
        }
        decoding::decode(&bytes)?;
        Ok(Self::new(bytes))
    }

    fn new(bytes: Vec<u8>) -> Self {
        let id = HEXLOWER.encode(&Sha256::digest(&bytes)[..16]);
        Self {
            id: PictureId::parse(&id).expect("it's a hash in hexadecimal digits"),
            bytes: bytes.into(),
        }
    }

    /// Its type and the end of its file's name.
    fn format(&self) -> (&'static str, &'static str) {
        if self.bytes.starts_with(&PNG_START) {
            ("image/png", "png")
        } else {
            ("image/jpeg", "jpg")
        }
    }

    pub fn media_type(&self) -> &'static str {
        self.format().0
    }

    /// The name of its file in an export.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.id, self.format().1)
    }

    pub(super) fn encode(&self, uploaded_at: Timestamp) -> Result<Vec<u8>, DocumentError> {
        encode_document(&PictureDocument {
            uploaded_at,
            picture: BASE64.encode(&self.bytes),
        })
    }

    /// Reads a record. One that can't be read is shown nowhere.
    pub(super) fn decode(record: &Record) -> Option<Self> {
        let document = match decode_document::<PictureDocument>(&record.document) {
            Ok(document) => document,
            Err(cause) => {
                error!("The picture {} {}", record.id, error_chain(&cause));
                return None;
            }
        };
        Some(Self {
            id: PictureId::parse(record.id.as_str())?,
            bytes: BASE64.decode(document.picture.as_bytes()).ok()?.into(),
        })
    }
}

/// Returns when the picture of a record was uploaded last; `None` if this release can't read it.
pub(super) fn uploaded_at(record: &Record) -> Option<Timestamp> {
    let time = decode_document::<UploadTime>(&record.document).ok()?;
    Some(time.uploaded_at)
}

pub(super) fn record_id(id: &PictureId) -> RecordId {
    RecordId::parse(id.as_str()).expect("hexadecimal digits are an ID")
}
