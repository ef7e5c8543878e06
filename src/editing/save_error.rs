//! Why a change wasn't saved.

use std::{path::PathBuf, sync::Arc};

use wallboard_store::RecordError;
use wallboard_toml_reader::{ConfigFaults, SecretKeyError};

use super::Entry;

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error(transparent)]
    Invalid(ConfigFaults),
    /// The entry as somebody else changed it meanwhile.
    #[error("somebody else changed it in the meantime; compare both, then save again")]
    Conflict(Arc<Entry>),
    #[error("it's in {}, line {line}; change it there, or remove it there first", file.display())]
    InFile { file: PathBuf, line: usize },
    #[error("its secrets can't be sealed: {0}; {fix}", fix = .0.fix())]
    SecretKey(#[from] SecretKeyError),
    #[error("couldn't save it")]
    Records(#[from] RecordError),
}
