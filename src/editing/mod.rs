//! Changes that people make in the browser: entries of the configuration, kept as records with their versions, in
//! the format of the files and under the same rules. Knows neither pages nor how a configuration is applied.

mod board_files;
mod configuration_base;
mod configuration_files;
mod editor;
mod entry;
mod entry_document;
mod entry_id;
mod export;
mod import;
mod key_watch;
mod kind_forms;
mod missing_secrets;
mod moving;
mod past_closings;
mod save_error;
mod sealing;
mod section;
mod settings_files;

pub use board_files::BoardFolder;
pub use configuration_base::{CheckedConfiguration, ConfigurationBase, LeftOutEntry};
pub use configuration_files::ConfigurationFiles;
pub use editor::{ApplyOrder, Editor};
pub use entry::{Entry, EntryChange, EntryVersion, Origin};
pub use entry_id::EntryId;
pub use export::{ExportedEntries, read_entries, write_entries};
pub use import::ImportPlan;
pub use kind_forms::{KindForm, kind_forms};
pub use missing_secrets::MissingSecret;
pub use moving::WaitingEntry;
pub use past_closings::{always_open, closing_day};
pub use save_error::SaveError;
pub use sealing::hide_secrets;
pub use section::Section;
pub use settings_files::{SettingsFiles, UploadFault};

/// Reads what the text of an entry says of the site, by the rules of the files.
pub use crate::settings::{parse_plans, parse_site};

#[cfg(test)]
mod moving_tests;
#[cfg(test)]
mod tests;
