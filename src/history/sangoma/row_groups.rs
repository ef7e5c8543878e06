//! A file's rows cut into stretches, each with the time that it reaches over: of a file of
//! many days, a day is read without the others.

use crate::store::RowGroup;

/// Rows of a stretch.
const GROUP_ROWS_MAX: usize = 4_096;
/// A file that reaches over no more than this is read as a whole, in seconds; and one whose
/// rows have no time where it has no more than so many stretches.
const WHOLE_FILE_SECONDS_MAX: i64 = 3 * 86_400;
const WHOLE_FILE_GROUPS_MAX: usize = 16;

/// Collects the stretches of a file.
#[derive(Debug, Default)]
pub(super) struct RowGroups {
    all: Vec<RowGroup>,
    /// Rows of the last of them.
    rows: usize,
}

impl RowGroups {
    /// A row that reaches from its first to its last time, or is of a call with this id.
    pub(super) fn add_row(&mut self, line: u32, (first, last): (i64, i64)) {
        match self.all.last_mut() {
            Some(open) if self.rows < GROUP_ROWS_MAX => {
                open.span = (open.span.0.min(first), open.span.1.max(last));
                self.rows += 1;
            }
            _ => {
                let span = (first, last);
                self.all.push(RowGroup { line, span });
                self.rows = 1;
            }
        }
    }

    /// Those of a file with this earliest and latest time; none where it has few days.
    pub(super) fn into_groups(self, span: Option<(i64, i64)>) -> Vec<RowGroup> {
        let is_long = match span {
            Some((first, last)) => WHOLE_FILE_SECONDS_MAX < last - first,
            None => WHOLE_FILE_GROUPS_MAX < self.all.len(),
        };
        if is_long { self.all } else { Vec::new() }
    }
}
