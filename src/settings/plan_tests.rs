//! Sources of plans: what they default to, and their faults.

use std::{io::Cursor, sync::Arc};

use jiff::{ToSpan, tz::TimeZone};

use wallboard_domain::{Id, Pattern, SiteConfig};
use wallboard_history::{
    ExportSettings, ExportVendor,
    import::{FileIdentity, FileLocation},
    plan::{ActivityClass, PlanSettings},
    report::{
        PlanQuery, ReportConfig, ReportedPlan,
        fixture::{HistoryFixture, report_config},
    },
};
use wallboard_store::IncomingFile;

use super::*;

const HEAD: &str = "time_zone = \"Europe/Stockholm\"\n[access]\nmode = \"open\"\n";
const COLUMNS: &str =
    "columns = { time = \"Interval\", queue = \"Queue\", volume = \"Forecast\" }\n";

fn read(lines: &str) -> Result<(PlanSettings, FileLocation), String> {
    let text = format!("{HEAD}[sources.plan]\nkind = \"plan-csv\"\n{lines}");
    let read = parse_configuration(&text, Path::new("w.toml"), |_| Some("secret".to_owned()));
    let settings = read.map_err(|faults| faults.to_string())?;
    match settings
        .imports
        .into_iter()
        .next()
        .map(|one| (one.vendor, one.location))
    {
        Some((ExportVendor::Plan(plan), location)) => Ok((plan, location)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_has_the_zone_of_the_site_and_half_hours_unless_it_says_others() {
    let (plan, location) = read(&format!("folder = \"in\"\n{COLUMNS}")).unwrap();
    assert_eq!(plan.zone.iana_name(), Some("Europe/Stockholm"));
    assert_eq!((plan.step_seconds, plan.date_order), (1_800, None));
    assert_eq!(plan.files, Pattern("*.csv".to_owned()));
    assert!(matches!(location, FileLocation::Folder { .. }));

    let text = "step = \"15m\"\ntime_zone = \"Europe/Berlin\"\nfiles = \"wfm/*.txt\"\n\
         queues = { \"Sales SE\" = \"group/sales\" }\n\
         s3 = { bucket = \"acme\", access_key_id = { env = \"A\" }, secret_access_key = { env = \"B\" } }\n";
    let (plan, location) = read(&format!("{text}{COLUMNS}")).unwrap();
    assert_eq!(plan.zone.iana_name(), Some("Europe/Berlin"));
    assert_eq!((plan.step_seconds, &*plan.files.0), (900, "wfm/*.txt"));
    let queues: Vec<_> = plan
        .queues
        .iter()
        .map(|(name, id)| (&**name, id.to_string()))
        .collect();
    assert_eq!(queues, [("Sales SE", "group/sales".to_owned())]);
    assert!(matches!(location, FileLocation::S3(_)));

    let text = "host = \"sftp.example.com\"\nusername = \"acme\"\nkey = { env = \"K\" }\n\
         host_key = \"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n";
    let (_, location) = read(&format!("{text}{COLUMNS}")).unwrap();
    assert!(matches!(location, FileLocation::Sftp(_)));
}

#[test]
fn a_source_with_a_column_of_agents_has_schedules() {
    let columns = "columns = { agent = \"Employee\", activity = \"Activity\", time = \"Start\", end = \"End\" }\n";
    let activities = "activities = { \"Night*\" = \"work\", Fika = \"break\" }\n";

    let (plan, _) = read(&format!("folder = \"in\"\n{columns}{activities}")).unwrap();

    assert!(plan.columns.are_of_schedules());
    let find = |activity| ActivityClass::find(activity, &plan.activities);
    assert_eq!(find("NIGHT 2"), Some(ActivityClass::Work));
    assert_eq!(find("fika"), Some(ActivityClass::Break));
    assert_eq!(find("A7"), None);
}

#[test]
fn faults_of_a_plan_say_what_to_write() {
    let table = [
        (
            COLUMNS.to_owned(),
            "folder: is missing; write folder = \"path\", or host",
        ),
        (
            "folder = \"in\"\n".to_owned(),
            "columns: is missing; write columns = { time = \"Interval\"",
        ),
        (
            "folder = \"in\"\ncolumns = { time = \"Interval\", queue = \"Queue\" }\n".to_owned(),
            "columns: lacks `time`, `queue`, or both `volume` and `agents`; write columns =",
        ),
        (
            format!("folder = \"in\"\n{}", COLUMNS.replace("volume", "volumes")),
            "volumes: isn't a known column name; did you mean `volume`?",
        ),
        (
            format!("folder = \"in\"\n{}", COLUMNS.replace("Queue", "#2")),
            "columns: mixes headers and numbers of columns; use numbers",
        ),
        (
            "folder = \"in\"\ncolumns = { agent = \"Employee\", time = \"Start\" }\n".to_owned(),
            "columns: lacks `time`, `end` or `activity`, which a schedule of agents has; write columns = { agent",
        ),
        (
            format!("folder = \"in\"\nactivities = {{ A7 = \"brake\" }}\n{COLUMNS}"),
            "did you mean \"break\"?",
        ),
        (
            format!("folder = \"in\"\nport = 22\n{COLUMNS}"),
            "port: applies to `host`, which is missing; remove it",
        ),
        (
            format!("folder = \"in\"\nhost = \"a\"\n{COLUMNS}"),
            "folder: conflicts with `host`; use only one of them",
        ),
        (
            format!("folder = \"in\"\nqueues = {{ Sales = \"12\" }}\n{COLUMNS}"),
            "Sales: \"12\" isn't allowed; it must be the ID of a queue or group",
        ),
    ];
    for (lines, expected) in table {
        let faults = read(&lines).unwrap_err();
        assert!(faults.contains(expected), "{expected}: {faults}");
    }
}

const GUIDE: &str = include_str!("../../docs/how-to/import-plan.md");

/// Reads the source that a block of the guide declares.
fn source_of_guide(id: &str) -> PlanSettings {
    let heading = format!("[sources.{id}]");
    let mut blocks = GUIDE.split("```toml\n").skip(1);
    let block = blocks.find(|block| block.starts_with(&heading));
    let (block, _) = block.expect(id).split_once("```").unwrap();
    let read = parse_configuration(&format!("{HEAD}{block}"), Path::new("w.toml"), |_| None);
    let imports = read.unwrap().imports;
    match imports.into_iter().next().map(|one| one.vendor) {
        Some(ExportVendor::Plan(plan)) => plan,
        other => panic!("{id}: {other:?}"),
    }
}

/// Imports a file by a source of the guide, each of whose rows counts.
async fn import(fixture: &HistoryFixture, settings: &PlanSettings, (key, text): (&str, &str)) {
    assert!(settings.files.matches(key), "{key}");
    let FileIdentity::Undated { dataset } = settings.identify_file(key) else {
        panic!("{key} isn't imported");
    };
    let incoming = IncomingFile {
        source: "wfm".into(),
        key: key.to_owned(),
        dataset,
        size: 0,
        tag: String::new(),
        sha256: [0; 32],
        modified: None,
        imported_at: 0,
    };
    let file = Box::new(Cursor::new(text.to_owned()));
    let imported = settings.import_file(&fixture.store, file, incoming).await;
    let rows = imported.unwrap().rows;
    let header = usize::from(text.starts_with(['I', 'E']));
    let expected = u64::try_from(text.lines().count() - header).unwrap();
    assert_eq!(rows, expected, "{key}");
}

#[tokio::test]
async fn the_guides_plans_are_imported_as_written() {
    for (id, length, file) in [
        (
            "plan",
            1_800,
            (
                "plan.csv",
                "Interval,Queue,Forecast,AHT,Required\n2026-11-27 08:00,Sales,16.25,135.5,4.2\n",
            ),
        ),
        (
            "calabrio",
            900,
            (
                "forecast.csv",
                "Sales,20261127 08:00,20261127 08:15,16.25,100,35.5,4.2\n",
            ),
        ),
        (
            "iex",
            900,
            (
                "ctActiveForecast_112626_2300.txt",
                "11272026|08:00|Sales|16.25|135.50|4.20\n11272026|08:15|Sales|9.00|120.00|3.10\n",
            ),
        ),
    ] {
        let fixture = HistoryFixture::new(SiteConfig::default()).await;
        let sales = Id::new(&"calls".into(), "1");
        fixture.history.set_config(ReportConfig {
            plans: vec![ReportedPlan {
                id: "wfm".into(),
                queues: Arc::new(vec![("Sales".to_owned(), sales.clone())]),
            }],
            ..report_config(SiteConfig::default())
        });
        import(&fixture, &source_of_guide(id), file).await;

        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let start = jiff::civil::date(2026, 11, 27).at(8, 0, 0, 0);
        let start = start.to_zoned(zone).unwrap().timestamp();
        let query = PlanQuery {
            from: start,
            to: start + 1.hours(),
            names: Vec::new(),
        };
        let plan = fixture.history.load_plan(query).await.unwrap();
        let first = plan.queues[&sales][0];
        assert_eq!(first.start, start.as_second(), "{id}");
        assert_eq!(first.length, length, "{id}");
        let figures = [first.volume, first.handle_time, first.agents];
        assert_eq!(figures, [16.25, 135.5, 4.2].map(Some), "{id}");
    }
}

#[tokio::test]
async fn the_guides_schedule_is_imported_as_written() {
    let settings = source_of_guide("wfm");
    let find = |activity| ActivityClass::find(activity, &settings.activities);
    assert_eq!(find("Skill 71"), Some(ActivityClass::Work));
    let fixture = HistoryFixture::new(SiteConfig::default()).await;
    let text = "Employee,Activity,Start,End\n\
         Anna Berg,Skill 71,2026-11-27 08:00,2026-11-27 10:00\n\
         Anna Berg,Break,2026-11-27 10:00,2026-11-27 10:15\n";
    import(&fixture, &settings, ("schedule.csv", text)).await;
}
