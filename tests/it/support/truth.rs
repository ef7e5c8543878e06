//! Compares what the wallboard shows with the contact center's true state.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Vep, Wallboard,
    contact_center::{Case, ContactCenter, State},
    wait_until,
};

/// The wallboard moves a running clock only when it's off by more than this (architecture.md).
const CLOCK_SLACK_MS: i64 = 6_500;

/// Waits until queues, agents and cases all match the contact center and nothing is out of date.
/// How many cases an agent has may still be uncertain.
pub async fn wait_until_correct(wallboard: &Wallboard, vep: &Vep, within: Duration) {
    compare(wallboard, vep, within, false).await;
}

/// Like [`wait_until_correct`], and every agent's case count is known: it's certain that no case
/// was missed.
pub async fn wait_until_fully_correct(wallboard: &Wallboard, vep: &Vep, within: Duration) {
    compare(wallboard, vep, within, true).await;
}

async fn compare(wallboard: &Wallboard, vep: &Vep, within: Duration, in_full: bool) {
    wait_until("the wallboard shows the true state", within, async || {
        let snapshot = ApiSnapshot::fetch(wallboard)
            .await
            .map_err(|error| vec![error])?;
        // Compared under the lock, so that no timer is published in between.
        let mut wrong = differences(&vep.state().await.center, &snapshot, in_full);
        if wrong.is_empty() {
            return Ok(());
        }
        // Why everything may be out of date.
        wrong.push(format!("the source: {:?}", wallboard.source().await));
        Err(wrong)
    })
    .await;
}

/// The API's data by id, without the source.
#[derive(Debug)]
pub struct ApiSnapshot {
    pub queues: BTreeMap<String, Value>,
    pub agents: BTreeMap<String, Value>,
    pub cases: BTreeMap<String, Value>,
}

impl ApiSnapshot {
    pub async fn fetch(wallboard: &Wallboard) -> Result<Self, String> {
        let queues = wallboard.get("/api/v1/queues").await?;
        let agents = wallboard.get("/api/v1/agents").await?;
        Ok(Self {
            queues: by_id(&queues["queues"])?,
            agents: by_id(&agents["agents"])?,
            cases: all_cases(wallboard).await?,
        })
    }
}

/// Checks the queues alone: with tens of thousands of cases, a look at everything takes seconds.
pub async fn check_queues(wallboard: &Wallboard, vep: &Vep) -> Result<(), Vec<String>> {
    let fetch = async || by_id(&wallboard.get("/api/v1/queues").await?["queues"]);
    let snapshot = ApiSnapshot {
        queues: fetch().await.map_err(|error| vec![error])?,
        agents: BTreeMap::new(),
        cases: BTreeMap::new(),
    };
    let mut wrong = Vec::new();
    compare_queues(&vep.state().await.center, &snapshot, &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

async fn all_cases(wallboard: &Wallboard) -> Result<BTreeMap<String, Value>, String> {
    let mut all = BTreeMap::new();
    let mut path = "/api/v1/cases?limit=1000".to_owned();
    loop {
        let page = wallboard.get(&path).await?;
        all.append(&mut by_id(&page["cases"])?);
        let Some(next) = page["next"].as_str() else {
            return Ok(all);
        };
        path = format!("/api/v1/cases?limit=1000&cursor={next}");
    }
}

/// Those of the contact center: a group or another vendor's queue isn't.
fn by_id(list: &Value) -> Result<BTreeMap<String, Value>, String> {
    let list = list.as_array().ok_or("no list")?.iter();
    let rows = list.filter_map(|row| {
        let id = row["id"].as_str().unwrap().strip_prefix("chat/")?;
        Some((id.to_owned(), row.clone()))
    });
    Ok(rows.collect())
}

/// Returns each difference as a sentence.
pub fn differences(center: &ContactCenter, snapshot: &ApiSnapshot, in_full: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    compare_queues(center, snapshot, &mut wrong);
    compare_agents(center, snapshot, in_full, &mut wrong);
    compare_cases(center, snapshot, &mut wrong);
    // More wouldn't help.
    wrong.truncate(12);
    wrong
}

fn compare_queues(center: &ContactCenter, snapshot: &ApiSnapshot, wrong: &mut Vec<String>) {
    for (n, group) in center.groups.iter().enumerate() {
        let Some(queue) = snapshot.queues.get(&group.id) else {
            wrong.push(format!("queue {} is missing", group.name));
            continue;
        };
        let mut expect = |what: &str, actual: &Value, expected: Value| {
            if *actual != expected {
                wrong.push(format!("queue {n}: {what} is {actual}, not {expected}"));
            }
        };
        expect("stale", &queue["stale"], json!(false));
        expect("name", &queue["name"], json!(group.name));
        expect(
            "external id",
            &queue["external_ids"],
            json!({"Salesforce": format!("Q{n}")}),
        );
        let metrics = &queue["metrics"];
        for (metric, expected) in [
            ("waiting", center.waiting(n) as u64),
            ("in_conversation", center.talking(n) as u64),
            ("agents_available", group.available),
        ] {
            expect(metric, &metrics[metric]["value"], json!(expected));
            expect(metric, &metrics[metric]["stale"], json!(false));
        }
        let since = center.oldest_arrival(n).map(|micros| micros / 1000);
        if let Some(off) = clock_error(&metrics["longest_wait"], since) {
            wrong.push(format!("queue {n}: {off}"));
        }
    }
    if snapshot.queues.len() != center.groups.len() {
        wrong.push(format!("{} queues are shown", snapshot.queues.len()));
    }
}

/// Returns the error of the longest wait's clock, if any.
fn clock_error(metric: &Value, since: Option<i64>) -> Option<String> {
    let shown = metric["since"].as_str();
    let shown_ms = shown.map(|time| time.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    match (shown_ms, since) {
        (None, None) => None,
        (Some(shown), Some(since)) if (shown - since).abs() <= CLOCK_SLACK_MS => None,
        _ => Some(format!("longest_wait is {metric}, not since {since:?}")),
    }
}

fn compare_agents(
    center: &ContactCenter,
    snapshot: &ApiSnapshot,
    in_full: bool,
    wrong: &mut Vec<String>,
) {
    for (n, agent) in center.agents.iter().enumerate() {
        let Some(shown) = snapshot.agents.get(&agent.id) else {
            wrong.push(format!("agent {} is missing", agent.name));
            continue;
        };
        let mut groups: Vec<_> = agent
            .groups
            .iter()
            .map(|g| format!("chat/{}", center.groups[*g].id))
            .collect();
        let mut shown_groups: Vec<String> =
            serde_json::from_value(shown["groups"].clone()).unwrap_or_default();
        groups.sort();
        shown_groups.sort();
        let open = json!(center.open_cases(n));
        let certain = match &shown["cases"] {
            Value::Null if !in_full => Value::Null,
            _ => open.clone(),
        };
        let known = match &shown["metrics"]["cases"]["value"] {
            Value::Null if !in_full && open == json!(0) => Value::Null,
            _ => open,
        };
        let state = if center.open_cases(n) > 0 {
            "talking"
        } else {
            "unknown"
        };
        for (what, actual, expected) in [
            ("cases", &shown["cases"], certain),
            ("known cases", &shown["metrics"]["cases"]["value"], known),
            ("state", &shown["state"], json!(state)),
            ("stale", &shown["stale"], json!(false)),
            (
                "display name",
                &shown["display_name"],
                json!(format!("A{n}")),
            ),
            ("groups", &json!(shown_groups), json!(groups)),
        ] {
            if *actual != expected {
                wrong.push(format!("agent {n}: {what} is {actual}, not {expected}"));
            }
        }
    }
}

fn compare_cases(center: &ContactCenter, snapshot: &ApiSnapshot, wrong: &mut Vec<String>) {
    for (id, case) in center.active.iter().chain(&center.ended) {
        let Some(shown) = snapshot.cases.get(id) else {
            wrong.push(format!("case {id} ({:?}) is missing", case.state));
            continue;
        };
        wrong.extend(case_difference(center, id, case, shown));
    }
    let known = center.active.len() + center.ended.len();
    if snapshot.cases.len() != known {
        wrong.push(format!(
            "{} cases are shown, not {known}",
            snapshot.cases.len()
        ));
    }
}

/// Returns how one case differs, if it does.
fn case_difference(center: &ContactCenter, id: &str, case: &Case, shown: &Value) -> Option<String> {
    let expected = expected_case(center, case);
    let mut actual = serde_json::Map::new();
    for name in expected.as_object()?.keys() {
        actual.insert(name.clone(), shown[name].clone());
    }
    actual["transfers"] = json!(shown["transfers"].as_array().map(Vec::len));
    let actual = Value::Object(actual);
    (actual != expected).then(|| format!("case {id} is {actual}, not {expected}"))
}

fn expected_case(center: &ContactCenter, case: &Case) -> Value {
    let state = match case.state {
        State::Waiting => "waiting",
        State::Open => "open",
        State::Closed => "closed",
        State::Abandoned => "abandoned",
    };
    let group = case
        .is_group_known
        .then(|| format!("chat/{}", center.groups[case.group].id));
    let agent = case.agent.map(|n| format!("chat/{}", center.agents[n].id));
    let mut expected = json!({
        "state": state, "queue": group, "agent": agent, "reopened": case.reopened,
        "transfers": case.transfers,
    });
    // A reopened case is open: its last outcome is history until it's closed again.
    if case.state == State::Closed {
        expected["outcome"] = json!(case.outcome);
        expected["closure"] = json!(case.closure);
    }
    expected
}

/// Returns the first wrong attribute of a case, if any. A missing attribute isn't wrong.
pub fn case_contradiction(
    center: &ContactCenter,
    id: &str,
    case: &Case,
    shown: &Value,
) -> Option<String> {
    // That a closed case was reopened while we were disconnected can't be known.
    if shown["state"] == "unconfirmed" || case.reopened > 0 {
        return None;
    }
    let mut known = shown.clone();
    for attribute in ["queue", "agent", "outcome", "closure", "transfers"] {
        let is_missing =
            shown[attribute].is_null() || shown[attribute].as_array().is_some_and(Vec::is_empty);
        // A closed case's last agent may have changed while we were disconnected.
        let is_history = case.state == State::Closed && ["queue", "agent"].contains(&attribute);
        if (is_missing || is_history)
            && let Some(row) = known.as_object_mut()
        {
            row.remove(attribute);
        }
    }
    let expected = expected_case(center, case);
    let wrong = |(name, expected): (&String, &Value)| {
        let actual = known.get(name)?;
        let is_transfers = name == "transfers";
        (actual != expected && !is_transfers)
            .then(|| format!("case {id}: {name} is {actual}, not {expected}"))
    };
    expected.as_object()?.iter().find_map(wrong)
}
