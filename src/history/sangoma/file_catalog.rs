//! What was taken in of a source, file by file, to be read again. Of a record that came
//! twice the row of the later file holds, and of one file the later line.

use std::{
    collections::{BTreeSet, HashMap},
    ops::RangeInclusive,
};

use foldhash::{HashSet, HashSetExt};
use jiff::civil::Date;

use crate::{
    domain::SourceId,
    store::{FileId, ImportedFile, RowCells, RowGroup, StoreError, StoreView},
};

use super::Container;

/// The files of a source by container, the latest first.
#[derive(Debug)]
pub(super) struct FileCatalog {
    files: HashMap<&'static str, Vec<CatalogFile>>,
    /// The greatest id of a file.
    pub(super) last_id: i64,
}

#[derive(Debug)]
pub(super) struct CatalogFile {
    pub(super) id: FileId,
    /// The earliest and the latest time in its rows.
    span: Option<(i64, i64)>,
    /// UTC days since 1970 of the date in its name.
    pub(super) day: Option<i64>,
    /// The first day that it may tell of: the one after the file of calls before it.
    pub(super) since: Option<i64>,
    pub(super) rows: u64,
    /// Its rows in the order of their lines, cut where their time is known better than as a
    /// whole.
    parts: Vec<FilePart>,
}

/// Lines of a file that are read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilePart {
    pub(super) lines: RangeInclusive<u32>,
    /// The earliest and the latest time in them.
    span: Option<(i64, i64)>,
}

/// Which files of a container.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileFilter {
    All,
    /// With a time in this range.
    Within(i64, i64),
    /// Those without a time, as far as they may be about calls with an id in this range.
    AboutCalls(i64, i64),
}

impl FileCatalog {
    pub(super) fn load(view: &StoreView<'_>, source: &SourceId) -> Result<Self, StoreError> {
        let mut all = view.load_files(source)?;
        // The name without its folders begins with the date.
        all.sort_by(|a, b| (file_name(b), b.id).cmp(&(file_name(a), a.id)));
        let last = all.iter().map(|file| file.id.0).max().unwrap_or_default();
        let mut stretches = view.load_row_groups(source)?;
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
                parts: split_parts(stretches.remove(&file.id).unwrap_or_default(), file.span),
            });
        }
        Ok(Self {
            files,
            last_id: last,
        })
    }

    pub(super) fn matching_files(
        &self,
        container: &str,
        which: FileFilter,
    ) -> impl Iterator<Item = &CatalogFile> {
        let files = self.files.get(container).into_iter().flatten();
        files.filter(move |file| which.matches_span(file.span))
    }

    /// These columns of each record; the first column is the record's id.
    pub(super) fn for_each_record(
        &self,
        view: &StoreView<'_>,
        container: &str,
        columns: &[&str],
        which: FileFilter,
        mut each: impl FnMut(i64, &RowCells<'_>),
    ) -> Result<(), StoreError> {
        let Some(table) = Container::find_by_name(container).map(|container| &container.table)
        else {
            return Ok(());
        };
        let mut seen: HashSet<i64> = HashSet::new();
        for file in self.matching_files(container, which) {
            for part in file.matching_parts(which) {
                let lines = (file.id, part.lines.clone());
                view.for_each_row_of_lines(table, columns, lines, |row| {
                    if let Some(id) = row.integer(0).filter(|id| seen.insert(*id)) {
                        each(id, row);
                    }
                })?;
            }
        }
        Ok(())
    }

    /// The earliest and the latest time in a container.
    pub(super) fn container_span(&self, container: &str) -> Option<(i64, i64)> {
        let spans = self
            .matching_files(container, FileFilter::All)
            .filter_map(|file| file.span);
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// About how many rows of a container reach into a day.
    pub(super) fn estimate_rows(&self, container: &str, from: i64, to: i64) -> u64 {
        let which = FileFilter::Within(from, to);
        let files = self.matching_files(container, which);
        files.map(|file| file.matching_rows(which)).sum()
    }
}

impl CatalogFile {
    /// Those parts that a time needs, the last lines first.
    pub(super) fn matching_parts(&self, which: FileFilter) -> impl Iterator<Item = &FilePart> {
        let parts = self.parts.iter().rev();
        parts.filter(move |part| which.matches_span(part.span))
    }

    /// About how many rows each part has.
    pub(super) fn rows_per_part(&self) -> u64 {
        self.rows.div_ceil(self.parts.len().max(1) as u64)
    }

    /// About how many rows those have that a time needs.
    pub(super) fn matching_rows(&self, which: FileFilter) -> u64 {
        self.rows_per_part() * self.matching_parts(which).count() as u64
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

/// The nights that brought calls.
struct CallNights {
    /// UTC days since 1970 of the dates of their files.
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
            first: first.map(|(first, _)| first.div_euclid(86_400)),
        }
    }

    /// The first day that files of a day tell of: after a night that failed there are more.
    fn first_day(&self, day: i64) -> i64 {
        if !self.days.contains(&day) {
            return day;
        }
        let before = self.days.range(..day).next_back().map(|before| before + 1);
        before.or(self.first).unwrap_or(day).min(day)
    }
}

/// Parts with a time each, or all of the file where its stretches are not known.
fn split_parts(stretches: Vec<RowGroup>, span: Option<(i64, i64)>) -> Vec<FilePart> {
    let ends = stretches.iter().skip(1).map(|next| next.line - 1);
    let ends: Vec<u32> = ends.chain([u32::MAX]).collect();
    if stretches.is_empty() {
        let lines = 0..=u32::MAX;
        return vec![FilePart { lines, span }];
    }
    let parts = stretches.into_iter().zip(ends);
    let part = |(stretch, end): (RowGroup, u32)| FilePart {
        lines: stretch.line..=end,
        span: Some(stretch.span),
    };
    parts.map(part).collect()
}

fn file_name(file: &ImportedFile) -> &str {
    file.key.rsplit(['/', '\\']).next().unwrap_or(&file.key)
}

fn parse_day(name: &str) -> Option<i64> {
    let (digits, _) = name.split_at_checked(8)?;
    let date: Date = Date::strptime("%Y%m%d", digits).ok()?;
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    Some(days)
}
