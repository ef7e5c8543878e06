//! A month of Sangoma's export of a contact center with 20,000 calls a day, imported with all its
//! intervals by `wallboard import`. The baseline, in turn, on the same files: the sqlite3 shell
//! with bare tables and the same figures by SQL, pandas' `read_csv` and `to_sql`, and `DuckDB`.
//! Then one more night, and the import's memory. The viewers benchmark measures the cost for a
//! board's viewers.
//!
//! pandas and `DuckDB` come from `benches/import/venv`, which scripts/bench creates.

#![expect(clippy::unwrap_used, reason = "a benchmark ends where something fails")]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use jiff::{ToSpan, Zoned};
use rusqlite::Connection;

const DAYS: i64 = 30;
const CALLS: &str = "20000";
const BASELINE_SCRIPT: &str = "benches/import/beside.py";
const PYTHON: &str = "benches/import/venv/bin/python";

/// Cost of a program.
struct Cost {
    wall: Duration,
    /// Of all its threads.
    cpu: Duration,
    /// Peak memory in MiB.
    peak: u64,
}

fn main() {
    // `cargo test --benches` only checks that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let site = Site::new();
    let night = site.generate();

    fs::rename(site.path("later"), site.path("export")).unwrap();
    let product = site.import("wallboard import, with intervals");
    site.shell(
        "the same with: sqlite3 shell, with figures by SQL",
        &product,
    );
    site.compare();
    for (name, what, database) in [
        (
            "pandas read_csv and to_sql, without figures",
            "pandas",
            "pandas.db",
        ),
        ("DuckDB, with figures by SQL", "duckdb", "duck.db"),
    ] {
        if !Path::new(PYTHON).exists() {
            println!("{name}: no {PYTHON}; scripts/bench makes it");
            continue;
        }
        let mut command = Command::new(PYTHON);
        command
            .args([BASELINE_SCRIPT, what])
            .arg(site.path("export"))
            .arg(site.path(database));
        Site::run_baseline(name, &mut command, &product);
    }

    for (from, to) in &night {
        fs::rename(from, to).unwrap();
    }
    site.import("one more night");
    let rest = site.import("nothing new");
    println!(
        "memory above rest: {} MiB",
        product.peak.saturating_sub(rest.peak)
    );
}

/// A folder with an export and a configuration.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        fs::write(
            site.path("wallboard.toml"),
            "[store]\nurl = \"sqlite:wallboard.db\"\n[access]\nmode = \"open\"\n\
             [sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = \"export\"\n\
             time_zone = \"America/New_York\"\nsettle = \"1s\"\n[sources.sangoma.end_by]\n\
             \"Hangup\" = \"abandoned\"\n\"Anrufer hat aufgelegt – „zu lang“\" = \"abandoned\"\n\
             \"Abandoned, callback requested\" = \"flow_out\"\n\"Weiterleitung\" = \"transferred\"\n\
             \"Conference (no transfer)\" = \"flow_out\"\n",
        )
        .unwrap();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the month into `later`, and the next day's files next to it. Returns the source and
    /// destination of the files to deliver.
    fn generate(&self) -> Vec<(PathBuf, PathBuf)> {
        let first = Zoned::now().date().saturating_sub((DAYS + 5).days());
        let mut generate = Command::new("python3");
        generate
            .arg("tests/history/generate.py")
            .arg(self.path("later"));
        generate.args(["--plain", "--seed", "7", "--from", &first.to_string()]);
        generate.args(["--days", &(DAYS + 1).to_string(), "--calls-per-day", CALLS]);
        generate.args(["--queues", "50", "--agents", "700"]);
        assert!(generate.status().unwrap().success());

        let night = first
            .saturating_add(DAYS.days())
            .strftime("%Y%m%d")
            .to_string();
        let mut moves = Vec::new();
        for container in fs::read_dir(self.path("later/CCAAS/FACTS")).unwrap() {
            let folder = container.unwrap().path();
            for file in fs::read_dir(&folder).unwrap() {
                let from = file.unwrap().path();
                let name = from.file_name().unwrap().to_owned();
                if name.to_string_lossy().starts_with(&night) {
                    let staged = self.path(&name.to_string_lossy());
                    fs::rename(&from, &staged).unwrap();
                    let inside = folder.strip_prefix(self.path("later")).unwrap();
                    moves.push((staged, self.path("export").join(inside).join(name)));
                }
            }
        }
        // The import would wait for files younger than `settle`.
        thread::sleep(Duration::from_secs(2));
        moves
    }

    fn import(&self, name: &str) -> Cost {
        let mut import = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        import
            .args(["import", "--log", "error", "--config"])
            .arg(self.path("wallboard.toml"));
        let cost = run(&mut import);
        println!("{name}: {}", cost.describe());
        cost
    }

    fn shell(&self, name: &str, product: &Cost) {
        let script = self.path("shell.sql");
        let mut write = Command::new("python3");
        write
            .args([BASELINE_SCRIPT, "shell"])
            .arg(self.path("export"));
        let written = write.stdout(File::create(&script).unwrap()).status();
        assert!(written.unwrap().success());
        let mut shell = Command::new("sqlite3");
        shell
            .arg("-bail")
            .arg(self.path("shell.db"))
            .stdin(File::open(&script).unwrap());
        Self::run_baseline(name, &mut shell, product);
    }

    fn run_baseline(name: &str, command: &mut Command, product: &Cost) {
        let cost = run(command);
        let ratio = cost.wall.as_secs_f64() / product.wall.as_secs_f64();
        println!(
            "{name}: {}; the product is {ratio:.1} times as fast",
            cost.describe()
        );
    }

    /// Both must compute the same figures, or their times mean nothing.
    fn compare(&self) {
        let sums = |database: &str, query: &str| -> Vec<i64> {
            let connection = Connection::open(self.path(database)).unwrap();
            let read = |row: &rusqlite::Row<'_>| (0..5).map(|index| row.get(index)).collect();
            connection.query_row(query, [], read).unwrap()
        };
        for (product, shell) in [
            (
                "SELECT sum(offered), sum(answered_within), sum(short_abandoned), sum(talk_time), \
                 sum(wrap_up_time) FROM queue_interval WHERE count_by = 0",
                "SELECT sum(n), sum(within), sum(short), sum(talk_time), \
                 sum(wrap_up_time) FROM by_start",
            ),
            (
                "SELECT sum(logged_in), sum(busy), sum(engaged), sum(other), sum(ringing) \
                 FROM agent_interval",
                "SELECT sum(seconds) FILTER (WHERE kind = 'logged_in'), \
                 sum(seconds) FILTER (WHERE kind = 'busy'), \
                 sum(seconds) FILTER (WHERE kind = 'engaged'), \
                 sum(seconds) FILTER (WHERE kind = 'other'), \
                 sum(seconds) FILTER (WHERE kind = 'ringing') FROM agent_time",
            ),
        ] {
            assert_eq!(sums("wallboard.db", product), sums("shell.db", shell));
        }
    }
}

impl Cost {
    fn describe(&self) -> String {
        let (wall, cpu) = (self.wall.as_secs_f64(), self.cpu.as_secs_f64());
        format!("{wall:.2} s, {cpu:.2} s of processors, {} MiB", self.peak)
    }
}

fn run(command: &mut Command) -> Cost {
    let (before, start) = (cpu_of_children(), Instant::now());
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        peak = peak_in(&status).unwrap_or(peak);
        thread::sleep(Duration::from_millis(10));
    };
    let wall = start.elapsed();
    assert!(ended.success(), "{command:?}");
    Cost {
        wall,
        cpu: cpu_of_children().saturating_sub(before),
        peak,
    }
}

/// In MiB.
fn peak_in(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Of all ended processes.
fn cpu_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let ticks = after_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).unwrap()
}
