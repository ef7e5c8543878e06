//! Whether what the wallboard says equals what is so in the contact centre.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Vep, Wallboard,
    centre::{Case, Centre, State},
    until,
};

/// A running clock is moved only when it is off by more than this (architecture.md).
const CLOCK_SLACK_MS: i64 = 6_500;

/// Waits until queues, agents and cases all equal the truth, and nothing is stale. That
/// an agent has no case may still be unknown.
pub async fn equals(wallboard: &Wallboard, vep: &Vep, within: Duration) {
    compare(wallboard, vep, within, false).await;
}

/// The same, with every agent accounted for: once it is sure that no case was missed.
pub async fn equals_in_full(wallboard: &Wallboard, vep: &Vep, within: Duration) {
    compare(wallboard, vep, within, true).await;
}

async fn compare(wallboard: &Wallboard, vep: &Vep, within: Duration, in_full: bool) {
    until("the wallboard equals the truth", within, async || {
        let found = Figures::fetch(wallboard)
            .await
            .map_err(|error| vec![error])?;
        // Looked at under the lock, so that no timer is told between.
        let wrong = differences(&vep.desk().await.centre, &found, in_full);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    })
    .await;
}

/// What the wallboard says, by id without the source.
#[derive(Debug)]
pub struct Figures {
    pub queues: BTreeMap<String, Value>,
    pub agents: BTreeMap<String, Value>,
    pub cases: BTreeMap<String, Value>,
}

impl Figures {
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

fn by_id(list: &Value) -> Result<BTreeMap<String, Value>, String> {
    let list = list.as_array().ok_or("no list")?;
    let id = |row: &Value| {
        row["id"]
            .as_str()
            .unwrap()
            .trim_start_matches("chat/")
            .to_owned()
    };
    Ok(list.iter().map(|row| (id(row), row.clone())).collect())
}

/// Every difference in a sentence.
pub fn differences(centre: &Centre, found: &Figures, in_full: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    queues(centre, found, &mut wrong);
    agents(centre, found, in_full, &mut wrong);
    cases(centre, found, &mut wrong);
    // More says no more.
    wrong.truncate(12);
    wrong
}

fn queues(centre: &Centre, found: &Figures, wrong: &mut Vec<String>) {
    for (n, group) in centre.groups.iter().enumerate() {
        let Some(queue) = found.queues.get(&group.id) else {
            wrong.push(format!("queue {} is missing", group.name));
            continue;
        };
        let mut expect = |what: &str, is: &Value, shall: Value| {
            if *is != shall {
                wrong.push(format!("queue {n}: {what} is {is}, not {shall}"));
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
        for (metric, shall) in [
            ("waiting", centre.waiting(n) as u64),
            ("in_conversation", centre.talking(n) as u64),
            ("agents_available", group.available),
        ] {
            expect(metric, &metrics[metric]["value"], json!(shall));
            expect(metric, &metrics[metric]["stale"], json!(false));
        }
        let since = centre.oldest(n).map(|micros| micros / 1000);
        if let Some(off) = clock_error(&metrics["longest_wait"], since) {
            wrong.push(format!("queue {n}: {off}"));
        }
    }
    if found.queues.len() != centre.groups.len() {
        wrong.push(format!("{} queues are shown", found.queues.len()));
    }
}

/// What is wrong with the clock of the longest wait, if anything.
fn clock_error(metric: &Value, since: Option<i64>) -> Option<String> {
    let shown = metric["since"].as_str();
    let shown_ms = shown.map(|time| time.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    match (shown_ms, since) {
        (None, None) => None,
        (Some(shown), Some(since)) if (shown - since).abs() <= CLOCK_SLACK_MS => None,
        _ => Some(format!("longest_wait is {metric}, not since {since:?}")),
    }
}

fn agents(centre: &Centre, found: &Figures, in_full: bool, wrong: &mut Vec<String>) {
    for (n, agent) in centre.agents.iter().enumerate() {
        let Some(shown) = found.agents.get(&agent.id) else {
            wrong.push(format!("agent {} is missing", agent.name));
            continue;
        };
        let mut groups: Vec<_> = agent
            .groups
            .iter()
            .map(|g| format!("chat/{}", centre.groups[*g].id))
            .collect();
        let mut shown_groups: Vec<String> =
            serde_json::from_value(shown["groups"].clone()).unwrap_or_default();
        groups.sort();
        shown_groups.sort();
        let open = match centre.open_cases(n) {
            0 if !in_full && shown["cases"].is_null() => Value::Null,
            open => json!(open),
        };
        let state = if centre.open_cases(n) > 0 {
            "talking"
        } else {
            "unknown"
        };
        for (what, is, shall) in [
            ("cases", &shown["cases"], open),
            ("state", &shown["state"], json!(state)),
            ("stale", &shown["stale"], json!(false)),
            (
                "display name",
                &shown["display_name"],
                json!(format!("A{n}")),
            ),
            ("groups", &json!(shown_groups), json!(groups)),
        ] {
            if *is != shall {
                wrong.push(format!("agent {n}: {what} is {is}, not {shall}"));
            }
        }
    }
}

fn cases(centre: &Centre, found: &Figures, wrong: &mut Vec<String>) {
    for (id, case) in centre.present.iter().chain(&centre.past) {
        let Some(shown) = found.cases.get(id) else {
            wrong.push(format!("case {id} ({:?}) is missing", case.state));
            continue;
        };
        wrong.extend(case_difference(centre, id, case, shown));
    }
    let known = centre.present.len() + centre.past.len();
    if found.cases.len() != known {
        wrong.push(format!(
            "{} cases are shown, not {known}",
            found.cases.len()
        ));
    }
}

/// What is wrong with one case, if anything.
fn case_difference(centre: &Centre, id: &str, case: &Case, shown: &Value) -> Option<String> {
    let shall = expected_case(centre, case);
    let mut is = serde_json::Map::new();
    for name in shall.as_object()?.keys() {
        is.insert(name.clone(), shown[name].clone());
    }
    is["transfers"] = json!(shown["transfers"].as_array().map(Vec::len));
    let is = Value::Object(is);
    (is != shall).then(|| format!("case {id} is {is}, not {shall}"))
}

fn expected_case(centre: &Centre, case: &Case) -> Value {
    let state = match case.state {
        State::Waiting => "waiting",
        State::Open => "open",
        State::Closed => "closed",
        State::Gone => "abandoned",
    };
    let group = case
        .group_told
        .then(|| format!("chat/{}", centre.groups[case.group].id));
    let agent = case.agent.map(|n| format!("chat/{}", centre.agents[n].id));
    let mut expected = json!({
        "state": state, "queue": group, "agent": agent, "reopened": case.reopened,
        "transfers": case.transfers,
    });
    // A reopened case is open: what its last closing said is history until the next.
    if case.state == State::Closed {
        expected["outcome"] = json!(case.outcome);
        expected["closure"] = json!(case.closure);
    }
    expected
}

/// What one case says that is not so, if anything; what it does not say is no lie.
pub fn case_contradiction(centre: &Centre, id: &str, case: &Case, shown: &Value) -> Option<String> {
    // That a closed case was opened again while nobody listened cannot be known.
    if shown["state"] == "unconfirmed" || case.reopened > 0 {
        return None;
    }
    let mut known = shown.clone();
    for said in ["queue", "agent", "outcome", "closure", "transfers"] {
        let unsaid = shown[said].is_null() || shown[said].as_array().is_some_and(Vec::is_empty);
        // Who had a closed case last may have changed while nobody listened.
        let is_history = case.state == State::Closed && ["queue", "agent"].contains(&said);
        if (unsaid || is_history)
            && let Some(row) = known.as_object_mut()
        {
            row.remove(said);
        }
    }
    let expected = expected_case(centre, case);
    let wrong = |(name, shall): (&String, &Value)| {
        let is = known.get(name)?;
        let is_transfers = name == "transfers";
        (is != shall && !is_transfers).then(|| format!("case {id}: {name} is {is}, not {shall}"))
    };
    expected.as_object()?.iter().find_map(wrong)
}
