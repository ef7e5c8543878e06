//! Rows that were read of files, kept while days beside one another are reckoned: each
//! file is read once for all of them. Of what would need too much memory nothing is kept,
//! and it is read again.

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::store::{Cells, FileId, StoreError, View};

use super::{
    Container,
    shelf::{Filed, Shelf, Which},
};

/// Of one kind of rows, in bytes.
const MOST: usize = 16 << 20;

/// A row of facts, as far as something is reckoned from it.
pub(super) trait Row: Copy {
    const CONTAINER: &'static str;
    /// The first is the record's id.
    const COLUMNS: &'static [&'static str];

    /// `None` where nothing can be reckoned from it.
    fn read(row: &Cells<'_>) -> Option<Self>;
}

/// Rows of one kind, of the files that were asked for last.
#[derive(Debug)]
pub(super) struct Kept<T> {
    files: HashMap<FileId, Rows<T>>,
    /// How many rows those have, and may have.
    rows: usize,
    most: usize,
}

type Rows<T> = Vec<(i64, Option<T>)>;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            files: HashMap::default(),
            rows: 0,
            most: MOST / size_of::<(i64, Option<T>)>(),
        }
    }
}

impl<T: Row> Kept<T> {
    /// Each record of files with a time in `begin..end`, by its id.
    pub(super) fn within(
        &mut self,
        from: (&View<'_>, &Shelf),
        (begin, end): (i64, i64),
        mut take: impl FnMut(i64, T),
    ) -> Result<(), StoreError> {
        let is_wanted = |file: &Filed| Which::Within(begin, end).holds(file);
        self.each(from, is_wanted, |_, id, row| take(id, row))
    }

    /// Each record of the wanted files with its file and id. Of a record that came twice
    /// the later file's row holds.
    pub(super) fn each(
        &mut self,
        (view, all): (&View<'_>, &Shelf),
        is_wanted: impl Fn(&Filed) -> bool,
        mut take: impl FnMut(&Filed, i64, T),
    ) -> Result<(), StoreError> {
        let Some(container) = Container::find(T::CONTAINER) else {
            return Ok(());
        };
        let files = all.of(T::CONTAINER, Which::All);
        let files: Vec<&Filed> = files.filter(|file| is_wanted(file)).collect();
        self.forget_others(&files);
        let mut seen: HashSet<i64> = HashSet::with_capacity(self.rows);
        for file in files {
            let mut hold = |id: i64, row: Option<T>| {
                if seen.insert(id)
                    && let Some(row) = row
                {
                    take(file, id, row);
                }
            };
            if let Some(rows) = self.files.get(&file.id) {
                for (id, row) in rows {
                    hold(*id, *row);
                }
                continue;
            }
            let rows = usize::try_from(file.rows).unwrap_or(usize::MAX);
            let has_room = rows <= self.most.saturating_sub(self.rows);
            let mut keep: Option<Rows<T>> = has_room.then(|| Vec::with_capacity(rows));
            view.rows(&container.table, T::COLUMNS, file.id, |cells| {
                if let Some(id) = cells.integer(0) {
                    let row = T::read(cells);
                    hold(id, row);
                    if let Some(rows) = &mut keep {
                        rows.push((id, row));
                    }
                }
            })?;
            if let Some(rows) = keep {
                self.rows += rows.len();
                self.files.insert(file.id, rows);
            }
        }
        Ok(())
    }

    fn forget_others(&mut self, files: &[&Filed]) {
        let wanted: HashSet<FileId> = files.iter().map(|file| file.id).collect();
        self.files.retain(|id, _| wanted.contains(id));
        self.rows = self.files.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::SourceId,
        history::sangoma::{fact_rows::Issue, rows::Contacts, tests::Bench},
    };

    use super::*;

    const HEADER: &str = "call_issue_queue_call_id,queue_call_id,call_issue_id\n";

    async fn house() -> Bench {
        let bench = Bench::new();
        for (day, rows) in [(3, "1,10,5\n2,11,6\n2,11,7\n"), (4, "1,10,8\n,12,9\n")] {
            let name = "1234-Call_Issue_Queue_Call-F";
            let key = format!("FACTS/{name}/202501{day:02}-{name}.csv");
            let content = format!("{HEADER}{rows}");
            let taken = bench.take(&key, &content, Contacts::default()).await;
            taken.unwrap();
        }
        bench
    }

    /// Issues by record, twice with what was kept, and how many rows were.
    async fn read(bench: &Bench, most: usize) -> (Vec<(i64, i64)>, usize) {
        let look = move |view: &View<'_>| {
            let shelf = Shelf::read(view, &SourceId::from("calls"))?;
            let mut kept = Kept::<Issue> {
                most,
                ..Kept::default()
            };
            let mut found = Vec::new();
            for _ in 0..2 {
                let all = (view, &shelf);
                kept.each(all, |_| true, |_, id, row| found.push((id, row.issue)))?;
            }
            Ok((found, kept.rows))
        };
        bench.store.look(look).await.unwrap()
    }

    #[tokio::test]
    async fn kept_rows_and_those_read_again_are_the_same_and_the_later_row_holds() {
        let bench = house().await;

        let expected = vec![(1, 8), (2, 7), (1, 8), (2, 7)];
        for (most, kept) in [(0, 0), (2, 1), (1_000, 4)] {
            assert_eq!(read(&bench, most).await, (expected.clone(), kept));
        }
    }
}
