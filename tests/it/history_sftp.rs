//! Files by SFTP, from OpenSSH's own server.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::StreamExt;
use rusqlite::Connection;
use tokio::{io::AsyncWriteExt, net::TcpListener};
use wallboard_domain::RedactedText;
use wallboard_history::fetch::{
    FetchError, FetchTimeouts, FileStore, HostTrust, PrivateKeySource, RemoteListing, SftpSettings,
    SftpStore, SpoolOptions, SpooledFile, load_public_key,
};

use crate::support::{
    NetworkCondition, Proxy, Sshd, Wallboard, assert_throughout, ports,
    sshd::{KeyFormat, fingerprint},
    tier, wait_until,
    wallboard::base_configuration,
};

const NO_WAIT: Duration = Duration::ZERO;

fn settings(sshd: &Sshd, key: &Path) -> SftpSettings {
    SftpSettings {
        host: "127.0.0.1".into(),
        port: sshd.port,
        username: Sshd::user(),
        key: PrivateKeySource::File(key.to_owned()),
        key_passphrase: None,
        trust: HostTrust::KnownHosts(sshd.known_hosts()),
        root: "Metrics".into(),
        timeouts: FetchTimeouts {
            stall: Duration::from_secs(5),
            ..FetchTimeouts::default()
        },
    }
}

fn sftp_store(settings: SftpSettings) -> FileStore {
    FileStore::Sftp(SftpStore::new(settings))
}

/// Starts a server with one file and an authorized key.
fn start_server() -> (Sshd, PathBuf) {
    let sshd = Sshd::start();
    sshd.put("Metrics/2026/1/2/queues.csv", "a,b\r\n");
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    (sshd, key)
}

async fn list_error(settings: SftpSettings) -> FetchError {
    sftp_store(settings)
        .list_folder("Metrics")
        .await
        .unwrap_err()
}

fn names(listing: &RemoteListing) -> Vec<&str> {
    listing.files.iter().map(|file| file.key.as_str()).collect()
}

async fn spool(
    store: &FileStore,
    listing: &RemoteListing,
    stability_period: Duration,
) -> Result<SpooledFile, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let spooling = SpoolOptions {
        folder: folder.path(),
        stability_period,
    };
    store.spool_file(&listing.files[0], &spooling).await
}

/// Sets a file's modification time to a day ago.
fn age(file: &Path) {
    let yesterday = std::time::SystemTime::now() - Duration::from_hours(24);
    let file = fs::File::options().write(true).open(file).unwrap();
    file.set_modified(yesterday).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_type_works_with_and_without_a_passphrase() {
    let sshd = Sshd::start();
    sshd.put("Metrics/a.csv", "a");
    let kinds = [
        ("ed25519", KeyFormat::OpenSsh),
        ("ed25519", KeyFormat::Ppk3),
        ("ed25519", KeyFormat::Ppk2),
        ("ecdsa", KeyFormat::OpenSsh),
        ("ecdsa", KeyFormat::Pkcs8),
        ("ecdsa", KeyFormat::Pem),
        ("ecdsa", KeyFormat::Ppk3),
        ("rsa", KeyFormat::OpenSsh),
        ("rsa", KeyFormat::Pkcs8),
        ("rsa", KeyFormat::Pem),
        ("rsa", KeyFormat::Ppk3),
    ];

    for (kind, form) in kinds {
        for passphrase in ["", "Tr0ub4dor und 3"] {
            if (kind, form, passphrase.is_empty()) == ("ecdsa", KeyFormat::Pem, false) {
                continue;
            }
            let key = sshd.key(kind, form, passphrase);
            let settings = SftpSettings {
                key_passphrase: Some(RedactedText(passphrase.into()))
                    .filter(|hidden| !hidden.0.is_empty()),
                ..settings(&sshd, &key)
            };
            let public_key = load_public_key(&settings).unwrap();
            let listing = sftp_store(settings).list_folder("Metrics").await;
            let listing = listing.unwrap_or_else(|error| panic!("{kind} {form:?}: {error}"));

            assert_eq!(names(&listing), ["Metrics/a.csv"], "{kind} {form:?}");
            let public = key.with_extension("pub");
            assert_eq!(
                public_key.fingerprint,
                fingerprint(&public),
                "{kind} {form:?}"
            );
            let line = fs::read_to_string(public).unwrap();
            assert!(
                line.starts_with(&public_key.line),
                "{line} is not {}",
                public_key.line
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_key_is_reported_with_reason_and_fix() {
    let (sshd, key) = start_server();
    let locked = sshd.key("ed25519", KeyFormat::OpenSsh, "right");
    let ec_pem = sshd.key("ecdsa", KeyFormat::Pem, "right");
    let foreign = sshd.unauthorized_key("ed25519", KeyFormat::OpenSsh, "");
    let with = |key: &Path, passphrase: Option<&str>| SftpSettings {
        key_passphrase: passphrase.map(|text| RedactedText(text.into())),
        ..settings(&sshd, key)
    };
    let error_text = async |settings| list_error(settings).await.to_string();

    let missing = error_text(with(Path::new("/nowhere/id"), None)).await;
    assert!(
        missing.contains("can't read the `key_file` id"),
        "{missing}"
    );
    let public = error_text(with(&key.with_extension("pub"), None)).await;
    assert!(public.contains("is a public key"), "{public}");
    let no_passphrase = error_text(with(&locked, None)).await;
    assert!(
        no_passphrase.contains("set `key_passphrase`"),
        "{no_passphrase}"
    );
    let wrong = error_text(with(&locked, Some("wrong"))).await;
    assert!(
        wrong.contains("`key_passphrase` doesn't open the key"),
        "{wrong}"
    );
    assert!(!wrong.contains("wrong passphrase") && !wrong.contains("right"));
    let form = error_text(with(&ec_pem, Some("right"))).await;
    assert!(form.contains("ssh-keygen -p -f FILE"), "{form}");
    let unknown = error_text(with(&foreign, None)).await;
    let own_fingerprint = fingerprint(&foreign.with_extension("pub"));
    assert!(
        unknown.contains(&own_fingerprint) && unknown.contains("ssh-ed25519 AAAA"),
        "{unknown}"
    );
    let stranger = SftpSettings {
        username: "nobody-of-that-name".into(),
        ..settings(&sshd, &key)
    };
    let stranger = error_text(stranger).await;
    assert!(stranger.contains("“nobody-of-that-name”"), "{stranger}");
    // An unnecessary passphrase does no harm.
    sftp_store(with(&key, Some("needless")))
        .list_folder("Metrics")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_host_is_rejected_with_its_known_hosts_line() {
    let (sshd, key) = start_server();
    let known_hosts = tempfile::NamedTempFile::new().unwrap();
    let settings = SftpSettings {
        trust: HostTrust::KnownHosts(known_hosts.path().into()),
        ..settings(&sshd, &key)
    };

    let error = list_error(settings.clone()).await.to_string();
    assert!(error.contains("is unknown, so nothing was sent"), "{error}");
    assert!(error.contains(&sshd.fingerprint("ed25519")), "{error}");
    assert!(error.contains(&sshd.known_hosts_line()), "{error}");
    fs::write(
        known_hosts.path(),
        error.rsplit_once("known_hosts`: ").unwrap().1,
    )
    .unwrap();
    sftp_store(settings).list_folder("Metrics").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_host_key_is_rejected_with_both_fingerprints() {
    let (mut sshd, key) = start_server();
    let settings = settings(&sshd, &key);
    let pinned = SftpSettings {
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        ..settings.clone()
    };
    let old = sshd.fingerprint("ed25519");
    sftp_store(settings.clone())
        .list_folder("Metrics")
        .await
        .unwrap();
    sftp_store(pinned.clone())
        .list_folder("Metrics")
        .await
        .unwrap();

    sshd.replace_host_keys();

    for settings in [settings, pinned] {
        let error = list_error(settings).await;
        assert!(!error.is_transient());
        let error = error.to_string();
        assert!(error.contains("changed, so nothing was sent"), "{error}");
        assert!(error.contains(&old), "{error}");
        assert!(error.contains(&sshd.fingerprint("ed25519")), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_a_hosts_keys_can_be_the_known_one() {
    let sshd = Sshd::with_host_keys(&["rsa", "ecdsa", "ed25519"]);
    sshd.put("Metrics/a.csv", "a");
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");

    // The file has the RSA key only.
    sftp_store(settings(&sshd, &key))
        .list_folder("Metrics")
        .await
        .unwrap();
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let pinned = SftpSettings {
            trust: HostTrust::Fingerprint(sshd.fingerprint(kind)),
            ..settings(&sshd, &key)
        };
        sftp_store(pinned).list_folder("Metrics").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn non_sftp_servers_are_identified() {
    let (sshd, key) = start_server();
    for (banner, expected, is_transient) in [
        (
            "220 ProFTPD Server ready.\r\n",
            "is an FTP server, not an SFTP server",
            false,
        ),
        (
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "isn't an SSH server (it sent “HTTP/1.1 400 Bad Request”)",
            false,
        ),
        (
            "Not allowed at this time\r\n",
            "is unavailable (it reports “Not allowed at this time”)",
            true,
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let speaking = tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                connection.write_all(banner.as_bytes()).await.unwrap();
                connection.shutdown().await.ok();
            }
        });

        let error = list_error(SftpSettings {
            port,
            ..settings(&sshd, &key)
        })
        .await;

        speaking.abort();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.is_transient(), is_transient);
    }
    let nobody = SftpSettings {
        port: crate::support::ports::free(),
        ..settings(&sshd, &key)
    };
    let error = list_error(nobody).await;
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert!(error.is_transient());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_or_inaccessible_root_is_named() {
    let (mut sshd, key) = start_server();
    let settings = settings(&sshd, &key);

    let missing = sftp_store(settings.clone())
        .list_folder("Metric")
        .await
        .unwrap_err();
    assert!(missing.is_missing_folder());
    assert!(
        missing.to_string().contains("folder “Metric” not found"),
        "{missing}"
    );
    sshd.deny_requests("opendir");
    let closed = sftp_store(settings)
        .list_folder("Metrics")
        .await
        .unwrap_err()
        .to_string();
    assert!(closed.contains("denied access to “Metrics”"), "{closed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_listed_by_level_and_files_read_unchanged() {
    let (sshd, key) = start_server();
    let content: Vec<u8> = (0..3_000_001_u32)
        .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
        .collect();
    sshd.put("Metrics/2026/1/2/13/big ü.csv", &content);
    sshd.put("Metrics/2026/1/2/13/empty.csv", "");
    age(&sshd.home.join("Metrics/2026/1/2/13/big ü.csv"));
    let store = sftp_store(settings(&sshd, &key));

    let day = store.list_folder("Metrics/2026/1/2").await.unwrap();
    let hour = store.list_folder("Metrics/2026/1/2/13").await.unwrap();
    let mut big = spool(&store, &hour, Duration::from_mins(1)).await.unwrap();

    assert_eq!(day.folders, ["Metrics/2026/1/2/13"]);
    assert_eq!(names(&day), ["Metrics/2026/1/2/queues.csv"]);
    assert_eq!(
        names(&hour),
        [
            "Metrics/2026/1/2/13/big ü.csv",
            "Metrics/2026/1/2/13/empty.csv"
        ]
    );
    assert_eq!(big.size, content.len() as u64);
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut big.file, &mut read).unwrap();
    assert!(read == content);
    let stat = store
        .stat_file("Metrics/2026/1/2/13/empty.csv")
        .await
        .unwrap();
    assert_eq!(stat.as_ref(), hour.files.get(1));
    assert_eq!(store.stat_file("Metrics/none.csv").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn symlinks_are_followed_only_to_files_inside_the_root() {
    let (sshd, key) = start_server();
    let root = sshd.home.join("Metrics");
    sshd.put("secret.csv", "hush");
    symlink("2026/1/2/queues.csv", root.join("in.csv")).unwrap();
    symlink("../secret.csv", root.join("out.csv")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("nowhere", root.join("none.csv")).unwrap();
    let store = sftp_store(settings(&sshd, &key));

    let listing = store.list_folder("Metrics").await.unwrap();

    assert_eq!(names(&listing), ["Metrics/in.csv"]);
    assert_eq!(listing.folders, ["Metrics/2026"]);
    assert_eq!(listing.skipped.len(), 3);
    assert_eq!(store.stat_file("Metrics/out.csv").await.unwrap(), None);
    age(&root.join("2026/1/2/queues.csv"));
    let listing = store.list_folder("Metrics").await.unwrap();
    let read = spool(&store, &listing, Duration::from_mins(1))
        .await
        .unwrap();
    assert_eq!(read.size, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_changed_after_listing_is_not_imported() {
    let (sshd, key) = start_server();
    let store = sftp_store(settings(&sshd, &key));
    let file = "Metrics/2026/1/2/queues.csv";
    let listed = store.list_folder("Metrics/2026/1/2").await.unwrap();

    sshd.put(file, "a,b\r\n1,2\r\n");
    let growing = spool(&store, &listed, NO_WAIT).await.unwrap_err();
    sshd.put(file, "a");
    let replaced = spool(&store, &listed, NO_WAIT).await.unwrap_err();
    fs::remove_file(sshd.home.join(file)).unwrap();
    let deleted = spool(&store, &listed, NO_WAIT).await.unwrap_err();

    let key = file.to_owned();
    assert_eq!(growing, FetchError::Growing { key: key.clone() });
    assert_eq!(replaced, FetchError::Replaced { key: key.clone() });
    assert_eq!(deleted, FetchError::Gone { key });
    for error in [growing, replaced, deleted] {
        assert!(error.is_transient() && error.affects_one_file());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn next_call_reconnects_a_lost_connection() {
    let (mut sshd, key) = start_server();
    let proxy = Proxy::to(sshd.port).await;
    let settings = SftpSettings {
        port: proxy.port,
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        ..settings(&sshd, &key)
    };
    let store = sftp_store(settings);
    let list = async || store.list_folder("Metrics").await;
    list().await.unwrap();

    proxy.cut();
    let again = async || match list().await {
        Err(error) if !error.is_transient() => panic!("{error}"),
        result => result,
    };
    wait_until("a new connection", Duration::from_secs(10), again).await;
    sshd.stop();
    proxy.cut();
    wait_until("the server is down", Duration::from_secs(10), async || {
        list()
            .await
            .err()
            .filter(FetchError::is_transient)
            .ok_or("still there")
    })
    .await;
    sshd.start_again();
    wait_until("the server is back", Duration::from_secs(10), list).await;
}

/// The running product: rows are visible all at once or not at all, whatever the network does.
#[tokio::test(flavor = "multi_thread")]
async fn file_that_stalls_halfway_is_never_partly_visible() {
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    // Long past days aren't looked at twice.
    let yesterday = jiff::Zoned::now().date().yesterday().unwrap();
    let file = format!("Metrics/{}/9/queues.csv", yesterday.strftime("%Y/%m/%d"));
    let content = |rows: usize| "Group,Chats\r\n".to_owned() + &"Sales,1\r\n".repeat(rows);
    let proxy = Proxy::to(sshd.port).await;
    let port = ports::free();
    let configuration = base_configuration(port, port)
        + &format!(
            "[sources.vergic]\nkind = \"vergic-export\"\nhost = \"127.0.0.1\"\nport = {}\n\
             username = {:?}\nkey_file = {:?}\nhost_key = {:?}\nhistory = \"3650d\"\n\
             settle = \"0s\"\ninterval = \"1s\"\n\
             [sources.vergic.columns]\nqueues = {{ queue = \"Group\", offered = \"Chats\" }}\n",
            proxy.port,
            Sshd::user(),
            key.display().to_string(),
            sshd.fingerprint("ed25519"),
        );

    sshd.put(&file, content(60_000));
    proxy.stall_after(content(60_000).len() / 2);
    let wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    let database = wallboard.file("wallboard.db");
    let check_rows = async |expected: i64| {
        let query = "SELECT count(*) FROM vergic_row";
        let connection = Connection::open(&database).unwrap();
        match connection.query_row(query, [], |row| row.get::<_, i64>(0)) {
            Ok(rows) if rows == expected => Ok(()),
            other => Err(format!("{other:?}")),
        }
    };
    let check_recovery = async |visible: i64, coming: i64| {
        proxy.wait_until_stalled().await;
        // In `scripts/nightly` longer than a download may stall.
        assert_throughout("rows are as before", tier(3, 40), async || {
            check_rows(visible).await
        })
        .await;
        proxy.cut();
        proxy.set(NetworkCondition::Normal);
        wait_until("all rows are visible", Duration::from_mins(1), async || {
            let Err(why) = check_rows(coming).await else {
                return Ok(());
            };
            assert_eq!(why, format!("Ok({visible})"), "partly visible");
            Err(why)
        })
        .await;
    };
    check_recovery(0, 60_000).await;
    // The same name with new content.
    proxy.stall_after(content(50_000).len() / 2);
    sshd.put(&file, content(50_000));
    check_recovery(60_000, 50_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stalled_download_times_out_and_is_retried() {
    let (sshd, key) = start_server();
    sshd.put("Metrics/big.csv", vec![b'x'; 30_000_000]);
    age(&sshd.home.join("Metrics/big.csv"));
    let proxy = Proxy::to(sshd.port).await;
    let timeouts = FetchTimeouts {
        stall: Duration::from_secs(1),
        ..FetchTimeouts::default()
    };
    let store = sftp_store(SftpSettings {
        port: proxy.port,
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        timeouts,
        ..settings(&sshd, &key)
    });
    let listing = store.list_folder("Metrics").await.unwrap();

    let mut chunks = store.open_file(&listing.files[0]).await.unwrap().chunks;
    let mut got = 0;
    let error = loop {
        match chunks.next().await.unwrap() {
            Ok(chunk) => got += chunk.len(),
            Err(error) => break error,
        }
        if 1_000_000 < got {
            proxy.set(NetworkCondition::Silent);
        }
    };
    drop(chunks);
    proxy.cut();
    proxy.set(NetworkCondition::Normal);

    assert!(matches!(error, FetchError::Stalled { .. }), "{error}");
    assert!(error.is_transient());
    let whole = wait_until("the whole file", Duration::from_secs(20), async || {
        spool(&store, &listing, NO_WAIT).await
    });
    assert_eq!(whole.await.size, 30_000_000);
}
