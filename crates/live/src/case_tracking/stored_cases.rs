//! Cases as a snapshot of the log stores them: in columns, with each distinct event once. There
//! are very many, and each restart and each rewind reads them all.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use crate::fast_map::FastMap;
use wallboard_domain::{CaseEvent, CaseId, Id, SourceId};

use super::{
    case_counting::CaseAssessment,
    case_record::CaseRecord,
    case_store::CaseStore,
    columns::{DistinctColumn, DurationColumn},
    day_totals::DayTotals,
    timed_case_event::{MAX_EVENTS, TimedCaseEvent},
};

/// A [`CaseStore`] without its indexes, which follow from the records.
#[derive(Debug, Deserialize)]
pub(super) struct StoredCases {
    days: DayTotals,
    columns: Option<CaseColumns>,
    /// Written by builds without columns.
    records: Option<FastMap<CaseId, CaseRecord>>,
}

/// A row for each case, and one for each of its events.
#[derive(Debug, Default, Serialize, Deserialize)]
struct CaseColumns {
    sources: DistinctColumn<SourceId>,
    external_ids: Vec<Arc<str>>,
    assessments: DistinctColumn<CaseAssessment>,
    presumed_ended: Vec<bool>,
    event_counts: Vec<usize>,
    events: EventColumns,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct EventColumns {
    events: DistinctColumn<CaseEvent>,
    /// Since 1970.
    reported_at: DurationColumn,
    /// From the reported time to the one that orders the events.
    at: DurationColumn,
    /// From there to the time on our clock.
    local_at: DurationColumn,
    /// The rows of those that follow a loss.
    #[serde(default)]
    after_loss: BTreeSet<usize>,
}

impl Serialize for CaseStore {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut columns = CaseColumns::default();
        for (id, record) in self.records_in_order() {
            columns.push(id, record);
        }
        let mut stored = to.serialize_struct("StoredCases", 2)?;
        stored.serialize_field("days", &self.days)?;
        stored.serialize_field("columns", &columns)?;
        stored.end()
    }
}

impl TryFrom<StoredCases> for CaseStore {
    type Error = &'static str;

    fn try_from(stored: StoredCases) -> Result<Self, Self::Error> {
        let records = match (stored.columns, stored.records) {
            (Some(columns), _) => columns.into_records(),
            (None, records) => records,
        };
        let records = records.ok_or("its cases are missing or incomplete")?;
        Ok(Self::from_records(stored.days, records))
    }
}

impl CaseColumns {
    fn push(&mut self, id: &CaseId, record: &CaseRecord) {
        self.sources.push(&id.source);
        self.external_ids.push(id.external.clone());
        self.assessments.push(&record.assessment);
        self.presumed_ended.push(record.presumed_ended);
        self.event_counts.push(record.events.len());
        for event in &record.events {
            self.events.push(event);
        }
    }

    /// Returns the records; `None` if a column is too short.
    fn into_records(self) -> Option<FastMap<CaseId, CaseRecord>> {
        let count = self.external_ids.len();
        let mut records = FastMap::with_capacity_and_hasher(count, <_>::default());
        let mut sources = self.sources.into_rows();
        let mut assessments = self.assessments.into_rows();
        let mut presumed_ended = self.presumed_ended.into_iter();
        let mut event_counts = self.event_counts.into_iter();
        let mut events = self.events.into_rows();
        for external in self.external_ids {
            let source = sources.next()??;
            let event_count = event_counts.next()?;
            let mut record = CaseRecord {
                events: Vec::with_capacity(event_count.min(MAX_EVENTS)),
                assessment: assessments.next()??,
                presumed_ended: presumed_ended.next()?,
            };
            for _ in 0..event_count {
                record.events.push(events.next()??);
            }
            records.insert(Id { source, external }, record);
        }
        Some(records)
    }
}

impl EventColumns {
    fn push(&mut self, event: &TimedCaseEvent) {
        if event.is_after_loss {
            self.after_loss.insert(self.events.row_count());
        }
        self.events.push(&event.event);
        self.reported_at.push(event.reported_at.as_duration());
        self.at.push(event.at.duration_since(event.reported_at));
        self.local_at.push(event.local_at.duration_since(event.at));
    }

    /// Returns each event; `None` where a column is damaged.
    fn into_rows(self) -> impl Iterator<Item = Option<TimedCaseEvent>> {
        let times = self.reported_at.into_rows();
        let times = times
            .zip(self.at.into_rows())
            .zip(self.local_at.into_rows());
        let rows = self.events.into_rows().zip(times).enumerate();
        rows.map(move |(row, (event, ((reported_at, at), local_at)))| {
            let reported_at = Timestamp::from_duration(reported_at?).ok()?;
            let at = reported_at.checked_add(at?).ok()?;
            Some(TimedCaseEvent {
                reported_at,
                at,
                local_at: at.checked_add(local_at?).ok()?,
                event: event?,
                is_after_loss: self.after_loss.contains(&row),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns_of(record: &CaseRecord) -> CaseColumns {
        let mut columns = CaseColumns::default();
        let source = SourceId::from("chat");
        columns.push(&Id::new(&source, "1"), record);
        columns.push(&Id::new(&source, "2"), record);
        columns
    }

    fn record_with_times(times: [Timestamp; 3]) -> CaseRecord {
        let [reported_at, at, local_at] = times;
        let event = CaseEvent::Closed {
            outcome: None,
            closure: Some("solved".into()),
        };
        CaseRecord {
            events: vec![TimedCaseEvent {
                reported_at,
                at,
                local_at,
                event,
                is_after_loss: true,
            }],
            ..CaseRecord::default()
        }
    }

    #[test]
    fn any_time_that_a_source_reports_is_stored_exactly() {
        let now: Timestamp = "2026-11-20T08:00:00.123456789Z".parse().unwrap();
        for reported_at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            let record = record_with_times([reported_at, now, reported_at]);

            let records = columns_of(&record).into_records().unwrap();

            assert_eq!(records.len(), 2);
            assert!(records.values().all(|stored| *stored == record));
        }
    }

    #[test]
    fn columns_of_different_lengths_are_not_read() {
        let record = record_with_times([Timestamp::UNIX_EPOCH; 3]);
        let mut columns = columns_of(&record);
        columns.presumed_ended.pop();
        assert!(columns.into_records().is_none());

        let mut columns = columns_of(&record);
        columns.event_counts = vec![1, 2];
        assert!(columns.into_records().is_none());
    }
}
