//! Splits a file's rows into groups with a time range each, so that one day of a file of
//! many days is read without the others.

use wallboard_store::RowGroup;

/// The number of rows in a group.
const GROUP_ROWS_MAX: usize = 4_096;
/// A file that spans at most so many seconds is read as a whole, and so is one whose rows
/// have no time if it has at most so many groups.
const WHOLE_FILE_SECONDS_MAX: i64 = 3 * 86_400;
const WHOLE_FILE_GROUPS_MAX: usize = 16;

/// Collects the row groups of a file.
#[derive(Debug, Default)]
pub(super) struct RowGroups {
    all: Vec<RowGroup>,
    /// The number of rows in the last group.
    rows: usize,
}

impl RowGroups {
    /// Adds a row with its first and last time, or with its call's id as both.
    pub(super) fn add_row(&mut self, line: u32, first: i64, last: i64) {
        match self.all.last_mut() {
            Some(group) if self.rows < GROUP_ROWS_MAX => {
                group.span = (group.span.0.min(first), group.span.1.max(last));
                self.rows += 1;
            }
            _ => {
                let span = (first, last);
                self.all.push(RowGroup { line, span });
                self.rows = 1;
            }
        }
    }

    /// Returns the groups of a file with this earliest and latest time; none if it is short.
    pub(super) fn into_groups(self, span: Option<(i64, i64)>) -> Vec<RowGroup> {
        let is_long = match span {
            Some((first, last)) => WHOLE_FILE_SECONDS_MAX < last - first,
            None => WHOLE_FILE_GROUPS_MAX < self.all.len(),
        };
        if is_long { self.all } else { Vec::new() }
    }
}
