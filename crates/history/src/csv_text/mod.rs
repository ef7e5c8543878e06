//! CSV as spreadsheets and other vendors' systems write it: any separator, decimal mark and
//! European encoding, recognized from the content.

mod dialect;
mod encoding;
mod file_error;
mod headers;
pub(crate) mod number_parsing;
mod records;

pub use dialect::CsvDetectionError;
pub(crate) use dialect::CsvDialect;
pub(crate) use encoding::TextEncoding;
pub use file_error::CsvFileError;
pub(crate) use headers::{is_total_row, normalize_header, seconds_per_unit};
pub(crate) use number_parsing::DecimalMark;
pub(crate) use records::{CsvRecord, CsvRecords, decode_headers};
