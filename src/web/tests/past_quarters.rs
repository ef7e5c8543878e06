//! The rehearsal of thresholds on the weeks that the log no longer has.

use jiff::{SignedDuration, Timestamp};

use wallboard_access::{AccessRules, Role};
use wallboard_domain::QueueId;
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::{Store, WaitingPeak};

use super::{
    assert_contains, assert_contains_none,
    login_site::{LoginSite, path_of},
    sales_inputs,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn a_limit_of_the_number_waiting_is_rehearsed_on_the_stored_quarters() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), ReportConfig::default());
    let data = (history, store.clone());
    let site = LoginSite::with_data(sales_inputs(), data, AccessRules::default()).await;
    site.add_user("admin", Role::Admin).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let edit = path_of("/queues/{source}/{id}/edit");
    let rehearse = async |limit: &str| {
        let account = site.get("/account", Some(&cookie)).await.text;
        let (_, token) = account.split_once("name=\"form\" value=\"").unwrap();
        let token = &token[..64];
        let form = format!(
            "form={token}&section=thresholds&began_from=&action=rehearse&waiting.crit={limit}"
        );
        site.post(&edit, &form, Some(&cookie)).await.text
    };
    assert_contains_none(&rehearse("7").await, &["quarters of an hour"]);

    let second = (Timestamp::now() - DAY * 10).as_second();
    let start = Timestamp::from_second(second - second.rem_euclid(900)).unwrap();
    let peaks = (0..8).map(|at| WaitingPeak {
        queue: QueueId::new(&"chat".into(), "9002@SIP/1"),
        start: start + SignedDuration::from_mins(15) * at,
        waiting: u32::try_from(at).unwrap(),
    });
    store.store_waiting_peaks(peaks.collect()).await.unwrap();
    let reached = ["at least 7 waited in 1 of 8 quarters of an hour"];
    assert_contains(&rehearse("7").await, &reached);
    assert_contains_none(&rehearse("").await, &["quarters of an hour"]);
}
