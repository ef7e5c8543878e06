//! Where the columns of a plan are in a file, by configuration.

use std::collections::HashMap;

use strum::{EnumString, IntoStaticStr, VariantNames};

use wallboard_runtime::csv_text::{normalize_header, seconds_per_unit};

/// The content of one column of a plan.
#[derive(EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanColumn {
    /// The day, where `Time` has only the time of day.
    Date,
    /// When the interval or the activity begins.
    Time,
    Queue,
    /// The contacts expected.
    Volume,
    /// The mean time that a contact takes, with its wrap-up unless that has a column.
    HandleTime,
    WrapUpTime,
    /// The agents required.
    Agents,
    /// Whose activity a row has: the file is a schedule then.
    Agent,
    /// When the activity ends.
    End,
    Activity,
    /// The agent's team.
    Team,
}

/// The configured columns: a pair for each header that may hold one of ours, the first choice first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanColumns(pub Vec<(PlanColumn, String)>);

/// The columns of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct PlanHeader {
    columns: Vec<LocatedColumn>,
}

#[derive(Clone, Debug)]
pub(super) struct LocatedColumn {
    pub(super) column: PlanColumn,
    pub(super) index: usize,
    pub(super) header: String,
    pub(super) seconds_per_unit: f64,
}

impl PlanColumns {
    /// Whether columns are given by their number: `#1`. Files then have no header.
    pub(super) fn are_numbers(&self) -> bool {
        self.0.iter().all(|(_, header)| is_number(header))
    }

    /// Whether some columns are given by their number, and others by their header.
    pub(super) fn are_mixed(&self) -> bool {
        !self.are_numbers() && self.0.iter().any(|(_, header)| is_number(header))
    }

    /// Whether files are schedules, and not forecasts.
    pub fn are_of_schedules(&self) -> bool {
        self.has(PlanColumn::Agent)
    }

    pub fn has(&self, wanted: PlanColumn) -> bool {
        self.0.iter().any(|(column, _)| *column == wanted)
    }

    /// Returns the columns that a file lacks, each with its first header.
    pub(super) fn missing_from(&self, headers: &[String]) -> Vec<(PlanColumn, &str)> {
        let header = PlanHeader::locate(self, headers);
        let mut missing: Vec<(PlanColumn, &str)> = Vec::new();
        for (column, name) in &self.0 {
            let is_listed = missing.iter().any(|(listed, _)| listed == column);
            if header.find(*column).is_none() && !is_listed {
                missing.push((*column, name));
            }
        }
        missing
    }
}

fn is_number(header: &str) -> bool {
    let digits = header.strip_prefix('#').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The header in the place of one that a file with so many columns doesn't have.
pub(super) fn number_columns(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("#{number}")).collect()
}

impl PlanHeader {
    /// Locates the configured columns in a header. Of several headers for one column, the first that
    /// exists counts.
    pub(super) fn locate(columns: &PlanColumns, headers: &[String]) -> Self {
        let mut indexes: HashMap<String, usize> = HashMap::new();
        for (index, header) in headers.iter().enumerate() {
            // Of two equal headers, the first counts.
            indexes.entry(normalize_header(header)).or_insert(index);
        }
        let mut located = Self::default();
        for (column, header) in &columns.0 {
            let index = indexes.get(&normalize_header(header));
            if let Some(index) = index.filter(|_| located.find(*column).is_none()) {
                located.columns.push(LocatedColumn {
                    column: *column,
                    index: *index,
                    header: headers[*index].clone(),
                    seconds_per_unit: seconds_per_unit(&headers[*index]),
                });
            }
        }
        located
    }

    pub(super) fn find(&self, wanted: PlanColumn) -> Option<&LocatedColumn> {
        self.columns.iter().find(|one| one.column == wanted)
    }
}
