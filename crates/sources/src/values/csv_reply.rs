//! A reply in CSV, as spreadsheets are published: makes JSON of it, so that JSON Pointers have places in it.

use serde_json::{Map, Value};

use wallboard_runtime::csv_text::{self, CsvFileError, CsvRecords, DecimalMark, TextEncoding};

/// A spreadsheet that changes by the minute has fewer.
const ROWS_MAX: usize = 10_000;

/// Why a reply can't be read as CSV.
#[derive(Debug, thiserror::Error)]
pub enum CsvReplyError {
    #[error("a web page: check `url`, and that everybody with the link may read the spreadsheet")]
    Page,
    #[error("more than {ROWS_MAX} rows: publish a sheet with fewer")]
    TooManyRows,
    #[error("something else than CSV: {0}")]
    Csv(#[from] CsvFileError),
}

/// A reply as JSON.
#[derive(Debug, PartialEq)]
pub(super) struct CsvReply {
    /// The rows below the first, each an object of its cells by their column's name and number.
    pub(super) rows: Value,
    /// All rows by their number, and by the text of their first cell, which wins.
    pub(super) cells: Value,
    /// The mark before the decimals in its numbers.
    pub(super) decimal: DecimalMark,
}

impl CsvReply {
    pub(super) fn read(body: &[u8]) -> Result<Self, CsvReplyError> {
        if body.trim_ascii_start().starts_with(b"<") {
            return Err(CsvReplyError::Page);
        }
        let mut records = CsvRecords::open(body)?;
        let decimal = records.dialect().decimal;
        let mut encoding = TextEncoding::default();
        let (mut headers, mut rows) = (Vec::new(), Vec::new());
        let (mut cells, mut named) = (Map::new(), Map::new());
        let mut number = 0_usize;
        while let Some(record) = records.next_record()? {
            number += 1;
            if ROWS_MAX < number {
                return Err(CsvReplyError::TooManyRows);
            }
            if number == 1 {
                headers = csv_text::decode_headers(record.cells, &mut encoding)?;
            }
            let texts = record.cells.iter().map(|cell| {
                let text = encoding.decode(cell);
                text.map_or_else(String::new, |text| text.trim().to_owned())
            });
            let texts: Vec<String> = texts.collect();
            let row = Value::Object(row_of(&headers, &texts));
            // Of rows with the same name, the first is meant.
            if let Some(name) = texts.first().filter(|name| 1 < number && !name.is_empty()) {
                named.entry(name.clone()).or_insert_with(|| row.clone());
            }
            if 1 < number {
                rows.push(row.clone());
            }
            cells.insert(number.to_string(), row);
        }
        cells.extend(named);
        Ok(Self {
            rows: Value::Array(rows),
            cells: Value::Object(cells),
            decimal,
        })
    }
}

/// A name wins against the number of another column.
fn row_of(headers: &[String], texts: &[String]) -> Map<String, Value> {
    let value = |text: &String| {
        if csv_text::number_parsing::is_blank(text) {
            Value::Null
        } else {
            Value::String(text.clone())
        }
    };
    let numbers = (1..=texts.len()).map(|number| number.to_string());
    let mut row: Map<String, Value> = numbers.zip(texts.iter().map(value)).collect();
    let named = headers
        .iter()
        .zip(texts)
        .filter(|(name, _)| !name.is_empty());
    for (name, text) in named {
        row.insert(name.clone(), value(text));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_the_names_and_numbers_of_their_row_and_column() {
        let sheet = "\u{feff}Day;Orders;Revenue\r\nMonday;412;12,5\r\n\"To/day\";1 204;\r\n";
        let reply = CsvReply::read(sheet.as_bytes()).unwrap();
        assert_eq!(reply.decimal, DecimalMark::Comma);
        let cell = |pointer: &str| reply.cells.pointer(pointer).cloned();
        for (pointer, expected) in [
            ("/Monday/Orders", Value::from("412")),
            ("/2/2", Value::from("412")),
            ("/To~1day/Orders", Value::from("1 204")),
            ("/3/Revenue", Value::Null),
            ("/1/2", Value::from("Orders")),
        ] {
            assert_eq!(cell(pointer), Some(expected), "{pointer}");
        }
        assert_eq!(cell("/Sunday/Orders"), None);
        assert_eq!(reply.rows.pointer("/1/Day"), Some(&Value::from("To/day")));
    }

    #[test]
    fn a_page_is_no_spreadsheet() {
        let page = CsvReply::read(b"\n<!DOCTYPE html><title>Sign in</title>").unwrap_err();
        assert!(page.to_string().starts_with("a web page"), "{page}");
        let binary = CsvReply::read(b"PK\x03\x04\0\0").unwrap_err();
        assert!(
            binary.to_string().starts_with("something else than CSV"),
            "{binary}"
        );
        let long = "1\n".repeat(ROWS_MAX + 1);
        assert!(matches!(
            CsvReply::read(long.as_bytes()),
            Err(CsvReplyError::TooManyRows)
        ));
    }
}
