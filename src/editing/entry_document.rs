//! The format of an entry's record: JSON that says its version.

use serde::{Deserialize, Serialize};

use wallboard_store::{DOCUMENT_SIZE_MAX, DocumentError, Record, RecordKind};

use super::{Entry, EntryId, EntryVersion};

pub(super) const ENTRIES: RecordKind = RecordKind::new("configuration");

const FORMAT: u32 = 1;
/// The most versions of an entry; the oldest go first.
const VERSIONS_MAX: usize = 100;

#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize, Serialize)]
struct Document {
    format: u32,
    #[serde(flatten)]
    id: EntryId,
    versions: Vec<EntryVersion>,
}

/// Writes the newest versions that fit.
pub(super) fn encode_entry(id: &EntryId, versions: &[EntryVersion]) -> Vec<u8> {
    let oldest = versions.len().saturating_sub(VERSIONS_MAX);
    let mut document = Document {
        format: FORMAT,
        id: id.clone(),
        versions: versions[oldest..].to_vec(),
    };
    loop {
        let bytes = serde_json::to_vec(&document).expect("texts and times are JSON");
        if bytes.len() <= DOCUMENT_SIZE_MAX || document.versions.len() == 1 {
            return bytes;
        }
        let half = document.versions.len() / 2;
        document.versions.drain(..half);
    }
}

pub(super) fn decode_entry(record: &Record) -> Result<Entry, DocumentError> {
    let Format { format } = serde_json::from_slice(&record.document)?;
    if FORMAT < format {
        return Err(DocumentError::Newer(format));
    }
    let document: Document = serde_json::from_slice(&record.document)?;
    Ok(Entry {
        id: document.id,
        revision: record.revision,
        versions: document.versions,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use wallboard_store::{RecordId, Revision};

    use crate::editing::Section;

    use super::*;

    fn version(toml: &str) -> EntryVersion {
        EntryVersion {
            toml: Some(toml.to_owned()),
            at: Timestamp::UNIX_EPOCH,
            by: "Anna".to_owned(),
        }
    }

    fn store(versions: &[EntryVersion]) -> Entry {
        let id = EntryId::new(Section::Boards, "hall");
        let document = encode_entry(&id, versions);
        assert!(document.len() <= DOCUMENT_SIZE_MAX);
        let record = Record {
            id: RecordId::parse("x").unwrap(),
            revision: Revision(1),
            document,
        };
        decode_entry(&record).unwrap()
    }

    #[test]
    fn the_newest_hundred_versions_that_fit_are_kept() {
        let many: Vec<_> = (0..150)
            .map(|number| version(&number.to_string()))
            .collect();
        let kept = store(&many);
        assert_eq!(kept.versions.len(), 100);
        assert_eq!(kept.current(), Some("149"));

        let large: Vec<_> = (0..60).map(|_| version(&"x".repeat(60_000))).collect();
        let kept = store(&large);
        assert!(
            (7..=16).contains(&kept.versions.len()),
            "{}",
            kept.versions.len()
        );
    }

    #[test]
    fn a_newer_format_is_refused() {
        let record = Record {
            id: RecordId::parse("x").unwrap(),
            revision: Revision(1),
            document: br#"{"format":2}"#.to_vec(),
        };
        assert!(matches!(
            decode_entry(&record),
            Err(DocumentError::Newer(2))
        ));
    }
}
