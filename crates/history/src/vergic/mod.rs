//! The Vergic statistics export: where its files are, how they are written, what their columns
//! hold, and the figures of an hour or a day. Vergic doesn't document the contents: they are
//! detected in the files or configured.

mod column_mapping;
mod compute;
mod configuration;
mod day_figures;
mod erasure;
mod file_import;
mod file_notes;
mod folder_walk;
mod forgetting;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod layout;
mod mapping_check;
mod privacy;
mod unmapped;
mod vendor;
mod vergic_cell;

pub use column_mapping::ColumnMapping;
pub use compute::VergicComputation;
pub use configuration::VergicSettings;
pub use file_import::{VERGIC_ROWS, VergicImportError, VergicReadOptions, import_file};
pub use file_notes::FileNotes;
pub use folder_walk::{FolderWalkError, WalkRequest, WalkResult, walk_folders};
pub use layout::{DAY, ExportPeriod, HOUR, VergicFile};

#[cfg(test)]
mod bytes_tests;
#[cfg(test)]
mod compute_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod immutable_tests;
#[cfg(test)]
mod others_tests;
