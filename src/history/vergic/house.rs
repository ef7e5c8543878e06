//! A store with an export of Vergic's in it, for tests.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{Column, CountBy, Counter, Counters, Group, Id, Pattern, Patterns, Site, SourceId},
    history::report::{self, Ask, History, Nothing, Report, Shape, Step, Who},
    store::{Arriving, OTHERS, Over, Store, View, Wanted},
};

use super::{DAY, Export, Mapping, ROWS, Reading, Reckoning, nothing, take_in};

/// 2026-01-05 in UTC.
pub(super) const FIFTH: i64 = 20_458;

pub(super) struct House {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) mapping: Arc<Mapping>,
}

pub(super) fn mapping(datasets: &[(&str, &[(Column, &str)])]) -> Arc<Mapping> {
    let one = |(pattern, columns): &(&str, &[(Column, &str)])| {
        let columns = columns
            .iter()
            .map(|(column, header)| (*column, (*header).to_owned()));
        (Pattern((*pattern).to_owned()), columns.collect())
    };
    Arc::new(Mapping::new(&Patterns(datasets.iter().map(one).collect())))
}

pub(super) const QUEUES: &[(Column, &str)] = &[
    (Column::Queue, "Group"),
    (Column::Offered, "Chats"),
    (Column::Answered, "Answered"),
    (Column::AverageHandleTime, "AHT"),
];

impl House {
    pub(super) fn new(mapping: Arc<Mapping>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        Self {
            _folder: folder,
            store,
            mapping,
        }
    }

    pub(super) async fn take(&self, key: &str, content: &str) {
        let key = format!("Metrics/2026/01/{key}");
        let export = Export::read(&key, "Metrics").unwrap();
        let arriving = Arriving {
            source: "vergic".into(),
            key,
            dataset: export.dataset.clone(),
            size: content.len() as u64,
            tag: content.to_owned(),
            sha256: [0; 32],
            modified: None,
            taken_at: 0,
        };
        let reading = Reading {
            export,
            mapping: self.mapping.clone(),
            keep_contacts: false,
        };
        let content = std::io::Cursor::new(content.as_bytes().to_vec());
        take_in(&self.store, content, arriving, reading)
            .await
            .unwrap();
    }

    /// Reckons what is marked; returns how many days that were.
    pub(super) async fn reckon(&self) -> u64 {
        let source: SourceId = "vergic".into();
        let reckoning = Reckoning {
            source: source.clone(),
            root: "Metrics".to_owned(),
            mapping: self.mapping.clone(),
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
        };
        let count = reckoning.run(&self.store, |_, _| {}).await.unwrap();
        assert_eq!(self.store.dirty(&source).await.unwrap(), [0; 0]);
        count
    }

    /// Queue, start after the fifth's midnight, counters.
    pub(super) async fn figures(&self, length: i64) -> Vec<(String, i64, Counters)> {
        let look = move |view: &View<'_>| {
            let source = "vergic".into();
            let wanted = Wanted {
                source: &source,
                over: Over::Intervals(length),
                range: 0..i64::MAX,
                only: None,
            };
            let mut all = Vec::new();
            view.queues(&wanted, CountBy::Start, |queue, start, counters| {
                if queue != OTHERS {
                    all.push((queue.to_owned(), start - FIFTH * DAY, *counters));
                }
            })?;
            Ok(all)
        };
        self.store.look(look).await.unwrap()
    }

    pub(super) async fn offered(&self, length: i64) -> Vec<(String, i64, Option<i64>)> {
        let figures = self.figures(length).await.into_iter();
        figures
            .map(|(queue, start, counters)| (queue, start, counters.get(Counter::Offered)))
            .collect()
    }

    /// What a page shows of `hours` of the fifth; `group/help` is a group of Help alone.
    pub(super) async fn report(
        &self,
        who: Who,
        (step, zone): (Step, &str),
        hours: (i64, i64),
    ) -> Report {
        let (contacts, agent) = nothing(&self.mapping);
        let site = Site {
            groups: vec![Group {
                id: Id::new(&"group".into(), "help"),
                name: "Help".to_owned(),
                queues: vec![Id::new(&"vergic".into(), "Help")],
            }],
            ..Site::default()
        };
        let export = report::Export {
            id: "vergic".into(),
            leaves_out_calm: true,
            tells_calls: false,
            nothing: Nothing { contacts, agent },
            columns: None,
        };
        let shape = Shape {
            site: Arc::new(site),
            exports: vec![export],
        };
        let at = |hour| Timestamp::from_second(FIFTH * DAY + hour * 3_600).unwrap();
        let ask = Ask {
            who,
            by: None,
            from: at(hours.0),
            to: at(hours.1),
            step,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        let history = History::new(self.store.clone(), shape);
        history.intervals(ask).await.unwrap()
    }

    /// What a page shows of one counter, interval by interval.
    pub(super) async fn shown(
        &self,
        who: Who,
        step: (Step, &str),
        hours: (i64, i64),
        counter: Counter,
    ) -> Vec<Option<i64>> {
        let report = self.report(who, step, hours).await;
        let rows = report.series[0].rows.iter();
        rows.map(|row| row.contacts().and_then(|all| all.get(counter)))
            .collect()
    }

    /// As retention does: files that end before an hour of the fifth go, and whatever was
    /// reckoned before the day of that hour stays.
    pub(super) async fn forget(&self, hour: i64) {
        let before = FIFTH * DAY + hour * 3_600;
        for file in self.store.old_files(before).await.unwrap() {
            while !self.store.delete_some(ROWS.name, file.id).await.unwrap() {}
        }
        let day = before.div_euclid(DAY);
        self.store.leave_days("vergic".into(), day).await.unwrap();
        let gone = self.store.facts_gone("vergic".into(), day * DAY);
        gone.await.unwrap();
    }
}
