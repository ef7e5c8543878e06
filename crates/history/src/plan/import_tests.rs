//! Imports of whole plans: what counts of several files, and what bad rows get.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::ExportSettings;

use super::{import_fixture::Imports, *};

const DAY: i64 = 86_400;
/// 2026-11-27 00:00 in Stockholm.
const MIDNIGHT: i64 = 1_795_734_000;

fn settings() -> PlanSettings {
    let columns = [
        (PlanColumn::Time, "Interval"),
        (PlanColumn::Queue, "Queue"),
        (PlanColumn::Volume, "Forecast"),
        (PlanColumn::HandleTime, "AHT (s)"),
        (PlanColumn::Agents, "Required"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        ..PlanSettings::default()
    }
}

impl Imports {
    async fn import(&self, key: &str, content: &str) -> Result<(u64, u64), String> {
        self.import_with(&settings(), "plan", key, content).await
    }

    /// The volumes of a day, by queue.
    async fn volumes(&self, from: i64) -> Vec<(String, Vec<f64>)> {
        let load = move |view: &wallboard_store::StoreView<'_>| {
            load_planned_queues(view, &"plan".into(), from..from + DAY)
        };
        let queues = self.store.with_view(load).await.unwrap();
        let volumes = |queue: PlannedQueue| {
            let volumes = queue.intervals.iter().filter_map(|one| one.volume);
            (queue.name, volumes.collect())
        };
        queues.into_iter().map(volumes).collect()
    }
}

fn file_of_day(day: &str, rows: &[(&str, &str, f64)]) -> String {
    let mut text = "Interval;Queue;Forecast;AHT (s);Required\n".to_owned();
    for (time, queue, volume) in rows {
        text.extend([format!("{day} {time};{queue};{volume};300;4.5\n")]);
    }
    text
}

#[tokio::test]
async fn another_version_of_a_day_replaces_it_for_the_queues_that_it_has() {
    let imports = Imports::new();
    let week = file_of_day(
        "2026-11-27",
        &[
            ("08:00", "Sales", 10.0),
            ("08:30", "Sales", 12.5),
            ("08:00", "Help", 3.0),
        ],
    ) + "2026-11-28 08:00;Sales;7;300;2\n";
    assert_eq!(imports.import("week.csv", &week).await, Ok((4, 0)));
    let volume = |name: &str, volumes: &[f64]| (name.to_owned(), volumes.to_vec());
    let help = volume("Help", &[3.0]);
    let first = [help.clone(), volume("Sales", &[10.0, 12.5])];
    assert_eq!(imports.volumes(MIDNIGHT).await, first);

    let day = file_of_day("2026-11-27", &[("09:00", "Sales", 20.0)]);
    imports.import("day.csv", &day).await.unwrap();
    assert_eq!(
        imports.volumes(MIDNIGHT).await,
        [help.clone(), volume("Sales", &[20.0])]
    );
    assert_eq!(
        imports.volumes(MIDNIGHT + DAY).await,
        [volume("Sales", &[7.0])]
    );

    // The same file again, with another content.
    let day = file_of_day(
        "2026-11-27",
        &[("10:00", "Sales", 30.0), ("10:30", "Sales", 31.0)],
    );
    imports.import("day.csv", &day).await.unwrap();
    assert_eq!(
        imports.volumes(MIDNIGHT).await,
        [help, volume("Sales", &[30.0, 31.0])]
    );
}

#[tokio::test]
async fn a_bad_row_is_explained_and_the_others_count() {
    let imports = Imports::new();
    let text = "Interval;Queue;Forecast;AHT (s);Required\n\
         2026-11-27 08:00;Sales;10;05:00;4\n\
         2026-11-27 08:00;Sales;11;300;4\n\
         2026-11-27 08:15;Sales;10;300;4\n\
         2026-11-27 08:30;;10;300;4\n\
         2026-11-27 09:00;Sales;many;300;4\n\
         2026-11-27 09:30;Sales;-1;300;4\n\
         2026-11-27 10:00;Total;99;300;4\n\
         2026-11-27 10:30;Sales;;;\n\
         2026-11-27 11:00;Sales;12;;\n";

    assert_eq!(imports.import("plan.csv", text).await, Ok((2, 6)));

    let rows = imports.store.rejected_rows(&"plan".into(), None, 20).await;
    let mut reasons: Vec<_> = (rows.unwrap().into_iter())
        .map(|row| (row.line, row.reason))
        .collect();
    reasons.sort();
    let expected = [
        (
            3,
            "Interval: another row has \"Sales\" at \"2026-11-27 08:00\" too, and that one counts",
        ),
        (
            4,
            "Interval: \"2026-11-27 08:15\" doesn't begin an interval of 30 minutes: set `step` to the length of the file's intervals",
        ),
        (5, "Queue: it has no name"),
        (6, "Forecast: \"many\" is not a number"),
        (7, "Forecast: \"-1\" is negative"),
        (8, "Queue: \"Total\" is a total of the other rows"),
    ];
    assert_eq!(
        reasons,
        expected.map(|(line, reason)| (line, reason.to_owned()))
    );
    let sales = ("Sales".to_owned(), vec![10.0, 12.0]);
    assert_eq!(imports.volumes(MIDNIGHT).await, [sales]);
}

#[tokio::test]
async fn a_file_without_a_header_has_its_columns_by_number() {
    let imports = Imports::new();
    let columns = [
        (PlanColumn::Queue, "#1"),
        (PlanColumn::Time, "#2"),
        (PlanColumn::Volume, "#4"),
        (PlanColumn::HandleTime, "#5"),
        (PlanColumn::WrapUpTime, "#6"),
        (PlanColumn::Agents, "#7"),
    ];
    let columns = columns.map(|(column, header)| (column, header.to_owned()));
    let settings = PlanSettings {
        columns: Arc::new(PlanColumns(columns.into())),
        step_seconds: 900,
        ..settings()
    };
    let text = "Sales,20261127 08:00,20261127 08:15,16,135.5,490.5,16.85\n\
         Sales,20261127 08:15,20261127 08:30,25,120,440,21.5\n";

    assert_eq!(
        imports
            .import_with(&settings, "plan", "plan.csv", text)
            .await,
        Ok((2, 0))
    );

    let load = move |view: &wallboard_store::StoreView<'_>| {
        load_planned_queues(view, &"plan".into(), MIDNIGHT..MIDNIGHT + DAY)
    };
    let queues = imports.store.with_view(load).await.unwrap();
    let first = PlannedInterval {
        start: MIDNIGHT + 8 * 3_600,
        length: 900,
        volume: Some(16.0),
        handle_time: Some(626.0),
        agents: Some(16.85),
    };
    assert_eq!(queues[0].intervals[0], first);
}

#[tokio::test]
async fn a_file_without_a_column_says_which_ones_it_has() {
    let imports = Imports::new();
    let text = "Time,Queue,Forecast\n2026-11-27 08:00,Sales,10\n";

    let why = imports.import("plan.csv", text).await.unwrap_err();

    assert_eq!(
        why,
        "it has no column \"Interval\" for `time`: its columns are Time, Queue, Forecast; change `columns` of this source"
    );
}

#[tokio::test]
async fn a_file_is_read_again_only_if_it_would_be_read_differently() {
    let imports = Imports::new();
    let day = file_of_day("2026-11-27", &[("09:00", "Sales", 20.0)]);
    imports.import("day.csv", &day).await.unwrap();
    let files = imports.store.load_files(&"plan".into()).await.unwrap();
    let [file] = &files[..] else {
        panic!("{files:?}")
    };
    let other = PlanSettings {
        step_seconds: 900,
        ..settings()
    };

    assert!(!settings().is_outdated(file));
    assert!(other.is_outdated(file));
    assert_eq!(
        file.span,
        Some((MIDNIGHT + 9 * 3_600, MIDNIGHT + 9 * 3_600 + 1_799))
    );
    assert_eq!(settings().check_mapping(&files), [""; 0]);
}
