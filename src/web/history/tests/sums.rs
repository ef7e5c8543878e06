//! The sums beside the ratios of the API's intervals.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::web::tests::get_json;

use super::{API_QUERY, history_router};

/// The known sums of each interval.
fn sums_of(intervals: &Value) -> Vec<BTreeMap<String, i64>> {
    let intervals = intervals.as_array().unwrap().iter();
    let known = intervals.filter(|interval| !interval["sums"].is_null());
    known
        .map(|interval| serde_json::from_value(interval["sums"].clone()).unwrap())
        .collect()
}

#[tokio::test]
async fn sums_of_intervals_add_up_to_the_days_and_give_its_ratios() {
    let (router, _fixture) = history_router().await;
    let get = async |step: &str| {
        let path = format!("/api/v1/history/intervals?{API_QUERY}&queue=calls%2F1&step={step}");
        get_json(&router, &path).await["intervals"].clone()
    };

    let (day, quarters) = (get("1d").await, get("15m").await);

    let mut added: BTreeMap<String, i64> = BTreeMap::new();
    for (key, sum) in sums_of(&quarters).into_iter().flatten() {
        *added.entry(key).or_default() += sum;
    }
    let [sums] = &sums_of(&day)[..] else {
        panic!("{day}")
    };
    assert_eq!(*sums, added);
    let number = |count: i64| f64::from(i32::try_from(count).unwrap());
    let share = |part, of| json!(100.0 * number(part) / number(of));
    let offered = day[0]["offered"].as_i64().unwrap();
    let short = day[0]["short_abandoned"].as_i64().unwrap();
    let level = share(sums["answered_within"], offered - short);
    assert_eq!(day[0]["service_level"], level, "{day}");
    let mean = number(sums["wait_time"]) / number(sums["waits"]);
    assert_eq!(day[0]["average_speed_of_answer"], json!(mean), "{day}");
}
