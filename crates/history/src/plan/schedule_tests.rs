//! Imports of whole schedules: what counts of several files, and what bad rows get.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::SourceId;
use wallboard_store::{AuditEntry, FactForgetter, ForgottenAgent, ForgottenPerson};

use crate::{ExportVendor, intervals::DAY};

use super::{import_fixture::Imports, *};

/// 2026-11-27 00:00 in Stockholm.
const MIDNIGHT: i64 = 1_795_734_000;

fn settings() -> PlanSettings {
    let columns = [
        (PlanColumn::Agent, "Employee"),
        (PlanColumn::Activity, "Activity"),
        (PlanColumn::Time, "Start"),
        (PlanColumn::End, "End"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        keep_contacts: true,
        ..PlanSettings::default()
    }
}

impl Imports {
    async fn import_rows(&self, key: &str, rows: &str) -> (u64, u64) {
        let text = format!("Employee;Activity;Start;End\n{rows}");
        let imported = self.import_with(&settings(), "wfm", key, &text).await;
        imported.unwrap()
    }

    /// The activities of each agent within so many days, in local hours and minutes since midnight.
    async fn scheduled(&self, days: i64) -> Vec<String> {
        let load = move |view: &wallboard_store::StoreView<'_>| {
            let zone = settings().zone;
            let within = MIDNIGHT..MIDNIGHT + days * DAY;
            load_scheduled_agents(view, &"wfm".into(), &zone, within)
        };
        let agents = self.store.with_view(load).await.unwrap();
        let time = |at: i64| {
            let minutes = (at - MIDNIGHT) / 60;
            format!("{}:{:02}", minutes / 60, minutes % 60)
        };
        let texts = |(agent, activities): (String, Vec<ScheduledActivity>)| {
            let text = |one: &ScheduledActivity| {
                format!(
                    "{agent} {} {}-{}",
                    one.activity,
                    time(one.start),
                    time(one.until)
                )
            };
            activities.iter().map(text).collect::<Vec<_>>()
        };
        agents.into_iter().flat_map(texts).collect()
    }
}

#[tokio::test]
async fn another_version_of_a_day_replaces_it_for_the_agents_that_it_has() {
    let imports = Imports::new();
    let week = "Eva Ek;Phone;2026-11-27 08:00;16:00\n\
         Eva Ek;Lunch;2026-11-27 12:00;12:30\n\
         Bo Berg;Phone;2026-11-27 09:00;17:00\n\
         Eva Ek;Phone;2026-11-28 08:00;12:00\n";
    assert_eq!(imports.import_rows("week.csv", week).await, (4, 0));

    // Her lunch moves.
    let day = "Eva Ek;Phone;2026-11-27 08:00;16:00\nEva Ek;Lunch;2026-11-27 13:00;13:30\n";
    imports.import_rows("day.csv", day).await;

    let expected = [
        "Bo Berg Phone 9:00-17:00",
        "Eva Ek Phone 8:00-16:00",
        "Eva Ek Lunch 13:00-13:30",
        "Eva Ek Phone 32:00-36:00",
    ];
    assert_eq!(imports.scheduled(2).await, expected);
}

#[tokio::test]
async fn a_night_shift_is_of_the_day_on_which_it_begins() {
    let imports = Imports::new();
    let both = "Eva Ek;Phone;2026-11-27 22:00;06:00\n\
         Eva Ek;Break;2026-11-28 02:00;02:30\n\
         Eva Ek;Phone;2026-11-28 22:00;06:00\n\
         Bo Berg;Vacation;2026-11-27 00:00;24:00\n\
         Bo Berg;Vacation;2026-11-28 00:00;24:00\n";
    imports.import_rows("both.csv", both).await;

    // Her first night again, with another break; his second day is no vacation.
    let changed = "Eva Ek;Phone;2026-11-27 22:00;06:00\n\
         Eva Ek;Break;2026-11-28 03:00;03:30\n\
         Bo Berg;Phone;2026-11-28 08:00;16:00\n";
    imports.import_rows("changed.csv", changed).await;

    let expected = [
        "Bo Berg Vacation 0:00-24:00",
        "Bo Berg Phone 32:00-40:00",
        "Eva Ek Phone 22:00-30:00",
        "Eva Ek Break 27:00-27:30",
        "Eva Ek Phone 46:00-54:00",
    ];
    assert_eq!(imports.scheduled(2).await, expected);
}

#[tokio::test]
async fn a_bad_row_is_explained_without_its_agent_and_the_others_count() {
    let imports = Imports::new();
    let rows = "Eva Ek;Phone;2026-11-27 08:00;16:00\n\
         ;Phone;2026-11-27 08:00;16:00\n\
         Eva Ek;;2026-11-27 08:00;16:00\n\
         Eva Ek;Phone;soon;16:00\n\
         Eva Ek;Phone;2026-11-27 08:00;late\n\
         Eva Ek;Phone;2026-11-27 08:00;2026-11-27 07:00\n\
         Eva Ek;Vacation;2026-11-27 08:00;2026-12-11 17:00\n\
         Eva Ek;Phone\n";

    assert_eq!(imports.import_rows("week.csv", rows).await, (1, 7));

    let rejected = imports.store.rejected_rows(&"wfm".into(), None, 20).await;
    let mut rejected = rejected.unwrap();
    rejected.sort_by_key(|row| row.line);
    let reasons: Vec<_> = rejected
        .iter()
        .map(|row| (row.line, &*row.reason))
        .collect();
    let expected = [
        (3, "Employee: it has no name"),
        (4, "Activity: it's empty"),
        (
            5,
            "Start: \"soon\" isn't a date and time such as 2026-11-27 08:30; assign `date` if the date has a column of its own",
        ),
        (6, "End: \"late\" isn't a time such as 17:30"),
        (7, "End: \"2026-11-27 07:00\" isn't after the start"),
        (
            8,
            "End: it lasts longer than a day: export a row for each day",
        ),
        (9, "it has 2 cells, but the header has 4"),
    ];
    assert_eq!(reasons, expected);
    // They would have names of agents.
    assert!(rejected.iter().all(|row| row.text.is_none()));
}

#[tokio::test]
async fn a_forgotten_person_is_in_no_schedule_and_stays_away() {
    let imports = Imports::new();
    let rows = "Eva Ek;Phone;2026-11-27 08:00;16:00\n\
         5101;Phone;2026-11-27 08:00;12:00\n\
         calls/5101;Phone;2026-11-27 13:00;16:00\n\
         Bo Berg;Phone;2026-11-27 09:00;17:00\n";
    imports.import_rows("week.csv", rows).await;
    let calls = SourceId::from("calls");
    let entry = wallboard_store::CatalogEntry::new(wallboard_store::NameClass::Queue, "1", "Sales");
    imports
        .store
        .store_catalog(calls.clone(), vec![entry])
        .await
        .unwrap();
    let person = ForgottenPerson {
        agents: vec![ForgottenAgent {
            id: wallboard_domain::Id::new(&calls, "5101"),
            pseudonym: -255,
        }],
        texts: vec!["Eva Ek".to_owned()],
        ..ForgottenPerson::default()
    };
    let forgetter = FactForgetter {
        tables: ExportVendor::tables(),
        rows: Box::new(|_, _| None),
    };
    let entry = AuditEntry {
        at: Timestamp::now(),
        actor: "admin".to_owned(),
        actor_origin: "account".to_owned(),
        actor_id: String::new(),
        address: String::new(),
        action: "forgot_person".to_owned(),
        subject: String::new(),
    };

    let forgetting = imports.store.forget_person(person, forgetter, entry);
    forgetting.await.unwrap();
    let expected = ["Bo Berg Phone 9:00-17:00"];
    assert_eq!(imports.scheduled(1).await, expected);

    assert_eq!(imports.import_rows("again.csv", rows).await, (1, 0));
    assert_eq!(imports.scheduled(1).await, expected);
}

#[tokio::test]
async fn a_file_without_a_column_says_which_one() {
    let imports = Imports::new();
    let text = "Employee;Activity;Begin;End\nEva;Phone;8;9\n";

    let settings = settings();
    let imported = imports.import_with(&settings, "wfm", "week.csv", text);

    let why = imported.await.unwrap_err();
    assert!(
        why.contains("no column \"Start\" for `time`: its columns are Employee"),
        "{why}"
    );
}
