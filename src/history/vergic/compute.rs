//! What the rows of a source's files amount to, day by day: read with the mapping of now,
//! so that another mapping needs no file again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;

use crate::{
    domain::{AgentCounter, AgentCounters, CountBy, Counters, ImportColumn, SourceId},
    history::{immutable_days::ImmutableDays, intervals},
    store::{
        AgentIntervalRow, ComputationBasis, ComputedPart, ComputedWindow, FileId, ImportedFile,
        LocalDay, QueueIntervalRow, Store, StoreError, StoreView, line_of,
    },
};

use super::{
    column_mapping::{ColumnMapping, ColumnValues, HeaderLayout, RowValues},
    day_figures::{self, ProvidedColumns, SubjectFigures, SubjectKind, VergicFileRows},
    file_import::VERGIC_ROWS,
    file_notes::FileNotes,
    layout::{DAY, HOUR, VergicFile},
    vergic_cell,
};

/// With what a source is reckoned.
#[derive(Clone, Debug)]
pub struct VergicComputation {
    pub source: SourceId,
    /// The folder at the top of its files.
    pub root: String,
    pub mapping: Arc<ColumnMapping>,
    /// Of the site's days.
    pub zone: TimeZone,
}

/// A file whose columns are known.
#[derive(Clone, Debug)]
struct MappedFile {
    id: FileId,
    file: VergicFile,
    layout: Arc<HeaderLayout>,
}

impl VergicComputation {
    /// Marks every day to be reckoned anew if the mapping or the zone has changed.
    async fn mark_changed_days(&self, store: &Store) -> Result<(), StoreError> {
        let zone = self.zone.iana_name().unwrap_or("UTC").to_owned();
        let fingerprint = self.mapping.fingerprint();
        let (source, root) = (self.source.clone(), self.root.clone());
        let look = move |view: &StoreView<'_>| {
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
        if let Some((basis, days)) = store.with_view(look).await? {
            store.store_basis(self.source.clone(), basis, days).await?;
        }
        Ok(())
    }

    /// Reckons all days that are marked, and those that a change of the configuration
    /// marks. `told` hears how many of how many are done. Returns how many there were.
    pub async fn run(&self, store: &Store, told: impl FnMut(u64, u64)) -> Result<u64, StoreError> {
        self.mark_changed_days(store).await?;
        let days = store.load_dirty_days(&self.source).await?;
        if days.is_empty() {
            return Ok(0);
        }
        let source = self.source.clone();
        let frozen = move |view: &StoreView<'_>| {
            let facts_from = view.load_basis(&source)?.and_then(|basis| basis.facts_from);
            ImmutableDays::load(view, &source, facts_from.map(|from| from.div_euclid(DAY)))
        };
        let frozen = store.with_view(frozen).await?;
        // What is left of these, or came again, is not all that they were reckoned from.
        let (kept, days): (Vec<_>, Vec<_>) =
            days.into_iter().partition(|day| frozen.contains(*day));
        store.clear_dirty_days(self.source.clone(), kept).await?;
        let all = self.compute_days(store, days, told).await?;
        store
            .extend_coverage(self.source.clone(), frozen.end_seconds())
            .await?;
        Ok(all)
    }

    async fn compute_days(
        &self,
        store: &Store,
        days: Vec<i64>,
        mut told: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        let reader = store.background_reader()?;
        let files = store.load_files(&self.source).await?;
        let (by_day, columns) = self.sort_files(&files);
        let by_day = Arc::new(by_day);
        let columns = Arc::new(columns);
        let all = days.len() as u64;
        for (day, done) in days.into_iter().zip(1..) {
            let (own, by_day, columns) = (self.clone(), by_day.clone(), columns.clone());
            let look = move |view: &StoreView<'_>| {
                let files = by_day.get(&day).map_or(&[][..], Vec::as_slice);
                own.compute_day(view, day, files, &columns)
            };
            let (reckoned, told_anew) = reader.with_view(look).await?;
            store.update_rejected(&VERGIC_ROWS, told_anew).await?;
            store.replace_intervals(reckoned).await?;
            told(done, all);
        }
        Ok(all)
    }

    /// Files by UTC day, and which columns the source tells at all.
    fn sort_files(
        &self,
        files: &[ImportedFile],
    ) -> (HashMap<i64, Vec<MappedFile>>, ProvidedColumns) {
        let mut by_day: HashMap<i64, Vec<MappedFile>> = HashMap::new();
        let mut told = ProvidedColumns::default();
        // A dataset's header seldom changes.
        let mut known: HashMap<(String, &str), Option<Arc<HeaderLayout>>> = HashMap::new();
        for file in files {
            let Some(export) = VergicFile::parse_key(&file.key, &self.root) else {
                continue;
            };
            let key = (export.dataset.to_lowercase(), file.notes.as_str());
            let places = known.entry(key).or_insert_with(|| {
                let columns = self.mapping.columns_of(&export.dataset)?;
                let headers = FileNotes::parse_json(&file.notes)?.headers;
                let places = HeaderLayout::locate(columns, &headers);
                places.kind.is_some().then(|| Arc::new(places))
            });
            let Some(places) = places else {
                continue;
            };
            if let Some(kind) = places.kind.filter(|_| places.has_names()) {
                told.add_columns(kind, export.period.length, places.counted_columns());
            }
            by_day
                .entry(export.period.utc_day())
                .or_default()
                .push(MappedFile {
                    id: file.id,
                    layout: places.clone(),
                    file: export,
                });
        }
        (by_day, told)
    }

    fn compute_day(
        &self,
        view: &StoreView<'_>,
        day: i64,
        files: &[MappedFile],
        told: &ProvidedColumns,
    ) -> Result<(ComputedWindow, Vec<RejectedRowsOfFile>), StoreError> {
        let mut read = Vec::with_capacity(files.len());
        for file in files {
            read.extend(self.read_file_rows(view, file)?);
        }
        let (sheets, told_anew) = split_rejected(read);
        let window = (day * DAY, (day + 1) * DAY);
        let local = intervals::split_into_days(window.0, window.1, &self.zone).into_iter();
        let mut reckoned = ComputedWindow {
            source: self.source.clone(),
            window,
            part: ComputedPart::Whole,
            queues: Vec::new(),
            agents: Vec::new(),
            breakdowns: Vec::new(),
            days: local
                .map(|(day, bucket)| LocalDay {
                    day,
                    start: bucket.start,
                    end: bucket.end,
                })
                .collect(),
            cleared_days: vec![day],
        };
        let counts_handled = [SubjectKind::Queue, SubjectKind::Agent]
            .map(|whose| counts_handled(&self.mapping, whose));
        for figures in day_figures::compute_day(sheets, told, &mapped_columns(&self.mapping)) {
            add_figures(
                &mut reckoned,
                &figures,
                counts_handled[figures.kind as usize],
            );
        }
        Ok((reckoned, told_anew))
    }

    fn read_file_rows(
        &self,
        view: &StoreView<'_>,
        file: &MappedFile,
    ) -> Result<Option<ReadFile>, StoreError> {
        let Some(kind) = file.layout.kind else {
            return Ok(None);
        };
        let period = file.file.period;
        let is_whole = file.layout.has_names();
        let (mut rows, mut unread) = (Vec::new(), Vec::new());
        let (mut kept, mut refused) = (HashSet::new(), BTreeMap::new());
        view.for_each_row_of_file(&VERGIC_ROWS, &["id", "cells"], file.id, |row| {
            let line = row.integer(0).map(line_of).unwrap_or_default();
            let row = row.text(1).map(vergic_cell::from_json).unwrap_or_default();
            kept.insert(line);
            match file.layout.read_row(&row, period) {
                _ if !is_whole => {}
                Ok(said) => rows.push(said),
                Err(reason) => {
                    refused.insert(line, reason);
                    unread.extend(file.layout.read_names(&row, period));
                }
            }
        })?;
        for row in unread {
            let is_said = |said: &RowValues| {
                (&said.queue, &said.agent) == (&row.names.queue, &row.names.agent)
            };
            if !row.is_outside_period || !rows.iter().any(is_said) {
                rows.push(row.names);
            }
        }
        let (told, lost): (BTreeMap<_, _>, BTreeMap<_, _>) = view
            .rejection_reasons(file.id)?
            .into_iter()
            .partition(|(line, _)| kept.contains(line));
        let mut sheet = VergicFileRows {
            rank: self.mapping.rank(&file.file.dataset),
            dataset: file.file.dataset.clone(),
            period,
            file: file.id.0,
            kind,
            columns: file.layout.expected_columns().collect(),
            present: file.layout.counted_columns().filter(|_| is_whole).collect(),
            has_rejected: !lost.is_empty() || (!is_whole && !kept.is_empty()),
            rows,
        };
        if sheet.has_rejected {
            sheet.add_unknown_rows();
        }
        Ok(Some(ReadFile {
            rows: sheet,
            newly_rejected: (is_whole && told != refused).then_some((file.id, refused)),
        }))
    }
}

/// What was read of a file.
#[derive(Debug)]
struct ReadFile {
    rows: VergicFileRows,
    /// Where this mapping refuses other rows than the one before.
    newly_rejected: Option<RejectedRowsOfFile>,
}

/// The rows of a file that a mapping cannot read, by line, and why.
type RejectedRowsOfFile = (FileId, BTreeMap<u32, String>);

fn split_rejected(read: Vec<ReadFile>) -> (Vec<VergicFileRows>, Vec<RejectedRowsOfFile>) {
    let both = read
        .into_iter()
        .map(|read| (read.rows, read.newly_rejected));
    let (sheets, told): (Vec<_>, Vec<_>) = both.unzip();
    (sheets, told.into_iter().flatten().collect())
}

fn counts_handled(mapping: &ColumnMapping, whose: SubjectKind) -> bool {
    let mut kinds = mapping.kinds_with(ImportColumn::Handled);
    kinds.any(|kind| kind.subject_kinds().any(|own| own == whose))
}

fn add_figures(reckoned: &mut ComputedWindow, figures: &SubjectFigures, counts_handled: bool) {
    let (start, length) = (figures.period.start, figures.period.length);
    match figures.kind {
        // The export does not say to which interval it counts what, so it is the same by both.
        SubjectKind::Queue => {
            let counters = day_figures::queue_counters(&figures.values, counts_handled);
            reckoned
                .queues
                .extend(CountBy::ALL.map(|by| QueueIntervalRow {
                    queue: figures.name.clone(),
                    by,
                    start,
                    length,
                    counters,
                }));
        }
        SubjectKind::Agent => reckoned.agents.push(AgentIntervalRow {
            agent: figures.name.clone(),
            start,
            length,
            counters: agent_counters(&figures.values, counts_handled),
        }),
    }
}

/// What a queue and an agent have in a time in which only others are told of: 0 of what
/// the columns of the configuration tell, all else is not known. Where files tell less, the
/// figures of [`OTHERS`] say so.
///
/// [`OTHERS`]: crate::store::OTHERS
pub fn zero_counters(mapping: &ColumnMapping) -> (Counters, AgentCounters) {
    let told = mapped_columns(mapping);
    (
        day_figures::queue_counters(
            &told.zero_values(SubjectKind::Queue, None),
            counts_handled(mapping, SubjectKind::Queue),
        ),
        agent_counters(
            &told.zero_values(SubjectKind::Agent, None),
            counts_handled(mapping, SubjectKind::Agent),
        ),
    )
}

/// What files would tell that have all columns of the configuration.
fn mapped_columns(mapping: &ColumnMapping) -> ProvidedColumns {
    let mut told = ProvidedColumns::default();
    for (_, columns) in mapping.entries() {
        let headers: Vec<_> = columns.iter().map(|(_, header)| header.clone()).collect();
        let places = HeaderLayout::locate(columns, &headers);
        if let Some(kind) = places.kind {
            told.add_columns(kind, HOUR, places.counted_columns());
        }
    }
    told
}

/// What the export does not tell of an agent's time is not known.
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
