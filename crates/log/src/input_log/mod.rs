//! The input log: everything that the live state applied, in order. It is appended to behind the
//! live state ([`EntryRecorder`]), brings the state back after a restart ([`restore_state`]), and
//! makes its own snapshots ([`keep_snapshots`]) and compacts itself ([`compact_batches`]). Cases that end become
//! records ([`keep_case_records`]). A slice of it can leave the site ([`write_slice`]).

mod case_records;
mod compaction;
mod entry_queue;
mod figure_changes;
mod recorder;
mod replay;
mod restore;
mod rewind;
mod slice;
mod snapshots;
mod status;
mod stored_series;

pub use case_records::{keep_case_records, share_case_records};
pub use compaction::{CompactionError, compact_batches};
pub use entry_queue::{EntryQueue, PendingEntries};
pub use figure_changes::{FigureChange, LoggedFigure, load_figure_changes};
pub use recorder::{ENTRIES_MAX, EntryRecorder};
pub use restore::{RestoredState, restore_state};
pub use rewind::{Playback, RewindError, RewoundState, mark_silent, rewind_to};
pub use slice::{LogSlice, SliceError, write_slice};
pub use snapshots::{
    LogRetention, SnapshotError, keep_snapshots, load_snapshot_of_end, take_snapshot,
};
pub use status::LogStatus;
pub use stored_series::{load_series, merge_steps};

#[cfg(test)]
mod slice_tests;
#[cfg(test)]
mod tests;
