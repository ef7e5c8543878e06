//! Imports of a folder, from the command line and by the running product.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::task::block_in_place;

use crate::support::{
    Sshd, Wallboard, ports,
    sshd::{KeyFormat, fingerprint},
    wait_until,
    wallboard::base_configuration,
};
use crate::{alert_messages::Receiver, alerts::alerts};

const SOON: Duration = Duration::from_secs(30);

/// A configuration, a database and an export in a temporary folder.
struct ImportSite {
    dir: tempfile::TempDir,
    port: u16,
}

impl ImportSite {
    fn new(extra_toml: &str) -> Self {
        let site = Self {
            dir: tempfile::tempdir().unwrap(),
            port: ports::free(),
        };
        fs::write(site.path("wallboard.toml"), site.toml(extra_toml)).unwrap();
        site
    }

    fn toml(&self, extra_toml: &str) -> String {
        base_configuration(self.port, self.port) + &source(extra_toml)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a fact file of tenant 1234.
    fn facts(&self, container: &str, date: &str, text: &str) -> PathBuf {
        let name = format!("{date}-1234-{container}-F.csv");
        put(
            &self.path(&format!("export/CCAAS/FACTS/1234-{container}-F/{name}")),
            text,
        )
    }

    fn dimension(&self, container: &str, text: &str) -> PathBuf {
        let name = format!("1234-{container}-D/1234-{container}-D.csv");
        put(&self.path(&format!("export/CCAAS/DIMENSIONS/{name}")), text)
    }

    /// Writes a small export of one queue, with this many calls on each day.
    fn export(&self, dates: &[&str], calls: u32) {
        self.dimension(
            "Queue_Details",
            "queue_id,name,sla_wait\r\n7,Support,20\r\n",
        );
        self.dimension(
            "Queue_Call_End_By",
            "queue_call_end_by_id,end_by\r\n1,Agent\r\n2,Abandon\r\n3,Timeout\r\n",
        );
        for (n, date) in (0..).zip(dates) {
            self.facts("Queue_Call", date, &calls_csv(n, date, calls));
        }
    }

    fn import(&self, arguments: &[&str]) -> (Option<i32>, String) {
        status_and_text(&block_in_place(|| {
            self.command("import").args(arguments).output().unwrap()
        }))
    }

    fn command(&self, command: &str) -> Command {
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = self.path("wallboard.toml");
        wallboard.arg(command).arg("--config").arg(config);
        wallboard
    }

    /// Starts an import in the background.
    fn spawn_import(&self) -> Child {
        let mut command = self.command("import");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn count(&self, query: &str) -> i64 {
        count(&self.path("wallboard.db"), query)
    }
}

const CALLS: &str = "SELECT count(*) FROM sangoma_queue_call";
const DISTINCT: &str = "SELECT count(DISTINCT queue_call_id) FROM sangoma_queue_call";
const DIRTY: &str = "SELECT count(*) FROM import_dirty";
const OFFERED: &str = "SELECT coalesce(sum(offered), 0) FROM queue_interval WHERE count_by = 0";
const FILES: &str = "SELECT count(*) FROM import_file";

fn source(extra_toml: &str) -> String {
    format!(
        "[sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = \"export\"\n\
         history = \"3650d\"\n{extra_toml}\n"
    )
}

fn put(path: &Path, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    path.to_owned()
}

/// Returns calls that join one after the other on a day, from noon UTC.
fn calls_csv(file: u32, date: &str, calls: u32) -> String {
    let day: jiff::civil::Date = date.parse().unwrap();
    let noon = day
        .at(12, 0, 0, 0)
        .in_tz("UTC")
        .unwrap()
        .timestamp()
        .as_second();
    let mut text =
        "queue_call_id,queue_id,queue_call_end_by_id,time_join,time_connect,time_leave,uuid\r\n"
            .to_owned();
    for n in 0..calls {
        let (id, join) = (file * 1_000_000 + n + 1, noon + i64::from(n % 3600));
        writeln!(text, "{id},7,1,{join},{},{},u{id}\r", join + 5, join + 65).unwrap();
    }
    text
}

fn count(database: &Path, query: &str) -> i64 {
    let connection = Connection::open(database).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

fn status_and_text(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_imports_read_each_file_once() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261118", "20261119"], 100);

    let (first, output) = site.import(&[]);
    let (second, second_output) = site.import(&[]);

    assert_eq!(first, Some(0), "{output}");
    assert!(
        output.contains("sangoma: 4 files imported (204 rows)"),
        "{output}"
    );
    assert_eq!(second, Some(0), "{second_output}");
    assert!(
        second_output.contains("no new file, 4 already imported"),
        "{second_output}"
    );
    assert_eq!((site.count(CALLS), site.count(FILES)), (200, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tenant_is_reported_with_the_one_found() {
    let site = ImportSite::new("settle = \"0s\"");
    put(
        &site.path("export/CCAAS/FACTS/4711-Queue_Call-F/20261119-4711-Queue_Call-F.csv"),
        "queue_call_id\r\n",
    );

    let (status, output) = site.import(&[]);

    assert_eq!(status, Some(1), "{output}");
    assert!(
        output.contains("No files for tenant 1234; found 4711"),
        "{output}"
    );
    let (status, output) = site.import(&["--source", "vergic"]);
    assert_eq!(status, Some(2), "{output}");
    assert!(
        output.contains("no file source called vergic; the configuration has sangoma"),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_rows_are_rejected_and_fail_only_with_strict() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261119"], 10);
    let broken = calls_csv(9, "20261118", 10) + "x,7,1,1,,,\r\n,7,1,1763553600,,,\r\n";
    site.facts("Queue_Call", "20261118", &broken);

    let (lenient, output) = site.import(&[]);
    fs::remove_file(site.path("wallboard.db")).unwrap();
    let (strict, strict_output) = site.import(&["--strict"]);

    assert_eq!(
        (lenient, strict),
        (Some(0), Some(1)),
        "{output}\n{strict_output}"
    );
    assert!(output.contains("2 rows skipped"), "{output}");
    assert!(
        output.contains("20261118-1234-Queue_Call-F.csv line 12: "),
        "{output}"
    );
    assert_eq!(site.count(CALLS), 20);
    assert_eq!(site.count("SELECT count(*) FROM import_set_aside"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_file_does_not_stop_the_others() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261118", "20261120"], 10);
    site.facts(
        "Queue_Call",
        "20261119",
        "<html>Service unavailable</html>\n",
    );

    let (status, output) = site.import(&[]);

    assert_eq!(status, Some(1), "{output}");
    assert!(
        output.contains("couldn't be imported: CCAAS/FACTS/"),
        "{output}"
    );
    assert_eq!(site.count(CALLS), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_file_replaces_its_rows() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261118", "20261119"], 10);
    site.import(&[]);
    let touched = site.path("export/CCAAS/FACTS/1234-Queue_Call-F/20261118-1234-Queue_Call-F.csv");
    let same = fs::read(&touched).unwrap();
    fs::write(&touched, same).unwrap();
    site.facts("Queue_Call", "20261119", &calls_csv(1, "20261119", 7));

    let (status, output) = site.import(&[]);

    assert_eq!(status, Some(0), "{output}");
    assert!(
        output.contains("1 file imported (7 rows), 1 of them again")
            && output.contains("1 file redelivered with the same content"),
        "{output}"
    );
    assert_eq!((site.count(CALLS), site.count(DISTINCT)), (17, 17));
}

#[tokio::test(flavor = "multi_thread")]
async fn since_and_until_limit_the_imported_days() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261117", "20261118", "20261119"], 10);

    let (status, output) = site.import(&["--since", "2026-11-18", "--until", "2026-11-18"]);

    assert_eq!(status, Some(0), "{output}");
    assert!(output.contains("2 of other days ignored"), "{output}");
    assert_eq!(site.count(CALLS), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_imports_read_each_file_once() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261116", "20261117", "20261118", "20261119"], 5_000);

    let imports: Vec<_> = (0..3).map(|_| site.spawn_import()).collect();
    let ends: Vec<_> = block_in_place(|| {
        let ends = imports.into_iter();
        ends.map(|import| status_and_text(&import.wait_with_output().unwrap()))
            .collect()
    });

    for (status, output) in &ends {
        assert_eq!(*status, Some(0), "{output}");
    }
    let has_imported_all = |(_, output): &&(_, String)| output.contains("6 files imported");
    assert_eq!(ends.iter().filter(has_imported_all).count(), 1, "{ends:?}");
    assert_eq!((site.count(CALLS), site.count(DISTINCT)), (20_000, 20_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_import_leaves_complete_files_and_resumes() {
    let site = ImportSite::new("settle = \"0s\"");
    let dates = ["20261115", "20261116", "20261117", "20261118", "20261119"];
    site.export(&dates, 20_000);
    let database = site.path("wallboard.db");

    for signal in ["-TERM", "-KILL", "-TERM", "-KILL"] {
        let files = if database.exists() {
            site.count(FILES)
        } else {
            0
        };
        let import = Mutex::new(site.spawn_import());
        // In the middle of a file: some have been imported since, not all.
        let is_importing = async || {
            let ended = import.lock().try_wait().unwrap().is_some();
            let is_there = database.exists()
                && Connection::open(&database)
                    .and_then(|c| c.query_row(FILES, [], |row| row.get::<_, i64>(0)))
                    .is_ok_and(|now| files < now);
            if ended || is_there {
                Ok(())
            } else {
                Err("no file yet".to_owned())
            }
        };
        wait_until("another file is imported", SOON, is_importing).await;
        // It may already have ended.
        Command::new("kill")
            .args([signal, &import.lock().id().to_string()])
            .status()
            .unwrap();
        wait_until("the import ends", SOON, async || {
            let status = import.lock().try_wait().unwrap();
            status.ok_or("still running")
        })
        .await;
        // Each imported file is complete.
        assert_eq!(site.count(CALLS) % 20_000, 0);
    }

    let (status, output) = site.import(&[]);

    assert_eq!(status, Some(0), "{output}");
    assert_eq!(
        (site.count(CALLS), site.count(DISTINCT)),
        (100_000, 100_000)
    );
    assert_eq!(site.count(DIRTY), 0);
    assert_eq!(site.count(OFFERED), 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn growing_file_is_imported_only_when_stable() {
    let site = ImportSite::new("settle = \"2s\"");
    site.export(&["20261118"], 10);
    let whole = calls_csv(1, "20261119", 10);
    let (half, rest) = whole.split_at(whole.len() / 2);
    let growing = site.facts("Queue_Call", "20261119", half);

    let mut import = site.spawn_import();
    let has_begun = async || {
        let log = site.path("wallboard.db");
        if log.exists() {
            Ok(())
        } else {
            Err("it hasn't begun".to_owned())
        }
    };
    wait_until("the import has begun", SOON, has_begun).await;
    fs::write(&growing, half.to_owned() + rest).unwrap();
    let ended = block_in_place(|| import.wait().unwrap());

    assert!(ended.success());
    assert_eq!((site.count(CALLS), site.count(FILES)), (20, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn server_imports_new_files_and_reloads_sources() {
    let site = ImportSite::new("settle = \"0s\"\ninterval = \"1s\"");
    site.export(&["20261118"], 10);
    let export = site.path("export");
    let configuration = |tenant: u32| {
        base_configuration(site.port, site.port)
            + &source("settle = \"0s\"\ninterval = \"1s\"")
                .replace("\"export\"", &format!("{:?}", export.display().to_string()))
                .replace("1234", &tenant.to_string())
    };
    let wallboard = Wallboard::start(&configuration(1234), site.port, &[], Vec::new()).await;
    let rows = async |rows: u64| {
        wait_until(&format!("{rows} rows are imported"), SOON, async || {
            let source = wallboard.source().await?;
            if source["import"]["rows"] == rows {
                Ok(source)
            } else {
                Err(source.to_string())
            }
        })
        .await
    };

    let first = rows(14).await;
    site.facts("Queue_Call", "20261119", &calls_csv(1, "20261119", 5));
    let second = rows(19).await;
    let page = wallboard.text("/sources").await;
    wallboard.reload_with(&configuration(4711));
    let other = wait_until("the other tenant has no files", SOON, async || {
        let source = wallboard.source().await?;
        match source["last_error"].as_str() {
            Some(why) if why.contains("found 1234") => Ok(source),
            _ => Err(source.to_string()),
        }
    })
    .await;

    assert_eq!(first["kind"], "sangoma-export");
    assert_eq!(second["import"]["files"], 4);
    assert!(page.contains("Sangoma (Sangoma export)"), "{page}");
    assert_eq!(other["state"], "degraded");
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_during_an_import_is_consistent_and_usable() {
    let site = ImportSite::new("settle = \"0s\"");
    site.export(&["20261117", "20261118", "20261119"], 20_000);
    let copy = site.path("copies/copy.db");
    fs::create_dir(site.path("copies")).unwrap();
    let backup = || status_and_text(&site.command("backup").arg(&copy).output().unwrap());

    let import = site.spawn_import();
    wait_until("a file is imported", SOON, async || {
        let files = Connection::open(site.path("wallboard.db"))
            .and_then(|c| c.query_row(FILES, [], |row| row.get::<_, i64>(0)));
        match files {
            Ok(1..) => Ok(()),
            files => Err(format!("{files:?}")),
        }
    })
    .await;
    let (first, output) = block_in_place(backup);
    let whole = count(&copy, CALLS);
    block_in_place(|| import.wait_with_output().unwrap());
    let (again, second_output) = block_in_place(backup);

    assert_eq!(
        (first, again),
        (Some(0), Some(0)),
        "{output}\n{second_output}"
    );
    assert!(output.contains("Copied "), "{output}");
    assert_eq!(whole % 20_000, 0);
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(site.path(&format!("wallboard.db{end}"))).ok();
    }
    fs::copy(&copy, site.path("wallboard.db")).unwrap();
    let (status, output) = site.import(&[]);
    assert_eq!(status, Some(0), "{output}");
    assert!(
        output.contains("no new file, 5 already imported"),
        "{output}"
    );
    assert_eq!(site.count(CALLS), 60_000);
    // Once in use it's no longer a backup, and isn't overwritten.
    let onto = || {
        status_and_text(
            &site
                .command("backup")
                .arg(site.path("wallboard.db"))
                .output()
                .unwrap(),
        )
    };
    let (status, output) = block_in_place(onto);
    assert_eq!(status, Some(1));
    assert!(
        output.contains("exists and isn't a Wallboard backup"),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_late_is_an_alert_until_it_is_there() {
    let site = ImportSite::new("settle = \"0s\"\ninterval = \"1s\"");
    site.export(&["20261118"], 10);
    let receiver = Receiver::start();
    let toml = base_configuration(site.port, site.port)
        + &source("settle = \"0s\"\ninterval = \"1s\"")
            .replace("\"export\"", &quoted(&site.path("export")))
        + &receiver.channel()
        + "[alerts.Late]\nimports = [\"*\"]\nfor = \"0s\"\nnotify = [\"hook\"]\n";
    let wallboard = Wallboard::start(&toml, site.port, &[], Vec::new()).await;
    wait_until("somebody is told", SOON, async || {
        let told = receiver.ids("Sangoma is missing a file");
        if told.len() == 1 { Ok(()) } else { Err(told) }
    })
    .await;
    let open = alerts(&wallboard, "open").await;
    assert_eq!(open["sangoma"]["kind"], "import");

    // The newest file that can be there.
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let yesterday = today.yesterday().unwrap().strftime("%Y%m%d").to_string();
    site.facts("Queue_Call", &yesterday, &calls_csv(1, &yesterday, 5));
    wait_until("it is over", Duration::from_mins(2), async || {
        let open = alerts(&wallboard, "open").await;
        if open.is_empty() { Ok(()) } else { Err(open) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_are_listed_and_downloadable() {
    let site = ImportSite::new("settle = \"0s\"");
    let broken = calls_csv(0, "20261119", 3) + "x,7,1,1,,,\r\n,7,1,1763553600,,,\r\n";
    site.facts("Queue_Call", "20261119", &broken);
    let toml = base_configuration(site.port, site.port)
        + &source("settle = \"0s\"").replace("\"export\"", &quoted(&site.path("export")));
    let wallboard = Wallboard::start(&toml, site.port, &[], Vec::new()).await;

    wallboard.wait_for_state("degraded", SOON).await;
    let page = wallboard.text("/sources/sangoma/aside").await;
    let file = wallboard.text("/sources/sangoma/aside.csv").await;
    let sources = wallboard.text("/sources").await;
    let metrics = wallboard.text("/metrics").await;

    assert!(
        sources.contains("2 rows skipped") && sources.contains("href=\"/sources/sangoma/aside\"")
    );
    assert!(
        page.contains("20261119-1234-Queue_Call-F.csv") && page.contains("<td>5</td>"),
        "{page}"
    );
    let rows: Vec<_> = file.lines().collect();
    assert_eq!(rows[0], "\u{feff}File,Line,Reason,Row");
    assert_eq!(rows.len(), 3, "{file}");
    assert!(
        metrics.contains("wallboard_import_set_aside_rows{source=\"sangoma\"} 2"),
        "{metrics}"
    );
    assert!(
        metrics.contains("wallboard_source_up{source=\"sangoma\"} 1"),
        "{metrics}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_calls_are_deleted_and_not_imported_again() {
    let site = ImportSite::new("settle = \"0s\"");
    let day = |ago: i64| {
        let today = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        let day = today.saturating_sub(jiff::Span::new().days(ago));
        day.strftime("%Y%m%d").to_string()
    };
    let (old, new) = (day(60), day(2));
    site.export(&[&old, &new], 12_000);
    // Days between them are missing.
    let (status, output) = site.import(&[]);
    assert_eq!(status, Some(1), "{output}");
    let toml = site
        .toml("settle = \"0s\"\ninterval = \"1s\"")
        .replace("[store]\n", "[store]\nkeep_calls = \"30d\"\n");
    let toml = toml.replace("\"export\"", &quoted(&site.path("export")));
    let toml = toml.replace(
        "sqlite:wallboard.db",
        &format!("sqlite:{}", site.path("wallboard.db").display()),
    );
    fs::write(site.path("wallboard.toml"), &toml).unwrap();

    let _wallboard = Wallboard::start(&toml, site.port, &[], Vec::new()).await;
    wait_until("the old file is gone", SOON, async || {
        match site.count(FILES) {
            3 => Ok(()),
            files => Err(format!("{files} files")),
        }
    })
    .await;
    // New thresholds recompute all days except those whose calls are gone.
    site.dimension("Queue_Details", "queue_id,name,sla_wait\r\n7,Support,1\r\n");
    let (status, output) = site.import(&[]);

    assert_eq!(status, Some(1), "{output}");
    assert!(output.contains("1 of other days ignored"), "{output}");
    assert_eq!((site.count(CALLS), site.count(FILES)), (12_000, 3));
    assert_eq!(site.count(OFFERED), 24_000);
    let within = OFFERED.replace("offered", "answered_within");
    assert_eq!(site.count(&within), 12_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_files_found_or_how_to_fix_the_source() {
    let site = ImportSite::new("settle = \"0s\"");
    let check = || status_and_text(&block_in_place(|| site.command("check").output().unwrap()));

    let (missing, missing_output) = check();
    site.facts("Queue_Call", "20261119", "queue_call_id\r\n");
    let (lacking, lacking_output) = check();
    site.export(&["20261119"], 3);
    let (valid, valid_output) = check();

    assert_eq!(missing, Some(1), "{missing_output}");
    assert!(
        missing_output.contains("NOT OK  source  sangoma (folder ")
            && missing_output.contains("/export): folder “export” not found: check `folder`"),
        "{missing_output}"
    );
    assert_eq!(lacking, Some(1), "{lacking_output}");
    assert!(
        lacking_output.contains("its header lacks queue_id"),
        "{lacking_output}"
    );
    assert_eq!(valid, Some(0), "{valid_output}");
    assert!(
        valid_output.contains("ok      source  sangoma (folder ")
            && valid_output.contains("3 files of tenant 1234, the newest of 2026-11-19)"),
        "{valid_output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn vergic_hours_are_imported_and_unknown_columns_reported() {
    let port = ports::free();
    let dir = tempfile::tempdir().unwrap();
    let toml = base_configuration(port, port)
        + "[sources.vergic]\nkind = \"vergic-export\"\nfolder = \"export\"\nsettle = \"0s\"\n\
           history = \"3650d\"\n[sources.vergic.columns]\n\
           queues = { queue = \"Group\", offered = \"Chats\", answered = \"Anwsered\" }\n";
    fs::write(dir.path().join("wallboard.toml"), &toml).unwrap();
    let run = |command: &str| {
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = dir.path().join("wallboard.toml");
        wallboard.arg(command).arg("--config").arg(config);
        status_and_text(&block_in_place(|| wallboard.output().unwrap()))
    };
    for hour in ["9", "10"] {
        let name = format!("export/Metrics/2026/11/19/{hour}/queues.csv");
        put(
            &dir.path().join(name),
            "Group;Chats;Answered\nSales;4;3\nSupport;2;2\n",
        );
    }

    let (check, check_output) = run("check");
    let config = dir.path().join("wallboard.toml");
    fs::write(&config, toml.replace("\"Chats\"", "\"Group\"")).unwrap();
    let (confused, confused_output) = run("check");
    fs::write(&config, &toml).unwrap();
    let (status, output) = run("import");
    fs::rename(
        dir.path().join("export/Metrics"),
        dir.path().join("export/Statistics"),
    )
    .unwrap();
    let (moved, moved_output) = run("import");

    assert_eq!(check, Some(1), "{check_output}");
    assert!(
        check_output.contains("has no column \"Anwsered\""),
        "{check_output}"
    );
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(confused, Some(1), "{confused_output}");
    assert!(
        confused_output.contains("none of its 2 rows can be read: line 2: Group: \"Sales\""),
        "{confused_output}"
    );
    assert!(output.contains("2 files imported (4 rows)"), "{output}");
    assert_eq!(moved, Some(1), "{moved_output}");
    assert!(moved_output.contains("Statistics"), "{moved_output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_shows_our_key_and_reports_a_wrong_host_key() {
    let sshd = Sshd::start();
    sshd.put(
        "Metrics/2026/11/19/9/queues.csv",
        "Group,Chats\r\nSales,4\r\n",
    );
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    let dir = tempfile::tempdir().unwrap();
    let port = ports::free();
    let check = |trust: &str| {
        let toml = base_configuration(port, port)
            + &format!(
                "[sources.vergic]\nkind = \"vergic-export\"\nhost = \"127.0.0.1\"\nport = {}\n\
                 username = {:?}\nkey_file = {}\nhistory = \"3650d\"\nsettle = \"0s\"\n{trust}\n\
                 [sources.vergic.columns]\nqueues = {{ queue = \"Group\", offered = \"Chats\" }}\n",
                sshd.port,
                Sshd::user(),
                quoted(&key),
            );
        fs::write(dir.path().join("wallboard.toml"), toml).unwrap();
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = dir.path().join("wallboard.toml");
        wallboard.arg("check").arg("--config").arg(config);
        status_and_text(&block_in_place(|| wallboard.output().unwrap()))
    };

    let known = format!("known_hosts = {}", quoted(&sshd.known_hosts()));
    let (valid, output) = check(&known);
    let other = fingerprint(&key);
    let (wrong, wrong_output) = check(&format!("host_key = \"{other}\""));

    assert_eq!(valid, Some(0), "{output}");
    assert!(
        output.contains(&format!("vergic signs in with {other}")),
        "{output}"
    );
    assert!(output.contains("1 file of root Metrics"), "{output}");
    assert_eq!(wrong, Some(1), "{wrong_output}");
    assert!(
        wrong_output.contains("changed, so nothing was sent"),
        "{wrong_output}"
    );
    assert!(wrong_output.contains(&other), "{wrong_output}");
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
