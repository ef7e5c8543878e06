//! What was reckoned of files that are kept no longer stays until all of its day is here.

use crate::domain::{Counter, ImportColumn};

use super::{
    DAY, HOUR,
    fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping},
};

fn sales_csv(chats: i64) -> String {
    format!("Group,Chats,Answered,AHT\nSales,{chats},2,9\n")
}

/// Two hours of the fifth and one of the seventh; those of the fifth are kept no longer.
async fn fixture_with_pruned_files() -> VergicFixture {
    let house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house.import_file("05/09/queues.csv", &sales_csv(3)).await;
    house.import_file("05/10/queues.csv", &sales_csv(4)).await;
    house.import_file("07/10/queues.csv", &sales_csv(9)).await;
    house.compute_days().await;
    house.prune_before(48).await;
    house
}

fn expected_offered(hours: &[(i64, i64)]) -> Vec<(String, i64, Option<i64>)> {
    let told = hours.iter();
    told.map(|(hour, offered)| ("Sales".to_owned(), hour * HOUR, Some(*offered)))
        .collect()
}

#[tokio::test]
async fn a_day_of_which_only_some_hours_come_again_keeps_its_figures() {
    let house = fixture_with_pruned_files().await;

    house.import_file("05/09/queues.csv", &sales_csv(5)).await;
    house.compute_days().await;

    let kept = expected_offered(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.queue_offered(HOUR).await, kept);
    house.import_file("05/10/queues.csv", &sales_csv(6)).await;
    house.compute_days().await;
    // Now all of it is here.
    let anew = expected_offered(&[(9, 5), (10, 6), (58, 9)]);
    assert_eq!(house.queue_offered(HOUR).await, anew);
}

#[tokio::test]
async fn a_day_of_which_nothing_was_known_counts_every_hour_that_comes_whenever_it_comes() {
    let house = fixture_with_pruned_files().await;

    house.import_file("04/09/queues.csv", &sales_csv(1)).await;
    house.compute_days().await;
    house.import_file("04/10/queues.csv", &sales_csv(2)).await;
    house.compute_days().await;

    let all = expected_offered(&[(-15, 1), (-14, 2), (9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.queue_offered(HOUR).await, all);
}

#[tokio::test]
async fn another_mapping_does_not_reckon_a_day_from_the_hours_that_are_left_of_it() {
    let mut house = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    house.import_file("05/22/queues.csv", &sales_csv(3)).await;
    house.import_file("05/23/queues.csv", &sales_csv(4)).await;
    house.import_file("06/10/queues.csv", &sales_csv(9)).await;
    house.compute_days().await;
    // The last hour of a day ends with it, and goes a night later.
    house.prune_before(24).await;
    assert_eq!(
        house
            .store
            .load_files(&"vergic".into())
            .await
            .unwrap()
            .len(),
        2
    );

    let other: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::Offered, "Answered"),
    ];
    house.mapping = new_mapping(&[("queues", other)]);
    house.compute_days().await;

    let kept = expected_offered(&[(22, 3), (23, 4), (34, 2)]);
    assert_eq!(house.queue_offered(HOUR).await, kept);
}

#[tokio::test]
async fn a_day_that_lacks_one_of_its_files_keeps_its_figures_though_each_hour_has_one() {
    let surveys: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::CsatAnswers, "Ratings"),
    ];
    let house = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("surveys", surveys),
    ]));
    house.import_file("05/09/queues.csv", &sales_csv(3)).await;
    house
        .import_file("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    house
        .import_file("07/09/surveys.csv", "Group,Ratings\nSales,1\n")
        .await;
    house.compute_days().await;
    house.prune_before(48).await;

    house.import_file("05/09/queues.csv", &sales_csv(5)).await;
    house.compute_days().await;

    let first = house.queue_counters(HOUR).await[0].2;
    let of = [Counter::Offered, Counter::CsatAnswers].map(|counter| first.get(counter));
    assert_eq!(of, [Some(3), Some(2)]);
}

#[tokio::test]
async fn the_file_of_a_day_alone_does_not_take_the_place_of_its_hours() {
    let house = fixture_with_pruned_files().await;

    house.import_file("05/queues.csv", &sales_csv(99)).await;
    house.compute_days().await;

    let kept = expected_offered(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(house.queue_offered(HOUR).await, kept);
    assert_eq!(house.queue_offered(DAY).await, []);
}
