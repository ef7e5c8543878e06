//! The view of a plan, its files, and plans in the API.

use std::{io::Cursor, sync::Arc};

use axum::Router;
use axum::http::StatusCode;
use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use serde_json::Value;

use crate::web::{
    access::reader_texts::PSEUDO,
    tests::{
        forecasts::sales_forecast,
        get_json, get_page, router_with_plans, sales_inputs, test_site,
        translation::{assert_translated, get_in},
    },
};
use wallboard_domain::{DataScope, Id, Pattern, SiteConfig};
use wallboard_history::{
    ExportSettings,
    import::FileIdentity,
    plan::{PlanColumn, PlanColumns, PlanSettings},
    report::{
        PlanQuery, ReportConfig, ReportedPlan,
        fixture::{HistoryFixture, computed_day, report_config},
    },
};
use wallboard_store::{CatalogEntry, IncomingFile, NameClass};

use super::{API_QUERY, QUERY, history_fixture, interval_row, router_over};

/// Two half-hours with contacts and one without, of which the plan leaves out the agents of one; and
/// a time of which nothing was imported.
const PLAN: &str = "Interval;Queue;Forecast;AHT;Required\n\
     2026-11-12 08:00;Sales;8;300;2\n\
     2026-11-12 08:30;Sales;5;300;\n\
     2026-11-12 09:00;Sales;6;300;2\n\
     2026-11-12 10:00;Sales;4;300;2\n\
     2026-11-12 09:00;Returns;4;300;2\n";

fn queue_1() -> Id {
    Id::new(&"calls".into(), "1")
}

/// The fixture's history with a plan of its first queue.
async fn planned_fixture() -> HistoryFixture {
    let fixture = history_fixture().await;
    import_plan(&fixture, PLAN, TimeZone::UTC).await;
    fixture
}

async fn import_plan(fixture: &HistoryFixture, plan: &str, zone: TimeZone) {
    let columns = [
        (PlanColumn::Time, "Interval"),
        (PlanColumn::Queue, "Queue"),
        (PlanColumn::Volume, "Forecast"),
        (PlanColumn::HandleTime, "AHT"),
        (PlanColumn::Agents, "Required"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    let settings = PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        zone,
        ..PlanSettings::default()
    };
    let FileIdentity::Undated { dataset } = settings.identify_file("plan.csv") else {
        panic!("it isn't imported");
    };
    let incoming = IncomingFile {
        source: "plan".into(),
        key: "plan.csv".to_owned(),
        dataset,
        size: 0,
        tag: String::new(),
        sha256: [0; 32],
        modified: None,
        imported_at: 0,
    };
    let file = Box::new(Cursor::new(plan.to_owned()));
    let imported = settings.import_file(&fixture.store, file, incoming).await;
    let rows = u64::try_from(plan.lines().count() - 1).unwrap();
    assert!(imported.is_ok_and(|imported| imported.rows == rows));
}

async fn planned_router() -> (Router, HistoryFixture) {
    let fixture = planned_fixture().await;
    let router = router_over(&fixture, test_site(), Vec::new());
    set_plans(&fixture);
    (router, fixture)
}

pub(super) fn reported_plan() -> ReportedPlan {
    ReportedPlan {
        id: "plan".into(),
        queues: Arc::new(vec![("Sales".to_owned(), queue_1())]),
    }
}

fn set_plans(fixture: &HistoryFixture) {
    fixture.history.set_config(ReportConfig {
        plans: vec![reported_plan()],
        ..report_config(test_site())
    });
}

/// A cell of a file's table.
fn cell_of(file: &str, row: &str, heading: &str) -> String {
    let mut table = file.lines().skip_while(|line| !line.contains(",Forecast,"));
    let column = table
        .next()
        .unwrap()
        .split(',')
        .position(|one| one == heading);
    let mut rows = table.map(|line| line.split(',').collect::<Vec<_>>());
    let cells = rows.find(|cells| cells[0] == row).unwrap();
    cells[column.unwrap()].to_owned()
}

#[tokio::test]
async fn half_hours_show_forecast_deviation_and_required_agents() {
    let (router, _fixture) = planned_router().await;
    let path = format!("/history.csv?{QUERY}&view=plan&queue=calls%2F1&step=30m");
    let file = get_page(&router, &path).await;

    assert_eq!(file.status, StatusCode::OK);
    let of_row = |row: &str| {
        ["Forecast", "Offered", "Deviation (%)", "Required agents"]
            .map(|one| cell_of(&file.text, row, one))
    };
    assert_eq!(of_row("08:00"), ["8", "10", "25", "2"]);
    // 0.83 erlangs, 80 % in 20 s.
    assert_eq!(of_row("08:30"), ["5", "0", "-100", "3"]);
    assert_eq!(of_row("09:00"), ["6", "6", "0", "2"]);
    assert_eq!(of_row("09:30"), ["", "0", "", ""]);
    // Nothing of it was imported.
    assert_eq!(of_row("10:00"), ["4", "", "", "2"]);
    assert_eq!(
        cell_of(&file.text, "08:00", "Forecast handle time (s)"),
        "300"
    );
    // 16 of 19, without the time that wasn't imported.
    assert_eq!(of_row("Total")[..3], ["23", "16", "-15.8"]);
}

#[tokio::test]
async fn a_day_has_the_same_forecast_and_the_time_of_its_agents() {
    let (router, _fixture) = planned_router().await;
    let path = format!("/history?{QUERY}&view=plan&queue=calls%2F1&step=1d");
    let page = get_page(&router, &path).await;

    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "Required agent hours",
        "4 h 30",
        ">23<",
        "computed with Erlang C",
    ] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
}

#[tokio::test]
async fn a_view_that_can_have_no_plan_says_so() {
    let (router, _fixture) = planned_router().await;
    for (query, has_sentence) in [
        ("&by=queue_group", true),
        ("&by=agent", true),
        ("&by=queue", false),
    ] {
        let path = format!("/history?{QUERY}&view=plan{query}");
        let page = get_page(&router, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let is_said = page.text.contains("Plans are by time and queue.");
        assert_eq!(is_said, has_sentence, "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn the_plan_is_written_in_its_readers_language() {
    let (router, fixture) = planned_router().await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "Sales"),
        CatalogEntry::new(NameClass::Queue, "2", "Support"),
    ];
    fixture.store_names(names).await;
    for query in ["&step=30m", "&queue=calls%2F1&step=1d", "&by=queue"] {
        let path = format!("/history?{QUERY}&view=plan{query}");
        let mut page = get_in(&router, &path, PSEUDO).await;
        for data in ["Calls", "Sales", "Support", "Returns", "Erlang C"] {
            page.text = page.text.replace(data, "");
        }
        assert_translated(&page, &path);
    }
}

/// A zone in which it's between noon and 13:00 now.
fn zone_at_noon() -> TimeZone {
    let hour = Timestamp::now().to_zoned(TimeZone::UTC).hour();
    TimeZone::fixed(Offset::from_hours(12 - hour).unwrap())
}

/// Today until noon: 50 contacts came of 40 planned. 20 are planned in the afternoon.
async fn planned_today() -> (Router, HistoryFixture) {
    let zone = zone_at_noon();
    let site = SiteConfig {
        zone: zone.clone(),
        ..test_site()
    };
    let fixture = HistoryFixture::new(site.clone()).await;
    let names = vec![CatalogEntry::new(NameClass::Queue, "1", "Sales")];
    fixture.store_names(names).await;
    let day = Timestamp::now().to_zoned(zone.clone()).date();
    let at = |hour: i8, minute: i8| {
        let local = day.at(hour, minute, 0, 0).to_zoned(zone.clone());
        local.unwrap().timestamp().as_second()
    };
    let rows = vec![
        interval_row("1", at(10, 0), [25, 20, 0]),
        interval_row("1", at(10, 30), [25, 20, 0]),
    ];
    fixture
        .replace_intervals(computed_day(at(0, 0), rows))
        .await;
    fixture.insert_coverage(at(0, 0)..at(12, 0));
    let plan = format!(
        "Interval;Queue;Forecast;AHT;Required\n\
         {day} 10:00;Sales;20;300;9\n{day} 10:30;Sales;20;300;9\n{day} 14:00;Sales;20;300;\n"
    );
    import_plan(&fixture, &plan, zone).await;
    let router = router_over(&fixture, site.clone(), Vec::new());
    fixture.history.set_config(ReportConfig {
        plans: vec![reported_plan()],
        ..report_config(site)
    });
    (router, fixture)
}

#[tokio::test]
async fn todays_plan_follows_what_came_on_the_page_in_files_and_in_the_api() {
    let (router, _fixture) = planned_today().await;
    let query = "range=today&compare=none&view=plan&queue=calls%2F1&step=30m";
    let page = get_page(&router, &format!("/history?{query}")).await.text;
    let file = get_page(&router, &format!("/history.csv?{query}"))
        .await
        .text;
    let now = Timestamp::now().to_zoned(zone_at_noon());
    let (from, to) = (now.date(), now.date().tomorrow().unwrap());
    let zone = zone_at_noon();
    let bound = |day: Date| day.to_zoned(zone.clone()).unwrap().timestamp();
    let (from, to) = (bound(from), bound(to));
    let api = format!("/api/v1/history/intervals?from={from}&to={to}&step=30m&queue=calls/1");
    let api = get_json(&router, &api).await;

    for expected in [
        ">Reforecast<",
        ">Required by reforecast<",
        "follow Erlang C",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let (_, rest) = page.split_once(">Rest of today<").unwrap();
    let (heads, at_two) = rest.split_once("14:00").unwrap();
    let (at_two, _) = at_two.split_once("</tr>").unwrap();
    let columns = "Forecast</th><th scope=\"col\">Reforecast</th><th scope=\"col\">Required agents</th><th scope=\"col\">Required by reforecast<";
    assert!(heads.contains(columns), "{heads}");
    let figures = "<td>20</td><td>25</td><td>6.0</td><td>7.0</td>";
    assert!(at_two.contains(figures), "{at_two}");
    assert!(!rest.contains("10:30"), "{rest}");
    let of_row = |row: &str| {
        [
            "Forecast",
            "Reforecast",
            "Required agents",
            "Required by reforecast",
        ]
        .map(|one| cell_of(&file, row, one))
    };
    assert_eq!(of_row("10:00"), ["20", "25", "9", ""]);
    let plan = |row: usize| &api["intervals"][row]["plan"];
    assert_eq!(plan(20)["reforecast"], 25.0);
    assert_eq!(plan(20)["reforecast_required_agents"], Value::Null);
    // 4.17 erlangs, 80 % in 20 s.
    assert_eq!(plan(28)["reforecast"], 25.0);
    assert_eq!(plan(28)["reforecast_required_agents"], 7.0);
}

#[tokio::test]
async fn queues_without_a_plan_are_named_and_nothing_is_compared() {
    let (router, _fixture) = planned_router().await;
    let all = get_page(&router, &format!("/history?{QUERY}&view=plan&step=30m")).await;
    let by_queue = get_page(&router, &format!("/history?{QUERY}&view=plan&by=queue")).await;

    for expected in [
        "Not compared: no plan has &#60;script",
        "Not matched: Returns.",
        ">Plan</a>",
    ] {
        assert!(all.text.contains(expected), "{expected}: {}", all.text);
    }
    assert!(!all.text.contains("+25.0%"), "{}", all.text);
    assert_eq!(by_queue.status, StatusCode::OK);
}

#[tokio::test]
async fn planners_see_how_good_forecasts_were() {
    let fixture = planned_fixture().await;
    fixture.set_site(test_site());
    let past = (fixture.history.clone(), fixture.store.clone());
    let router = router_with_plans(test_site(), sales_inputs(), past, sales_forecast(0));
    set_plans(&fixture);
    let page = |query: &str| {
        let path = format!("/history?{QUERY}&view={query}");
        let router = router.clone();
        async move { get_page(&router, &path).await.text }
    };

    let heading = "Forecasts within their range, last four weeks";
    let all = page("plan").await;
    for expected in [heading, "contacts: 81% of 212 half-hours"] {
        assert!(all.contains(expected), "{expected}: {all}");
    }
    for query in ["plan&queue=calls%2F1", "table"] {
        assert!(!page(query).await.contains(heading), "{query}");
    }
}

#[tokio::test]
async fn without_plans_the_table_shows_how_good_forecasts_were() {
    let fixture = planned_fixture().await;
    fixture.set_site(test_site());
    let past = (fixture.history.clone(), fixture.store.clone());
    let router = router_with_plans(test_site(), sales_inputs(), past, sales_forecast(0));
    let text = async |view: &str| {
        let page = get_page(&router, &format!("/history?{QUERY}{view}")).await;
        page.text
    };

    let hits = "contacts: 81% of 212 half-hours";
    assert!(text("&view=table").await.contains(hits));
    assert!(!text("").await.contains(hits));
}

#[tokio::test]
async fn a_site_without_plans_has_no_such_view() {
    let fixture = history_fixture().await;
    let router = router_over(&fixture, test_site(), Vec::new());
    let page = get_page(&router, &format!("/history?{QUERY}")).await;

    assert!(page.text.contains(">Heat map</a>") && !page.text.contains(">Plan</a>"));
}

#[tokio::test]
async fn intervals_of_the_api_have_their_plan() {
    let (router, _fixture) = planned_router().await;
    let of_queue = format!("/api/v1/history/intervals?{API_QUERY}&queue=calls/1");
    let queue = get_json(&router, &of_queue).await;
    let by_queue = format!("/api/v1/history/intervals?{API_QUERY}&by=queue");
    let queues = get_json(&router, &by_queue).await;

    let plan = |hours: usize| &queue["intervals"][hours * 2]["plan"];
    assert_eq!(plan(8)["contacts"], 8.0);
    assert_eq!(plan(8)["deviation"], 25.0);
    assert_eq!(plan(8)["average_handle_time"], 300.0);
    assert_eq!(plan(8)["required_agents"], 2.0);
    assert_eq!(plan(8)["required_agents_computed"], false);
    assert_eq!(plan(10)["deviation"], Value::Null);
    assert_eq!(plan(7), &Value::Null);
    let series = queues["series"].as_array().unwrap();
    let with_plan = |one: &&Value| one["intervals"][16]["plan"]["contacts"] == 8.0;
    let planned: Vec<_> = series
        .iter()
        .filter(with_plan)
        .map(|one| &one["id"])
        .collect();
    assert_eq!(planned, ["calls/1"]);
}

#[tokio::test]
async fn who_sees_other_queues_sees_nothing_of_a_plan() {
    let (_router, fixture) = planned_router().await;
    let query = || PlanQuery {
        from: "2026-11-12T00:00:00Z".parse::<Timestamp>().unwrap(),
        to: "2026-11-13T00:00:00Z".parse().unwrap(),
        names: Vec::new(),
    };
    let scope = DataScope {
        queues: vec![Pattern("calls/2".to_owned())],
        agents: Vec::new(),
    };

    let all = fixture.history.load_plan(query()).await.unwrap();
    let other = fixture.history.within(Arc::new(scope));
    let other = other.load_plan(query()).await.unwrap();

    assert_eq!(all.unmatched, ["Returns"]);
    assert_eq!(all.queues.keys().collect::<Vec<_>>(), [&queue_1()]);
    assert_eq!(other, wallboard_history::report::SitePlan::default());
}
