//! An import that is run twice, at once, killed anywhere, on files that come late, grow,
//! are replaced, or find the disk full: in the end the figures are those of the files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::{task::block_in_place, time::sleep};

use crate::support::{
    is_nightly,
    past::{self, HISTORY, Past, Question},
    reckon::{self, Reckoner},
    until,
};

const SPELL: [(&str, &str); 2] = [("from", "2025-10-30"), ("to", "2025-11-06")];

/// An export of six days, in which days are 25 hours long in New York.
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
    reckon::generate("generate.py", out, &arguments)
}

fn source(folder: &Path, more: &str, manifest: &Value) -> String {
    format!(
        "[sources.calls]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = {:?}\n{HISTORY}{more}\n{}",
        folder.display().to_string(),
        past::end_by("calls", manifest)
    )
}

fn questions() -> Vec<Question<'static>> {
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
        let asked = [("step", step), ("count_by", count_by), zone];
        all.push(SPELL.into_iter().chain(asked).chain(by).collect());
    }
    all
}

/// The figures are those of the files, and no row is there twice.
async fn is_as_reckoned(past: &Past, export: &Path, manifest: &Value) {
    let served = past.serve().await;
    let mut reckoner = Reckoner::of(export, "calls", manifest);
    for question in questions() {
        let different = served.differences(&mut reckoner, "calls", &question).await;
        assert!(
            different.is_empty(),
            "{} differ: {:?}",
            different.len(),
            &different[..different.len().min(10)]
        );
    }
    let database = past.database();
    let count = |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).unwrap() };
    for (container, rows) in reckon::rows(export) {
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

/// Files on their way to what they are in the end.
struct Deliveries {
    from: PathBuf,
    /// What some of them are at first.
    before: PathBuf,
    to: PathBuf,
    due: Vec<(String, Stage)>,
    dice: StdRng,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// As another export has it, to be replaced.
    Other,
    /// Half of it.
    Growing,
    Whole,
}

impl Deliveries {
    fn of(folder: &Path) -> Self {
        let mut dice = StdRng::seed_from_u64(5);
        let from = folder.join("final");
        let mut due = Vec::new();
        for (inside, _) in past::files_of(&from) {
            // The first half of the files is there at the start, as it was then.
            due.push((
                inside,
                [Stage::Other, Stage::Growing, Stage::Whole][dice.random_range(0..3)],
            ));
        }
        Self {
            from,
            before: folder.join("before"),
            to: folder.join("export"),
            due,
            dice,
        }
    }

    /// Brings some files a stage on.
    fn some(&mut self, share: f64) {
        let due = std::mem::take(&mut self.due);
        for (inside, stage) in due {
            if self.dice.random_bool(share) {
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
async fn imports_killed_anywhere_while_files_come_and_change_leave_the_figures_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = export(&folder.path().join("final"), "1", "300");
    export(&folder.path().join("before"), "2", "200");
    let mut deliveries = Deliveries::of(folder.path());
    deliveries.some(0.4);
    let past = Past::with(&source(&deliveries.to, "", &manifest), "wallboard.db");
    let rounds = if is_nightly() { 150 } else { 14 };
    let mut dice = StdRng::seed_from_u64(9);

    for _ in 0..rounds {
        let mut imports = vec![past.importing()];
        if dice.random_bool(0.4) {
            imports.push(past.importing());
        }
        // Nothing is waited for: it is to die at any point.
        sleep(Duration::from_millis(dice.random_range(20..1_500))).await;
        deliveries.some(0.15);
        sleep(Duration::from_millis(dice.random_range(0..200))).await;
        imports.iter_mut().for_each(kill);
    }
    deliveries.some(1.0);
    deliveries.some(1.0);
    // Two at once, then one more that finds nothing to do.
    let both = [past.importing(), past.importing()];
    for mut import in both {
        assert!(
            block_in_place(|| import.wait().unwrap()).success(),
            "{}",
            past.log()
        );
    }
    let again = past.import();

    assert!(again.contains("no new file"), "{again}");
    is_as_reckoned(&past, &deliveries.from, &manifest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_serving_goes_on_and_so_does_the_import_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("export");
    let manifest = export(&out, "3", "400");
    let Some(disk) = Disk::mount(&folder.path().join("disk"), "2500k") else {
        return;
    };
    let store = disk.0.join("wallboard.db").display().to_string();
    let past = Past::with(&source(&out, "interval = \"1s\"", &manifest), &store);

    let served = past.serve().await;
    let told = until("a full disk is told", Duration::from_mins(1), async || {
        let sources = served.get("/api/v1/sources").await?;
        match sources["sources"][0]["last_error"].as_str() {
            Some(error) => Ok(error.to_owned()),
            None => Err(sources.to_string()),
        }
    })
    .await;
    assert!(told.contains("full"), "{told}");
    served.get("/api/v1/queues").await.unwrap();
    disk.grow("300m");
    until(
        "the import goes on by itself",
        Duration::from_secs(90),
        async || {
            let sources = served.get("/api/v1/sources").await?;
            let is_well = sources["sources"][0]["last_error"].is_null();
            is_well.then_some(()).ok_or(sources.to_string())
        },
    )
    .await;
    drop(served);
    past.import();

    is_as_reckoned(&past, &out, &manifest).await;
}

fn kill(import: &mut Child) {
    // It may have come to its end already.
    import.kill().ok();
    block_in_place(|| import.wait().unwrap());
}

/// A disk of its own, gone with the test.
struct Disk(PathBuf);

impl Disk {
    /// `None` where nobody may mount.
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let size = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at);
        let is_mounted = mount.status().is_ok_and(|status| status.success());
        is_mounted.then(|| Self(at.to_owned()))
    }

    fn grow(&self, size: &str) {
        let size = format!("remount,size={size}");
        let mut mount = Command::new("mount");
        assert!(
            mount
                .args(["-o", &size])
                .arg(&self.0)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}
