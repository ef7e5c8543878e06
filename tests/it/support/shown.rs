//! Queues and agents that a surface shows as up to date: numbers without a mark, as somebody
//! reads them.

use serde_json::Value;

use super::{page::Element, wallboard::VngageSource};

/// The ID of the group of all groups.
pub const ALL_GROUPS: &str = "all";
/// The states that are judged, of cases and agents.
const STATES: [&str; 9] = [
    "waiting",
    "open",
    "available",
    "ringing",
    "talking",
    "hold",
    "wrap_up",
    "not_ready",
    "busy",
];

/// A figure of the contact center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Waiting,
    Talking,
    Available,
    /// Open cases of an agent.
    Cases,
    /// Agents in conversation.
    TalkingAgents,
    /// The state of an agent or a case, and when it began if that is said.
    State {
        state: &'static str,
        since_ms: Option<i64>,
    },
    /// The number that another system sends.
    Orders,
}

/// An up-to-date number of a group or agent, or a state.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: String,
    pub figure: Figure,
    pub value: u64,
    /// "≥ 7": it may be more.
    pub is_least: bool,
}

impl Shown {
    pub fn new(id: &str, figure: Figure, value: u64) -> Self {
        Self {
            id: id.to_owned(),
            figure,
            value,
            is_least: false,
        }
    }

    /// Reads `7`, `1,204` or `≥ 7`; nothing for `–`.
    pub fn read(id: &str, figure: Figure, text: &str) -> Option<Self> {
        let text = text.trim();
        let least = text.strip_prefix('≥');
        let value = parse_number(least.unwrap_or(text).trim())?;
        Some(Self {
            is_least: least.is_some(),
            ..Self::new(id, figure, value)
        })
    }

    /// Returns a state; `None` of one that isn't judged.
    pub fn of_state(id: &str, state: &str, since_ms: Option<i64>) -> Option<Self> {
        let state = STATES.into_iter().find(|known| *known == state)?;
        Some(Self::new(id, Figure::State { state, since_ms }, 1))
    }
}

/// The figures of boards that are read here, in the order of their `show`.
const BOARD_FIGURES: [Figure; 3] = [Figure::Available, Figure::Waiting, Figure::Talking];

/// Gives a source the boards that are read here, whose cards link to agents.
pub fn prepare(source: VngageSource) -> VngageSource {
    let board =
        |name: &str, rest: &str| (format!("{name}.toml"), format!("title = {name:?}\n{rest}"));
    let show = "show = [\"agents_available\", \"waiting\", \"in_conversation\"]\n";
    let queues =
        |layout: &str| format!("layout = {layout:?}\nqueues = [\"chat/*\", \"voice/*\"]\n{show}");
    VngageSource {
        boards: vec![
            board("worst", &queues("queues")),
            board("worst-list", &queues("list")),
            board(
                "worst-agents",
                "layout = \"agents\"\nqueues = [\"chat/*\"]\n",
            ),
        ],
        extra_toml: "[privacy]\nagent_names = \"full\"\n".into(),
        ..source
    }
}

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
            let shown = Shown::read(&id, figure, &number.text());
            all.extend(shown.filter(|_| !is_stale(element)));
        }
    }
    all
}

/// Reads the miniatures of boards of queues in the gallery. `ids` has the groups' IDs, by number.
pub fn of_gallery(page: &Element, ids: &[String]) -> Vec<Shown> {
    let is_ours = |element: &Element| {
        let href = element.attribute("href").unwrap_or_default();
        element.has_class("mini") && ["/boards/worst", "/boards/worst-list"].contains(&href)
    };
    let cells = page.find_all(&is_ours).into_iter().flat_map(|miniature| {
        miniature.find_all(&|element| element.has_class("cell") && !is_stale(element))
    });
    let mut all = Vec::new();
    for cell in cells {
        let name = cell.find(&|inner| inner.is("bdi")).unwrap().text();
        // Groups are renamed, and keep their number. Otherwise a queue's name is its ID.
        let number = name
            .strip_prefix("Gruppe ")
            .and_then(|rest| rest.split(' ').next());
        let id = number.map_or(&name, |number| &ids[number.parse::<usize>().unwrap()]);
        let values = cell.find_all(&|inner| inner.is("b"));
        for (figure, element) in BOARD_FIGURES.into_iter().zip(values) {
            all.extend(Shown::read(id, figure, &element.text()));
        }
    }
    all
}

/// Reads the figures of a queue's page.
pub fn of_queue_page(page: &Element) -> Vec<Shown> {
    let badge = page.find(&|element| element.attribute("data-watch").is_some());
    let id = badge.unwrap().attribute("data-watch").unwrap();
    let (_, id) = id.split_once('/').unwrap();
    let figures = [
        ("now-waiting", Figure::Waiting),
        ("now-in_conversation", Figure::Talking),
        ("now-agents_available", Figure::Available),
    ];
    let read = |(element_id, figure): (&str, Figure)| {
        Shown::read(id, figure, &page_figure(page, element_id)?)
    };
    figures
        .into_iter()
        .take(known_figures(id))
        .filter_map(read)
        .collect()
}

/// Returns how many figures of a queue are judged: agents of several groups may be the same.
fn known_figures(id: &str) -> usize {
    if id == ALL_GROUPS { 2 } else { 3 }
}

/// Returns a figure of a page by the ID of its element: `7` or `≥ 7`.
pub fn page_figure(page: &Element, id: &str) -> Option<String> {
    let element = page.find(&|element| element.attribute("id") == Some(id))?;
    let text = element.find(&|inner| inner.has_class("value"))?.text();
    // After a severity in words.
    let number = last_number(&text)?;
    (!is_stale(element)).then(|| number.to_owned())
}

/// Returns what a text ends with: `7`, `≥ 7` or `–`.
pub fn last_number(text: &str) -> Option<&str> {
    match text.find('≥') {
        Some(at) => Some(&text[at..]),
        None => text.split_whitespace().last(),
    }
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
        let id = external_id(queue);
        let figures = figures.into_iter().take(known_figures(&id));
        let read = figures.filter_map(|(metric, figure)| {
            let reading = &queue["metrics"][metric];
            let is_fresh = reading["stale"] == false;
            let value = reading["value"].as_u64().filter(|_| is_fresh)?;
            Some(Shown::new(&id, figure, value))
        });
        read.collect::<Vec<_>>()
    };
    queues.flat_map(read).collect()
}

pub fn external_id(row: &Value) -> String {
    row["external_id"].as_str().unwrap().to_owned()
}

/// Returns the ID in the address of a page: `/queues/chat/…` for `queues`.
pub fn linked_id(link: &Element, page: &str) -> Option<String> {
    let path = link.attribute("href")?.strip_prefix('/')?;
    let rest = path.strip_prefix(page)?.strip_prefix('/')?;
    let (_, id) = rest.split_once('/')?;
    Some(id.replace("%40", "@"))
}

fn queue_id(row: &Element) -> Option<String> {
    linked_id(row.find(&|element| element.has_class("name"))?, "queues")
}

pub fn is_stale(element: &Element) -> bool {
    element.attribute("data-sev") == Some("stale")
}

/// `7`, `1,204`; nothing for `–` and bounds.
fn parse_number(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}
