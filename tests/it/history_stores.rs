//! Files from object stores: `moto`'s S3, Azurite, and a server that misbehaves.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wallboard_domain::RedactedText;
use wallboard_history::fetch::{
    AzureSettings, AzureStore, FetchError, FetchTimeouts, FileStore, RemoteListing, S3Settings,
    S3Store, SpoolOptions, SpooledFile,
};

use crate::support::{
    self,
    azure::{ACCOUNT, KEY},
    faulty_s3::{FaultyS3, S3Behavior},
    ports,
    s3::REGION,
};

/// Names from real exports, and other possible ones.
const NAMES: [&str; 7] = [
    "/CCAAS/FACTS/7-Call_Attempt-F/20260305-7-Call_Attempt-F.csv",
    "CCAAS//double.csv",
    "CCAAS/FACTS/7-Queue_Call-F/20260305-7-Queue_Call-F.csv",
    r"CCAAS\FACTS\7-Agent_ACW-F\20260305-7-Agent_ACW-F.csv",
    r"\CCAAS\FACTS\7-Queue_Call-F\20260305-7-Queue_Call-F.csv",
    "a b+c%20&d=é.csv",
    "ünïcode/日本.csv",
];

pub fn s3_settings(endpoint: String, bucket: &str) -> S3Settings {
    S3Settings {
        bucket: bucket.into(),
        region: REGION.into(),
        access_key_id: RedactedText("tests".into()),
        secret_access_key: RedactedText("hush-hush".into()),
        endpoint: Some(endpoint),
        page_size: None,
        timeouts: FetchTimeouts {
            answer: Duration::from_secs(10),
            stall: Duration::from_secs(1),
            ..FetchTimeouts::default()
        },
    }
}

pub fn s3(settings: S3Settings) -> FileStore {
    FileStore::S3(S3Store::new(settings).unwrap())
}

pub fn azure_settings(connection_string: String, container: &str) -> AzureSettings {
    AzureSettings {
        connection_string: RedactedText(connection_string),
        container: container.into(),
        page_size: None,
        timeouts: FetchTimeouts::default(),
    }
}

pub fn azure(settings: AzureSettings) -> FileStore {
    FileStore::Azure(AzureStore::new(settings).unwrap())
}

fn names(listing: &RemoteListing) -> Vec<&str> {
    listing.files.iter().map(|file| file.key.as_str()).collect()
}

async fn spool(
    store: &FileStore,
    listing: &RemoteListing,
    index: usize,
) -> Result<SpooledFile, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let spooling = SpoolOptions {
        folder: folder.path(),
        stability_period: Duration::from_mins(1),
    };
    store.spool_file(&listing.files[index], &spooling).await
}

/// Asserts that every name is listed as stored and opens the right content.
async fn holds_all_names(store: &FileStore, as_stored: impl Fn(&str) -> String) {
    let listing = store.list_folder("").await.unwrap();
    let mut stored = NAMES.map(|name| (as_stored(name), name));
    stored.sort_unstable();
    assert_eq!(
        names(&listing),
        stored.each_ref().map(|(key, _)| key.as_str())
    );
    for (index, (_, content)) in stored.iter().enumerate() {
        let mut file = spool(store, &listing, index).await.unwrap().file;
        assert_eq!(std::io::read_to_string(&mut file).unwrap(), *content);
    }
    for prefix in [r"\CCAAS\", "/", "CCAAS/", "none"] {
        let listing = store.list_folder(prefix).await.unwrap();
        let has_prefix = |(key, _): &&(String, &str)| key.starts_with(prefix);
        let count = stored.iter().filter(has_prefix).count();
        assert_eq!(listing.files.len(), count, "{prefix}");
    }
    assert_eq!(store.stat_file("none.csv").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_lists_every_name_with_any_page_size() {
    let server = support::S3::shared();
    server.make_bucket("all-names").await;
    for name in NAMES {
        server.put("all-names", name, name).await;
    }

    for page in [None, Some(1), Some(3)] {
        let settings = s3_settings(server.endpoint(), "all-names");
        holds_all_names(
            &s3(S3Settings {
                page_size: page,
                ..settings
            }),
            str::to_owned,
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_lists_every_name_with_any_page_size() {
    // Azurite stores every backslash as a slash, whichever client writes it.
    let as_stored = |name: &str| name.replace('\\', "/");
    let server = support::Azure::shared();
    let files = NAMES.map(|name| (name, name.as_bytes()));
    server.put("all-names", &files);
    let sas = server.sas("all-names", "rl", 5);
    let named = sas.replace(
        &server.endpoint(),
        &format!("{}/all-names", server.endpoint()),
    );

    for page in [None, Some(1), Some(3)] {
        let settings = azure_settings(server.connection_string(), "all-names");
        holds_all_names(
            &azure(AzureSettings {
                page_size: page,
                ..settings
            }),
            as_stored,
        )
        .await;
    }
    for connection in [sas, named] {
        holds_all_names(&azure(azure_settings(connection, "all-names")), as_stored).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listing_spans_several_pages() {
    let server = support::S3::shared();
    server.make_bucket("many").await;
    for n in 0..1003 {
        server.put("many", &format!("{n:04}.csv"), "x").await;
    }

    let listing = s3(s3_settings(server.endpoint(), "many"))
        .list_folder("")
        .await;

    let listing = listing.unwrap();
    assert_eq!(listing.files.len(), 1003);
    assert_eq!(listing.files[1002].key, "1002.csv");
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_rejections_name_the_fix_and_no_secret() {
    let server = support::S3::start();
    server.make_bucket("acme-export").await;
    server.put("acme-export", "a.csv", "a").await;
    let all = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}]});
    let list = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]});
    let none = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*"}]});
    let reader = server.make_user("reader", &all).await;
    let lister = server.make_user("lister", &list).await;
    let stranger = server.make_user("stranger", &none).await;
    server.enforce_policies().await;
    let open_store = |id: &str, secret: &str, bucket: &str| {
        s3(S3Settings {
            access_key_id: RedactedText(id.into()),
            secret_access_key: RedactedText(secret.into()),
            ..s3_settings(server.endpoint(), bucket)
        })
    };
    let error_text = async |id: &str, secret: &str, bucket: &str| {
        let error = open_store(id, secret, bucket)
            .list_folder("")
            .await
            .unwrap_err();
        assert!(!error.is_transient(), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(secret), "{shown}");
        error.to_string()
    };

    let good = open_store(&reader.id, &reader.secret, "acme-export");
    let listing = good.list_folder("").await.unwrap();
    assert_eq!(spool(&good, &listing, 0).await.unwrap().size, 1);
    let bucket = error_text(&reader.id, &reader.secret, "acme-exprot").await;
    assert!(
        bucket.contains("bucket “acme-exprot” not found"),
        "{bucket}"
    );
    let key = error_text("AKIAAAAAAAAAAAAAAAAA", &reader.secret, "acme-export").await;
    assert!(key.contains("check `access_key_id`"), "{key}");
    let secret = error_text(&reader.id, "quite-wrong", "acme-export").await;
    assert!(
        secret.contains("`secret_access_key` doesn't match"),
        "{secret}"
    );
    let denied = error_text(&stranger.id, &stranger.secret, "acme-export").await;
    assert!(denied.contains("give the user s3:ListBucket"), "{denied}");
    let no_read = open_store(&lister.id, &lister.secret, "acme-export");
    let listing = no_read.list_folder("").await.unwrap();
    let error = no_read.open_file(&listing.files[0]).await.err().unwrap();
    assert!(
        error.to_string().contains("give the user s3:GetObject"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_rejections_name_the_fix_and_no_secret() {
    let server = support::Azure::shared();
    server.put("exports", &[("a.csv", b"a")]);
    let error_text = async |connection: String, container: &str| {
        let store = azure(azure_settings(connection.clone(), container));
        let error = store.list_folder("").await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        let shown = format!("{error} {error:?}");
        let secret = connection.rsplit('=').next().unwrap_or_default();
        assert!(secret.len() < 8 || !shown.contains(secret), "{shown}");
        error.to_string()
    };
    let good = server.connection_string();

    let container = error_text(good.clone(), "exprots").await;
    assert!(
        container.contains("container “exprots” not found"),
        "{container}"
    );
    let key = error_text(good.replace(KEY, "d3Jvbmcga2V5"), "exports").await;
    assert!(key.contains("check AccountName and AccountKey"), "{key}");
    let account = error_text(
        good.replace(&format!("AccountName={ACCOUNT}"), "AccountName=other"),
        "exports",
    )
    .await;
    assert!(
        account.contains("check AccountName and AccountKey"),
        "{account}"
    );
    let ended = error_text(server.sas("exports", "rl", -60), "exports").await;
    assert!(
        ended.contains("shared access signature expired at"),
        "{ended}"
    );
    let forged = error_text(
        server.sas("exports", "rl", 5).replace("sig=", "sig=AA"),
        "exports",
    )
    .await;
    assert!(
        forged.contains("rejected the shared access signature"),
        "{forged}"
    );
    let narrow = error_text(server.sas("exports", "r", 5), "exports").await;
    assert!(narrow.contains("needs the permission List (l)"), "{narrow}");
    let lister = azure(azure_settings(server.sas("exports", "l", 5), "exports"));
    let listing = lister.list_folder("").await.unwrap();
    let error = lister.open_file(&listing.files[0]).await.err().unwrap();
    assert!(
        error.to_string().contains("needs the permission Read (r)"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_store_is_named() {
    let endpoint = format!("http://127.0.0.1:{}", ports::free());

    let error = s3(s3_settings(endpoint, "acme"))
        .list_folder("")
        .await
        .unwrap_err();
    assert!(error.is_transient());
    assert!(error.to_string().contains("connection refused"), "{error}");
    let plain = S3Store::new(s3_settings("http://s3.example.com".into(), "acme"));
    assert!(
        plain
            .unwrap_err()
            .to_string()
            .contains("use https:// in `endpoint`")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn object_changed_after_listing_is_not_imported() {
    let server = support::S3::shared();
    server.make_bucket("changes").await;
    server.put("changes", "a.csv", "before").await;
    let store = s3(s3_settings(server.endpoint(), "changes"));
    let listing = store.list_folder("").await.unwrap();

    server.put("changes", "a.csv", "after!").await;
    let replaced = spool(&store, &listing, 0).await.unwrap_err();
    server.remove("changes", "a.csv").await;
    let error = spool(&store, &listing, 0).await.unwrap_err();

    let key = || "a.csv".to_owned();
    assert_eq!(replaced, FetchError::Replaced { key: key() });
    assert_eq!(error, FetchError::Gone { key: key() });
    let server = support::Azure::shared();
    server.put("changes", &[("a.csv", b"before")]);
    let store = azure(azure_settings(server.connection_string(), "changes"));
    let listing = store.list_folder("").await.unwrap();
    server.put("changes", &[("a.csv", b"after!")]);
    let replaced = spool(&store, &listing, 0).await.unwrap_err();
    assert_eq!(replaced, FetchError::Replaced { key: key() });
}

#[tokio::test(flavor = "multi_thread")]
async fn truncated_stalled_or_changing_object_is_not_imported() {
    let server = FaultyS3::open().await;
    let store = s3(s3_settings(server.endpoint(), "shop"));
    let fetch = async |behavior: S3Behavior| {
        server.set(behavior);
        let listing = store.list_folder("").await.unwrap();
        assert_eq!(listing.files.len(), 5);
        spool(&store, &listing, 0).await
    };

    let whole = fetch(S3Behavior::Normal).await.unwrap();
    let plain = fetch(S3Behavior::Plain).await.unwrap();
    let short = fetch(S3Behavior::Short).await.unwrap_err();
    let cut = fetch(S3Behavior::Cut).await.unwrap_err();
    let stalled = fetch(S3Behavior::Stall).await.unwrap_err();
    let replaced = fetch(S3Behavior::Replaced).await.unwrap_err();
    let longer = fetch(S3Behavior::Longer).await.unwrap_err();

    assert_eq!((whole.size, plain.size), (FaultyS3::SIZE, FaultyS3::SIZE));
    let key = || "0.csv".to_owned();
    let (got, size) = (FaultyS3::SIZE / 2, FaultyS3::SIZE);
    assert_eq!(
        short,
        FetchError::Truncated {
            key: key(),
            got,
            size
        }
    );
    assert!(matches!(cut, FetchError::ConnectionLost { .. }), "{cut}");
    assert!(matches!(stalled, FetchError::Stalled { .. }), "{stalled}");
    assert_eq!(replaced, FetchError::Replaced { key: key() });
    assert_eq!(longer, FetchError::Growing { key: key() });
    for error in [short, cut, stalled, replaced, longer] {
        assert!(error.is_transient());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_listing_with_empty_pages_and_retries_completes() {
    let server = FaultyS3::open().await;
    let store = s3(s3_settings(server.endpoint(), "shop"));

    for behavior in [S3Behavior::Slow, S3Behavior::BusyAtFirst] {
        server.set(behavior);
        let listing = store.list_folder("").await.unwrap();
        assert_eq!(listing.files.len(), 5, "{behavior:?}");
    }
    server.set(S3Behavior::Busy);
    let error = store.list_folder("").await.unwrap_err();
    assert!(error.is_transient());
    assert!(
        error.to_string().contains("“SlowDown: Please reduce"),
        "{error}"
    );
    server.set(S3Behavior::Elsewhere);
    let error = store.list_folder("").await.unwrap_err();
    assert!(
        error.to_string().contains("set `region = \"eu-west-1\"`"),
        "{error}"
    );
    server.set(S3Behavior::Page);
    let error = store.list_folder("").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("sent a response that isn't from S3"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn non_http_server_is_reported_with_a_fix() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let _ssh = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _request = stream.read(&mut [0; 64]).await;
            stream.write_all(b"SSH-2.0-other\r\n").await.ok();
        }
    });

    let store = s3(s3_settings(format!("http://127.0.0.1:{port}"), "acme"));
    let error = store.list_folder("").await.unwrap_err();

    assert_eq!(
        error.to_string(),
        format!(
            "127.0.0.1:{port} didn't respond with HTTP: check the host and port in its address"
        )
    );
}
