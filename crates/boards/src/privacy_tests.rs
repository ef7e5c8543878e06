//! Privacy of agents: no name or id reaches a board beyond what `[privacy] agent_names` allows,
//! neither as text, nor in a URL, nor in a frame.

use std::{iter, sync::Arc};

use wallboard_domain::{
    AgentId, AgentStatus, Baseline, Id, LinkedPerson, Moment, NameVisibility, SourceId,
};
use wallboard_live::Snapshot;

use super::{
    BoardDefinition, BoardLayout, BoardSlots, board_render,
    fixture::{self, noon},
    render_context::RenderContext,
};

const MODES: [NameVisibility; 4] = [
    NameVisibility::Full,
    NameVisibility::FirstInitial,
    NameVisibility::Initials,
    NameVisibility::None,
];
/// Surnames of six people, named by: their vendor, `[names]`, the board, `[people]`, an email
/// address as id, and a name as id.
const SURNAMES: [&str; 6] = [
    "Karlsson",
    "Lindqvist",
    "Bergström",
    "Nyberg",
    "sandberg",
    "Ekdahl",
];
const FIRST_NAMES: [&str; 6] = ["Anna", "Berit", "Cilla", "Doris", "erika", "Frida"];

/// Adds an agent whose status the vendor reports, with an id that the site chose.
fn put_reported_agent(snapshot: &mut Snapshot, external: &str) -> AgentId {
    fixture::put_agent(snapshot, external, AgentStatus::Talking, 60, &["1"]);
    let lower_case_id = Id::new(&SourceId::from("chat"), &external.to_lowercase());
    let mut agent = snapshot.agents.remove(&lower_case_id).unwrap();
    agent.id = Id::new(&SourceId::from("chat"), external);
    agent.name = None;
    agent.report = Some(Box::default());
    let id = agent.id.clone();
    snapshot.agents.insert(id.clone(), agent);
    id
}

fn floor_board(names: NameVisibility) -> (Snapshot, BoardDefinition) {
    let mut snapshot = fixture::afternoon_snapshot();
    snapshot.agents.retain(|_, _| false);
    fixture::put_agent(
        &mut snapshot,
        "Anna Karlsson",
        AgentStatus::Talking,
        60,
        &["1"],
    );
    let configured = put_reported_agent(&mut snapshot, "77aa");
    let by_board = put_reported_agent(&mut snapshot, "77ab");
    let member = put_reported_agent(&mut snapshot, "77ac");
    put_reported_agent(&mut snapshot, "erika.sandberg@example.com");
    put_reported_agent(&mut snapshot, "FridaEkdahl");
    let site = Arc::make_mut(&mut snapshot.site);
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
    (snapshot, board)
}

/// Everything that a viewer receives: the page, all cells and each frame of a day.
/// `screen` is the most that the screen shows of names.
fn rendered_text(names: NameVisibility, screen: Option<NameVisibility>) -> String {
    let (mut snapshot, board) = floor_board(names);
    let mut slots = BoardSlots::default();
    let mut sent = String::new();
    let mut render = |snapshot: &Snapshot, now: Moment| {
        let mut context = RenderContext::of_board(&board, snapshot, now);
        context.style.agent_names = screen;
        sent += &fixture::sent_text(context, &mut slots);
    };
    render(&snapshot, noon());
    for status in [
        AgentStatus::Available,
        AgentStatus::LoggedOut,
        AgentStatus::NotReady,
    ] {
        for agent in snapshot.agents.values_mut() {
            agent.status = status;
        }
        render(&snapshot, noon().plus_millis(60_000));
    }
    sent.to_lowercase()
}

#[test]
fn boards_show_no_more_of_a_name_than_configured() {
    let contains_name = |sent: &str, name: &&str| sent.contains(&name.to_lowercase());
    let screens = iter::once(None).chain(MODES.map(Some));
    let pairs = MODES
        .into_iter()
        .flat_map(|site| screens.clone().map(move |screen| (site, screen)));
    for (site, screen) in pairs {
        let sent = rendered_text(site, screen);
        let names = screen.map_or(site, |screen| screen.max(site));
        let surnames: Vec<_> = SURNAMES
            .into_iter()
            .filter(|n| contains_name(&sent, n))
            .collect();
        let first: Vec<_> = FIRST_NAMES
            .into_iter()
            .filter(|n| contains_name(&sent, n))
            .collect();

        match names {
            NameVisibility::Full => assert_eq!((surnames.len(), first.len()), (6, 6)),
            NameVisibility::FirstInitial => {
                assert_eq!(surnames, [""; 0]);
                assert_eq!(first, ["Anna", "Berit", "Cilla", "Doris"]);
            }
            _ => assert_eq!((surnames, first), (vec![], vec![]), "{site:?}, {screen:?}"),
        }
        assert_eq!(sent.contains("example"), names == NameVisibility::Full);
    }
}

#[test]
fn initials_distinguish_people_and_none_does_not() {
    let shown = |names| {
        let (snapshot, board) = floor_board(names);
        let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());
        let mut shown: Vec<_> = (view.lists[0].rows.iter())
            .map(|row| format!("{:?}", row.cells.list()[1]))
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
