//! Visitors who take turns at the same pages: what pages share is the same for all of them, and none
//! gets what another one sees.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::http::StatusCode;
use tokio::{task::yield_now, time::timeout};
use tokio_util::sync::CancellationToken;

use wallboard_access::{AccessRules, GroupRule, Membership, Role, follow_records};
use wallboard_domain::{DataScope, EntityKind, Input, Metric, MetricValue, Pattern};
use wallboard_history::report::fixture::HistoryFixture;
use wallboard_store::RecordStore;

use super::{
    PageResponse, SALES, agent_assigned, assert_contains, assert_contains_none,
    login_site::LoginSite, profile_update, queue_reading, sales_inputs, test_site,
};

const DIRECTORS: &str = "/queues/chat/9009";

fn inputs() -> Vec<Input> {
    let mut inputs = sales_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "9009", "Directors"),
        queue_reading("9009", Metric::Waiting, MetricValue::Count(54_321)),
        agent_assigned("cato", "Cato Maior", "9009"),
    ]);
    inputs
}

fn member_of_sales(role: Role) -> Membership {
    Membership {
        role,
        groups: BTreeSet::from(["sales".to_owned()]),
    }
}

/// Where a supervisor sees everything, and a member the queue "Sales" and the board of all queues.
async fn site() -> (LoginSite, HistoryFixture) {
    let pattern = |text: &str| vec![Pattern(text.to_owned())];
    let sales = GroupRule {
        boards: pattern("queues"),
        data: DataScope {
            queues: pattern("chat/9002*"),
            agents: Vec::new(),
        },
    };
    let rules = AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), sales)]),
        ..AccessRules::default()
    };
    let fixture = HistoryFixture::new(test_site()).await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(inputs(), data, rules).await;
    site.add_user("lead", Role::Supervisor).await;
    site.add_user("member", member_of_sales(Role::Supervisor))
        .await;
    (site, fixture)
}

fn form_token(page: &PageResponse) -> &str {
    let (_, rest) = page.text.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn visitors_get_their_own_queues_name_and_form_in_every_turn() {
    let (site, _fixture) = site().await;
    let lead = site.cookie_of_user("lead").await;
    let member = site.cookie_of_user("member").await;
    let other_session = site.cookie_of_user("member").await;
    for _ in 0..3 {
        for path in ["/", SALES] {
            let of_lead = site.get(path, Some(&lead)).await;
            let of_member = site.get(path, Some(&member)).await;
            let of_other_session = site.get(path, Some(&other_session)).await;

            assert_contains(&of_lead.text, &["<bdi>lead</bdi>", "Sales"]);
            assert_contains(&of_member.text, &["<bdi>member</bdi>", "Sales"]);
            assert_contains_none(&of_member.text, &["Directors", "Cato", "54,321"]);
            let tokens = [&of_lead, &of_member, &of_other_session].map(form_token);
            assert_eq!(BTreeSet::from(tokens).len(), 3, "{path}");
        }
        let gallery = site.get("/", Some(&lead)).await.text;
        assert_contains(
            &gallery,
            &["Directors", "54,321", "href=\"/boards/agents\""],
        );
        let gallery = site.get("/", Some(&member)).await.text;
        assert_contains(&gallery, &["href=\"/boards/queues\"", "1 queue"]);
        assert_contains_none(&gallery, &["href=\"/boards/agents\""]);
        let page = site.get(DIRECTORS, Some(&lead)).await;
        assert_contains(&page.text, &["Directors", "Cato M."]);
        let page = site.get(DIRECTORS, Some(&member)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert_contains_none(&page.text, &["Directors", "Cato"]);
    }
}

#[tokio::test]
async fn sign_out_and_another_role_count_from_the_next_request() {
    let (site, fixture) = site().await;
    let lead = site.cookie_of_user("lead").await;
    let member = site.cookie_of_user("member").await;
    for cookie in [&lead, &member] {
        assert_eq!(site.get(SALES, Some(cookie)).await.status, StatusCode::OK);
        assert_contains(&site.get("/", Some(cookie)).await.text, &[SALES]);
    }

    let accounts = site.sign_in.accounts();
    let changing = accounts.set_membership("member", member_of_sales(Role::Viewer));
    changing.await.unwrap();
    let following = follow_records(
        site.sign_in.directories().clone(),
        RecordStore::embedded(fixture.store.clone()),
        CancellationToken::new(),
    );
    let is_refused = async {
        while site.get(SALES, Some(&member)).await.status != StatusCode::FORBIDDEN {
            yield_now().await;
        }
    };
    tokio::select! {
        () = following => {}
        waited = timeout(Duration::from_secs(10), is_refused) => waited.unwrap(),
    }
    let token = form_token(&site.get("/", Some(&lead)).await).to_owned();
    let form = format!("form={token}");
    let out = site.post("/logout", &form, Some(&lead)).await;

    assert_eq!(out.status, StatusCode::SEE_OTHER);
    for path in ["/", SALES] {
        let page = site.get(path, Some(&lead)).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_contains_none(&page.text, &["Sales", "Directors"]);
    }
    let page = site.get(SALES, Some(&member)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let gallery = site.get("/", Some(&member)).await.text;
    assert_contains(&gallery, &["Sales"]);
    assert_contains_none(&gallery, &[SALES, "Directors"]);
}
