//! Figures of pruned files stay until all files of their day are redelivered.

use wallboard_domain::{Counter, ImportColumn};

use super::{
    DAY, HOUR,
    fixture::{QUEUE_COLUMNS, VergicFixture, new_mapping},
};

fn sales_csv(chats: i64) -> String {
    format!("Group,Chats,Answered,AHT\nSales,{chats},2,9\n")
}

/// Two hours of the fifth and one of the seventh; the fifth's files are pruned.
async fn fixture_with_pruned_files() -> VergicFixture {
    let fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture.import_file("05/09/queues.csv", &sales_csv(3)).await;
    fixture.import_file("05/10/queues.csv", &sales_csv(4)).await;
    fixture.import_file("07/10/queues.csv", &sales_csv(9)).await;
    fixture.compute_days().await;
    fixture.prune_before(48).await;
    fixture
}

fn expected_offered(hours: &[(i64, i64)]) -> Vec<(String, i64, Option<i64>)> {
    let rows = hours.iter();
    rows.map(|(hour, offered)| ("Sales".to_owned(), hour * HOUR, Some(*offered)))
        .collect()
}

#[tokio::test]
async fn a_day_with_only_some_redelivered_hours_retains_its_figures() {
    let fixture = fixture_with_pruned_files().await;

    fixture.import_file("05/09/queues.csv", &sales_csv(5)).await;
    fixture.compute_days().await;

    let unchanged = expected_offered(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(fixture.queue_offered(HOUR).await, unchanged);
    fixture.import_file("05/10/queues.csv", &sales_csv(6)).await;
    fixture.compute_days().await;
    // Now the day is complete.
    let updated = expected_offered(&[(9, 5), (10, 6), (58, 9)]);
    assert_eq!(fixture.queue_offered(HOUR).await, updated);
}

#[tokio::test]
async fn an_unknown_day_counts_every_hour_whenever_it_arrives() {
    let fixture = fixture_with_pruned_files().await;

    fixture.import_file("04/09/queues.csv", &sales_csv(1)).await;
    fixture.compute_days().await;
    fixture.import_file("04/10/queues.csv", &sales_csv(2)).await;
    fixture.compute_days().await;

    let all = expected_offered(&[(-15, 1), (-14, 2), (9, 3), (10, 4), (58, 9)]);
    assert_eq!(fixture.queue_offered(HOUR).await, all);
}

#[tokio::test]
async fn a_new_mapping_does_not_recompute_a_partly_pruned_day() {
    let mut fixture = VergicFixture::new(new_mapping(&[("queues", QUEUE_COLUMNS)]));
    fixture.import_file("05/22/queues.csv", &sales_csv(3)).await;
    fixture.import_file("05/23/queues.csv", &sales_csv(4)).await;
    fixture.import_file("06/10/queues.csv", &sales_csv(9)).await;
    fixture.compute_days().await;
    // The last hour of a day ends with it, and is pruned a night later.
    fixture.prune_before(24).await;
    assert_eq!(
        fixture
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
    fixture.mapping = new_mapping(&[("queues", other)]);
    fixture.compute_days().await;

    let unchanged = expected_offered(&[(22, 3), (23, 4), (34, 2)]);
    assert_eq!(fixture.queue_offered(HOUR).await, unchanged);
}

#[tokio::test]
async fn a_day_lacking_one_file_retains_its_figures_if_each_hour_has_one() {
    let surveys: &[(ImportColumn, &str)] = &[
        (ImportColumn::Queue, "Group"),
        (ImportColumn::CsatAnswers, "Ratings"),
    ];
    let fixture = VergicFixture::new(new_mapping(&[
        ("queues", QUEUE_COLUMNS),
        ("surveys", surveys),
    ]));
    fixture.import_file("05/09/queues.csv", &sales_csv(3)).await;
    fixture
        .import_file("05/09/surveys.csv", "Group,Ratings\nSales,2\n")
        .await;
    fixture
        .import_file("07/09/surveys.csv", "Group,Ratings\nSales,1\n")
        .await;
    fixture.compute_days().await;
    fixture.prune_before(48).await;

    fixture.import_file("05/09/queues.csv", &sales_csv(5)).await;
    fixture.compute_days().await;

    let first = fixture.queue_counters(HOUR).await[0].2;
    let values = [Counter::Offered, Counter::CsatAnswers].map(|counter| first.get(counter));
    assert_eq!(values, [Some(3), Some(2)]);
}

#[tokio::test]
async fn a_daily_file_alone_does_not_replace_pruned_hours() {
    let fixture = fixture_with_pruned_files().await;

    fixture.import_file("05/queues.csv", &sales_csv(99)).await;
    fixture.compute_days().await;

    let unchanged = expected_offered(&[(9, 3), (10, 4), (58, 9)]);
    assert_eq!(fixture.queue_offered(HOUR).await, unchanged);
    assert_eq!(fixture.queue_offered(DAY).await, []);
}
