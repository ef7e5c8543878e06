//! Maps the columns of files by configuration, and reads rows with them.

use std::collections::HashMap;

use strum::{EnumCount, IntoEnumIterator};

use wallboard_domain::{ImportColumn, Pattern, Patterns};

use wallboard_runtime::csv_text::{
    is_total_row, normalize_header, number_parsing, seconds_per_unit,
};

use super::{layout::ExportPeriod, vergic_cell::VergicCell};

/// Incremented when the same rows yield different figures.
const RULES_VERSION: u32 = 3;

/// The configured columns: a pair for each header that may hold one of our columns, the first
/// choice first. Names of datasets match in any case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnMapping(Patterns<Vec<(ImportColumn, String)>>);

impl ColumnMapping {
    /// Takes columns by dataset, in the order of the configuration: of two with the same columns,
    /// the first counts.
    pub fn new(columns: &Patterns<Vec<(ImportColumn, String)>>) -> Self {
        let lower = columns
            .0
            .iter()
            .map(|(Pattern(pattern), columns)| (Pattern(pattern.to_lowercase()), columns.clone()));
        Self(Patterns(lower.collect()))
    }

    /// Returns the mapping of a dataset's columns.
    pub(super) fn columns_of(&self, dataset: &str) -> Option<&[(ImportColumn, String)]> {
        self.0.get(&dataset.to_lowercase()).map(Vec::as_slice)
    }

    /// Returns the dataset's position in the configuration.
    pub(super) fn rank(&self, dataset: &str) -> usize {
        let found = self.columns_of(dataset).map(<[_]>::as_ptr);
        let entries = self.0.0.iter().map(|(_, columns)| Some(columns.as_ptr()));
        entries
            .zip(0..)
            .find(|(columns, _)| *columns == found)
            .map_or(usize::MAX, |(_, rank)| rank)
    }

    /// Returns the columns by dataset, in the order of the configuration.
    pub fn entries(&self) -> &[(Pattern, Vec<(ImportColumn, String)>)] {
        &self.0.0
    }

    /// Returns the kinds of the datasets that map this column.
    pub(super) fn kinds_with(&self, column: ImportColumn) -> impl Iterator<Item = DatasetKind> {
        let maps_column = move |columns: &&Vec<(ImportColumn, String)>| has_column(columns, column);
        let all = self.0.0.iter().map(|(_, columns)| columns);
        all.filter(maps_column)
            .filter_map(|columns| DatasetKind::from_columns(columns))
    }

    /// Changes when the mapping changes.
    pub fn fingerprint(&self) -> String {
        format!("{RULES_VERSION} {:?}", self.0)
    }
}

/// The mapped columns of one file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeaderLayout {
    present: Vec<MappedColumn>,
    /// Mapped columns that the file lacks, with each header that they may have.
    pub(super) missing: Vec<(ImportColumn, String)>,
    pub(super) kind: Option<DatasetKind>,
}

#[derive(Clone, Debug, PartialEq)]
struct MappedColumn {
    column: ImportColumn,
    index: usize,
    header: String,
    seconds_per_unit: f64,
}

/// The subjects that a file's rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DatasetKind {
    pub(super) by_queue: bool,
    pub(super) by_agent: bool,
}

/// The values of one row. A value is a count, or seconds; a mean becomes its sum.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RowValues {
    pub(super) queue: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) values: ColumnValues,
}

/// A row that can't be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UnreadableRow {
    /// The names in it, without values.
    pub(super) names: RowValues,
    /// Whether its time is outside its folder's period: other rows of its subjects then count.
    pub(super) is_outside_period: bool,
}

/// The known values, by column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ColumnValues([Option<f64>; ImportColumn::COUNT]);

impl Default for ColumnValues {
    fn default() -> Self {
        Self([None; ImportColumn::COUNT])
    }
}

impl ColumnValues {
    pub(super) fn get(&self, column: ImportColumn) -> Option<f64> {
        self.0[column as usize]
    }

    pub(super) fn set(&mut self, column: ImportColumn, value: Option<f64>) {
        self.0[column as usize] = value;
    }

    /// Adds another row of the same subject and time. A value unknown in one is unknown in the sum.
    pub(super) fn add_row(&mut self, other: &Self) {
        for column in ImportColumn::iter() {
            let (mine, theirs) = (self.get(column), other.get(column));
            let both = match column {
                // The longest of those that are known.
                ImportColumn::LongestWait => mine.into_iter().chain(theirs).reduce(f64::max),
                _ => mine.zip(theirs).map(|(mine, theirs)| mine + theirs),
            };
            self.set(column, both);
        }
    }
}

impl HeaderLayout {
    /// Locates the mapped columns in a header. Of several headers for one column, the first that
    /// exists counts.
    pub(super) fn locate(columns: &[(ImportColumn, String)], headers: &[String]) -> Self {
        let mut indexes: HashMap<String, usize> = HashMap::new();
        for (index, header) in headers.iter().enumerate() {
            // Of two equal headers, the first counts.
            indexes.entry(normalize_header(header)).or_insert(index);
        }
        let mut present: Vec<MappedColumn> = Vec::new();
        for (column, header) in columns {
            let is_found = present.iter().any(|mapped| mapped.column == *column);
            let index = indexes.get(&normalize_header(header));
            if let Some(index) = index.filter(|_| !is_found) {
                present.push(MappedColumn {
                    column: *column,
                    index: *index,
                    header: headers[*index].clone(),
                    seconds_per_unit: seconds_per_unit(&headers[*index]),
                });
            }
        }
        let is_missing = |(column, _): &&(ImportColumn, String)| {
            !present.iter().any(|mapped| mapped.column == *column)
        };
        let missing = columns.iter().filter(is_missing).cloned().collect();
        Self {
            present,
            missing,
            kind: DatasetKind::from_columns(columns),
        }
    }

    /// Returns the mapped columns in the file that count something.
    pub(super) fn counted_columns(&self) -> impl Iterator<Item = ImportColumn> + '_ {
        counting_columns(self.present.iter().map(|mapped| mapped.column))
    }

    /// Returns the columns that its rows should count by the mapping, whether the file has them or
    /// not.
    pub(super) fn expected_columns(&self) -> impl Iterator<Item = ImportColumn> + '_ {
        let missing = self.missing.iter().map(|(column, _)| *column);
        self.counted_columns().chain(counting_columns(missing))
    }

    fn maps_column(&self, wanted: ImportColumn) -> bool {
        self.present.iter().any(|mapped| mapped.column == wanted)
            || has_column(&self.missing, wanted)
    }

    /// Reads a row, or returns why it can't be read.
    pub(super) fn read_row(
        &self,
        cells: &[VergicCell<'_>],
        period: ExportPeriod,
    ) -> Result<RowValues, String> {
        let mut row = RowValues {
            queue: None,
            agent: None,
            values: ColumnValues::default(),
        };
        for mapped in &self.present {
            let cell = cells.get(mapped.index).unwrap_or(&VergicCell::Empty);
            match mapped.column {
                ImportColumn::Time => check_period(mapped, cell, period)?,
                ImportColumn::Queue => row.queue = Some(read_name(mapped, cell)?),
                ImportColumn::Agent => row.agent = Some(read_name(mapped, cell)?),
                column => row.values.set(column, read_value(mapped, cell)?),
            }
        }
        self.convert_means_to_sums(&mut row.values);
        Ok(row)
    }

    /// Reads the names in an unreadable row: its subjects' values are unknown. `None` if it's a
    /// total, or has no name.
    pub(super) fn read_names(
        &self,
        cells: &[VergicCell<'_>],
        period: ExportPeriod,
    ) -> Option<UnreadableRow> {
        let mut unreadable = UnreadableRow::default();
        for mapped in &self.present {
            let cell = cells.get(mapped.index).unwrap_or(&VergicCell::Empty);
            match mapped.column {
                ImportColumn::Time => {
                    unreadable.is_outside_period = check_period(mapped, cell, period).is_err();
                }
                ImportColumn::Queue => unreadable.names.queue = Some(read_name(mapped, cell).ok()?),
                ImportColumn::Agent => unreadable.names.agent = Some(read_name(mapped, cell).ok()?),
                _ => {}
            }
        }
        Some(unreadable)
    }

    /// Whether the rows' subjects are known: no name column may be missing. The time column may be,
    /// because the folder gives the period.
    pub(super) fn has_names(&self) -> bool {
        let is_name = |column| matches!(column, ImportColumn::Queue | ImportColumn::Agent);
        !self.missing.iter().any(|(column, _)| is_name(*column))
    }

    /// Whether the column at this index is mapped.
    pub(super) fn is_mapped(&self, index: usize) -> bool {
        self.present.iter().any(|mapped| mapped.index == index)
    }

    /// Whether the column at this index has agents.
    pub(super) fn is_agent(&self, index: usize) -> bool {
        let mut present = self.present.iter();
        present.any(|mapped| mapped.index == index && mapped.column == ImportColumn::Agent)
    }

    /// Converts means to sums, which can be added. With a count of 0 the sum is 0; with an unknown
    /// count it's unknown.
    fn convert_means_to_sums(&self, values: &mut ColumnValues) {
        for mean in self.present.iter().map(|mapped| mapped.column) {
            let mut counts = mean.weight_columns().iter();
            let Some(count) = counts.find(|count| self.maps_column(**count)) else {
                continue;
            };
            let sum = match (values.get(mean), values.get(*count)) {
                (_, None) => None,
                (_, Some(0.0)) => Some(0.0),
                (value, Some(count)) => value.map(|value| value * count),
            };
            values.set(mean.sum_column().unwrap_or(mean), sum);
        }
    }
}

impl DatasetKind {
    /// Returns `None` if nothing is counted.
    fn from_columns(columns: &[(ImportColumn, String)]) -> Option<Self> {
        let counts = columns.iter().any(|(column, _)| !column.is_label());
        counts.then(|| Self {
            by_queue: has_column(columns, ImportColumn::Queue),
            by_agent: has_column(columns, ImportColumn::Agent),
        })
    }
}

pub(super) fn has_column(columns: &[(ImportColumn, String)], wanted: ImportColumn) -> bool {
    columns.iter().any(|(column, _)| *column == wanted)
}

/// Returns the columns that count something; for a mean, its sum.
fn counting_columns(
    columns: impl Iterator<Item = ImportColumn>,
) -> impl Iterator<Item = ImportColumn> {
    columns
        .filter(|column| !column.is_label())
        .map(|column| column.sum_column().unwrap_or(column))
}

fn check_period(
    mapped: &MappedColumn,
    cell: &VergicCell<'_>,
    period: ExportPeriod,
) -> Result<(), String> {
    let text = cell.to_text();
    match number_parsing::parse_moment(&text, &(period.start..period.end())) {
        Some(_) => Ok(()),
        None => Err(format!(
            "{}: {text:?} isn't within the {} of the folder",
            mapped.header,
            if period.length == super::layout::DAY {
                "day"
            } else {
                "hour"
            }
        )),
    }
}

fn read_name(mapped: &MappedColumn, cell: &VergicCell<'_>) -> Result<String, String> {
    let text = cell.to_text();
    let name = text.trim();
    if name.is_empty() || number_parsing::is_blank(name) {
        return Err(format!("{}: it has no name", mapped.header));
    }
    if is_total_row(name) {
        return Err(format!(
            "{}: {name:?} is a total of the other rows",
            mapped.header
        ));
    }
    Ok(name.to_owned())
}

/// Reads a count, or seconds.
fn read_value(mapped: &MappedColumn, cell: &VergicCell<'_>) -> Result<Option<f64>, String> {
    let wrong = |what: &str| Err(format!("{}: {:?} is {what}", mapped.header, cell.to_text()));
    let is_time = is_duration(mapped.column);
    let number = match cell {
        VergicCell::Empty => return Ok(None),
        VergicCell::Number(number) if is_time => number * mapped.seconds_per_unit,
        VergicCell::Number(number) => *number,
        VergicCell::Text(text) => match number_parsing::parse_duration(text).filter(|_| is_time) {
            Some(seconds) => seconds,
            None if is_time => return wrong("not a duration"),
            None => return wrong("not a number"),
        },
    };
    if number < 0.0 {
        return wrong("negative");
    }
    if !is_time && mapped.column != ImportColumn::Csat && number.fract() != 0.0 {
        return wrong("not a whole number");
    }
    if 1e12 < number {
        return wrong("implausibly large");
    }
    Ok(Some(number))
}

fn is_duration(column: ImportColumn) -> bool {
    matches!(
        column,
        ImportColumn::WaitTime
            | ImportColumn::TalkTime
            | ImportColumn::WrapUpTime
            | ImportColumn::HandleTime
            | ImportColumn::AverageSpeedOfAnswer
            | ImportColumn::AverageTalkTime
            | ImportColumn::AverageWrapUp
            | ImportColumn::AverageHandleTime
            | ImportColumn::LongestWait
    )
}
