mod fake_gms;

use std::{collections::HashMap, convert::Infallible, sync::Arc, time::Duration};

use parking_lot::MutexGuard;
use proptest::prelude::*;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{LiveSource, supervise_source};
use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Input, Metric, MetricSubject, MetricValue,
    SourceDiagnostic, SourceId, SubscriptionStats, VendorValue,
};
use wallboard_runtime::{
    ingest::{self, IngestReceiver, IngestSender, ProcessClock},
    retry::TaskSignals,
};

use super::{GmsError, GmsRequest, GmsSettings, GmsSource, fixture};
use fake_gms::{FakeGms, FakeGmsState, NodeBehavior, StatisticFault};

/// The source with a fake GMS instead of HTTP.
struct FakeGmsSource(GmsSource, Arc<FakeGms>);

impl LiveSource for FakeGmsSource {
    type Error = GmsError;

    fn id(&self) -> &SourceId {
        self.0.id()
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, GmsError> {
        self.0.run_with(Arc::clone(&self.1), sender).await
    }
}

/// A running source and everything received from it, with seconds since its start.
struct GmsFixture {
    gms: Arc<FakeGms>,
    receiver: IngestReceiver,
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
    let (sender, receiver) = ingest::ingest_channel(ProcessClock::start_now());
    let gms = Arc::new(FakeGms::new(settings.base_urls.len()));
    let source = FakeGmsSource(GmsSource::new(settings), Arc::clone(&gms));
    let retry = watch::Sender::new(());
    let signals = TaskSignals {
        stop: CancellationToken::new(),
        retry: retry.subscribe(),
    };
    GmsFixture {
        gms,
        receiver,
        start: Instant::now(),
        retry,
        task: tokio::spawn(supervise_source(source, sender, signals)),
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
        self.gms.0.lock()
    }

    /// Receives inputs for the next `seconds`.
    async fn receive_for(&mut self, seconds: u64) {
        let end = Instant::now() + Duration::from_secs(seconds);
        while let Ok(batch) = timeout_at(end, self.receiver.batches.recv()).await {
            for input in batch.unwrap().inputs {
                self.observe_input(input);
            }
        }
    }

    fn observe_input(&mut self, input: Input) {
        let now = Instant::now();
        match input {
            Input::Connection(_, event) => self.lines.push(((now - self.start).as_secs(), event)),
            Input::Diagnostic(_, SourceDiagnostic::Failed { why }) => self.notes.push(why),
            Input::Diagnostic(_, SourceDiagnostic::SubscriptionStats(stats)) => {
                self.stats = *stats;
            }
            Input::Update(update) => {
                let Fact::VendorFigure(MetricSubject::Queue(id), report) = update.fact else {
                    panic!("{:?}", update.fact);
                };
                let VendorValue::Metric(Metric::ExpectedWait, value) = report.value else {
                    panic!("{:?}", report.value);
                };
                // 3 × `max_age` and `interval`, from the request on.
                let until = report
                    .valid_for_ms
                    .map(|millis| now + Duration::from_millis(millis.try_into().unwrap()));
                let is_requested_then = |(at, ..): &(Instant, usize, GmsRequest)| {
                    Some(*at + Duration::from_secs(11)) == until
                };
                let is_timed = self.gms_state().log.iter().any(is_requested_then);
                assert!(value.is_none() || is_timed, "{until:?}");
                self.values.insert(id.external.to_string(), (now, value));
            }
            other => panic!("{other:?}"),
        }
    }

    fn value_for(&self, member: usize) -> Option<f64> {
        let (_, value) = &self.values[&format!("q{member}")];
        value.map(MetricValue::as_number)
    }

    /// The number of statistics whose correct value arrived in the last interval.
    fn count_fresh(&self) -> usize {
        let state = self.gms_state();
        let is_fresh = |member: &usize| {
            let received = self.values.get(&format!("q{member}"));
            received.is_some_and(|(at, value)| {
                let expected =
                    MetricValue::Seconds(f64::from(u32::try_from(state.base + member).unwrap()));
                at.elapsed() <= Duration::from_secs(6) && *value == Some(expected)
            })
        };
        (0..self.values.len()).filter(is_fresh).count()
    }

    fn last_connection_event(&self) -> &ConnectionEvent {
        &self.lines.last().unwrap().1
    }

    /// The requests of the last `seconds`.
    fn recent_requests(&self, seconds: u64) -> Vec<(usize, GmsRequest)> {
        let since = Instant::now() - Duration::from_secs(seconds);
        let state = self.gms_state();
        let recent = state.log.iter().filter(|(at, ..)| since < *at);
        recent
            .map(|(_, node, request)| (*node, request.clone()))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn every_round_reports_all_values() {
    let mut context = gms_fixture(1, 60);
    context.receive_for(1).await;
    assert_eq!(context.count_fresh(), 60);
    let discontinuity = Some(Discontinuity::Start);
    let expected = [
        (0, ConnectionEvent::CatchingUp { discontinuity }),
        (0, ConnectionEvent::Connected),
    ];
    assert_eq!(context.lines, expected);

    context.gms_state().base = 500;
    context.receive_for(5).await;

    assert_eq!(context.count_fresh(), 60);
    assert_eq!(context.value_for(7), Some(507.0));
    assert_eq!(context.lines.len(), 2);
    assert_eq!(context.stats.statistics, 60);
    assert_eq!(context.stats.address, "gms-0:8080");
    assert_eq!(context.stats.transport, "polling");
    assert!(context.stats.last_value_at.is_some() && context.stats.signed_in_at.is_some());
}

async fn one_faulty_statistic_affects_only_itself(fault: StatisticFault) {
    let mut context = gms_fixture(1, 200);
    context.gms_state().faults.insert(77, fault);
    context.receive_for(3).await;
    assert_eq!(context.count_fresh(), 199);
    assert_eq!(context.value_for(77), None);
    assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);

    context.receive_for(60).await;

    assert_eq!(context.count_fresh(), 199);
    assert_eq!(context.lines.len(), 2);
    let [note] = &context.notes[..] else {
        panic!("{:?}", context.notes);
    };
    let prefix = "GMS has no value for ExpectedWaitTime of Queue q77: it reports “";
    assert!(note.starts_with(prefix), "{note}");
    let [(name, _)] = &context.stats.rejected[..] else {
        panic!("{:?}", context.stats);
    };
    assert_eq!(&**name, "ExpectedWaitTime of Queue q77");
    // Every 30 s, with the next request after that.
    let retries = context.recent_requests(40);
    let retries = retries
        .iter()
        .filter(|(_, request)| request.members().contains(&77));
    assert!((1..=2).contains(&retries.count()));

    context.gms_state().faults.clear();
    context.receive_for(36).await;

    assert_eq!(context.count_fresh(), 200);
    assert_eq!(context.stats.rejected_count, 0);
}

#[tokio::test(start_paused = true)]
async fn one_undefined_statistic_among_200_affects_only_itself() {
    one_faulty_statistic_affects_only_itself(StatisticFault::Undefined).await;
}

#[tokio::test(start_paused = true)]
async fn one_failing_statistic_among_200_affects_only_itself() {
    one_faulty_statistic_affects_only_itself(StatisticFault::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn three_failing_statistics_are_rejected_while_others_work() {
    let mut context = gms_fixture(1, 60);
    context.receive_for(3).await;

    let three = [3, 4, 40].map(|member| (member, StatisticFault::Fails));
    context.gms_state().faults.extend(three);
    context.receive_for(10).await;

    assert_eq!(context.count_fresh(), 57);
    assert_eq!(context.stats.rejected_count, 3);
    assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);
}

#[tokio::test(start_paused = true)]
async fn statistic_that_breaks_batches_is_requested_alone() {
    let mut context = gms_fixture(1, 60);
    context
        .gms_state()
        .faults
        .insert(30, StatisticFault::FailsInBatch);

    context.receive_for(20).await;

    assert_eq!(context.count_fresh(), 60);
    assert_eq!(context.notes, Vec::<String>::new());
    // Three batches, and single requests for those that remained when it was found.
    let requests = context.recent_requests(5);
    assert_eq!(requests.len(), 6, "{requests:?}");
    assert!(requests.contains(&(0, GmsRequest::Single(30))));
}

#[tokio::test(start_paused = true)]
async fn missing_value_is_unknown_for_that_statistic_only() {
    let mut context = gms_fixture(1, 60);
    context.receive_for(1).await;

    context
        .gms_state()
        .faults
        .insert(30, StatisticFault::Missing);
    context.receive_for(5).await;

    assert_eq!(context.count_fresh(), 59);
    assert_eq!(context.value_for(30), None);
    assert_eq!(context.stats.invalid, 1);
    assert_eq!(context.stats.rejected_count, 0);
}

async fn stat_server_goes_away_and_returns(behavior: NodeBehavior, queues: usize) {
    let mut context = gms_fixture(1, queues);
    context.receive_for(1).await;

    context.gms_state().behaviors[0] = behavior;
    context.receive_for(6).await;
    let why = match context.last_connection_event() {
        ConnectionEvent::Disconnected { why } => why.clone(),
        event => panic!("{event:?}"),
    };
    let prefix = match behavior {
        NodeBehavior::Away => "GMS at gms-0:8080 has no Stat Server now: it reports “",
        _ => "GMS at gms-0:8080 fails for every statistic (“",
    };
    assert!(why.starts_with(prefix), "{why}");
    context.receive_for(60).await;
    let requests = context.recent_requests(30);
    assert!((8..=60).contains(&requests.len()), "{}", requests.len());
    let is_one = |(_, request): &(usize, GmsRequest)| matches!(request, GmsRequest::Single(_));
    assert!(requests.iter().all(is_one), "{requests:?}");
    assert_eq!(context.notes.len(), 1, "{:?}", context.notes);

    (context.gms_state().behaviors[0], context.gms_state().base) = (NodeBehavior::Healthy, 900);
    context.lines.clear();
    context.receive_for(5).await;

    let discontinuity = Some(Discontinuity::Unavailable);
    let events: Vec<_> = context
        .lines
        .iter()
        .map(|(_, event)| event.clone())
        .collect();
    let expected = [
        ConnectionEvent::CatchingUp { discontinuity },
        ConnectionEvent::Connected,
    ];
    assert!(events.ends_with(&expected), "{events:?}");
    assert_eq!(context.count_fresh(), queues);
    assert_eq!(context.stats.rejected_count, 0);
}

#[tokio::test(start_paused = true)]
async fn unavailable_stat_server_disconnects_until_it_returns() {
    stat_server_goes_away_and_returns(NodeBehavior::Away, 60).await;
}

#[tokio::test(start_paused = true)]
async fn stat_server_is_down_if_three_healthy_statistics_fail_alone() {
    stat_server_goes_away_and_returns(NodeBehavior::Failing, 60).await;
}

#[tokio::test(start_paused = true)]
async fn with_fewer_than_three_statistics_all_must_fail() {
    stat_server_goes_away_and_returns(NodeBehavior::Failing, 2).await;
    stat_server_goes_away_and_returns(NodeBehavior::Failing, 1).await;
}

#[tokio::test(start_paused = true)]
async fn stat_server_missing_at_start_is_awaited() {
    for behavior in [NodeBehavior::Away, NodeBehavior::Failing] {
        let mut context = gms_fixture(1, 60);
        context.gms_state().behaviors[0] = behavior;
        context.receive_for(20).await;
        assert!(matches!(
            context.last_connection_event(),
            ConnectionEvent::Disconnected { .. }
        ));

        context.gms_state().behaviors[0] = NodeBehavior::Healthy;
        context.receive_for(5).await;

        assert_eq!(context.count_fresh(), 60);
        assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);
    }
}

async fn next_node_takes_over_until_the_first_recovers(behavior: NodeBehavior) {
    let mut context = gms_fixture(3, 60);
    context.receive_for(1).await;

    (context.gms_state().behaviors[0], context.gms_state().base) = (behavior, 300);
    context.receive_for(10).await;
    assert_eq!(context.count_fresh(), 60, "{behavior:?}");
    assert_eq!(context.stats.address, "gms-1:8080");
    assert_eq!(context.lines.len(), 2);
    assert!(context.notes[0].ends_with("GMS at gms-1:8080 instead"));
    context.receive_for(60).await;
    assert_eq!(context.count_fresh(), 60, "{behavior:?}");

    context.gms_state().behaviors[0] = NodeBehavior::Healthy;
    context.receive_for(30).await;

    assert_eq!(context.stats.address, "gms-0:8080");
    assert_eq!(context.count_fresh(), 60);
    assert_eq!(context.lines.len(), 2);
    assert_eq!(context.notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn fails_over_within_10_s_and_back_within_30_s() {
    let behaviors = [
        NodeBehavior::Down,
        NodeBehavior::Hung,
        NodeBehavior::Away,
        NodeBehavior::Failing,
        NodeBehavior::Busy(20),
    ];
    for behavior in behaviors {
        next_node_takes_over_until_the_first_recovers(behavior).await;
    }
}

#[tokio::test(start_paused = true)]
async fn node_that_denies_access_is_tried_once_a_minute() {
    let mut context = gms_fixture(2, 60);
    context.gms_state().behaviors[0] = NodeBehavior::Refusing;

    context.receive_for(180).await;

    assert_eq!(context.count_fresh(), 60);
    let requests = context.recent_requests(180);
    let refused = requests.iter().filter(|(node, _)| *node == 0).count();
    assert!((2..=4).contains(&refused), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn if_all_nodes_deny_access_retries_each_minute_or_on_request() {
    let mut context = gms_fixture(2, 60);
    context.gms_state().behaviors = vec![NodeBehavior::Refusing; 2];
    context.receive_for(290).await;
    assert_eq!(context.recent_requests(300).len(), 10);
    let ConnectionEvent::Disconnected { why } = context.last_connection_event() else {
        panic!("{:?}", context.lines);
    };
    assert!(why.contains("check `username` and `password`"), "{why}");

    context.gms_state().behaviors = vec![NodeBehavior::Healthy; 2];
    context.retry.send_replace(());
    context.receive_for(1).await;

    assert_eq!(context.count_fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn only_node_is_not_queried_while_it_limits_requests() {
    let mut context = gms_fixture(1, 60);
    context.receive_for(1).await;

    context.gms_state().behaviors[0] = NodeBehavior::Busy(40);
    context.receive_for(30).await;

    let ConnectionEvent::Disconnected { why } = context.last_connection_event() else {
        panic!("{:?}", context.lines);
    };
    assert!(why.contains("limits the request rate"), "{why}");
    assert_eq!(context.recent_requests(25), []);
    context.gms_state().behaviors[0] = NodeBehavior::Healthy;
    context.receive_for(25).await;
    assert_eq!(context.count_fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn reports_when_no_statistic_is_defined_and_keeps_retrying() {
    let mut context = gms_fixture(1, 10);
    let all = (0..10).map(|member| (member, StatisticFault::Undefined));
    context.gms_state().faults.extend(all);
    context.receive_for(60).await;
    let ConnectionEvent::Disconnected { why } = context.last_connection_event() else {
        panic!("{:?}", context.lines);
    };
    assert!(why.contains("knows none of the configured"), "{why}");

    context.gms_state().faults.clear();
    context.receive_for(40).await;

    assert_eq!(context.count_fresh(), 10);
    assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);
}

#[tokio::test(start_paused = true)]
async fn slow_round_skips_ticks_and_is_reported_once() {
    let mut context = gms_fixture(1, 60);
    context.gms_state().behaviors[0] = NodeBehavior::Slow(2);

    context.receive_for(120).await;

    // Three batches of 2 s each round, every second tick.
    let requests = context.recent_requests(60).len();
    assert!((15..=21).contains(&requests), "{requests}");
    assert_eq!(context.notes.len(), 1, "{:?}", context.notes);
    assert!(context.notes[0].contains("longer than `interval`"));
}

#[tokio::test(start_paused = true)]
async fn slow_nodes_eventually_get_enough_time() {
    let mut context = gms_fixture(2, 20);
    context.gms_state().behaviors = vec![NodeBehavior::Slow(6); 2];

    context.receive_for(60).await;

    assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);
    assert!(!context.values.is_empty());
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

/// A period in seconds, the behavior of each node, and a statistic with its fault.
type FaultSpell = (u64, [NodeBehavior; 2], usize, Option<StatisticFault>);

async fn run_spells(spells: Vec<FaultSpell>) {
    let mut context = gms_fixture(2, 60);
    for (seconds, behaviors, member, fault) in spells {
        {
            let mut state = context.gms_state();
            state.behaviors = behaviors.to_vec();
            state.base += 100;
            match fault {
                Some(fault) => state.faults.insert(member, fault),
                None => state.faults.remove(&member),
            };
        }
        context.receive_for(seconds).await;
    }
    let faulty = {
        let mut state = context.gms_state();
        state.behaviors = vec![NodeBehavior::Healthy; 2];
        state.base += 100;
        let faulty = state
            .faults
            .values()
            .filter(|fault| **fault != StatisticFault::FailsInBatch);
        faulty.count()
    };
    // Denied access and rate limits each last up to a minute.
    context.receive_for(75).await;

    assert_eq!(*context.last_connection_event(), ConnectionEvent::Connected);
    assert_eq!(context.count_fresh(), 60 - faulty, "{:?}", context.notes);
    assert_eq!(context.stats.address, "gms-0:8080");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn recovers_to_correct_values_after_any_faults(
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
