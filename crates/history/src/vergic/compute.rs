//! Computes a source's figures, day by day, from its imported rows with the current mapping, so a
//! new mapping needs no file again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;
use strum::IntoEnumIterator;

use crate::{export_vendor::ZeroCounters, immutable_days::ImmutableDays, intervals};
use wallboard_domain::{AgentCounter, AgentCounters, CountBy, ImportColumn, SourceId};
use wallboard_store::{
    AgentIntervalRow, ComputationBasis, ComputedPart, ComputedWindow, FileId, ImportedFile,
    QueueIntervalRow, Store, StoreError, StoreView, line_of,
};

use super::{
    column_mapping::{ColumnMapping, ColumnValues, DatasetKind, HeaderLayout, RowValues},
    day_figures::{self, ProvidedColumns, SubjectFigures, SubjectKind, VergicFileRows},
    file_import::VERGIC_ROWS,
    file_notes::FileNotes,
    layout::{DAY, HOUR, VergicFile},
    vergic_cell,
};

/// The inputs of a source's computation.
#[derive(Clone, Debug)]
pub struct VergicComputation {
    pub source: SourceId,
    /// The root folder of its files.
    pub root: String,
    pub mapping: Arc<ColumnMapping>,
    /// The time zone of the site's days.
    pub zone: TimeZone,
}

/// A file with the layout of its header.
#[derive(Clone, Debug)]
struct MappedFile {
    id: FileId,
    file: VergicFile,
    kind: DatasetKind,
    layout: Arc<HeaderLayout>,
}

impl VergicComputation {
    /// Marks every day as dirty if the mapping or the zone has changed.
    async fn mark_changed_days(&self, store: &Store) -> Result<(), StoreError> {
        let zone = self.zone.iana_name().unwrap_or("UTC").to_owned();
        let fingerprint = self.mapping.fingerprint();
        let (source, root) = (self.source.clone(), self.root.clone());
        let load = move |view: &StoreView<'_>| {
            let basis = view.load_basis(&source)?;
            let is_same =
                |basis: &ComputationBasis| basis.zone == zone && basis.fingerprint == fingerprint;
            if basis.as_ref().is_some_and(is_same) {
                return Ok(None);
            }
            let days: BTreeSet<i64> = view
                .load_files(&source)?
                .iter()
                .filter_map(|file| Some(VergicFile::parse_key(&file.key, &root)?.period.utc_day()))
                .collect();
            let basis = ComputationBasis {
                zone,
                fingerprint,
                ..basis.unwrap_or_default()
            };
            Ok(Some((basis, days.into_iter().collect())))
        };
        if let Some((basis, days)) = store.with_view(load).await? {
            store.store_basis(self.source.clone(), basis, days).await?;
        }
        Ok(())
    }

    /// Computes all dirty days, including those that a configuration change marks. Calls
    /// `on_progress` with the days done and the total. Returns the total.
    pub async fn run(
        &self,
        store: &Store,
        on_progress: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        self.mark_changed_days(store).await?;
        let days = store.load_dirty_days(&self.source).await?;
        if days.is_empty() {
            return Ok(0);
        }
        let source = self.source.clone();
        let load = move |view: &StoreView<'_>| {
            let facts_from = view.load_basis(&source)?.and_then(|basis| basis.facts_from);
            ImmutableDays::load(view, &source, facts_from.map(|from| from.div_euclid(DAY)))
        };
        let immutable_days = store.with_view(load).await?;
        // Files that remain or are redelivered aren't all that these days were computed from.
        let (immutable, days): (Vec<_>, Vec<_>) = days
            .into_iter()
            .partition(|day| immutable_days.contains(*day));
        store
            .clear_dirty_days(self.source.clone(), immutable)
            .await?;
        let count = self.compute_days(store, days, on_progress).await?;
        store
            .extend_coverage(self.source.clone(), immutable_days.end_seconds())
            .await?;
        Ok(count)
    }

    async fn compute_days(
        &self,
        store: &Store,
        days: Vec<i64>,
        mut on_progress: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        let reader = store.background_reader()?;
        let files = store.load_files(&self.source).await?;
        let (by_day, columns) = self.sort_files(&files);
        let by_day = Arc::new(by_day);
        let columns = Arc::new(columns);
        let total = days.len() as u64;
        for (day, done) in days.into_iter().zip(1..) {
            let (computation, by_day, columns) = (self.clone(), by_day.clone(), columns.clone());
            let compute = move |view: &StoreView<'_>| {
                let files = by_day.get(&day).map_or(&[][..], Vec::as_slice);
                computation.compute_day(view, day, files, &columns)
            };
            let (window, newly_rejected) = reader.with_view(compute).await?;
            store.update_rejected(&VERGIC_ROWS, newly_rejected).await?;
            store.replace_intervals(window).await?;
            on_progress(done, total);
        }
        Ok(total)
    }

    /// Groups files by UTC day, and collects the columns that the source provides.
    fn sort_files(
        &self,
        files: &[ImportedFile],
    ) -> (HashMap<i64, Vec<MappedFile>>, ProvidedColumns) {
        let mut by_day: HashMap<i64, Vec<MappedFile>> = HashMap::new();
        let mut provided = ProvidedColumns::default();
        // A dataset's header rarely changes.
        let mut known: HashMap<(String, &str), Option<_>> = HashMap::new();
        for file in files {
            let Some(export) = VergicFile::parse_key(&file.key, &self.root) else {
                continue;
            };
            let key = (export.dataset.to_lowercase(), file.notes.as_str());
            let layout = known.entry(key).or_insert_with(|| {
                let columns = self.mapping.columns_of(&export.dataset)?;
                let headers = FileNotes::parse_json(&file.notes)?.headers;
                let layout = HeaderLayout::locate(columns, &headers);
                Some((layout.kind?, Arc::new(layout)))
            });
            let Some((kind, layout)) = layout else {
                continue;
            };
            if layout.has_names() {
                provided.add_columns(*kind, export.period.length, layout.counted_columns());
            }
            by_day
                .entry(export.period.utc_day())
                .or_default()
                .push(MappedFile {
                    id: file.id,
                    kind: *kind,
                    layout: layout.clone(),
                    file: export,
                });
        }
        (by_day, provided)
    }

    fn compute_day(
        &self,
        view: &StoreView<'_>,
        day: i64,
        files: &[MappedFile],
        provided: &ProvidedColumns,
    ) -> Result<(ComputedWindow, Vec<RejectedRowsOfFile>), StoreError> {
        let (mut sheets, mut newly_rejected) = (Vec::with_capacity(files.len()), Vec::new());
        for file in files {
            let (rows, rejected) = self.read_file_rows(view, file)?;
            sheets.push(rows);
            newly_rejected.extend(rejected);
        }
        let (start, end) = (day * DAY, (day + 1) * DAY);
        let mut computed = ComputedWindow {
            source: self.source.clone(),
            window: start..end,
            part: ComputedPart::Whole,
            queues: Vec::new(),
            agents: Vec::new(),
            breakdowns: Vec::new(),
            staff: Vec::new(),
            days: intervals::split_into_days(start, end, &self.zone),
            cleared_days: vec![day],
        };
        let counts_handled = [SubjectKind::Queue, SubjectKind::Agent]
            .map(|subject| counts_handled(&self.mapping, subject));
        for figures in day_figures::compute_day(sheets, provided, &mapped_columns(&self.mapping)) {
            add_figures(
                &mut computed,
                &figures,
                counts_handled[figures.kind as usize],
            );
        }
        Ok((computed, newly_rejected))
    }

    /// Reads the rows of a file, and those that this mapping rejects, if they differ from the
    /// previous mapping's.
    fn read_file_rows(
        &self,
        view: &StoreView<'_>,
        file: &MappedFile,
    ) -> Result<(VergicFileRows, Option<RejectedRowsOfFile>), StoreError> {
        let period = file.file.period;
        let has_names = file.layout.has_names();
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        let (mut stored_lines, mut rejected) = (HashSet::new(), BTreeMap::new());
        view.for_each_row_of_file(&VERGIC_ROWS, &["id", "cells"], file.id, |row| {
            let line = row.integer(0).map(line_of).unwrap_or_default();
            let row = row.text(1).map(vergic_cell::from_json).unwrap_or_default();
            stored_lines.insert(line);
            match file.layout.read_row(&row, period) {
                _ if !has_names => {}
                Ok(values) => rows.push(values),
                Err(reason) => {
                    rejected.insert(line, reason);
                    unread.extend(file.layout.read_names(&row, period));
                }
            }
        })?;
        for row in unread {
            let is_same_subject = |other: &RowValues| {
                (&other.queue, &other.agent) == (&row.names.queue, &row.names.agent)
            };
            if !row.is_outside_period || !rows.iter().any(is_same_subject) {
                rows.push(row.names);
            }
        }
        let (previous, lost): (BTreeMap<_, _>, BTreeMap<_, _>) = view
            .rejection_reasons(file.id)?
            .into_iter()
            .partition(|(line, _)| stored_lines.contains(line));
        let mut sheet = VergicFileRows {
            rank: self.mapping.rank(&file.file.dataset),
            dataset: file.file.dataset.clone(),
            period,
            file: file.id.0,
            kind: file.kind,
            columns: file.layout.expected_columns().collect(),
            present: file
                .layout
                .counted_columns()
                .filter(|_| has_names)
                .collect(),
            has_rejected: !lost.is_empty() || (!has_names && !stored_lines.is_empty()),
            rows,
        };
        if sheet.has_rejected {
            sheet.add_unknown_rows();
        }
        let newly_rejected = has_names && previous != rejected;
        Ok((sheet, newly_rejected.then_some((file.id, rejected))))
    }
}

/// The rows of a file that a mapping can't read, by line, with the reasons.
type RejectedRowsOfFile = (FileId, BTreeMap<u32, String>);

fn counts_handled(mapping: &ColumnMapping, subject: SubjectKind) -> bool {
    let mut kinds = mapping.kinds_with(ImportColumn::Handled);
    kinds.any(|kind| kind.subject_kinds().any(|other| other == subject))
}

fn add_figures(window: &mut ComputedWindow, figures: &SubjectFigures, counts_handled: bool) {
    let (start, length) = (figures.period.start, figures.period.length);
    match figures.kind {
        // The export doesn't say which interval it counts contacts in, so both counts are the same.
        SubjectKind::Queue => {
            let counters = day_figures::queue_counters(&figures.values, counts_handled);
            window
                .queues
                .extend(CountBy::iter().map(|by| QueueIntervalRow {
                    queue: figures.name.clone(),
                    by,
                    start,
                    length,
                    counters,
                    waits: None,
                }));
        }
        SubjectKind::Agent => window.agents.push(AgentIntervalRow {
            agent: figures.name.clone(),
            start,
            length,
            counters: agent_counters(&figures.values, counts_handled),
        }),
    }
}

/// Returns the counters of a queue and of an agent in a period that reports only others: 0 in
/// mapped columns, unknown in the rest. The figures of [`OTHERS`] show if files have fewer columns.
///
/// [`OTHERS`]: wallboard_store::OTHERS
pub(super) fn zero_counters(mapping: &ColumnMapping) -> ZeroCounters {
    let columns = mapped_columns(mapping);
    ZeroCounters {
        contacts: day_figures::queue_counters(
            &columns.zero_values(SubjectKind::Queue, None),
            counts_handled(mapping, SubjectKind::Queue),
        ),
        agent: agent_counters(
            &columns.zero_values(SubjectKind::Agent, None),
            counts_handled(mapping, SubjectKind::Agent),
        ),
    }
}

/// Returns the columns that files provide if they have every configured column.
fn mapped_columns(mapping: &ColumnMapping) -> ProvidedColumns {
    let mut provided = ProvidedColumns::default();
    for (_, columns) in mapping.entries() {
        let headers: Vec<_> = columns.iter().map(|(_, header)| header.clone()).collect();
        let layout = HeaderLayout::locate(columns, &headers);
        if let Some(kind) = layout.kind {
            provided.add_columns(kind, HOUR, layout.counted_columns());
        }
    }
    provided
}

/// Converts an agent's values. Times that the export doesn't report are unknown.
fn agent_counters(values: &ColumnValues, counts_handled: bool) -> AgentCounters {
    let mut counters = AgentCounters::unknown();
    let whole = |column| values.get(column).map(day_figures::round_count);
    let handled = day_figures::handled_count(values, counts_handled);
    let transferred = whole(ImportColumn::Transferred);
    let (talk, wrap_up) = (
        whole(ImportColumn::TalkTime),
        whole(ImportColumn::WrapUpTime),
    );
    let parts = talk.zip(wrap_up).map(|(talk, wrap_up)| talk + wrap_up);
    for (counter, value) in [
        (AgentCounter::Handled, handled),
        (AgentCounter::HandledByEvent, handled),
        (AgentCounter::Transferred, transferred),
        (AgentCounter::TransferredByEvent, transferred),
        (AgentCounter::Talk, talk),
        (AgentCounter::WrapUp, wrap_up),
        (
            AgentCounter::Busy,
            whole(ImportColumn::HandleTime).or(parts),
        ),
    ] {
        counters.set(counter, value);
    }
    counters
}
