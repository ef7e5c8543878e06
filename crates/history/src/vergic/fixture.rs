//! A store with an imported Vergic export, for tests.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    report::{self, History, Report, ReportConfig, ReportQuery, ReportStep, ReportSubject},
    vendors::ExportVendor,
};
use wallboard_domain::{
    CountBy, Counter, Counters, Id, ImportColumn, Pattern, Patterns, QueueGroup, SiteConfig,
    SourceId,
};
use wallboard_store::{FigureQuery, Granularity, IncomingFile, OTHERS, Store, StoreView};

use super::{
    ColumnMapping, DAY, VERGIC_ROWS, VergicComputation, VergicFile, VergicReadOptions,
    VergicSettings, import_file,
};

/// 2026-01-05 in UTC, as days since 1970.
pub(super) const FIFTH: i64 = 20_458;

pub(super) struct VergicFixture {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) mapping: Arc<ColumnMapping>,
}

pub(super) fn new_mapping(datasets: &[(&str, &[(ImportColumn, &str)])]) -> Arc<ColumnMapping> {
    let one = |(pattern, columns): &(&str, &[(ImportColumn, &str)])| {
        let columns = columns
            .iter()
            .map(|(column, header)| (*column, (*header).to_owned()));
        (Pattern((*pattern).to_owned()), columns.collect())
    };
    Arc::new(ColumnMapping::new(&Patterns(
        datasets.iter().map(one).collect(),
    )))
}

pub(super) const QUEUE_COLUMNS: &[(ImportColumn, &str)] = &[
    (ImportColumn::Queue, "Group"),
    (ImportColumn::Offered, "Chats"),
    (ImportColumn::Answered, "Answered"),
    (ImportColumn::AverageHandleTime, "AHT"),
];

impl VergicFixture {
    pub(super) fn new(mapping: Arc<ColumnMapping>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        Self {
            _folder: folder,
            store,
            mapping,
        }
    }

    pub(super) async fn import_file(&self, key: &str, content: &str) {
        let key = format!("Metrics/2026/01/{key}");
        let export = VergicFile::parse_key(&key, "Metrics").unwrap();
        let incoming = IncomingFile {
            source: "vergic".into(),
            key,
            dataset: export.dataset.clone(),
            size: content.len() as u64,
            tag: content.to_owned(),
            sha256: [0; 32],
            modified: None,
            imported_at: 0,
        };
        let options = VergicReadOptions {
            file: export,
            mapping: self.mapping.clone(),
            stores_contacts: false,
        };
        let content = std::io::Cursor::new(content.as_bytes().to_vec());
        import_file(&self.store, content, incoming, options)
            .await
            .unwrap();
    }

    /// Computes the dirty days; returns how many there were.
    pub(super) async fn compute_days(&self) -> u64 {
        let source: SourceId = "vergic".into();
        let computation = VergicComputation {
            source: source.clone(),
            root: "Metrics".to_owned(),
            mapping: self.mapping.clone(),
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
        };
        let count = computation.run(&self.store, |_, _| {}).await.unwrap();
        assert_eq!(self.store.load_dirty_days(&source).await.unwrap(), [0; 0]);
        count
    }

    /// Returns each queue's name, start in seconds after the fifth's midnight, and counters.
    pub(super) async fn queue_counters(&self, length: i64) -> Vec<(String, i64, Counters)> {
        let query = move |view: &StoreView<'_>| {
            let source = "vergic".into();
            let figure_query = FigureQuery {
                source: &source,
                granularity: Granularity::Intervals(length),
                range: 0..i64::MAX,
                subject: None,
            };
            let mut all = Vec::new();
            view.for_each_queue(&figure_query, CountBy::Start, |queue, start, counters| {
                if queue != OTHERS {
                    all.push((queue.to_owned(), start - FIFTH * DAY, *counters));
                }
            })?;
            Ok(all)
        };
        self.store.with_view(query).await.unwrap()
    }

    pub(super) async fn queue_offered(&self, length: i64) -> Vec<(String, i64, Option<i64>)> {
        let figures = self.queue_counters(length).await.into_iter();
        figures
            .map(|(queue, start, counters)| (queue, start, counters.get(Counter::Offered)))
            .collect()
    }

    /// Queries what a page shows of `hours` of the fifth; `group/help` is a group of Help alone.
    pub(super) async fn query_report(
        &self,
        who: ReportSubject,
        (step, zone): (ReportStep, &str),
        hours: (i64, i64),
    ) -> Report {
        let site = SiteConfig {
            groups: vec![QueueGroup {
                id: Id::new(&"group".into(), "help"),
                name: "Help".to_owned(),
                queues: vec![Id::new(&"vergic".into(), "Help")],
            }],
            ..SiteConfig::default()
        };
        let vendor = ExportVendor::Vergic(VergicSettings {
            columns: self.mapping.clone(),
            ..VergicSettings::default()
        });
        let export = report::ReportedExport::new("vergic".into(), vendor);
        let shape = ReportConfig {
            site: Arc::new(site),
            exports: vec![export],
            ..ReportConfig::default()
        };
        let at = |hour| Timestamp::from_second(FIFTH * DAY + hour * 3_600).unwrap();
        let ask = ReportQuery {
            subject: who,
            dimension: None,
            from: at(hours.0),
            to: at(hours.1),
            step,
            with_details: false,
            without_closed_times: false,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        let history = History::new(self.store.clone(), shape);
        history.load_intervals(ask).await.unwrap()
    }

    /// Returns what a page shows of one counter, interval by interval.
    pub(super) async fn query_counter(
        &self,
        who: ReportSubject,
        step: (ReportStep, &str),
        hours: (i64, i64),
        counter: Counter,
    ) -> Vec<Option<i64>> {
        let report = self.query_report(who, step, hours).await;
        let rows = report.series[0].rows.iter();
        rows.map(|row| row.contact_figures().and_then(|all| all.get(counter)))
            .collect()
    }

    /// Prunes as retention does: deletes files that end before an hour of the fifth. Figures of
    /// days before it stay.
    pub(super) async fn prune_before(&self, hour: i64) {
        let before = FIFTH * DAY + hour * 3_600;
        let old = self.store.old_files(before).await.unwrap();
        for file in old.into_values().flatten() {
            while !self
                .store
                .delete_batch(VERGIC_ROWS.name, file.id)
                .await
                .unwrap()
            {}
        }
        let day = before.div_euclid(DAY);
        self.store
            .clear_dirty_days_before("vergic".into(), day)
            .await
            .unwrap();
        let pruned = self.store.record_pruned_facts("vergic".into(), day * DAY);
        pruned.await.unwrap();
    }
}
