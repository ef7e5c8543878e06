//! Caches rows of files while adjacent days are computed, so that each file or part is read
//! once for all of them. Parts that would need too much memory aren't cached: they are read
//! again.

use std::ops::Range;

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::intervals::TimeSpan;
use wallboard_store::{FileId, RowCells, StoreError};

use super::{
    Container,
    file_catalog::{CatalogFile, FileFilter, FilePart, StoredFiles},
};

/// The limit for one kind of rows, in bytes.
const CACHE_BYTES_MAX: usize = 16 << 20;

/// A row of facts, with the columns that figures are computed from.
pub(super) trait FactRow: Copy {
    const CONTAINER: &'static str;
    /// The first is the record's id.
    const COLUMNS: &'static [&'static str];

    /// Returns `None` if nothing can be computed from it.
    fn from_cells(row: &RowCells<'_>) -> Option<Self>;
}

/// Rows of one kind, from the last requested files and parts.
#[derive(Debug)]
pub(super) struct RowCache<T> {
    /// Cached parts, by file and first line.
    parts: HashMap<(FileId, u32), CachedRows<T>>,
    /// The number of cached rows, and its limit.
    rows: usize,
    rows_max: usize,
}

type CachedRows<T> = Vec<(i64, Option<T>)>;

impl<T> Default for RowCache<T> {
    fn default() -> Self {
        Self {
            parts: HashMap::default(),
            rows: 0,
            rows_max: CACHE_BYTES_MAX / size_of::<(i64, Option<T>)>(),
        }
    }
}

impl<T: FactRow> RowCache<T> {
    /// Passes each record to `take`, with its id, from files and parts with a time in the span.
    pub(super) fn for_each_within(
        &mut self,
        files: StoredFiles<'_>,
        within: TimeSpan,
        mut take: impl FnMut(i64, T),
    ) -> Result<(), StoreError> {
        let filter = FileFilter::Within(within.start, within.end);
        self.for_each_row(files, filter, |_| true, |_, id, row| take(id, row))
    }

    /// Passes each record to `take`, with its file and id, from the wanted files without a time
    /// that may refer to a call with one of these ids.
    pub(super) fn for_each_of_calls(
        &mut self,
        files: StoredFiles<'_>,
        ids: Range<i64>,
        is_wanted: impl Fn(&CatalogFile) -> bool,
        take: impl FnMut(&CatalogFile, i64, T),
    ) -> Result<(), StoreError> {
        let filter = FileFilter::AboutCalls(ids.start, ids.end);
        self.for_each_row(files, filter, is_wanted, take)
    }

    /// If a record occurs twice, the later file's row wins.
    fn for_each_row(
        &mut self,
        StoredFiles { view, catalog }: StoredFiles<'_>,
        filter: FileFilter,
        is_wanted: impl Fn(&CatalogFile) -> bool,
        mut take: impl FnMut(&CatalogFile, i64, T),
    ) -> Result<(), StoreError> {
        let table = &Container::declared(T::CONTAINER).table;
        let files = catalog
            .matching_files(T::CONTAINER, filter)
            .filter(|file| is_wanted(file));
        let parts =
            files.flat_map(|file| file.matching_parts(filter).map(move |part| (file, part)));
        let parts: Vec<(&CatalogFile, &FilePart)> = parts.collect();
        self.evict_others(&parts);
        let mut seen: HashSet<i64> = HashSet::with_capacity(self.rows);
        for (file, part) in parts {
            let key = (file.id, *part.lines.start());
            let mut emit = |id: i64, row: Option<T>| {
                if seen.insert(id)
                    && let Some(row) = row
                {
                    take(file, id, row);
                }
            };
            if let Some(rows) = self.parts.get(&key) {
                for (id, row) in rows {
                    emit(*id, *row);
                }
                continue;
            }
            let rows = usize::try_from(file.rows_per_part()).unwrap_or(usize::MAX);
            // Large parts are read again: memory is better used for the figures computed from them.
            let is_small = rows <= self.rows_max.div_ceil(3);
            let has_room = is_small && rows <= self.rows_max.saturating_sub(self.rows);
            let mut cached: Option<CachedRows<T>> = has_room.then(|| Vec::with_capacity(rows));
            let lines = part.lines.clone();
            view.for_each_row_of_lines(table, T::COLUMNS, file.id, lines, |cells| {
                if let Some(id) = cells.integer(0) {
                    let row = T::from_cells(cells);
                    emit(id, row);
                    if let Some(rows) = &mut cached {
                        rows.push((id, row));
                    }
                }
            })?;
            if let Some(rows) = cached {
                self.rows += rows.len();
                self.parts.insert(key, rows);
            }
        }
        Ok(())
    }

    fn evict_others(&mut self, parts: &[(&CatalogFile, &FilePart)]) {
        let wanted = parts
            .iter()
            .map(|(file, part)| (file.id, *part.lines.start()));
        let wanted: HashSet<(FileId, u32)> = wanted.collect();
        self.parts.retain(|key, _| wanted.contains(key));
        self.rows = self.parts.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::sangoma::{
        fact_rows::{CallAttemptRow, CallIssueRow},
        file_catalog::FileCatalog,
        tests::SangomaFixture,
    };
    use wallboard_domain::SourceId;
    use wallboard_store::StoreView;

    use super::*;

    const HEADER: &str = "call_issue_queue_call_id,queue_call_id,call_issue_id\n";

    async fn fixture_with_files() -> SangomaFixture {
        let fixture = SangomaFixture::new();
        for (day, rows) in [(3, "1,10,5\n2,11,6\n2,11,7\n"), (4, "1,10,8\n,12,9\n")] {
            let name = "1234-Call_Issue_Queue_Call-F";
            let key = format!("FACTS/{name}/202501{day:02}-{name}.csv");
            let content = format!("{HEADER}{rows}");
            let result = fixture.import_file(&key, &content, false).await;
            result.unwrap();
        }
        fixture
    }

    /// Reads the issues by record twice through the cache. Returns them, and the number of
    /// cached rows.
    async fn read_cached(fixture: &SangomaFixture, rows_max: usize) -> (Vec<(i64, i64)>, usize) {
        let read = move |view: &StoreView<'_>| {
            let catalog = &FileCatalog::load(view, &SourceId::from("calls"))?;
            let files = StoredFiles { view, catalog };
            let mut cache = RowCache::<CallIssueRow> {
                rows_max,
                ..RowCache::default()
            };
            let mut found = Vec::new();
            for _ in 0..2 {
                let take = |_: &CatalogFile, id, row: CallIssueRow| found.push((id, row.issue));
                cache.for_each_of_calls(files, 0..100, |_| true, take)?;
            }
            Ok((found, cache.rows))
        };
        fixture.store.with_view(read).await.unwrap()
    }

    #[tokio::test]
    async fn cached_rows_equal_reread_rows_and_the_later_row_wins() {
        let fixture = fixture_with_files().await;

        let expected = vec![(1, 8), (2, 7), (1, 8), (2, 7)];
        for (rows_max, cached) in [(0, 0), (2, 1), (1_000, 4)] {
            assert_eq!(
                read_cached(&fixture, rows_max).await,
                (expected.clone(), cached)
            );
        }
    }

    #[tokio::test]
    async fn only_parts_in_the_window_are_read_from_a_file_of_many_days() {
        const DAY: i64 = 86_400;
        let fixture = SangomaFixture::new();
        let (days, rows) = (20, 3_000);
        let mut content = "call_attempt_id,agent_id,start_time,end_time\n".to_owned();
        for row in 0..days * rows {
            let start = 20_000 * DAY + row * DAY / rows;
            writeln!(content, "{},9,{start},{}", row + 1, start + 9).unwrap();
        }
        let name = "1234-Call_Attempt-F";
        let key = format!("FACTS/{name}/20250103-{name}.csv");
        let result = fixture.import_file(&key, &content, false).await;
        result.unwrap();

        let read = move |view: &StoreView<'_>| {
            let catalog = &FileCatalog::load(view, &SourceId::from("calls"))?;
            let files = StoredFiles { view, catalog };
            let mut cache = RowCache::<CallAttemptRow>::default();
            let mut days_read = Vec::new();
            for day in 20_000..20_000 + days {
                let (start, end) = (day * DAY, (day + 1) * DAY);
                let within = TimeSpan { start, end };
                let mut count = 0;
                cache.for_each_within(files, within, |_, attempt| {
                    count += i64::from(within.contains(attempt.start));
                })?;
                days_read.push((count, cache.rows));
            }
            Ok(days_read)
        };
        let days_read = fixture.store.with_view(read).await.unwrap();

        let most = days_read
            .iter()
            .map(|(_, cached_rows)| *cached_rows)
            .max()
            .unwrap();
        assert!(
            days_read.iter().all(|(count, _)| *count == rows),
            "{days_read:?}"
        );
        // The day itself, and the adjacent rows of its neighbors.
        assert!(most < 5 * 3_000, "{most} rows were read at once");
    }
}
