//! CSV as spreadsheets and other vendors' systems write it: any separator, decimal mark and
//! European encoding, recognized from the content.

mod dialect;
mod encoding;
mod file_error;
mod headers;
pub mod number_parsing;
mod records;

pub use dialect::CsvDetectionError;
pub use dialect::CsvDialect;
pub use encoding::TextEncoding;
pub use file_error::CsvFileError;
pub use headers::{is_total_row, normalize_header, seconds_per_unit};
pub use number_parsing::DecimalMark;
pub use records::{CsvRecord, CsvRecords, decode_headers};
