//! Agents and cases that a surface shows as up to date: their states, since when, and how many.

use serde_json::Value;

use super::{
    page::Element,
    shown::{Figure, Shown, external_id, is_stale, linked_id, page_figure},
};

/// Reads a board of agents: its cards, and how many are in conversation.
pub fn of_agent_board(page: &Element) -> Vec<Shown> {
    let is_count = |element: &Element| {
        element.has_class("count") && element.attribute("data-in") == Some("talking")
    };
    let counts = page.find_all(&is_count).into_iter();
    let counts = counts.filter(|count| !is_stale(count)).filter_map(|count| {
        let number = count.find(&|inner| inner.has_class("num"))?;
        Shown::read("", Figure::TalkingAgents, &number.text())
    });
    counts.chain(of_cards(page)).collect()
}

/// Reads the cards of agents.
pub fn of_cards(page: &Element) -> Vec<Shown> {
    let cards = page.find_all(&|element| element.has_class("row") && element.has_class("card"));
    let read = |card: &Element| {
        let link = card.find(&|inner| inner.has_class("name")).unwrap();
        let id = linked_id(link, "agents").unwrap();
        let state = card.attribute("data-state").unwrap();
        let extra = card.find(&|inner| inner.has_class("extra")).unwrap().text();
        // One case isn't counted on a card.
        let cases = match state {
            "caseless" => Some("0"),
            _ => extra.strip_suffix(" cases"),
        };
        [
            Shown::of_state(&id, state, running_since(card)),
            cases.and_then(|cases| Shown::read(&id, Figure::Cases, cases)),
        ]
    };
    let fresh = cards.into_iter().filter(|card| !is_stale(card));
    fresh.flat_map(read).flatten().collect()
}

/// Reads the page of an agent.
pub fn of_agent_page(page: &Element, id: &str) -> Vec<Shown> {
    let status = page.find(&|element| element.attribute("data-key") == Some("state"));
    let status = status.filter(|status| !status.has_class("stale"));
    let state = status.and_then(|status| {
        let state = status.attribute("data-state").unwrap();
        Shown::of_state(id, state, running_since(status))
    });
    let cases = page_figure(page, "now-cases");
    let cases = cases.and_then(|cases| Shown::read(id, Figure::Cases, &cases));
    let open = part(page, "cases").map(|part| of_rows(part, "open"));
    let open = open.into_iter().flatten();
    state.into_iter().chain(cases).chain(open).collect()
}

/// Reads the cases and agents of a queue's page.
pub fn of_queue_page(page: &Element) -> Vec<Shown> {
    let unconfirmed = page.find(&|element| element.attribute("id") == Some("unconfirmed"));
    let unconfirmed = unconfirmed.map_or_else(Vec::new, |list| of_rows(list, "waiting"));
    let waiting = part(page, "waiting").map_or_else(Vec::new, |part| of_rows(part, "waiting"));
    let is_listed = |row: &Shown| unconfirmed.iter().any(|other| other.id == row.id);
    let waiting = waiting.into_iter().filter(|row| !is_listed(row));
    let agents = part(page, "agents").into_iter().flat_map(fresh_rows);
    let agents = agents.filter_map(|(id, row)| {
        let (_, id) = id.split_once('/')?;
        let status = row.find(&|cell| cell.attribute("data-state").is_some())?;
        Shown::of_state(id, status.attribute("data-state")?, running_since(row))
    });
    waiting.chain(agents).collect()
}

/// Reads the list of cases.
pub fn of_cases_page(page: &Element) -> Vec<Shown> {
    let rows = fresh_rows(page);
    let read = rows.filter_map(|(id, row)| {
        let state = row.attribute("data-state")?;
        Shown::of_state(id, state, running_since(row))
    });
    read.collect()
}

/// Reads `/api/v1/cases`.
pub fn of_cases(api: &Value) -> Vec<Shown> {
    let cases = api["cases"].as_array().into_iter().flatten();
    let fresh = cases.filter(|case| case["stale"] != true);
    let read = fresh.filter_map(|case| {
        let (_, id) = case["id"].as_str()?.split_once('/')?;
        Shown::of_state(id, case["state"].as_str()?, None)
    });
    read.collect()
}

/// Reads `/api/v1/agents`.
pub fn of_agents(api: &Value) -> Vec<Shown> {
    let agents = api["agents"].as_array().into_iter().flatten();
    let read = |agent: &Value| {
        let id = external_id(agent);
        let is_fresh = agent["stale"] == false;
        let cases = agent["cases"].as_u64().filter(|_| is_fresh);
        let figure = &agent["metrics"]["cases"];
        let known = (figure["value"].as_u64()).filter(|_| figure["stale"] == false);
        let since = agent["since"].as_str();
        let since = since.map(|at| at.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let state = agent["state"].as_str().filter(|_| is_fresh);
        [
            cases.map(|cases| Shown::new(&id, Figure::Cases, cases)),
            known.map(|known| Shown::new(&id, Figure::Cases, known)),
            state.and_then(|state| Shown::of_state(&id, state, since)),
        ]
    };
    agents.flat_map(read).flatten().collect()
}

/// Reads the rows of a table of cases in one state.
fn of_rows(table: &Element, state: &str) -> Vec<Shown> {
    let read = |(id, row): (&str, &Element)| Shown::of_state(id, state, running_since(row));
    fresh_rows(table).filter_map(read).collect()
}

/// Returns the rows without a mark, by key.
fn fresh_rows(table: &Element) -> impl Iterator<Item = (&str, &Element)> {
    let rows = table.find_all(&|element| element.is("tr") && !element.has_class("stale"));
    let with_keys = rows.into_iter().map(|row| (row.attribute("data-key"), row));
    with_keys.filter_map(|(key, row)| Some((key?, row)))
}

/// Returns the start of the first clock, in milliseconds.
fn running_since(row: &Element) -> Option<i64> {
    let clock = row.find(&|inner| inner.attribute("data-since").is_some())?;
    Some(clock.attribute("data-since")?.parse().unwrap())
}

fn part<'a>(page: &'a Element, name: &str) -> Option<&'a Element> {
    page.find(&|element| element.attribute("data-part") == Some(name))
}
