//! Rows that were read of files, kept while days beside one another are reckoned: each
//! file, and of one of many days each part, is read once for all of them. Of what would need too much memory nothing is kept,
//! and it is read again.

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::store::{FileId, RowCells, StoreError, StoreView};

use super::{
    Container,
    file_catalog::{CatalogFile, FileCatalog, FileFilter, FilePart},
};

/// Of one kind of rows, in bytes.
const CACHE_BYTES_MAX: usize = 16 << 20;

/// A row of facts, as far as something is reckoned from it.
pub(super) trait FactRow: Copy {
    const CONTAINER: &'static str;
    /// The first is the record's id.
    const COLUMNS: &'static [&'static str];

    /// `None` where nothing can be reckoned from it.
    fn from_cells(row: &RowCells<'_>) -> Option<Self>;
}

/// Rows of one kind, of the files and their parts that were asked for last.
#[derive(Debug)]
pub(super) struct RowCache<T> {
    /// By the first line of a part.
    parts: HashMap<(FileId, u32), CachedRows<T>>,
    /// How many rows those have, and may have.
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
    /// Each record of files, and of parts of large ones, with a time in `begin..end`, by its
    /// id.
    pub(super) fn for_each_within(
        &mut self,
        from: (&StoreView<'_>, &FileCatalog),
        (begin, end): (i64, i64),
        mut take: impl FnMut(i64, T),
    ) -> Result<(), StoreError> {
        let which = FileFilter::Within(begin, end);
        self.for_each_row(from, which, |_| true, |_, id, row| take(id, row))
    }

    /// Each record of the wanted files without a time that may be about a call with an id in
    /// `begin..end`, with its file and id.
    pub(super) fn for_each_of_calls(
        &mut self,
        from: (&StoreView<'_>, &FileCatalog),
        (begin, end): (i64, i64),
        is_wanted: impl Fn(&CatalogFile) -> bool,
        take: impl FnMut(&CatalogFile, i64, T),
    ) -> Result<(), StoreError> {
        self.for_each_row(from, FileFilter::AboutCalls(begin, end), is_wanted, take)
    }

    /// Of a record that came twice the later file's row holds.
    fn for_each_row(
        &mut self,
        (view, all): (&StoreView<'_>, &FileCatalog),
        which: FileFilter,
        is_wanted: impl Fn(&CatalogFile) -> bool,
        mut take: impl FnMut(&CatalogFile, i64, T),
    ) -> Result<(), StoreError> {
        let Some(container) = Container::find_by_name(T::CONTAINER) else {
            return Ok(());
        };
        let files = all
            .matching_files(T::CONTAINER, which)
            .filter(|file| is_wanted(file));
        let parts = files.flat_map(|file| file.matching_parts(which).map(move |part| (file, part)));
        let parts: Vec<(&CatalogFile, &FilePart)> = parts.collect();
        self.evict_others(&parts);
        let mut seen: HashSet<i64> = HashSet::with_capacity(self.rows);
        for (file, part) in parts {
            let place = (file.id, *part.lines.start());
            let mut hold = |id: i64, row: Option<T>| {
                if seen.insert(id)
                    && let Some(row) = row
                {
                    take(file, id, row);
                }
            };
            if let Some(rows) = self.parts.get(&place) {
                for (id, row) in rows {
                    hold(*id, *row);
                }
                continue;
            }
            let rows = usize::try_from(file.rows_per_part()).unwrap_or(usize::MAX);
            // What is large is read again rather than kept beside what is made of it.
            let is_small = rows <= self.rows_max.div_ceil(3);
            let has_room = is_small && rows <= self.rows_max.saturating_sub(self.rows);
            let mut keep: Option<CachedRows<T>> = has_room.then(|| Vec::with_capacity(rows));
            let lines = (file.id, part.lines.clone());
            view.for_each_row_of_lines(&container.table, T::COLUMNS, lines, |cells| {
                if let Some(id) = cells.integer(0) {
                    let row = T::from_cells(cells);
                    hold(id, row);
                    if let Some(rows) = &mut keep {
                        rows.push((id, row));
                    }
                }
            })?;
            if let Some(rows) = keep {
                self.rows += rows.len();
                self.parts.insert(place, rows);
            }
        }
        Ok(())
    }

    fn evict_others(&mut self, parts: &[(&CatalogFile, &FilePart)]) {
        let wanted = parts
            .iter()
            .map(|(file, part)| (file.id, *part.lines.start()));
        let wanted: HashSet<(FileId, u32)> = wanted.collect();
        self.parts.retain(|place, _| wanted.contains(place));
        self.rows = self.parts.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::{
        domain::SourceId,
        history::sangoma::{
            fact_rows::{CallAttemptRow, CallIssueRow},
            row_mapper::ContactPolicy,
            tests::SangomaFixture,
        },
    };

    use super::*;

    const HEADER: &str = "call_issue_queue_call_id,queue_call_id,call_issue_id\n";

    async fn fixture_with_files() -> SangomaFixture {
        let bench = SangomaFixture::new();
        for (day, rows) in [(3, "1,10,5\n2,11,6\n2,11,7\n"), (4, "1,10,8\n,12,9\n")] {
            let name = "1234-Call_Issue_Queue_Call-F";
            let key = format!("FACTS/{name}/202501{day:02}-{name}.csv");
            let content = format!("{HEADER}{rows}");
            let taken = bench
                .import_file(&key, &content, ContactPolicy::default())
                .await;
            taken.unwrap();
        }
        bench
    }

    /// Issues by record, twice with what was kept, and how many rows were.
    async fn read_cached(bench: &SangomaFixture, most: usize) -> (Vec<(i64, i64)>, usize) {
        let look = move |view: &StoreView<'_>| {
            let shelf = FileCatalog::load(view, &SourceId::from("calls"))?;
            let mut kept = RowCache::<CallIssueRow> {
                rows_max: most,
                ..RowCache::default()
            };
            let mut found = Vec::new();
            for _ in 0..2 {
                let all = (view, &shelf);
                let take = |_: &CatalogFile, id, row: CallIssueRow| found.push((id, row.issue));
                kept.for_each_of_calls(all, (0, 100), |_| true, take)?;
            }
            Ok((found, kept.rows))
        };
        bench.store.with_view(look).await.unwrap()
    }

    #[tokio::test]
    async fn kept_rows_and_those_read_again_are_the_same_and_the_later_row_holds() {
        let bench = fixture_with_files().await;

        let expected = vec![(1, 8), (2, 7), (1, 8), (2, 7)];
        for (most, kept) in [(0, 0), (2, 1), (1_000, 4)] {
            assert_eq!(read_cached(&bench, most).await, (expected.clone(), kept));
        }
    }

    #[tokio::test]
    async fn of_a_file_of_many_days_only_what_reaches_into_the_window_is_read() {
        const DAY: i64 = 86_400;
        let bench = SangomaFixture::new();
        let (days, rows) = (20, 3_000);
        let mut content = "call_attempt_id,agent_id,start_time,end_time\n".to_owned();
        for row in 0..days * rows {
            let start = 20_000 * DAY + row * DAY / rows;
            writeln!(content, "{},9,{start},{}", row + 1, start + 9).unwrap();
        }
        let name = "1234-Call_Attempt-F";
        let key = format!("FACTS/{name}/20250103-{name}.csv");
        let taken = bench
            .import_file(&key, &content, ContactPolicy::default())
            .await;
        taken.unwrap();

        let look = move |view: &StoreView<'_>| {
            let shelf = FileCatalog::load(view, &SourceId::from("calls"))?;
            let mut kept = RowCache::<CallAttemptRow>::default();
            let mut of_days = Vec::new();
            for day in 20_000..20_000 + days {
                let (begin, end) = (day * DAY, (day + 1) * DAY);
                let mut count = 0;
                kept.for_each_within((view, &shelf), (begin, end), |_, attempt| {
                    count += i64::from((begin..end).contains(&attempt.start));
                })?;
                of_days.push((count, kept.rows));
            }
            Ok(of_days)
        };
        let of_days = bench.store.with_view(look).await.unwrap();

        let most = of_days.iter().map(|(_, kept)| *kept).max().unwrap();
        assert!(
            of_days.iter().all(|(count, _)| *count == rows),
            "{of_days:?}"
        );
        // The day itself, and what of its neighbors lies beside it.
        assert!(most < 5 * 3_000, "{most} rows were read at once");
    }
}
