//! The history of one source, for tests of reports and of what reads them.

use std::{io::Cursor, ops::Range, sync::Arc};

use jiff::tz::TimeZone;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{
    intervals::DAY,
    sangoma::{self, ExportKey, SangomaReadOptions, SangomaSettings},
    vendors::ExportVendor,
};
use wallboard_domain::SiteConfig;
use wallboard_store::{
    CatalogEntry, ComputationBasis, ComputedPart, ComputedWindow, IncomingFile, LocalDay,
    QueueIntervalRow, Store,
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

    /// Imports calls of a day, like `20261112`, from a file with this content.
    pub async fn import_calls(&self, day: &str, content: String) {
        self.import_rows("Queue_Call", day, content).await;
    }

    /// Imports rows of a container.
    pub async fn import_rows(&self, container: &str, day: &str, content: String) {
        let key = format!("FACTS/1234-{container}-F/{day}-1234-{container}-F.csv");
        let ExportKey::Export(export) = ExportKey::parse(&key, 1234) else {
            panic!("{key} isn't a file of the export");
        };
        let incoming = IncomingFile {
            source: SOURCE.into(),
            dataset: export.container.name.to_owned(),
            key,
            size: content.len() as u64,
            tag: String::new(),
            sha256: [0; 32],
            modified: None,
            imported_at: 0,
        };
        let options = SangomaReadOptions {
            export,
            zone: TimeZone::UTC,
            stores_contacts: false,
        };
        let content = Cursor::new(content.into_bytes());
        sangoma::import_file(&self.store, content, incoming, options)
            .await
            .unwrap();
    }

    pub fn insert_coverage(&self, times: Range<i64>) {
        self.insert_coverage_of(SOURCE, times);
    }

    pub fn insert_coverage_of(&self, source: &str, times: Range<i64>) {
        let database = Connection::open(self.folder.path().join("wallboard.db")).unwrap();
        let insert = "INSERT INTO history_cover VALUES (?1, ?2, ?3)";
        database
            .execute(insert, (source, times.start, times.end))
            .unwrap();
    }
}

/// Reports the source's export by the rules of `site`.
pub fn report_config(site: SiteConfig) -> ReportConfig {
    let export = ExportVendor::Sangoma(SangomaSettings::default());
    ReportConfig::new(Arc::new(site), [(SOURCE.into(), export)])
}

/// The intervals of the UTC day that begins at `start`, as the import stores them.
pub fn computed_day(start: i64, queues: Vec<QueueIntervalRow>) -> ComputedWindow {
    let end = start + DAY;
    ComputedWindow {
        source: SOURCE.into(),
        window: start..end,
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
