//! Records of cases: pages, names as privacy allows, queues as the token's groups do.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Request, StatusCode, header};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use tempfile::TempDir;

use wallboard_access::{AccessRules, ApiTokenChoice, GroupRule, Membership, Role};
use wallboard_domain::{
    CaseEnd, CaseOutcome, DataScope, FinishedCase, FinishedConversation, FinishedQueueLeg,
    FinishedTransfer, Id, LogOffset, NameVisibility, Pattern, SiteConfig,
};
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::{CaseRecordEntry, CaseRecordGap, CaseRecordPosition, Store};

use crate::{
    case_records::{RecordField, RecordFields, RecordFileFormat, RecordText},
    web::{DataOrigin, LiveRecordText, build_router},
};

use super::{
    PageResponse, assert_contains, assert_contains_none, connected_inputs, get_json, get_page,
    login_site::LoginSite, read_page, router_with_history, sales_inputs, send_request,
    state_of_inputs, test_site,
};

const PATH: &str = "/api/v1/case-records";

fn chat(external: &str) -> Id {
    Id::new(&"chat".into(), external)
}

fn at(second: i64) -> Timestamp {
    let start: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
    start + second.seconds()
}

/// A case of Sales that was transferred to Billing.
fn sale(case: &str) -> CaseRecordEntry {
    let leg = |queue: &str, entered: i64| FinishedQueueLeg {
        queue: Some(chat(queue)),
        entered_at: Some(at(entered)),
        answered_at: Some(at(entered + 10)),
        left_at: None,
    };
    let conversation = |agent: &str, queue: &str, opened: i64| FinishedConversation {
        agent: Some(chat(agent)),
        queue: Some(chat(queue)),
        opened_at: at(opened),
        ended_at: Some(at(opened + 20)),
    };
    CaseRecordEntry::Case(Box::new(FinishedCase {
        id: chat(case),
        end: CaseEnd::Closed,
        ended_at: Some(at(60)),
        noticed_at: at(61),
        created_at: Some(at(0)),
        queue_legs: vec![leg("9002@SIP/1", 0), leg("billing", 30)],
        conversations: vec![
            conversation("eva", "9002@SIP/1", 10),
            conversation("ben", "billing", 40),
        ],
        transfers: vec![FinishedTransfer {
            at: Some(at(30)),
            from_agent: Some(chat("eva")),
            from_queue: Some(chat("9002@SIP/1")),
            to_queue: Some(chat("billing")),
        }],
        outcome: Some(CaseOutcome::Positive),
        closure: Some("Order changed".into()),
        reopened: 0,
        opportunity: None,
        solution: Some("chat".into()),
        case_type: None,
        first_response_ms: Some(1_500),
    }))
}

/// A store in a folder that must outlive it.
async fn store_with(entries: Vec<CaseRecordEntry>) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let position = CaseRecordPosition {
        next: LogOffset(1),
        last: None,
    };
    store.append_case_records(entries, position).await.unwrap();
    (folder, store)
}

/// A CRM's token, for the queues of groups.
fn token_choice(groups: &[&str]) -> ApiTokenChoice {
    ApiTokenChoice {
        name: "CRM".into(),
        membership: Membership {
            role: Role::Viewer,
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        },
        may_write: BTreeSet::new(),
        sends_values_of: None,
        reads_case_records: true,
        days: 30,
    }
}

async fn read_with_token(site: &LoginSite, choice: ApiTokenChoice, path: &str) -> PageResponse {
    let token = site.sign_in.api_tokens().add(choice).await.unwrap();
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    read_page(send_request(&site.router, request).await).await
}

fn router(site: SiteConfig, store: Store) -> axum::Router {
    let history = History::new(store.clone(), ReportConfig::default());
    router_with_history(site, sales_inputs(), history, store)
}

#[tokio::test]
async fn pages_lead_to_each_other_with_gaps_where_they_are() {
    let gap = CaseRecordEntry::Gap(CaseRecordGap {
        source: Some("chat".into()),
        from: at(62),
        to: at(70),
    });
    let (_folder, store) = store_with(vec![sale("1"), gap, sale("2")]).await;
    let router = router(test_site(), store.clone());

    let first = get_json(&router, &format!("{PATH}?limit=1")).await;
    assert_eq!(first["records"][0]["case"], "chat/1");
    assert_eq!(first["gaps"], json!([]));
    let next = first["next"].as_str().unwrap();
    let rest = get_json(&router, &format!("{PATH}?after={next}")).await;
    assert_eq!(rest["records"].as_array().unwrap().len(), 1);
    assert_eq!(
        rest["gaps"],
        json!([{"source": "chat", "from": "2026-11-20T09:01:02.000Z", "to": "2026-11-20T09:01:10.000Z"}])
    );
    let next = rest["next"].as_str().unwrap();
    let end = get_json(&router, &format!("{PATH}?after={next}")).await;
    assert_eq!(end, json!({"records": [], "next": next, "gaps": []}));

    let path = format!("{PATH}?after=999-1");
    let unknown = get_page(&router, &path).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_contains(&unknown.text, &["begin again without `after`"]);
    for wrong in ["after=x", "after=1", "limit=0", "limit=1001", "cursor=1"] {
        let page = get_page(&router, &format!("{PATH}?{wrong}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    store.prune_case_records(at(100)).await.unwrap();
    let first = first["next"].as_str().unwrap();
    let expired = get_json(&router, &format!("{PATH}?after={first}")).await;
    assert_eq!(
        expired["gaps"],
        json!([{"source": null, "from": null, "to": null}])
    );
}

#[tokio::test]
async fn a_record_has_everything_that_is_known() {
    let (_folder, store) = store_with(vec![sale("1")]).await;
    let router = router(test_site(), store);
    let page = get_json(&router, PATH).await;
    let record = &page["records"][0];
    assert_eq!(record["id"], "chat/1@2026-11-20T09:01:00.000Z");
    assert_eq!(record["end"], "closed");
    assert_eq!(record["answered_at"], "2026-11-20T09:00:10.000Z");
    assert_eq!(
        (&record["wait"], &record["handle_time"]),
        (&json!(10.0), &json!(40.0))
    );
    assert_eq!(record["first_response"], 1.5);
    assert_eq!(
        (&record["outcome"], &record["closure"]),
        (&json!("positive"), &json!("Order changed"))
    );
    assert_eq!(record["opportunity"], Value::Null);
    assert_eq!(record["solution"]["id"], "chat/chat");
    let leg = &record["queue_legs"][0];
    assert_eq!(
        (&leg["queue"]["name"], &leg["left_at"]),
        (&json!("Sales"), &Value::Null)
    );
    assert_eq!(record["transfers"][0]["to_queue"]["id"], "chat/billing");
    assert_eq!(
        record["transfers"][0]["to_queue"]["name"],
        Value::Null,
        "unknown"
    );
}

#[tokio::test]
async fn who_reads_of_agents_is_noted_also_if_only_transfers_name_them() {
    let with = |has_agent: bool| {
        let mut entry = sale("1");
        if let CaseRecordEntry::Case(case) = &mut entry {
            case.conversations.clear();
            if !has_agent {
                case.transfers.clear();
            }
        }
        entry
    };
    for has_agent in [true, false] {
        let (_folder, store) = store_with(vec![with(has_agent)]).await;
        let history = History::new(store.clone(), ReportConfig::default());
        let data = (history, store);
        let site = LoginSite::with_data(sales_inputs(), data, AccessRules::default()).await;

        let page = read_with_token(&site, token_choice(&[]), PATH).await;

        assert_eq!(page.text.contains("chat/eva"), has_agent, "{}", page.text);
        let trail = site.sign_in.audit().list(None, 10).await.unwrap();
        let mut viewed = trail.iter().filter(|one| one.entry.subject == PATH);
        assert_eq!(viewed.next().is_some(), has_agent);
    }
}

#[tokio::test]
async fn other_systems_get_the_chosen_fields_alone() {
    let (_folder, store) = store_with(vec![sale("1")]).await;
    let history = History::new(store.clone(), ReportConfig::default());
    let inputs = connected_inputs(test_site(), sales_inputs());
    let mut web = state_of_inputs(inputs, history, store.clone(), DataOrigin::Live);
    let fields = RecordFields::chosen(&[RecordField::Wait, RecordField::QueueLegs]);
    web.server_info.record_fields = fields.clone();
    let text = LiveRecordText {
        live: web.live.clone(),
        fields,
    };

    let page = get_page(&build_router(web), PATH).await;
    let record = &page.parse_json()["records"][0];
    let known = record.as_object().unwrap().iter();
    let known = known.filter(|(_, value)| !value.is_null());
    let names: Vec<_> = known.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["case", "end", "id", "queue_legs", "wait"]);
    let hidden = ["eva", "ben", "Order changed", "positive"];
    assert_contains_none(&page.text, &hidden);
    for format in [RecordFileFormat::Csv, RecordFileFormat::Jsonl] {
        let lines = text.file_lines(vec![sale("1")], false, format);
        let lines = String::from_utf8(lines).unwrap();
        assert_contains(&lines, &["chat/1@", "closed", "billing"]);
        assert_contains_none(&lines, &hidden);
    }
    let csv = text.file_lines(vec![sale("1")], false, RecordFileFormat::Csv);
    // Neither how often it was reopened nor transferred is said to be 0.
    assert!(
        String::from_utf8(csv)
            .unwrap()
            .contains(",10,,,,,,,chat/billing,")
    );
    let page = store.case_records_after(None, 10).await.unwrap().unwrap();
    let sent = text.page(page, None).to_string();
    assert_contains_none(&sent, &hidden);
}

#[tokio::test]
async fn agents_are_named_as_privacy_allows() {
    for (agent_names, id, name) in [
        (
            NameVisibility::Full,
            json!("chat/eva"),
            json!("Eva Karlsson"),
        ),
        (
            NameVisibility::FirstInitial,
            json!("chat/eva"),
            json!("Eva K."),
        ),
        (NameVisibility::Initials, Value::Null, json!("EK")),
        (NameVisibility::None, Value::Null, Value::Null),
    ] {
        let site = SiteConfig {
            agent_names,
            ..test_site()
        };
        let (_folder, store) = store_with(vec![sale("1")]).await;
        let router = router(site, store);
        let page = get_page(&router, PATH).await;
        let agent = &page.parse_json()["records"][0]["conversations"][0]["agent"];
        assert_eq!((&agent["id"], &agent["name"]), (&id, &name));
        if agent_names > NameVisibility::FirstInitial {
            assert_contains_none(&page.text, &["chat/eva", "chat/ben", "Karlsson"]);
        }
    }
}

#[tokio::test]
async fn files_have_no_more_of_agents_than_the_api_and_run_no_formula() {
    for (agent_names, shown, hidden) in [
        (
            NameVisibility::Full,
            ["chat/ben", "'=Order changed"],
            ["chat/nobody", ",=Order"],
        ),
        (
            NameVisibility::None,
            ["chat/billing", "'=Order changed"],
            ["chat/ben", "chat/eva"],
        ),
    ] {
        let site = SiteConfig {
            agent_names,
            ..test_site()
        };
        let (_folder, store) = store_with(Vec::new()).await;
        let history = History::new(store.clone(), ReportConfig::default());
        let inputs = connected_inputs(site, sales_inputs());
        let live = state_of_inputs(inputs, history, store, DataOrigin::Live).live;
        let mut record = sale("1");
        if let CaseRecordEntry::Case(case) = &mut record {
            case.closure = Some("=Order changed".into());
        }
        let text = LiveRecordText {
            live,
            fields: RecordFields::default(),
        };
        let csv = RecordFileFormat::Csv;
        let head = text.file_head(csv);
        let lines = text.file_lines(vec![record.clone()], true, csv);
        let file = String::from_utf8([head, lines].concat()).unwrap();
        assert_contains(&file, &shown);
        assert_contains_none(&file, &hidden);
        let rows: Vec<_> = file.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 3, "{file}");
        assert!(rows[1].starts_with(",,gap,"), "{file}");
        let cells = |row: &str| row.matches(',').count();
        assert_eq!(cells(rows[1]), cells(rows[0]));

        let lines = text.file_lines(vec![record], true, RecordFileFormat::Jsonl);
        let lines = String::from_utf8(lines).unwrap();
        assert_contains_none(&lines, &hidden[..1]);
        let lines: Vec<Value> = (lines.lines())
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(
            lines[0],
            json!({"gap": {"source": null, "from": null, "to": null}})
        );
        assert_eq!(lines[1]["closure"], "=Order changed", "JSON runs nothing");
    }
}

#[tokio::test]
async fn a_token_reads_the_records_of_its_groups_queues() {
    let sales = GroupRule {
        boards: Vec::new(),
        data: DataScope {
            queues: vec![Pattern("chat/9002*".into())],
            agents: Vec::new(),
        },
    };
    let rules = AccessRules {
        groups: BTreeMap::from([("sales".to_owned(), sales)]),
        ..AccessRules::default()
    };
    let mut other = sale("2");
    if let CaseRecordEntry::Case(case) = &mut other {
        case.queue_legs.remove(0);
        case.conversations.remove(0);
    }
    let (_folder, store) = store_with(vec![sale("1"), other]).await;
    let history = History::new(store.clone(), ReportConfig::default());
    let site = LoginSite::with_data(sales_inputs(), (history, store), rules).await;
    let choice = token_choice;
    let read =
        async |choice: ApiTokenChoice, path: &str| read_with_token(&site, choice, path).await;
    let all = read(choice(&[]), PATH).await.parse_json();
    assert_eq!(all["records"].as_array().unwrap().len(), 2);
    let own = read(choice(&["sales"]), PATH).await;
    let json = own.parse_json();
    assert_eq!(json["records"].as_array().unwrap().len(), 1);
    assert_contains(&own.text, &["chat/eva", "chat/9002@SIP/1"]);
    assert_contains_none(&own.text, &["billing", "ben"]);
    assert_eq!(json["next"], all["next"], "the others are passed");

    let refused = read(choice(&[]), "/api/v1/cases").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let viewer = ApiTokenChoice {
        reads_case_records: false,
        ..choice(&[])
    };
    assert_eq!(read(viewer, PATH).await.status, StatusCode::FORBIDDEN);
}
