//! Imports of a folder as somebody at a terminal runs them, and as the product does.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::task::block_in_place;

use crate::support::{
    Sshd, Wallboard, ports,
    sshd::{Form, fingerprint},
    until,
    wallboard::house,
};

const SOON: Duration = Duration::from_secs(30);

/// A configuration, a database and an export, in a folder of the test's.
struct Site {
    dir: tempfile::TempDir,
    port: u16,
}

impl Site {
    fn new(more: &str) -> Self {
        let site = Self {
            dir: tempfile::tempdir().unwrap(),
            port: ports::free(),
        };
        fs::write(site.path("wallboard.toml"), site.toml(more)).unwrap();
        site
    }

    fn toml(&self, more: &str) -> String {
        house(self.port, self.port) + &source(more)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file of facts of the tenant 1234.
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

    /// A small export of one queue, with so many calls on each of these days.
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
            self.facts("Queue_Call", date, &calls_of(n, date, calls));
        }
    }

    fn import(&self, more: &[&str]) -> (Option<i32>, String) {
        said(&block_in_place(|| {
            self.command("import").args(more).output().unwrap()
        }))
    }

    fn command(&self, command: &str) -> Command {
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = self.path("wallboard.toml");
        wallboard.arg(command).arg("--config").arg(config);
        wallboard
    }

    /// An import that runs by itself.
    fn importing(&self) -> Child {
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

fn source(more: &str) -> String {
    format!(
        "[sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = \"export\"\n\
         history = \"3650d\"\n{more}\n"
    )
}

fn put(path: &Path, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    path.to_owned()
}

/// Calls that joined one after the other on a day, from noon in UTC.
fn calls_of(file: u32, date: &str, calls: u32) -> String {
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

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_taken_in_once_however_often_it_is_imported() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261118", "20261119"], 100);

    let (first, told) = site.import(&[]);
    let (second, told_again) = site.import(&[]);

    assert_eq!(first, Some(0), "{told}");
    assert!(
        told.contains("sangoma: 4 files imported (204 rows)"),
        "{told}"
    );
    assert_eq!(second, Some(0), "{told_again}");
    assert!(
        told_again.contains("no new file, 4 already imported"),
        "{told_again}"
    );
    assert_eq!((site.count(CALLS), site.count(FILES)), (200, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_tenant_is_told_with_the_one_that_is_there() {
    let site = Site::new("settle = \"0s\"");
    put(
        &site.path("export/CCAAS/FACTS/4711-Queue_Call-F/20261119-4711-Queue_Call-F.csv"),
        "queue_call_id\r\n",
    );

    let (status, told) = site.import(&[]);

    assert_eq!(status, Some(1), "{told}");
    assert!(
        told.contains("No files for tenant 1234; found 4711"),
        "{told}"
    );
    let (status, told) = site.import(&["--source", "vergic"]);
    assert_eq!(status, Some(2), "{told}");
    assert!(
        told.contains("no file source called vergic; the configuration has sangoma"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_read_are_set_aside_and_only_strict_minds_them() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261119"], 10);
    let broken = calls_of(9, "20261118", 10) + "x,7,1,1,,,\r\n,7,1,1763553600,,,\r\n";
    site.facts("Queue_Call", "20261118", &broken);

    let (lenient, told) = site.import(&[]);
    fs::remove_file(site.path("wallboard.db")).unwrap();
    let (strict, told_strictly) = site.import(&["--strict"]);

    assert_eq!(
        (lenient, strict),
        (Some(0), Some(1)),
        "{told}\n{told_strictly}"
    );
    assert!(told.contains("2 rows skipped"), "{told}");
    assert!(
        told.contains("20261118-1234-Queue_Call-F.csv line 12: "),
        "{told}"
    );
    assert_eq!(site.count(CALLS), 20);
    assert_eq!(site.count("SELECT count(*) FROM import_set_aside"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_stops_no_other() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261118", "20261120"], 10);
    site.facts(
        "Queue_Call",
        "20261119",
        "<html>Service unavailable</html>\n",
    );

    let (status, told) = site.import(&[]);

    assert_eq!(status, Some(1), "{told}");
    assert!(
        told.contains("couldn't be imported: CCAAS/FACTS/"),
        "{told}"
    );
    assert_eq!(site.count(CALLS), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_other_content_takes_the_place_of_its_own_rows() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261118", "20261119"], 10);
    site.import(&[]);
    let touched = site.path("export/CCAAS/FACTS/1234-Queue_Call-F/20261118-1234-Queue_Call-F.csv");
    let same = fs::read(&touched).unwrap();
    fs::write(&touched, same).unwrap();
    site.facts("Queue_Call", "20261119", &calls_of(1, "20261119", 7));

    let (status, told) = site.import(&[]);

    assert_eq!(status, Some(0), "{told}");
    assert!(
        told.contains("1 file imported (7 rows), 1 of them again")
            && told.contains("1 file redelivered with the same content"),
        "{told}"
    );
    assert_eq!((site.count(CALLS), site.count(DISTINCT)), (17, 17));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_of_the_days_asked_for_are_taken_in() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261117", "20261118", "20261119"], 10);

    let (status, told) = site.import(&["--since", "2026-11-18", "--until", "2026-11-18"]);

    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("2 of other days ignored"), "{told}");
    assert_eq!(site.count(CALLS), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_that_run_at_once_take_in_each_file_once() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261116", "20261117", "20261118", "20261119"], 5_000);

    let imports: Vec<_> = (0..3).map(|_| site.importing()).collect();
    let ends: Vec<_> = block_in_place(|| {
        let ends = imports.into_iter();
        ends.map(|import| said(&import.wait_with_output().unwrap()))
            .collect()
    });

    for (status, told) in &ends {
        assert_eq!(*status, Some(0), "{told}");
    }
    let took = |(_, told): &&(_, String)| told.contains("6 files imported");
    assert_eq!(ends.iter().filter(took).count(), 1, "{ends:?}");
    assert_eq!((site.count(CALLS), site.count(DISTINCT)), (20_000, 20_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_stopped_or_killed_leaves_whole_files_and_is_gone_on_with() {
    let site = Site::new("settle = \"0s\"");
    let dates = ["20261115", "20261116", "20261117", "20261118", "20261119"];
    site.export(&dates, 20_000);
    let database = site.path("wallboard.db");

    for signal in ["-TERM", "-KILL", "-TERM", "-KILL"] {
        let files = if database.exists() {
            site.count(FILES)
        } else {
            0
        };
        let import = Mutex::new(site.importing());
        // In the middle of a file: some have come since, not all.
        let begun = async || {
            let ended = import.lock().unwrap().try_wait().unwrap().is_some();
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
        until("another file is taken in", SOON, begun).await;
        let mut import = import.into_inner().unwrap();
        let asked = Instant::now();
        // It may have come to its end already.
        Command::new("kill")
            .args([signal, &import.id().to_string()])
            .status()
            .unwrap();
        block_in_place(|| import.wait().unwrap());
        assert!(asked.elapsed() < Duration::from_secs(10));
        // Each file that is there is there as a whole.
        assert_eq!(site.count(CALLS) % 20_000, 0);
    }

    let (status, told) = site.import(&[]);

    assert_eq!(status, Some(0), "{told}");
    assert_eq!(
        (site.count(CALLS), site.count(DISTINCT)),
        (100_000, 100_000)
    );
    assert_eq!(site.count(DIRTY), 0);
    assert_eq!(site.count(OFFERED), 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_still_written_is_waited_for() {
    let site = Site::new("settle = \"2s\"");
    site.export(&["20261118"], 10);
    let whole = calls_of(1, "20261119", 10);
    let (half, rest) = whole.split_at(whole.len() / 2);
    let growing = site.facts("Queue_Call", "20261119", half);

    let mut import = site.importing();
    let lines = async || {
        let log = site.path("wallboard.db");
        if log.exists() {
            Ok(())
        } else {
            Err("it has not begun".to_owned())
        }
    };
    until("the import has begun", SOON, lines).await;
    fs::write(&growing, half.to_owned() + rest).unwrap();
    let ended = block_in_place(|| import.wait().unwrap());

    assert!(ended.success());
    assert_eq!((site.count(CALLS), site.count(FILES)), (20, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_takes_in_files_as_they_come_and_reloads_its_sources() {
    let site = Site::new("settle = \"0s\"\ninterval = \"1s\"");
    site.export(&["20261118"], 10);
    let export = site.path("export");
    let place = |tenant: u32| {
        house(site.port, site.port)
            + &source("settle = \"0s\"\ninterval = \"1s\"")
                .replace("\"export\"", &format!("{:?}", export.display().to_string()))
                .replace("1234", &tenant.to_string())
    };
    let wallboard = Wallboard::start(&place(1234), site.port, &[], Vec::new()).await;
    let rows = async |rows: u64| {
        until(&format!("{rows} rows are taken in"), SOON, async || {
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
    site.facts("Queue_Call", "20261119", &calls_of(1, "20261119", 5));
    let second = rows(19).await;
    let page = wallboard.text("/sources").await;
    wallboard.configure(&place(4711));
    let other = until("the other tenant has no files", SOON, async || {
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
async fn a_backup_that_is_made_while_files_come_in_is_whole_and_can_be_the_database() {
    let site = Site::new("settle = \"0s\"");
    site.export(&["20261117", "20261118", "20261119"], 20_000);
    let copy = site.path("copies/copy.db");
    fs::create_dir(site.path("copies")).unwrap();
    let backup = || said(&site.command("backup").arg(&copy).output().unwrap());

    let import = site.importing();
    until("a file is taken in", SOON, async || {
        let files = Connection::open(site.path("wallboard.db"))
            .and_then(|c| c.query_row(FILES, [], |row| row.get::<_, i64>(0)));
        match files {
            Ok(1..) => Ok(()),
            files => Err(format!("{files:?}")),
        }
    })
    .await;
    let (first, told) = block_in_place(backup);
    let whole = count(&copy, CALLS);
    block_in_place(|| import.wait_with_output().unwrap());
    let (again, told_again) = block_in_place(backup);

    assert_eq!((first, again), (Some(0), Some(0)), "{told}\n{told_again}");
    assert!(told.contains("Copied "), "{told}");
    assert_eq!(whole % 20_000, 0);
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(site.path(&format!("wallboard.db{end}"))).ok();
    }
    fs::copy(&copy, site.path("wallboard.db")).unwrap();
    let (status, told) = site.import(&[]);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("no new file, 5 already imported"), "{told}");
    assert_eq!(site.count(CALLS), 60_000);
    // In use it is no backup any more, and not written over.
    let onto = || {
        said(
            &site
                .command("backup")
                .arg(site.path("wallboard.db"))
                .output()
                .unwrap(),
        )
    };
    let (status, told) = block_in_place(onto);
    assert_eq!(status, Some(1));
    assert!(
        told.contains("exists and isn't a Wallboard backup"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_set_aside_are_shown_and_given_as_a_file() {
    let site = Site::new("settle = \"0s\"");
    let broken = calls_of(0, "20261119", 3) + "x,7,1,1,,,\r\n,7,1,1763553600,,,\r\n";
    site.facts("Queue_Call", "20261119", &broken);
    let toml = house(site.port, site.port)
        + &source("settle = \"0s\"").replace("\"export\"", &quoted(&site.path("export")));
    let wallboard = Wallboard::start(&toml, site.port, &[], Vec::new()).await;

    wallboard.becomes("degraded", SOON).await;
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
async fn what_is_kept_no_longer_goes_and_does_not_come_back() {
    let site = Site::new("settle = \"0s\"");
    let day = |ago: i64| {
        let today = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        let day = today.saturating_sub(jiff::Span::new().days(ago));
        day.strftime("%Y%m%d").to_string()
    };
    let (old, new) = (day(60), day(2));
    site.export(&[&old, &new], 12_000);
    // Between them days are missing.
    let (status, told) = site.import(&[]);
    assert_eq!(status, Some(1), "{told}");
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
    until("the old file is gone", SOON, async || {
        match site.count(FILES) {
            3 => Ok(()),
            files => Err(format!("{files} files")),
        }
    })
    .await;
    // Other thresholds have all days reckoned anew, but those whose calls are gone.
    site.dimension("Queue_Details", "queue_id,name,sla_wait\r\n7,Support,1\r\n");
    let (status, told) = site.import(&[]);

    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("1 of other days ignored"), "{told}");
    assert_eq!((site.count(CALLS), site.count(FILES)), (12_000, 3));
    assert_eq!(site.count(OFFERED), 24_000);
    let within = OFFERED.replace("offered", "answered_within");
    assert_eq!(site.count(&within), 12_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_of_a_source_of_files_what_is_there_or_what_to_mend() {
    let site = Site::new("settle = \"0s\"");
    let check = || said(&block_in_place(|| site.command("check").output().unwrap()));

    let (missing, told_missing) = check();
    site.facts("Queue_Call", "20261119", "queue_call_id\r\n");
    let (lacking, told_lacking) = check();
    site.export(&["20261119"], 3);
    let (well, told_well) = check();

    assert_eq!(missing, Some(1), "{told_missing}");
    assert!(
        told_missing.contains("NOT OK  source  sangoma (folder ")
            && told_missing.contains("/export): folder “export” not found: check `folder`"),
        "{told_missing}"
    );
    assert_eq!(lacking, Some(1), "{told_lacking}");
    assert!(
        told_lacking.contains("its header lacks queue_id"),
        "{told_lacking}"
    );
    assert_eq!(well, Some(0), "{told_well}");
    assert!(
        told_well.contains("ok      source  sangoma (folder ")
            && told_well.contains("3 files of tenant 1234, the newest of 2026-11-19)"),
        "{told_well}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn vergics_hours_are_taken_in_and_columns_that_fit_nothing_are_told() {
    let port = ports::free();
    let dir = tempfile::tempdir().unwrap();
    let toml = house(port, port)
        + "[sources.vergic]\nkind = \"vergic-export\"\nfolder = \"export\"\nsettle = \"0s\"\n\
           history = \"3650d\"\n[sources.vergic.columns]\n\
           queues = { queue = \"Group\", offered = \"Chats\", answered = \"Anwsered\" }\n";
    fs::write(dir.path().join("wallboard.toml"), &toml).unwrap();
    let run = |command: &str| {
        let mut wallboard = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let config = dir.path().join("wallboard.toml");
        wallboard.arg(command).arg("--config").arg(config);
        said(&block_in_place(|| wallboard.output().unwrap()))
    };
    for hour in ["9", "10"] {
        let name = format!("export/Metrics/2026/11/19/{hour}/queues.csv");
        put(
            &dir.path().join(name),
            "Group;Chats;Answered\nSales;4;3\nSupport;2;2\n",
        );
    }

    let (check, told_check) = run("check");
    let config = dir.path().join("wallboard.toml");
    fs::write(&config, toml.replace("\"Chats\"", "\"Group\"")).unwrap();
    let (confused, told_confused) = run("check");
    fs::write(&config, &toml).unwrap();
    let (status, told) = run("import");
    fs::rename(
        dir.path().join("export/Metrics"),
        dir.path().join("export/Statistics"),
    )
    .unwrap();
    let (moved, told_moved) = run("import");

    assert_eq!(check, Some(1), "{told_check}");
    assert!(
        told_check.contains("has no column \"Anwsered\""),
        "{told_check}"
    );
    assert_eq!(status, Some(0), "{told}");
    assert_eq!(confused, Some(1), "{told_confused}");
    assert!(
        told_confused.contains("none of its 2 rows can be read: line 2: Group: \"Sales\""),
        "{told_confused}"
    );
    assert!(told.contains("2 files imported (4 rows)"), "{told}");
    assert_eq!(moved, Some(1), "{told_moved}");
    assert!(told_moved.contains("Statistics"), "{told_moved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_shows_our_own_key_and_names_a_wrong_host_key() {
    let sshd = Sshd::start();
    sshd.put(
        "Metrics/2026/11/19/9/queues.csv",
        "Group,Chats\r\nSales,4\r\n",
    );
    let key = sshd.key("ed25519", Form::OpenSsh, "");
    let dir = tempfile::tempdir().unwrap();
    let port = ports::free();
    let check = |trust: &str| {
        let toml = house(port, port)
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
        said(&block_in_place(|| wallboard.output().unwrap()))
    };

    let known = format!("known_hosts = {}", quoted(&sshd.known_hosts()));
    let (well, told) = check(&known);
    let other = fingerprint(&key);
    let (wrong, told_wrong) = check(&format!("host_key = \"{other}\""));

    assert_eq!(well, Some(0), "{told}");
    assert!(
        told.contains(&format!("vergic signs in with {other}")),
        "{told}"
    );
    assert!(told.contains("1 file of root Metrics"), "{told}");
    assert_eq!(wrong, Some(1), "{told_wrong}");
    assert!(
        told_wrong.contains("changed, so nothing was sent"),
        "{told_wrong}"
    );
    assert!(told_wrong.contains(&other), "{told_wrong}");
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
