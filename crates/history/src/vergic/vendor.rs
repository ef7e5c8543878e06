//! The declaration of this vendor: for imports, reports and erasure.

use std::io::Read;

use futures_util::future::BoxFuture;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    ImportContext,
    coverage::Coverage,
    export_vendor::{ExportSettings, FileImportError, UnmappedColumn, VendorExport, ZeroCounters},
    fetch::{FileLocation, ImportSchedule},
    import::{FileIdentity, FolderErrors, ImportError, ListingScope, RemoteContents, RemoteSource},
    intervals::{date_from_day, day_from_date},
};
use wallboard_domain::{
    ImportColumn, SourceFeed, SourceId, SourceKind, SourceStarter, TableForm, error_chain,
};
use wallboard_store::{
    FactTable, ForgottenPerson, ImportResult, ImportedFile, IncomingFile, RowRewriter, Store,
    StoreError, StoreView,
};
use wallboard_toml_reader::ConfigSection;

use super::{
    VergicSettings, compute,
    compute::VergicComputation,
    erasure,
    file_import::{self, VERGIC_ROWS, VergicImportError, VergicReadOptions},
    folder_walk::{self, FolderWalkError, WalkRequest},
    forgetting,
    layout::VergicFile,
    mapping_check, unmapped,
};

impl VendorExport for VergicSettings {
    const KIND: SourceKind = SourceKind {
        name: "vergic-export",
        vendor: "Vergic statistics export",
        reports_contacts: false,
        has_session: false,
        has_clock: false,
        is_pushed: false,
    };
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::ChatHistory,
        system: "Vergic Statistics Export",
        lines: r#"[sources.vergic]
kind = "vergic-export"
host = "statsexport.vergic.com"
username = "acme"
key_file = "id_ed25519"
known_hosts = "known_hosts""#,
    };
    const FORM: TableForm = VergicSettings::FORM;

    fn tables() -> Vec<&'static FactTable> {
        vec![&VERGIC_ROWS]
    }

    fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)> {
        Self::read(section, context)
    }
}

impl ExportSettings for VergicSettings {
    fn scope(&self) -> String {
        format!("root {}", self.root)
    }

    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    fn coverage(&self) -> Coverage {
        Coverage::Active
    }

    fn identify_file(&self, key: &str) -> FileIdentity {
        match VergicFile::parse_key(key, &self.root) {
            Some(export) => FileIdentity::Export {
                day: date_from_day(export.period.utc_day()),
                dataset: export.dataset,
            },
            None => FileIdentity::Unrelated,
        }
    }

    fn find_table(&self, file: &ImportedFile) -> Option<&'static FactTable> {
        let export = VergicFile::parse_below_any_root(&file.key)?;
        (export.dataset == file.dataset).then_some(&VERGIC_ROWS)
    }

    fn lists_days(&self) -> bool {
        true
    }

    fn list_files<'a>(
        &'a self,
        remote: &'a RemoteSource,
        scope: ListingScope<'a>,
    ) -> BoxFuture<'a, Result<RemoteContents, ImportError>> {
        Box::pin(async move {
            let errors = FolderErrors::default();
            let request = WalkRequest {
                source: scope.source,
                root: &self.root,
                days: (
                    day_from_date(scope.window.since),
                    day_from_date(scope.window.until),
                ),
                includes_done_days: scope.includes_done_days,
                now: Timestamp::now().as_second(),
            };
            let walk = folder_walk::walk_folders(scope.store, request, scope.ledger, |folder| {
                remote.find_folder(folder, &self.root, &errors)
            });
            let walk = walk.await.map_err(|error| match error {
                FolderWalkError::Remote(error) => ImportError::Remote(error),
                FolderWalkError::Store(error) => ImportError::Store(error),
                error @ FolderWalkError::MissingRoot { .. } => {
                    ImportError::MissingRoot(error.to_string())
                }
            })?;
            Ok(RemoteContents {
                files: walk.files,
                strays: walk.strays,
                unreadable: errors.into_folders(),
                ended_by: walk.ended_by,
            })
        })
    }

    fn import_file<'a>(
        &'a self,
        store: &'a Store,
        file: Box<dyn Read + Send>,
        incoming: IncomingFile,
    ) -> BoxFuture<'a, Result<ImportResult, FileImportError>> {
        Box::pin(async move {
            let export = VergicFile::parse_key(&incoming.key, &self.root);
            let options = VergicReadOptions {
                file: export.ok_or_else(FileImportError::unrelated)?,
                mapping: self.columns.clone(),
                stores_contacts: self.keep_contacts,
            };
            let result = file_import::import_file(store, file, incoming, options).await;
            result.map_err(|error| match error {
                VergicImportError::Store(error) => FileImportError::Store(error),
                error => FileImportError::Unreadable(error_chain(&error)),
            })
        })
    }

    fn compute_days<'a>(
        &'a self,
        store: &'a Store,
        source: &'a SourceId,
        on_progress: &'a mut (dyn FnMut(u64, u64) + Send),
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let computation = VergicComputation {
                source: source.clone(),
                root: self.root.clone(),
                mapping: self.columns.clone(),
                zone: self.zone.clone(),
            };
            computation.run(store, on_progress).await
        })
    }

    fn zero_counters(&self) -> ZeroCounters {
        compute::zero_counters(&self.columns)
    }

    fn maps_columns(&self) -> bool {
        true
    }

    fn check_mapping(&self, files: &[ImportedFile]) -> Vec<String> {
        mapping_check::check_mapping(&self.columns, files, &self.root)
    }

    fn unmapped_headers(&self, files: &[ImportedFile]) -> Vec<(String, Vec<String>)> {
        unmapped::unmapped_headers(&self.columns, files, &self.root)
    }

    fn unmapped_columns(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
        is_hidden: &dyn Fn(ImportColumn, &str) -> bool,
    ) -> Result<Vec<UnmappedColumn>, StoreError> {
        unmapped::unmapped_columns(view, source, &self.columns, &self.root, is_hidden)
    }

    fn row_forgetter(
        &self,
        file: &ImportedFile,
        source: &SourceId,
        person: &ForgottenPerson,
    ) -> Option<RowRewriter> {
        Some(forgetting::row_forgetter(
            &file.dataset,
            &file.notes,
            &self.columns,
            source,
            person,
        ))
    }

    fn row_eraser(&self, file: &ImportedFile) -> Option<RowRewriter> {
        Some(erasure::row_eraser(
            &file.dataset,
            &file.notes,
            &self.columns,
        ))
    }
}
