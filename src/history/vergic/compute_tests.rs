//! From files to figures of intervals, through the store.

use crate::{
    domain::{AgentCounter, AgentCounters, Counter, Counters, Id, ImportColumn},
    history::report::{ReportStep, ReportSubject},
    store::{FigureQuery, Granularity, StoreView},
};

use super::{
    DAY, HOUR,
    fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping},
    unmapped_columns, zero_counters,
};

#[tokio::test]
async fn hours_win_over_their_day_and_days_fill_only_where_there_is_no_hour() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house
        .import_file(
            "05/queues.csv",
            "Group;Chats;Answered;AHT\nSales;50;40;1,5\n",
        )
        .await;
    house
        .import_file(
            "05/09/queues.csv",
            "Group;Chats;Answered;AHT\nSales;3;2;0:05:00\n",
        )
        .await;
    house
        .import_file("06/queues.csv", "Group;Chats;Answered;AHT\nSales;7;7;100\n")
        .await;

    assert_eq!(house.compute_days().await, 2);

    assert_eq!(
        house.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(3))]
    );
    assert_eq!(
        house.queue_offered(DAY).await,
        [("Sales".to_owned(), DAY, Some(7))]
    );
    let counters = house.queue_counters(HOUR).await[0].2;
    assert_eq!(counters.average_handle_time(), Some(300.0));
    assert_eq!(counters.get(Counter::Abandoned), None);
}

#[tokio::test]
async fn an_hour_that_comes_late_takes_the_place_of_its_day() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house
        .import_file("05/queues.csv", "Group,Chats,Answered,AHT\nSales,50,40,9\n")
        .await;
    house.compute_days().await;
    assert_eq!(house.queue_offered(DAY).await.len(), 1);

    house
        .import_file(
            "05/23/queues.csv",
            "Group,Chats,Answered,AHT\nSales,1,1,9\n",
        )
        .await;

    assert_eq!(house.compute_days().await, 1);
    assert_eq!(house.queue_offered(DAY).await, []);
    assert_eq!(
        house.queue_offered(HOUR).await,
        [("Sales".to_owned(), 23 * HOUR, Some(1))]
    );
}

#[tokio::test]
async fn a_file_that_changed_counts_in_place_of_what_it_was() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n",
        )
        .await;
    house.compute_days().await;

    house
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,4,2,9\n",
        )
        .await;
    house.compute_days().await;

    assert_eq!(
        house.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(4))]
    );
}

#[tokio::test]
async fn another_mapping_needs_no_file_again() {
    let mut house = VergicFixture::new(new_mapping(&[]));
    house
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\n",
        )
        .await;
    house.compute_days().await;
    assert_eq!(house.queue_offered(HOUR).await, []);

    house.mapping = new_mapping(&[("queues", QUEUE_COLUMNS)]);

    assert_eq!(house.compute_days().await, 1);
    assert_eq!(
        house.queue_offered(HOUR).await,
        [("Sales".to_owned(), 9 * HOUR, Some(3))]
    );
    assert_eq!(house.compute_days().await, 0);
}

#[tokio::test]
async fn a_column_that_a_file_lacks_is_unknown_and_never_nothing() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    for (key, content) in [
        (
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n",
        ),
        ("05/10/queues.csv", "Group,Chats,AHT\nSales,3,9\n"),
    ] {
        house.import_file(key, content).await;
    }

    house.compute_days().await;

    let counters = [
        Counter::Offered,
        Counter::Answered,
        Counter::Handled,
        Counter::HandleTime,
    ];
    let figures = house.queue_counters(HOUR).await;
    let told: Vec<_> = figures
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
        told,
        [
            ("Help", 9, [Some(1), Some(1), Some(1), Some(9_000)]),
            ("Sales", 9, [Some(3), Some(2), Some(2), Some(18_000)]),
            ("Sales", 10, [Some(3), None, None, None]),
        ]
    );
}

#[tokio::test]
async fn an_unmapped_column_is_listed_with_the_last_value_that_is_not_hidden() {
    let house = VergicFixture::new(new_mapping(&[(
        "queues",
        &[(ImportColumn::Queue, "Group")],
    )]));
    let last = async || {
        let mapping = house.mapping.clone();
        let look = move |view: &StoreView<'_>| {
            let is_hidden = |column, name: &str| column == ImportColumn::Queue && name == "Help";
            unmapped_columns(view, &"vergic".into(), (&mapping, "Metrics"), is_hidden)
        };
        let columns = house.store.with_view(look).await.unwrap();
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
    let named = |dataset: &str, header: &str, value| (dataset.to_owned(), header.to_owned(), value);

    house
        .import_file("05/queues.csv", "Group,Smiles\nSales,50\n")
        .await;
    house
        .import_file(
            "05/09/queues.csv",
            "Group,Smiles,Frowns\nSales,3,\nSales,2,\nHelp,1.5,4\nTotal,6.5,4\n",
        )
        .await;
    assert_eq!(
        last().await,
        [
            named("queues", "Smiles", Some(2.0)),
            named("queues", "Frowns", None)
        ]
    );

    // A file of whose header only the case differs is of the same column.
    house
        .import_file("06/Queues.csv", "Group,smiles\nSales,7\n")
        .await;
    assert_eq!(
        last().await,
        [
            named("Queues", "smiles", Some(7.0)),
            named("Queues", "Frowns", None)
        ]
    );
}

#[tokio::test]
async fn of_an_agent_is_known_what_the_export_tells_and_nothing_else() {
    let columns: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
        (ImportColumn::AverageHandleTime, "AHT"),
    ];
    let house = VergicFixture::new(new_mapping(&[("agents", columns)]));
    house
        .import_file("05/09/agents.csv", "Agent,Closed,AHT\nAnna,4,0:01:40\n")
        .await;
    house.compute_days().await;

    let look = |view: &StoreView<'_>| {
        let source = "vergic".into();
        let wanted = FigureQuery {
            source: &source,
            granularity: Granularity::Intervals(HOUR),
            range: 0..i64::MAX,
            subject: None,
        };
        let mut all: Vec<(String, AgentCounters)> = Vec::new();
        view.for_each_agent(&wanted, |agent, _, counters| {
            all.push((agent.to_owned(), counters.clone()));
        })?;
        Ok(all)
    };
    let agents = house.store.with_view(look).await.unwrap();

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
fn of_whom_a_file_does_not_speak_there_is_nothing_of_what_columns_tell_and_no_more_is_known() {
    let agents: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
    ];
    let (contacts, agent) = zero_counters(&new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("agents", agents),
    ]));

    let told = [
        Counter::Offered,
        Counter::Handled,
        Counter::HandleTime,
        Counter::ShortAbandoned,
        Counter::FlowOuts,
        Counter::Waits,
        Counter::LongestWait,
    ];
    assert_eq!(
        told.map(|counter| contacts.get(counter)),
        [Some(0), Some(0), Some(0), None, None, None, None]
    );
    let told = [
        AgentCounter::Handled,
        AgentCounter::Transferred,
        AgentCounter::LoggedIn,
        AgentCounter::Ready,
    ];
    assert_eq!(
        told.map(|counter| agent.known(counter)),
        [Some(0), None, None, None]
    );
    assert_eq!(
        zero_counters(&new_mapping(&[])),
        (Counters::UNKNOWN, AgentCounters::unknown())
    );
}

#[tokio::test]
async fn a_file_without_the_column_of_time_is_of_its_folder_and_one_without_names_is_of_nobody() {
    let columns = [QUEUE_COLUMNS, &[(ImportColumn::Time, "Start")]].concat();
    let house = VergicFixture::new(new_mapping(&[("queues", &columns)]));
    house
        .import_file(
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\n",
        )
        .await;
    house
        .import_file(
            "05/10/queues.csv",
            "Start,Chats,Answered,AHT\n2026-01-05 10:00,3,2,9\n",
        )
        .await;
    house
        .import_file(
            "05/11/queues.csv",
            "Start,Group,Chats,Answered,AHT\n2026-01-05 11:00,Sales,5,2,9\n2026-01-05 12:00,Help,1,1,9\n",
        )
        .await;

    house.compute_days().await;

    assert_eq!(
        house.queue_offered(HOUR).await,
        [
            ("Sales".to_owned(), 9 * HOUR, Some(3)),
            // Its row is there, and of another hour: which of both is wrong nobody knows.
            ("Help".to_owned(), 11 * HOUR, None),
            ("Sales".to_owned(), 11 * HOUR, Some(5))
        ]
    );
}

#[tokio::test]
async fn of_whom_a_row_cannot_be_read_nothing_is_known_and_never_0() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house
        .import_file(
            "5/8/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,2,2,30\n",
        )
        .await;
    house
        .import_file(
            "5/9/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,two,2,30\n",
        )
        .await;
    house
        .import_file(
            "5/10/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nB,2\n",
        )
        .await;
    house
        .import_file(
            "5/11/queues.csv",
            "Group,Chats,Answered,AHT\nA,4,3,60\nTotal,6,5,60\n",
        )
        .await;

    house.compute_days().await;

    let figures = house.queue_counters(HOUR).await;
    let of_b = house.query_counter(
        ReportSubject::Queue(Id::new(&"vergic".into(), "B")),
        (ReportStep::Hour, "UTC"),
        (8, 12),
        Counter::Offered,
    );
    // Of the last nothing is told of B at all, which is none.
    assert_eq!(of_b.await, [Some(2), None, None, Some(0)]);
    let of_a = figures.iter().filter(|(queue, ..)| queue == "A");
    assert!(
        of_a.map(|(.., counters)| counters.get(Counter::Offered))
            .all(|n| n == Some(4))
    );
}

#[tokio::test]
async fn what_one_mapping_refuses_the_next_one_reads_without_the_file() {
    const WRONG: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Offered, "Note"),
    ];
    const RIGHT: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Offered, "Chats"),
    ];
    let mut house = VergicFixture::new(new_mapping(&[("queues", WRONG)]));
    let content = "Group,Chats,Note\nA,4,calm\nB,many,7\n";
    house.import_file("5/8/queues.csv", content).await;
    house.compute_days().await;
    let aside = async |house: &VergicFixture| {
        let rows = house
            .store
            .rejected_rows(&"vergic".into(), None, 9)
            .await
            .unwrap();
        let file = house
            .store
            .load_files(&"vergic".into())
            .await
            .unwrap()
            .remove(0);
        let reasons: Vec<_> = rows.into_iter().map(|row| (row.line, row.reason)).collect();
        (reasons, file.rows, file.rejected_rows)
    };
    let wrong = "Note: \"calm\" is not a number".to_owned();
    assert_eq!(aside(&house).await, (vec![(2, wrong)], 1, 1));

    house.mapping = new_mapping(&[("queues", RIGHT)]);
    house.compute_days().await;

    let offered: Vec<_> = house
        .queue_counters(HOUR)
        .await
        .into_iter()
        .map(|(queue, _, counters)| (queue, counters.get(Counter::Offered)))
        .collect();
    assert_eq!(offered, [("A".to_owned(), Some(4)), ("B".to_owned(), None)]);
    let wrong = "Chats: \"many\" is not a number".to_owned();
    assert_eq!(aside(&house).await, (vec![(3, wrong)], 1, 1));
}
