//! Imports that run twice, at once, are killed anywhere, or meet files that come late, grow, are
//! replaced, or fill the disk: in the end the figures match the files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::{task::block_in_place, time::sleep};

use crate::support::{
    Disk,
    history_fixture::{self, HISTORY_SETTINGS, HistoryFixture, IntervalQuery},
    is_nightly,
    reference::{self, ReferenceCalculator},
    wait_until,
};

const PERIOD: [(&str, &str); 2] = [("from", "2025-10-30"), ("to", "2025-11-06")];

/// Writes an export of six days. One of them has 25 hours in New York.
fn export(out: &Path, seed: &str, calls: &str) -> Value {
    let arguments = [
        "--seed",
        seed,
        "--from",
        "2025-10-30",
        "--days",
        "6",
        "--calls-per-day",
        calls,
    ];
    reference::generate("generate.py", out, &arguments)
}

fn source(folder: &Path, settings: &str, manifest: &Value) -> String {
    format!(
        "[sources.calls]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = {:?}\n{HISTORY_SETTINGS}{settings}\n{}",
        folder.display().to_string(),
        history_fixture::end_reasons_toml("calls", manifest)
    )
}

fn queries() -> Vec<IntervalQuery<'static>> {
    let mut all = Vec::new();
    for (step, count_by, by) in [
        ("1d", "start", None),
        ("15m", "event", None),
        ("1h", "start", Some(("by", "queue"))),
        ("1d", "event", Some(("by", "agent"))),
        ("30m", "start", Some(("by", "agent"))),
        ("1d", "start", Some(("by", "issue"))),
    ] {
        let zone = ("zone", "America/New_York");
        let parameters = [("step", step), ("count_by", count_by), zone];
        all.push(PERIOD.into_iter().chain(parameters).chain(by).collect());
    }
    all
}

/// Asserts that the figures match the files and no row is stored twice.
async fn assert_figures_match(fixture: &HistoryFixture, export: &Path, manifest: &Value) {
    let server = fixture.serve().await;
    let mut calculator = ReferenceCalculator::start(export, "calls", manifest);
    for query in queries() {
        let differences = server.differences(&mut calculator, "calls", &query).await;
        assert!(
            differences.is_empty(),
            "{} differ: {:?}",
            differences.len(),
            &differences[..differences.len().min(10)]
        );
    }
    let database = fixture.database();
    let count = |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).unwrap() };
    for (container, rows) in reference::row_counts(export) {
        let table = format!("sangoma_{}", container.to_lowercase());
        assert_eq!(
            count(&format!("SELECT count(*) FROM {table}")),
            rows,
            "{container}"
        );
    }
    assert_eq!(count("SELECT count(*) FROM import_dirty"), 0);
    let whole: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(whole, "ok");
}

/// Files that reach their final content in stages.
struct Deliveries {
    from: PathBuf,
    /// Other first versions of some files.
    before: PathBuf,
    to: PathBuf,
    due: Vec<(String, Stage)>,
    random: StdRng,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Content of another export, to be replaced later.
    Other,
    /// Half of the file.
    Growing,
    Whole,
}

impl Deliveries {
    fn new(folder: &Path) -> Self {
        let mut random = StdRng::seed_from_u64(5);
        let from = folder.join("final");
        let mut due = Vec::new();
        for (inside, _) in history_fixture::list_files(&from) {
            // Each file starts at a random stage.
            due.push((
                inside,
                [Stage::Other, Stage::Growing, Stage::Whole][random.random_range(0..3)],
            ));
        }
        Self {
            from,
            before: folder.join("before"),
            to: folder.join("export"),
            due,
            random,
        }
    }

    /// Advances some files by one stage.
    fn advance(&mut self, share: f64) {
        let due = std::mem::take(&mut self.due);
        for (inside, stage) in due {
            if self.random.random_bool(share) {
                self.put(&inside, stage);
                if stage != Stage::Whole {
                    self.due.push((inside, Stage::Whole));
                }
            } else {
                self.due.push((inside, stage));
            }
        }
    }

    fn put(&self, inside: &str, stage: Stage) {
        let root = if stage == Stage::Other {
            &self.before
        } else {
            &self.from
        };
        let mut text = fs::read(root.join(inside)).unwrap_or_default();
        if stage == Stage::Growing {
            text.truncate(text.len() / 2);
        }
        let path = self.to.join(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_imports_of_changing_files_end_with_correct_figures() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = export(&folder.path().join("final"), "1", "300");
    export(&folder.path().join("before"), "2", "200");
    let mut deliveries = Deliveries::new(folder.path());
    deliveries.advance(0.4);
    let fixture = HistoryFixture::new(&source(&deliveries.to, "", &manifest), "wallboard.db");
    let rounds = if is_nightly() { 150 } else { 14 };
    let mut random = StdRng::seed_from_u64(9);

    for _ in 0..rounds {
        let mut imports = vec![fixture.spawn_import()];
        if random.random_bool(0.4) {
            imports.push(fixture.spawn_import());
        }
        // Waits for nothing but a random time: the import must be killed at any point.
        sleep(Duration::from_millis(random.random_range(20..1_500))).await;
        deliveries.advance(0.15);
        sleep(Duration::from_millis(random.random_range(0..200))).await;
        imports.iter_mut().for_each(kill);
    }
    deliveries.advance(1.0);
    deliveries.advance(1.0);
    // Two at once, then one more that finds nothing to do.
    let both = [fixture.spawn_import(), fixture.spawn_import()];
    for mut import in both {
        assert!(
            block_in_place(|| import.wait().unwrap()).success(),
            "{}",
            fixture.log()
        );
    }
    let again = fixture.import();

    assert!(again.contains("no new file"), "{again}");
    assert_figures_match(&fixture, &deliveries.from, &manifest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_is_reported_and_the_import_resumes_with_space() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("export");
    let manifest = export(&out, "3", "400");
    let Some(disk) = Disk::mount(&folder.path().join("disk"), "2500k") else {
        return;
    };
    let store = disk.0.join("wallboard.db").display().to_string();
    let fixture = HistoryFixture::new(&source(&out, "interval = \"1s\"", &manifest), &store);

    let server = fixture.serve().await;
    let error = wait_until(
        "the full disk is reported",
        Duration::from_mins(1),
        async || {
            let sources = server.get("/api/v1/sources").await?;
            match sources["sources"][0]["last_error"].as_str() {
                Some(error) => Ok(error.to_owned()),
                None => Err(sources.to_string()),
            }
        },
    )
    .await;
    assert!(error.contains("full"), "{error}");
    server.get("/api/v1/queues").await.unwrap();
    disk.resize("300m");
    wait_until(
        "the import resumes by itself",
        Duration::from_secs(90),
        async || {
            let sources = server.get("/api/v1/sources").await?;
            let is_recovered = sources["sources"][0]["last_error"].is_null();
            is_recovered.then_some(()).ok_or(sources.to_string())
        },
    )
    .await;
    drop(server);
    fixture.import();

    assert_figures_match(&fixture, &out, &manifest).await;
}

fn kill(import: &mut Child) {
    // It may already have ended.
    import.kill().ok();
    block_in_place(|| import.wait().unwrap());
}
