//! The traits that a vendor of files implements to be configured, imported, reported and erased.

use std::{io::Read, sync::Arc};

use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;

use wallboard_domain::{
    AgentCounters, Counters, ImportColumn, SiteConfig, SourceId, SourceKind, SourceStarter,
    TableForm,
};
use wallboard_store::{
    FactTable, ForgottenPerson, ImportResult, ImportedFile, IncomingFile, RowRewriter, Store,
    StoreError, StoreView,
};
use wallboard_toml_reader::ConfigSection;

use super::{
    ImportContext,
    calls::{CallQuery, CallerCall, StoredCall},
    coverage::Coverage,
    fetch::{FileLocation, ImportSchedule},
    import::{FileIdentity, ImportError, ListingScope, RemoteContents, RemoteSource},
    intervals::TimeSpan,
    plan::PlanSettings,
};

/// A vendor's declaration: its kind, its tables, and how a source's table is read. The default is for
/// files of sources that are no longer configured.
pub(crate) trait VendorExport: ExportSettings + Default {
    const KIND: SourceKind;
    const STARTER: SourceStarter;
    const FORM: TableForm;

    /// Returns the tables of its rows.
    fn tables() -> Vec<&'static FactTable>;

    /// Reads the source's table and records faults on it.
    fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)>;
}

/// The settings of a source of files, except where its files are.
pub trait ExportSettings: Send + Sync {
    /// Describes the files that are looked for: "tenant 1234".
    fn scope(&self) -> String;

    /// Returns the zone of the days that its files cover.
    fn zone(&self) -> TimeZone;

    /// Returns which times its files cover.
    fn coverage(&self) -> Coverage;

    /// Identifies the file that a key names.
    fn identify_file(&self, key: &str) -> FileIdentity;

    /// Finds the table of a file's rows, whatever the settings; `None` for other vendors' files.
    fn find_table(&self, file: &ImportedFile) -> Option<&'static FactTable>;

    /// Whether a listing has only the days that are wanted.
    fn lists_days(&self) -> bool {
        false
    }

    /// Lists files that may be wanted.
    fn list_files<'a>(
        &'a self,
        remote: &'a RemoteSource,
        _scope: ListingScope<'a>,
    ) -> BoxFuture<'a, Result<RemoteContents, ImportError>> {
        Box::pin(async { Ok(remote.list_all().await?) })
    }

    /// Imports a file completely or not at all.
    fn import_file<'a>(
        &'a self,
        store: &'a Store,
        file: Box<dyn Read + Send>,
        incoming: IncomingFile,
    ) -> BoxFuture<'a, Result<ImportResult, FileImportError>>;

    /// Computes the figures of all dirty days. Calls `on_progress` with the days done and the
    /// total. Returns the total.
    fn compute_days<'a>(
        &'a self,
        store: &'a Store,
        source: &'a SourceId,
        on_progress: &'a mut (dyn FnMut(u64, u64) + Send),
    ) -> BoxFuture<'a, Result<u64, StoreError>>;

    /// Loads end reasons without a configured meaning, with their counts.
    fn unknown_end_reasons(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        Ok(Vec::new())
    }

    /// Whether it has single calls, each with its reason and end reason.
    fn has_calls(&self) -> bool {
        false
    }

    /// Loads the first calls that match, up to the limit.
    fn load_calls(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
        _site: &Arc<SiteConfig>,
        _query: &CallQuery,
    ) -> Result<Vec<StoredCall>, StoreError> {
        Ok(Vec::new())
    }

    /// Passes every call that matches to `each`, without its caller and whatever the limit.
    fn for_each_call(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
        _site: &Arc<SiteConfig>,
        _query: &CallQuery,
        _each: &mut dyn FnMut(&StoredCall),
    ) -> Result<(), StoreError> {
        Ok(())
    }

    /// Loads calls that joined in a time with their callers; `None` if those aren't stored.
    fn load_caller_calls(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
        _within: TimeSpan,
    ) -> Result<Option<Vec<CallerCall>>, StoreError> {
        Ok(None)
    }

    /// Loads sessions and breaks of all agents that reach into a time; `None` if its files have no
    /// single ones.
    fn load_sessions(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
        _within: TimeSpan,
    ) -> Result<Option<Vec<AgentSession>>, StoreError> {
        Ok(None)
    }

    /// Returns the counters of subjects that its files don't mention.
    fn zero_counters(&self) -> ZeroCounters {
        ZeroCounters::default()
    }

    /// Whether a file was imported with other settings, and so has to be read again.
    fn is_outdated(&self, _file: &ImportedFile) -> bool {
        false
    }

    /// The settings of plans; `None` if its files have what happened.
    fn plan(&self) -> Option<&PlanSettings> {
        None
    }

    /// Whether the meaning of its columns is configured: it documents none.
    fn maps_columns(&self) -> bool {
        false
    }

    /// Returns the parts of the configuration that don't fit the files, a sentence each.
    fn check_mapping(&self, _files: &[ImportedFile]) -> Vec<String> {
        Vec::new()
    }

    /// Returns datasets with their unmapped headers.
    fn unmapped_headers(&self, _files: &[ImportedFile]) -> Vec<(String, Vec<String>)> {
        Vec::new()
    }

    /// Loads every unmapped column with its last value. Skips rows of queues and agents for which
    /// `is_hidden` is true.
    fn unmapped_columns(
        &self,
        _view: &StoreView<'_>,
        _source: &SourceId,
        _is_hidden: &dyn Fn(ImportColumn, &str) -> bool,
    ) -> Result<Vec<UnmappedColumn>, StoreError> {
        Ok(Vec::new())
    }

    /// Returns what takes a person out of a file's rows, if the columns of their table don't say it.
    fn row_forgetter(
        &self,
        _file: &ImportedFile,
        _source: &SourceId,
        _person: &ForgottenPerson,
    ) -> Option<RowRewriter> {
        None
    }

    /// Returns what takes callers and visitors out of a file's rows, if the columns of their table
    /// don't say it.
    fn row_eraser(&self, _file: &ImportedFile) -> Option<RowRewriter> {
        None
    }

    /// Loads the center's own numbers that are as long as callers', around the times of a file:
    /// erasing callers leaves them.
    fn internal_numbers<'a>(
        &'a self,
        _store: &'a Store,
        _source: &'a SourceId,
        _file: &'a ImportedFile,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// A time in which an agent was signed in, or on a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentSession {
    /// The vendor's ID.
    pub agent: i64,
    pub span: TimeSpan,
    pub is_break: bool,
}

/// The reason why a file wasn't imported.
#[derive(Debug)]
pub enum FileImportError {
    /// It can't be read; others may be.
    Unreadable(String),
    Store(StoreError),
    Stopped,
}

impl FileImportError {
    /// Its file is none of the vendor's.
    pub(crate) fn unrelated() -> Self {
        Self::Unreadable("its name doesn't match an export".to_owned())
    }
}

/// The counters of a queue or agent without rows in a covered time: 0 where the source
/// reports the counter, and unknown where it never does. By default it reports all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZeroCounters {
    pub contacts: Counters,
    pub agent: AgentCounters,
}

/// A dataset's column that the configuration doesn't map.
#[derive(Clone, Debug, PartialEq)]
pub struct UnmappedColumn {
    pub dataset: String,
    pub header: String,
    /// The last number in recent files, and the start of that file's hour or day.
    pub last: Option<(f64, i64)>,
    /// The columns that the configuration maps in this dataset.
    pub mapped: Vec<(ImportColumn, String)>,
}
