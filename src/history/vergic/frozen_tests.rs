//! What was reckoned of files that are kept no longer stays until all of its day is here.

use crate::domain::{Column, Counter};

use super::{
    DAY, HOUR,
    house::{House, QUEUES, mapping},
};

fn sales(chats: i64) -> String {
    format!("Group,Chats,Answered,AHT\nSales,{chats},2,9\n")
}

/// Two hours of the fifth and one of the seventh; those of the fifth are kept no longer.
async fn forgetful() -> House {
    let house = House::new(mapping(&[("queues", QUEUES)]));
    house.take("05/09/queues.csv", &sales(3)).await;
    house.take("05/10/queues.csv", &sales(4)).await;
    house.take("07/10/queues.csv", &sales(9)).await;
    house.reckon().await;
    house.forget(48).await;
    house
}

fn told(hours: &[(i64, i64)]) -> Vec<(String, i64, Option<i64>)> {
    let told = hours.iter();
    told.map(|(hour, offered)| ("Sales".to_owned(), hour * HOUR, Some(*offered)))
        .collect()
}

#[tokio::test]
async fn a_day_of_which_only_some_hours_come_again_keeps_its_figures() {
    let house = forgetful().await;

    house.take("05/09/queues.csv", &sales(5)).await;
    house.reckon().await;

    let kept = told(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.offered(HOUR).await, kept);
    house.take("05/10/queues.csv", &sales(6)).await;
    house.reckon().await;
    // Now all of it is here.
    let anew = told(&[(9, 5), (10, 6), (58, 9)]);
    assert_eq!(house.offered(HOUR).await, anew);
}

#[tokio::test]
async fn a_day_of_which_nothing_was_known_counts_every_hour_that_comes_whenever_it_comes() {
    let house = forgetful().await;

    house.take("04/09/queues.csv", &sales(1)).await;
    house.reckon().await;
    house.take("04/10/queues.csv", &sales(2)).await;
    house.reckon().await;

    let all = told(&[(-15, 1), (-14, 2), (9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.offered(HOUR).await, all);
}

#[tokio::test]
async fn another_mapping_does_not_reckon_a_day_from_the_hours_that_are_left_of_it() {
    let mut house = House::new(mapping(&[("queues", QUEUES)]));
    house.take("05/22/queues.csv", &sales(3)).await;
    house.take("05/23/queues.csv", &sales(4)).await;
    house.take("06/10/queues.csv", &sales(9)).await;
    house.reckon().await;
    // The last hour of a day ends with it, and goes a night later.
    house.forget(24).await;
    assert_eq!(house.store.files(&"vergic".into()).await.unwrap().len(), 2);

    let other: &[(Column, &str)] = &[(Column::Queue, "Group"), (Column::Offered, "Answered")];
    house.mapping = mapping(&[("queues", other)]);
    house.reckon().await;

    let kept = told(&[(22, 3), (23, 4), (34, 2)]);
    assert_eq!(house.offered(HOUR).await, kept);
}

#[tokio::test]
async fn a_day_that_lacks_one_of_its_files_keeps_its_figures_though_each_hour_has_one() {
    let surveys: &[(Column, &str)] = &[(Column::Queue, "Group"), (Column::CsatAnswers, "Ratings")];
    let house = House::new(mapping(&[("queues", QUEUES), ("surveys", surveys)]));
    house.take("05/09/queues.csv", &sales(3)).await;
    house
        .take("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    house
        .take("07/09/surveys.csv", "Group,Ratings\nSales,1\n")
        .await;
    house.reckon().await;
    house.forget(48).await;

    house.take("05/09/queues.csv", &sales(5)).await;
    house.reckon().await;

    let first = house.figures(HOUR).await[0].2;
    let of = [Counter::Offered, Counter::CsatAnswers].map(|counter| first.get(counter));
    assert_eq!(of, [Some(3), Some(2)]);
}

#[tokio::test]
async fn the_file_of_a_day_alone_does_not_take_the_place_of_its_hours() {
    let house = forgetful().await;

    house.take("05/queues.csv", &sales(99)).await;
    house.reckon().await;

    let kept = told(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.offered(HOUR).await, kept);
    assert_eq!(house.offered(DAY).await, []);
}
