//! Which column of a file holds what, by configuration, and what a row therefore says.

use std::collections::HashMap;

use crate::domain::{ImportColumn, Pattern, Patterns};

use super::{layout::ExportPeriod, number_parsing, vergic_cell::VergicCell};

/// Changes when the same rows come to mean other figures.
const RULES_VERSION: u32 = 3;

/// What the configuration says of columns: a pair for each header that may hold one of
/// ours, the first choice first. Names of datasets match whatever their case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnMapping(Patterns<Vec<(ImportColumn, String)>>);

impl ColumnMapping {
    /// By dataset, in the order of the configuration: where two say the same, the first
    /// holds.
    pub fn new(columns: &Patterns<Vec<(ImportColumn, String)>>) -> Self {
        let lower = columns
            .0
            .iter()
            .map(|(Pattern(pattern), columns)| (Pattern(pattern.to_lowercase()), columns.clone()));
        Self(Patterns(lower.collect()))
    }

    /// What is said of a dataset's columns.
    pub(super) fn columns_of(&self, dataset: &str) -> Option<&[(ImportColumn, String)]> {
        self.0.get(&dataset.to_lowercase()).map(Vec::as_slice)
    }

    /// Where it stands in the configuration.
    pub(super) fn rank(&self, dataset: &str) -> usize {
        let found = self.columns_of(dataset).map(<[_]>::as_ptr);
        let own = self.0.0.iter().map(|(_, columns)| Some(columns.as_ptr()));
        own.zip(0..)
            .find(|(columns, _)| *columns == found)
            .map_or(usize::MAX, |(_, rank)| rank)
    }

    pub(super) fn entries(&self) -> &[(Pattern, Vec<(ImportColumn, String)>)] {
        &self.0.0
    }

    /// Whom the datasets are about that say this of them.
    pub(super) fn kinds_with(&self, column: ImportColumn) -> impl Iterator<Item = DatasetKind> {
        let says = move |columns: &&Vec<(ImportColumn, String)>| has_column(columns, column);
        let all = self.0.0.iter().map(|(_, columns)| columns);
        all.filter(says)
            .filter_map(|columns| DatasetKind::from_columns(columns))
    }

    /// Changes when what it says does.
    pub fn fingerprint(&self) -> String {
        format!("{RULES_VERSION} {:?}", self.0)
    }
}

/// A header without what makes no difference.
pub(super) fn normalize_header(header: &str) -> String {
    let kept = header
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}');
    kept.flat_map(char::to_lowercase).collect()
}

/// The columns of one file that hold something of ours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeaderLayout {
    present: Vec<MappedColumn>,
    /// Ours that are not in the file, and each header that they may stand under.
    pub(super) missing: Vec<(ImportColumn, String)>,
    pub(super) kind: Option<DatasetKind>,
}

#[derive(Clone, Debug, PartialEq)]
struct MappedColumn {
    column: ImportColumn,
    index: usize,
    header: String,
    /// Seconds of one.
    seconds_per_unit: f64,
}

/// Whom a file's rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DatasetKind {
    pub(super) by_queue: bool,
    pub(super) by_agent: bool,
}

/// What one row says. A value is a count, or seconds; of a mean it is the sum.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RowValues {
    pub(super) queue: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) values: ColumnValues,
}

/// A row that cannot be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UnreadableRow {
    /// Names without values.
    pub(super) names: RowValues,
    /// It speaks of another time than its folder: what else is said of them holds.
    pub(super) is_outside_period: bool,
}

/// What is known, by column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ColumnValues([Option<f64>; ImportColumn::ALL.len()]);

impl Default for ColumnValues {
    fn default() -> Self {
        Self([None; ImportColumn::ALL.len()])
    }
}

impl ColumnValues {
    pub(super) fn get(&self, column: ImportColumn) -> Option<f64> {
        self.0[column as usize]
    }

    pub(super) fn set(&mut self, column: ImportColumn, value: Option<f64>) {
        self.0[column as usize] = value;
    }

    /// Adds another row of the same subject and time: what one does not know the sum
    /// does not know.
    pub(super) fn add_row(&mut self, other: &Self) {
        for column in ImportColumn::ALL {
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

/// Names of rows that add up others.
const TOTAL_NAMES: [&str; 9] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "summa",
    "summe",
    "totalt",
    "gesamt",
    "all",
];

impl HeaderLayout {
    /// Where the columns of a mapping stand in a header. Of several headers that may hold
    /// one of ours, the first that is there does.
    pub(super) fn locate(columns: &[(ImportColumn, String)], headers: &[String]) -> Self {
        let mut at: HashMap<String, usize> = HashMap::new();
        for (place, header) in headers.iter().enumerate() {
            // Of two alike the first.
            at.entry(normalize_header(header)).or_insert(place);
        }
        let mut here: Vec<MappedColumn> = Vec::new();
        for (column, header) in columns {
            let is_found = here.iter().any(|place| place.column == *column);
            if let Some(at) = at.get(&normalize_header(header)).filter(|_| !is_found) {
                here.push(MappedColumn {
                    column: *column,
                    index: *at,
                    header: headers[*at].clone(),
                    seconds_per_unit: seconds_per_unit(&headers[*at]),
                });
            }
        }
        let is_missing = |(column, _): &&(ImportColumn, String)| {
            !here.iter().any(|place| place.column == *column)
        };
        let missing = columns.iter().filter(is_missing).cloned().collect();
        Self {
            present: here,
            missing,
            kind: DatasetKind::from_columns(columns),
        }
    }

    /// Ours that stand in the file and count something.
    pub(super) fn counted_columns(&self) -> impl Iterator<Item = ImportColumn> + '_ {
        counting_columns(self.present.iter().map(|place| place.column))
    }

    /// Ours that its rows should count by the mapping, whether they stand in it or not.
    pub(super) fn expected_columns(&self) -> impl Iterator<Item = ImportColumn> + '_ {
        let missing = self.missing.iter().map(|(column, _)| *column);
        self.counted_columns().chain(counting_columns(missing))
    }

    fn maps_column(&self, wanted: ImportColumn) -> bool {
        self.present.iter().any(|place| place.column == wanted) || has_column(&self.missing, wanted)
    }

    /// What a row says; where it cannot be read, why.
    pub(super) fn read_row(
        &self,
        cells: &[VergicCell<'_>],
        period: ExportPeriod,
    ) -> Result<RowValues, String> {
        let mut said = RowValues {
            queue: None,
            agent: None,
            values: ColumnValues::default(),
        };
        for place in &self.present {
            let cell = cells.get(place.index).unwrap_or(&VergicCell::Empty);
            match place.column {
                ImportColumn::Time => check_period(place, cell, period)?,
                ImportColumn::Queue => said.queue = Some(read_name(place, cell)?),
                ImportColumn::Agent => said.agent = Some(read_name(place, cell)?),
                column => said.values.set(column, read_value(place, cell)?),
            }
        }
        self.convert_means_to_sums(&mut said.values);
        Ok(said)
    }

    /// Whose row it is that cannot be read: of them nothing is known then. `None` where it
    /// adds up others, or names nobody.
    pub(super) fn read_names(
        &self,
        cells: &[VergicCell<'_>],
        period: ExportPeriod,
    ) -> Option<UnreadableRow> {
        let mut refused = UnreadableRow::default();
        for place in &self.present {
            let cell = cells.get(place.index).unwrap_or(&VergicCell::Empty);
            match place.column {
                ImportColumn::Time => {
                    refused.is_outside_period = check_period(place, cell, period).is_err();
                }
                ImportColumn::Queue => refused.names.queue = Some(read_name(place, cell).ok()?),
                ImportColumn::Agent => refused.names.agent = Some(read_name(place, cell).ok()?),
                _ => {}
            }
        }
        Some(refused)
    }

    /// Whether it is known whom a row is about: of these no column may be missing. When it
    /// was, the folder says too.
    pub(super) fn has_names(&self) -> bool {
        let is_name = |column| matches!(column, ImportColumn::Queue | ImportColumn::Agent);
        !self.missing.iter().any(|(column, _)| is_name(*column))
    }

    /// Whether the column at this place is ours.
    pub(super) fn is_mapped(&self, at: usize) -> bool {
        self.present.iter().any(|place| place.index == at)
    }

    /// Means become sums, which can be added. Of nobody the mean is nothing, and so is
    /// the sum; over an unknown count it is unknown.
    fn convert_means_to_sums(&self, values: &mut ColumnValues) {
        for mean in self.present.iter().map(|place| place.column) {
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
    /// `None` where nothing is counted.
    fn from_columns(columns: &[(ImportColumn, String)]) -> Option<Self> {
        let counts = columns.iter().any(|(column, _)| !column.is_label());
        counts.then(|| Self {
            by_queue: has_column(columns, ImportColumn::Queue),
            by_agent: has_column(columns, ImportColumn::Agent),
        })
    }
}

fn has_column(columns: &[(ImportColumn, String)], wanted: ImportColumn) -> bool {
    columns.iter().any(|(column, _)| *column == wanted)
}

/// Those that count something; of a mean its sum.
fn counting_columns(
    columns: impl Iterator<Item = ImportColumn>,
) -> impl Iterator<Item = ImportColumn> {
    columns
        .filter(|column| !column.is_label())
        .map(|column| column.sum_column().unwrap_or(column))
}

/// Seconds of one in a column of times, by its header: `Wait (ms)`.
fn seconds_per_unit(header: &str) -> f64 {
    let header = header.to_lowercase();
    let is_word = |word: &&str| {
        header
            .split(|c: char| !c.is_alphabetic())
            .any(|own| own == *word)
    };
    let has = |words: &[&str]| words.iter().any(&is_word);
    if has(&[
        "ms",
        "millis",
        "milliseconds",
        "millisekunder",
        "millisekunden",
    ]) {
        0.001
    } else if has(&["min", "mins", "minutes", "minuter", "minuten"]) {
        60.0
    } else if has(&["hours", "timmar", "stunden"]) {
        3_600.0
    } else {
        1.0
    }
}

fn check_period(
    place: &MappedColumn,
    cell: &VergicCell<'_>,
    period: ExportPeriod,
) -> Result<(), String> {
    let text = cell.to_text();
    match number_parsing::parse_moment(&text, period) {
        Some(_) => Ok(()),
        None => Err(format!(
            "{}: {text:?} isn't within the {} of the folder",
            place.header,
            if period.length == super::layout::DAY {
                "day"
            } else {
                "hour"
            }
        )),
    }
}

fn read_name(place: &MappedColumn, cell: &VergicCell<'_>) -> Result<String, String> {
    let text = cell.to_text();
    let name = text.trim();
    if name.is_empty() || number_parsing::is_blank(name) {
        return Err(format!("{}: it has no name", place.header));
    }
    if is_total_row(name) {
        return Err(format!(
            "{}: {name:?} is a total of the other rows",
            place.header
        ));
    }
    Ok(name.to_owned())
}

/// Whether a row of this name adds up others.
pub(super) fn is_total_row(name: &str) -> bool {
    TOTAL_NAMES
        .iter()
        .any(|sum| name.trim().eq_ignore_ascii_case(sum))
}

/// A count, or seconds.
fn read_value(place: &MappedColumn, cell: &VergicCell<'_>) -> Result<Option<f64>, String> {
    let wrong = |what: &str| Err(format!("{}: {:?} is {what}", place.header, cell.to_text()));
    let is_time = is_duration(place.column);
    let number = match cell {
        VergicCell::Empty => return Ok(None),
        VergicCell::Number(number) if is_time => number * place.seconds_per_unit,
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
    if !is_time && place.column != ImportColumn::Csat && number.fract() != 0.0 {
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
