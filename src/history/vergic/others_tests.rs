//! What those have of whom an hour has no row: nothing of what its files have, and of what
//! they lack it is not known, at every step and in every sum.

use crate::{
    domain::{AgentCounter, Column, Counter, Id},
    history::report::{Step, Who},
};

use super::house::{House, QUEUES, mapping};

const UTC: &str = "UTC";

fn queue(name: &str) -> Who {
    Who::Queue(Id::new(&"vergic".into(), name))
}

/// Help is in the first hour alone; the file of the second has no column of answers.
async fn lacking() -> House {
    let house = House::new(mapping(&[("queues", QUEUES)]));
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
        house.take(key, content).await;
    }
    house.reckon().await;
    house
}

#[tokio::test]
async fn who_has_no_row_is_unknown_of_what_no_file_of_the_hour_has() {
    let house = lacking().await;
    let group = || Who::Queue(Id::new(&"group".into(), "help"));

    for who in [queue("Help"), group()] {
        let of = async |step, hours, counter| {
            house.shown(who.clone(), (step, UTC), hours, counter).await
        };
        assert_eq!(
            of(Step::Hour, (9, 12), Counter::Offered).await,
            [Some(1), Some(0), Some(0)]
        );
        for counter in [Counter::Answered, Counter::Handled] {
            assert_eq!(
                of(Step::Hour, (9, 12), counter).await,
                [Some(1), None, Some(0)]
            );
        }
        assert_eq!(
            of(Step::HalfHour, (9, 12), Counter::Answered).await,
            [None; 6]
        );
        assert_eq!(
            of(Step::Quarter, (10, 11), Counter::Answered).await,
            [None; 4]
        );
    }
}

#[tokio::test]
async fn a_day_with_such_an_hour_does_not_know_it_either_in_any_zone_or_sum() {
    let house = lacking().await;
    let group = Who::Queue(Id::new(&"group".into(), "help"));
    let both = Who::Queues(vec![
        Id::new(&"vergic".into(), "Help"),
        Id::new(&"vergic".into(), "Sales"),
    ]);

    // The site's own zone has its days summed; others are added up from hours.
    for zone in ["Europe/Stockholm", UTC, "America/New_York"] {
        for (who, offered, answered) in [
            (queue("Help"), [Some(1), Some(0)], [None, Some(0)]),
            (group.clone(), [Some(1), Some(0)], [None, Some(0)]),
            (queue("Sales"), [Some(11), Some(7)], [None, Some(6)]),
            (both.clone(), [Some(12), Some(7)], [None, Some(6)]),
            (Who::Site, [Some(12), Some(7)], [None, Some(6)]),
        ] {
            let of = async |counter| {
                let step = (Step::Day, zone);
                house.shown(who.clone(), step, (8, 36), counter).await
            };
            assert_eq!(of(Counter::Offered).await, offered, "{zone} {who:?}");
            assert_eq!(of(Counter::Answered).await, answered, "{zone} {who:?}");
        }
    }
}

#[tokio::test]
async fn a_file_of_a_day_that_lacks_a_column_tells_nothing_of_it_of_anybody() {
    let house = House::new(mapping(&[("queues", QUEUES)]));
    let full = "Group,Chats,Answered,AHT\nSales,3,2,9\nHelp,1,1,9\n";
    house.take("05/queues.csv", full).await;
    house
        .take("06/queues.csv", "Group,Chats,AHT\nSales,3,9\n")
        .await;
    house.reckon().await;

    for zone in [UTC, "Europe/Stockholm"] {
        let of = async |counter| {
            let step = (Step::Day, zone);
            house.shown(queue("Help"), step, (8, 36), counter).await
        };
        assert_eq!(of(Counter::Offered).await, [Some(1), Some(0)]);
        assert_eq!(of(Counter::Answered).await, [Some(1), None]);
    }
}

#[tokio::test]
async fn a_file_that_was_left_out_tells_of_nothing_and_one_that_never_came_tells_nothing() {
    let surveys: &[(Column, &str)] = &[(Column::Queue, "Group"), (Column::CsatAnswers, "Ratings")];
    let house = House::new(mapping(&[("queues", QUEUES), ("surveys", surveys)]));
    let queues = "Group,Chats,Answered,AHT\nSales,3,2,9\n";
    house.take("05/09/queues.csv", queues).await;
    house.take("05/10/queues.csv", queues).await;
    house
        .take("05/11/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    house.reckon().await;
    let answers = async |house: &House, step| {
        let counter = Counter::CsatAnswers;
        house
            .shown(queue("Help"), (step, UTC), (9, 12), counter)
            .await
    };

    assert_eq!(answers(&house, Step::Hour).await, [None; 3]);
    assert_eq!(answers(&house, Step::Day).await, [None]);
    house
        .take("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    house.reckon().await;
    assert_eq!(answers(&house, Step::Hour).await, [Some(0); 3]);
    assert_eq!(answers(&house, Step::Day).await, [Some(0)]);
}

#[tokio::test]
async fn a_file_that_does_not_say_whose_its_rows_are_leaves_everybody_unknown() {
    let agents: &[(Column, &str)] = &[(Column::Agent, "Agent"), (Column::Handled, "Closed")];
    let house = House::new(mapping(&[("queues", QUEUES), ("agents", agents)]));
    for (key, content) in [
        ("05/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n"),
        ("05/10/queues.csv", "Team,Chats,Answered,AHT\nHelp,4,2,9\n"),
        ("05/10/agents.csv", "Agent,Closed\nAnna,2\n"),
    ] {
        house.take(key, content).await;
    }
    house.reckon().await;

    for (step, offered) in [(Step::Hour, &[Some(3), None][..]), (Step::Day, &[None])] {
        for who in [queue("Help"), Who::Site] {
            let shown = house.shown(who, (step, UTC), (9, 11), Counter::Offered);
            assert_eq!(shown.await, offered);
        }
    }
    let anna = Who::Agent(Id::new(&"vergic".into(), "Anna"));
    let report = house.report(anna, (Step::Day, UTC), (9, 11)).await;
    let anna = report.series[0].rows[0].agent().unwrap();
    assert_eq!(anna.known(AgentCounter::Handled), Some(2));
}

#[tokio::test]
async fn a_lost_row_may_be_that_of_somebody_who_is_found_only_later() {
    let house = House::new(mapping(&[("queues", QUEUES)]));
    let lost = "Group,Chats,Answered,AHT\nSales,3,2,9\nHe\n";
    house.take("05/09/queues.csv", lost).await;
    house.reckon().await;
    house
        .take(
            "05/10/queues.csv",
            "Group,Chats,Answered,AHT\nSales,1,1,9\n",
        )
        .await;
    house
        .take("06/09/queues.csv", "Group,Chats,Answered,AHT\nHelp,3,2,9\n")
        .await;
    house.reckon().await;

    let of = async |who, step| {
        house
            .shown(who, (step, UTC), (9, 11), Counter::Offered)
            .await
    };
    assert_eq!(of(queue("Help"), Step::Hour).await, [None, Some(0)]);
    assert_eq!(of(queue("Help"), Step::Day).await, [None]);
    assert_eq!(of(queue("Sales"), Step::Hour).await, [Some(3), Some(1)]);
    assert_eq!(of(queue("Sales"), Step::Day).await, [Some(4)]);
    assert_eq!(of(Who::Site, Step::Day).await, [None]);
}

#[tokio::test]
async fn agents_without_a_row_follow_the_same_rule() {
    let columns: &[(Column, &str)] = &[
        (Column::Agent, "Agent"),
        (Column::Handled, "Closed"),
        (Column::Transferred, "Passed on"),
    ];
    let house = House::new(mapping(&[("agents", columns)]));
    for (key, content) in [
        (
            "05/09/agents.csv",
            "Agent,Closed,Passed on\nAnna,4,1\nBo,3,2\n",
        ),
        ("05/10/agents.csv", "Agent,Closed\nAnna,4\n"),
    ] {
        house.take(key, content).await;
    }
    house.reckon().await;

    for (step, handled, transferred) in [
        (Step::Hour, &[Some(3), Some(0)][..], &[Some(2), None][..]),
        (Step::Day, &[Some(3)], &[None]),
    ] {
        let bo = Who::Agent(Id::new(&"vergic".into(), "Bo"));
        let report = house.report(bo, (step, UTC), (9, 11)).await;
        let of = |counter| -> Vec<_> {
            let rows = report.series[0].rows.iter();
            rows.map(|row| row.agent().and_then(|all| all.known(counter)))
                .collect()
        };
        assert_eq!(of(AgentCounter::Handled), handled);
        assert_eq!(of(AgentCounter::Transferred), transferred);
    }
}

#[tokio::test]
async fn a_told_hour_is_nobodys_nought_in_the_hours_beside_it() {
    let house = lacking().await;
    // The hours of Kathmandu begin a quarter before those of UTC; each is counted where it
    // begins, and of the one after the last nothing was told.
    let step = (Step::Hour, "Asia/Kathmandu");
    let shown = house.shown(queue("Sales"), step, (9, 13), Counter::Offered);

    assert_eq!(shown.await, [Some(3), Some(3), Some(5), None, None]);
}
