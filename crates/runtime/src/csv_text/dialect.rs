//! Detects a file's separator and decimal mark from its first rows.

use csv::ByteRecord;

use super::number_parsing::DecimalMark;

/// In order of preference if nothing else decides.
const SEPARATORS: [u8; 4] = [b';', b'\t', b'|', b','];
/// Bytes shown of a row.
const LINE_BYTES_MAX: usize = 4_096;
/// Rows sampled for detection.
const SAMPLE_ROWS_MAX: usize = 50;

/// How a file separates cells and writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvDialect {
    pub separator: u8,
    pub decimal: DecimalMark,
    /// Bytes before the header: a byte-order mark, Excel's `sep=;`.
    pub skip: usize,
}

/// The reason why a file isn't readable CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvDetectionError {
    #[error("it's empty, without a header")]
    Empty,
    #[error("it isn't text: it may be compressed, or a spreadsheet")]
    Binary,
}

impl CsvDialect {
    /// Detects the dialect from a file's first bytes.
    pub fn detect(start: &[u8]) -> Result<Self, CsvDetectionError> {
        if start.contains(&0) {
            return Err(CsvDetectionError::Binary);
        }
        let (separator, skip) = read_declared_separator(start);
        let body = &start[skip..];
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(CsvDetectionError::Empty);
        }
        let separator = separator.unwrap_or_else(|| detect_separator(body));
        let default = match separator {
            b',' => DecimalMark::Point,
            _ => DecimalMark::Comma,
        };
        let rows = sample_rows(body, separator);
        let cells = rows.iter().skip(1).flatten();
        let decimal = DecimalMark::detect(cells.map(String::as_str), default);
        Ok(Self {
            separator,
            decimal,
            skip,
        })
    }

    /// Formats a row as readable text, truncated.
    pub fn format_line(self, record: &ByteRecord) -> String {
        let cells: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let mut line = cells.join(&char::from(self.separator).to_string());
        let end = line.floor_char_boundary(LINE_BYTES_MAX);
        line.truncate(end);
        line
    }
}

/// Reads the separator from a `sep=` line. Also returns the bytes to skip, with a byte-order mark.
fn read_declared_separator(start: &[u8]) -> (Option<u8>, usize) {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let skip = if start.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    let rest = &start[skip..];
    let is_declared = |separator: &&u8| {
        rest.get(..4)
            .is_some_and(|begin| begin.eq_ignore_ascii_case(b"sep="))
            && rest.get(4) == Some(*separator)
            && matches!(rest.get(5), Some(b'\r' | b'\n'))
    };
    match SEPARATORS.iter().find(is_declared) {
        Some(separator) => {
            let end = rest.iter().position(|byte| *byte == b'\n');
            (
                Some(*separator),
                skip + end.map_or(rest.len(), |end| end + 1),
            )
        }
        None => (None, skip),
    }
}

/// Picks the separator that gives most rows the header's number of cells, if more than one.
fn detect_separator(body: &[u8]) -> u8 {
    let width = |separator: &u8| {
        let rows = sample_rows(body, *separator);
        let header = rows.first().map_or(0, Vec::len);
        let agree = rows.iter().filter(|row| row.len() == header).count();
        match header {
            0 | 1 => (0, 0),
            _ => (agree * 100 / rows.len(), header),
        }
    };
    let mut best = (b',', (0, 0));
    for separator in SEPARATORS {
        let width = width(&separator);
        if best.1 < width {
            best = (separator, width);
        }
    }
    best.0
}

/// Returns the first rows, without the last one if it may be cut off.
fn sample_rows(body: &[u8], separator: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(body);
    let mut rows: Vec<Vec<String>> = reader
        .byte_records()
        .map_while(Result::ok)
        .take(SAMPLE_ROWS_MAX)
        .map(|row| {
            let cell = |cell| String::from_utf8_lossy(cell).into_owned();
            row.iter().map(cell).collect()
        })
        .collect();
    if 2 < rows.len() && rows.len() < SAMPLE_ROWS_MAX && !body.ends_with(b"\n") {
        rows.pop();
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detect_sample(text: &str) -> (char, DecimalMark, usize) {
        let dialect = CsvDialect::detect(text.as_bytes()).unwrap();
        (char::from(dialect.separator), dialect.decimal, dialect.skip)
    }

    #[test]
    fn detects_the_separator_and_the_decimal_mark() {
        let table = [
            ("Group,Chats\nSales,12\n", (',', DecimalMark::Point, 0)),
            ("Group;Chats\nSales;12\n", (';', DecimalMark::Comma, 0)),
            ("Group;Wait\nSales;12.5\n", (';', DecimalMark::Point, 0)),
            (
                "Group;Wait\nSales, EU;12,5\nHelp;1,5\n",
                (';', DecimalMark::Comma, 0),
            ),
            ("Group,Wait\nSales,\"12,5\"\n", (',', DecimalMark::Comma, 0)),
            ("Group\tChats\nSales\t12\n", ('\t', DecimalMark::Comma, 0)),
            ("Group|Chats\nA;B|12\n", ('|', DecimalMark::Comma, 0)),
            (
                "\"Group;a\",Chats\n\"x;y\",12\n",
                (',', DecimalMark::Point, 0),
            ),
            (
                "\u{feff}Group;Chats\nSales;12\n",
                (';', DecimalMark::Comma, 3),
            ),
            (
                "sep=;\r\nGroup;Chats\r\nSales;12\r\n",
                (';', DecimalMark::Comma, 7),
            ),
            ("Chats\n12\n", (',', DecimalMark::Point, 0)),
            ("Group;Chats", (';', DecimalMark::Comma, 0)),
        ];
        for (text, expected) in table {
            assert_eq!(detect_sample(text), expected, "{text:?}");
        }
    }

    #[test]
    fn rejects_empty_and_binary_files() {
        assert_eq!(CsvDialect::detect(b""), Err(CsvDetectionError::Empty));
        assert_eq!(
            CsvDialect::detect(b"\xef\xbb\xbf\r\n"),
            Err(CsvDetectionError::Empty)
        );
        assert_eq!(
            CsvDialect::detect(b"PK\x03\x04\0\0"),
            Err(CsvDetectionError::Binary)
        );
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(bytes in any::<Vec<u8>>()) {
            if let Ok(dialect) = CsvDialect::detect(&bytes) {
                prop_assert!(dialect.skip <= bytes.len());
            }
        }
    }
}
