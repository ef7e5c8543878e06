//! Figures under their own header: what no mapping speaks of can be drawn all the same,
//! by the hour or the day of its files, and by queue or agent where a dataset names them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{Column, SourceId},
    store::{StoreError, TakenFile, View},
};

use super::{
    cells::{self, Cell},
    columns::{self, Mapping, Places, plain},
    layout::{Export, HOUR, Period},
    notes::Notes,
    privacy,
    taking::ROWS,
};

/// What is to be drawn.
#[derive(Clone, Debug)]
pub struct Drawn<'a> {
    pub source: &'a SourceId,
    /// The folder at the top of its files.
    pub root: &'a str,
    pub mapping: &'a Mapping,
    pub dataset: &'a str,
    pub header: &'a str,
    /// By whom, where the dataset's queues or agents are mapped.
    pub by: Option<Column>,
    /// Unix seconds, half-open.
    pub range: (i64, i64),
    /// More files than that are not read for one drawing.
    pub most: usize,
}

/// What stands under a header, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    pub points: Vec<Point>,
    /// Hours and days whose file has no such header.
    pub lacking: Vec<Period>,
}

/// The values of one period in UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub period: Period,
    /// Whose they are, where it is drawn by somebody.
    pub label: Option<String>,
    pub values: Several,
}

/// Several values, of which nobody says whether they can be added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Several {
    pub count: u32,
    pub sum: f64,
    pub least: f64,
    pub most: f64,
}

impl Several {
    pub fn one(value: f64) -> Self {
        Self {
            count: 1,
            sum: value,
            least: value,
            most: value,
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    /// Of all values alike, however much each stands for.
    pub fn mean(&self) -> f64 {
        self.sum / f64::from(self.count)
    }
}

/// The numbers under a header. Of a day that has hours only those. `None` where that
/// would be too many files.
pub fn draw(view: &View<'_>, drawn: &Drawn<'_>) -> Result<Option<Drawing>, StoreError> {
    let mut latest: BTreeMap<Period, TakenFile> = BTreeMap::new();
    let mut with_hours = BTreeSet::new();
    for file in view.files(drawn.source)? {
        let export = Export::read(&file.key, drawn.root);
        let is_its = |export: &Export| export.dataset.eq_ignore_ascii_case(drawn.dataset);
        let Some(Export { period, .. }) = export.filter(is_its) else {
            continue;
        };
        if period.length == HOUR {
            with_hours.insert(period.day());
        }
        let is_inside = period.start < drawn.range.1 && drawn.range.0 < period.end();
        let is_known = latest.get(&period).is_some_and(|known| file.id < known.id);
        if is_inside && !is_known {
            latest.insert(period, file);
        }
    }
    latest.retain(|period, _| period.length == HOUR || !with_hours.contains(&period.day()));
    if drawn.most < latest.len() {
        return Ok(None);
    }
    let mut drawing = Drawing::default();
    for (period, file) in latest {
        let Some(values) = of_file(view, drawn, period, &file)? else {
            drawing.lacking.push(period);
            continue;
        };
        drawing
            .points
            .extend(values.into_iter().map(|(label, values)| Point {
                period,
                label,
                values,
            }));
    }
    Ok(Some(drawing))
}

/// `None` where the file has no such header.
fn of_file(
    view: &View<'_>,
    drawn: &Drawn<'_>,
    period: Period,
    file: &TakenFile,
) -> Result<Option<BTreeMap<Option<String>, Several>>, StoreError> {
    let headers = Notes::read(&file.notes).map_or_else(Vec::new, |notes| notes.headers);
    let wanted = plain(drawn.header);
    let Some(at) = headers.iter().position(|header| plain(header) == wanted) else {
        return Ok(None);
    };
    let columns = drawn.mapping.of(drawn.dataset);
    let places = columns.map(|columns| Places::find(columns, &headers));
    let label = (drawn.by).and_then(|by| places.as_ref().and_then(|places| places.at(by)));
    let is_mapped = places.as_ref().is_some_and(|places| places.has(at));
    // What adds up others would count them again.
    let is_left_out = |row: &[Cell<'_>]| match &places {
        Some(places) => places.read(row, period).is_err(),
        None => row.iter().any(|cell| columns::is_sum(&cell.to_text())),
    };
    let mut values: BTreeMap<Option<String>, Several> = BTreeMap::new();
    view.rows(&ROWS, &["cells"], file.id, |row| {
        let row = row.text(0).map(cells::from_json).unwrap_or_default();
        let Some(cell @ Cell::Number(value)) = row.get(at) else {
            return;
        };
        if is_left_out(&row) || !is_mapped && privacy::is_personal(&headers[at], cell) {
            return;
        }
        let label = label
            .and_then(|label| row.get(label))
            .map(|cell| cell.to_text().trim().to_owned());
        let value = Several::one(*value);
        values
            .entry(label)
            .and_modify(|all| all.merge(&value))
            .or_insert(value);
    })?;
    Ok(Some(values))
}
