//! Erases stored data of callers and visitors once contacts are no longer stored. Each file
//! is erased once; files imported later don't have such data.

use std::path::Path;

use tokio_util::sync::CancellationToken;
use tracing::info;

use wallboard_domain::SourceId;
use wallboard_store::{ImportedFile, Store, StoreError};

use super::{
    retention::{RetentionError, wait_for_lock},
    vendors::{SourceVendors, find_vendor},
};

/// Erases contacts, and returns the number of files that may have changed.
pub(super) async fn erase_contacts(
    store: &Store,
    path: &Path,
    vendors: &SourceVendors,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let mut count = 0;
    for (source, files) in store.files_with_contacts().await? {
        let Some(_lock) = wait_for_lock(path, &source, stop).await? else {
            break;
        };
        for file in files {
            if !erase_file(store, &source, &file, vendors, stop).await? {
                return Ok(count);
            }
            count += 1;
        }
    }
    if 0 < count {
        store.truncate_log().await?;
        info!(files.count = count, "Erased stored contact data");
    }
    Ok(count)
}

/// Returns false if stopped before the file is fully erased.
async fn erase_file(
    store: &Store,
    source: &SourceId,
    file: &ImportedFile,
    vendors: &SourceVendors,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let Some((vendor, table)) = find_vendor(vendors, source, file) else {
        return Ok(true);
    };
    if let Some(rewrite) = vendor.row_eraser(file) {
        store.rewrite_rows(table, file.id, rewrite).await?;
        return Ok(true);
    }
    let mut columns = table.contacts.iter();
    let internal_numbers = if columns.any(|column| column.retained_bytes_max.is_some()) {
        vendor.internal_numbers(store, source, file).await?
    } else {
        Vec::new()
    };
    let internal_numbers = serde_json::Value::from(internal_numbers).to_string();
    while !store
        .erase_batch(table, internal_numbers.clone(), file.id)
        .await?
    {
        if stop.is_cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use rusqlite::Connection;

    use crate::{
        retention::{RetentionPolicy, enforce_retention},
        sangoma::{self, ExportKey, SangomaReadOptions},
        vendors::ExportVendor,
        vergic::{self, VergicSettings},
    };
    use wallboard_domain::{ImportColumn, Pattern, Patterns};
    use wallboard_store::IncomingFile;

    use super::*;

    /// Old dates: retention in these tests is longer still.
    const DETAILS: &str = "CCAAS/FACTS/1234-Call_Details-F/20260105-1234-Call_Details-F.csv";
    const LOGINS: &str = "CCAAS/FACTS/1234-Agent_Login-F/20260105-1234-Agent_Login-F.csv";
    const CHATS: &str = "Metrics/2026/01/05/chats.csv";

    fn incoming_file(source: &str, key: &str, dataset: &str) -> IncomingFile {
        IncomingFile {
            source: source.into(),
            key: key.to_owned(),
            dataset: dataset.to_owned(),
            size: 0,
            tag: String::new(),
            sha256: [0; 32],
            modified: None,
            imported_at: 0,
        }
    }

    async fn import_sangoma(store: &Store, key: &str, content: &'static str) {
        let ExportKey::Export(export) = ExportKey::parse(key, 1234) else {
            panic!("{key} is no file of ours");
        };
        let options = SangomaReadOptions {
            export,
            zone: jiff::tz::TimeZone::UTC,
            stores_contacts: true,
        };
        let incoming = incoming_file("calls", key, export.container.name);
        let result = sangoma::import_file(store, content.as_bytes(), incoming, options).await;
        result.unwrap();
    }

    fn chat_columns() -> Arc<vergic::ColumnMapping> {
        let group = (ImportColumn::Queue, "Customer group".to_owned());
        let columns = Patterns(vec![(Pattern("chats".to_owned()), vec![group])]);
        Arc::new(vergic::ColumnMapping::new(&columns))
    }

    async fn import_vergic(store: &Store, content: &'static str) {
        let file = vergic::VergicFile::parse_key(CHATS, "Metrics").unwrap();
        let options = vergic::VergicReadOptions {
            file,
            mapping: chat_columns(),
            stores_contacts: true,
        };
        let incoming = incoming_file("vergic", CHATS, "chats");
        let result = vergic::import_file(store, content.as_bytes(), incoming, options).await;
        result.unwrap();
    }

    #[tokio::test]
    async fn stored_contacts_are_erased_once_contacts_are_no_longer_stored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        import_sangoma(
            &store,
            LOGINS,
            "agent_login_id,agent_id,time_logged_in,time_logged_off,extension\n\
             1,9,1767600000,1767630000,5551234567\n",
        )
        .await;
        import_sangoma(
            &store,
            DETAILS,
            "call_details_id,uuid,start_time,end_time,callerid_name,callerid_number,destination_number,x\n\
             1,a,1767600000,1767600060,Anna,46701234567,1001,y\n\
             2,b,1767600000,1767600060,Bo,5551234567,46701234567,\n\
             3,c,soon,1767600060,Cilla,46701234567,1001,\n",
        )
        .await;
        import_vergic(
            &store,
            "Customer group;Visitor;Chats\nSales;Anna Karlsson;5\nSupport;;2\n",
        )
        .await;
        let query_texts = |query: &str| {
            let connection = Connection::open(&path).unwrap();
            let mut query = connection.prepare(query).unwrap();
            let rows = query.query_map([], |row| row.get::<_, Option<String>>(0));
            let rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
            rows
        };
        let details = "SELECT concat_ws('|', uuid, callerid_name, callerid_number,
                           destination_number, extra) FROM sangoma_call_details ORDER BY id";
        let before = query_texts(details);
        let vergic = ExportVendor::Vergic(VergicSettings {
            columns: chat_columns(),
            ..VergicSettings::default()
        });
        let policy = |contacts| RetentionPolicy {
            calls: Duration::from_hours(24 * 36_500),
            contacts,
            vendors: [("vergic".into(), vergic.clone())].into(),
        };
        let enforce = async |contacts| {
            let now = jiff::Timestamp::now();
            let stop = CancellationToken::new();
            enforce_retention(&store, &path, &policy(contacts), now, &stop)
                .await
                .unwrap();
        };

        enforce(true).await;
        assert_eq!(query_texts(details), before);
        enforce(false).await;

        let text = |texts: &[&str]| -> Vec<_> {
            texts.iter().map(|text| Some((*text).to_owned())).collect()
        };
        assert_eq!(
            before,
            text(&[
                r#"a|Anna|46701234567|1001|{"x":"y"}"#,
                r#"b|Bo|5551234567|46701234567|{"x":""}"#
            ])
        );
        assert_eq!(query_texts(details), text(&["a|1001", "b|5551234567"]));
        assert_eq!(query_texts("SELECT text FROM import_set_aside"), [None]);
        assert_eq!(
            query_texts("SELECT cells FROM vergic_row ORDER BY id"),
            text(&[r#"["Sales",null,5]"#, r#"["Support",null,2]"#])
        );
        assert_eq!(store.files_with_contacts().await.unwrap(), [].into());
        for name in ["wallboard.db", "wallboard.db-wal"] {
            let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
            let contains = |name: &str| {
                bytes
                    .windows(name.len())
                    .any(|part| part == name.as_bytes())
            };
            assert!(!contains("Anna") && !contains("46701234567"), "{name}");
        }
    }
}
