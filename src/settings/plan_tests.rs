//! Sources of plans: what they default to, and their faults.

use wallboard_domain::Pattern;
use wallboard_history::{
    ExportVendor,
    import::FileLocation,
    plan::{ActivityClass, PlanSettings},
};

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
