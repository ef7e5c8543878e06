//! Differences between two texts of an entry: in words where there are some, and line by line.

mod difference_line;
mod difference_words;
mod entry_conflict;
mod entry_difference;
mod form_words;
mod hours_words;
mod limit_words;
mod plan_words;

pub(super) use difference_words::{DifferenceWords, plain};
pub(super) use entry_conflict::EntryConflict;
pub(super) use entry_difference::{DifferenceWriter, EntryDifference};
