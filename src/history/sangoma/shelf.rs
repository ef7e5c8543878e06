//! What was taken in of a source, file by file, to be read again. Of a record that came
//! twice the row of the later file holds, and of one file the later line.

use std::collections::HashMap;

use foldhash::{HashSet, HashSetExt};
use jiff::civil::Date;

use crate::{
    domain::SourceId,
    store::{Cells, FileId, StoreError, TakenFile, View},
};

use super::Container;

/// The files of a source by container, the latest first.
#[derive(Debug)]
pub(super) struct Shelf {
    files: HashMap<&'static str, Vec<Filed>>,
    /// The greatest id of a file.
    pub(super) last: i64,
}

#[derive(Debug)]
pub(super) struct Filed {
    pub(super) id: FileId,
    /// The earliest and the latest time in its rows.
    span: Option<(i64, i64)>,
    /// UTC days since 1970 of the date in its name.
    pub(super) day: Option<i64>,
    pub(super) rows: u64,
}

/// Which files of a container.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    All,
    /// With a time in this range.
    Within(i64, i64),
}

impl Shelf {
    pub(super) fn read(view: &View<'_>, source: &SourceId) -> Result<Self, StoreError> {
        let mut all = view.files(source)?;
        // The name without its folders begins with the date.
        all.sort_by(|a, b| (file_name(b), b.id).cmp(&(file_name(a), a.id)));
        let last = all.iter().map(|file| file.id.0).max().unwrap_or_default();
        let mut files: HashMap<&'static str, Vec<Filed>> = HashMap::new();
        for file in all {
            let Some(container) = Container::find(&file.dataset) else {
                continue;
            };
            files.entry(container.name).or_default().push(Filed {
                id: file.id,
                span: file.span,
                day: date(file_name(&file)),
                rows: file.rows,
            });
        }
        Ok(Self { files, last })
    }

    pub(super) fn of(&self, container: &str, which: Which) -> impl Iterator<Item = &Filed> {
        let files = self.files.get(container).into_iter().flatten();
        files.filter(move |file| which.holds(file))
    }

    /// These columns of each record; the first column is the record's id.
    pub(super) fn records(
        &self,
        view: &View<'_>,
        container: &str,
        columns: &[&str],
        which: Which,
        each: impl FnMut(i64, &Cells<'_>),
    ) -> Result<(), StoreError> {
        self.records_of(view, container, columns, |file| which.holds(file), each)
    }

    /// The same of files that are chosen otherwise.
    pub(super) fn records_of(
        &self,
        view: &View<'_>,
        container: &str,
        columns: &[&str],
        is_wanted: impl Fn(&Filed) -> bool,
        mut each: impl FnMut(i64, &Cells<'_>),
    ) -> Result<(), StoreError> {
        let Some(table) = Container::find(container).map(|container| &container.table) else {
            return Ok(());
        };
        let mut seen: HashSet<i64> = HashSet::new();
        for file in self
            .of(container, Which::All)
            .filter(|file| is_wanted(file))
        {
            view.rows(table, columns, file.id, |row| {
                if let Some(id) = row.integer(0).filter(|id| seen.insert(*id)) {
                    each(id, row);
                }
            })?;
        }
        Ok(())
    }

    /// The earliest and the latest time in a container.
    pub(super) fn span(&self, container: &str) -> Option<(i64, i64)> {
        let spans = self.of(container, Which::All).filter_map(|file| file.span);
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// How many rows of a container lie in files that reach into a day.
    pub(super) fn rows(&self, container: &str, from: i64, to: i64) -> u64 {
        let files = self.of(container, Which::Within(from, to));
        files.map(|file| file.rows).sum()
    }
}

impl Which {
    pub(super) fn holds(self, file: &Filed) -> bool {
        match self {
            Self::All => true,
            Self::Within(from, to) => {
                (file.span).is_some_and(|(first, last)| first < to && from <= last)
            }
        }
    }
}

fn file_name(file: &TakenFile) -> &str {
    file.key.rsplit(['/', '\\']).next().unwrap_or(&file.key)
}

fn date(name: &str) -> Option<i64> {
    let (digits, _) = name.split_at_checked(8)?;
    let date: Date = Date::strptime("%Y%m%d", digits).ok()?;
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
    Some(days)
}
