//! Imports that run once, in the foreground.

use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use wallboard_domain::{SourceId, error_chain};
use wallboard_history::{
    ExportVendor,
    coverage::CoverageGaps,
    import::{ImportOutcome, ImportRequest, ImportStatus, Importer},
};
use wallboard_store::{RejectedRow, Store, StoreError};

use super::RuntimeConfig;

/// The longest wait for unfinished uploads. An import that another process runs may take as long
/// as it needs.
const FILES_TIMEOUT: Duration = Duration::from_mins(10);
/// The most rejected rows to name one by one.
const NAMED_ROWS_MAX: usize = 20;

/// Why no import can be set up.
#[derive(Debug, thiserror::Error)]
pub enum ImportSetupError {
    #[error("there's no file source called {wanted}; the configuration has {}", known.join(", "))]
    NoSource { wanted: String, known: Vec<String> },
    #[error(
        "the configuration has no file source; add one with kind {} (docs/README.md#start)",
        ExportVendor::kind_choice()
    )]
    None,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One source's import, ready to run.
#[derive(Debug)]
pub struct OneTimeImport {
    pub id: SourceId,
    /// The progress; closes when the import ends.
    pub status: watch::Receiver<ImportStatus>,
    importer: Importer,
    store: Store,
    request: ImportRequest,
    requested: String,
}

/// The result of an import.
#[derive(Debug)]
pub struct OneTimeImportReport {
    /// The outcome, or why the import didn't finish, in a sentence.
    pub result: Result<ImportOutcome, String>,
    /// Rejected rows of the imported files, the first of them.
    pub rejected_rows: Vec<RejectedRow>,
    /// Days without all of their calls.
    pub gaps: CoverageGaps,
    /// Whether any gap lies in the requested period, or else in the last weeks.
    pub has_gaps: bool,
    /// "tenant 1234"
    pub requested: String,
}

/// Prepares the imports of a configuration's file sources, or of one of them.
pub fn prepare_imports(
    plan: &RuntimeConfig,
    source: Option<&str>,
    since: Option<Date>,
    until: Option<Date>,
    stop: &CancellationToken,
) -> Result<Vec<OneTimeImport>, ImportSetupError> {
    let source_ids = || plan.imports.iter().map(|export| export.id.to_string());
    let exports = plan.imports.iter();
    let exports: Vec<_> = exports
        .filter(|export| source.is_none_or(|wanted| export.id.as_str() == wanted))
        .collect();
    let path = match (&plan.store, source) {
        (Some(path), _) if !exports.is_empty() => path,
        (_, Some(wanted)) if 0 < source_ids().count() => {
            return Err(ImportSetupError::NoSource {
                wanted: wanted.to_owned(),
                known: source_ids().collect(),
            });
        }
        _ => return Err(ImportSetupError::None),
    };
    let store = Store::open(path)?;
    let request = ImportRequest {
        since,
        until,
        wait_max: Some(FILES_TIMEOUT),
    };
    let import = |export: &wallboard_history::import::FileSource| {
        let sender = watch::Sender::new(export.initial_status());
        OneTimeImport {
            id: export.id.clone(),
            status: sender.subscribe(),
            importer: Importer::new(
                export.clone(),
                store.clone(),
                path.clone(),
                sender,
                stop.clone(),
            ),
            store: store.clone(),
            request,
            requested: export.vendor.scope(),
        }
    };
    Ok(exports.into_iter().map(import).collect())
}

impl OneTimeImport {
    /// Imports all available files.
    pub async fn run(mut self) -> OneTimeImportReport {
        // Rows rejected from here on belong to this import.
        let started_at = jiff::Timestamp::now().as_second();
        let result = self.importer.run_once(self.request).await;
        let result = result.map_err(|error| error_chain(&error));
        let rejected_count = result.as_ref().map_or(0, |outcome| outcome.rejected_rows);
        let rejected_rows = match rejected_count {
            0 => Vec::new(),
            // The count stands even if they can't be read.
            _ => (self
                .store
                .rejected_rows_since(&self.id, started_at, NAMED_ROWS_MAX)
                .await)
                .unwrap_or_default(),
        };
        // Without a database there are no gaps.
        let gaps = self.importer.load_gaps().await.unwrap_or_default();
        let has_gaps = match (self.request.since, self.request.until) {
            (None, None) => gaps.has_recent(),
            (since, until) => gaps.has_within(since, until),
        };
        OneTimeImportReport {
            result,
            rejected_rows,
            gaps,
            has_gaps,
            requested: self.requested,
        }
    }
}
