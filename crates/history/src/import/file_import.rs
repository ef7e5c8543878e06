//! Imports one spooled file of a source.

use std::io::{self, Read};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{export_vendor::FileImportError, fetch::SpooledFile};
use wallboard_store::{ImportResult, IncomingFile, Store};

use super::{FileSource, plan::PlannedFile, utf8_reader::Utf8Reader};

impl FileSource {
    /// Imports a spooled file completely or not at all.
    pub(super) async fn import_file(
        &self,
        store: &Store,
        planned: PlannedFile,
        spooled: SpooledFile,
        stop: &CancellationToken,
    ) -> Result<ImportResult, FileImportError> {
        let incoming = IncomingFile {
            source: self.id.clone(),
            key: planned.listed.key,
            dataset: planned.dataset,
            size: spooled.size,
            tag: planned.listed.tag,
            sha256: spooled.sha256,
            modified: planned.listed.modified.map(Timestamp::as_second),
            imported_at: Timestamp::now().as_second(),
        };
        let file = Utf8Reader::new(StoppableReader {
            inner: spooled.file,
            stop: stop.clone(),
        });
        let imported = self.vendor.import_file(store, Box::new(file), incoming);
        imported.await.map_err(|error| match error {
            _ if stop.is_cancelled() => FileImportError::Stopped,
            error => error,
        })
    }
}

/// A file whose reads fail once the import is stopped.
struct StoppableReader<R> {
    inner: R,
    stop: CancellationToken,
}

impl<R: Read> Read for StoppableReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the import was stopped"));
        }
        self.inner.read(into)
    }
}
