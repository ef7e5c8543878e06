//! The history of one source, for tests of reports and of what reads them.

use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::{intervals::DAY, sangoma::SangomaSettings, vendors::ExportVendor};
use wallboard_domain::SiteConfig;
use wallboard_store::{
    CatalogEntry, ComputationBasis, ComputedPart, ComputedWindow, LocalDay, QueueIntervalRow, Store,
};

use super::{History, ReportConfig, ReportedExport};

const SOURCE: &str = "calls";

/// History in a store of its own, whose export has individual calls.
#[derive(Debug)]
pub struct HistoryFixture {
    pub history: History,
    pub store: Store,
    folder: TempDir,
}

impl HistoryFixture {
    pub async fn new(site: SiteConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let basis = ComputationBasis {
            zone: "UTC".to_owned(),
            ..ComputationBasis::default()
        };
        let stored = store.store_basis(SOURCE.into(), basis, Vec::new());
        stored.await.unwrap();
        Self {
            history: History::new(store.clone(), report_config(site)),
            store,
            folder,
        }
    }

    pub fn set_site(&self, site: SiteConfig) {
        self.change_config(|config| config.site = Arc::new(site));
    }

    pub fn change_export(&self, change: impl FnOnce(&mut ReportedExport)) {
        self.change_config(|config| change(&mut config.exports[0]));
    }

    /// Adds an export like the first one.
    pub async fn add_export(&self, source: &str, names: Vec<CatalogEntry>) {
        self.change_config(|config| {
            let export = ReportedExport {
                id: source.into(),
                ..config.exports[0].clone()
            };
            config.exports.push(export);
        });
        let stored = self.store.store_catalog(source.into(), names);
        stored.await.unwrap();
    }

    fn change_config(&self, change: impl FnOnce(&mut ReportConfig)) {
        let mut config = (*self.history.config()).clone();
        change(&mut config);
        self.history.set_config(config);
    }

    pub async fn store_names(&self, names: Vec<CatalogEntry>) {
        let stored = self.store.store_catalog(SOURCE.into(), names);
        stored.await.unwrap();
    }

    pub async fn replace_intervals(&self, computed: ComputedWindow) {
        self.store.replace_intervals(computed).await.unwrap();
    }

    pub fn insert_coverage(&self, times: (i64, i64)) {
        self.insert_coverage_of(SOURCE, times);
    }

    pub fn insert_coverage_of(&self, source: &str, (from, to): (i64, i64)) {
        let database = Connection::open(self.folder.path().join("wallboard.db")).unwrap();
        let insert = "INSERT INTO history_cover VALUES (?1, ?2, ?3)";
        database.execute(insert, (source, from, to)).unwrap();
    }
}

/// Reports the source's export by the rules of `site`.
pub fn report_config(site: SiteConfig) -> ReportConfig {
    ReportConfig {
        site: Arc::new(site),
        exports: vec![ReportedExport::new(
            SOURCE.into(),
            ExportVendor::Sangoma(SangomaSettings::default()),
        )],
    }
}

/// The intervals of the UTC day that begins at `start`, as the import stores them.
pub fn computed_day(start: i64, queues: Vec<QueueIntervalRow>) -> ComputedWindow {
    let end = start + DAY;
    ComputedWindow {
        source: SOURCE.into(),
        window: (start, end),
        part: ComputedPart::Whole,
        queues,
        agents: Vec::new(),
        breakdowns: Vec::new(),
        staff: Vec::new(),
        days: vec![LocalDay {
            day: start / DAY,
            start,
            end,
        }],
        cleared_days: Vec::new(),
    }
}
