//! The declaration of this vendor: for imports, reports and erasure.

use std::{io::Read, sync::Arc};

use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;

use crate::{
    ImportContext,
    calls::{CallQuery, CallerCall, StoredCall},
    coverage::{Coverage, NightlyRun},
    export_vendor::{AgentSession, ExportSettings, FileImportError, VendorExport},
    fetch::{FileLocation, ImportSchedule},
    import::FileIdentity,
    intervals::TimeSpan,
};
use wallboard_domain::{
    SiteConfig, SourceFeed, SourceId, SourceKind, SourceStarter, TableForm, error_chain,
};
use wallboard_store::{
    FactTable, ImportResult, ImportedFile, IncomingFile, Store, StoreError, StoreView,
};
use wallboard_toml_reader::ConfigSection;

use super::{
    Container, SangomaSettings, callers, calls, compute, end_reasons, erasure,
    export_key::{ExportKey, SangomaFile},
    file_import::{self, SangomaImportError, SangomaReadOptions},
    reference_data::SangomaRules,
    sessions,
};

impl VendorExport for SangomaSettings {
    const KIND: SourceKind = SourceKind {
        name: "sangoma-export",
        vendor: "Sangoma export",
        reports_contacts: false,
        has_session: false,
        has_clock: false,
        is_pushed: false,
    };
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::CallHistory,
        system: "Sangoma Contact Center",
        lines: r#"[sources.sangoma]
kind = "sangoma-export"
tenant = 1234

[sources.sangoma.s3]
bucket = "acme-export"
access_key_id = { env = "S3_KEY_ID" }
secret_access_key = { env = "S3_SECRET" }"#,
    };
    const FORM: TableForm = SangomaSettings::FORM;

    fn tables() -> Vec<&'static FactTable> {
        let containers = Container::all().iter();
        containers.map(|container| &container.table).collect()
    }

    fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)> {
        Self::read(section, context)
    }
}

impl ExportSettings for SangomaSettings {
    fn scope(&self) -> String {
        format!("tenant {}", self.tenant)
    }

    fn zone(&self) -> TimeZone {
        self.file_zone.clone()
    }

    fn coverage(&self) -> Coverage {
        Coverage::Nightly(NightlyRun {
            zone: self.zone.clone(),
            end_hour: 5,
            calls: "Queue_Call",
        })
    }

    fn identify_file(&self, key: &str) -> FileIdentity {
        match ExportKey::parse(key, self.tenant) {
            ExportKey::Export(SangomaFile { container, date }) => FileIdentity::Export {
                dataset: container.name.to_owned(),
                day: date,
            },
            ExportKey::OtherTenant { tenant } => FileIdentity::OtherTenant(tenant),
            ExportKey::UnknownContainer { container } => {
                FileIdentity::UnknownDataset(container.to_owned())
            }
            ExportKey::Unrelated => FileIdentity::Unrelated,
        }
    }

    fn find_table(&self, file: &ImportedFile) -> Option<&'static FactTable> {
        let container = ExportKey::find_container(&file.key)?;
        (container.name == file.dataset).then_some(&container.table)
    }

    fn import_file<'a>(
        &'a self,
        store: &'a Store,
        file: Box<dyn Read + Send>,
        incoming: IncomingFile,
    ) -> BoxFuture<'a, Result<ImportResult, FileImportError>> {
        Box::pin(async move {
            let ExportKey::Export(export) = ExportKey::parse(&incoming.key, self.tenant) else {
                return Err(FileImportError::unrelated());
            };
            let options = SangomaReadOptions {
                export,
                zone: self.file_zone.clone(),
                stores_contacts: self.keep_contacts,
            };
            let result = file_import::import_file(store, file, incoming, options).await;
            result.map_err(|error| match error {
                SangomaImportError::Store(error) => FileImportError::Store(error),
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
            let rules = SangomaRules {
                site: self.site.clone(),
                end_by: self.end_by.clone(),
            };
            compute::compute_days(store, source, &rules, on_progress).await
        })
    }

    fn unknown_end_reasons(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        end_reasons::load_unknown(view, source, &self.end_by)
    }

    fn has_calls(&self) -> bool {
        true
    }

    fn load_calls(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
        site: &Arc<SiteConfig>,
        query: &CallQuery,
    ) -> Result<Vec<StoredCall>, StoreError> {
        calls::load_calls(view, source, site, query)
    }

    fn for_each_call(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
        site: &Arc<SiteConfig>,
        query: &CallQuery,
        each: &mut dyn FnMut(&StoredCall),
    ) -> Result<(), StoreError> {
        calls::for_each_call(view, source, site, query, each)
    }

    fn load_caller_calls(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
        within: TimeSpan,
    ) -> Result<Option<Vec<CallerCall>>, StoreError> {
        if !self.keep_contacts {
            return Ok(None);
        }
        callers::load_caller_calls(view, source, within).map(Some)
    }

    fn load_sessions(
        &self,
        view: &StoreView<'_>,
        source: &SourceId,
        within: TimeSpan,
    ) -> Result<Option<Vec<AgentSession>>, StoreError> {
        sessions::load_sessions(view, source, within).map(Some)
    }

    fn internal_numbers<'a>(
        &'a self,
        store: &'a Store,
        source: &'a SourceId,
        file: &'a ImportedFile,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(erasure::load_internal_numbers(store, source, file.span))
    }
}
