//! What stands in Vergic's files under headers that no mapping speaks of: which there
//! are, and their values by hour or day.

use std::{collections::BTreeMap, fmt};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{self, ByName, Id, SourceId},
    history::{
        intervals::{Bucket, day_number},
        vergic::{self, DAY, Drawn, HOUR, Mapping, Period},
    },
    store::{NameClass, StoreError, View},
};

use super::{
    Export, History, MOST_IN_ALL, MOST_INTERVALS, ReportError, Step, catalogue::Catalogue, stretch,
};

pub use vergic::{Dataset, Several};

/// Files that are read for one drawing; more take longer than anybody waits.
const MOST_FILES: usize = 20_000;

/// How the files of a source are read.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The folder at the top of them.
    pub root: String,
    pub mapping: Mapping,
}

/// A column of a dataset, by its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub source: SourceId,
    pub dataset: String,
    pub header: String,
}

impl Header {
    /// `vergic/queues/Smiles`; a header may hold anything.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/').filter(|part| !part.is_empty());
        let (source, dataset, header) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            source: source.into(),
            dataset: dataset.to_owned(),
            header: header.to_owned(),
        })
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.source, self.dataset, self.header)
    }
}

/// By whom the values of a column are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByWhom {
    Queue,
    Agent,
}

#[derive(Clone, Debug)]
pub struct ColumnAsk {
    pub header: Header,
    pub by: Option<ByWhom>,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Shorter than an hour no file tells anything.
    pub step: Step,
    /// Whose wall clock hours and days follow.
    pub zone: TimeZone,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ColumnReport {
    pub all: Vec<ColumnRow>,
    /// Asked by whom: one of each, by name. Who is hidden is left out.
    pub series: Vec<ColumnSeries>,
    /// Some files are of longer times than the steps asked for.
    pub is_finer: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ColumnSeries {
    pub id: Id,
    pub name: String,
    pub rows: Vec<ColumnRow>,
}

/// One hour or day of the wall clock, half-open.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnRow {
    pub start: Timestamp,
    pub end: Timestamp,
    /// `None`: no file has a value of it.
    pub values: Option<Several>,
    /// Some file of it has no such column.
    pub is_partial: bool,
    /// Made of hours or days in UTC, which do not begin where it does.
    pub is_utc: bool,
}

impl History {
    /// The datasets of all sources that have files of their own columns.
    pub async fn datasets(&self) -> Result<Vec<(SourceId, Dataset)>, StoreError> {
        let shape = self.shape();
        let look = move |view: &View<'_>| {
            let mut all = Vec::new();
            for (export, columns) in with_columns(&shape.exports) {
                let files = view.files(&export.id)?;
                let datasets = vergic::datasets(&columns.mapping, &files, &columns.root);
                all.extend(datasets.into_iter().map(|one| (export.id.clone(), one)));
            }
            Ok(all)
        };
        self.store.look(look).await
    }

    /// The values of a column. `None` where no source has files of their own columns
    /// under this name.
    pub async fn column(&self, ask: ColumnAsk) -> Result<Option<ColumnReport>, ReportError> {
        let buckets = stretch((ask.from, ask.to), ask.step, &ask.zone)?;
        let shape = self.shape();
        let look = move |view: &View<'_>| {
            let mut sources = with_columns(&shape.exports);
            let source = sources.find(|(export, _)| export.id == ask.header.source);
            let Some((_, columns)) = source else {
                return Ok(Ok(None));
            };
            let catalogue = Catalogue::read(view, &shape)?;
            let told = report(view, &catalogue, columns, &ask, &buckets)?;
            Ok(told.map(Some))
        };
        self.store.look(look).await?
    }
}

fn with_columns(exports: &[Export]) -> impl Iterator<Item = (&Export, &Columns)> {
    let all = exports.iter();
    all.filter_map(|export| Some((export, export.columns.as_ref()?)))
}

fn report(
    view: &View<'_>,
    catalogue: &Catalogue<'_>,
    columns: &Columns,
    ask: &ColumnAsk,
    buckets: &[Bucket],
) -> Result<Result<ColumnReport, ReportError>, StoreError> {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else {
        return Ok(Err(ReportError::TooMany(MOST_INTERVALS)));
    };
    let drawn = Drawn {
        source: &ask.header.source,
        root: &columns.root,
        mapping: &columns.mapping,
        dataset: &ask.header.dataset,
        header: &ask.header.header,
        by: ask.by.map(ByWhom::column),
        // The date of the first and the last may lie beside them.
        range: (first.start - DAY, last.end + DAY),
        most: MOST_FILES,
    };
    let Some(drawing) = vergic::draw(view, &drawn)? else {
        return Ok(Err(ReportError::TooManyFiles(MOST_FILES)));
    };
    let frame = Frame { ask, buckets };
    let empty = frame.empty();
    let mut told = ColumnReport {
        all: empty.clone(),
        series: Vec::new(),
        is_finer: false,
    };
    let mut by_label: BTreeMap<String, Vec<ColumnRow>> = BTreeMap::new();
    for point in &drawing.points {
        let Some(place) = frame.place(point.period) else {
            told.is_finer |= frame.is_finer(point.period);
            continue;
        };
        put(&mut told.all, place, &point.values);
        if let (Some(label), Some(_)) = (&point.label, ask.by) {
            let is_new = !by_label.contains_key(label);
            if is_new && MOST_IN_ALL < (by_label.len() + 1) * buckets.len() {
                return Ok(Err(ReportError::TooMany(MOST_IN_ALL)));
            }
            let rows = by_label.entry(label.clone());
            put(rows.or_insert_with(|| empty.clone()), place, &point.values);
        }
    }
    for period in &drawing.lacking {
        let Some((at, _)) = frame.place(*period) else {
            continue;
        };
        for rows in by_label.values_mut().chain([&mut told.all]) {
            rows[at].is_partial |= rows[at].values.is_some();
        }
    }
    let class = ask.by.map_or(NameClass::Queue, ByWhom::class);
    let series = by_label.into_iter().filter_map(|(label, rows)| {
        let subject = catalogue.subject(class, &Id::new(&ask.header.source, &label));
        (!subject.is_hidden).then_some(ColumnSeries {
            id: subject.id,
            name: subject.name,
            rows,
        })
    });
    told.series = series.collect();
    told.series
        .sort_by(|a, b| (ByName(&a.name), &a.id).cmp(&(ByName(&b.name), &b.id)));
    Ok(Ok(told))
}

fn put(rows: &mut [ColumnRow], (at, is_utc): (usize, bool), values: &Several) {
    let row = &mut rows[at];
    row.is_utc |= is_utc;
    match &mut row.values {
        Some(all) => all.merge(values),
        none @ None => *none = Some(*values),
    }
}

/// The hours or days of a report.
struct Frame<'a> {
    ask: &'a ColumnAsk,
    buckets: &'a [Bucket],
}

impl Frame<'_> {
    fn empty(&self) -> Vec<ColumnRow> {
        let instant = |second| Timestamp::from_second(second).unwrap_or_default();
        let row = |bucket: &Bucket| ColumnRow {
            start: instant(bucket.start),
            end: instant(bucket.end),
            values: None,
            is_partial: false,
            is_utc: false,
        };
        self.buckets.iter().map(row).collect()
    }

    /// Where a file's period belongs, and whether its edges are other ones. A day in UTC
    /// belongs to the local day of its date.
    fn place(&self, period: Period) -> Option<(usize, bool)> {
        if period.length != HOUR && self.ask.step == Step::Day {
            let date = |bucket: &Bucket| day_number(bucket.start, &self.ask.zone);
            let is_its = |bucket: &Bucket| date(bucket) == Some(period.day());
            let at = self.buckets.iter().position(is_its)?;
            return Some((at, self.ask.zone.iana_name() != Some("UTC")));
        }
        if self.ask.step.seconds() < period.length {
            return None;
        }
        let buckets = self.buckets;
        let at = buckets.partition_point(|bucket| bucket.end <= period.start);
        let bucket = buckets.get(at)?;
        (bucket.start <= period.start).then_some((at, bucket.end < period.end()))
    }

    fn is_finer(&self, period: Period) -> bool {
        let overlaps = |bucket: &Bucket| bucket.start < period.end() && period.start < bucket.end;
        self.ask.step.seconds() < period.length && self.buckets.iter().any(overlaps)
    }
}

impl ByWhom {
    fn column(self) -> domain::Column {
        match self {
            Self::Queue => domain::Column::Queue,
            Self::Agent => domain::Column::Agent,
        }
    }

    fn class(self) -> NameClass {
        match self {
            Self::Queue => NameClass::Queue,
            Self::Agent => NameClass::Agent,
        }
    }
}
