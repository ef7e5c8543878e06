//! The imported files of a source, to be read again. If a record occurs twice, the row of
//! the later file wins, and within a file the later line.

use std::{
    collections::{BTreeSet, HashMap},
    ops::RangeInclusive,
};

use foldhash::{HashSet, HashSetExt};
use jiff::civil::Date;

use crate::intervals::{DAY, day_from_date};
use wallboard_domain::SourceId;
use wallboard_store::{FileId, ImportedFile, RowCells, RowGroup, StoreError, StoreView};

use super::Container;

/// The files of a source by container, the latest first.
#[derive(Debug)]
pub(super) struct FileCatalog {
    files: HashMap<&'static str, Vec<CatalogFile>>,
    /// The greatest file id.
    pub(super) last_id: i64,
}

/// The files of a catalog, with the view to read them from.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredFiles<'a> {
    pub(super) view: &'a StoreView<'a>,
    pub(super) catalog: &'a FileCatalog,
}

#[derive(Debug)]
pub(super) struct CatalogFile {
    pub(super) id: FileId,
    /// The earliest and the latest time in its rows.
    span: Option<(i64, i64)>,
    /// The date in its name, as UTC days since 1970.
    pub(super) day: Option<i64>,
    /// The first day that it may cover: the day after the preceding file of calls.
    pub(super) since: Option<i64>,
    pub(super) rows: u64,
    /// Its parts in the order of their lines: one for each row group, or one for the whole file.
    parts: Vec<FilePart>,
}

/// Lines of a file that are read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilePart {
    pub(super) lines: RangeInclusive<u32>,
    /// The earliest and the latest time in them.
    span: Option<(i64, i64)>,
}

/// Selects files of a container.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileFilter {
    All,
    /// Files and parts with a time in this range.
    Within(i64, i64),
    /// Files and parts without a time that may refer to calls with an id in this range.
    AboutCalls(i64, i64),
}

impl FileCatalog {
    pub(super) fn load(view: &StoreView<'_>, source: &SourceId) -> Result<Self, StoreError> {
        let mut all = view.load_files(source)?;
        // The file name begins with the date.
        all.sort_by(|a, b| (file_name(b), b.id).cmp(&(file_name(a), a.id)));
        let last_id = all.iter().map(|file| file.id.0).max().unwrap_or_default();
        let mut groups = view.load_row_groups(source)?;
        let nights = CallNights::from_files(&all);
        let mut files: HashMap<&'static str, Vec<CatalogFile>> = HashMap::new();
        for file in all {
            let Some(container) = Container::find_by_name(&file.dataset) else {
                continue;
            };
            let day = parse_day(file_name(&file));
            files.entry(container.name).or_default().push(CatalogFile {
                id: file.id,
                span: file.span,
                day,
                since: day.map(|day| nights.first_day(day)),
                rows: file.rows,
                parts: split_parts(groups.remove(&file.id).unwrap_or_default(), file.span),
            });
        }
        Ok(Self { files, last_id })
    }

    pub(super) fn matching_files(
        &self,
        container: &str,
        filter: FileFilter,
    ) -> impl Iterator<Item = &CatalogFile> {
        let files = self.files.get(container).into_iter().flatten();
        files.filter(move |file| filter.matches_span(file.span))
    }

    /// The earliest and the latest time in a container.
    pub(super) fn container_span(&self, container: &str) -> Option<(i64, i64)> {
        let spans = self
            .matching_files(container, FileFilter::All)
            .filter_map(|file| file.span);
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The approximate number of a container's rows in this time range.
    pub(super) fn estimate_rows(&self, container: &str, from: i64, to: i64) -> u64 {
        let filter = FileFilter::Within(from, to);
        let files = self.matching_files(container, filter);
        files.map(|file| file.matching_rows(filter)).sum()
    }
}

impl StoredFiles<'_> {
    /// Reads these columns of each record. The first column is the record's id.
    pub(super) fn for_each_record(
        &self,
        container: &str,
        columns: &[&str],
        filter: FileFilter,
        mut each: impl FnMut(i64, &RowCells<'_>),
    ) -> Result<(), StoreError> {
        let table = &Container::declared(container).table;
        let mut seen: HashSet<i64> = HashSet::new();
        let Self { view, catalog } = *self;
        for file in catalog.matching_files(container, filter) {
            for part in file.matching_parts(filter) {
                let lines = part.lines.clone();
                view.for_each_row_of_lines(table, columns, file.id, lines, |row| {
                    if let Some(id) = row.integer(0).filter(|id| seen.insert(*id)) {
                        each(id, row);
                    }
                })?;
            }
        }
        Ok(())
    }
}

impl CatalogFile {
    /// The parts that match, the last lines first.
    pub(super) fn matching_parts(&self, filter: FileFilter) -> impl Iterator<Item = &FilePart> {
        let parts = self.parts.iter().rev();
        parts.filter(move |part| filter.matches_span(part.span))
    }

    /// The approximate number of rows in each part.
    pub(super) fn rows_per_part(&self) -> u64 {
        self.rows.div_ceil(self.parts.len().max(1) as u64)
    }

    /// The approximate number of rows in the parts that match.
    pub(super) fn matching_rows(&self, filter: FileFilter) -> u64 {
        self.rows_per_part() * self.matching_parts(filter).count() as u64
    }
}

impl FileFilter {
    fn matches_span(self, span: Option<(i64, i64)>) -> bool {
        match self {
            Self::All => true,
            Self::Within(from, to) => span.is_some_and(|(first, last)| first < to && from <= last),
            Self::AboutCalls(from, to) => {
                span.is_none_or(|(first, last)| first < to && from <= last)
            }
        }
    }
}

/// The nights that delivered calls.
struct CallNights {
    /// The dates of their files, as UTC days since 1970.
    days: BTreeSet<i64>,
    /// The day of the first call.
    first: Option<i64>,
}

impl CallNights {
    fn from_files(files: &[ImportedFile]) -> Self {
        let calls = files.iter().filter(|file| file.dataset == "Queue_Call");
        let first = calls.clone().filter_map(|file| file.span).min();
        Self {
            days: calls
                .filter_map(|file| parse_day(file_name(file)))
                .collect(),
            first: first.map(|(first, _)| first.div_euclid(DAY)),
        }
    }

    /// The first day that the files of a day cover: after a failed night, they cover several.
    fn first_day(&self, day: i64) -> i64 {
        if !self.days.contains(&day) {
            return day;
        }
        let before = self.days.range(..day).next_back().map(|before| before + 1);
        before.or(self.first).unwrap_or(day).min(day)
    }
}

/// Splits a file into its row groups, or returns it as one part if it has none.
fn split_parts(groups: Vec<RowGroup>, span: Option<(i64, i64)>) -> Vec<FilePart> {
    let ends = groups.iter().skip(1).map(|next| next.line - 1);
    let ends: Vec<u32> = ends.chain([u32::MAX]).collect();
    if groups.is_empty() {
        let lines = 0..=u32::MAX;
        return vec![FilePart { lines, span }];
    }
    let parts = groups.into_iter().zip(ends);
    let part = |(group, end): (RowGroup, u32)| FilePart {
        lines: group.line..=end,
        span: Some(group.span),
    };
    parts.map(part).collect()
}

fn file_name(file: &ImportedFile) -> &str {
    file.key.rsplit(['/', '\\']).next().unwrap_or(&file.key)
}

fn parse_day(name: &str) -> Option<i64> {
    let (digits, _) = name.split_at_checked(8)?;
    let date: Date = Date::strptime("%Y%m%d", digits).ok()?;
    Some(day_from_date(date))
}
