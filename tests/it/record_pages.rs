//! Pages of case records through HTTP, among as many as a large center has in a year.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::support::{
    Wallboard, past_records::store_past_records, ports, print_measured, tier, wait_until,
    wallboard::base_configuration,
};

const SOON: Duration = Duration::from_secs(20);
const READS: usize = 1_000;
/// The API's pages, by default.
const PAGE: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_among_many_records_takes_no_longer() {
    let count = tier(20_000, 1_000_000).as_secs();
    let port = ports::free();
    let configuration = format!("{}[case_records]\n", base_configuration(port, port));
    let mut wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    wait_until("records are followed", SOON, async || {
        wallboard.get("/api/v1/case-records").await
    })
    .await;
    wallboard.stop("-TERM");
    let first = Timestamp::now() - SignedDuration::from_hours(24 * 20);
    store_past_records(&wallboard, count, first).await;
    wallboard.start_again().await;

    // From the first record to the last, as a CRM that was never connected before.
    let (mut cursors, mut records, mut after) = (Vec::new(), 0, String::new());
    let began = Instant::now();
    loop {
        let page = wallboard
            .get(&format!("/api/v1/case-records?limit=1000{after}"))
            .await
            .unwrap();
        let read = page["records"].as_array().unwrap().len();
        if read == 0 {
            break;
        }
        records += read;
        after = format!("&after={}", page["next"].as_str().unwrap());
        cursors.push(after.clone());
    }
    assert_eq!(records as u64, count);
    print_measured("time to read all records", began.elapsed(), "any");
    cursors.pop();

    let mut random = StdRng::seed_from_u64(1);
    let mut times = Vec::new();
    for _ in 0..READS {
        let after = &cursors[random.random_range(0..cursors.len())];
        let path = wallboard.url(&format!("/api/v1/case-records?limit={PAGE}{after}"));
        let began = Instant::now();
        let answer = crate::support::http::client()
            .get(path)
            .send()
            .await
            .unwrap();
        let body = answer.bytes().await.unwrap();
        times.push(began.elapsed());
        assert!(PAGE * 500 < body.len());
    }
    times.sort();
    let (median, p99) = (times[READS / 2], times[READS * 99 / 100]);
    println!("a page of {PAGE} among {count} records: median {median:.1?}");
    print_measured("p99 of a page of records", p99, Duration::from_millis(50));
}
