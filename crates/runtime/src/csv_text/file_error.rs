//! Why a CSV file can't be read.

use std::io;

use super::CsvDetectionError;

/// A header with more columns isn't a header.
pub(super) const HEADER_COLUMNS_MAX: usize = 1_000;

/// The reason why a CSV file can't be read.
#[derive(Debug, thiserror::Error)]
pub enum CsvFileError {
    #[error(transparent)]
    Dialect(#[from] CsvDetectionError),
    #[error("its header can't be read: it has bytes that are neither UTF-8 nor Windows-1252")]
    Header,
    #[error("its header has more than {HEADER_COLUMNS_MAX} columns")]
    TooManyColumns,
    #[error("it can't be read after line {0}")]
    Unreadable(u64, #[source] io::Error),
}
