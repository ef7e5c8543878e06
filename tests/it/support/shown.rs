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

/// The figures of boards that are read here, in the order of their `show`.
const BOARD_FIGURES: [Figure; 3] = [Figure::Available, Figure::Waiting, Figure::Talking];
/// Returns boards that [`of_board`] and [`of_gallery`] read: names and contents of their files.
pub fn boards() -> Vec<(String, String)> {
    let board = |name: &str, layout: &str| {
        let text = format!(
            "title = \"{name}\"\nlayout = \"{layout}\"\nqueues = [\"chat/*\"]\n\
             show = [\"agents_available\", \"waiting\", \"in_conversation\"]\n"
        );
        (format!("{name}.toml"), text)
    };
    vec![board("worst", "queues"), board("worst-list", "list")]
}

const QUEUE_PATH: &str = "/queues/chat/";

/// Reads the queues of a board of tiles or a list, without the page's own marks of a lost
/// connection.
pub fn of_board(page: &Element) -> Vec<Shown> {
    let rows = page.find_all(&|element| element.has_class("row"));
    let mut all = Vec::new();
    for row in rows.into_iter().filter(|row| !is_stale(row)) {
        // Not of the row for all queues.
        let Some(id) = queue_id(row) else { continue };
        let figures = row.find_all(&|element| element.has_class("fig"));
        for (figure, element) in BOARD_FIGURES.into_iter().zip(figures) {
            let number = element.find(&|inner| inner.has_class("num")).unwrap();
            let value = parse_number(&number.text()).filter(|_| !is_stale(element));
            all.extend(value.map(|value| Shown {
                id: id.to_owned(),
                figure,
                value,
            }));
        }
    }
    all
}

/// Reads the miniatures of [`boards`] in the gallery. `ids` has the groups' IDs, by number.
pub fn of_gallery(page: &Element, ids: &[String]) -> Vec<Shown> {
    let is_ours = |element: &Element| {
        let href = element.attribute("href").unwrap_or_default();
        element.has_class("mini") && href.starts_with("/boards/worst")
    };
    let cells = page.find_all(&is_ours).into_iter().flat_map(|miniature| {
        miniature.find_all(&|element| element.has_class("cell") && !is_stale(element))
    });
    let mut all = Vec::new();
    for cell in cells {
        let name = cell.find(&|inner| inner.is("bdi")).unwrap().text();
        // Groups are renamed, and keep their number. Before its name is known, a queue has none.
        let number = name
            .strip_prefix("Gruppe ")
            .and_then(|rest| rest.split(' ').next());
        let Some(id) = number.map(|number| &ids[number.parse::<usize>().unwrap()]) else {
            continue;
        };
        let values = cell.find_all(&|inner| inner.is("b"));
        for (figure, element) in BOARD_FIGURES.into_iter().zip(values) {
            all.extend(parse_number(&element.text()).map(|value| Shown {
                id: id.clone(),
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

fn queue_id(row: &Element) -> Option<&str> {
    let link = row.find(&|element| element.has_class("name"))?;
    link.attribute("href")?.strip_prefix(QUEUE_PATH)
}

fn is_stale(element: &Element) -> bool {
    element.attribute("data-sev") == Some("stale")
}

/// `7`, `1,204`; nothing for `–` and bounds.
fn parse_number(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}
