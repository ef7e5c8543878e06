//! Nobody's name or id reaches a board beyond what `[privacy] agent_names` allows: not as
//! text, not in an address, not in a frame.

use std::sync::Arc;

use crate::{
    domain::{AgentId, AgentNames, AgentState, Id, Moment, Past, Person, SourceId},
    live::Picture,
};

use super::{
    Board, Layout, Slots,
    fixture::{self, noon},
    html::{self, PageFrame},
    view,
};

const MODES: [AgentNames; 4] = [
    AgentNames::Full,
    AgentNames::FirstInitial,
    AgentNames::Initials,
    AgentNames::None,
];
/// What names the same six people: their vendor, `[names]`, the board, `[people]`, an
/// e-mail address as id, and a name as id.
const NAMED: [&str; 6] = [
    "Karlsson",
    "Lindqvist",
    "Bergström",
    "Nyberg",
    "sandberg",
    "Ekdahl",
];
const FIRST: [&str; 6] = ["Anna", "Berit", "Cilla", "Doris", "erika", "Frida"];

/// An agent whose state a vendor states, by an id that the site chose.
fn state(picture: &mut Picture, external: &str) -> AgentId {
    fixture::agent(picture, external, AgentState::Talking, 60, &["1"]);
    let was = Id::new(&SourceId::from("chat"), &external.to_lowercase());
    let mut agent = picture.agents.remove(&was).unwrap();
    agent.id = Id::new(&SourceId::from("chat"), external);
    agent.name = None;
    agent.stated = Some(Box::default());
    let id = agent.id.clone();
    picture.agents.insert(id.clone(), agent);
    id
}

fn floor(names: AgentNames) -> (Picture, Board) {
    let mut picture = fixture::afternoon();
    picture.agents.clear();
    fixture::agent(
        &mut picture,
        "Anna Karlsson",
        AgentState::Talking,
        60,
        &["1"],
    );
    let configured = state(&mut picture, "77aa");
    let by_board = state(&mut picture, "77ab");
    let member = state(&mut picture, "77ac");
    state(&mut picture, "erika.sandberg@example.com");
    state(&mut picture, "FridaEkdahl");
    let site = Arc::make_mut(&mut picture.site);
    site.agent_names = names;
    site.names = [(configured.to_string(), "Berit Lindqvist".to_owned())].into();
    site.people = vec![Person {
        id: Id::new(&"person".into(), "doris-nyberg"),
        name: "Doris Nyberg".to_owned(),
        agents: vec![member],
    }];
    let board = Board {
        names: [(by_board.to_string(), "Cilla Bergström".to_owned())].into(),
        ..Board::new("b", "B", Layout::Agents)
    };
    (picture, board)
}

/// Everything that a viewer is sent: the page, the snapshot and each frame of a day.
fn sent(names: AgentNames) -> String {
    let (mut picture, board) = floor(names);
    let mut slots = Slots::default();
    let mut sent = String::new();
    let mut look = |picture: &Picture, now: Moment| {
        let patch = slots.advance(view(&board, picture, &Past::default(), now));
        let page = PageFrame {
            board: "b",
            neighbours: None,
            epoch: "e",
            n: 1,
            build: "dev",
            now: now.wall,
        };
        sent += &html::page(&page, &slots);
        sent += &[format!("{patch:?}"), format!("{:?}", slots.cells())].concat();
    };
    look(&picture, noon());
    for state in [
        AgentState::Available,
        AgentState::LoggedOut,
        AgentState::NotReady,
    ] {
        for agent in picture.agents.values_mut() {
            agent.state = state;
        }
        look(&picture, noon().plus(60_000));
    }
    sent.to_lowercase()
}

#[test]
fn no_board_says_more_of_a_name_than_the_configuration_allows() {
    let is_sent = |sent: &str, name: &&str| sent.contains(&name.to_lowercase());
    for names in MODES {
        let sent = sent(names);
        let surnames: Vec<_> = NAMED.into_iter().filter(|n| is_sent(&sent, n)).collect();
        let first: Vec<_> = FIRST.into_iter().filter(|n| is_sent(&sent, n)).collect();

        match names {
            AgentNames::Full => assert_eq!((surnames.len(), first.len()), (6, 6)),
            AgentNames::FirstInitial => {
                assert_eq!(surnames, [""; 0]);
                assert_eq!(first, ["Anna", "Berit", "Cilla", "Doris"]);
            }
            _ => assert_eq!((surnames, first), (vec![], vec![]), "{names:?}"),
        }
        assert_eq!(sent.contains("example"), names == AgentNames::Full);
    }
}

#[test]
fn initials_tell_people_apart_and_none_does_not() {
    let shown = |names| {
        let (picture, board) = floor(names);
        let view = view(&board, &picture, &Past::default(), noon());
        let mut shown: Vec<_> = (view.lists[0].rows.iter())
            .map(|row| format!("{:?}", row.cells[1]))
            .collect();
        shown.sort();
        shown
    };
    let text = |names: [&str; 6]| names.map(|name| format!("Text({name:?})"));

    assert_eq!(
        shown(AgentNames::Initials),
        text(["AK", "BL", "CB", "DN", "ES", "F"])
    );
    assert_eq!(shown(AgentNames::None), text(["Agent"; 6]));
}
