//! Imports that run once, in the foreground.

use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{SourceId, error_chain},
    history::{
        import::{ImportOutcome, ImportRequest, ImportStatus, Importer, describe_scope},
        sangoma::CoverageGaps,
    },
    store::{RejectedRow, Store, StoreError},
};

use super::RuntimeConfig;

/// How long files may take to be whole; an import in somebody else's hands may take
/// as long as it takes.
const FILES_TIMEOUT: Duration = Duration::from_mins(10);
/// Rows that were set aside and are named one by one.
const NAMED_ROWS_MAX: usize = 20;

/// Why there is nothing that could be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportSetupError {
    #[error("there's no file source called {wanted}; the configuration has {}", known.join(", "))]
    NoSource { wanted: String, known: Vec<String> },
    #[error(
        "the configuration has no file source; add one with kind \"sangoma-export\" or \"vergic-export\" (docs/history.md)"
    )]
    None,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One source's import, ready to run.
#[derive(Debug)]
pub struct OneTimeImport {
    pub id: SourceId,
    /// How it goes; ends when it does.
    pub status: watch::Receiver<ImportStatus>,
    importer: Importer,
    store: Store,
    request: ImportRequest,
    requested: String,
}

/// What came of it.
#[derive(Debug)]
pub struct OneTimeImportReport {
    /// Or why it did not come to its end, in a sentence.
    pub result: Result<ImportOutcome, String>,
    /// Rows of the files taken in that were set aside, the first of them.
    pub rejected_rows: Vec<RejectedRow>,
    /// Days of which not all calls came.
    pub gaps: CoverageGaps,
    /// Whether any of them lies in the time asked for, or else in the last weeks.
    pub has_gaps: bool,
    /// "tenant 1234"
    pub requested: String,
}

/// The imports of a plan's sources of files, or of one of them.
pub fn prepare_imports(
    plan: &RuntimeConfig,
    source: Option<&str>,
    (since, until): (Option<Date>, Option<Date>),
    stop: &CancellationToken,
) -> Result<Vec<OneTimeImport>, ImportSetupError> {
    let known = || plan.imports.iter().map(|export| export.id.to_string());
    let wanted = plan.imports.iter();
    let wanted: Vec<_> = wanted
        .filter(|export| source.is_none_or(|wanted| export.id.as_str() == wanted))
        .collect();
    let path = match (&plan.store, source) {
        (Some(path), _) if !wanted.is_empty() => path,
        (_, Some(wanted)) if 0 < known().count() => {
            return Err(ImportSetupError::NoSource {
                wanted: wanted.to_owned(),
                known: known().collect(),
            });
        }
        _ => return Err(ImportSetupError::None),
    };
    let store = Store::open(path)?;
    let asked = ImportRequest {
        since,
        until,
        wait_max: Some(FILES_TIMEOUT),
    };
    let import = |export: &crate::history::import::FileSource| {
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
            request: asked,
            requested: describe_scope(export),
        }
    };
    Ok(wanted.into_iter().map(import).collect())
}

impl OneTimeImport {
    /// Takes in what there is.
    pub async fn run(mut self) -> OneTimeImportReport {
        // What was set aside from here on is this import's.
        let began = jiff::Timestamp::now().as_second();
        let result = self.importer.run_once(self.request).await;
        let result = result.map_err(|error| error_chain(&error));
        let set_aside = result.as_ref().map_or(0, |outcome| outcome.rejected_rows);
        let aside = match set_aside {
            0 => Vec::new(),
            // They are counted all the same where they cannot be read.
            _ => (self
                .store
                .rejected_rows_since(&self.id, began, NAMED_ROWS_MAX)
                .await)
                .unwrap_or_default(),
        };
        // Without a database there is nothing to be incomplete.
        let gaps = self.importer.load_gaps().await.unwrap_or_default();
        let has_gaps = match (self.request.since, self.request.until) {
            (None, None) => gaps.has_recent(),
            (since, until) => gaps.has_within(since, until),
        };
        OneTimeImportReport {
            result,
            rejected_rows: aside,
            gaps,
            has_gaps,
            requested: self.requested,
        }
    }
}
