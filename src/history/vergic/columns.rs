//! Which column of a file holds what, by configuration, and what a row therefore says.

use std::collections::HashMap;

use crate::domain::{Column, Pattern, Patterns};

use super::{cells::Cell, layout::Period, number};

/// Changes when the same rows come to mean other figures.
const RULES: u32 = 3;

/// What the configuration says of columns: a pair for each header that may hold one of
/// ours, the first choice first. Names of datasets match whatever their case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping(Patterns<Vec<(Column, String)>>);

impl Mapping {
    /// By dataset, in the order of the configuration: where two say the same, the first
    /// holds.
    pub fn new(columns: &Patterns<Vec<(Column, String)>>) -> Self {
        let lower = columns
            .0
            .iter()
            .map(|(Pattern(pattern), columns)| (Pattern(pattern.to_lowercase()), columns.clone()));
        Self(Patterns(lower.collect()))
    }

    /// What is said of a dataset's columns.
    pub(super) fn of(&self, dataset: &str) -> Option<&[(Column, String)]> {
        self.0.get(&dataset.to_lowercase()).map(Vec::as_slice)
    }

    /// Where it stands in the configuration.
    pub(super) fn rank(&self, dataset: &str) -> usize {
        let found = self.of(dataset).map(<[_]>::as_ptr);
        let own = self.0.0.iter().map(|(_, columns)| Some(columns.as_ptr()));
        own.zip(0..)
            .find(|(columns, _)| *columns == found)
            .map_or(usize::MAX, |(_, rank)| rank)
    }

    pub(super) fn entries(&self) -> &[(Pattern, Vec<(Column, String)>)] {
        &self.0.0
    }

    /// Whom the datasets are about that say this of them.
    pub(super) fn kinds_with(&self, column: Column) -> impl Iterator<Item = Kind> {
        let says = move |columns: &&Vec<(Column, String)>| has(columns, column);
        let all = self.0.0.iter().map(|(_, columns)| columns);
        all.filter(says).filter_map(|columns| Kind::of(columns))
    }

    /// Changes when what it says does.
    pub fn fingerprint(&self) -> String {
        format!("{RULES} {:?}", self.0)
    }
}

/// A header without what makes no difference.
pub(super) fn plain(header: &str) -> String {
    let kept = header
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}');
    kept.flat_map(char::to_lowercase).collect()
}

/// The columns of one file that hold something of ours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    here: Vec<Place>,
    /// Ours that are not in the file, and each header that they may stand under.
    pub(super) missing: Vec<(Column, String)>,
    pub(super) kind: Option<Kind>,
}

#[derive(Clone, Debug, PartialEq)]
struct Place {
    column: Column,
    at: usize,
    header: String,
    /// Seconds of one.
    unit: f64,
}

/// Whom a file's rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) by_queue: bool,
    pub(super) by_agent: bool,
}

/// What one row says. A value is a count, or seconds; of a mean it is the sum.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) queue: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) values: Values,
}

/// A row that cannot be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Refused {
    /// Names without values.
    pub(super) said: Said,
    /// It speaks of another time than its folder: what else is said of them holds.
    pub(super) is_of_other_time: bool,
}

/// What is known, by column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Values([Option<f64>; Column::ALL.len()]);

impl Default for Values {
    fn default() -> Self {
        Self([None; Column::ALL.len()])
    }
}

impl Values {
    pub(super) fn get(&self, column: Column) -> Option<f64> {
        self.0[column as usize]
    }

    pub(super) fn set(&mut self, column: Column, value: Option<f64>) {
        self.0[column as usize] = value;
    }

    /// Adds another row of the same subject and time: what one does not know the sum
    /// does not know.
    pub(super) fn add(&mut self, other: &Self) {
        for column in Column::ALL {
            let (mine, theirs) = (self.get(column), other.get(column));
            let both = match column {
                // The longest of those that are known.
                Column::LongestWait => mine.into_iter().chain(theirs).reduce(f64::max),
                _ => mine.zip(theirs).map(|(mine, theirs)| mine + theirs),
            };
            self.set(column, both);
        }
    }
}

/// Names of rows that add up others.
const SUMS: [&str; 9] = [
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

impl Places {
    /// Where the columns of a mapping stand in a header. Of several headers that may hold
    /// one of ours, the first that is there does.
    pub(super) fn find(columns: &[(Column, String)], headers: &[String]) -> Self {
        let mut at: HashMap<String, usize> = HashMap::new();
        for (place, header) in headers.iter().enumerate() {
            // Of two alike the first.
            at.entry(plain(header)).or_insert(place);
        }
        let mut here: Vec<Place> = Vec::new();
        for (column, header) in columns {
            let is_found = here.iter().any(|place| place.column == *column);
            if let Some(at) = at.get(&plain(header)).filter(|_| !is_found) {
                here.push(Place {
                    column: *column,
                    at: *at,
                    header: headers[*at].clone(),
                    unit: unit(&headers[*at]),
                });
            }
        }
        let is_missing =
            |(column, _): &&(Column, String)| !here.iter().any(|place| place.column == *column);
        let missing = columns.iter().filter(is_missing).cloned().collect();
        Self {
            here,
            missing,
            kind: Kind::of(columns),
        }
    }

    /// Ours that stand in the file and count something.
    pub(super) fn counted(&self) -> impl Iterator<Item = Column> + '_ {
        counting(self.here.iter().map(|place| place.column))
    }

    /// Ours that its rows should count by the mapping, whether they stand in it or not.
    pub(super) fn expected(&self) -> impl Iterator<Item = Column> + '_ {
        let missing = self.missing.iter().map(|(column, _)| *column);
        self.counted().chain(counting(missing))
    }

    fn maps(&self, wanted: Column) -> bool {
        self.here.iter().any(|place| place.column == wanted) || has(&self.missing, wanted)
    }

    /// What a row says; where it cannot be read, why.
    pub(super) fn read(&self, cells: &[Cell<'_>], period: Period) -> Result<Said, String> {
        let mut said = Said {
            queue: None,
            agent: None,
            values: Values::default(),
        };
        for place in &self.here {
            let cell = cells.get(place.at).unwrap_or(&Cell::Nothing);
            match place.column {
                Column::Time => inside(place, cell, period)?,
                Column::Queue => said.queue = Some(name(place, cell)?),
                Column::Agent => said.agent = Some(name(place, cell)?),
                column => said.values.set(column, value(place, cell)?),
            }
        }
        self.sum_means(&mut said.values);
        Ok(said)
    }

    /// Whose row it is that cannot be read: of them nothing is known then. `None` where it
    /// adds up others, or names nobody.
    pub(super) fn refused(&self, cells: &[Cell<'_>], period: Period) -> Option<Refused> {
        let mut refused = Refused::default();
        for place in &self.here {
            let cell = cells.get(place.at).unwrap_or(&Cell::Nothing);
            match place.column {
                Column::Time => refused.is_of_other_time = inside(place, cell, period).is_err(),
                Column::Queue => refused.said.queue = Some(name(place, cell).ok()?),
                Column::Agent => refused.said.agent = Some(name(place, cell).ok()?),
                _ => {}
            }
        }
        Some(refused)
    }

    /// Whether it is known whom a row is about: of these no column may be missing. When it
    /// was, the folder says too.
    pub(super) fn is_whole(&self) -> bool {
        let is_name = |column| matches!(column, Column::Queue | Column::Agent);
        !self.missing.iter().any(|(column, _)| is_name(*column))
    }

    /// Whether the column at this place is ours.
    pub(super) fn has(&self, at: usize) -> bool {
        self.here.iter().any(|place| place.at == at)
    }

    /// Means become sums, which can be added. Of nobody the mean is nothing, and so is
    /// the sum; over an unknown count it is unknown.
    fn sum_means(&self, values: &mut Values) {
        for mean in self.here.iter().map(|place| place.column) {
            let mut counts = mean.counts().iter();
            let Some(count) = counts.find(|count| self.maps(**count)) else {
                continue;
            };
            let sum = match (values.get(mean), values.get(*count)) {
                (_, None) => None,
                (_, Some(0.0)) => Some(0.0),
                (value, Some(count)) => value.map(|value| value * count),
            };
            values.set(mean.sum().unwrap_or(mean), sum);
        }
    }
}

impl Kind {
    /// `None` where nothing is counted.
    fn of(columns: &[(Column, String)]) -> Option<Self> {
        let counts = columns.iter().any(|(column, _)| !column.is_label());
        counts.then(|| Self {
            by_queue: has(columns, Column::Queue),
            by_agent: has(columns, Column::Agent),
        })
    }
}

fn has(columns: &[(Column, String)], wanted: Column) -> bool {
    columns.iter().any(|(column, _)| *column == wanted)
}

/// Those that count something; of a mean its sum.
fn counting(columns: impl Iterator<Item = Column>) -> impl Iterator<Item = Column> {
    columns
        .filter(|column| !column.is_label())
        .map(|column| column.sum().unwrap_or(column))
}

/// Seconds of one in a column of times, by its header: `Wait (ms)`.
fn unit(header: &str) -> f64 {
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

fn inside(place: &Place, cell: &Cell<'_>, period: Period) -> Result<(), String> {
    let text = cell.to_text();
    match number::moment(&text, period) {
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

fn name(place: &Place, cell: &Cell<'_>) -> Result<String, String> {
    let text = cell.to_text();
    let name = text.trim();
    if name.is_empty() || number::is_nothing(name) {
        return Err(format!("{}: it has no name", place.header));
    }
    if is_sum(name) {
        return Err(format!(
            "{}: {name:?} is a total of the other rows",
            place.header
        ));
    }
    Ok(name.to_owned())
}

/// Whether a row of this name adds up others.
pub(super) fn is_sum(name: &str) -> bool {
    SUMS.iter().any(|sum| name.trim().eq_ignore_ascii_case(sum))
}

/// A count, or seconds.
fn value(place: &Place, cell: &Cell<'_>) -> Result<Option<f64>, String> {
    let wrong = |what: &str| Err(format!("{}: {:?} is {what}", place.header, cell.to_text()));
    let is_time = is_time(place.column);
    let number = match cell {
        Cell::Nothing => return Ok(None),
        Cell::Number(number) if is_time => number * place.unit,
        Cell::Number(number) => *number,
        Cell::Text(text) => match number::clock(text).filter(|_| is_time) {
            Some(seconds) => seconds,
            None if is_time => return wrong("not a duration"),
            None => return wrong("not a number"),
        },
    };
    if number < 0.0 {
        return wrong("negative");
    }
    if !is_time && place.column != Column::Csat && number.fract() != 0.0 {
        return wrong("not a whole number");
    }
    if 1e12 < number {
        return wrong("implausibly large");
    }
    Ok(Some(number))
}

fn is_time(column: Column) -> bool {
    matches!(
        column,
        Column::WaitTime
            | Column::TalkTime
            | Column::WrapUpTime
            | Column::HandleTime
            | Column::AverageSpeedOfAnswer
            | Column::AverageTalkTime
            | Column::AverageWrapUp
            | Column::AverageHandleTime
            | Column::LongestWait
    )
}
