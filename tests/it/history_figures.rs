//! Every interval figure against the reference calculator: through every store, in every dialect,
//! across daylight saving changes.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

use crate::support::{
    NetworkCondition, Proxy, Sshd,
    azure::Azure,
    history_fixture::{self, HISTORY_SETTINGS, HistoryFixture, IntervalQuery, RunningServer},
    is_nightly,
    reference::{self, ReferenceCalculator},
    s3::{REGION, S3},
    sshd::KeyFormat,
    wait_until,
};

/// Three days each: the clocks change in Stockholm, in New York, in both.
const PERIODS: [(&str, &str, &str); 3] = [
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

/// Writes an export of three periods of three days.
fn export(folder: &Path, name: &str, dialect: &str) -> Value {
    let seed = name.len().to_string();
    let mut arguments = vec!["--seed", &seed, "--dialect", dialect, "--days", "3"];
    arguments.extend(PERIODS.iter().flat_map(|(first, _, _)| ["--from", first]));
    arguments.extend(["--calls-per-day", "120", "--agents", "12"]);
    reference::generate("generate.py", &folder.join(name), &arguments)
}

fn source(name: &str, kind: &str, settings: &str) -> String {
    format!("[sources.{name}]\nkind = \"{kind}\"\n{HISTORY_SETTINGS}{settings}\n")
}

/// Returns queries for `by` in every step, time zone and counting rule.
fn queries<'a>(by: &[(&'a str, &'a str)]) -> Vec<IntervalQuery<'a>> {
    let mut all = Vec::new();
    for (n, (_, from, to)) in PERIODS.into_iter().enumerate() {
        for (m, zone) in ZONES.into_iter().enumerate() {
            for (k, step) in STEPS.into_iter().enumerate() {
                // Alternates, so that both occur with every zone, step and period.
                let count_by = COUNTS[(n + m + k) % 2];
                let span = [("from", from), ("to", to), ("zone", zone), ("step", step)];
                all.push([&span[..], &[("count_by", count_by)], by].concat());
            }
        }
    }
    all
}

/// Of how many queries one is compared; all in `scripts/nightly`. No divisor of the numbers of zones, steps and
/// periods, so that each of them occurs.
fn sample() -> usize {
    if is_nightly() { 1 } else { 5 }
}

async fn check(
    server: &RunningServer,
    calculator: &mut ReferenceCalculator,
    source: &str,
    queries: &[IntervalQuery<'_>],
) {
    let mut different = Vec::new();
    for query in queries {
        different.extend(server.differences(calculator, source, query).await);
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
async fn every_figure_of_a_folder_matches_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = export(folder.path(), "calls", "mixed");
    let out = folder.path().join("calls");
    let settings = format!("tenant = 1234\nfolder = {:?}\n", out.display().to_string());
    let sources = source("calls", "sangoma-export", &settings)
        + &history_fixture::end_reasons_toml("calls", &manifest);
    let fixture = HistoryFixture::new(&sources, "wallboard.db");
    let mut calculator = ReferenceCalculator::start(&out, "calls", &manifest);

    let output = fixture.import_incomplete();
    let server = fixture.serve().await;

    // Rare queries are sampled more, across every zone, step and counting rule.
    for (by, step) in [
        (&[][..], 1),
        (&[("by", "queue")], 1),
        (&[("by", "agent")], 2),
        (&[("by", "reason")], 7),
        (&[("by", "issue")], 5),
        (&[("by", "type")], 11),
        (&[("by", "end_by")], 7),
        (&[("by", "exit_key")], 11),
        (&[("by", "number")], 7),
        (&[("by", "logoff_reason")], 7),
        (&[("by", "queue_group")], 7),
        (&[("by", "agent_group")], 7),
        (&[("queue", "calls/2")], 7),
        // Disabled: not in lists, but available when queried.
        (&[("queue", "calls/6")], 7),
        (&[("agent", "calls/101")], 7),
        (&[("queue", "calls/2"), ("by", "reason")], 7),
    ] {
        let queries: Vec<_> = queries(by).into_iter().step_by(step * sample()).collect();
        check(&server, &mut calculator, "calls", &queries).await;
    }
    check_handled(&server, &mut calculator).await;
    check_queues_of_agents(&server, &mut calculator).await;
    check_abandon_rates(&server, &mut calculator).await;
    check_codes(&server, &mut calculator).await;
    let database = fixture.database();
    let count = |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).unwrap() };
    let rejected = reference::rejected_rows(&out).len();
    assert!(
        output.contains(&format!("{rejected} rows skipped")),
        "{rejected}: {output}"
    );
    assert!(output.contains("2026-03-14 to 2026-03-16"), "{output}");
    assert_eq!(count("SELECT count(*) FROM import_dirty"), 0);
}

/// Checks what each agent handled in each of two queues, as files have it.
async fn check_handled(server: &RunningServer, calculator: &mut ReferenceCalculator) {
    let mut handled = 0;
    for (queue, count_by) in ["calls/1", "calls/2"].into_iter().zip(COUNTS) {
        for (first, from, to) in PERIODS {
            let span = [("from", from), ("to", to), ("step", "1d"), ("zone", "UTC")];
            let what = [("queue", queue), ("by", "agent"), ("count_by", count_by)];
            let expected = calculator.query(&[&span[..], &what].concat());
            let mut expected: Vec<_> = (expected["series"].as_array().unwrap().iter())
                .filter_map(|series| sum_handled(series["id"].as_str().unwrap(), series))
                .collect();
            expected.sort();
            handled += expected.len();
            let what = format!("queue={queue}&by=agent&count_by={count_by}");
            let actual = handled_rows(server, (from, to), &what).await;
            assert_eq!(actual, expected, "{what}, {first}");
        }
    }
    assert!(20 < handled, "{handled} agents");
}

/// Checks what two agents handled in each queue.
async fn check_queues_of_agents(server: &RunningServer, calculator: &mut ReferenceCalculator) {
    let mut handled = 0;
    for (agent, count_by) in ["calls/101", "calls/104"].into_iter().zip(COUNTS) {
        let (_, from, to) = PERIODS[0];
        let span = [("from", from), ("to", to), ("step", "1d"), ("zone", "UTC")];
        let queues = calculator.query(&[&span[..], &[("by", "queue")]].concat());
        let mut expected = Vec::new();
        // The first is the site.
        for queue in queues["series"].as_array().unwrap().iter().skip(1) {
            let queue = queue["id"].as_str().unwrap();
            let what = [("queue", queue), ("by", "agent"), ("count_by", count_by)];
            let agents = calculator.query(&[&span[..], &what].concat());
            let mut agents = agents["series"].as_array().unwrap().iter();
            let series = agents.find(|series| series["id"] == agent);
            expected.extend(series.and_then(|series| sum_handled(queue, series)));
        }
        expected.sort();
        handled += expected.len();
        let what = format!("agent={agent}&by=queue&count_by={count_by}");
        let actual = handled_rows(server, (from, to), &what).await;
        assert_eq!(actual, expected, "{what}");
    }
    assert!(2 < handled, "{handled} queues");
}

/// Checks the calls of each reason and type with their handle time, and what has none, as files have it.
async fn check_codes(server: &RunningServer, calculator: &mut ReferenceCalculator) {
    let mut handled = 0;
    for (_, from, to) in PERIODS {
        let span = [("from", from), ("to", to), ("step", "1d"), ("zone", "UTC")];
        let all = calculator.query(&span);
        let all = all["intervals"].as_array().unwrap().iter();
        let all = sum_counts(all.map(|day| {
            let sums = &day["sums"];
            [
                &day["offered"],
                &sums["handled"],
                &sums["talk_time"],
                &sums["wrap_up_time"],
            ]
        }));
        for by in ["reason", "type"] {
            let expected = calculator.query(&[&span[..], &[("by", by)]].concat());
            let mut rest = all;
            let mut rows = Vec::new();
            for series in expected["series"].as_array().unwrap() {
                let days = series["intervals"].as_array().unwrap().iter();
                let sums = sum_counts(days.map(|day| {
                    [
                        &day["count"],
                        &day["handled"],
                        &day["talk_time"],
                        &day["wrap_up_time"],
                    ]
                }));
                for (rest, sum) in rest.iter_mut().zip(sums) {
                    *rest -= sum;
                }
                let id = format!("calls/{}", series["id"].as_str().unwrap());
                rows.extend((0 < sums[0]).then(|| coded_row(&id, sums)));
            }
            rows.extend((0 < rest[0]).then(|| coded_row("", rest)));
            rows.sort();
            handled += all[1];
            let file = read_file(server, (from, to), &format!("by={by}")).await;
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(file.as_bytes());
            // Some names have commas and line breaks.
            let records = reader.records().map(Result::unwrap);
            let records = records.skip_while(|record| record.get(2) != Some("Offered"));
            let records = records.skip(1).take_while(|record| record[0] != *"Total");
            let cells =
                records.map(|record| record.iter().skip(1).take(7).collect::<Vec<_>>().join(","));
            let mut actual: Vec<_> = cells.collect();
            actual.sort();
            assert_eq!(actual, rows, "by {by} from {from}");
            assert!(1 < rows.len(), "{rows:?}");
        }
    }
    assert!(100 < handled, "{handled} handled calls");
}

/// The sums of contacts, handled ones, talk and wrap-up.
fn sum_counts<'v>(days: impl Iterator<Item = [&'v Value; 4]>) -> [i64; 4] {
    days.fold([0; 4], |mut sum, day| {
        for (sum, value) in sum.iter_mut().zip(day) {
            *sum += value.as_i64().unwrap_or_default();
        }
        sum
    })
}

/// A row of a file: the contacts, the handled ones, the three averages, and the sum of talk and wrap-up.
fn coded_row(id: &str, [contacts, handled, talk, wrap_up]: [i64; 4]) -> String {
    // The nearest whole second.
    let average = |sum: i64| match handled {
        0 => String::new(),
        n => ((2 * sum + n) / (2 * n)).to_string(),
    };
    let (both, talked, wrapped) = (average(talk + wrap_up), average(talk), average(wrap_up));
    let sum = talk + wrap_up;
    format!("{id},{contacts},{handled},{both},{talked},{wrapped},{sum}")
}

/// Checks the abandonment rate of each hour by event: of the contacts that ended in it.
async fn check_abandon_rates(server: &RunningServer, calculator: &mut ReferenceCalculator) {
    let (_, from, to) = PERIODS[0];
    let span = [("from", from), ("to", to), ("step", "1h"), ("zone", "UTC")];
    let expected = calculator.query(&[&span[..], &[("count_by", "event")]].concat());
    let rate = |interval: &Value| {
        let count = |name: &str| interval[name].as_f64();
        let abandoned = count("abandoned")?;
        let ended = count("answered")? + abandoned + count("flow_outs")?;
        (0.0 < ended).then(|| 100.0 * abandoned / ended)
    };
    let expected: Vec<_> = (expected["intervals"].as_array().unwrap().iter())
        .map(rate)
        .collect();
    let file = read_file(server, (from, to), "step=1h&count_by=event").await;
    let mut rows = file
        .lines()
        .skip_while(|line| !line.contains(",Abandoned %,"));
    let heading = rows.next().unwrap().split(',');
    let column = heading
        .into_iter()
        .position(|word| word == "Abandoned %")
        .unwrap();
    let rows = rows.take_while(|line| !line.starts_with("Total,"));
    let actual = rows.map(|line| line.split(',').nth(column).unwrap().parse::<f64>().ok());
    let actual: Vec<_> = actual.collect();

    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.into_iter().zip(expected) {
        match (actual, expected) {
            // One decimal, and neither 0 nor 100 unless it's exactly that.
            (Some(actual), Some(expected)) if (actual - expected).abs() <= 0.1 => {}
            pair => assert_eq!(pair, (None, None)),
        }
    }
}

/// Returns a file of a period of days.
async fn read_file(server: &RunningServer, (from, to): (&str, &str), what: &str) -> String {
    let end: jiff::civil::Date = to.parse().unwrap();
    let last = end.yesterday().unwrap();
    let query = format!("range=days&from={from}&to={last}&zone=UTC&compare=none&{what}");
    server.text(&format!("/history.csv?{query}")).await
}

/// The rows of a file: IDs, handled, transferred, the average, and both times.
async fn handled_rows(server: &RunningServer, days: (&str, &str), what: &str) -> Vec<String> {
    let file = read_file(server, days, what).await;
    let rows = file.lines().skip_while(|line| !line.contains(",Handled"));
    let rows = rows.skip(1).take_while(|line| !line.starts_with("Total,"));
    // Some names have a comma.
    let rows = rows.map(|line| &line[line.find(",calls/").unwrap() + 1..]);
    let rows = rows.map(|line| line.split(',').take(6).collect::<Vec<_>>().join(","));
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

/// A row of a file: handled, transferred, the average of talk and wrap-up, and both.
fn sum_handled(id: &str, series: &Value) -> Option<String> {
    let sum = |name: &str| -> i64 {
        let intervals = series["intervals"].as_array().unwrap().iter();
        intervals.filter_map(|one| one[name].as_i64()).sum()
    };
    let [handled, transferred] = ["handled", "transferred"].map(sum);
    let [talk, wrap_up] = ["talk_time", "wrap_up_time"].map(sum);
    let average = match handled {
        0 => String::new(),
        // The nearest whole second.
        n => ((2 * (talk + wrap_up) + n) / (2 * n)).to_string(),
    };
    (0 < handled + transferred)
        .then(|| format!("{id},{handled},{transferred},{average},{talk},{wrap_up}"))
}

/// The first file brings three days, and the night of the 27th failed.
#[tokio::test(flavor = "multi_thread")]
async fn late_calls_are_counted_and_their_days_marked_partial() {
    const DAYS: &str = "Partial: 2025-10-23 to 2025-10-24, 2025-10-27.";
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("calls");
    let mut arguments = vec!["--from", "2025-10-23", "--days", "7", "--agents", "12"];
    for night in ["2025-10-23", "2025-10-24", "2025-10-27"] {
        arguments.extend(["--without", night]);
    }
    let manifest = reference::generate("generate.py", &out, &arguments);
    let settings = format!("tenant = 1234\nfolder = {:?}\n", out.display().to_string());
    let sources = source("calls", "sangoma-export", &settings)
        + &history_fixture::end_reasons_toml("calls", &manifest);
    let fixture = HistoryFixture::new(&sources, "wallboard.db");
    let mut calculator = ReferenceCalculator::start(&out, "calls", &manifest);
    let span = [("from", "2025-10-22"), ("to", "2025-10-31")];

    let output = fixture.import_incomplete();
    let (checked, check_output) = fixture.run("check");
    let server = fixture.serve().await;

    for by in [
        None,
        Some(("by", "queue")),
        Some(("by", "agent")),
        Some(("by", "issue")),
        Some(("by", "end_by")),
    ] {
        let steps = STEPS.into_iter().zip(ZONES);
        let parameters = steps.flat_map(|(step, zone)| {
            COUNTS.map(|count_by| [("step", step), ("zone", zone), ("count_by", count_by)])
        });
        let queries: Vec<IntervalQuery<'_>> = parameters
            .map(|parameters| span.into_iter().chain(parameters).chain(by).collect())
            .collect();
        check(&server, &mut calculator, "calls", &queries).await;
    }
    // With every step they add up to all calls in the store.
    let stored: i64 = fixture
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
        let answer = server.get(&path).await.unwrap();
        let intervals = answer["intervals"].as_array().unwrap().iter();
        let offered: i64 = intervals.filter_map(|one| one["offered"].as_i64()).sum();
        assert_eq!(offered, stored, "{step}");
    }
    assert!(output.contains(DAYS), "{output}");
    assert_eq!(checked, Some(1), "{check_output}");
    assert!(
        check_output.contains("NOT OK  days    calls") && check_output.contains(DAYS),
        "{check_output}"
    );
    let one = wait_until("the first run has ended", SOON, async || {
        let answer = server.get("/api/v1/sources").await?;
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
    let page = server.text("/sources").await;
    assert!(page.contains(DAYS), "{page}");
    let page = server
        .text("/history?range=days&from=2025-10-22&to=2025-10-30&step=1d&view=table")
        .await;
    assert!(page.contains(">partial"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_match_through_every_store_and_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let s3 = S3::shared();
    let slow = Proxy::to(s3.port).await;
    slow.set(NetworkCondition::Slow(Duration::from_millis(50)));
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
        let files = history_fixture::list_files(&out);
        let files = files
            .iter()
            .filter(|(inside, _)| inside.starts_with("CCAAS"));
        let contents = files.map(|(inside, path)| (inside.clone(), fs::read(path).unwrap()));
        let settings = match name {
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
        sources += &source(
            name,
            "sangoma-export",
            &format!("tenant = 1234\n{settings}"),
        );
        sources += &history_fixture::end_reasons_toml(name, &manifest);
        manifests.push((name, manifest));
    }
    let fixture = HistoryFixture::new(&sources, "wallboard.db");

    fixture.import_incomplete();
    let server = fixture.serve().await;

    for (name, manifest) in manifests {
        let mut calculator = ReferenceCalculator::start(&folder.path().join(name), name, &manifest);
        let by_queue = queries(&[("by", "queue")]);
        let by_agent = queries(&[("by", "agent")]);
        // Every zone, step, period and counting rule; all combinations are for the folder's test.
        let sample: Vec<_> = by_queue
            .into_iter()
            .step_by(11)
            .chain(by_agent.into_iter().step_by(13))
            .collect();
        check(&server, &mut calculator, name, &sample).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vergic_figures_match_over_sftp_including_late_files() {
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "Tr0ub4dor und 3");
    let arguments = ["--from", "2025-10-24", "--days", "12", "--late", "0.1"];
    let manifest = reference::generate("generate_vergic.py", &sshd.home, &arguments);
    let settings = format!(
        "host = \"127.0.0.1\"\nport = {}\nusername = {:?}\nkey_file = {:?}\nkey_passphrase = \"Tr0ub4dor und 3\"\n\
         known_hosts = {:?}\n",
        sshd.port,
        Sshd::user(),
        key.display().to_string(),
        sshd.known_hosts().display().to_string(),
    );
    let sources = source("vergic", "vergic-export", &settings)
        + &history_fixture::columns_toml("vergic", &manifest);
    let fixture = HistoryFixture::new(&sources, "wallboard.db");
    let queries: Vec<IntervalQuery<'_>> = [
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

    fixture.import();
    let server = fixture.serve().await;
    let mut calculator = ReferenceCalculator::start(&sshd.home, "vergic", &manifest);
    check(&server, &mut calculator, "vergic", &queries).await;

    for (inside, path) in history_fixture::list_files(&sshd.home.join("late")) {
        sshd.put(&inside, fs::read(path).unwrap());
    }
    fixture.import();
    let mut calculator = ReferenceCalculator::start(&sshd.home, "vergic", &manifest);
    check(&server, &mut calculator, "vergic", &queries).await;
}
