//! Case records of nodes that share a log, of which any leads next, and more than one for a while.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use wallboard_domain::{CaseOutcome, Discontinuity, Input, moment};
use wallboard_live::{
    LiveState,
    testing::{LiveScenario, chat_id, chat_source, closed_event, opened_event},
};
use wallboard_runtime::nats::{NatsConnection, NatsSettings, test_server::NatsServer};
use wallboard_store::{CaseRecordCursor, CaseRecordEntry, EmbeddedLog, InputLog, StreamError};

use super::{
    record_sink::CaseRecordError,
    shared_keeper::{NodeWork, SharedKeeper},
    tests::{RecordedLog, morning},
};
use crate::input_log::snapshots::{make_snapshot, take_snapshot};

const NODES: usize = 3;
const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// A node with its copy of the log.
struct Node {
    recorded: RecordedLog,
    connection: NatsConnection,
    leads: Arc<AtomicBool>,
    keeper: SharedKeeper<EmbeddedLog, Box<dyn Fn() -> bool + Send>>,
    /// How many entries its copy has.
    entries: usize,
}

impl Node {
    async fn start(server: &NatsServer) -> Self {
        let settings = NatsSettings::of_test(vec![server.url()], "shared");
        let connection = NatsConnection::open(settings).await.unwrap();
        let (recorded, leads) = (RecordedLog::open(), Arc::default());
        let keeper = keeper(&recorded, &connection, &leads);
        Self {
            recorded,
            connection,
            leads,
            keeper,
            entries: 0,
        }
    }

    /// Starts one that leads, before its log has anything.
    async fn start_leading(server: &NatsServer) -> Self {
        let mut node = Self::start(server).await;
        node.leads.store(true, Relaxed);
        node.turn().await;
        node
    }

    /// Starts one whose copy of the log begins with this state.
    async fn join(server: &NatsServer, state: &LiveState) -> Self {
        let node = Self::start(server).await;
        let snapshot = take_snapshot(state).unwrap();
        node.recorded.log.put_snapshot(snapshot).await.unwrap();
        node
    }

    /// Its process is killed and starts again.
    fn restart(&mut self) {
        self.keeper = keeper(&self.recorded, &self.connection, &self.leads);
    }

    async fn turn(&mut self) {
        match self.keeper.turn(false).await {
            Ok(()) => {}
            Err(CaseRecordError::Stream(StreamError::Fenced)) => {
                self.keeper.work = NodeWork::Nothing;
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn records(&self) -> Vec<(CaseRecordCursor, CaseRecordEntry)> {
        let store = &self.recorded.store;
        let page = store.case_records_after(None, usize::MAX >> 1).await;
        page.unwrap().unwrap().rows
    }
}

fn keeper(
    recorded: &RecordedLog,
    connection: &NatsConnection,
    leads: &Arc<AtomicBool>,
) -> SharedKeeper<EmbeddedLog, Box<dyn Fn() -> bool + Send>> {
    let leads = Arc::clone(leads);
    SharedKeeper {
        log: recorded.log.clone(),
        store: recorded.store.clone(),
        connection: connection.clone(),
        keep: DAY,
        leads: Box::new(move || leads.load(Relaxed)),
        work: NodeWork::Nothing,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_have_each_record_once_under_the_same_number_whoever_leads() {
    let (entries, closed) = morning(120);
    let steady = RecordedLog::open();
    steady.write().await;
    steady.append(0, &entries).await;
    steady.write().await;
    let server = NatsServer::start();
    let mut nodes = Vec::new();
    for _ in 0..NODES {
        nodes.push(Node::start(&server).await);
    }
    let mut random = StdRng::seed_from_u64(7);
    let (mut leader, mut reached, mut terms) = (0, 0, 1);
    nodes[0].leads.store(true, Relaxed);
    nodes[0].turn().await;
    while reached < entries.len() {
        reached = entries.len().min(reached + random.random_range(1..6));
        for (number, node) in nodes.iter_mut().enumerate() {
            // The copies of the others may be late.
            if number == leader || random.random_bool(0.7) {
                let new = &entries[node.entries..reached];
                node.recorded.append(node.entries, new).await;
                node.entries = reached;
            }
            if random.random_bool(0.03) {
                make_snapshot(&node.recorded.log).await.unwrap();
            }
            if number == leader || random.random_bool(0.5) {
                node.turn().await;
            }
        }
        if random.random_bool(0.2) {
            // A paused leader learns of it later.
            let knows = random.random_bool(0.6);
            nodes[leader].leads.store(!knows, Relaxed);
            if random.random_bool(0.5) {
                nodes[leader].restart();
            }
            leader = random.random_range(0..NODES);
            nodes[leader].leads.store(true, Relaxed);
            terms += 1;
        }
    }
    for (number, node) in nodes.iter_mut().enumerate() {
        node.recorded
            .append(node.entries, &entries[node.entries..])
            .await;
        node.leads.store(number == leader, Relaxed);
    }
    // Twice: a leader that was replaced reads what it missed first.
    for _ in 0..2 {
        nodes[leader].turn().await;
    }
    for node in &mut nodes {
        node.turn().await;
    }

    assert!(20 < terms, "{terms} terms");
    let expected = steady.records().await;
    assert!(closed <= expected.len());
    let first = nodes[0].records().await;
    let found: Vec<_> = first.iter().map(|(_, entry)| entry.clone()).collect();
    for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "record {index}");
    }
    assert_eq!(found.len(), expected.len());
    for node in &nodes[1..] {
        assert!(
            node.records().await == first,
            "another node has other records"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_joins_later_has_the_numbers_of_the_others() {
    let (entries, _) = morning(40);
    let server = NatsServer::start();
    let mut leader = Node::start_leading(&server).await;
    leader.recorded.append(0, &entries).await;
    leader.turn().await;

    let mut late = Node::start(&server).await;
    late.turn().await;
    let records = leader.records().await;
    assert!(20 < records.len());
    assert!(late.records().await == records);
    // Without a copy of the log that was read so far, it makes none.
    leader.leads.store(false, Relaxed);
    late.leads.store(true, Relaxed);
    late.turn().await;
    assert!(matches!(late.keeper.work, NodeWork::Copying(_)));
    late.recorded.append(0, &entries).await;
    late.turn().await;
    assert!(matches!(late.keeper.work, NodeWork::Writing(_)));
    assert!(late.records().await == records, "nothing is made twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_log_begins_at_the_position_or_shortly_before_misses_no_case() {
    for late in [0, 2] {
        let server = NatsServer::start();
        let mut leader = Node::start_leading(&server).await;
        let mut scenario = LiveScenario::new();
        for case in ["settled", "settling", "open"] {
            scenario.send_case_event(case, opened_event("anna", "sales"));
        }
        scenario.send_case_event("settled", closed_event(CaseOutcome::Positive));
        scenario.advance_time(9_000);
        scenario.send_case_event("settling", closed_event(CaseOutcome::Neutral));
        scenario.advance_time(2_000);
        let mut joined = Node::join(&server, &scenario.state).await;
        let begin = scenario.entries.len();
        for _ in 0..late {
            scenario.advance_time(1_000);
        }
        leader.recorded.append(0, &scenario.entries).await;
        leader.turn().await;
        assert_eq!(leader.records().await.len(), 1, "one has settled");

        // The leader is killed.
        scenario.send_case_event("open", closed_event(CaseOutcome::Negative));
        scenario.advance_time(30_000);
        let new = &scenario.entries[begin..];
        joined.recorded.append(begin, new).await;
        joined.leads.store(true, Relaxed);
        joined.turn().await;
        assert!(matches!(joined.keeper.work, NodeWork::Writing(_)));
        let records = joined.records().await;
        let cases = records.iter().map(|(_, entry)| match entry {
            CaseRecordEntry::Case(case) => case.id.clone(),
            CaseRecordEntry::Gap(gap) => panic!("no message was lost: {gap:?}"),
        });
        let expected = ["settled", "settling", "open"].map(chat_id);
        assert_eq!(cases.collect::<Vec<_>>(), expected, "{late} s after it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_log_begins_shortly_after_the_position_misses_neither_case_nor_gap() {
    // How many milliseconds later it begins, how old the message of an end is then, and what is missing.
    let source = Some(chat_source());
    let trials = [
        (3_000, 0, source.clone()),
        (35_000, 0, source),
        (70_000, 0, None),
        (3_000, 120_000, None),
    ];
    for (later, age, missing) in trials {
        let server = NatsServer::start();
        let mut leader = Node::start_leading(&server).await;
        let mut scenario = LiveScenario::new();
        for case in ["settled", "settling", "soon"] {
            scenario.send_case_event(case, opened_event("anna", "sales"));
        }
        scenario.send_case_event("settled", closed_event(CaseOutcome::Positive));
        scenario.advance_time(200_000);
        scenario.send_case_event("open", opened_event("anna", "sales"));
        scenario.send_case_event("settling", closed_event(CaseOutcome::Neutral));
        scenario.advance_time(2_000);
        leader.recorded.append(0, &scenario.entries).await;
        leader.turn().await;
        assert_eq!(leader.records().await.len(), 1, "one has settled");

        // The leader is killed, and what happens until the other's copy begins is in no copy.
        let ended_at = moment::plus_millis(scenario.now.wall, -age);
        scenario.send_case_event_at(ended_at, "soon", closed_event(CaseOutcome::Positive));
        scenario.disconnect_source();
        scenario.connect_source(Some(Discontinuity::Upstream));
        scenario.advance_time(later);
        let mut joined = Node::join(&server, &scenario.state).await;
        let begin = scenario.entries.len();
        scenario.apply_input(&Input::Started {
            is_log_complete: true,
            term: None,
        });
        scenario.send_case_event("open", closed_event(CaseOutcome::Negative));
        scenario.advance_time(30_000);
        let new = &scenario.entries[begin..];
        joined.recorded.append(begin, new).await;
        joined.leads.store(true, Relaxed);
        joined.turn().await;

        let (mut cases, mut gaps) = (Vec::new(), Vec::new());
        for (_, entry) in joined.records().await {
            match entry {
                CaseRecordEntry::Case(case) => cases.push(case.id.clone()),
                CaseRecordEntry::Gap(gap) => gaps.push(gap.source),
            }
        }
        let is_whole = missing.is_some();
        assert_eq!(gaps, [missing], "{later} ms later, {age} ms old");
        if is_whole {
            cases.sort_unstable();
            let all = ["open", "settled", "settling", "soon"].map(chat_id);
            assert_eq!(cases, all, "{later} ms later");
        }
    }
}
