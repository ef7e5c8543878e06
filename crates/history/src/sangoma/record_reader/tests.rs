use std::io::Cursor;

use super::*;

/// Reads one byte at a time, so that a block boundary falls at every byte.
struct OneByteReader(Cursor<Vec<u8>>);

impl Read for OneByteReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let one = into.len().min(1);
        self.0.read(&mut into[..one])
    }
}

/// Reads the bytes at once and one at a time. Returns each record's lines and fields, or the
/// error.
fn read_both_ways(bytes: &[u8]) -> Vec<String> {
    let whole = list_records(RecordReader::new(bytes));
    let trickled = list_records(RecordReader::new(OneByteReader(Cursor::new(
        bytes.to_vec(),
    ))));
    assert_eq!(whole, trickled);
    whole
}

fn list_records(mut records: RecordReader<impl Read>) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        match records.next_record() {
            Ok(Some(record)) => {
                let (first, last) = record.lines;
                let lines = if first == last {
                    format!("{first}")
                } else {
                    format!("{first}–{last}")
                };
                let fields: Vec<_> = match record.decode_fields() {
                    Ok(fields) => fields.iter().map(str::to_owned).collect(),
                    Err(index) => vec![format!("field {index} isn't UTF-8")],
                };
                found.push(format!("{lines}: {}", fields.join("|")));
            }
            Ok(None) => return found,
            Err(error) => {
                found.push(error.to_string());
                return found;
            }
        }
    }
}

#[test]
fn records_come_with_the_line_that_an_editor_shows() {
    for line_break in ["\n", "\r\n", "\r"] {
        let file = ["a,b", "1,2", "", "", "3,4"].join(line_break);

        assert_eq!(
            read_both_ways(file.as_bytes()),
            ["1: a|b", "2: 1|2", "5: 3|4"]
        );
        let ended = file + line_break;
        assert_eq!(
            read_both_ways(ended.as_bytes()),
            ["1: a|b", "2: 1|2", "5: 3|4"]
        );
    }
}

#[test]
fn fields_may_hold_quotes_commas_and_line_breaks() {
    for (file, expected) in [
        (
            "a\r\n\"b\r\nb\",\"c\"\r\nd",
            vec!["1: a", "2–3: b\r\nb|c", "4: d"],
        ),
        (
            "a\n\"b\nb\n\"\nd,\"\n\"",
            vec!["1: a", "2–4: b\nb\n", "5–6: d|\n"],
        ),
        ("\"a\"\"b\",\"\",", vec!["1: a\"b||"]),
        ("“a”, \"b\" ,' c '", vec!["1: “a”| \"b\" |' c '"]),
        ("a\"b\",c", vec!["1: a\"b\"|c"]),
        ("\u{feff}a,b\n1,2", vec!["1: a|b", "2: 1|2"]),
        ("\u{feff}\"a\",b", vec!["1: a|b"]),
        ("a,b,\n,,", vec!["1: a|b|", "2: ||"]),
        ("\"a\"", vec!["1: a"]),
        ("\n\u{feff}a", vec!["2: \u{feff}a"]),
        (" ", vec!["1:  "]),
        ("\r\n\n", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(read_both_ways(file.as_bytes()), expected, "{file:?}");
    }
}

#[test]
fn a_field_that_is_not_utf_8_is_reported_and_later_rows_are_read() {
    let file = b"a,b\nM\xfcller,1\n\xc3,\xa4\n\xed\xa0\x80,2\nM\xc3\xbcller,3\n";

    let expected = [
        "1: a|b",
        "2: field 0 isn't UTF-8",
        // Two halves of a character in two fields aren't a character.
        "3: field 0 isn't UTF-8",
        "4: field 0 isn't UTF-8",
        "5: Müller|3",
    ];
    assert_eq!(read_both_ways(file), expected);
}

#[test]
fn an_unclosed_quote_is_reported_with_the_line_of_its_row() {
    let open = "the row that starts in line 2 has a quote that's never closed";

    for file in ["a\nb,\"c\nd\ne\n", "a\n\"", "a\nb,\"c\"\"\r\n", "a\n\"b\n"] {
        assert_eq!(read_both_ways(file.as_bytes()), ["1: a", open], "{file:?}");
    }
}

#[test]
fn rows_without_end_are_refused_in_bounded_memory() {
    let endless = [b"a\n\"".to_vec(), b"x\n".repeat(RECORD_BYTES_MAX)].concat();
    let wide = [b"a\n".to_vec(), b",".repeat(COLUMNS_MAX)].concat();
    let just = [
        b"a\n\"".to_vec(),
        b"x".repeat(RECORD_BYTES_MAX - 1),
        b"\"\nb".to_vec(),
    ]
    .concat();

    let error = |file: &[u8]| list_records(RecordReader::new(file)).pop().unwrap();
    assert!(error(&endless).starts_with("the row that starts in line 2 is longer than 1 MB"));
    assert_eq!(
        error(&wide),
        "the row that starts in line 2 has 10,000 columns or more"
    );
    assert_eq!(error(&just), "3: b");
}

#[test]
fn a_read_error_is_reported_after_the_complete_records() {
    struct FailingReader;
    impl Read for FailingReader {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }

    assert_eq!(
        list_records(RecordReader::new(Read::chain(&b"a\nb"[..], FailingReader))),
        ["1: a", "it couldn't be read"]
    );
}

#[test]
fn a_row_is_formatted_as_in_the_file() {
    let mut records = RecordReader::new(&b"a,\"b,\"\"c\"\"\",\xff\n"[..]);
    let record = records.next_record().unwrap().unwrap();

    assert_eq!(record.format_line(100), "a,\"b,\"\"c\"\"\",\u{fffd}");
    assert_eq!(record.format_line(4), "a,\"b…");
}
