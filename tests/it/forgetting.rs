//! `wallboard forget`: next to a running wallboard, after it, before another import, and killed. What shows the past.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use lapin::ExchangeKind;
use rusqlite::Connection;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    log_commands::{figures, get},
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, demo::Demo, ports,
        record_receiver::RecordReceiver, wait_until, wait_until_correct,
        wallboard::base_configuration,
    },
};

const SOON: Duration = Duration::from_secs(30);
/// The agent's ID in the export, as text and as the database stores the number.
const ID: &str = "987654321";
const PAGE: &str = "/agents/sangoma/987654321/data";
const NAMES: [&str; 4] = [ID, "Anna Karlsson", "anna.k7", "anna.karlsson@example.org"];
/// All figures that aren't an agent's.
const QUEUE_FIGURES: [&str; 4] = [
    "SELECT json_array(count_by, start, queue, offered, answered, answered_within, abandoned,
         wait_time, handled, talk_time, wrap_up_time, transferred) FROM queue_interval ORDER BY 1",
    "SELECT json_array(count_by, day, queue, offered, answered, handled, talk_time)
         FROM queue_day ORDER BY 1",
    "SELECT json_array(start, queue, logged_in, ready, busy, engaged) FROM queue_staff ORDER BY 1",
    "SELECT json_array(start, queue, kind, key, contacts) FROM breakdown
         WHERE kind != 'logoff_reason' ORDER BY 1",
];
/// Unused parts of the file may still have somebody.
const UNFINISHED: &str = "SELECT CAST(id AS TEXT) FROM unwritten";
const ANNA: &str = "SELECT name FROM history_name WHERE name = 'Anna Karlsson'";
const DATES: [&str; 2] = ["20261118", "20261119"];

fn configuration(port: u16) -> String {
    let base = base_configuration(port, port);
    let kept = "[store]\nkeep_calls = \"3650d\"\n";
    base.replace("[store]\n", kept)
        + "[sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = \"export\"\n\
           history = \"3650d\"\nsettle = \"0s\"\n\
           [sources.wfm]\nkind = \"plan-csv\"\nfolder = \"plan\"\nsettle = \"0s\"\n\
           columns = { agent = \"Agent\", activity = \"Activity\", time = \"Start\", end = \"End\" }\n"
}

/// An export of one queue and two agents, who answer calls in turn.
fn export(calls: i64) -> Vec<(String, String)> {
    let dimension = |name: &str, text: &str| {
        let path = format!("export/CCAAS/DIMENSIONS/1234-{name}-D/1234-{name}-D.csv");
        (path, text.to_owned())
    };
    let mut files = vec![
        dimension(
            "Queue_Details",
            "queue_id,name,sla_wait\r\n7,Support,20\r\n",
        ),
        dimension(
            "Agent_Details",
            "agent_id,name,login_name,email,enabled\r\n\
             987654321,Anna Karlsson,anna.k7,anna.karlsson@example.org,yes\r\n\
             8,Bo Ek,bo.e,bo.ek@example.org,yes\r\n",
        ),
        dimension(
            "Queue_Agents",
            "queue_id,agent_id,priority\r\n7,987654321,1\r\n7,8,1\r\n",
        ),
        dimension(
            "Agent_Logoff_Reason",
            "logoff_reason_id,description\r\n3,Lunch\r\n",
        ),
        dimension(
            "Queue_Call_End_By",
            "queue_call_end_by_id,end_by\r\n1,Agent\r\n2,Abandon\r\n",
        ),
    ];
    let schedule = "Agent,Activity,Start,End\r\n\
         Anna Karlsson,Phone,2026-11-18 08:00,16:00\r\n\
         987654321,Phone,2026-11-19 08:00,16:00\r\n\
         8,Phone,2026-11-19 08:00,16:00\r\n";
    files.push(("plan/schedule.csv".to_owned(), schedule.to_owned()));
    for (day, date) in (0..).zip(DATES) {
        let mut fact = |name: &str, text: String| {
            let path = format!("export/CCAAS/FACTS/1234-{name}-F/{date}-1234-{name}-F.csv");
            files.push((path, text));
        };
        let agents = ["987654321", "8"];
        // 2026-11-18 at noon.
        let noon = 1_795_003_200 + day * 86_400;
        let mut legs =
            "queue_call_id,queue_id,agent_id,queue_call_end_by_id,time_join,time_connect,time_leave,uuid\r\n"
                .to_owned();
        for (n, agent) in (0..calls).zip(agents.into_iter().cycle()) {
            let (id, join) = (day * 1_000_000 + n + 1, noon + n % 3_000);
            let (connect, leave) = (join + 5, join + 65);
            writeln!(legs, "{id},7,{agent},1,{join},{connect},{leave},u{id}\r").unwrap();
        }
        fact("Queue_Call", legs);
        let mut logins =
            "agent_login_id,agent_id,time_logged_in,time_logged_off,extension,logoff_reason_id\r\n"
                .to_owned();
        let mut queues = "agent_login_queue_id,queue_id,agent_login_id\r\n".to_owned();
        let mut pauses =
            "agent_pause_id,agent_id,agent_login_id,time_start,time_end\r\n".to_owned();
        for (n, agent) in (1..).zip(agents) {
            let id = day * 10 + n;
            let [end, from, to] = [7_200, 3_600, 4_200].map(|seconds| noon + seconds);
            writeln!(logins, "{id},{agent},{noon},{end},100{n},3\r").unwrap();
            writeln!(queues, "{id},7,{id}\r").unwrap();
            writeln!(pauses, "{id},{agent},{id},{from},{to}\r").unwrap();
        }
        fact("Agent_Login", logins);
        fact("Agent_Login_Queue", queues);
        fact("Agent_Pause", pauses);
    }
    files
}

fn as_files(files: &[(String, String)]) -> Vec<(&str, &str)> {
    let files = files.iter();
    files
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

fn command(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    command.args(arguments).arg("--config").arg(config);
    command.stdin(Stdio::null());
    command
}

fn run(config: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    run_command(&mut command(config, arguments))
}

fn run_command(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = block_in_place(|| command.output().unwrap());
    let text = String::from_utf8([stdout, stderr].concat()).unwrap();
    (status.code(), text)
}

fn texts(folder: &Path, query: &str) -> Vec<String> {
    let connection = Connection::open(folder.join("wallboard.db")).unwrap();
    let mut query = connection.prepare(query).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn queue_figures(folder: &Path) -> Vec<Vec<String>> {
    QUEUE_FIGURES.map(|query| texts(folder, query)).to_vec()
}

/// Returns the names still in the bytes of the database, the log or their journals.
fn found_names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if !file.contains(".db") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let number = 987_654_321_u32.to_be_bytes();
        let wanted = NAMES
            .iter()
            .map(|name| name.as_bytes())
            .chain([&number[..]]);
        for wanted in wanted {
            if bytes.windows(wanted.len()).any(|part| part == wanted) {
                found.push(format!("{file}: {}", String::from_utf8_lossy(wanted)));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_agent_is_nowhere_and_stays_away_and_queues_keep_their_figures() {
    let port = ports::free();
    let files = export(60);
    let mut wallboard =
        Wallboard::start(&configuration(port), port, &as_files(&files), Vec::new()).await;
    wait_until("the page has their calls", SOON, async || {
        let text = reqwest::get(wallboard.url(PAGE))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let is_there = text.contains("Calls, taken or missed") && text.contains("by day");
        is_there.then_some(()).ok_or(text)
    })
    .await;
    let config = wallboard.file("wallboard.toml");
    let folder = config.parent().unwrap();

    let (dry, plan) = run(&config, &["forget", "anna karlsson", "--dry-run"]);
    assert_eq!(dry, Some(0), "{plan}");
    assert!(
        plan.contains("Calls, taken or missed")
            && plan.contains("60")
            && plan.contains("Schedules"),
        "{plan}"
    );
    let before = queue_figures(folder);
    assert!(
        before.iter().all(|figures| !figures.is_empty()),
        "{before:?}"
    );
    let (unconfirmed, text) = run(&config, &["forget", "sangoma/987654321"]);
    assert_eq!(unconfirmed, Some(1), "{text}");
    assert_eq!(texts(folder, ANNA).len(), 1, "nothing was changed");

    let (status, text) = run(&config, &["forget", "anna.karlsson@example.org", "--yes"]);

    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("Figures by interval"), "{text}");
    assert_eq!(queue_figures(folder), before);
    let page = reqwest::get(wallboard.url(PAGE)).await.unwrap();
    assert_eq!(page.status(), 404);
    let (unknown, text) = run(&config, &["forget", "Anna Karlsson", "--yes"]);
    assert_eq!(unknown, Some(1), "{text}");
    wallboard.stop("-TERM");
    let (status, text) = run(&config, &["forget", "Anna Karlsson", "--yes"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.contains("Finished what an earlier run began."),
        "{text}"
    );
    assert_eq!(found_names(folder), Vec::<String>::new());
    let (unknown, text) = run(&config, &["forget", "Anna Karlsson", "--yes"]);
    assert_eq!(unknown, Some(1), "{text}");

    // Every file again, with other content, and every day computed again.
    for (path, content) in &files {
        fs::write(folder.join(path), content.replace("\r\n", "\n")).unwrap();
    }
    let (status, text) = run(&config, &["import"]);

    assert!(text.contains("13 of them again"), "{status:?} {text}");
    assert_eq!(texts(folder, "SELECT agent FROM plan_schedule"), ["8"]);
    assert_eq!(found_names(folder), Vec::<String>::new());
    assert_eq!(queue_figures(folder), before);
    let agents =
        "SELECT DISTINCT agent FROM agent_interval UNION SELECT external_id FROM history_name
        WHERE class = 'agent'";
    assert_eq!(texts(folder, agents), ["8"]);
    let entry = "SELECT actor || ' ' || action || ' ' || subject FROM audit
        WHERE action = 'forgot_person'";
    let entries = texts(folder, entry);
    assert_eq!(entries.len(), 1);
    assert!(entries[0].starts_with("command line forgot_person sangoma/forgotten-"));
    wallboard.start_again().await;
    let page = reqwest::get(wallboard.url(PAGE)).await.unwrap();
    assert_eq!(page.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_that_was_killed_at_any_moment_completes_when_it_runs_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("wallboard.toml");
    fs::write(&config, configuration(ports::free())).unwrap();
    for (path, text) in export(12_000) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (_, text) = run(&config, &["import"]);
    assert!(text.contains("13 files imported"), "{text}");
    let before = queue_figures(folder.path());

    // While somebody reads the database, forgetting waits in the middle. Otherwise the middle could be over between
    // two delays.
    let reader = Connection::open(folder.path().join("wallboard.db")).unwrap();
    let read = "BEGIN; SELECT COUNT(*) FROM history_name";
    reader.execute_batch(read).unwrap();
    let mut reader = Some(reader);

    let (mut interrupted, mut delay) = (0, Duration::ZERO);
    loop {
        let mut forget = command(&config, &["forget", "Anna Karlsson", "--yes"]);
        let mut forget = forget.stdout(Stdio::null()).spawn().unwrap();
        let status = block_in_place(|| {
            std::thread::sleep(delay);
            forget.kill().ok();
            forget.wait().unwrap()
        });
        // Unless it was killed.
        assert!(status.code().is_none_or(|code| code == 0), "{status}");
        let unfinished = texts(folder.path(), UNFINISHED);
        interrupted += unfinished.len();
        if interrupted > 0 {
            drop(reader.take());
        }
        // It may also be killed once nothing is left to do.
        if unfinished.is_empty() && texts(folder.path(), ANNA).is_empty() {
            break;
        }
        delay += Duration::from_millis(2);
    }

    assert!(0 < interrupted, "it was never interrupted in the middle");
    println!("measured: killed {interrupted} times in the middle");
    assert_eq!(texts(folder.path(), UNFINISHED), Vec::<String>::new());
    assert_eq!(found_names(folder.path()), Vec::<String>::new());
    assert_eq!(queue_figures(folder.path()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whom_a_running_wallboard_forgets_is_in_no_present_and_no_past() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "forgetting", ExchangeKind::Topic, 72).await;
    let source = VngageSource::plain(broker, "forgetting");
    let url = source.url.clone();
    let port = ports::free();
    let names = "[privacy]\nagent_names = \"full\"\n[case_records]\ntranscripts = \"crm\"\n";
    let receiver = RecordReceiver::start();
    let configuration = source.configuration(port, port) + names + &receiver.channel();
    let environment = source.environment();
    let mut wallboard = Wallboard::start(&configuration, port, &[], environment).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(4), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    let live = figures(async |path| wallboard.get(path).await)
        .await
        .unwrap();
    let agents = wallboard.get("/api/v1/agents").await.unwrap();
    let [id, name] = busy_agent(&agents);
    let [shown, reported] = [format!(">{name}<"), format!("\"{name}\"")];
    let at = Timestamp::now();
    let wallboard_url = wallboard.url("");
    let past = format!("/api/v1/agents?at={at}");
    let page = format!("/agents/{id}?at={at}");
    let shift = format!("/shift?from={}&to={at}", at - SignedDuration::from_secs(2));
    assert!(wallboard.text(&past).await.contains(id));
    let text = wallboard.text(&page).await;
    assert!(text.contains(&shown), "{name}: {text}");

    let config = wallboard.file("wallboard.toml");
    let mut forget = command(&config, &["forget", id, "--yes"]);
    let (status, text) = run_command(forget.env("VNGAGE_URL", &url));

    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("Transcripts that wait"), "{text}");
    assert_names_the_logs_end(&text, at);
    let page_at = async |path: &str| {
        let page = reqwest::get(wallboard_url.clone() + path).await.unwrap();
        page.text().await.unwrap()
    };
    for signal in ["", "-KILL"] {
        if !signal.is_empty() {
            wallboard.restart(signal).await;
        }
        let is_gone = async || {
            let agents = wallboard.text("/api/v1/agents").await;
            let is_there = agents.contains(id) || agents.contains(&reported);
            (!is_there && agents.contains("chat/forgotten-"))
                .then_some(())
                .ok_or(agents)
        };
        wait_until("the present has them no longer", SOON, is_gone).await;
        let agents = wallboard.text(&past).await;
        assert!(agents.contains("chat/forgotten-"), "{agents}");
        for path in [
            &past,
            &page,
            &shift,
            &format!("/agents/{id}"),
            "/boards/agents",
            &format!("/boards/agents?at={at}"),
            "/cases",
        ] {
            let text = page_at(path).await;
            let is_there = text.contains(&shown) || text.contains(&reported);
            assert!(!is_there, "{path}: {text}");
        }
        wait_until_figures_are("the restarted one", &live, id, async |path| {
            wallboard.get(path).await
        })
        .await;
    }

    let slice = wallboard.file("slice.db");
    let period = [
        "--from",
        &(at - SignedDuration::from_secs(3)).to_string(),
        "--to",
        &at.to_string(),
    ];
    let mut export = command(&config, &["log", "export"]);
    export.args(period).arg(&slice).env("VNGAGE_URL", &url);
    let (status, text) = run_command(&mut export);
    assert_eq!(status, Some(0), "{text}");
    for file in [slice, wallboard.file("wallboard-log.db")] {
        let replay = Demo::replay(&file, 20);
        wait_until_figures_are("the replay", &live, id, async |path| {
            get(&replay, path).await
        })
        .await;
        let agents = get(&replay, "/api/v1/agents").await.unwrap().to_string();
        assert!(agents.contains("chat/forgotten-"), "{agents}");
        let is_there = agents.contains(id) || agents.contains(&reported);
        assert!(!is_there, "{agents}");
    }
    let names = texts(
        config.parent().unwrap(),
        "SELECT source || '/' || external_id FROM profile WHERE class = 'agent'",
    );
    assert!(
        !names.is_empty() && !names.iter().any(|known| known == id),
        "{names:?}"
    );
}

/// Returns the ID and name of an agent who handled contacts.
fn busy_agent(agents: &Value) -> [&str; 2] {
    let is_busy = |agent: &&Value| {
        agent["display_name"].is_string()
            && agent["metrics"]["handled"]["value"].as_f64() > Some(0.0)
    };
    let mut agents = agents["agents"].as_array().unwrap().iter();
    let agent = agents.find(is_busy).unwrap();
    ["id", "display_name"].map(|key| agent[key].as_str().unwrap())
}

/// Asserts that the command names the day on which the log, kept for 8 days, is rid of the person.
fn assert_names_the_logs_end(text: &str, forgotten: Timestamp) {
    let (_, until) = text
        .split_once("The input log has the person until ")
        .unwrap();
    let until: Date = until[..10].parse().unwrap();
    let kept = forgotten.to_zoned(TimeZone::UTC).date() + 8.days();
    let days = kept.yesterday().unwrap()..=kept.tomorrow().unwrap();
    assert!(days.contains(&until), "{text}");
}

/// Waits until all figures but those of an agent are the live ones.
async fn wait_until_figures_are(
    whose: &str,
    live: &BTreeMap<String, Value>,
    agent: &str,
    get: impl AsyncFn(&str) -> Result<Value, String>,
) {
    let what = format!("the figures of {whose} are the live ones");
    wait_until(&what, SOON, async || {
        let ours = figures(async |path| get(path).await).await?;
        let differs = |(key, value): &(&String, &Value)| {
            !key.starts_with(&format!("{agent:?} ")) && ours.get(*key) != Some(value)
        };
        match live.iter().find(differs) {
            None => Ok(()),
            Some((key, value)) => Err(format!("{key} is {:?}, not {value}", ours.get(key))),
        }
    })
    .await;
}
