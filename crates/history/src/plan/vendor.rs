//! The declaration of this kind of files: for imports, reports and erasure.

use std::io::Read;

use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;

use crate::{
    ImportContext,
    coverage::Coverage,
    export_vendor::{ExportSettings, FileImportError, VendorExport},
    fetch::{FileLocation, ImportSchedule},
    import::FileIdentity,
};
use wallboard_domain::{SourceFeed, SourceId, SourceKind, SourceStarter, TableForm, error_chain};
use wallboard_store::{FactTable, ImportResult, ImportedFile, IncomingFile, Store, StoreError};
use wallboard_toml_reader::ConfigSection;

use super::{
    configuration::PlanSettings,
    file_import::{self, PLAN_FORECAST, PLAN_SCHEDULE, PlanImportError},
    file_notes::PlanFileNotes,
    planned_queues::DATASET,
    scheduled_agents::SCHEDULE_DATASET,
};

impl VendorExport for PlanSettings {
    const KIND: SourceKind = SourceKind {
        name: "plan-csv",
        vendor: "CSV",
        reports_contacts: false,
        has_session: false,
        has_clock: false,
        is_pushed: false,
    };
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Plan,
        system: "CSV",
        lines: r#"[sources.plan]
kind = "plan-csv"
folder = "plan"

[sources.plan.columns]
time = "Interval"
queue = "Queue"
volume = "Forecast"
handle_time = "AHT"
agents = "Required""#,
    };
    const FORM: TableForm = PlanSettings::FORM;

    fn tables() -> Vec<&'static FactTable> {
        vec![&PLAN_FORECAST, &PLAN_SCHEDULE]
    }

    fn read(
        section: ConfigSection<'_, '_>,
        context: &ImportContext,
    ) -> Option<(Self, FileLocation, ImportSchedule)> {
        Self::read(section, context)
    }
}

impl ExportSettings for PlanSettings {
    fn scope(&self) -> String {
        format!("files {}", self.files.0)
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn coverage(&self) -> Coverage {
        Coverage::Planned
    }

    fn identify_file(&self, key: &str) -> FileIdentity {
        if self.files.matches(key.trim_start_matches('/')) {
            let dataset = if self.columns.are_of_schedules() {
                SCHEDULE_DATASET
            } else {
                DATASET
            };
            FileIdentity::Undated {
                dataset: dataset.to_owned(),
            }
        } else {
            FileIdentity::Unrelated
        }
    }

    fn find_table(&self, file: &ImportedFile) -> Option<&'static FactTable> {
        match &*file.dataset {
            DATASET => Some(&PLAN_FORECAST),
            SCHEDULE_DATASET => Some(&PLAN_SCHEDULE),
            _ => None,
        }
    }

    fn import_file<'a>(
        &'a self,
        store: &'a Store,
        file: Box<dyn Read + Send>,
        incoming: IncomingFile,
    ) -> BoxFuture<'a, Result<ImportResult, FileImportError>> {
        Box::pin(async move {
            let imported = file_import::import_file(store, file, incoming, self.clone()).await;
            imported.map_err(|error| match error {
                PlanImportError::Store(error) => FileImportError::Store(error),
                error => FileImportError::Unreadable(error_chain(&error)),
            })
        })
    }

    /// Figures of plans aren't computed before they are read.
    fn compute_days<'a>(
        &'a self,
        store: &'a Store,
        source: &'a SourceId,
        _on_progress: &'a mut (dyn FnMut(u64, u64) + Send),
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let days = store.load_dirty_days(source).await?;
            if !days.is_empty() {
                store.clear_dirty_days(source.clone(), days).await?;
            }
            Ok(0)
        })
    }

    fn is_outdated(&self, file: &ImportedFile) -> bool {
        let notes = PlanFileNotes::parse_json(&file.notes);
        notes.is_none_or(|notes| notes.read_with != self.fingerprint())
    }

    fn check_mapping(&self, files: &[ImportedFile]) -> Vec<String> {
        let newest = files.iter().max_by_key(|file| file.id.0);
        let notes = newest.and_then(|file| Some((file, PlanFileNotes::parse_json(&file.notes)?)));
        let Some((file, notes)) = notes else {
            return Vec::new();
        };
        let missing = self.columns.missing_from(&notes.headers).into_iter();
        let sentence = |(column, header): (super::PlanColumn, &str)| {
            format!(
                "{} has no column {header:?} for `{}`: its columns are {}.",
                file.key,
                column.into_str(),
                notes.headers.join(", ")
            )
        };
        missing.map(sentence).collect()
    }

    fn plan(&self) -> Option<&PlanSettings> {
        Some(self)
    }
}
