//! Imports of plans for tests.

use std::io::Cursor;

use wallboard_store::{IncomingFile, Store};

use crate::{
    export_vendor::{ExportSettings, FileImportError},
    import::FileIdentity,
};

use super::PlanSettings;

/// A database of its own.
pub(super) struct Imports {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
}

impl Imports {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        Self {
            _folder: folder,
            store,
        }
    }

    /// Imports a file of a source. Returns the rows stored and rejected, or why it can't be read.
    pub(super) async fn import_with(
        &self,
        settings: &PlanSettings,
        source: &str,
        key: &str,
        content: &str,
    ) -> Result<(u64, u64), String> {
        let FileIdentity::Undated { dataset } = settings.identify_file("a.csv") else {
            panic!("it isn't imported");
        };
        let incoming = IncomingFile {
            source: source.into(),
            key: key.to_owned(),
            dataset,
            size: 0,
            tag: String::new(),
            sha256: [0; 32],
            modified: None,
            imported_at: 0,
        };
        let file = Box::new(Cursor::new(content.to_owned()));
        match settings.import_file(&self.store, file, incoming).await {
            Ok(imported) => Ok((imported.rows, imported.rejected_rows)),
            Err(FileImportError::Unreadable(why)) => Err(why),
            Err(error) => panic!("{error:?}"),
        }
    }
}
