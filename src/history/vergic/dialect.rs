//! How the cells of a file are parted and written: found in its first rows.

use super::number_parsing::DecimalMark;

/// In the order in which they win where nothing else decides.
const SEPARATORS: [u8; 4] = [b';', b'\t', b'|', b','];
/// Rows that are looked at.
const SAMPLE_ROWS_MAX: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CsvDialect {
    pub(super) separator: u8,
    pub(super) decimal: DecimalMark,
    /// Bytes before the header: a byte-order mark, Excel's `sep=;`.
    pub(super) skip: usize,
}

/// Why a file is no CSV that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvDetectionError {
    #[error("it's empty, without a header")]
    Empty,
    #[error("it isn't text: it may be compressed, or a spreadsheet")]
    Binary,
}

impl CsvDialect {
    /// Of the first bytes of a file.
    pub(super) fn detect(start: &[u8]) -> Result<Self, CsvDetectionError> {
        if start.contains(&0) {
            return Err(CsvDetectionError::Binary);
        }
        let (separator, skip) = read_declared_separator(start);
        let body = &start[skip..];
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(CsvDetectionError::Empty);
        }
        let separator = separator.unwrap_or_else(|| detect_separator(body));
        let usual = match separator {
            b',' => DecimalMark::Point,
            _ => DecimalMark::Comma,
        };
        let rows = sample_rows(body, separator);
        let cells = rows.iter().skip(1).flatten();
        let decimal = DecimalMark::detect(cells.map(String::as_str), usual);
        Ok(Self {
            separator,
            decimal,
            skip,
        })
    }
}

/// What a file says of itself, and how many bytes that takes.
fn read_declared_separator(start: &[u8]) -> (Option<u8>, usize) {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let skip = if start.starts_with(MARK) {
        MARK.len()
    } else {
        0
    };
    let rest = &start[skip..];
    let is_said = |separator: &&u8| {
        rest.get(..4)
            .is_some_and(|begin| begin.eq_ignore_ascii_case(b"sep="))
            && rest.get(4) == Some(*separator)
            && matches!(rest.get(5), Some(b'\r' | b'\n'))
    };
    match SEPARATORS.iter().find(is_said) {
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

/// The one by which all rows have as many cells as the header, and more than one.
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

/// The first rows, without the last one if it may be cut off.
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
    fn separator_and_decimal_mark_are_found() {
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
    fn what_is_no_csv_is_told() {
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
        fn any_bytes_are_looked_at_without_harm(bytes in any::<Vec<u8>>()) {
            if let Ok(dialect) = CsvDialect::detect(&bytes) {
                prop_assert!(dialect.skip <= bytes.len());
            }
        }
    }
}
