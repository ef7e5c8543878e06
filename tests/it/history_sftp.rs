//! Files by SFTP, from OpenSSH's own server.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{io::AsyncWriteExt, net::TcpListener};
use wallboard::{
    domain::RedactedText,
    history::fetch::{
        FetchError, FetchTimeouts, FileStore, HostTrust, RemoteListing, SftpSettings, SftpStore,
        SpoolOptions, SpooledFile, load_public_key,
    },
};

use crate::support::{
    Proxy, Sshd, Weather,
    sshd::{Form, fingerprint},
    until,
};

const AT_ONCE: Duration = Duration::ZERO;

fn settings(sshd: &Sshd, key: &Path) -> SftpSettings {
    SftpSettings {
        host: "127.0.0.1".into(),
        port: sshd.port,
        username: Sshd::user(),
        key_file: key.to_owned(),
        key_passphrase: None,
        trust: HostTrust::KnownHosts(sshd.known_hosts()),
        root: "Metrics".into(),
        timeouts: FetchTimeouts {
            stall: Duration::from_secs(5),
            ..FetchTimeouts::default()
        },
    }
}

fn door(settings: SftpSettings) -> FileStore {
    FileStore::Sftp(SftpStore::new(settings))
}

/// A server with one file, and a key that it lets in.
fn served() -> (Sshd, PathBuf) {
    let sshd = Sshd::start();
    sshd.put("Metrics/2026/1/2/queues.csv", "a,b\r\n");
    let key = sshd.key("ed25519", Form::OpenSsh, "");
    (sshd, key)
}

async fn refusal(settings: SftpSettings) -> FetchError {
    door(settings).list_folder("Metrics").await.unwrap_err()
}

fn names(listing: &RemoteListing) -> Vec<&str> {
    listing.files.iter().map(|file| file.key.as_str()).collect()
}

async fn spooled(
    door: &FileStore,
    listing: &RemoteListing,
    settle: Duration,
) -> Result<SpooledFile, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let spooling = SpoolOptions {
        folder: folder.path(),
        stability_period: settle,
    };
    door.spool_file(&listing.files[0], &spooling).await
}

/// Makes a file look as if nobody had touched it for a day.
fn age(file: &Path) {
    let yesterday = std::time::SystemTime::now() - Duration::from_hours(24);
    let file = fs::File::options().write(true).open(file).unwrap();
    file.set_modified(yesterday).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_opens_the_door_with_and_without_a_passphrase() {
    let sshd = Sshd::start();
    sshd.put("Metrics/a.csv", "a");
    let kinds = [
        ("ed25519", Form::OpenSsh),
        ("ed25519", Form::Ppk3),
        ("ed25519", Form::Ppk2),
        ("ecdsa", Form::OpenSsh),
        ("ecdsa", Form::Pkcs8),
        ("ecdsa", Form::Pem),
        ("ecdsa", Form::Ppk3),
        ("rsa", Form::OpenSsh),
        ("rsa", Form::Pkcs8),
        ("rsa", Form::Pem),
        ("rsa", Form::Ppk3),
    ];

    for (kind, form) in kinds {
        for passphrase in ["", "Tr0ub4dor und 3"] {
            if (kind, form, passphrase.is_empty()) == ("ecdsa", Form::Pem, false) {
                continue;
            }
            let key = sshd.key(kind, form, passphrase);
            let settings = SftpSettings {
                key_passphrase: Some(RedactedText(passphrase.into()))
                    .filter(|hidden| !hidden.0.is_empty()),
                ..settings(&sshd, &key)
            };
            let own = load_public_key(&settings).unwrap();
            let listing = door(settings).list_folder("Metrics").await;
            let listing = listing.unwrap_or_else(|error| panic!("{kind} {form:?}: {error}"));

            assert_eq!(names(&listing), ["Metrics/a.csv"], "{kind} {form:?}");
            let public = key.with_extension("pub");
            assert_eq!(own.fingerprint, fingerprint(&public), "{kind} {form:?}");
            let line = fs::read_to_string(public).unwrap();
            assert!(line.starts_with(&own.line), "{line} is not {}", own.line);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_used_says_why_and_what_to_do() {
    let (sshd, key) = served();
    let locked = sshd.key("ed25519", Form::OpenSsh, "right");
    let ec_pem = sshd.key("ecdsa", Form::Pem, "right");
    let foreign = sshd.foreign_key("ed25519", Form::OpenSsh, "");
    let with = |key: &Path, passphrase: Option<&str>| SftpSettings {
        key_passphrase: passphrase.map(|text| RedactedText(text.into())),
        ..settings(&sshd, key)
    };
    let said = async |settings| refusal(settings).await.to_string();

    let missing = said(with(Path::new("/nowhere/id"), None)).await;
    assert!(
        missing.contains("can't read the `key_file` id"),
        "{missing}"
    );
    let public = said(with(&key.with_extension("pub"), None)).await;
    assert!(public.contains("is a public key"), "{public}");
    let no_passphrase = said(with(&locked, None)).await;
    assert!(
        no_passphrase.contains("set `key_passphrase`"),
        "{no_passphrase}"
    );
    let wrong = said(with(&locked, Some("wrong"))).await;
    assert!(
        wrong.contains("`key_passphrase` doesn't open the key"),
        "{wrong}"
    );
    assert!(!wrong.contains("wrong passphrase") && !wrong.contains("right"));
    let form = said(with(&ec_pem, Some("right"))).await;
    assert!(form.contains("ssh-keygen -p -f FILE"), "{form}");
    let unknown = said(with(&foreign, None)).await;
    let own = fingerprint(&foreign.with_extension("pub"));
    assert!(
        unknown.contains(&own) && unknown.contains("ssh-ed25519 AAAA"),
        "{unknown}"
    );
    let stranger = SftpSettings {
        username: "nobody-of-that-name".into(),
        ..settings(&sshd, &key)
    };
    let stranger = said(stranger).await;
    assert!(stranger.contains("“nobody-of-that-name”"), "{stranger}");
    // A passphrase too much does no harm.
    door(with(&key, Some("needless")))
        .list_folder("Metrics")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_known_is_refused_with_the_line_that_would_let_it_in() {
    let (sshd, key) = served();
    let known_hosts = tempfile::NamedTempFile::new().unwrap();
    let settings = SftpSettings {
        trust: HostTrust::KnownHosts(known_hosts.path().into()),
        ..settings(&sshd, &key)
    };

    let error = refusal(settings.clone()).await.to_string();
    assert!(error.contains("is unknown, so nothing was sent"), "{error}");
    assert!(error.contains(&sshd.fingerprint("ed25519")), "{error}");
    assert!(error.contains(&sshd.known_hosts_line()), "{error}");
    fs::write(
        known_hosts.path(),
        error.rsplit_once("known_hosts`: ").unwrap().1,
    )
    .unwrap();
    door(settings).list_folder("Metrics").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_is_refused_with_both_fingerprints() {
    let (mut sshd, key) = served();
    let settings = settings(&sshd, &key);
    let pinned = SftpSettings {
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        ..settings.clone()
    };
    let old = sshd.fingerprint("ed25519");
    door(settings.clone()).list_folder("Metrics").await.unwrap();
    door(pinned.clone()).list_folder("Metrics").await.unwrap();

    sshd.replace_host_keys();

    for settings in [settings, pinned] {
        let error = refusal(settings).await;
        assert!(!error.is_transient());
        let error = error.to_string();
        assert!(error.contains("changed, so nothing was sent"), "{error}");
        assert!(error.contains(&old), "{error}");
        assert!(error.contains(&sshd.fingerprint("ed25519")), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_a_hosts_keys_may_be_the_known_one() {
    let sshd = Sshd::with_host_keys(&["rsa", "ecdsa", "ed25519"]);
    sshd.put("Metrics/a.csv", "a");
    let key = sshd.key("ed25519", Form::OpenSsh, "");

    // The file names the RSA key only.
    door(settings(&sshd, &key))
        .list_folder("Metrics")
        .await
        .unwrap();
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let pinned = SftpSettings {
            trust: HostTrust::Fingerprint(sshd.fingerprint(kind)),
            ..settings(&sshd, &key)
        };
        door(pinned).list_folder("Metrics").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sftp_server_is_called_by_its_name() {
    let (sshd, key) = served();
    for (banner, expected, passes) in [
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
                let (mut line, _) = listener.accept().await.unwrap();
                line.write_all(banner.as_bytes()).await.unwrap();
                line.shutdown().await.ok();
            }
        });

        let error = refusal(SftpSettings {
            port,
            ..settings(&sshd, &key)
        })
        .await;

        speaking.abort();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.is_transient(), passes);
    }
    let nobody = SftpSettings {
        port: crate::support::ports::free(),
        ..settings(&sshd, &key)
    };
    let error = refusal(nobody).await;
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert!(error.is_transient());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_is_missing_or_closed_is_named() {
    let (mut sshd, key) = served();
    let settings = settings(&sshd, &key);

    let missing = door(settings.clone())
        .list_folder("Metric")
        .await
        .unwrap_err();
    assert!(missing.is_missing_folder());
    assert!(
        missing.to_string().contains("folder “Metric” not found"),
        "{missing}"
    );
    sshd.refuse("opendir");
    let closed = door(settings)
        .list_folder("Metrics")
        .await
        .unwrap_err()
        .to_string();
    assert!(closed.contains("denied access to “Metrics”"), "{closed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_listed_level_by_level_and_files_come_as_they_are() {
    let (sshd, key) = served();
    let content: Vec<u8> = (0..3_000_001_u32)
        .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
        .collect();
    sshd.put("Metrics/2026/1/2/13/big ü.csv", &content);
    sshd.put("Metrics/2026/1/2/13/empty.csv", "");
    age(&sshd.home.join("Metrics/2026/1/2/13/big ü.csv"));
    let door = door(settings(&sshd, &key));

    let day = door.list_folder("Metrics/2026/1/2").await.unwrap();
    let hour = door.list_folder("Metrics/2026/1/2/13").await.unwrap();
    let mut big = spooled(&door, &hour, Duration::from_mins(1)).await.unwrap();

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
    let stat = door
        .stat_file("Metrics/2026/1/2/13/empty.csv")
        .await
        .unwrap();
    assert_eq!(stat.as_ref(), hour.files.get(1));
    assert_eq!(door.stat_file("Metrics/none.csv").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_followed_to_files_inside_of_the_root_only() {
    let (sshd, key) = served();
    let root = sshd.home.join("Metrics");
    sshd.put("secret.csv", "hush");
    symlink("2026/1/2/queues.csv", root.join("in.csv")).unwrap();
    symlink("../secret.csv", root.join("out.csv")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("nowhere", root.join("none.csv")).unwrap();
    let door = door(settings(&sshd, &key));

    let listing = door.list_folder("Metrics").await.unwrap();

    assert_eq!(names(&listing), ["Metrics/in.csv"]);
    assert_eq!(listing.folders, ["Metrics/2026"]);
    assert_eq!(listing.skipped.len(), 3);
    assert_eq!(door.stat_file("Metrics/out.csv").await.unwrap(), None);
    age(&root.join("2026/1/2/queues.csv"));
    let listing = door.list_folder("Metrics").await.unwrap();
    let read = spooled(&door, &listing, Duration::from_mins(1))
        .await
        .unwrap();
    assert_eq!(read.size, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_after_it_was_listed_is_not_taken() {
    let (sshd, key) = served();
    let door = door(settings(&sshd, &key));
    let file = "Metrics/2026/1/2/queues.csv";
    let listed = door.list_folder("Metrics/2026/1/2").await.unwrap();

    sshd.put(file, "a,b\r\n1,2\r\n");
    let growing = spooled(&door, &listed, AT_ONCE).await.unwrap_err();
    sshd.put(file, "a");
    let replaced = spooled(&door, &listed, AT_ONCE).await.unwrap_err();
    fs::remove_file(sshd.home.join(file)).unwrap();
    let gone = spooled(&door, &listed, AT_ONCE).await.unwrap_err();

    let key = file.to_owned();
    assert_eq!(growing, FetchError::Growing { key: key.clone() });
    assert_eq!(replaced, FetchError::Replaced { key: key.clone() });
    assert_eq!(gone, FetchError::Gone { key });
    for error in [growing, replaced, gone] {
        assert!(error.is_transient() && error.affects_one_file());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_line_is_made_anew_by_the_next_call() {
    let (mut sshd, key) = served();
    let proxy = Proxy::to(sshd.port).await;
    let settings = SftpSettings {
        port: proxy.port,
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        ..settings(&sshd, &key)
    };
    let door = door(settings);
    let list = async || door.list_folder("Metrics").await;
    list().await.unwrap();

    proxy.cut();
    let again = async || match list().await {
        Err(error) if !error.is_transient() => panic!("{error}"),
        said => said,
    };
    until("a new line", Duration::from_secs(10), again).await;
    sshd.stop();
    proxy.cut();
    until(
        "a server that is away",
        Duration::from_secs(10),
        async || {
            list()
                .await
                .err()
                .filter(FetchError::is_transient)
                .ok_or("still there")
        },
    )
    .await;
    sshd.start_again();
    until("a server that is back", Duration::from_secs(10), list).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_stalls_half_way_is_given_up_and_read_again_later() {
    let (sshd, key) = served();
    sshd.put("Metrics/big.csv", vec![b'x'; 30_000_000]);
    age(&sshd.home.join("Metrics/big.csv"));
    let proxy = Proxy::to(sshd.port).await;
    let patience = FetchTimeouts {
        stall: Duration::from_secs(1),
        ..FetchTimeouts::default()
    };
    let door = door(SftpSettings {
        port: proxy.port,
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        timeouts: patience,
        ..settings(&sshd, &key)
    });
    let listing = door.list_folder("Metrics").await.unwrap();

    let mut chunks = door.open_file(&listing.files[0]).await.unwrap();
    let mut got = 0;
    let error = loop {
        match chunks.next().await.unwrap() {
            Ok(chunk) => got += chunk.len(),
            Err(error) => break error,
        }
        if 1_000_000 < got {
            proxy.set(Weather::Silent);
        }
    };
    drop(chunks);
    proxy.cut();
    proxy.set(Weather::Clear);

    assert!(matches!(error, FetchError::Stalled { .. }), "{error}");
    assert!(error.is_transient());
    let whole = until("the whole file", Duration::from_secs(20), async || {
        spooled(&door, &listing, AT_ONCE).await
    });
    assert_eq!(whole.await.size, 30_000_000);
}
