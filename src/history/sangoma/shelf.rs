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
    store::{Cells, FileId, StoreError, Stretch, TakenFile, View},
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
    /// The first day that it may tell of: the one after the file of calls before it.
    pub(super) since: Option<i64>,
    pub(super) rows: u64,
    /// Its rows in the order of their lines, cut where their time is known better than as a
    /// whole.
    parts: Vec<Part>,
}

/// Lines of a file that are read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) lines: RangeInclusive<u32>,
    /// The earliest and the latest time in them.
    span: Option<(i64, i64)>,
}

/// Which files of a container.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    All,
    /// With a time in this range.
    Within(i64, i64),
    /// Those without a time, as far as they may be about calls with an id in this range.
    OfCalls(i64, i64),
}

impl Shelf {
    pub(super) fn read(view: &View<'_>, source: &SourceId) -> Result<Self, StoreError> {
        let mut all = view.files(source)?;
        // The name without its folders begins with the date.
        all.sort_by(|a, b| (file_name(b), b.id).cmp(&(file_name(a), a.id)));
        let last = all.iter().map(|file| file.id.0).max().unwrap_or_default();
        let mut stretches = view.stretches(source)?;
        let nights = Nights::of(&all);
        let mut files: HashMap<&'static str, Vec<Filed>> = HashMap::new();
        for file in all {
            let Some(container) = Container::find(&file.dataset) else {
                continue;
            };
            let day = date(file_name(&file));
            files.entry(container.name).or_default().push(Filed {
                id: file.id,
                span: file.span,
                day,
                since: day.map(|day| nights.since(day)),
                rows: file.rows,
                parts: parts(stretches.remove(&file.id).unwrap_or_default(), file.span),
            });
        }
        Ok(Self { files, last })
    }

    pub(super) fn of(&self, container: &str, which: Which) -> impl Iterator<Item = &Filed> {
        let files = self.files.get(container).into_iter().flatten();
        files.filter(move |file| which.holds(file.span))
    }

    /// These columns of each record; the first column is the record's id.
    pub(super) fn records(
        &self,
        view: &View<'_>,
        container: &str,
        columns: &[&str],
        which: Which,
        mut each: impl FnMut(i64, &Cells<'_>),
    ) -> Result<(), StoreError> {
        let Some(table) = Container::find(container).map(|container| &container.table) else {
            return Ok(());
        };
        let mut seen: HashSet<i64> = HashSet::new();
        for file in self.of(container, which) {
            for part in file.parts(which) {
                let lines = (file.id, part.lines.clone());
                view.rows_of_lines(table, columns, lines, |row| {
                    if let Some(id) = row.integer(0).filter(|id| seen.insert(*id)) {
                        each(id, row);
                    }
                })?;
            }
        }
        Ok(())
    }

    /// The earliest and the latest time in a container.
    pub(super) fn span(&self, container: &str) -> Option<(i64, i64)> {
        let spans = self.of(container, Which::All).filter_map(|file| file.span);
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// About how many rows of a container reach into a day.
    pub(super) fn rows(&self, container: &str, from: i64, to: i64) -> u64 {
        let which = Which::Within(from, to);
        let files = self.of(container, which);
        files.map(|file| file.rows_in(which)).sum()
    }
}

impl Filed {
    /// Those parts that a time needs, the last lines first.
    pub(super) fn parts(&self, which: Which) -> impl Iterator<Item = &Part> {
        let parts = self.parts.iter().rev();
        parts.filter(move |part| which.holds(part.span))
    }

    /// About how many rows each part has.
    pub(super) fn rows_of_part(&self) -> u64 {
        self.rows.div_ceil(self.parts.len().max(1) as u64)
    }

    /// About how many rows those have that a time needs.
    pub(super) fn rows_in(&self, which: Which) -> u64 {
        self.rows_of_part() * self.parts(which).count() as u64
    }
}

impl Which {
    fn holds(self, span: Option<(i64, i64)>) -> bool {
        match self {
            Self::All => true,
            Self::Within(from, to) => span.is_some_and(|(first, last)| first < to && from <= last),
            Self::OfCalls(from, to) => span.is_none_or(|(first, last)| first < to && from <= last),
        }
    }
}

/// The nights that brought calls.
struct Nights {
    /// UTC days since 1970 of the dates of their files.
    days: BTreeSet<i64>,
    /// The day of the first call.
    first: Option<i64>,
}

impl Nights {
    fn of(files: &[TakenFile]) -> Self {
        let calls = files.iter().filter(|file| file.dataset == "Queue_Call");
        let first = calls.clone().filter_map(|file| file.span).min();
        Self {
            days: calls.filter_map(|file| date(file_name(file))).collect(),
            first: first.map(|(first, _)| first.div_euclid(86_400)),
        }
    }

    /// The first day that files of a day tell of: after a night that failed there are more.
    fn since(&self, day: i64) -> i64 {
        if !self.days.contains(&day) {
            return day;
        }
        let before = self.days.range(..day).next_back().map(|before| before + 1);
        before.or(self.first).unwrap_or(day).min(day)
    }
}

/// Parts with a time each, or all of the file where its stretches are not known.
fn parts(stretches: Vec<Stretch>, span: Option<(i64, i64)>) -> Vec<Part> {
    let ends = stretches.iter().skip(1).map(|next| next.line - 1);
    let ends: Vec<u32> = ends.chain([u32::MAX]).collect();
    if stretches.is_empty() {
        let lines = 0..=u32::MAX;
        return vec![Part { lines, span }];
    }
    let parts = stretches.into_iter().zip(ends);
    let part = |(stretch, end): (Stretch, u32)| Part {
        lines: stretch.line..=end,
        span: Some(stretch.span),
    };
    parts.map(part).collect()
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
