//! Writes the records of each day of the site into a file of their own, once the log says that the day is over.

use std::{io, path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tokio::{runtime::Handle, sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::error_chain;
use wallboard_store::{self as store, CaseRecordCursor, CaseRecordEntry, CaseRecordPage};

use super::{
    CaseRecordDeliveries, DeliveryFailure, DeliveryStatus, LastDelivery, RecordFiles, RecordSource,
    RecordText,
    day_file::{DayFile, DayFileError},
    delivery_progress::{FileProgress, ProgressError, StoredProgress},
};

/// How soon the end of a day is noticed, and how often what failed is tried again.
const INTERVAL: Duration = Duration::from_secs(20);
/// How long after midnight, by the log's clock, every end of the day before has its record.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Records that are read at once.
const PAGE: usize = 500;

/// Starts the thread that writes the files until `stop`. Those for a store are collected in the folder `spool`. The
/// runtime must outlive it: wait for the receiver before it ends.
///
/// # Errors
///
/// If there can't be another thread.
pub fn keep_day_files(
    files: RecordFiles,
    spool: PathBuf,
    deliveries: CaseRecordDeliveries,
    source: RecordSource,
    text: impl RecordText,
    stop: CancellationToken,
) -> io::Result<oneshot::Receiver<()>> {
    let runtime = Handle::current();
    let mut keeper = DayFiles {
        files,
        spool,
        deliveries,
        source,
        text,
        failing_since: None,
    };
    let run = move || {
        runtime.block_on(stop.run_until_cancelled(keeper.run()));
    };
    store::spawn_background("case record files", run)
}

#[derive(Debug)]
pub(super) struct DayFiles<T> {
    pub(super) files: RecordFiles,
    pub(super) spool: PathBuf,
    pub(super) deliveries: CaseRecordDeliveries,
    pub(super) source: RecordSource,
    pub(super) text: T,
    pub(super) failing_since: Option<Timestamp>,
}

/// Why a file wasn't written.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(transparent)]
    File(#[from] DayFileError),
    #[error("{}", error_chain(.0))]
    Progress(#[from] ProgressError),
}

/// A day that has ended.
#[derive(Clone, Copy, Debug)]
struct EndedDay {
    date: Date,
    /// The end of the day.
    end: Timestamp,
    /// Up to when the log was read. A record of later than that has a wrong time.
    reached: Timestamp,
}

impl EndedDay {
    fn includes(self, cursor: CaseRecordCursor) -> bool {
        let noticed = cursor.noticed;
        noticed < self.end.as_millisecond() || self.reached.as_millisecond() < noticed
    }
}

impl<T: RecordText> DayFiles<T> {
    async fn run(&mut self) {
        loop {
            self.write_due().await;
            sleep(INTERVAL).await;
        }
    }

    /// Writes the files of all days that have ended, and reports how that went.
    pub(super) async fn write_due(&mut self) {
        let failure = match self.write_files().await {
            Ok(()) => {
                if self.failing_since.take().is_some() {
                    info!("Files of case records are written again");
                }
                None
            }
            Err(error) => {
                let (reason, now) = (error.to_string(), Timestamp::now());
                if self.failing_since.is_none() {
                    warn!("Files of case records aren't written: {reason}");
                }
                let pause = SignedDuration::try_from(INTERVAL).unwrap_or_default();
                Some(DeliveryFailure {
                    reason,
                    since: *self.failing_since.get_or_insert(now),
                    next_at: now.saturating_add(pause).unwrap_or(now),
                })
            }
        };
        let before = (self.deliveries.files()).map_or_else(Default::default, |(_, status)| status);
        let (waiting, last) =
            (self.read_condition().await).unwrap_or((before.waiting, before.last));
        self.deliveries.set_file_status(DeliveryStatus {
            waiting,
            last,
            failure,
        });
    }

    /// Counts the records that no file has, and returns the last file.
    async fn read_condition(&self) -> Result<(u64, Option<LastDelivery>), ProgressError> {
        let FileProgress { after, last, .. } = self.load_progress().await?.state;
        Ok((
            self.source.store.count_case_records_after(after).await?,
            last,
        ))
    }

    async fn write_files(&self) -> Result<(), FileError> {
        let mut progress = self.load_progress().await?;
        while let Some(day) = self.find_ended_day(&progress.state).await? {
            let name = self.file_name(day.date);
            let after = self.write_file(&name, progress.state.after, day).await?;
            let written = FileProgress {
                after,
                next_day: Some(day.date.saturating_add(1.day())),
                last: Some(LastDelivery {
                    at: Timestamp::now(),
                    what: name,
                }),
            };
            progress.save(written).await?;
        }
        Ok(())
    }

    async fn load_progress(&self) -> Result<StoredProgress<FileProgress>, ProgressError> {
        StoredProgress::load(&self.source.records, "files").await
    }

    fn file_name(&self, date: Date) -> String {
        let extension: &str = self.files.format.into();
        format!("case-records-{date}.{extension}")
    }

    /// Returns the day of the first record that no file has, if it is over.
    async fn find_ended_day(
        &self,
        progress: &FileProgress,
    ) -> Result<Option<EndedDay>, ProgressError> {
        let position = self.source.store.case_record_position().await?;
        let Some(reached) = position.and_then(|position| Some(position.last?.wall)) else {
            return Ok(None);
        };
        let page = self.read_page(progress.after, PAGE).await?;
        let noticed = page.rows.iter().map(|(cursor, _)| cursor.noticed);
        let mut plausible = noticed.filter(|noticed| *noticed <= reached.as_millisecond());
        let Some(noticed) = plausible.next() else {
            return Ok(None);
        };
        let zone = self.text.zone();
        let noticed = Timestamp::from_millisecond(noticed).unwrap_or(reached);
        let date = noticed.to_zoned(zone.clone()).date();
        let date = progress.next_day.map_or(date, |next| date.max(next));
        let end = end_of(date, &zone);
        let is_over = end.saturating_add(SETTLED_AFTER).unwrap_or(end) <= reached;
        Ok(is_over.then_some(EndedDay { date, end, reached }))
    }

    /// Returns the last record in the file.
    async fn write_file(
        &self,
        name: &str,
        mut after: Option<CaseRecordCursor>,
        day: EndedDay,
    ) -> Result<Option<CaseRecordCursor>, FileError> {
        let RecordFiles { place, format } = &self.files;
        let mut file = DayFile::create(place, &self.spool, name)?;
        file.append(&self.text.file_head(*format))?;
        loop {
            let mut page = self.read_page(after, PAGE).await?;
            let read = page.rows.len();
            let count = page.rows.iter().take_while(|row| day.includes(row.0));
            page.rows.truncate(count.count());
            let is_last = page.rows.len() < read || read < PAGE;
            after = page.rows.last().map(|(cursor, _)| *cursor).or(after);
            let entries: Vec<CaseRecordEntry> =
                page.rows.into_iter().map(|(_, entry)| entry).collect();
            let lines = self.text.file_lines(entries, page.is_expired, *format);
            file.append(&lines)?;
            if is_last {
                file.finish().await?;
                return Ok(after);
            }
        }
    }

    async fn read_page(
        &self,
        after: Option<CaseRecordCursor>,
        limit: usize,
    ) -> Result<CaseRecordPage, ProgressError> {
        if let Some(page) = self.source.records_after(after, limit).await? {
            return Ok(page);
        }
        // The database is another one than before: everything that it has follows, after a gap.
        let page = self.source.records_after(None, limit).await?;
        Ok(CaseRecordPage {
            rows: page.map(|page| page.rows).unwrap_or_default(),
            is_expired: true,
        })
    }
}

fn end_of(date: Date, zone: &TimeZone) -> Timestamp {
    let next = date.saturating_add(1.day());
    let next = next.to_zoned(zone.clone());
    next.map_or(Timestamp::MAX, |next| next.timestamp())
}
