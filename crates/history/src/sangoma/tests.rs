use rusqlite::Connection;

use crate::import::{ImportTotals, ScoreSummary};
use wallboard_domain::SourceId;
use wallboard_store::{ImportedFile, Store};

use super::*;

#[test]
fn every_container_has_its_declared_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    drop(Store::open(&file).unwrap());
    let connection = Connection::open(&file).unwrap();

    for container in Container::all() {
        let kinds = container.fields.iter().map(|field| match field.kind {
            FieldKind::Text => "TEXT",
            _ => "INTEGER",
        });
        let declared = (container.table.columns.iter().zip(kinds.chain(["TEXT"])))
            .map(|(column, kind)| ((*column).to_owned(), kind.to_owned()));
        let declared: Vec<_> = [("id".to_owned(), "INTEGER".to_owned())]
            .into_iter()
            .chain(declared)
            .collect();
        let mut query = connection
            .prepare("SELECT name, type FROM pragma_table_info(?1)")
            .unwrap();
        let rows = query.query_map([container.table.name], |row| Ok((row.get(0)?, row.get(1)?)));
        let existing: Vec<(String, String)> = rows.unwrap().map(Result::unwrap).collect();
        assert_eq!(existing, declared, "{}", container.name);
    }
}

#[tokio::test]
async fn scores_out_of_range_are_noted_with_their_lines_and_rows_are_imported() {
    let fixture = SangomaFixture::new();
    let file = "queue_call_survey_id,uuid,csat_score,nps_score,created_at,queue_id\n\
                1,a,5,10,1767600000,7\n2,b,0,0,1767600000,7\n3,c,6,-1,1767600000,7\n\
                4,d,,11,1767600000,7\n5,e,x,1,1767600000,7\n";

    let rows = fixture
        .import_file("20260105-1234-Queue_Call_Survey-F.csv", file, false)
        .await;

    let files = fixture
        .store
        .load_files(&SourceId::from("calls"))
        .await
        .unwrap();
    assert_eq!((rows.unwrap(), files[0].rejected_rows), (4, 1));
    assert_eq!(
        files[0].notes,
        r#"{"missing":["nps_enterprise_score"],"scores":{"count":3,"lines":[[4,"csat_score"],[4,"nps_score"],[5,"nps_score"]]}}"#
    );
    let totals = ImportTotals::from_files(&files, jiff::Timestamp::UNIX_EPOCH);
    let example = |line, field: &str| (files[0].key.clone(), line, field.to_owned());
    assert_eq!(
        totals.scores,
        ScoreSummary {
            count: 3,
            examples: vec![
                example(4, "csat_score"),
                example(4, "nps_score"),
                example(5, "nps_score")
            ],
        }
    );
}

/// A store in a temporary folder, with queries on its tables.
pub(super) struct SangomaFixture {
    folder: tempfile::TempDir,
    pub(super) store: Store,
}

impl SangomaFixture {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        Self { folder, store }
    }

    pub(super) async fn import_file(
        &self,
        key: &str,
        content: &str,
        stores_contacts: bool,
    ) -> Result<u64, SangomaImportError> {
        let ExportKey::Export(export) = ExportKey::parse(key, 1234) else {
            panic!("{key} isn't a file of this export");
        };
        let incoming = wallboard_store::IncomingFile {
            source: SourceId::from("calls"),
            key: key.to_owned(),
            dataset: export.container.name.to_owned(),
            size: content.len() as u64,
            tag: String::new(),
            sha256: [0; 32],
            modified: None,
            imported_at: 0,
        };
        let options = SangomaReadOptions {
            export,
            zone: jiff::tz::TimeZone::UTC,
            stores_contacts,
        };
        let content = std::io::Cursor::new(content.to_owned().into_bytes());
        let imported = import_file(&self.store, content, incoming, options).await?;
        Ok(imported.rows)
    }

    /// The rows of a query, with cells joined by `|`; `-` stands for null.
    fn query_rows(&self, query: &str) -> Vec<String> {
        let connection = Connection::open(self.folder.path().join("wallboard.db")).unwrap();
        let mut query = connection.prepare(query).unwrap();
        let width = query.column_count();
        let rows = query.query_map([], |row| {
            let cells = (0..width).map(|index| {
                Ok(match row.get(index)? {
                    rusqlite::types::Value::Null => "-".to_owned(),
                    rusqlite::types::Value::Integer(value) => value.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                })
            });
            cells.collect::<rusqlite::Result<Vec<_>>>()
        });
        rows.unwrap().map(|row| row.unwrap().join("|")).collect()
    }

    async fn first_file(&self) -> ImportedFile {
        let files = self
            .store
            .load_files(&SourceId::from("calls"))
            .await
            .unwrap();
        files.into_iter().next().unwrap()
    }
}

const CALLS: &str = "FACTS/1234-Queue_Call-F/20250103-1234-Queue_Call-F.csv";
const DETAILS: &str = "FACTS/1234-Call_Details-F/20250103-1234-Call_Details-F.csv";
const LOGINS: &str = "FACTS/1234-Agent_Login-F/20250103-1234-Agent_Login-F.csv";
const QUEUES: &str = "DIMENSIONS/1234-Queue_Details-D/1234-Queue_Details-D.csv";
/// The first second of 3 January 2025.
const DAY: i64 = 1_735_862_400;

#[tokio::test]
async fn an_unusual_file_is_imported_and_its_wrong_rows_are_rejected() {
    let fixture = SangomaFixture::new();
    let content = format!(
        "\u{feff}QUEUE_ID,Queue Call ID,time_join,\"TIME_CONNECT\",time_leave,exten,region\r\n\
         7,1,{DAY},{},0,\" 101 \",eu\r\n\
         7,2,{DAY},,{},\"two\r\nlines\",\r\n\
         \r\n\
         7,3,soon,,,,\r\n\
         7,4,{DAY},{},,,\r\n\
         7,5,{DAY}\r\n\
         0,6,{DAY},,,,\r\n\
         7,7,{DAY}000,,,NULL,",
        DAY + 20,
        DAY + 90,
        DAY - 1,
    );

    let rows = fixture.import_file(CALLS, &content, false).await;

    assert_eq!(rows.unwrap(), 3);
    let columns = "queue_call_id, queue_id, time_join - 1735862400, time_connect - time_join, \
        time_leave - time_join, exten, uuid, extra, id & 0xffffffff";
    assert_eq!(
        fixture.query_rows(&format!("SELECT {columns} FROM sangoma_queue_call")),
        [
            "1|7|0|20|-| 101 |-|-|2",
            "2|7|0|-|90|two\r\nlines|-|-|3",
            "7|7|0|-|-|-|-|-|10",
        ]
    );
    assert_eq!(
        fixture.query_rows("SELECT line, reason, text FROM import_set_aside"),
        [
            "6|time_join isn't a time: whole seconds since 1970, from 1990 to 2100|-",
            "7|the call left the queue before it joined|-",
            "8|3 fields, but the header has 7|-",
            "9|queue_id is empty|-",
        ]
    );
    let file = fixture.first_file().await;
    assert_eq!((file.rows, file.rejected_rows), (3, 4));
    assert_eq!(file.span, Some((DAY, DAY + 90)));
    assert_eq!(file.coverage, Some((DAY, DAY + 86_400)));
    let notes: serde_json::Value = serde_json::from_str(&file.notes).unwrap();
    assert_eq!(notes["extra"], serde_json::json!(["region"]));
    assert_eq!(notes["missing"].as_array().unwrap().len(), 9);
    let dirty = fixture
        .store
        .load_dirty_days(&SourceId::from("calls"))
        .await
        .unwrap();
    assert_eq!(dirty, [20_090, 20_091, 20_092]);
}

const CALLER_ROWS: &str = "call_details_id,start_time,callerid_name,callerid_number,destination_number,email\n\
    1,1735862400,Anna,+46701234567,2001,a@example.org\n\
    2,1735862400,,0701234567,07099998888,\n\
    3,nonsense,,+46701234567,,\n";

#[tokio::test]
async fn callers_are_not_stored_but_internal_extensions_are() {
    let fixture = SangomaFixture::new();
    let logins = "agent_login_id,agent_id,time_logged_in,extension\n\
        1,101,1735862000,07099998888\n2,102,1735862000,2001";
    fixture.import_file(LOGINS, logins, false).await.unwrap();

    fixture
        .import_file(DETAILS, CALLER_ROWS, false)
        .await
        .unwrap();

    let columns = "callerid_name, callerid_number, destination_number, extra";
    assert_eq!(
        fixture.query_rows(&format!("SELECT {columns} FROM sangoma_call_details")),
        ["-|-|2001|-", "-|-|07099998888|-"]
    );
    assert_eq!(
        fixture.query_rows("SELECT line, text FROM import_set_aside"),
        ["4|-"]
    );
}

#[tokio::test]
async fn callers_are_stored_if_the_configuration_allows_it() {
    let fixture = SangomaFixture::new();
    fixture
        .import_file(DETAILS, CALLER_ROWS, true)
        .await
        .unwrap();

    let columns = "callerid_name, callerid_number, destination_number, extra";
    assert_eq!(
        fixture.query_rows(&format!("SELECT {columns} FROM sangoma_call_details")),
        [
            "Anna|+46701234567|2001|{\"email\":\"a@example.org\"}",
            "-|0701234567|07099998888|{\"email\":\"\"}",
        ]
    );
    assert_eq!(
        fixture.query_rows("SELECT line, text FROM import_set_aside"),
        ["4|3,nonsense,,+46701234567,,"]
    );
}

#[tokio::test]
async fn a_dimension_file_replaces_the_previous_one() {
    let fixture = SangomaFixture::new();
    let header = "queue_id,name,enabled,sla_wait";
    for content in ["1,Sales,t,20\n2,Help,f,", "2,Support,YES,30.0"] {
        let content = format!("{header}\n{content}");
        fixture.import_file(QUEUES, &content, false).await.unwrap();
    }

    assert_eq!(
        fixture.query_rows("SELECT queue_id, name, enabled, sla_wait FROM sangoma_queue_details"),
        ["2|Support|1|30"]
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_leaves_nothing_behind() {
    let fixture = SangomaFixture::new();
    let rows = "1,7,1735862400\n".repeat(5_000);
    for (content, expected) in [
        (String::new(), "it's empty, without a header"),
        (
            "Sales;20\n".to_owned(),
            "its fields aren't separated by commas: deliver",
        ),
        (
            format!("queue_call_id,queue_id,time_join\n{rows}8,7,\"1735862400\n8,7,1735862400"),
            "the row that starts in line 5002 has a quote that's never closed",
        ),
    ] {
        let refused = fixture.import_file(CALLS, &content, false).await;

        let refused = refused.unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
    assert_eq!(
        fixture.query_rows("SELECT * FROM sangoma_queue_call"),
        [""; 0]
    );
    assert_eq!(fixture.query_rows("SELECT * FROM import_file"), [""; 0]);
}
