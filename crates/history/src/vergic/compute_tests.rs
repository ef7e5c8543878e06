//! Computation from files to intervals, through the store.

use crate::{
    export_vendor::ZeroCounters,
    report::{ReportStep, ReportSubject},
};
use wallboard_domain::{AgentCounter, AgentCounters, Counter, Counters, Id, ImportColumn};
use wallboard_store::{FigureQuery, Granularity, StoreView};

use super::{
    DAY, HOUR,
    compute::zero_counters,
    fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping},
    unmapped::unmapped_columns,
};

#[tokio::test]
async fn hourly_files_win_and_daily_files_fill_days_without_hours() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture
        .import_file(
            "05/queues.csv",
            "Group;Chats;Answered;AHT\nSales;50;40;1,5\n",
        )
        .await;
    fixture
        .import_file(
            "05/09/queues.csv",
            "Group;Chats;Answered;AHT\nSales;3;2;0:05:00\n",
        )
        .await;
    fixture
        .import_file("06/queues.csv", "Group;Chats;Answered;AHT\nSales;7;7;100\n")
        .await;

    assert_eq!(fixture.compute_days().await, 2);

    assert_eq!(
        fixture.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(3))]
    );
    assert_eq!(
        fixture.queue_offered(DAY).await,
        [("Sales".to_owned(), DAY, Some(7))]
    );
    let counters = fixture.queue_counters(HOUR).await[0].2;
    assert_eq!(counters.average_handle_time(), Some(300.0));
    assert_eq!(counters.get(Counter::Abandoned), None);
}

#[tokio::test]
async fn a_late_hourly_file_replaces_the_daily_figures() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture
        .import_file("05/queues.csv", "Group,Chats,Answered,AHT\nSales,50,40,9\n")
        .await;
    fixture.compute_days().await;
    assert_eq!(fixture.queue_offered(DAY).await.len(), 1);

    fixture
        .import_file(
            "05/23/queues.csv",
            "Group,Chats,Answered,AHT\nSales,1,1,9\n",
        )
        .await;

    assert_eq!(fixture.compute_days().await, 1);
    assert_eq!(fixture.queue_offered(DAY).await, []);
    assert_eq!(
        fixture.queue_offered(HOUR).await,
        [("Sales".to_owned(), 23 * HOUR, Some(1))]
    );
}

#[tokio::test]
async fn a_changed_file_replaces_its_old_figures() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n",
        )
        .await;
    fixture.compute_days().await;

    fixture
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,4,2,9\n",
        )
        .await;
    fixture.compute_days().await;

    assert_eq!(
        fixture.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(4))]
    );
}

#[tokio::test]
async fn a_new_mapping_recomputes_without_a_new_import() {
    let mut fixture = VergicFixture::new(new_mapping(&[]));
    fixture
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\n",
        )
        .await;
    fixture.compute_days().await;
    assert_eq!(fixture.queue_offered(HOUR).await, []);

    fixture.mapping = new_mapping(&[("queues", QUEUE_COLUMNS)]);

    assert_eq!(fixture.compute_days().await, 1);
    assert_eq!(
        fixture.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(3))]
    );
    assert_eq!(fixture.compute_days().await, 0);
}

#[tokio::test]
async fn a_missing_column_is_unknown_and_not_zero() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    for (key, content) in [
        (
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n",
        ),
        ("05/10/queues.csv", "Group,Chats,AHT\nSales,3,9\n"),
    ] {
        fixture.import_file(key, content).await;
    }

    fixture.compute_days().await;

    let counters = [
        Counter::Offered,
        Counter::Answered,
        Counter::Handled,
        Counter::HandleTime,
    ];
    let figures = fixture.queue_counters(HOUR).await;
    let actual: Vec<_> = figures
        .iter()
        .map(|(queue, start, all)| {
            (
                &**queue,
                start / HOUR,
                counters.map(|counter| all.get(counter)),
            )
        })
        .collect();
    assert_eq!(
        actual,
        [
            ("Help", 9, [Some(1), Some(1), Some(1), Some(9_000)]),
            ("Sales", 9, [Some(3), Some(2), Some(2), Some(18_000)]),
            ("Sales", 10, [Some(3), None, None, None]),
        ]
    );
}

#[tokio::test]
async fn an_unmapped_column_shows_its_last_value_that_is_not_hidden() {
    let fixture = VergicFixture::new(new_mapping(&[(
        "queues",
        &[(ImportColumn::Queue, "Group")],
    )]));
    let last = async || {
        let mapping = fixture.mapping.clone();
        let query = move |view: &StoreView<'_>| {
            let is_hidden = |column, name: &str| column == ImportColumn::Queue && name == "Help";
            unmapped_columns(view, &"vergic".into(), &mapping, "Metrics", &is_hidden)
        };
        let columns = fixture.store.with_view(query).await.unwrap();
        let columns = columns.into_iter();
        columns
            .map(|column| {
                (
                    column.dataset,
                    column.header,
                    column.last.map(|last| last.0),
                )
            })
            .collect::<Vec<_>>()
    };
    let column =
        |dataset: &str, header: &str, value| (dataset.to_owned(), header.to_owned(), value);

    fixture
        .import_file("05/queues.csv", "Group,Smiles\nSales,50\n")
        .await;
    fixture
        .import_file(
            "05/09/queues.csv",
            "Group,Smiles,Frowns\nSales,3,\nSales,2,\nHelp,1.5,4\nTotal,6.5,4\n",
        )
        .await;
    assert_eq!(
        last().await,
        [
            column("queues", "Smiles", Some(2.0)),
            column("queues", "Frowns", None)
        ]
    );

    // A header that differs only in case is the same column.
    fixture
        .import_file("06/Queues.csv", "Group,smiles\nSales,7\n")
        .await;
    assert_eq!(
        last().await,
        [
            column("Queues", "smiles", Some(7.0)),
            column("Queues", "Frowns", None)
        ]
    );
}

#[tokio::test]
async fn an_agents_counters_hold_only_exported_values() {
    let columns: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
        (ImportColumn::AverageHandleTime, "AHT"),
    ];
    let fixture = VergicFixture::new(new_mapping(&[("agents", columns)]));
    fixture
        .import_file("05/09/agents.csv", "Agent,Closed,AHT\nAnna,4,0:01:40\n")
        .await;
    fixture.compute_days().await;

    let query = |view: &StoreView<'_>| {
        let source = "vergic".into();
        let figure_query = FigureQuery {
            source: &source,
            granularity: Granularity::Intervals(HOUR),
            range: 0..i64::MAX,
            subject: None,
        };
        let mut all: Vec<(String, AgentCounters)> = Vec::new();
        view.for_each_agent(&figure_query, |agent, _, counters| {
            all.push((agent.to_owned(), counters.clone()));
        })?;
        Ok(all)
    };
    let agents = fixture.store.with_view(query).await.unwrap();

    let [(name, anna)] = &agents[..] else {
        panic!("{agents:?}")
    };
    let known = [
        AgentCounter::Handled,
        AgentCounter::Busy,
        AgentCounter::LoggedIn,
        AgentCounter::Missed,
    ];
    assert_eq!(name, "Anna");
    assert_eq!(
        known.map(|counter| anna.known(counter)),
        [Some(4), Some(400), None, None]
    );
}

#[test]
fn zero_counters_are_zero_in_mapped_columns_and_unknown_elsewhere() {
    let agents: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
    ];
    let ZeroCounters { contacts, agent } = zero_counters(&new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("agents", agents),
    ]));

    let checked = [
        Counter::Offered,
        Counter::Handled,
        Counter::HandleTime,
        Counter::ShortAbandoned,
        Counter::FlowOuts,
        Counter::Waits,
        Counter::LongestWait,
    ];
    assert_eq!(
        checked.map(|counter| contacts.get(counter)),
        [Some(0), Some(0), Some(0), None, None, None, None]
    );
    let checked = [
        AgentCounter::Handled,
        AgentCounter::Transferred,
        AgentCounter::LoggedIn,
        AgentCounter::Ready,
    ];
    assert_eq!(
        checked.map(|counter| agent.known(counter)),
        [Some(0), None, None, None]
    );
    assert_eq!(
        zero_counters(&new_mapping(&[])),
        ZeroCounters {
            contacts: Counters::UNKNOWN,
            agent: AgentCounters::unknown(),
        }
    );
}

#[tokio::test]
async fn a_missing_time_column_is_harmless_but_a_missing_name_column_is_not() {
    let columns = [QUEUE_COLUMNS, &[(ImportColumn::Time, "Start")]].concat();
    let fixture = VergicFixture::new(new_mapping(&[("queues", &columns)]));
    fixture
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\n",
        )
        .await;
    fixture
        .import_file(
            "05/10/queues.csv",
            "Start,Chats,Answered,AHT\n2026-01-05 10:00,3,2,9\n",
        )
        .await;
    fixture
        .import_file(
            "05/11/queues.csv",
            "Start,Group,Chats,Answered,AHT\n2026-01-05 11:00,Sales,5,2,9\n2026-01-05 12:00,Help,1,1,9\n",
        )
        .await;

    fixture.compute_days().await;

    assert_eq!(
        fixture.queue_offered(HOUR).await,
        [
            ("Sales".to_owned(), 9 * HOUR, Some(3)),
            // Its row has another hour than its folder, and either may be wrong.
            ("Help".to_owned(), 11 * HOUR, None),
            ("Sales".to_owned(), 11 * HOUR, Some(5))
        ]
    );
}

#[tokio::test]
async fn a_queue_with_an_unreadable_row_is_unknown_and_not_zero() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture
        .import_file(
            "5/8/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,2,2,30\n",
        )
        .await;
    fixture
        .import_file(
            "5/9/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,two,2,30\n",
        )
        .await;
    fixture
        .import_file(
            "5/10/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,2\n",
        )
        .await;
    fixture
        .import_file(
            "5/11/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nTotal,6,5,60\n",
        )
        .await;

    fixture.compute_days().await;

    let figures = fixture.queue_counters(HOUR).await;
    let offered_to_b = fixture.query_counter(
        ReportSubject::Queue(Id::new(&"vergic".into(), "B")),
        (ReportStep::Hour, "UTC"),
        (8, 12),
        Counter::Offered,
    );
    // The last file has no row of B, which means 0.
    assert_eq!(offered_to_b.await, [Some(2), None, None, Some(0)]);
    let figures_of_a = figures.iter().filter(|(queue, ..)| queue == "A");
    assert!(
        figures_of_a
            .map(|(.., counters)| counters.get(Counter::Offered))
            .all(|n| n == Some(4))
    );
}

#[tokio::test]
async fn rows_that_one_mapping_rejects_are_read_by_the_next() {
    const WRONG: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Offered, "Note"),
    ];
    const RIGHT: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Offered, "Chats"),
    ];
    let mut fixture = VergicFixture::new(new_mapping(&[("queues", WRONG)]));
    let content = "Group,Chats,Note\nA,4,calm\nB,many,7\n";
    fixture.import_file("5/8/queues.csv", content).await;
    fixture.compute_days().await;
    let load_rejected = async |fixture: &VergicFixture| {
        let rows = fixture
            .store
            .rejected_rows(&"vergic".into(), None, 9)
            .await
            .unwrap();
        let file = fixture
            .store
            .load_files(&"vergic".into())
            .await
            .unwrap()
            .remove(0);
        let reasons: Vec<_> = rows.into_iter().map(|row| (row.line, row.reason)).collect();
        (reasons, file.rows, file.rejected_rows)
    };
    let wrong = "Note: \"calm\" is not a number".to_owned();
    assert_eq!(load_rejected(&fixture).await, (vec![(2, wrong)], 1, 1));

    fixture.mapping = new_mapping(&[("queues", RIGHT)]);
    fixture.compute_days().await;

    let offered: Vec<_> = fixture
        .queue_counters(HOUR)
        .await
        .into_iter()
        .map(|(queue, _, counters)| (queue, counters.get(Counter::Offered)))
        .collect();
    assert_eq!(offered, [("A".to_owned(), Some(4)), ("B".to_owned(), None)]);
    let wrong = "Chats: \"many\" is not a number".to_owned();
    assert_eq!(load_rejected(&fixture).await, (vec![(3, wrong)], 1, 1));
}
