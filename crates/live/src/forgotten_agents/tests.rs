//! Logs and snapshots without an agent give the same figures as those with one.

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::{LiveState, codec};
use wallboard_domain::{
    CaseEvent, ConnectionEvent, LinkedPerson, LogEntry, Metric, MetricValue, Moment, MonotonicTime,
    SourceKind, SourceSetup,
};

fn chat(external: &str) -> Id {
    Id::new(&"chat".into(), external)
}

fn update(fact: Fact) -> Input {
    Input::Update(Update {
        source: "chat".into(),
        event: "case.opened",
        at: None,
        fact,
        mistyped: 0,
    })
}

fn profile(external: &str, name: &str) -> Input {
    update(Fact::Profile(EntityProfile {
        name: Some(name.into()),
        display_name: Some(external.into()),
        email: Some(format!("{external}@example.org").into()),
        external_ids: Some(Arc::new([("ad".into(), format!("{external}.ad").into())])),
        ..EntityProfile::new(EntityKind::Agent, chat(external))
    }))
}

fn site() -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup::new("chat", SourceKind::OF_CONTACTS)],
        names: [("chat/eva".to_owned(), "Eva".to_owned())].into(),
        people: vec![LinkedPerson {
            id: Id::new(&"person".into(), "larsson"),
            name: "Eva Larsson".to_owned(),
            agents: vec![chat("eva")],
        }],
        ..SiteConfig::default()
    }
}

/// A minute with two agents, each with a case, second by second.
fn entries() -> Vec<LogEntry> {
    let opened = |case: &str, agent: &str| {
        let opened = CaseEvent::Opened {
            agent: Some(chat(agent)),
            queue: Some(chat("sales")),
        };
        update(Fact::Case(chat(case), opened))
    };
    let waiting = [(Metric::Waiting, Some(MetricValue::Count(3)))];
    let connection = |event| Input::Connection("chat".into(), event);
    let inputs = [
        vec![Input::SiteConfig(Arc::new(site()))],
        vec![
            connection(ConnectionEvent::CatchingUp {
                discontinuity: None,
            }),
            connection(ConnectionEvent::Connected),
        ],
        vec![profile("eva", "Eva Larsson"), profile("bo", "Bo Ek")],
        vec![update(Fact::EventReadings(
            MetricSubject::Queue(chat("sales")),
            waiting.into_iter().collect(),
        ))],
        vec![opened("c1", "eva"), opened("c2", "bo")],
        vec![Input::Tick],
        vec![opened("c3", "eva")],
        vec![Input::Tick],
    ];
    let start: Timestamp = "2026-11-20T09:42:00Z".parse().unwrap();
    let entry = |(seconds, inputs)| LogEntry {
        received_at: Moment {
            wall: Timestamp::from_second(start.as_second() + seconds).unwrap(),
            monotonic: MonotonicTime(seconds * 1_000),
        },
        delay_ms: 0,
        inputs,
        proof: None,
    };
    (0..).step_by(8).zip(inputs).map(entry).collect()
}

fn fold(entries: &[LogEntry]) -> LiveState {
    let mut state = LiveState::default();
    for entry in entries {
        state.apply_entry(entry);
    }
    state
}

fn forgotten() -> ForgottenAgents {
    ForgottenAgents::new(|id| (*id == chat("eva")).then(|| chat("forgotten-ff")))
}

fn entries_without_eva() -> Vec<LogEntry> {
    let (mut entries, mut forgotten) = (entries(), forgotten());
    let inputs = entries.iter_mut().flat_map(|entry| &mut entry.inputs);
    inputs.for_each(|input| forgotten.forget_in_input(input));
    entries
}

/// The entry that forgets Eva, at the end.
fn forgetting_entry() -> LogEntry {
    let last = entries().pop().unwrap();
    LogEntry {
        inputs: vec![Input::Forgotten {
            agents: vec![(chat("eva"), chat("forgotten-ff"))],
            until: last.received_at.wall,
        }],
        ..last
    }
}

fn agent(state: &LiveState, id: &str) -> Option<AgentSnapshot> {
    state.snapshot.agents.get(&chat(id)).cloned()
}

fn assert_has_no_eva(text: &str) {
    assert!(text.contains("forgotten-ff") && text.contains("Bo Ek"));
    for name in ["Eva", "eva@", "\"eva\"", "eva.ad", "larsson", "chat/eva"] {
        assert!(!text.contains(name), "{name} in {text}");
    }
}

#[test]
fn replay_without_an_agent_gives_the_same_figures_and_the_snapshot_without_them() {
    let after = fold(&entries_without_eva());
    let mut state = fold(&entries());
    state.forget_agents(&mut forgotten());

    assert!(state == after, "{state:#?}\n{after:#?}");
    let before = fold(&entries());
    assert!(before.snapshot.queues == after.snapshot.queues);
    assert!(before.snapshot.today == after.snapshot.today);
    assert!(agent(&before, "bo") == agent(&after, "bo"));
    let [eva, nobody] = [agent(&before, "eva"), agent(&after, "forgotten-ff")].map(Option::unwrap);
    assert_eq!((eva.cases, nobody.cases), (2, 2));
    assert!(eva.today == nobody.today);
    assert_eq!(agent(&after, "eva"), None);
}

#[test]
fn nothing_names_a_forgotten_agent_any_more() {
    let mut state = fold(&entries());
    state.apply_entry(&forgetting_entry());

    assert_has_no_eva(&format!("{:?}", entries_without_eva()));
    assert_has_no_eva(&format!("{state:?}"));
    let restored = codec::decode_state(&codec::encode_state(&state).unwrap()).unwrap();
    assert!(restored == state);
    assert_eq!(
        state.forgotten_until(),
        Some(forgetting_entry().received_at.wall)
    );
}

#[test]
fn whoever_is_reported_again_and_forgotten_again_is_one_pseudonym_with_all_counts() {
    let mut state = fold(&entries());
    state.apply_entry(&forgetting_entry());
    let opened = CaseEvent::Opened {
        agent: Some(chat("eva")),
        queue: Some(chat("sales")),
    };
    let again = LogEntry {
        inputs: vec![
            profile("eva", "Eva Larsson"),
            update(Fact::Case(chat("c4"), opened)),
        ],
        ..forgetting_entry()
    };
    state.apply_entry(&again);
    assert_eq!(agent(&state, "eva").unwrap().cases, 1);

    state.apply_entry(&forgetting_entry());

    assert_has_no_eva(&format!("{state:?}"));
    assert_eq!(agent(&state, "forgotten-ff").unwrap().cases, 3);
}

#[test]
fn a_queue_with_the_id_of_a_forgotten_agent_stays() {
    let mut sales = ForgottenAgents::new(|id| (*id == chat("sales")).then(|| chat("forgotten-1")));
    let (mut state, before) = (fold(&entries()), fold(&entries()));

    state.forget_agents(&mut sales);

    assert!(state.snapshot.queues == before.snapshot.queues);
    assert!(state.snapshot.agents == before.snapshot.agents);
}
