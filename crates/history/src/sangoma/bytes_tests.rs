//! Property tests on arbitrary bytes, like a fuzzer: nothing panics, no row is lost silently,
//! and results follow from a plain reading of the rules.

use std::{io::Read, sync::Arc};

use proptest::prelude::*;

use wallboard_store::RowBatch;

use super::{
    container::Container,
    export_key::ExportKey,
    header::SangomaHeader,
    record_reader::RecordReader,
    row_mapper::{ContactPolicy, RowMapper},
};

const PIECES: [&[u8]; 24] = [
    b",",
    b",",
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b"\"",
    b"\"\"",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\xa4",
    b"0",
    b"1735862400",
    b"1e9",
    b"-",
    b" ",
    b"NULL",
    b"t",
    b"queue_call_id",
    b"queue_id",
    b"time_join",
    b"Time Leave",
    b"\0",
];

fn csv_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(&PIECES[..]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let headed = prop_oneof![
        Just(&b""[..]),
        Just(&b"queue_call_id,queue_id,time_join,x\r\n"[..])
    ];
    (headed, prop::collection::vec(piece, 0..60))
        .prop_map(|(head, pieces)| [head.to_vec(), pieces.concat()].concat())
}

/// Counts CR and LF bytes: an upper limit for the lines that an editor shows.
fn count_line_breaks(bytes: &[u8]) -> usize {
    let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    bytes.iter().filter(is_break).count()
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_in_blocks_of_any_size(bytes in csv_bytes(), size in 1_usize..9) {
        struct Blocks<'a>(&'a [u8], usize);
        impl Read for Blocks<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                let size = self.1.min(into.len());
                self.0.read(&mut into[..size])
            }
        }
        let read = |mut records: RecordReader<Blocks<'_>>| {
            let mut lines = Vec::new();
            loop {
                match records.next_record() {
                    Ok(Some(record)) => lines.push(format!("{:?} {}", record.lines, record.format_line(1_000))),
                    Ok(None) => return lines,
                    Err(error) => {
                        lines.push(error.to_string());
                        return lines;
                    }
                }
            }
        };

        let whole = read(RecordReader::new(Blocks(&bytes, usize::MAX)));
        let blocks = read(RecordReader::new(Blocks(&bytes, size)));

        prop_assert_eq!(whole, blocks);
    }

    #[test]
    fn every_record_of_any_bytes_becomes_a_row_or_is_rejected_with_its_line(bytes in csv_bytes()) {
        let container = Container::find_by_name("Queue_Call").unwrap();
        let contacts = ContactPolicy::default();
        let mut records = RecordReader::new(&bytes[..]);
        let Ok(Some(record)) = records.next_record() else {
            return Ok(());
        };
        let Ok(header) = SangomaHeader::from_record(container, &record) else {
            return Ok(());
        };
        let mut before = record.lines.1;
        let rows = RowMapper::new(container, &header, &contacts);
        let mut batch = RowBatch::default();

        let (mut accepted, mut rejected) = (0, 0);
        while let Ok(Some(record)) = records.next_record() {
            let (first, last) = record.lines;
            prop_assert!(before < first && first <= last);
            before = last;
            match rows.append_row(&record, &mut batch) {
                Ok(span) => {
                    accepted += 1;
                    prop_assert!(span.is_some());
                }
                Err(reason) => {
                    rejected += 1;
                    prop_assert!(!reason.is_empty());
                }
            }
            prop_assert_eq!(batch.row_count(), accepted);
        }
        prop_assert!(before as usize <= count_line_breaks(&bytes) + 1);
        prop_assert!(accepted + rejected <= count_line_breaks(&bytes) + 1);
    }

    #[test]
    fn written_csv_is_read_back_unchanged(
        rows in prop::collection::vec(prop::collection::vec("[ab ,\"\r\n“é]{0,4}", 2..5), 1..6),
        crlf in any::<bool>(),
    ) {
        let ending = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().flexible(true).terminator(ending).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();

        let mut records = RecordReader::new(&bytes[..]);
        let mut read = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            let fields = record.decode_fields().unwrap();
            read.push(fields.iter().map(str::to_owned).collect::<Vec<_>>());
        }

        prop_assert_eq!(read, rows);
    }

    #[test]
    fn any_file_name_is_parsed(
        key in "([0-9A-Za-z_é/\\\\.-]|-F|-D|1234-|20250103-|Queue_Call|DID|\\.csv){0,20}",
    ) {
        match ExportKey::parse(&key, 1234) {
            ExportKey::Export(export) => {
                let key = key.to_lowercase();
                prop_assert_eq!(key.rsplit('.').next(), Some("csv"));
                prop_assert!(key.contains(&export.container.name.to_lowercase()));
            }
            ExportKey::OtherTenant { tenant } => prop_assert_ne!(tenant, 1234),
            ExportKey::UnknownContainer { .. } | ExportKey::Unrelated => {}
        }
    }

    #[test]
    fn any_cell_text_is_parsed_or_malformed(cell in "[-+0-9.eE tnf\\\\N]{0,20}|\\PC{0,8}") {
        use super::cells;

        let cell = Arc::<str>::from(cell);
        for read in [cells::parse_integer, cells::parse_id, cells::parse_boolean] {
            read(&cell).ok();
        }
        if let Ok(Some(time)) = cells::parse_time(&cell) {
            prop_assert!((631_152_000..4_102_444_800).contains(&time));
        }
    }
}
