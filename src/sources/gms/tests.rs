mod fake_gms;

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, MutexGuard},
    time::Duration,
};

use proptest::prelude::*;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        ConnectionEvent, Discontinuity, Fact, Input, Metric, MetricSubject, MetricValue,
        SourceDiagnostic, SourceId, SubscriptionStats, VendorValue,
    },
    ingest::{self, IngestReceiver, IngestSender, ProcessClock},
    retry::TaskSignals,
    sources::{LiveSource, supervise_source},
};

use super::{GmsError, GmsRequest, GmsSettings, GmsSource, fixture};
use fake_gms::{FakeGms, FakeGmsState, NodeBehavior, StatisticFault};

/// The source, with a made-up GMS in place of the line.
struct FakeGmsSource(GmsSource, Arc<FakeGms>);

impl LiveSource for FakeGmsSource {
    type Error = GmsError;

    fn id(&self) -> &SourceId {
        self.0.id()
    }

    async fn run(&mut self, outlet: &IngestSender) -> Result<Infallible, GmsError> {
        self.0.run_with(Arc::clone(&self.1), outlet).await
    }
}

/// A source at work, and what was heard of it by the second since its start.
struct GmsFixture {
    gms: Arc<FakeGms>,
    inlet: IngestReceiver,
    start: Instant,
    retry: watch::Sender<()>,
    task: JoinHandle<()>,
    lines: Vec<(u64, ConnectionEvent)>,
    values: HashMap<String, (Instant, Option<MetricValue>)>,
    notes: Vec<String>,
    stats: SubscriptionStats,
}

fn gms_fixture(nodes: usize, queues: usize) -> GmsFixture {
    gms_fixture_with(fixture::test_settings(nodes, queues))
}

fn gms_fixture_with(settings: GmsSettings) -> GmsFixture {
    let (outlet, inlet) = ingest::ingest_channel(ProcessClock::start_now());
    let vendor = Arc::new(FakeGms::new(settings.base_urls.len()));
    let source = FakeGmsSource(GmsSource::new(settings), Arc::clone(&vendor));
    let again = watch::Sender::new(());
    let orders = TaskSignals {
        stop: CancellationToken::new(),
        retry: again.subscribe(),
    };
    GmsFixture {
        gms: vendor,
        inlet,
        start: Instant::now(),
        retry: again,
        task: tokio::spawn(supervise_source(source, outlet, orders)),
        lines: Vec::new(),
        values: HashMap::new(),
        notes: Vec::new(),
        stats: SubscriptionStats::default(),
    }
}

impl Drop for GmsFixture {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl GmsFixture {
    fn gms_state(&self) -> MutexGuard<'_, FakeGmsState> {
        self.gms.0.lock().unwrap()
    }

    /// Hears what is said in the next `seconds`.
    async fn receive_for(&mut self, seconds: u64) {
        let end = Instant::now() + Duration::from_secs(seconds);
        while let Ok(batch) = timeout_at(end, self.inlet.batches.recv()).await {
            for input in batch.unwrap().inputs {
                self.observe_input(input);
            }
        }
    }

    fn observe_input(&mut self, input: Input) {
        let now = Instant::now();
        match input {
            Input::Connection(_, line) => self.lines.push(((now - self.start).as_secs(), line)),
            Input::Diagnostic(_, SourceDiagnostic::Failed { why }) => self.notes.push(why),
            Input::Diagnostic(_, SourceDiagnostic::SubscriptionStats(account)) => {
                self.stats = *account;
            }
            Input::Update(update) => {
                let Fact::VendorReport(MetricSubject::Queue(id), statement) = update.fact else {
                    panic!("{:?}", update.fact);
                };
                let VendorValue::Metric(Metric::ExpectedWait, value) = statement.value else {
                    panic!("{:?}", statement.value);
                };
                // 3 × `max_age` and `interval`.
                assert!(value.is_none() || statement.valid_for_ms == Some(11_000));
                self.values.insert(id.external.to_string(), (now, value));
            }
            other => panic!("{other:?}"),
        }
    }

    fn value_of(&self, member: usize) -> Option<f64> {
        let (_, value) = &self.values[&format!("q{member}")];
        value.map(MetricValue::as_number)
    }

    /// How many statistics have their true value, heard in the last interval.
    fn count_fresh(&self) -> usize {
        let world = self.gms_state();
        let is_fresh = |member: &usize| {
            let said = self.values.get(&format!("q{member}"));
            said.is_some_and(|(at, value)| {
                let truth =
                    MetricValue::Seconds(f64::from(u32::try_from(world.base + member).unwrap()));
                at.elapsed() <= Duration::from_secs(6) && *value == Some(truth)
            })
        };
        (0..self.values.len()).filter(is_fresh).count()
    }

    fn last_connection_event(&self) -> &ConnectionEvent {
        &self.lines.last().unwrap().1
    }

    /// Questions of the last `seconds`.
    fn recent_requests(&self, seconds: u64) -> Vec<(usize, GmsRequest)> {
        let since = Instant::now() - Duration::from_secs(seconds);
        let world = self.gms_state();
        let late = world.log.iter().filter(|(at, ..)| since < *at);
        late.map(|(_, node, question)| (*node, question.clone()))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn all_values_are_said_every_round() {
    let mut scene = gms_fixture(1, 60);
    scene.receive_for(1).await;
    assert_eq!(scene.count_fresh(), 60);
    let broken = Some(Discontinuity::Start);
    let begun = [
        (0, ConnectionEvent::CatchingUp { broken }),
        (0, ConnectionEvent::Connected),
    ];
    assert_eq!(scene.lines, begun);

    scene.gms_state().base = 500;
    scene.receive_for(5).await;

    assert_eq!(scene.count_fresh(), 60);
    assert_eq!(scene.value_of(7), Some(507.0));
    assert_eq!(scene.lines.len(), 2);
    assert_eq!(scene.stats.statistics, 60);
    assert_eq!(scene.stats.address, "gms-0:8080");
    assert_eq!(scene.stats.transport, "polling");
    assert!(scene.stats.last_value_at.is_some() && scene.stats.signed_in_at.is_some());
}

async fn one_bad_costs_only_itself(flaw: StatisticFault) {
    let mut scene = gms_fixture(1, 200);
    scene.gms_state().faults.insert(77, flaw);
    scene.receive_for(3).await;
    assert_eq!(scene.count_fresh(), 199);
    assert_eq!(scene.value_of(77), None);
    assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);

    scene.receive_for(60).await;

    assert_eq!(scene.count_fresh(), 199);
    assert_eq!(scene.lines.len(), 2);
    let [note] = &scene.notes[..] else {
        panic!("{:?}", scene.notes);
    };
    let named = "GMS has no value for ExpectedWaitTime of Queue q77: it reports “";
    assert!(note.starts_with(named), "{note}");
    let [(name, _)] = &scene.stats.rejected[..] else {
        panic!("{:?}", scene.stats);
    };
    assert_eq!(&**name, "ExpectedWaitTime of Queue q77");
    // Every 30 s, and at the next question after it.
    let again = scene.recent_requests(40);
    let again = again
        .iter()
        .filter(|(_, question)| question.members().contains(&77));
    assert!((1..=2).contains(&again.count()));

    scene.gms_state().faults.clear();
    scene.receive_for(36).await;

    assert_eq!(scene.count_fresh(), 200);
    assert_eq!(scene.stats.rejected_count, 0);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_defined_among_200_costs_only_itself() {
    one_bad_costs_only_itself(StatisticFault::Undefined).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_among_200_costs_only_itself() {
    one_bad_costs_only_itself(StatisticFault::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn three_that_fail_while_others_are_well_are_three() {
    let mut scene = gms_fixture(1, 60);
    scene.receive_for(3).await;

    let three = [3, 4, 40].map(|member| (member, StatisticFault::Fails));
    scene.gms_state().faults.extend(three);
    scene.receive_for(10).await;

    assert_eq!(scene.count_fresh(), 57);
    assert_eq!(scene.stats.rejected_count, 3);
    assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);
}

#[tokio::test(start_paused = true)]
async fn what_a_batch_cannot_carry_is_asked_for_alone_and_stays_fresh() {
    let mut scene = gms_fixture(1, 60);
    scene
        .gms_state()
        .faults
        .insert(30, StatisticFault::FailsInBatch);

    scene.receive_for(20).await;

    assert_eq!(scene.count_fresh(), 60);
    assert_eq!(scene.notes, Vec::<String>::new());
    // Three batches, and those alone that were left when it was found.
    let asked = scene.recent_requests(5);
    assert_eq!(asked.len(), 6, "{asked:?}");
    assert!(asked.contains(&(0, GmsRequest::Single(30))));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_missing_is_unknown_for_that_one_only() {
    let mut scene = gms_fixture(1, 60);
    scene.receive_for(1).await;

    scene.gms_state().faults.insert(30, StatisticFault::Missing);
    scene.receive_for(5).await;

    assert_eq!(scene.count_fresh(), 59);
    assert_eq!(scene.value_of(30), None);
    assert_eq!(scene.stats.invalid, 1);
    assert_eq!(scene.stats.rejected_count, 0);
}

async fn a_stat_server_goes_and_comes(mood: NodeBehavior, queues: usize) {
    let mut scene = gms_fixture(1, queues);
    scene.receive_for(1).await;

    scene.gms_state().behaviors[0] = mood;
    scene.receive_for(6).await;
    let why = match scene.last_connection_event() {
        ConnectionEvent::Disconnected { why } => why.clone(),
        line => panic!("{line:?}"),
    };
    let words = match mood {
        NodeBehavior::Away => "GMS at gms-0:8080 has no Stat Server now: it reports “",
        _ => "GMS at gms-0:8080 fails for every statistic (“",
    };
    assert!(why.starts_with(words), "{why}");
    scene.receive_for(60).await;
    let questions = scene.recent_requests(30);
    assert!((8..=60).contains(&questions.len()), "{}", questions.len());
    let is_one = |(_, question): &(usize, GmsRequest)| matches!(question, GmsRequest::Single(_));
    assert!(questions.iter().all(is_one), "{questions:?}");
    assert_eq!(scene.notes.len(), 1, "{:?}", scene.notes);

    (scene.gms_state().behaviors[0], scene.gms_state().base) = (NodeBehavior::Healthy, 900);
    scene.lines.clear();
    scene.receive_for(5).await;

    let broken = Some(Discontinuity::Unavailable);
    let lines: Vec<_> = scene.lines.iter().map(|(_, line)| line.clone()).collect();
    let back = [
        ConnectionEvent::CatchingUp { broken },
        ConnectionEvent::Connected,
    ];
    assert!(lines.ends_with(&back), "{lines:?}");
    assert_eq!(scene.count_fresh(), queues);
    assert_eq!(scene.stats.rejected_count, 0);
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_that_is_away_makes_all_stale_until_it_is_back() {
    a_stat_server_goes_and_comes(NodeBehavior::Away, 60).await;
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_is_away_where_three_that_were_well_fail_alone() {
    a_stat_server_goes_and_comes(NodeBehavior::Failing, 60).await;
}

#[tokio::test(start_paused = true)]
async fn with_fewer_than_three_all_must_fail() {
    a_stat_server_goes_and_comes(NodeBehavior::Failing, 2).await;
    a_stat_server_goes_and_comes(NodeBehavior::Failing, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_that_is_away_from_the_start_is_waited_for() {
    for mood in [NodeBehavior::Away, NodeBehavior::Failing] {
        let mut scene = gms_fixture(1, 60);
        scene.gms_state().behaviors[0] = mood;
        scene.receive_for(20).await;
        assert!(matches!(
            scene.last_connection_event(),
            ConnectionEvent::Disconnected { .. }
        ));

        scene.gms_state().behaviors[0] = NodeBehavior::Healthy;
        scene.receive_for(5).await;

        assert_eq!(scene.count_fresh(), 60);
        assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);
    }
}

async fn the_next_node_serves_until_the_first_is_well(mood: NodeBehavior) {
    let mut scene = gms_fixture(3, 60);
    scene.receive_for(1).await;

    (scene.gms_state().behaviors[0], scene.gms_state().base) = (mood, 300);
    scene.receive_for(10).await;
    assert_eq!(scene.count_fresh(), 60, "{mood:?}");
    assert_eq!(scene.stats.address, "gms-1:8080");
    assert_eq!(scene.lines.len(), 2);
    assert!(scene.notes[0].ends_with("GMS at gms-1:8080 instead"));
    scene.receive_for(60).await;
    assert_eq!(scene.count_fresh(), 60, "{mood:?}");

    scene.gms_state().behaviors[0] = NodeBehavior::Healthy;
    scene.receive_for(30).await;

    assert_eq!(scene.stats.address, "gms-0:8080");
    assert_eq!(scene.count_fresh(), 60);
    assert_eq!(scene.lines.len(), 2);
    assert_eq!(scene.notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_node_is_asked_within_10_s_and_the_first_again_within_30_s() {
    let moods = [
        NodeBehavior::Down,
        NodeBehavior::Hung,
        NodeBehavior::Away,
        NodeBehavior::Failing,
        NodeBehavior::Busy(20),
    ];
    for mood in moods {
        the_next_node_serves_until_the_first_is_well(mood).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_refuses_us_is_asked_once_a_minute_while_another_serves() {
    let mut scene = gms_fixture(2, 60);
    scene.gms_state().behaviors[0] = NodeBehavior::Refusing;

    scene.receive_for(180).await;

    assert_eq!(scene.count_fresh(), 60);
    let asked = scene.recent_requests(180);
    let refused = asked.iter().filter(|(node, _)| *node == 0).count();
    assert!((2..=4).contains(&refused), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn where_all_refuse_us_they_are_asked_once_a_minute_or_when_told_to() {
    let mut scene = gms_fixture(2, 60);
    scene.gms_state().behaviors = vec![NodeBehavior::Refusing; 2];
    scene.receive_for(290).await;
    assert_eq!(scene.recent_requests(300).len(), 10);
    let ConnectionEvent::Disconnected { why } = scene.last_connection_event() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("check `username` and `password`"), "{why}");

    scene.gms_state().behaviors = vec![NodeBehavior::Healthy; 2];
    scene.retry.send_replace(());
    scene.receive_for(1).await;

    assert_eq!(scene.count_fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn the_only_node_is_left_alone_for_as_long_as_it_asks() {
    let mut scene = gms_fixture(1, 60);
    scene.receive_for(1).await;

    scene.gms_state().behaviors[0] = NodeBehavior::Busy(40);
    scene.receive_for(30).await;

    let ConnectionEvent::Disconnected { why } = scene.last_connection_event() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("limits the request rate"), "{why}");
    assert_eq!(scene.recent_requests(25), []);
    scene.gms_state().behaviors[0] = NodeBehavior::Healthy;
    scene.receive_for(25).await;
    assert_eq!(scene.count_fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn where_none_is_defined_it_says_so_and_goes_on_trying() {
    let mut scene = gms_fixture(1, 10);
    let all = (0..10).map(|member| (member, StatisticFault::Undefined));
    scene.gms_state().faults.extend(all);
    scene.receive_for(60).await;
    let ConnectionEvent::Disconnected { why } = scene.last_connection_event() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("knows none of the configured"), "{why}");

    scene.gms_state().faults.clear();
    scene.receive_for(40).await;

    assert_eq!(scene.count_fresh(), 10);
    assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_round_that_takes_longer_than_the_interval_leaves_ticks_out_and_says_so() {
    let mut scene = gms_fixture(1, 60);
    scene.gms_state().behaviors[0] = NodeBehavior::Slow(2);

    scene.receive_for(120).await;

    // Three batches of 2 s each round, every second tick.
    let asked = scene.recent_requests(60).len();
    assert!((15..=21).contains(&asked), "{asked}");
    assert_eq!(scene.notes.len(), 1, "{:?}", scene.notes);
    assert!(scene.notes[0].contains("longer than `interval`"));
}

#[tokio::test(start_paused = true)]
async fn nodes_that_need_long_are_given_it_in_the_end() {
    let mut scene = gms_fixture(2, 20);
    scene.gms_state().behaviors = vec![NodeBehavior::Slow(6); 2];

    scene.receive_for(60).await;

    assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);
    assert!(!scene.values.is_empty());
}

fn any_behavior() -> impl Strategy<Value = NodeBehavior> {
    prop_oneof![
        3 => Just(NodeBehavior::Healthy),
        1 => Just(NodeBehavior::Down),
        1 => Just(NodeBehavior::Hung),
        1 => Just(NodeBehavior::Away),
        1 => Just(NodeBehavior::Failing),
        1 => Just(NodeBehavior::Refusing),
        1 => (1_u64..60).prop_map(NodeBehavior::Busy),
        1 => (1_u64..6).prop_map(NodeBehavior::Slow),
    ]
}

fn any_fault() -> impl Strategy<Value = Option<StatisticFault>> {
    prop_oneof![
        Just(None),
        Just(Some(StatisticFault::Undefined)),
        Just(Some(StatisticFault::Fails)),
        Just(Some(StatisticFault::FailsInBatch)),
        Just(Some(StatisticFault::Missing)),
    ]
}

/// For so many seconds: the mood of each node, and a statistic with what befalls it.
type FaultSpell = (u64, [NodeBehavior; 2], usize, Option<StatisticFault>);

async fn run_spells(spells: Vec<FaultSpell>) {
    let mut scene = gms_fixture(2, 60);
    for (seconds, moods, member, flaw) in spells {
        {
            let mut world = scene.gms_state();
            world.behaviors = moods.to_vec();
            world.base += 100;
            match flaw {
                Some(flaw) => world.faults.insert(member, flaw),
                None => world.faults.remove(&member),
            };
        }
        scene.receive_for(seconds).await;
    }
    let bad = {
        let mut world = scene.gms_state();
        world.behaviors = vec![NodeBehavior::Healthy; 2];
        world.base += 100;
        let bad = world
            .faults
            .values()
            .filter(|flaw| **flaw != StatisticFault::FailsInBatch);
        bad.count()
    };
    // A refusal is held for a minute, and so is a wish to be left alone.
    scene.receive_for(75).await;

    assert_eq!(*scene.last_connection_event(), ConnectionEvent::Connected);
    assert_eq!(scene.count_fresh(), 60 - bad, "{:?}", scene.notes);
    assert_eq!(scene.stats.address, "gms-0:8080");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_it_ends_in_the_truth(
        spells in prop::collection::vec((0_u64..90, [any_behavior(), any_behavior()], 0_usize..60, any_fault()), 0..12),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(run_spells(spells));
    }
}
