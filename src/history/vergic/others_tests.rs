//! What those have of whom an hour has no row: nothing of what its files have, and of what
//! they lack it is not known, at every step and in every sum.

use crate::{
    domain::{AgentCounter, Counter, Id, ImportColumn},
    history::report::{ReportStep, ReportSubject},
};

use super::fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping};

const UTC: &str = "UTC";

fn queue_subject(name: &str) -> ReportSubject {
    ReportSubject::Queue(Id::new(&"vergic".into(), name))
}

/// Help is in the first hour alone; the file of the second has no column of answers.
async fn fixture_with_missing_column() -> VergicFixture {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
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
        house.import_file(key, content).await;
    }
    house.compute_days().await;
    house
}

#[tokio::test]
async fn who_has_no_row_is_unknown_of_what_no_file_of_the_hour_has() {
    let house = fixture_with_missing_column().await;
    let group = || ReportSubject::Queue(Id::new(&"group".into(), "help"));

    for who in [queue_subject("Help"), group()] {
        let of = async |step, hours, counter| {
            house
                .query_counter(who.clone(), (step, UTC), hours, counter)
                .await
        };
        assert_eq!(
            of(ReportStep::Hour, (9, 12), Counter::Offered).await,
            [Some(1), Some(0), Some(0)]
        );
        for counter in [Counter::Answered, Counter::Handled] {
            assert_eq!(
                of(ReportStep::Hour, (9, 12), counter).await,
                [Some(1), None, Some(0)]
            );
        }
        assert_eq!(
            of(ReportStep::HalfHour, (9, 12), Counter::Answered).await,
            [None; 6]
        );
        assert_eq!(
            of(ReportStep::Quarter, (10, 11), Counter::Answered).await,
            [None; 4]
        );
    }
}

#[tokio::test]
async fn a_day_with_such_an_hour_does_not_know_it_either_in_any_zone_or_sum() {
    let house = fixture_with_missing_column().await;
    let group = ReportSubject::Queue(Id::new(&"group".into(), "help"));
    let both = ReportSubject::Queues(vec![
        Id::new(&"vergic".into(), "Help"),
        Id::new(&"vergic".into(), "Sales"),
    ]);

    // The site's own zone has its days summed; others are added up from hours.
    for zone in ["Europe/Stockholm", UTC, "America/New_York"] {
        for (who, offered, answered) in [
            (queue_subject("Help"), [Some(1), Some(0)], [None, Some(0)]),
            (group.clone(), [Some(1), Some(0)], [None, Some(0)]),
            (queue_subject("Sales"), [Some(11), Some(7)], [None, Some(6)]),
            (both.clone(), [Some(12), Some(7)], [None, Some(6)]),
            (ReportSubject::Site, [Some(12), Some(7)], [None, Some(6)]),
        ] {
            let of = async |counter| {
                let step = (ReportStep::Day, zone);
                house
                    .query_counter(who.clone(), step, (8, 36), counter)
                    .await
            };
            assert_eq!(of(Counter::Offered).await, offered, "{zone} {who:?}");
            assert_eq!(of(Counter::Answered).await, answered, "{zone} {who:?}");
        }
    }
}

#[tokio::test]
async fn a_file_of_a_day_that_lacks_a_column_tells_nothing_of_it_of_anybody() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    let full = "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n";
    house.import_file("05/queues.csv", full).await;
    house
        .import_file("06/queues.csv", "Group,Chats,AHT\nSales,3,9\n")
        .await;
    house.compute_days().await;

    for zone in [UTC, "Europe/Stockholm"] {
        let of = async |counter| {
            let step = (ReportStep::Day, zone);
            house
                .query_counter(queue_subject("Help"), step, (8, 36), counter)
                .await
        };
        assert_eq!(of(Counter::Offered).await, [Some(1), Some(0)]);
        assert_eq!(of(Counter::Answered).await, [Some(1), None]);
    }
}

#[tokio::test]
async fn a_file_that_was_left_out_tells_of_nothing_and_one_that_never_came_tells_nothing() {
    let surveys: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::CsatAnswers, "Ratings"),
    ];
    let house = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("surveys", surveys),
    ]));
    let queues = "Group,Chats,Answered,AHT\nSales,3,2,9\n";
    house.import_file("05/09/queues.csv", queues).await;
    house.import_file("05/10/queues.csv", queues).await;
    house
        .import_file("05/11/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    house.compute_days().await;
    let answers = async |house: &VergicFixture, step| {
        let counter = Counter::CsatAnswers;
        house
            .query_counter(queue_subject("Help"), (step, UTC), (9, 12), counter)
            .await
    };

    assert_eq!(answers(&house, ReportStep::Hour).await, [None; 3]);
    assert_eq!(answers(&house, ReportStep::Day).await, [None]);
    house
        .import_file("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    house.compute_days().await;
    assert_eq!(answers(&house, ReportStep::Hour).await, [Some(0); 3]);
    assert_eq!(answers(&house, ReportStep::Day).await, [Some(0)]);
}

#[tokio::test]
async fn a_file_that_does_not_say_whose_its_rows_are_leaves_everybody_unknown() {
    let agents: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
    ];
    let house = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("agents", agents),
    ]));
    for (key, content) in [
        ("05/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n"),
        ("05/10/queues.csv", "Team,Chats,Answered,AHT\nHelp,4,2,9\n"),
        ("05/10/agents.csv", "Agent,Closed\nAnna,2\n"),
    ] {
        house.import_file(key, content).await;
    }
    house.compute_days().await;

    for (step, offered) in [
        (ReportStep::Hour, &[Some(3), None][..]),
        (ReportStep::Day, &[None]),
    ] {
        for who in [queue_subject("Help"), ReportSubject::Site] {
            let shown = house.query_counter(who, (step, UTC), (9, 11), Counter::Offered);
            assert_eq!(shown.await, offered);
        }
    }
    let anna = ReportSubject::Agent(Id::new(&"vergic".into(), "Anna"));
    let report = house
        .query_report(anna, (ReportStep::Day, UTC), (9, 11))
        .await;
    let anna = report.series[0].rows[0].agent_counters().unwrap();
    assert_eq!(anna.known(AgentCounter::Handled), Some(2));
}

#[tokio::test]
async fn a_lost_row_may_be_that_of_somebody_who_is_found_only_later() {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    let lost = "Group,Chats,Answered,AHT\nSales,3,2,9\nHe\n";
    house.import_file("05/09/queues.csv", lost).await;
    house.compute_days().await;
    house
        .import_file(
            "05/10/queues.csv",
            "Group,Chats,Answered,AHT\nSales,1,1,9\n",
        )
        .await;
    house
        .import_file("06/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    house.compute_days().await;

    let of = async |who, step| {
        house
            .query_counter(who, (step, UTC), (9, 11), Counter::Offered)
            .await
    };
    assert_eq!(
        of(queue_subject("Help"), ReportStep::Hour).await,
        [None, Some(0)]
    );
    assert_eq!(of(queue_subject("Help"), ReportStep::Day).await, [None]);
    assert_eq!(
        of(queue_subject("Sales"), ReportStep::Hour).await,
        [Some(3), Some(1)]
    );
    assert_eq!(of(queue_subject("Sales"), ReportStep::Day).await, [Some(4)]);
    assert_eq!(of(ReportSubject::Site, ReportStep::Day).await, [None]);
}

#[tokio::test]
async fn agents_without_a_row_follow_the_same_rule() {
    let columns: &[(ImportColumn, &str)] = &[
        (ImportColumn::Agent, "Agent"),
        (ImportColumn::Handled, "Closed"),
        (ImportColumn::Transferred, "Passed on"),
    ];
    let house = VergicFixture::new(new_mapping(&[("agents", columns)]));
    for (key, content) in [
        (
            "05/09/agents.csv",
            "Agent,Closed,Passed on\nAnna,4,1\nBo,3,2\n",
        ),
        ("05/10/agents.csv", "Agent,Closed\nAnna,4\n"),
    ] {
        house.import_file(key, content).await;
    }
    house.compute_days().await;

    for (step, handled, transferred) in [
        (
            ReportStep::Hour,
            &[Some(3), Some(0)][..],
            &[Some(2), None][..],
        ),
        (ReportStep::Day, &[Some(3)], &[None]),
    ] {
        let bo = ReportSubject::Agent(Id::new(&"vergic".into(), "Bo"));
        let report = house.query_report(bo, (step, UTC), (9, 11)).await;
        let of = |counter| -> Vec<_> {
            let rows = report.series[0].rows.iter();
            rows.map(|row| row.agent_counters().and_then(|all| all.known(counter)))
                .collect()
        };
        assert_eq!(of(AgentCounter::Handled), handled);
        assert_eq!(of(AgentCounter::Transferred), transferred);
    }
}

#[tokio::test]
async fn a_told_hour_is_nobodys_nought_in_the_hours_beside_it() {
    let house = fixture_with_missing_column().await;
    // The hours of Kathmandu begin a quarter before those of UTC; each is counted where it
    // begins, and of the one after the last nothing was told.
    let step = (ReportStep::Hour, "Asia/Kathmandu");
    let shown = house.query_counter(queue_subject("Sales"), step, (9, 13), Counter::Offered);

    assert_eq!(shown.await, [Some(3), Some(3), Some(5), None, None]);
}
