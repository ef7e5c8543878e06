//! Queues and agents that a surface shows as up to date: numbers without a mark, as somebody
//! reads them.

use serde_json::Value;

use super::page::Element;

/// A figure of the contact center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Waiting,
    Talking,
    Available,
    /// Open cases of an agent.
    Cases,
    /// Whether an agent is in conversation, 1 or 0.
    IsTalking,
}

/// An up-to-date number of a group or agent.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: String,
    pub figure: Figure,
    pub value: u64,
}

/// The figures of [`of_board`], in the order of the board's `show`.
const TILE_FIGURES: [Figure; 3] = [Figure::Available, Figure::Waiting, Figure::Talking];
/// A board whose tiles [`of_board`] reads.
pub const BOARD: &str = "title = \"Worst day\"\nqueues = [\"chat/*\"]\n\
     show = [\"agents_available\", \"waiting\", \"in_conversation\"]\n";

const QUEUE_PATH: &str = "/queues/chat/";

/// Reads the tiles of a board, without the page's own marks of a lost connection.
pub fn of_board(page: &Element) -> Vec<Shown> {
    let tiles = page.find_all(&|element| element.has_class("tile"));
    let mut all = Vec::new();
    for tile in tiles.into_iter().filter(|tile| !is_stale(tile)) {
        let link = tile.find(&|element| element.has_class("name")).unwrap();
        let id = link.attribute("href").unwrap().strip_prefix(QUEUE_PATH);
        let figures = tile.find_all(&|element| element.has_class("fig"));
        for (figure, element) in TILE_FIGURES.into_iter().zip(figures) {
            let number = element.find(&|inner| inner.has_class("num")).unwrap();
            let value = parse_number(&number.text()).filter(|_| !is_stale(element));
            all.extend(value.map(|value| Shown {
                id: id.unwrap().to_owned(),
                figure,
                value,
            }));
        }
    }
    all
}

/// Reads the page of a queue.
pub fn of_queue_page(page: &Element) -> Vec<Shown> {
    let badge = page.find(&|element| element.attribute("data-watch").is_some());
    let id = badge.unwrap().attribute("data-watch").unwrap();
    let id = id.trim_start_matches("chat/");
    let figures = [
        ("now-waiting", Figure::Waiting),
        ("now-in_conversation", Figure::Talking),
        ("now-agents_available", Figure::Available),
    ];
    let read = |(element_id, figure): (&str, Figure)| {
        let element = page.find(&|element| element.attribute("id") == Some(element_id))?;
        let text = element.find(&|inner| inner.has_class("value"))?.text();
        // After a severity in words.
        let value = parse_number(text.split_whitespace().last()?)?;
        (!is_stale(element)).then(|| Shown {
            id: id.to_owned(),
            figure,
            value,
        })
    };
    figures.into_iter().filter_map(read).collect()
}

/// Reads `/api/v1/queues`.
pub fn of_queues(api: &Value) -> Vec<Shown> {
    let figures = [
        ("waiting", Figure::Waiting),
        ("in_conversation", Figure::Talking),
        ("agents_available", Figure::Available),
    ];
    let queues = api["queues"].as_array().into_iter().flatten();
    let read = |queue: &Value| {
        figures.map(|(metric, figure)| {
            let reading = &queue["metrics"][metric];
            let is_fresh = reading["stale"] == false;
            Some(Shown {
                id: external_id(queue),
                figure,
                value: reading["value"].as_u64().filter(|_| is_fresh)?,
            })
        })
    };
    queues.flat_map(read).flatten().collect()
}

/// Reads `/api/v1/agents`.
pub fn of_agents(api: &Value) -> Vec<Shown> {
    let agents = api["agents"].as_array().into_iter().flatten();
    let read = |agent: &Value| {
        let shown = |figure, value: u64| Shown {
            id: external_id(agent),
            figure,
            value,
        };
        let is_fresh = agent["stale"] == false;
        let cases = agent["cases"].as_u64().filter(|_| is_fresh);
        let figure = &agent["metrics"]["cases"];
        let known = (figure["value"].as_u64()).filter(|_| figure["stale"] == false);
        let is_talking = is_fresh && agent["state"] == "talking";
        [
            cases.map(|cases| shown(Figure::Cases, cases)),
            known.map(|known| shown(Figure::Cases, known)),
            is_talking.then(|| shown(Figure::IsTalking, 1)),
        ]
    };
    agents.flat_map(read).flatten().collect()
}

fn external_id(row: &Value) -> String {
    row["external_id"].as_str().unwrap().to_owned()
}

fn is_stale(element: &Element) -> bool {
    element.attribute("data-sev") == Some("stale")
}

/// `7`, `1,204`; nothing for `–` and bounds.
fn parse_number(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}
