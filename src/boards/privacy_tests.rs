//! Nobody's name or id reaches a board beyond what `[privacy] agent_names` allows: not as
//! text, not in an address, not in a frame.

use std::sync::Arc;

use crate::{
    domain::{AgentId, AgentStatus, Baseline, Id, LinkedPerson, Moment, NameVisibility, SourceId},
    live::Snapshot,
};

use super::{
    BoardDefinition, BoardLayout, BoardSlots, board_view,
    fixture::{self, noon},
    html::{self, PageFrame},
};

const MODES: [NameVisibility; 4] = [
    NameVisibility::Full,
    NameVisibility::FirstInitial,
    NameVisibility::Initials,
    NameVisibility::None,
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
fn put_reported_agent(picture: &mut Snapshot, external: &str) -> AgentId {
    fixture::put_agent(picture, external, AgentStatus::Talking, 60, &["1"]);
    let was = Id::new(&SourceId::from("chat"), &external.to_lowercase());
    let mut agent = picture.agents.remove(&was).unwrap();
    agent.id = Id::new(&SourceId::from("chat"), external);
    agent.name = None;
    agent.report = Some(Box::default());
    let id = agent.id.clone();
    picture.agents.insert(id.clone(), agent);
    id
}

fn floor_board(names: NameVisibility) -> (Snapshot, BoardDefinition) {
    let mut picture = fixture::afternoon_snapshot();
    picture.agents.clear();
    fixture::put_agent(
        &mut picture,
        "Anna Karlsson",
        AgentStatus::Talking,
        60,
        &["1"],
    );
    let configured = put_reported_agent(&mut picture, "77aa");
    let by_board = put_reported_agent(&mut picture, "77ab");
    let member = put_reported_agent(&mut picture, "77ac");
    put_reported_agent(&mut picture, "erika.sandberg@example.com");
    put_reported_agent(&mut picture, "FridaEkdahl");
    let site = Arc::make_mut(&mut picture.site);
    site.agent_names = names;
    site.names = [(configured.to_string(), "Berit Lindqvist".to_owned())].into();
    site.people = vec![LinkedPerson {
        id: Id::new(&"person".into(), "doris-nyberg"),
        name: "Doris Nyberg".to_owned(),
        agents: vec![member],
    }];
    let board = BoardDefinition {
        names: [(by_board.to_string(), "Cilla Bergström".to_owned())].into(),
        ..BoardDefinition::new("b", "B", BoardLayout::Agents)
    };
    (picture, board)
}

/// Everything that a viewer is sent: the page, the snapshot and each frame of a day.
fn rendered_text(names: NameVisibility) -> String {
    let (mut picture, board) = floor_board(names);
    let mut slots = BoardSlots::default();
    let mut sent = String::new();
    let mut look = |picture: &Snapshot, now: Moment| {
        let patch = slots.apply_view(board_view::render_view(
            &board,
            picture,
            &Baseline::default(),
            now,
        ));
        let page = PageFrame {
            board: "b",
            neighbours: None,
            epoch: "e",
            n: 1,
            build: "dev",
            now: now.wall,
        };
        sent += &html::render_page(&page, &slots);
        sent += &[format!("{patch:?}"), format!("{:?}", slots.all_cells())].concat();
    };
    look(&picture, noon());
    for state in [
        AgentStatus::Available,
        AgentStatus::LoggedOut,
        AgentStatus::NotReady,
    ] {
        for agent in picture.agents.values_mut() {
            agent.status = state;
        }
        look(&picture, noon().plus_millis(60_000));
    }
    sent.to_lowercase()
}

#[test]
fn no_board_says_more_of_a_name_than_the_configuration_allows() {
    let is_sent = |sent: &str, name: &&str| sent.contains(&name.to_lowercase());
    for names in MODES {
        let sent = rendered_text(names);
        let surnames: Vec<_> = NAMED.into_iter().filter(|n| is_sent(&sent, n)).collect();
        let first: Vec<_> = FIRST.into_iter().filter(|n| is_sent(&sent, n)).collect();

        match names {
            NameVisibility::Full => assert_eq!((surnames.len(), first.len()), (6, 6)),
            NameVisibility::FirstInitial => {
                assert_eq!(surnames, [""; 0]);
                assert_eq!(first, ["Anna", "Berit", "Cilla", "Doris"]);
            }
            _ => assert_eq!((surnames, first), (vec![], vec![]), "{names:?}"),
        }
        assert_eq!(sent.contains("example"), names == NameVisibility::Full);
    }
}

#[test]
fn initials_tell_people_apart_and_none_does_not() {
    let shown = |names| {
        let (picture, board) = floor_board(names);
        let view = board_view::render_view(&board, &picture, &Baseline::default(), noon());
        let mut shown: Vec<_> = (view.lists[0].rows.iter())
            .map(|row| format!("{:?}", row.cells[1]))
            .collect();
        shown.sort();
        shown
    };
    let text = |names: [&str; 6]| names.map(|name| format!("Text({name:?})"));

    assert_eq!(
        shown(NameVisibility::Initials),
        text(["AK", "BL", "CB", "DN", "ES", "F"])
    );
    assert_eq!(shown(NameVisibility::None), text(["Agent"; 6]));
}
