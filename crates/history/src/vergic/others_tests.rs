//! Figures of subjects without a row in an hour: zero in columns that its files have, unknown in
//! those that they lack, at every step and in every sum.

use crate::report::{ReportStep, ReportSubject};
use wallboard_domain::{AgentCounter, Counter, Id, ImportColumn};

use super::fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping};

const UTC: &str = "UTC";

fn queue_subject(name: &str) -> ReportSubject {
    ReportSubject::Queue(Id::new(&"vergic".into(), name))
}

/// Help is in the first hour alone; the second hour's file lacks the answered column.
async fn fixture_with_missing_column() -> VergicFixture {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    for (key, content) in [
        (
            "05/09/queues.csv",
            "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n",
        ),
        ("05/10/queues.csv", "Group,Chats,AHT\nSales,3,9\n"),
        (
            "05/11/queues.csv",
            "Group,Chats,Answered,AHT\nSales,5,4,9\n",
        ),
        (
            "06/11/queues.csv",
            "Group,Chats,Answered,AHT\nSales,7,6,9\n",
        ),
    ] {
        fixture.import_file(key, content).await;
    }
    fixture.compute_days().await;
    fixture
}

#[tokio::test]
async fn a_queue_without_a_row_is_unknown_in_missing_columns() {
    let fixture = fixture_with_missing_column().await;
    let group = || ReportSubject::Queue(Id::new(&"group".into(), "help"));

    for who in [queue_subject("Help"), group()] {
        let query = async |step, hours, counter| {
            fixture
                .query_counter(who.clone(), (step, UTC), hours, counter)
                .await
        };
        assert_eq!(
            query(ReportStep::Hour, (9, 12), Counter::Offered).await,
            [Some(1), Some(0), Some(0)]
        );
        for counter in [Counter::Answered, Counter::Handled] {
            assert_eq!(
                query(ReportStep::Hour, (9, 12), counter).await,
                [Some(1), None, Some(0)]
            );
        }
        assert_eq!(
            query(ReportStep::HalfHour, (9, 12), Counter::Answered).await,
            [None; 6]
        );
        assert_eq!(
            query(ReportStep::Quarter, (10, 11), Counter::Answered).await,
            [None; 4]
        );
    }
}

#[tokio::test]
async fn an_hour_with_a_missing_column_makes_days_and_sums_unknown() {
    let fixture = fixture_with_missing_column().await;
    let group = ReportSubject::Queue(Id::new(&"group".into(), "help"));
    let both = ReportSubject::Queues(vec![
        Id::new(&"vergic".into(), "Help"),
        Id::new(&"vergic".into(), "Sales"),
    ]);

    // Days of the site's zone are stored sums; other zones add up hours.
    for zone in ["Europe/Stockholm", UTC, "America/New_York"] {
        for (who, offered, answered) in [
            (queue_subject("Help"), [Some(1), Some(0)], [None, Some(0)]),
            (group.clone(), [Some(1), Some(0)], [None, Some(0)]),
            (queue_subject("Sales"), [Some(11), Some(7)], [None, Some(6)]),
            (both.clone(), [Some(12), Some(7)], [None, Some(6)]),
            (ReportSubject::Site, [Some(12), Some(7)], [None, Some(6)]),
        ] {
            let query = async |counter| {
                let step = (ReportStep::Day, zone);
                fixture
                    .query_counter(who.clone(), step, (8, 36), counter)
                    .await
            };
            assert_eq!(query(Counter::Offered).await, offered, "{zone} {who:?}");
            assert_eq!(query(Counter::Answered).await, answered, "{zone} {who:?}");
        }
    }
}

#[tokio::test]
async fn a_column_missing_in_a_daily_file_is_unknown_for_all_queues() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    let full = "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n";
    fixture.import_file("05/queues.csv", full).await;
    fixture
        .import_file("06/queues.csv", "Group,Chats,AHT\nSales,3,9\n")
        .await;
    fixture.compute_days().await;

    for zone in [UTC, "Europe/Stockholm"] {
        let query = async |counter| {
            let step = (ReportStep::Day, zone);
            fixture
                .query_counter(queue_subject("Help"), step, (8, 36), counter)
                .await
        };
        assert_eq!(query(Counter::Offered).await, [Some(1), Some(0)]);
        assert_eq!(query(Counter::Answered).await, [Some(1), None]);
    }
}

#[tokio::test]
async fn a_missing_file_means_zero_only_if_its_dataset_ever_arrived() {
    let surveys: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::CsatAnswers, "Ratings"),
    ];
    let fixture = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("surveys", surveys),
    ]));
    let queues = "Group,Chats,Answered,AHT\nSales,3,2,9\n";
    fixture.import_file("05/09/queues.csv", queues).await;
    fixture.import_file("05/10/queues.csv", queues).await;
    fixture
        .import_file("05/11/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    fixture.compute_days().await;
    let answers = async |fixture: &VergicFixture, step| {
        let counter = Counter::CsatAnswers;
        fixture
            .query_counter(queue_subject("Help"), (step, UTC), (9, 12), counter)
            .await
    };

    assert_eq!(answers(&fixture, ReportStep::Hour).await, [None; 3]);
    assert_eq!(answers(&fixture, ReportStep::Day).await, [None]);
    fixture
        .import_file("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    fixture.compute_days().await;
    assert_eq!(answers(&fixture, ReportStep::Hour).await, [Some(0); 3]);
    assert_eq!(answers(&fixture, ReportStep::Day).await, [Some(0)]);
}

#[tokio::test]
async fn a_file_without_a_name_column_leaves_all_queues_unknown() {
    let agents: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
    ];
    let fixture = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("agents", agents),
    ]));
    for (key, content) in [
        ("05/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n"),
        ("05/10/queues.csv", "Team,Chats,Answered,AHT\nHelp,4,2,9\n"),
        ("05/10/agents.csv", "Agent,Closed\nAnna,2\n"),
    ] {
        fixture.import_file(key, content).await;
    }
    fixture.compute_days().await;

    for (step, offered) in [
        (ReportStep::Hour, &[Some(3), None][..]),
        (ReportStep::Day, &[None]),
    ] {
        for who in [queue_subject("Help"), ReportSubject::Site] {
            let actual = fixture.query_counter(who, (step, UTC), (9, 11), Counter::Offered);
            assert_eq!(actual.await, offered);
        }
    }
    let anna = ReportSubject::Agent(Id::new(&"vergic".into(), "Anna"));
    let report = fixture
        .query_report(anna, (ReportStep::Day, UTC), (9, 11))
        .await;
    let anna = report.series[0].rows[0].agent_counters().unwrap();
    assert_eq!(anna.known(AgentCounter::Handled), Some(2));
}

#[tokio::test]
async fn a_lost_row_may_belong_to_a_queue_that_appears_later() {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    let lost = "Group,Chats,Answered,AHT\nSales,3,2,9\nHe\n";
    fixture.import_file("05/09/queues.csv", lost).await;
    fixture.compute_days().await;
    fixture
        .import_file(
            "05/10/queues.csv",
            "Group,Chats,Answered,AHT\nSales,1,1,9\n",
        )
        .await;
    fixture
        .import_file("06/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    fixture.compute_days().await;

    let query = async |who, step| {
        fixture
            .query_counter(who, (step, UTC), (9, 11), Counter::Offered)
            .await
    };
    assert_eq!(
        query(queue_subject("Help"), ReportStep::Hour).await,
        [None, Some(0)]
    );
    assert_eq!(query(queue_subject("Help"), ReportStep::Day).await, [None]);
    assert_eq!(
        query(queue_subject("Sales"), ReportStep::Hour).await,
        [Some(3), Some(1)]
    );
    assert_eq!(
        query(queue_subject("Sales"), ReportStep::Day).await,
        [Some(4)]
    );
    assert_eq!(query(ReportSubject::Site, ReportStep::Day).await, [None]);
}

#[tokio::test]
async fn agents_without_a_row_follow_the_same_rule() {
    let columns: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
        (ImportColumn::Transferred, "Passed on"),
    ];
    let fixture = VergicFixture::new(new_mapping(&[("agents", columns)]));
    for (key, content) in [
        (
            "05/09/agents.csv",
            "Agent,Closed,Passed on\nAnna,4,1\nBo,3,2\n",
        ),
        ("05/10/agents.csv", "Agent,Closed\nAnna,4\n"),
    ] {
        fixture.import_file(key, content).await;
    }
    fixture.compute_days().await;

    for (step, handled, transferred) in [
        (
            ReportStep::Hour,
            &[Some(3), Some(0)][..],
            &[Some(2), None][..],
        ),
        (ReportStep::Day, &[Some(3)], &[None]),
    ] {
        let bo = ReportSubject::Agent(Id::new(&"vergic".into(), "Bo"));
        let report = fixture.query_report(bo, (step, UTC), (9, 11)).await;
        let values = |counter| -> Vec<_> {
            let rows = report.series[0].rows.iter();
            rows.map(|row| row.agent_counters().and_then(|all| all.known(counter)))
                .collect()
        };
        assert_eq!(values(AgentCounter::Handled), handled);
        assert_eq!(values(AgentCounter::Transferred), transferred);
    }
}

#[tokio::test]
async fn a_reported_hour_does_not_mean_zero_in_the_hours_around_it() {
    let fixture = fixture_with_missing_column().await;
    // Hours in Kathmandu begin a quarter before those of UTC. Each counts where it begins, and
    // nothing was reported for the one after the last.
    let step = (ReportStep::Hour, "Asia/Kathmandu");
    let actual = fixture.query_counter(queue_subject("Sales"), step, (9, 13), Counter::Offered);

    assert_eq!(actual.await, [Some(3), Some(3), Some(5), None, None]);
}
