mod vendor;

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
    domain::{Account, Break, Fact, Input, Line, Metric, Note, SourceId, Stated, Subject, Value},
    intake::{self, Clock, Inlet, Outlet},
    retry::Orders,
    sources::{Source, supervise},
};

use super::{Error, Gms, Question, Settings, fixture};
use vendor::{Flaw, Mood, Vendor, World};

/// The source, with a made-up GMS in place of the line.
struct Played(Gms, Arc<Vendor>);

impl Source for Played {
    type Error = Error;

    fn id(&self) -> &SourceId {
        self.0.id()
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, Error> {
        self.0.work(Arc::clone(&self.1), outlet).await
    }
}

/// A source at work, and what was heard of it by the second since its start.
struct Scene {
    vendor: Arc<Vendor>,
    inlet: Inlet,
    start: Instant,
    again: watch::Sender<()>,
    task: JoinHandle<()>,
    lines: Vec<(u64, Line)>,
    values: HashMap<String, (Instant, Option<Value>)>,
    notes: Vec<String>,
    account: Account,
}

fn scene(nodes: usize, queues: usize) -> Scene {
    scene_with(fixture::settings(nodes, queues))
}

fn scene_with(settings: Settings) -> Scene {
    let (outlet, inlet) = intake::door(Clock::start());
    let vendor = Arc::new(Vendor::new(settings.base_urls.len()));
    let source = Played(Gms::new(settings), Arc::clone(&vendor));
    let again = watch::Sender::new(());
    let orders = Orders {
        stop: CancellationToken::new(),
        retry: again.subscribe(),
    };
    Scene {
        vendor,
        inlet,
        start: Instant::now(),
        again,
        task: tokio::spawn(supervise(source, outlet, orders)),
        lines: Vec::new(),
        values: HashMap::new(),
        notes: Vec::new(),
        account: Account::default(),
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scene {
    fn world(&self) -> MutexGuard<'_, World> {
        self.vendor.0.lock().unwrap()
    }

    /// Hears what is said in the next `seconds`.
    async fn hear(&mut self, seconds: u64) {
        let end = Instant::now() + Duration::from_secs(seconds);
        while let Ok(batch) = timeout_at(end, self.inlet.batches.recv()).await {
            for input in batch.unwrap().inputs {
                self.take(input);
            }
        }
    }

    fn take(&mut self, input: Input) {
        let now = Instant::now();
        match input {
            Input::Line(_, line) => self.lines.push(((now - self.start).as_secs(), line)),
            Input::Note(_, Note::Failed { why }) => self.notes.push(why),
            Input::Note(_, Note::Account(account)) => self.account = *account,
            Input::Update(update) => {
                let Fact::Stated(Subject::Queue(id), statement) = update.fact else {
                    panic!("{:?}", update.fact);
                };
                let Stated::Figure(Metric::ExpectedWait, value) = statement.stated else {
                    panic!("{:?}", statement.stated);
                };
                // 3 × `max_age` and `interval`.
                assert!(value.is_none() || statement.holds == Some(11_000));
                self.values.insert(id.external.to_string(), (now, value));
            }
            other => panic!("{other:?}"),
        }
    }

    fn value(&self, member: usize) -> Option<f64> {
        let (_, value) = &self.values[&format!("q{member}")];
        value.map(Value::number)
    }

    /// How many statistics have their true value, heard in the last interval.
    fn fresh(&self) -> usize {
        let world = self.world();
        let is_fresh = |member: &usize| {
            let said = self.values.get(&format!("q{member}"));
            said.is_some_and(|(at, value)| {
                let truth = Value::Seconds(f64::from(u32::try_from(world.base + member).unwrap()));
                at.elapsed() <= Duration::from_secs(6) && *value == Some(truth)
            })
        };
        (0..self.values.len()).filter(is_fresh).count()
    }

    fn last_line(&self) -> &Line {
        &self.lines.last().unwrap().1
    }

    /// Questions of the last `seconds`.
    fn asked(&self, seconds: u64) -> Vec<(usize, Question)> {
        let since = Instant::now() - Duration::from_secs(seconds);
        let world = self.world();
        let late = world.log.iter().filter(|(at, ..)| since < *at);
        late.map(|(_, node, question)| (*node, question.clone()))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn all_values_are_said_every_round() {
    let mut scene = scene(1, 60);
    scene.hear(1).await;
    assert_eq!(scene.fresh(), 60);
    let broken = Some(Break::Start);
    let begun = [(0, Line::CatchingUp { broken }), (0, Line::Connected)];
    assert_eq!(scene.lines, begun);

    scene.world().base = 500;
    scene.hear(5).await;

    assert_eq!(scene.fresh(), 60);
    assert_eq!(scene.value(7), Some(507.0));
    assert_eq!(scene.lines.len(), 2);
    assert_eq!(scene.account.statistics, 60);
    assert_eq!(scene.account.address, "gms-0:8080");
    assert_eq!(scene.account.transport, "polling");
    assert!(scene.account.told.is_some() && scene.account.signed_in.is_some());
}

async fn one_bad_costs_only_itself(flaw: Flaw) {
    let mut scene = scene(1, 200);
    scene.world().flaws.insert(77, flaw);
    scene.hear(3).await;
    assert_eq!(scene.fresh(), 199);
    assert_eq!(scene.value(77), None);
    assert_eq!(*scene.last_line(), Line::Connected);

    scene.hear(60).await;

    assert_eq!(scene.fresh(), 199);
    assert_eq!(scene.lines.len(), 2);
    let [note] = &scene.notes[..] else {
        panic!("{:?}", scene.notes);
    };
    let named = "GMS has no value for ExpectedWaitTime of Queue q77: it reports “";
    assert!(note.starts_with(named), "{note}");
    let [(name, _)] = &scene.account.refused[..] else {
        panic!("{:?}", scene.account);
    };
    assert_eq!(&**name, "ExpectedWaitTime of Queue q77");
    // Every 30 s, and at the next question after it.
    let again = scene.asked(40);
    let again = again
        .iter()
        .filter(|(_, question)| question.members().contains(&77));
    assert!((1..=2).contains(&again.count()));

    scene.world().flaws.clear();
    scene.hear(36).await;

    assert_eq!(scene.fresh(), 200);
    assert_eq!(scene.account.all_refused, 0);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_defined_among_200_costs_only_itself() {
    one_bad_costs_only_itself(Flaw::Undefined).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_fails_among_200_costs_only_itself() {
    one_bad_costs_only_itself(Flaw::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn three_that_fail_while_others_are_well_are_three() {
    let mut scene = scene(1, 60);
    scene.hear(3).await;

    let three = [3, 4, 40].map(|member| (member, Flaw::Fails));
    scene.world().flaws.extend(three);
    scene.hear(10).await;

    assert_eq!(scene.fresh(), 57);
    assert_eq!(scene.account.all_refused, 3);
    assert_eq!(*scene.last_line(), Line::Connected);
}

#[tokio::test(start_paused = true)]
async fn what_a_batch_cannot_carry_is_asked_for_alone_and_stays_fresh() {
    let mut scene = scene(1, 60);
    scene.world().flaws.insert(30, Flaw::Lonely);

    scene.hear(20).await;

    assert_eq!(scene.fresh(), 60);
    assert_eq!(scene.notes, Vec::<String>::new());
    // Three batches, and those alone that were left when it was found.
    let asked = scene.asked(5);
    assert_eq!(asked.len(), 6, "{asked:?}");
    assert!(asked.contains(&(0, Question::Alone(30))));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_missing_is_unknown_for_that_one_only() {
    let mut scene = scene(1, 60);
    scene.hear(1).await;

    scene.world().flaws.insert(30, Flaw::Missing);
    scene.hear(5).await;

    assert_eq!(scene.fresh(), 59);
    assert_eq!(scene.value(30), None);
    assert_eq!(scene.account.invalid, 1);
    assert_eq!(scene.account.all_refused, 0);
}

async fn a_stat_server_goes_and_comes(mood: Mood, queues: usize) {
    let mut scene = scene(1, queues);
    scene.hear(1).await;

    scene.world().moods[0] = mood;
    scene.hear(6).await;
    let why = match scene.last_line() {
        Line::Away { why } => why.clone(),
        line => panic!("{line:?}"),
    };
    let words = match mood {
        Mood::Away => "GMS at gms-0:8080 has no Stat Server now: it reports “",
        _ => "GMS at gms-0:8080 fails for every statistic (“",
    };
    assert!(why.starts_with(words), "{why}");
    scene.hear(60).await;
    let questions = scene.asked(30);
    assert!((8..=60).contains(&questions.len()), "{}", questions.len());
    let is_one = |(_, question): &(usize, Question)| matches!(question, Question::Alone(_));
    assert!(questions.iter().all(is_one), "{questions:?}");
    assert_eq!(scene.notes.len(), 1, "{:?}", scene.notes);

    (scene.world().moods[0], scene.world().base) = (Mood::Well, 900);
    scene.lines.clear();
    scene.hear(5).await;

    let broken = Some(Break::Unavailable);
    let lines: Vec<_> = scene.lines.iter().map(|(_, line)| line.clone()).collect();
    let back = [Line::CatchingUp { broken }, Line::Connected];
    assert!(lines.ends_with(&back), "{lines:?}");
    assert_eq!(scene.fresh(), queues);
    assert_eq!(scene.account.all_refused, 0);
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_that_is_away_makes_all_stale_until_it_is_back() {
    a_stat_server_goes_and_comes(Mood::Away, 60).await;
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_is_away_where_three_that_were_well_fail_alone() {
    a_stat_server_goes_and_comes(Mood::Failing, 60).await;
}

#[tokio::test(start_paused = true)]
async fn with_fewer_than_three_all_must_fail() {
    a_stat_server_goes_and_comes(Mood::Failing, 2).await;
    a_stat_server_goes_and_comes(Mood::Failing, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_stat_server_that_is_away_from_the_start_is_waited_for() {
    for mood in [Mood::Away, Mood::Failing] {
        let mut scene = scene(1, 60);
        scene.world().moods[0] = mood;
        scene.hear(20).await;
        assert!(matches!(scene.last_line(), Line::Away { .. }));

        scene.world().moods[0] = Mood::Well;
        scene.hear(5).await;

        assert_eq!(scene.fresh(), 60);
        assert_eq!(*scene.last_line(), Line::Connected);
    }
}

async fn the_next_node_serves_until_the_first_is_well(mood: Mood) {
    let mut scene = scene(3, 60);
    scene.hear(1).await;

    (scene.world().moods[0], scene.world().base) = (mood, 300);
    scene.hear(10).await;
    assert_eq!(scene.fresh(), 60, "{mood:?}");
    assert_eq!(scene.account.address, "gms-1:8080");
    assert_eq!(scene.lines.len(), 2);
    assert!(scene.notes[0].ends_with("GMS at gms-1:8080 instead"));
    scene.hear(60).await;
    assert_eq!(scene.fresh(), 60, "{mood:?}");

    scene.world().moods[0] = Mood::Well;
    scene.hear(30).await;

    assert_eq!(scene.account.address, "gms-0:8080");
    assert_eq!(scene.fresh(), 60);
    assert_eq!(scene.lines.len(), 2);
    assert_eq!(scene.notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_node_is_asked_within_10_s_and_the_first_again_within_30_s() {
    let moods = [
        Mood::Down,
        Mood::Hung,
        Mood::Away,
        Mood::Failing,
        Mood::Busy(20),
    ];
    for mood in moods {
        the_next_node_serves_until_the_first_is_well(mood).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_refuses_us_is_asked_once_a_minute_while_another_serves() {
    let mut scene = scene(2, 60);
    scene.world().moods[0] = Mood::Refusing;

    scene.hear(180).await;

    assert_eq!(scene.fresh(), 60);
    let asked = scene.asked(180);
    let refused = asked.iter().filter(|(node, _)| *node == 0).count();
    assert!((2..=4).contains(&refused), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn where_all_refuse_us_they_are_asked_once_a_minute_or_when_told_to() {
    let mut scene = scene(2, 60);
    scene.world().moods = vec![Mood::Refusing; 2];
    scene.hear(290).await;
    assert_eq!(scene.asked(300).len(), 10);
    let Line::Away { why } = scene.last_line() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("check `username` and `password`"), "{why}");

    scene.world().moods = vec![Mood::Well; 2];
    scene.again.send_replace(());
    scene.hear(1).await;

    assert_eq!(scene.fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn the_only_node_is_left_alone_for_as_long_as_it_asks() {
    let mut scene = scene(1, 60);
    scene.hear(1).await;

    scene.world().moods[0] = Mood::Busy(40);
    scene.hear(30).await;

    let Line::Away { why } = scene.last_line() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("limits the request rate"), "{why}");
    assert_eq!(scene.asked(25), []);
    scene.world().moods[0] = Mood::Well;
    scene.hear(25).await;
    assert_eq!(scene.fresh(), 60);
}

#[tokio::test(start_paused = true)]
async fn where_none_is_defined_it_says_so_and_goes_on_trying() {
    let mut scene = scene(1, 10);
    let all = (0..10).map(|member| (member, Flaw::Undefined));
    scene.world().flaws.extend(all);
    scene.hear(60).await;
    let Line::Away { why } = scene.last_line() else {
        panic!("{:?}", scene.lines);
    };
    assert!(why.contains("knows none of the configured"), "{why}");

    scene.world().flaws.clear();
    scene.hear(40).await;

    assert_eq!(scene.fresh(), 10);
    assert_eq!(*scene.last_line(), Line::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_round_that_takes_longer_than_the_interval_leaves_ticks_out_and_says_so() {
    let mut scene = scene(1, 60);
    scene.world().moods[0] = Mood::Slow(2);

    scene.hear(120).await;

    // Three batches of 2 s each round, every second tick.
    let asked = scene.asked(60).len();
    assert!((15..=21).contains(&asked), "{asked}");
    assert_eq!(scene.notes.len(), 1, "{:?}", scene.notes);
    assert!(scene.notes[0].contains("longer than `interval`"));
}

#[tokio::test(start_paused = true)]
async fn nodes_that_need_long_are_given_it_in_the_end() {
    let mut scene = scene(2, 20);
    scene.world().moods = vec![Mood::Slow(6); 2];

    scene.hear(60).await;

    assert_eq!(*scene.last_line(), Line::Connected);
    assert!(!scene.values.is_empty());
}

fn moods() -> impl Strategy<Value = Mood> {
    prop_oneof![
        3 => Just(Mood::Well),
        1 => Just(Mood::Down),
        1 => Just(Mood::Hung),
        1 => Just(Mood::Away),
        1 => Just(Mood::Failing),
        1 => Just(Mood::Refusing),
        1 => (1_u64..60).prop_map(Mood::Busy),
        1 => (1_u64..6).prop_map(Mood::Slow),
    ]
}

fn flaws() -> impl Strategy<Value = Option<Flaw>> {
    prop_oneof![
        Just(None),
        Just(Some(Flaw::Undefined)),
        Just(Some(Flaw::Fails)),
        Just(Some(Flaw::Lonely)),
        Just(Some(Flaw::Missing)),
    ]
}

/// For so many seconds: the mood of each node, and a statistic with what befalls it.
type Spell = (u64, [Mood; 2], usize, Option<Flaw>);

async fn goes_through(spells: Vec<Spell>) {
    let mut scene = scene(2, 60);
    for (seconds, moods, member, flaw) in spells {
        {
            let mut world = scene.world();
            world.moods = moods.to_vec();
            world.base += 100;
            match flaw {
                Some(flaw) => world.flaws.insert(member, flaw),
                None => world.flaws.remove(&member),
            };
        }
        scene.hear(seconds).await;
    }
    let bad = {
        let mut world = scene.world();
        world.moods = vec![Mood::Well; 2];
        world.base += 100;
        let bad = world.flaws.values().filter(|flaw| **flaw != Flaw::Lonely);
        bad.count()
    };
    // A refusal is held for a minute, and so is a wish to be left alone.
    scene.hear(75).await;

    assert_eq!(*scene.last_line(), Line::Connected);
    assert_eq!(scene.fresh(), 60 - bad, "{:?}", scene.notes);
    assert_eq!(scene.account.address, "gms-0:8080");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_it_ends_in_the_truth(
        spells in prop::collection::vec((0_u64..90, [moods(), moods()], 0_usize..60, flaws()), 0..12),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(goes_through(spells));
    }
}
