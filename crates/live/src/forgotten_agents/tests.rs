//! Logs and snapshots without an agent give the same figures as those with one.

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::LiveState;
use wallboard_domain::{
    CaseEvent, ConnectionEvent, LinkedPerson, Metric, MetricValue, Moment, MonotonicTime,
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

fn forgetter() -> AgentForgetter {
    let texts = ["Eva Larsson", "eva@example.org"].map(str::to_owned);
    AgentForgetter::new(&[(chat("eva"), "forgotten-ff".to_owned())], &texts)
}

#[test]
fn replay_without_an_agent_gives_the_same_figures_and_the_snapshot_without_them() {
    let before = entries();
    let encoded = codec::encode_entries(&before).unwrap();

    let (bytes, count) = forgetter().forget_entries(&encoded).unwrap().unwrap();
    let after = fold(&codec::decode_entries(&bytes).unwrap());
    let state = codec::encode_state(&fold(&before)).unwrap();
    let state = forgetter().forget_state(&state).unwrap().unwrap();

    assert_eq!(count, 4, "configuration, profile, two entries of cases");
    assert!(codec::decode_state(&state).unwrap() == after);
    let before = fold(&before);
    assert!(before.snapshot.queues == after.snapshot.queues);
    assert!(before.snapshot.today == after.snapshot.today);
    let agent = |state: &LiveState, id: &str| state.snapshot.agents.get(&chat(id)).cloned();
    assert!(agent(&before, "bo") == agent(&after, "bo"));
    let [eva, nobody] = [agent(&before, "eva"), agent(&after, "forgotten-ff")].map(Option::unwrap);
    assert_eq!((eva.cases, nobody.cases), (2, 2));
    assert_eq!(agent(&after, "eva"), None);
}

#[test]
fn nothing_names_a_forgotten_agent_any_more() {
    let encoded = codec::encode_entries(&entries()).unwrap();
    let (bytes, _) = forgetter().forget_entries(&encoded).unwrap().unwrap();
    let state = codec::encode_state(&fold(&entries())).unwrap();
    let state = forgetter().forget_state(&state).unwrap().unwrap();

    let entries = format!("{:?}", codec::decode_entries(&bytes).unwrap());
    let state = format!("{:?}", codec::decode_state(&state).unwrap());

    for text in [entries, state] {
        assert!(text.contains("forgotten-ff") && text.contains("Bo Ek"));
        for name in ["Eva", "eva@", "\"eva\"", "eva.ad"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
    // Then there's nothing to change.
    assert!(forgetter().forget_entries(&bytes).unwrap().is_none());
}

#[test]
fn a_log_with_a_queue_of_the_same_id_is_refused() {
    let sales = AgentForgetter::new(&[(chat("sales"), "forgotten-1".to_owned())], &[]);
    let encoded = codec::encode_entries(&entries()).unwrap();
    let state = codec::encode_state(&fold(&entries())).unwrap();

    let entries = sales.forget_entries(&encoded).unwrap_err();
    let state = sales.forget_state(&state).unwrap_err();

    assert!(matches!(entries, CodecError::SharedId), "{entries}");
    assert!(matches!(state, CodecError::SharedId), "{state}");
}
