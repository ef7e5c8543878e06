//! Every figure of intervals, as it was reckoned from the files alone: through every
//! door, in every dialect, over changes of the clock.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

use crate::support::{
    Proxy, Sshd, Weather,
    azure::Azure,
    past::{self, HISTORY, Past, Question, Served},
    reckon::{self, Reckoner},
    s3::{REGION, S3},
    sshd::Form,
    until,
};

/// Of each spell three days: the clock changes in Stockholm, in New York, in both.
const SPELLS: [(&str, &str, &str); 3] = [
    ("2025-10-25", "2025-10-24", "2025-10-29"),
    ("2026-03-07", "2026-03-06", "2026-03-11"),
    ("2026-03-28", "2026-03-27", "2026-04-01"),
];
const ZONES: [&str; 4] = [
    "UTC",
    "Europe/Stockholm",
    "America/New_York",
    "Asia/Kathmandu",
];
const STEPS: [&str; 4] = ["15m", "30m", "1h", "1d"];
const SOON: Duration = Duration::from_mins(1);
const COUNTS: [&str; 2] = ["start", "event"];

/// An export of three spells of three days.
fn export(folder: &Path, name: &str, dialect: &str) -> Value {
    let seed = name.len().to_string();
    let mut arguments = vec!["--seed", &seed, "--dialect", dialect, "--days", "3"];
    arguments.extend(SPELLS.iter().flat_map(|(first, _, _)| ["--from", first]));
    arguments.extend(["--calls-per-day", "120", "--agents", "12"]);
    reckon::generate("generate.py", &folder.join(name), &arguments)
}

fn source(name: &str, kind: &str, more: &str) -> String {
    format!("[sources.{name}]\nkind = \"{kind}\"\n{HISTORY}{more}\n")
}

/// All that can be asked of one queue, agent, … for `by`, in every step, zone and way to count.
fn questions<'a>(by: &[(&'a str, &'a str)]) -> Vec<Question<'a>> {
    let mut all = Vec::new();
    for (n, (_, from, to)) in SPELLS.into_iter().enumerate() {
        for (m, zone) in ZONES.into_iter().enumerate() {
            for (k, step) in STEPS.into_iter().enumerate() {
                // Each of the two in turn: both with every zone, step and spell.
                let count_by = COUNTS[(n + m + k) % 2];
                let span = [("from", from), ("to", to), ("zone", zone), ("step", step)];
                all.push([&span[..], &[("count_by", count_by)], by].concat());
            }
        }
    }
    all
}

async fn check(served: &Served, reckoner: &mut Reckoner, source: &str, questions: &[Question<'_>]) {
    let mut different = Vec::new();
    for question in questions {
        different.extend(served.differences(reckoner, source, question).await);
    }
    let many = different.len();
    different.truncate(20);
    assert!(
        different.is_empty(),
        "{source}: {many} figures differ:\n{}",
        different.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_of_a_folder_is_as_reckoned_from_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = export(folder.path(), "calls", "mixed");
    let out = folder.path().join("calls");
    let more = format!("tenant = 1234\nfolder = {:?}\n", out.display().to_string());
    let sources = source("calls", "sangoma-export", &more) + &past::end_by("calls", &manifest);
    let past = Past::with(&sources, "wallboard.db");
    let mut reckoner = Reckoner::of(&out, "calls", &manifest);

    let told = past.import_with_gaps();
    let served = past.serve().await;

    // Of what is rarely asked some, in every zone, step and way to count in turn.
    for (by, step) in [
        (&[][..], 1),
        (&[("by", "queue")], 1),
        (&[("by", "agent")], 2),
        (&[("by", "reason")], 7),
        (&[("by", "issue")], 5),
        (&[("by", "type")], 11),
        (&[("by", "end_by")], 7),
        (&[("queue", "calls/2")], 7),
        // Switched off: in no list, but there for whoever asks.
        (&[("queue", "calls/6")], 7),
        (&[("agent", "calls/101")], 7),
    ] {
        let questions: Vec<_> = questions(by).into_iter().step_by(step).collect();
        check(&served, &mut reckoner, "calls", &questions).await;
    }
    let database = past.database();
    let count = |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).unwrap() };
    let aside = reckon::set_aside(&out).len();
    assert!(
        told.contains(&format!("{aside} rows skipped")),
        "{aside}: {told}"
    );
    assert!(told.contains("2026-03-14 to 2026-03-16"), "{told}");
    assert_eq!(count("SELECT count(*) FROM import_dirty"), 0);
}

/// The first file brings three days, and the night of the 27th failed.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_come_in_the_file_of_a_later_day_are_all_counted_marked_and_named() {
    const DAYS: &str = "Partial: 2025-10-23 to 2025-10-24, 2025-10-27.";
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("calls");
    let mut arguments = vec!["--from", "2025-10-23", "--days", "7", "--agents", "12"];
    for night in ["2025-10-23", "2025-10-24", "2025-10-27"] {
        arguments.extend(["--without", night]);
    }
    let manifest = reckon::generate("generate.py", &out, &arguments);
    let more = format!("tenant = 1234\nfolder = {:?}\n", out.display().to_string());
    let sources = source("calls", "sangoma-export", &more) + &past::end_by("calls", &manifest);
    let past = Past::with(&sources, "wallboard.db");
    let mut reckoner = Reckoner::of(&out, "calls", &manifest);
    let span = [("from", "2025-10-22"), ("to", "2025-10-31")];

    let told = past.import_with_gaps();
    let (checked, told_check) = past.run("check");
    let served = past.serve().await;

    for by in [
        None,
        Some(("by", "queue")),
        Some(("by", "agent")),
        Some(("by", "issue")),
        Some(("by", "end_by")),
    ] {
        let steps = STEPS.into_iter().zip(ZONES);
        let asked = steps.flat_map(|(step, zone)| {
            COUNTS.map(|count_by| [("step", step), ("zone", zone), ("count_by", count_by)])
        });
        let questions: Vec<Question<'_>> = asked
            .map(|asked| span.into_iter().chain(asked).chain(by).collect())
            .collect();
        check(&served, &mut reckoner, "calls", &questions).await;
    }
    // Whatever the step, they add up to every call in the store.
    let stored: i64 = past
        .database()
        .query_row(
            "SELECT count(DISTINCT queue_call_id) FROM sangoma_queue_call",
            [],
            |row| row.get(0),
        )
        .unwrap();
    for step in STEPS {
        let path =
            format!("/api/v1/history/intervals?from=2025-10-22&to=2025-10-31&step={step}&zone=UTC");
        let answer = served.get(&path).await.unwrap();
        let intervals = answer["intervals"].as_array().unwrap().iter();
        let offered: i64 = intervals.filter_map(|one| one["offered"].as_i64()).sum();
        assert_eq!(offered, stored, "{step}");
    }
    assert!(told.contains(DAYS), "{told}");
    assert_eq!(checked, Some(1), "{told_check}");
    assert!(
        told_check.contains("NOT OK  days    calls") && told_check.contains(DAYS),
        "{told_check}"
    );
    let one = until("the first run has ended", SOON, async || {
        let answer = served.get("/api/v1/sources").await?;
        let mut sources = answer["sources"].as_array().unwrap().iter();
        let one = sources.find(|one| one["id"] == "calls").unwrap();
        if one["import"]["missing"].to_string().contains(DAYS) {
            Ok(one.clone())
        } else {
            Err(one.to_string())
        }
    })
    .await;
    assert_eq!(one["state"], "degraded");
    let page = served.text("/sources").await;
    assert!(page.contains(DAYS), "{page}");
    let page = served
        .text("/history?range=days&from=2025-10-22&to=2025-10-30&step=1d&view=table")
        .await;
    assert!(page.contains(">partial"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_the_same_through_every_store_in_every_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::shared();
    let slow = Proxy::to(s3.port).await;
    slow.set(Weather::Slow(Duration::from_millis(50)));
    let stores = [
        ("slashes", "guide"),
        ("backslashes", "quoted"),
        ("blobs", "loose"),
        ("spare", "sparse"),
        ("odd", "mixed"),
    ];
    let mut sources = String::new();
    let mut manifests = Vec::new();
    for (name, dialect) in stores {
        let manifest = export(folder.path(), name, dialect);
        let out = folder.path().join(name);
        let files = past::files_of(&out);
        let files = files
            .iter()
            .filter(|(inside, _)| inside.starts_with("CCAAS"));
        let contents = files.map(|(inside, path)| (inside.clone(), fs::read(path).unwrap()));
        let more = match name {
            "blobs" | "odd" => {
                let as_written = |inside: &str| match name {
                    "odd" => format!("\\{}", inside.replace('/', "\\")),
                    _ => inside.to_owned(),
                };
                let contents: Vec<_> = contents
                    .map(|(inside, text)| (as_written(&inside), text))
                    .collect();
                let contents: Vec<_> = contents
                    .iter()
                    .map(|(inside, text)| (inside.as_str(), &text[..]))
                    .collect();
                Azure::shared().put(&format!("figures-{name}"), &contents);
                let string = Azure::shared().connection_string();
                format!(
                    "[sources.{name}.azure]\nconnection_string = {string:?}\ncontainer = \"figures-{name}\"\n"
                )
            }
            "spare" => format!("folder = {:?}\n", out.display().to_string()),
            _ => {
                let bucket = format!("figures-{name}");
                s3.make_bucket(&bucket).await;
                for (inside, text) in contents {
                    let key = match name {
                        "backslashes" => format!("\\{}", inside.replace('/', "\\")),
                        _ => inside,
                    };
                    s3.put(&bucket, &key, text).await;
                }
                let port = if name == "slashes" {
                    slow.port
                } else {
                    s3.port
                };
                format!(
                    "[sources.{name}.s3]\nbucket = {bucket:?}\nregion = {REGION:?}\naccess_key_id = \"tests\"\n\
                     secret_access_key = \"hush-hush\"\nendpoint = \"http://127.0.0.1:{port}\"\n"
                )
            }
        };
        sources += &source(name, "sangoma-export", &format!("tenant = 1234\n{more}"));
        sources += &past::end_by(name, &manifest);
        manifests.push((name, manifest));
    }
    let past = Past::with(&sources, "wallboard.db");

    past.import_with_gaps();
    let served = past.serve().await;

    for (name, manifest) in manifests {
        let mut reckoner = Reckoner::of(&folder.path().join(name), name, &manifest);
        let by_queue = questions(&[("by", "queue")]);
        let by_agent = questions(&[("by", "agent")]);
        let some: Vec<_> = by_queue
            .into_iter()
            .step_by(6)
            .chain(by_agent.into_iter().step_by(10))
            .collect();
        check(&served, &mut reckoner, name, &some).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_vergic_come_through_an_encrypted_key_late_files_too() {
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", Form::OpenSsh, "Tr0ub4dor und 3");
    let arguments = ["--from", "2025-10-24", "--days", "12", "--late", "0.1"];
    let manifest = reckon::generate("generate_vergic.py", &sshd.home, &arguments);
    let more = format!(
        "host = \"127.0.0.1\"\nport = {}\nusername = {:?}\nkey_file = {:?}\nkey_passphrase = \"Tr0ub4dor und 3\"\n\
         known_hosts = {:?}\n",
        sshd.port,
        Sshd::user(),
        key.display().to_string(),
        sshd.known_hosts().display().to_string(),
    );
    let sources = source("vergic", "vergic-export", &more) + &past::columns("vergic", &manifest);
    let past = Past::with(&sources, "wallboard.db");
    let questions: Vec<Question<'_>> = [
        ("1d", "UTC"),
        ("1h", "UTC"),
        ("1d", "Europe/Stockholm"),
        ("1h", "Europe/Stockholm"),
        ("30m", "Europe/Stockholm"),
        ("15m", "Asia/Kathmandu"),
    ]
    .into_iter()
    .flat_map(|(step, zone)| {
        [None, Some(("by", "queue")), Some(("by", "agent"))].map(|by| {
            let span = [
                ("from", "2025-10-23"),
                ("to", "2025-11-06"),
                ("zone", zone),
                ("step", step),
            ];
            span.into_iter().chain(by).collect()
        })
    })
    .collect();

    past.import();
    let served = past.serve().await;
    let mut reckoner = Reckoner::of(&sshd.home, "vergic", &manifest);
    check(&served, &mut reckoner, "vergic", &questions).await;

    for (inside, path) in past::files_of(&sshd.home.join("late")) {
        sshd.put(&inside, fs::read(path).unwrap());
    }
    past.import();
    let mut reckoner = Reckoner::of(&sshd.home, "vergic", &manifest);
    check(&served, &mut reckoner, "vergic", &questions).await;
}
