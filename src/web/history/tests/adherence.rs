//! The view of adherence, and adherence in the API: a day computed by hand, readers without the right,
//! and agents whose statuses only live sources know.

use std::{collections::HashMap, io::Cursor, sync::Arc, time::Duration};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};
use serde_json::Value;

use crate::web::{
    Rewind,
    access::reader_texts::PSEUDO,
    tests::{
        assert_contains, assert_contains_none, get_json, get_page, router_with_history,
        router_with_log,
        telephony::{both_sources, connected_inputs, lasting_status, status_report},
        test_site,
        translation::{assert_translated, get_in},
    },
};
use wallboard_domain::{
    AgentStatus, DataScope, Id, Input, LinkedPerson, LogEntry, LogOffset, Moment, MonotonicTime,
    Pattern, Patterns, SiteConfig,
};
use wallboard_history::{
    ExportSettings, ExportVendor,
    import::FileIdentity,
    plan::{ActivityClass, PlanColumn, PlanColumns, PlanSettings},
    report::{
        ReportConfig, ScheduleQuery,
        fixture::{HistoryFixture, report_config},
    },
};
use wallboard_live::codec::{self, LOG_FORMAT};
use wallboard_sources::genesys;
use wallboard_store::{
    CatalogEntry, CatalogMember, EmbeddedLog, IncomingFile, InputLog, LogBatch, NameClass,
};

use super::{API_QUERY, DAY, QUERY, timestamp_at};

const HEADER: &str = "Agent;Activity;Start;End\n";

/// Anna works from 8 to 16, with a lunch and a meeting. Bo is scheduled until noon.
const SCHEDULE: &str = "Anna Karlsson;Phone;2026-11-12 08:00;16:00\n\
     Anna Karlsson;Lunch;2026-11-12 12:00;12:30\n\
     anna karlsson;Meeting;2026-11-12 14:00;15:00\n\
     Anna Karlsson;A7;2026-11-12 17:00;18:00\n\
     calls/8;Phone;2026-11-12 08:00;12:00\n\
     Nobody Here;Phone;2026-11-12 08:00;12:00\n\
     Anna Karlsson;Phone;2026-11-13 08:00;16:00\n";

fn settings() -> PlanSettings {
    let columns = [
        (PlanColumn::Agent, "Agent"),
        (PlanColumn::Activity, "Activity"),
        (PlanColumn::Time, "Start"),
        (PlanColumn::End, "End"),
        (PlanColumn::Team, "Team"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    let night = (Pattern("night*".to_owned()), ActivityClass::Work);
    PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        activities: Arc::new(Patterns(vec![night])),
        ..PlanSettings::default()
    }
}

/// The export's sources with a schedule.
fn config(site: SiteConfig) -> ReportConfig {
    let plan = ("wfm".into(), ExportVendor::Plan(settings()));
    ReportConfig {
        schedules: ReportConfig::new(Arc::default(), [plan]).schedules,
        ..report_config(site)
    }
}

async fn import_schedule(fixture: &HistoryFixture, rows: &str) {
    import_text(fixture, &format!("{HEADER}{rows}")).await;
}

async fn import_text(fixture: &HistoryFixture, text: &str) {
    let FileIdentity::Undated { dataset } = settings().identify_file("wfm.csv") else {
        panic!("it isn't imported");
    };
    let incoming = IncomingFile {
        source: "wfm".into(),
        key: "wfm.csv".to_owned(),
        dataset,
        size: 0,
        tag: String::new(),
        sha256: [0; 32],
        modified: None,
        imported_at: 0,
    };
    let file = Box::new(Cursor::new(text.to_owned()));
    let imported = settings().import_file(&fixture.store, file, incoming).await;
    assert!(imported.is_ok_and(|imported| imported.rejected_rows == 0));
}

/// An hour and a minute.
type ClockTime = (i64, i64);

/// Rows of sessions or breaks: agent, and from when to when.
fn sessions(rows: &[(i64, ClockTime, ClockTime)]) -> String {
    let mut text = "id,agent_id,from,to\n".to_owned();
    for (id, (agent, from, to)) in rows.iter().enumerate() {
        let [from, to] = [from, to].map(|(hour, minute)| timestamp_at(*hour, *minute));
        text.extend([format!("{},{agent},{from},{to}\n", id + 1)]);
    }
    text
}

/// Anna comes ten minutes late, eats for 45 minutes and leaves the meeting ten minutes early. Bo doesn't
/// come.
async fn fixture() -> HistoryFixture {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![
        CatalogEntry::new(NameClass::Agent, "7", "Anna Karlsson"),
        CatalogEntry::new(NameClass::Agent, "8", "Bo Berg"),
        CatalogEntry::new(NameClass::AgentGroup, "1", "Floor"),
        CatalogEntry::new(NameClass::Queue, "1", "Sales"),
    ];
    fixture.store_names(names).await;
    let member = |class, agent: &str| CatalogMember {
        whole: (class, "1".to_owned()),
        member: (NameClass::Agent, agent.to_owned()),
        priority: None,
    };
    let members = vec![
        member(NameClass::AgentGroup, "7"),
        member(NameClass::AgentGroup, "8"),
        member(NameClass::Queue, "7"),
    ];
    let relating = fixture
        .store
        .replace_relations("calls".into(), members, Vec::new());
    relating.await.unwrap();
    let logins = sessions(&[(7, (8, 10), (16, 0))]);
    let logins = logins.replace(
        "id,agent_id,from,to",
        "agent_login_id,agent_id,time_logged_in,time_logged_off",
    );
    fixture.import_rows("Agent_Login", "20261112", logins).await;
    let breaks = sessions(&[(7, (12, 0), (12, 45)), (7, (14, 0), (14, 50))]);
    let breaks = breaks.replace(
        "id,agent_id,from,to",
        "agent_pause_id,agent_id,time_start,time_end",
    );
    fixture.import_rows("Agent_Pause", "20261112", breaks).await;
    fixture.insert_coverage(DAY..DAY + 86_400);
    import_schedule(&fixture, SCHEDULE).await;
    fixture.history.set_config(config(test_site()));
    fixture
}

fn router_over(fixture: &HistoryFixture) -> axum::Router {
    router_with_history(
        test_site(),
        Vec::new(),
        fixture.history.clone(),
        fixture.store.clone(),
    )
}

/// The series of an ID, on its only day.
fn days_of<'j>(response: &'j Value, id: &str) -> &'j [Value] {
    let series = response["series"].as_array().unwrap();
    let one = series.iter().find(|one| one["id"] == id);
    let one = one.unwrap_or_else(|| panic!("{id}: {response}"));
    one["days"].as_array().unwrap()
}

fn day_of<'j>(response: &'j Value, id: &str) -> &'j Value {
    days_of(response, id).last().unwrap()
}

fn percent(day: &Value, key: &str) -> String {
    format!("{:.2}", day[key].as_f64().unwrap())
}

#[tokio::test]
async fn a_day_has_the_adherence_that_a_hand_computes() {
    let fixture = fixture().await;
    let router = router_over(&fixture);

    let path = format!("/api/v1/history/adherence?{API_QUERY}");
    let agents = get_json(&router, &path).await;
    let groups = get_json(&router, &format!("{path}&by=agent_group")).await;

    // 6 h 05 at work, 30 min of lunch and 50 min of the meeting, of 8 h. Worked: 3 h 50 + 1 h 15 + 1 h 10,
    // of 6 h 30 scheduled.
    let anna = day_of(&agents, "calls/7");
    assert_eq!(anna["date"], "2026-11-12");
    assert_eq!(anna["scheduled_time"], 8 * 3_600);
    assert_eq!(anna["adherent_time"], 26_700);
    assert_eq!(percent(anna, "adherence"), "92.71");
    assert_eq!(anna["scheduled_work_time"], 23_400);
    assert_eq!(anna["worked_time"], 22_500);
    assert_eq!(percent(anna, "conformance"), "96.15");
    assert_eq!(anna["partial"], false);
    let bo = day_of(&agents, "calls/8");
    assert_eq!(bo["adherent_time"], 0);
    assert_eq!(percent(bo, "adherence"), "0.00");
    let floor = day_of(&groups, "calls/1");
    assert_eq!(percent(floor, "adherence"), "61.81");
    assert_eq!(agents["unmatched"], serde_json::json!(["Nobody H."]));
    assert_eq!(agents["unclassed"], serde_json::json!(["A7"]));
}

/// Anna helps the team West for an afternoon, and is in it from the next day on.
const WITH_TEAMS: &str = "Agent;Activity;Start;End;Team\n\
     Anna Karlsson;Phone;2026-11-12 08:00;16:00;East\n\
     Anna Karlsson;Lunch;2026-11-12 12:00;12:30;-\n\
     Anna Karlsson;Meeting;2026-11-12 14:00;15:00; West \n\
     calls/8;Phone;2026-11-12 08:00;12:00;West\n\
     Nobody Here;Phone;2026-11-12 08:00;12:00;North\n\
     Anna Karlsson;Phone;2026-11-13 08:00;16:00;West\n";

#[tokio::test]
async fn teams_of_the_schedule_have_the_days_of_their_agents() {
    let fixture = fixture().await;
    import_text(&fixture, WITH_TEAMS).await;
    let router = router_over(&fixture);

    let path = "/api/v1/history/adherence?from=2026-11-12&to=2026-11-14&by=agent_group";
    let teams = get_json(&router, path).await;
    let of_anna = get_json(&router, &format!("{path}&agent=calls%2F7")).await;
    let page = format!("/history?{QUERY}&view=adherence&by=agent_group");
    let page = get_page(&router, &page).await;

    let series = teams["series"].as_array().unwrap().iter();
    let ids: Vec<_> = series.map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["wfm/East", "wfm/West"], "without the export's group");
    let east = days_of(&teams, "wfm/East");
    assert_eq!(east.len(), 1);
    assert_eq!(percent(&east[0], "adherence"), "92.71");
    assert_eq!(percent(&east[0], "conformance"), "96.15");
    let west = days_of(&teams, "wfm/West");
    assert_eq!(west[0]["scheduled_time"], 4 * 3_600);
    assert_eq!(west[0]["adherent_time"], 0);
    assert_eq!(west[1]["scheduled_time"], 8 * 3_600);
    assert_eq!(west[1]["adherence"], Value::Null);
    assert_eq!(
        days_of(&of_anna, "wfm/West").len(),
        1,
        "Bo's day isn't hers"
    );
    assert_eq!(page.status, StatusCode::OK);
    assert_contains(&page.text, &["East", "West", ">92.7%</td>"]);
    assert_contains_none(&page.text, &["Floor", "North"]);
}

#[tokio::test]
async fn the_page_and_its_file_have_agents_and_say_what_is_left_out() {
    let fixture = fixture().await;
    let router = router_over(&fixture);
    let path = |file: &str, more: &str| format!("/history{file}?{QUERY}&view=adherence{more}");

    let page = get_page(&router, &path("", "&by=agent")).await;
    let file = get_page(&router, &path(".csv", "&by=agent")).await;
    let times = get_page(&router, &path("", "&agent=calls%2F7&step=1h")).await;

    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            ">92.7%</td>",
            ">0.0%</td>",
            ">61.8%<",
            "Not matched with an agent (Nobody H.): give",
            "isn’t known: A7.",
            "<a href=\"/history?agent=calls%2F7&#38;",
            ">Adherence</a>",
        ],
    );
    assert!(
        file.text
            .contains("Scheduled (s),In adherence (s),Adherence (%)"),
        "{}",
        file.text
    );
    assert!(
        file.text
            .contains("Anna K.,calls/7,28800,26700,92.7,23400,22500,96.2"),
        "{}",
        file.text
    );
    // From 12 to 13 she was 15 minutes too long at lunch.
    assert_contains(
        &times.text,
        &["12:00", ">75.0%</td>", "08:00", ">83.3%</td>"],
    );
    assert_contains_none(&times.text, &["Bo B."]);
}

#[tokio::test]
async fn the_page_is_written_in_its_readers_language() {
    let fixture = fixture().await;
    let router = router_over(&fixture);
    for query in [
        "&by=agent",
        "&by=agent_group",
        "&agent=calls%2F7",
        "&queue=calls%2F1",
    ] {
        let path = format!("/history?{QUERY}&view=adherence{query}");
        let mut page = get_in(&router, &path, PSEUDO).await;
        for data in ["Anna K.", "Bo B.", "Floor", "Sales", "Nobody H.", "A7"] {
            page.text = page.text.replace(data, "");
        }
        assert_translated(&page, &path);
    }
}

#[tokio::test]
async fn a_time_without_data_is_unknown_and_never_0() {
    let fixture = fixture().await;
    let router = router_over(&fixture);
    let days = "from=2026-11-12&to=2026-11-14";

    let both = get_json(&router, &format!("/api/v1/history/adherence?{days}")).await;

    // Nothing was imported of the next day.
    let anna = day_of(&both, "calls/7");
    assert_eq!(anna["date"], "2026-11-13");
    assert_eq!(anna["scheduled_time"], 8 * 3_600);
    for key in ["adherent_time", "adherence", "worked_time", "conformance"] {
        assert_eq!(anna[key], Value::Null, "{key}");
    }
    let is_over = Timestamp::from_second(timestamp_at(40, 0)).unwrap() < Timestamp::now();
    assert_eq!(anna["partial"], is_over);
    let path = "/history?range=days&from=2026-11-13&to=2026-11-13&view=adherence&by=agent";
    let page = get_page(&router, path).await;
    assert_contains(
        &page.text,
        &["aria-label=\"no data\" role=\"img\">–</span>"],
    );
}

/// Someone who is all of these agents.
fn person(agents: &[&str]) -> Vec<LinkedPerson> {
    let agents = agents.iter().map(|id| id.split_once('/').unwrap());
    vec![LinkedPerson {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna Karlsson".to_owned(),
        agents: agents
            .map(|(source, external)| Id::new(&source.into(), external))
            .collect(),
    }]
}

/// `[links]`: a queue of one source is a queue of another.
fn linked(one: &str, other: &str) -> HashMap<Id, Vec<Id>> {
    let queue = |source: &str| Id::new(&source.into(), "1");
    [(queue(one), vec![queue(other)])].into()
}

#[tokio::test]
async fn a_person_of_two_systems_works_if_one_of_them_does_and_is_unknown_if_one_is() {
    let fixture = fixture().await;
    let adherence = async |site: SiteConfig| {
        fixture.history.set_config(config(site));
        let router = router_over(&fixture);
        let path = format!("/api/v1/history/adherence?{API_QUERY}");
        let response = get_json(&router, &path).await;
        day_of(&response, "person/anna")["adherence"].clone()
    };
    let site = |agents: &[&str]| SiteConfig {
        people: person(agents),
        ..test_site()
    };

    // Bo's agent is hers, too: it never signs in.
    let of_one_export = adherence(site(&["calls/7", "calls/8"])).await;
    // Nothing is known of another system.
    let of_two_systems = adherence(site(&["calls/7", "chats/9"])).await;
    let of_two_sources = adherence(SiteConfig {
        linked_queues: linked("chats", "calls"),
        ..site(&["calls/7", "chats/9"])
    });

    // The shift until noon changes nothing: it's within the other.
    assert_eq!(format!("{:.2}", of_one_export.as_f64().unwrap()), "92.71");
    assert_eq!(of_two_systems, Value::Null);
    // A link makes them sources of one system.
    let of_two_sources = of_two_sources.await.as_f64().unwrap();
    assert_eq!(format!("{of_two_sources:.2}"), "92.71");
}

#[tokio::test]
async fn todays_statuses_of_a_person_count_unless_another_system_has_none() {
    let now = Timestamp::now();
    let fixture = live_fixture(now, &["voice/akl"]).await;
    let today = now.to_zoned(TimeZone::UTC).date().to_string();
    let adherence = async |linked_queues| {
        let site = SiteConfig {
            people: person(&["voice/akl", "calls/7"]),
            linked_queues,
            ..both_sources(genesys::KIND)
        };
        fixture.history.set_config(config(site.clone()));
        let mut inputs = connected_inputs();
        inputs.push(status_report("akl", AgentStatus::Available, "", None));
        inputs.push(lasting_status("akl", 300.0));
        let (history, store) = (fixture.history.clone(), fixture.store.clone());
        let router = router_with_history(site, inputs, history, store);
        let response = get_json(&router, &query_around(now)).await;
        let mut days = days_of(&response, "person/anna").iter();
        let day = days.find(|day| day["date"] == today);
        day.unwrap_or_else(|| panic!("{today}: {response}"))["adherence"].clone()
    };

    assert_eq!(adherence(linked("voice", "calls")).await, 100.0);
    // Nobody knows what they did in the other system.
    assert_eq!(adherence(HashMap::new()).await, Value::Null);
}

#[tokio::test]
async fn a_shift_beyond_the_last_import_is_unknown_since_the_agent_signed_out() {
    let fixture = fixture().await;
    let rows = "Anna Karlsson;Phone;2026-11-12 08:00;16:00\n\
         Anna Karlsson;Phone;2026-11-12 22:00;06:00\n\
         calls/8;Phone;2026-11-12 20:00;04:00\n";
    import_schedule(&fixture, rows).await;
    let path = format!("/api/v1/history/adherence?{API_QUERY}");

    let days = get_json(&router_over(&fixture), &path).await;

    // She may have signed in again at 22: the export has the session once it's over. Nothing is known of him.
    let anna = day_of(&days, "calls/7");
    assert_eq!(anna["scheduled_time"], 10 * 3_600);
    assert_eq!(anna["partial"], true);
    assert_eq!(anna["adherent_time"], 6 * 3_600 + 900);
    assert_eq!(day_of(&days, "calls/8")["adherence"], Value::Null);
}

#[tokio::test]
async fn readers_without_agents_see_no_schedule_and_others_only_their_own() {
    let fixture = fixture().await;
    let query = || ScheduleQuery {
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 86_400).unwrap(),
        agents: Vec::new(),
        with_observed: true,
    };
    let scope = |agents: &[&str]| {
        Arc::new(DataScope {
            queues: vec![Pattern("*".to_owned())],
            agents: agents
                .iter()
                .map(|one| Pattern((*one).to_owned()))
                .collect(),
        })
    };
    let within = |agents: &[&str]| fixture.history.within(scope(agents));

    let own = within(&["calls/8"]).load_schedules(query()).await.unwrap();
    assert_eq!(
        own.agents
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["calls/8"]
    );
    assert!(own.unmatched.is_empty() && own.groups.is_empty());
    import_text(&fixture, WITH_TEAMS).await;
    let teams = async |agents: &[&str]| {
        let schedule = within(agents).load_schedules(query()).await.unwrap();
        let ids = schedule.teams.iter().map(|team| team.id.to_string());
        ids.collect::<Vec<_>>()
    };
    // Anna was in West, too.
    assert_eq!(teams(&["calls/8"]).await, [""; 0]);
    assert_eq!(teams(&["calls/7"]).await, ["wfm/East"]);
    assert_eq!(teams(&["calls/*"]).await, ["wfm/East", "wfm/West"]);

    for history in [within(&[]), fixture.history.without_agent_figures()] {
        let schedule = history.load_schedules(query()).await.unwrap();
        assert!(schedule.agents.is_empty() && schedule.unmatched.is_empty());
        let router = router_with_history(test_site(), Vec::new(), history, fixture.store.clone());
        for path in ["/history", "/history.csv"] {
            let path = format!("{path}?{QUERY}&view=adherence&by=agent");
            assert_eq!(get_page(&router, &path).await.status, StatusCode::FORBIDDEN);
        }
        let page = get_page(&router, &format!("/history?{QUERY}")).await;
        assert_contains_none(&page.text, &[">Adherence</a>"]);
    }
}

#[tokio::test]
async fn hidden_agents_have_no_schedule() {
    let fixture = fixture().await;
    let site = SiteConfig {
        hidden_agents: vec![Pattern("calls/7".to_owned())],
        ..test_site()
    };
    fixture.history.set_config(config(site));
    let path = format!("/api/v1/history/adherence?{API_QUERY}");

    let response = get_json(&router_over(&fixture), &path).await;

    let ids: Vec<_> = response["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["calls/8"]);
}

#[tokio::test]
async fn the_plan_has_the_scheduled_agents_of_all_and_of_a_queue() {
    let fixture = fixture().await;
    let plan = super::plan::reported_plan();
    fixture.history.set_config(ReportConfig {
        plans: vec![plan],
        ..config(test_site())
    });
    let router = router_over(&fixture);
    let scheduled = async |more: &str| {
        let path = format!("/history.csv?{QUERY}&view=plan&step=1h{more}");
        let file = get_page(&router, &path).await.text;
        let mut table = file.lines().skip_while(|line| !line.contains(",Forecast,"));
        let heading = table.next().unwrap();
        let column = heading.split(',').position(|one| one == "Scheduled agents");
        let column = column.unwrap_or_else(|| panic!("{heading}"));
        let cell = |line: &str| line.split(',').nth(column).unwrap().to_owned();
        let rows: Vec<_> = table.collect();
        let row = |hour: &str| {
            rows.iter()
                .find(|line| line.starts_with(hour))
                .map(|line| cell(line))
        };
        ["07:00", "09:00", "12:00", "14:00"].map(|hour| row(hour).unwrap())
    };

    assert_eq!(scheduled("").await, ["0", "2", "0.5", "0"]);
    // Only Anna serves it.
    assert_eq!(scheduled("&queue=calls%2F1").await, ["0", "1", "0.5", "0"]);
}

/// The schedule of agents of the voice source around a moment.
async fn live_fixture(at: Timestamp, agents: &[&str]) -> HistoryFixture {
    let fixture = HistoryFixture::new(test_site()).await;
    let (from, to) = (
        at - SignedDuration::from_mins(10),
        at + SignedDuration::from_hours(1),
    );
    let rows: Vec<_> = agents
        .iter()
        .map(|agent| format!("{agent};Phone;{from:.0};{to:.0}\n"))
        .collect();
    import_schedule(&fixture, &rows.concat()).await;
    fixture
        .history
        .set_config(config(both_sources(genesys::KIND)));
    fixture
}

fn query_around(at: Timestamp) -> String {
    let [from, to] = [-10, 60].map(|minutes| at + SignedDuration::from_mins(minutes));
    format!("/api/v1/history/adherence?from={from:.0}&to={to:.0}")
}

#[tokio::test]
async fn the_statuses_of_today_count_where_exports_have_none() {
    let now = Timestamp::now();
    let fixture = live_fixture(now, &["voice/akl", "voice/bsv", "cdm", "chat/eva"]).await;
    let statuses = [
        ("akl", AgentStatus::Available),
        ("bsv", AgentStatus::NotReady),
        ("cdm", AgentStatus::LoggedOut),
    ];
    let mut inputs = connected_inputs();
    for (agent, status) in statuses {
        inputs.push(status_report(agent, status, "", None));
        inputs.push(lasting_status(agent, 300.0));
    }
    inputs.extend(crate::web::tests::sales_inputs());
    let router = router_with_history(
        both_sources(genesys::KIND),
        inputs,
        fixture.history.clone(),
        fixture.store.clone(),
    );

    // Eva has had a case for more than a second, which is no status of hers.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let response = get_json(&router, &query_around(now)).await;

    // Around midnight, the schedule reaches into another day.
    let today = now.to_zoned(TimeZone::UTC).date().to_string();
    let adherence = |agent: &str| {
        let mut days = days_of(&response, agent).iter();
        let day = days.find(|day| day["date"] == today);
        day.unwrap_or_else(|| panic!("{today}: {response}"))["adherence"].clone()
    };
    assert_eq!(adherence("voice/akl"), 100.0, "{response}");
    assert_eq!(adherence("voice/bsv"), 0.0, "{response}");
    assert_eq!(adherence("voice/cdm"), 0.0, "{response}");
    // Chats alone don't show whether somebody works.
    assert_eq!(adherence("chat/eva"), Value::Null, "{response}");
}

#[tokio::test]
async fn the_statuses_of_an_earlier_day_come_from_the_log() {
    let yesterday = Zoned::now()
        .with_time_zone(TimeZone::UTC)
        .yesterday()
        .unwrap();
    let noon = yesterday.start_of_day().unwrap().timestamp() + SignedDuration::from_hours(12);
    let fixture = live_fixture(noon + SignedDuration::from_mins(10), &["voice/akl"]).await;
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    log.append(status_log(noon)).await.unwrap();
    let router = router_with_log(
        both_sources(genesys::KIND),
        fixture.history.clone(),
        fixture.store.clone(),
        Rewind::new(log),
    );

    let response = get_json(&router, &query_around(noon)).await;

    // Statuses are recorded every 5 s: 295 s available, then five minutes on a break. Nobody reported what came
    // after.
    let day = day_of(&response, "voice/akl");
    assert_eq!(day["scheduled_time"], 4_200);
    assert_eq!(day["adherent_time"], 295);
    assert_eq!(percent(day, "adherence"), "49.58");
    assert_eq!(day["partial"], true);
}

/// Ten minutes of an agent.
fn status_log(begin: Timestamp) -> LogBatch {
    let start = Moment {
        wall: begin,
        monotonic: MonotonicTime(0),
    };
    let mut first = vec![Input::SiteConfig(Arc::new(both_sources(genesys::KIND)))];
    first.extend(connected_inputs());
    first.push(status_report("akl", AgentStatus::Available, "", None));
    let ticks = (1..=120).map(|tick| match tick {
        60 => (
            300,
            vec![status_report("akl", AgentStatus::NotReady, "", None)],
        ),
        _ => (tick * 5, vec![Input::Tick]),
    });
    let entries = [(0, first)].into_iter().chain(ticks);
    let entries = entries.map(|(second, inputs)| LogEntry {
        received_at: start.plus_millis(second * 1_000),
        delay_ms: 0,
        inputs,
        proof: None,
    });
    let entries: Vec<_> = entries.collect();
    LogBatch {
        first: LogOffset(0),
        count: entries.len() as u64,
        received_at: begin,
        format: LOG_FORMAT,
        bytes: codec::encode_entries(&entries).unwrap(),
    }
}
