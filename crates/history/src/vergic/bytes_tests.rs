//! Imports of whole files: every dialect yields the same rows, and no bytes cause a panic.

use std::sync::{Arc, mpsc::sync_channel};

use proptest::prelude::*;

use wallboard_domain::{ImportColumn, Pattern, Patterns};
use wallboard_runtime::csv_text::CsvFileError;
use wallboard_store::ImportPiece;

use super::{
    column_mapping::{ColumnMapping, HeaderLayout, RowValues},
    file_import::{VergicImportError, VergicReadOptions, read_file},
    file_notes::FileNotes,
    layout::VergicFile,
    vergic_cell,
};

const KEY: &str = "Metrics/2026/01/05/09/queues.csv";

fn new_mapping(columns: &[(ImportColumn, &str)]) -> Arc<ColumnMapping> {
    let columns = columns
        .iter()
        .map(|(column, header)| (*column, (*header).to_owned()));
    Arc::new(ColumnMapping::new(&Patterns(vec![(
        Pattern("Queue*".to_owned()),
        columns.collect(),
    )])))
}

fn usual_mapping() -> Arc<ColumnMapping> {
    new_mapping(&[
        (ImportColumn::Queue, "group"),
        (ImportColumn::Offered, "Chats"),
        (ImportColumn::Answered, "answered"),
        (ImportColumn::AverageSpeedOfAnswer, "Avg Wait"),
    ])
}

/// The imported content of a file: rows, rejected rows and notes.
#[derive(Debug, Default)]
struct ImportedContent {
    json: Vec<String>,
    rejected: Vec<(u32, String)>,
    notes: Option<FileNotes>,
}

fn import_bytes(
    bytes: &[u8],
    mapping: Arc<ColumnMapping>,
) -> Result<ImportedContent, VergicImportError> {
    let (sender, pieces) = sync_channel(10_000);
    let options = VergicReadOptions {
        file: VergicFile::parse_key(KEY, "Metrics").unwrap(),
        mapping,
        stores_contacts: false,
    };
    read_file(bytes, &options, &sender)?;
    drop(sender);
    let mut imported = ImportedContent::default();
    for piece in pieces {
        match piece {
            ImportPiece::Rows(batch) => imported.json.extend(batch.texts().map(str::to_owned)),
            ImportPiece::Rejected(row) | ImportPiece::RejectedByMapping(row) => {
                imported.rejected.push((row.line, row.reason));
            }
            ImportPiece::End(summary) => imported.notes = FileNotes::parse_json(&summary.notes),
        }
    }
    Ok(imported)
}

fn read_rows(imported: &ImportedContent, mapping: &ColumnMapping) -> Vec<RowValues> {
    let export = VergicFile::parse_key(KEY, "Metrics").unwrap();
    let headers = &imported.notes.as_ref().unwrap().headers;
    let layout = HeaderLayout::locate(mapping.columns_of(&export.dataset).unwrap(), headers);
    let rows = imported
        .json
        .iter()
        .map(|json| vergic_cell::from_json(json));
    rows.filter_map(|row| layout.read_row(&row, export.period).ok())
        .collect()
}

#[test]
fn every_dialect_yields_the_same_rows() {
    let files: [&[u8]; 9] = [
        b"Group,Chats,Answered,Avg wait\nK\xc3\xb6ln,1200,800,12.5\n",
        b"Group,Chats,Answered,Avg wait\r\nK\xc3\xb6ln,\"1,200\",800,12.5\r\n",
        b"\xef\xbb\xbfGROUP;chats;Answered;avgwait\nK\xc3\xb6ln;1200;800;12,5",
        b"Group;Chats;Answered;Avg wait\r\nK\xf6ln;1.200;800;12,5\r\n",
        b"sep=;\nGroup;Chats;Answered;Avg wait;\nK\xf6ln;1 200;800;0:00:12.5;\n",
        b"\"Group\"\t\"Chats\"\t\"Answered\"\t\"Avg wait\"\n\"K\xc3\xb6ln\"\t1200\t800\t12,5\n",
        b"Avg wait (s)|x|Group |Answered| Chats|Avg wait\n9|y|K\xc3\xb6ln|800|1200|12.5\n",
        b"Group,Chats,Answered,Avg wait\n\n\"K\xc3\xb6ln\",1200,800,00:12.5\n\n",
        b"Group;Chats;Answered;Avg wait\n\"K\xc3\xb6ln\n\";1200;800;12.5 s\n",
    ];
    for file in files {
        let imported = import_bytes(file, usual_mapping()).unwrap();
        let text = String::from_utf8_lossy(file);
        assert_eq!(imported.rejected, [], "{text}");
        let rows = read_rows(&imported, &usual_mapping());
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(rows[0].queue.as_deref(), Some("Köln"), "{text}");
        let values = &rows[0].values;
        assert_eq!(values.get(ImportColumn::Offered), Some(1200.0), "{text}");
        assert_eq!(values.get(ImportColumn::WaitTime), Some(10_000.0), "{text}");
    }
}

#[test]
fn an_unreadable_row_is_rejected_and_the_others_count() {
    let file = b"Group;Chats;Answered;Avg wait\nSales;3;2;10\nHelp;three;2;10\nHelp;2,5;2;10\n;1;1;1\nTotal;9;9;9\nHelp;1\nHelp;-1;0;\n\"a\nb\";4;0;-\nHelp;1;2;3;4\nSales;1;;x\n";

    let imported = import_bytes(file, usual_mapping()).unwrap();

    let rejected: Vec<_> = imported
        .rejected
        .iter()
        .map(|(line, reason)| (*line, reason.as_str()))
        .collect();
    assert_eq!(
        rejected,
        [
            (3, "Chats: \"three\" is not a number"),
            (4, "Chats: \"2.5\" is not a whole number"),
            (5, "Group: it has no name"),
            (6, "Group: \"Total\" is a total of the other rows"),
            (7, "it has 2 cells, but the header has 4"),
            (8, "Chats: \"-1\" is negative"),
            (11, "it has 5 cells, but the header has 4"),
            (12, "Avg wait: \"x\" is not a duration"),
        ]
    );
    // Another mapping may read the rows that have all cells.
    assert_eq!(imported.json.len(), 8);
    let rows = read_rows(&imported, &usual_mapping());
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].values.get(ImportColumn::WaitTime), Some(0.0));
}

#[test]
fn a_rejected_row_has_the_line_that_an_editor_shows() {
    for (file, line) in [
        ("Group;Chats\nHelp;three", 2),
        ("Group;Chats\r\nHelp;three\r\n", 2),
        ("sep=;\r\nGroup;Chats\r\nHelp;three\r\n", 3),
        ("Group;Chats\r\n\r\n\"a\nb\";1\r\n\r\nHelp;three\r\n", 6),
        ("Group;Chats\n\n\"a\n\nb\";1\n\nHelp;three", 7),
        ("Group;Chats\r\n\"He\nlp\";three\r\n", 2),
    ] {
        let columns = new_mapping(&[
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Chats"),
        ]);

        let imported = import_bytes(file.as_bytes(), columns).unwrap();

        let reason = "Chats: \"three\" is not a number".to_owned();
        assert_eq!(imported.rejected, [(line, reason)], "{file:?}");
    }
}

#[test]
fn an_invalid_byte_rejects_its_row_without_changing_the_encoding() {
    let file = b"Group,Chats,Answered,Avg wait\nK\xc3\xb6ln,3,2,10\nM\xfcnchen,3,2,10\n";

    let imported = import_bytes(file, usual_mapping()).unwrap();

    assert_eq!(imported.json.len(), 1);
    assert_eq!(imported.rejected[0].0, 3);
    assert!(!imported.notes.unwrap().is_windows_1252);
}

#[test]
fn a_file_without_a_mapping_is_stored_without_personal_cells() {
    let mapping = new_mapping(&[]);
    let imported =
        import_bytes(b"Group;Chats;E-mail;Note\nSales;x;1@2.se;a@b.se\n", mapping).unwrap();

    assert_eq!(imported.json, [r#"["Sales","x",null,null]"#]);
    assert_eq!(
        imported.notes.unwrap().headers,
        ["Group", "Chats", "E-mail", "Note"]
    );
}

#[test]
fn a_time_outside_its_folder_is_rejected() {
    let mapping = new_mapping(&[
        (ImportColumn::Time, "Start"),
        (ImportColumn::Offered, "Chats"),
    ]);
    let file = b"Start,Chats\n2026-01-05 09:30,1\n2026-01-05 10:00,1\n";

    let imported = import_bytes(file, mapping).unwrap();

    let reason = "Start: \"2026-01-05 10:00\" isn't within the hour of the folder";
    assert_eq!(imported.rejected, [(3, reason.to_owned())]);
    // Without `time` in the mapping it would count.
    assert_eq!(imported.json.len(), 2);
}

#[test]
fn durations_use_the_unit_in_their_header() {
    let columns = [
        (ImportColumn::WaitTime, "Wait (ms)"),
        (ImportColumn::TalkTime, "Talk [min]"),
        (ImportColumn::LongestWait, "Longest"),
    ];
    let mapping = new_mapping(&columns);

    let imported = import_bytes(
        b"Wait (ms),Talk [min],Longest\n1500,2,90\n",
        mapping.clone(),
    )
    .unwrap();

    let values = read_rows(&imported, &mapping)[0].values;
    let seconds = [
        ImportColumn::WaitTime,
        ImportColumn::TalkTime,
        ImportColumn::LongestWait,
    ]
    .map(|column| values.get(column));
    assert_eq!(seconds, [Some(1.5), Some(120.0), Some(90.0)]);
}

#[test]
fn an_unclosed_quote_fails_the_file_before_it_fills_memory() {
    let mut file = b"Group,Chats,Answered,Avg wait\nSales,1,1,1\n\"".to_vec();
    file.extend(std::iter::repeat_n(b"abc,\n", 1_000_000).flatten());

    let error = import_bytes(&file, usual_mapping()).unwrap_err();

    assert!(
        matches!(
            error,
            VergicImportError::Csv(CsvFileError::Unreadable(3, _))
        ),
        "{error:?}"
    );
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in any::<Vec<u8>>()) {
        drop(import_bytes(&bytes, usual_mapping()));
    }

    #[test]
    fn never_panics_on_text_like_a_table(text in "[a-z0-9,;\t|\"\r\n\u{80}-\u{ff}.: ]{0,300}") {
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        if let Ok(imported) = import_bytes(&bytes, usual_mapping()) {
            prop_assert!(imported.notes.is_some());
        }
    }
}

#[test]
fn the_first_existing_header_of_a_column_counts_in_each_file() {
    let columns = || {
        new_mapping(&[
            (ImportColumn::Time, "Start"),
            (ImportColumn::Time, "From"),
            (ImportColumn::Queue, "Team"),
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Contacts"),
            (ImportColumn::Offered, "Chats"),
        ])
    };
    for file in [
        "From;Group;Chats\n09:00;Sales;12\n",
        "Start;Team;Contacts\n09:00;Sales;12\n",
        "Contacts;Chats;Group;Team;Start\n12;99;Other;Sales;09:00\n",
        "Contacts;Chats;Group;Start;From\n12;99;Sales;09:00;17:00\n",
    ] {
        let imported = import_bytes(file.as_bytes(), columns()).unwrap();
        assert_eq!(imported.rejected, [], "{file}");
        let rows = read_rows(&imported, &columns());
        assert_eq!(rows.len(), 1, "{file}");
        assert_eq!(rows[0].queue.as_deref(), Some("Sales"), "{file}");
        assert_eq!(
            rows[0].values.get(ImportColumn::Offered),
            Some(12.0),
            "{file}"
        );
        let headers = &imported.notes.as_ref().unwrap().headers;
        let columns = columns();
        let layout = HeaderLayout::locate(columns.columns_of("queues").unwrap(), headers);
        assert_eq!(layout.missing, [], "{file}");
    }
}
