use std::{convert::Infallible, future::ready};

use parking_lot::Mutex;
use wallboard_store::FileId;

use super::*;

/// Remote files by path, and the folders that were listed.
struct TestRemote {
    files: Vec<String>,
    listed: Mutex<Vec<String>>,
}

impl TestRemote {
    fn new(files: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            files: files.into_iter().map(Into::into).collect(),
            listed: Mutex::default(),
        }
    }

    fn list_folder(
        &self,
        folder: String,
    ) -> impl Future<Output = Result<Option<RemoteListing>, Infallible>> + use<> {
        self.listed.lock().push(folder.clone());
        let prefix = if folder.is_empty() {
            folder
        } else {
            format!("{folder}/")
        };
        let mut found = RemoteListing::default();
        for file in &self.files {
            let Some(rest) = file.strip_prefix(&prefix) else {
                continue;
            };
            match rest.split_once('/') {
                Some((name, _)) => found.folders.push(format!("{prefix}{name}")),
                None => found.files.push(RemoteFile {
                    key: file.clone(),
                    size: 7,
                    modified: None,
                    tag: "t".to_owned(),
                }),
            }
        }
        found.folders.sort();
        found.folders.dedup();
        let is_empty = found == RemoteListing::default();
        ready(Ok((!is_empty).then_some(found)))
    }
}

fn imported_file(key: &str) -> ImportedFile {
    ImportedFile {
        id: FileId(1),
        key: key.to_owned(),
        dataset: "q".to_owned(),
        size: 7,
        tag: "t".to_owned(),
        sha256: [0; 32],
        imported_at: 0,
        rows: 0,
        rejected_rows: 0,
        span: None,
        coverage: None,
        notes: String::new(),
    }
}

/// 2026-01-05 as UTC days since 1970.
const FIFTH: i64 = 20_458;

async fn walk_once(
    remote: &TestRemote,
    store: &Store,
    ledger: &[ImportedFile],
    now_day: i64,
) -> Result<WalkResult<Infallible>, FolderWalkError<Infallible>> {
    let source = "vergic".into();
    let request = WalkRequest {
        source: &source,
        root: "Metrics",
        days: (FIFTH - 1, i64::MAX),
        includes_done_days: false,
        now: now_day * DAY,
    };
    walk_folders(store, request, ledger, |folder| remote.list_folder(folder)).await
}

fn open_store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("w.db")).unwrap();
    (folder, store)
}

#[tokio::test]
async fn a_walk_can_run_in_its_own_task() {
    let remote = TestRemote::new(["Metrics/2026/01/05/9/q.csv"]);
    let (_folder, store) = open_store();

    let task = tokio::spawn(async move { walk_once(&remote, &store, &[], FIFTH).await });

    assert_eq!(task.await.unwrap().unwrap().files.len(), 1);
}

#[tokio::test]
async fn a_missing_root_suggests_folders_but_never_years() {
    let (_folder, store) = open_store();
    for (file, message) in [
        (
            "Stats/2026/01/05/q.csv",
            "set `root` to one of these folders: Stats",
        ),
        ("2026/01/05/q.csv", "years are in its place"),
    ] {
        let error = walk_once(&TestRemote::new([file]), &store, &[], FIFTH)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[tokio::test]
async fn finds_files_and_names_strays() {
    let remote = TestRemote::new([
        "Metrics/2026/01/05/q.csv",
        "Metrics/2026/1/5/9/q.csv",
        "Metrics/2026/01/05/readme.txt",
        "Metrics/2026/01/05/25/q.csv",
        "Metrics/2026/01/03/q.csv",
        "Metrics/2025/12/31/q.csv",
        "Metrics/new/q.csv",
        "Other/q.csv",
    ]);
    let (_folder, store) = open_store();

    let walk = walk_once(&remote, &store, &[], FIFTH).await.unwrap();

    let mut keys: Vec<_> = walk.files.iter().map(|file| &*file.key).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        ["Metrics/2026/01/05/q.csv", "Metrics/2026/1/5/9/q.csv"]
    );
    let strays: Vec<_> = walk.strays.iter().map(String::as_str).collect();
    assert_eq!(
        strays,
        [
            "Metrics/2026/01/05/25",
            "Metrics/2026/01/05/readme.txt",
            "Metrics/new"
        ]
    );
    let listed = remote.listed.lock();
    assert!(
        !listed
            .iter()
            .any(|folder| folder.contains("2025") || folder.ends_with("01/03")),
        "{listed:?}"
    );
}

#[tokio::test]
async fn a_day_is_listed_for_two_days_and_until_it_is_all_imported() {
    let remote = TestRemote::new(["Metrics/2026/01/05/9/q.csv", "Metrics/2026/01/05/8/q.csv"]);
    let (_folder, store) = open_store();
    let one = [imported_file("Metrics/2026/01/05/9/q.csv")];
    let both = [
        imported_file("Metrics/2026/01/05/9/q.csv"),
        imported_file("Metrics/2026/01/05/8/q.csv"),
    ];
    let listed = async |ledger: &[ImportedFile], day| {
        walk_once(&remote, &store, ledger, day)
            .await
            .unwrap()
            .folders_listed
    };

    assert_eq!(listed(&[], FIFTH + 1).await, 6);
    assert_eq!(
        listed(&both, FIFTH + 3).await,
        6,
        "it was last listed too early"
    );
    assert_eq!(
        listed(&one, FIFTH + 3).await,
        6,
        "one of its files is not imported"
    );
    assert_eq!(listed(&both, FIFTH + 3).await, 3);

    let walk = walk_once(&remote, &store, &both, FIFTH + 9).await.unwrap();
    assert_eq!(walk.files.len(), 2, "imported files are still returned");
}

#[tokio::test]
async fn a_missing_root_is_named_with_the_folders_that_exist() {
    let remote = TestRemote::new(["metrics/2026/01/05/q.csv", "logs/x"]);
    let (_folder, store) = open_store();

    let error = walk_once(&remote, &store, &[], FIFTH).await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "folder \"Metrics\" not found; set `root` to one of these folders: logs, metrics"
    );
}

#[tokio::test]
async fn only_the_first_walk_lists_all_of_ten_thousand_hours() {
    let hours = (0..10_000).map(|hour| {
        let at = jiff::Timestamp::from_second((FIFTH * 24 + hour) * 3_600)
            .unwrap()
            .to_zoned(jiff::tz::TimeZone::UTC);
        format!(
            "Metrics/{}/{:02}/{:02}/{:02}/q.csv",
            at.year(),
            at.month(),
            at.day(),
            at.hour()
        )
    });
    let remote = TestRemote::new(hours);
    let ledger: Vec<_> = remote.files.iter().map(|key| imported_file(key)).collect();
    let (_folder, store) = open_store();
    let last = FIFTH + 10_000 / 24;

    let first = walk_once(&remote, &store, &[], last).await.unwrap();
    let second = walk_once(&remote, &store, &ledger, last).await.unwrap();

    assert_eq!(first.files.len(), 10_000);
    assert_eq!(second.files.len(), 10_000);
    assert!(
        10_000 < first.folders_listed && second.folders_listed < 100,
        "{} {}",
        first.folders_listed,
        second.folders_listed
    );
}

/// A remote side that is lost at a folder.
#[derive(Debug, thiserror::Error)]
#[error("lost at {0}")]
struct Lost(String);

#[tokio::test]
async fn a_walk_that_ends_early_returns_its_files_and_lists_their_days_again() {
    let hours =
        [4, 5].map(|day| (0..24).map(move |hour| format!("Metrics/2026/01/0{day}/{hour}/q.csv")));
    let remote = TestRemote::new(hours.into_iter().flatten());
    let (_folder, store) = open_store();
    let lost_at = "Metrics/2026/01/04/12";
    let source = "vergic".into();
    let request = |lost: bool| {
        let request = WalkRequest {
            source: &source,
            root: "Metrics",
            days: (FIFTH - 1, FIFTH),
            includes_done_days: false,
            now: (FIFTH + 9) * DAY,
        };
        (request, lost)
    };
    let walk = async |(request, is_lost): (WalkRequest<'_>, bool), ledger: &[ImportedFile]| {
        let list = async |folder: String| match remote.list_folder(folder.clone()).await {
            Ok(_) if is_lost && folder == lost_at => Err(Lost(folder)),
            found => Ok(found.unwrap()),
        };
        walk_folders(&store, request, ledger, list).await.unwrap()
    };

    let first = walk(request(true), &[]).await;
    let imported: Vec<_> = first
        .files
        .iter()
        .map(|file| imported_file(&file.key))
        .collect();
    let second = walk(request(false), &imported).await;

    let error = first.ended_by.unwrap().to_string();
    assert_eq!(error, "lost at Metrics/2026/01/04/12");
    assert!((1..48).contains(&imported.len()), "{imported:?}");
    assert!(second.ended_by.is_none());
    assert_eq!(second.files.len(), 48);
}
