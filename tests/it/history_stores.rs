//! Files from object stores: `moto`'s S3, Azurite, and a store that behaves badly.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wallboard::{
    domain::RedactedText,
    history::fetch::{
        AzureSettings, AzureStore, FetchError, FetchTimeouts, FileStore, RemoteListing, S3Settings,
        S3Store, SpoolOptions, SpooledFile,
    },
};

use crate::support::{
    self,
    azure::{ACCOUNT, KEY},
    ports,
    s3::REGION,
    shop::{Manner, Shop},
};

/// Names as exports have them, and such as could.
const NAMES: [&str; 7] = [
    "/CCAAS/FACTS/7-Call_Attempt-F/20260305-7-Call_Attempt-F.csv",
    "CCAAS//double.csv",
    "CCAAS/FACTS/7-Queue_Call-F/20260305-7-Queue_Call-F.csv",
    r"CCAAS\FACTS\7-Agent_ACW-F\20260305-7-Agent_ACW-F.csv",
    r"\CCAAS\FACTS\7-Queue_Call-F\20260305-7-Queue_Call-F.csv",
    "a b+c%20&d=é.csv",
    "ünïcode/日本.csv",
];

fn s3_settings(endpoint: String, bucket: &str) -> S3Settings {
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

fn s3(settings: S3Settings) -> FileStore {
    FileStore::S3(S3Store::new(settings).unwrap())
}

fn azure_settings(connection_string: String, container: &str) -> AzureSettings {
    AzureSettings {
        connection_string: RedactedText(connection_string),
        container: container.into(),
        page_size: None,
        timeouts: FetchTimeouts::default(),
    }
}

fn azure(settings: AzureSettings) -> FileStore {
    FileStore::Azure(AzureStore::new(settings).unwrap())
}

fn names(listing: &RemoteListing) -> Vec<&str> {
    listing.files.iter().map(|file| file.key.as_str()).collect()
}

async fn spooled(
    door: &FileStore,
    listing: &RemoteListing,
    place: usize,
) -> Result<SpooledFile, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let spooling = SpoolOptions {
        folder: folder.path(),
        stability_period: Duration::from_mins(1),
    };
    door.spool_file(&listing.files[place], &spooling).await
}

/// Every name is listed as the store has it, and opens what was put there.
async fn holds_all_names(door: &FileStore, as_stored: impl Fn(&str) -> String) {
    let listing = door.list_folder("").await.unwrap();
    let mut stored = NAMES.map(|name| (as_stored(name), name));
    stored.sort_unstable();
    assert_eq!(
        names(&listing),
        stored.each_ref().map(|(key, _)| key.as_str())
    );
    for (place, (_, content)) in stored.iter().enumerate() {
        let mut file = spooled(door, &listing, place).await.unwrap().file;
        assert_eq!(std::io::read_to_string(&mut file).unwrap(), *content);
    }
    for prefix in [r"\CCAAS\", "/", "CCAAS/", "none"] {
        let listing = door.list_folder(prefix).await.unwrap();
        let is_meant = |(key, _): &&(String, &str)| key.starts_with(prefix);
        let count = stored.iter().filter(is_meant).count();
        assert_eq!(listing.files.len(), count, "{prefix}");
    }
    assert_eq!(door.stat_file("none.csv").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_gives_every_name_in_pages_of_any_size() {
    let store = support::S3::shared();
    store.make_bucket("all-names").await;
    for name in NAMES {
        store.put("all-names", name, name).await;
    }

    for page in [None, Some(1), Some(3)] {
        let settings = s3_settings(store.endpoint(), "all-names");
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
async fn azure_gives_every_name_in_pages_of_any_size() {
    // It keeps every back-slash as a slash, whoever puts it there.
    let as_stored = |name: &str| name.replace('\\', "/");
    let store = support::Azure::shared();
    let files = NAMES.map(|name| (name, name.as_bytes()));
    store.put("all-names", &files);
    let sas = store.sas("all-names", "rl", 5);
    let named = sas.replace(
        &store.endpoint(),
        &format!("{}/all-names", store.endpoint()),
    );

    for page in [None, Some(1), Some(3)] {
        let settings = azure_settings(store.connection_string(), "all-names");
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
async fn a_listing_has_more_keys_than_a_page_holds() {
    let store = support::S3::shared();
    store.make_bucket("many").await;
    for n in 0..1003 {
        store.put("many", &format!("{n:04}.csv"), "x").await;
    }

    let listing = s3(s3_settings(store.endpoint(), "many"))
        .list_folder("")
        .await;

    let listing = listing.unwrap();
    assert_eq!(listing.files.len(), 1003);
    assert_eq!(listing.files[1002].key, "1002.csv");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_s3_refuses_is_named_with_its_mend_and_without_the_secret() {
    let store = support::S3::start();
    store.make_bucket("acme-export").await;
    store.put("acme-export", "a.csv", "a").await;
    let all = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}]});
    let list = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]});
    let none = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*"}]});
    let reader = store.make_user("reader", &all).await;
    let lister = store.make_user("lister", &list).await;
    let stranger = store.make_user("stranger", &none).await;
    store.be_strict().await;
    let door = |id: &str, secret: &str, bucket: &str| {
        s3(S3Settings {
            access_key_id: RedactedText(id.into()),
            secret_access_key: RedactedText(secret.into()),
            ..s3_settings(store.endpoint(), bucket)
        })
    };
    let said = async |id: &str, secret: &str, bucket: &str| {
        let error = door(id, secret, bucket).list_folder("").await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(secret), "{shown}");
        error.to_string()
    };

    let good = door(&reader.id, &reader.secret, "acme-export");
    let listing = good.list_folder("").await.unwrap();
    assert_eq!(spooled(&good, &listing, 0).await.unwrap().size, 1);
    let bucket = said(&reader.id, &reader.secret, "acme-exprot").await;
    assert!(
        bucket.contains("bucket “acme-exprot” not found"),
        "{bucket}"
    );
    let key = said("AKIAAAAAAAAAAAAAAAAA", &reader.secret, "acme-export").await;
    assert!(key.contains("check `access_key_id`"), "{key}");
    let secret = said(&reader.id, "quite-wrong", "acme-export").await;
    assert!(
        secret.contains("`secret_access_key` doesn't match"),
        "{secret}"
    );
    let denied = said(&stranger.id, &stranger.secret, "acme-export").await;
    assert!(denied.contains("give the user s3:ListBucket"), "{denied}");
    let no_read = door(&lister.id, &lister.secret, "acme-export");
    let listing = no_read.list_folder("").await.unwrap();
    let error = no_read.open_file(&listing.files[0]).await.err().unwrap();
    assert!(
        error.to_string().contains("give the user s3:GetObject"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_azure_refuses_is_named_with_its_mend_and_without_the_secret() {
    let store = support::Azure::shared();
    store.put("exports", &[("a.csv", b"a")]);
    let said = async |connection: String, container: &str| {
        let door = azure(azure_settings(connection.clone(), container));
        let error = door.list_folder("").await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        let shown = format!("{error} {error:?}");
        let secret = connection.rsplit('=').next().unwrap_or_default();
        assert!(secret.len() < 8 || !shown.contains(secret), "{shown}");
        error.to_string()
    };
    let good = store.connection_string();

    let container = said(good.clone(), "exprots").await;
    assert!(
        container.contains("container “exprots” not found"),
        "{container}"
    );
    let key = said(good.replace(KEY, "d3Jvbmcga2V5"), "exports").await;
    assert!(key.contains("check AccountName and AccountKey"), "{key}");
    let account = said(
        good.replace(&format!("AccountName={ACCOUNT}"), "AccountName=other"),
        "exports",
    )
    .await;
    assert!(
        account.contains("check AccountName and AccountKey"),
        "{account}"
    );
    let ended = said(store.sas("exports", "rl", -60), "exports").await;
    assert!(
        ended.contains("shared access signature expired at"),
        "{ended}"
    );
    let forged = said(
        store.sas("exports", "rl", 5).replace("sig=", "sig=AA"),
        "exports",
    )
    .await;
    assert!(
        forged.contains("rejected the shared access signature"),
        "{forged}"
    );
    let narrow = said(store.sas("exports", "r", 5), "exports").await;
    assert!(narrow.contains("needs the permission List (l)"), "{narrow}");
    let lister = azure(azure_settings(store.sas("exports", "l", 5), "exports"));
    let listing = lister.list_folder("").await.unwrap();
    let error = lister.open_file(&listing.files[0]).await.err().unwrap();
    assert!(
        error.to_string().contains("needs the permission Read (r)"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_there_is_named() {
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
async fn an_object_that_is_replaced_or_removed_after_its_listing_is_not_taken() {
    let store = support::S3::shared();
    store.make_bucket("changes").await;
    store.put("changes", "a.csv", "before").await;
    let door = s3(s3_settings(store.endpoint(), "changes"));
    let listing = door.list_folder("").await.unwrap();

    store.put("changes", "a.csv", "after!").await;
    let replaced = spooled(&door, &listing, 0).await.unwrap_err();
    store.remove("changes", "a.csv").await;
    let gone = spooled(&door, &listing, 0).await.unwrap_err();

    let key = || "a.csv".to_owned();
    assert_eq!(replaced, FetchError::Replaced { key: key() });
    assert_eq!(gone, FetchError::Gone { key: key() });
    let store = support::Azure::shared();
    store.put("changes", &[("a.csv", b"before")]);
    let door = azure(azure_settings(store.connection_string(), "changes"));
    let listing = door.list_folder("").await.unwrap();
    store.put("changes", &[("a.csv", b"after!")]);
    let replaced = spooled(&door, &listing, 0).await.unwrap_err();
    assert_eq!(replaced, FetchError::Replaced { key: key() });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_cut_short_stalls_or_changes_on_the_way_is_not_taken() {
    let shop = Shop::open().await;
    let door = s3(s3_settings(shop.endpoint(), "shop"));
    let spool = async |manner: Manner| {
        shop.set(manner);
        let listing = door.list_folder("").await.unwrap();
        assert_eq!(listing.files.len(), 5);
        spooled(&door, &listing, 0).await
    };

    let whole = spool(Manner::Good).await.unwrap();
    let plain = spool(Manner::Plain).await.unwrap();
    let short = spool(Manner::Short).await.unwrap_err();
    let cut = spool(Manner::Cut).await.unwrap_err();
    let stalled = spool(Manner::Stall).await.unwrap_err();
    let replaced = spool(Manner::Replaced).await.unwrap_err();
    let longer = spool(Manner::Longer).await.unwrap_err();

    assert_eq!((whole.size, plain.size), (Shop::SIZE, Shop::SIZE));
    let key = || "0.csv".to_owned();
    let (got, size) = (Shop::SIZE / 2, Shop::SIZE);
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
async fn a_slow_listing_with_empty_pages_and_a_busy_store_is_listed_to_its_end() {
    let shop = Shop::open().await;
    let door = s3(s3_settings(shop.endpoint(), "shop"));

    for manner in [Manner::Slow, Manner::BusyAtFirst] {
        shop.set(manner);
        let listing = door.list_folder("").await.unwrap();
        assert_eq!(listing.files.len(), 5, "{manner:?}");
    }
    shop.set(Manner::Busy);
    let error = door.list_folder("").await.unwrap_err();
    assert!(error.is_transient());
    assert!(
        error.to_string().contains("“SlowDown: Please reduce"),
        "{error}"
    );
    shop.set(Manner::Elsewhere);
    let error = door.list_folder("").await.unwrap_err();
    assert!(
        error.to_string().contains("set `region = \"eu-west-1\"`"),
        "{error}"
    );
    shop.set(Manner::Page);
    let error = door.list_folder("").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("sent a response that isn't from S3"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_speak_http_is_told_with_the_mend() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let _ssh = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _request = stream.read(&mut [0; 64]).await;
            stream.write_all(b"SSH-2.0-other\r\n").await.ok();
        }
    });

    let door = s3(s3_settings(format!("http://127.0.0.1:{port}"), "acme"));
    let error = door.list_folder("").await.unwrap_err();

    assert_eq!(
        error.to_string(),
        format!(
            "127.0.0.1:{port} didn't respond with HTTP: check the host and port in its address"
        )
    );
}
