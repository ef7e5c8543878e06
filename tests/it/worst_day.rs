//! Everything that can happen on one machine, in random order and under traffic. Screens, pages and
//! the API are judged throughout: nothing unmarked is old, and no contact is lost without a gap.

mod fault;

use std::{
    fs,
    process::{Command, Stdio},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::Mutex,
    task::{JoinHandle, block_in_place},
    time::sleep,
};

use crate::{
    support::{
        Broker, Disorder, NetworkCondition, Process, Proxy, Vep, VngageSource, Wallboard,
        is_nightly,
        judge::{self, Judge},
        mixed_site,
        numbered_voice::NumberedVoice,
        onlookers::Onlookers,
        ports, print_measured,
        pushed_orders::PushedOrders,
        shown, tier,
    },
    vngage_breaks::check_no_contradiction,
};

use fault::{Fault, SHORT};

const NAME: &str = "worst-day";
/// Events per second.
const RATE: u32 = 25;
const DISORDER: Disorder = Disorder {
    duplicated: 0.1,
    delayed: 0.0,
    window: 20,
    malformed: 0.0,
};
const SOON: Duration = Duration::from_secs(30);
/// Until the queues are right again after a fault.
const RECOVERED_WITHIN: Duration = Duration::from_secs(10);
/// The same of a vendor whose server has stopped: it has to find out that our session is gone.
const VOICE_RECOVERED_WITHIN: Duration = Duration::from_secs(15);
/// How old a value may be that counts as right, under traffic.
pub const CURRENT: Duration = Duration::from_secs(3);
/// How often each surface is looked at. A screen is looked at whenever a frame arrives.
const LOOK_INTERVAL: Duration = Duration::from_millis(300);

/// A wallboard behind a proxy, traffic, and everybody who looks.
struct Day {
    broker: Arc<Broker>,
    proxy: Proxy,
    source: VngageSource,
    vep: Arc<Mutex<Option<Vep>>>,
    voice: NumberedVoice,
    _orders: PushedOrders,
    wallboard: Wallboard,
    judge: Arc<Judge>,
    random: StdRng,
    traffic: JoinHandle<()>,
    onlookers: Option<Onlookers>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn worst_day_shows_nothing_old_as_current_and_loses_no_contact() {
    let (seed, faults) = draw_faults();
    println!("seed {seed}, {} faults", faults.len());
    let mut day = Day::begin(seed).await;
    let mut slowest = Duration::ZERO;
    for (number, fault) in faults.iter().enumerate() {
        let before = day.gaps().await;
        let began = judge::now();
        day.judge.begin(&format!("{number} {fault:?}"));
        day.cause(*fault).await;
        let recovered = day.recover(fault.recovers_within()).await;
        slowest = recovered.max(slowest);
        let after = day.gaps().await;
        println!(
            "{number} {fault:?}: right after {recovered:.1?}, {} gaps",
            after.len()
        );
        // Nobody knows when the entries were written that can't be read.
        if !matches!(fault, Fault::FlippedBytes) {
            day.judge
                .judge_gaps(fault.loses_messages(), &before, &after, began);
        }
        let pause = Duration::from_millis(day.random.random_range(1_000..4_000));
        sleep(pause).await;
    }
    day.judge.begin("at rest");
    day.end().await;

    let judge = &day.judge;
    let (oldest, lateness) = judge.extremes();
    print_measured(
        "right again after a fault, at worst",
        slowest,
        VOICE_RECOVERED_WITHIN,
    );
    print_measured(
        "oldest unmarked value that is allowed",
        oldest,
        judge::OLDEST,
    );
    print_measured("this process was late by", lateness, "any");
    let (looks, values) = (judge.looks.load(Relaxed), judge.values.load(Relaxed));
    let findings = judge.findings();
    print_measured(
        &format!("findings in {looks} looks at {values} values"),
        findings.len(),
        0,
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Returns a seed and its faults. `WORST_DAY_SEED` repeats a day, `WORST_DAY_FAULTS` shortens it.
fn draw_faults() -> (u64, Vec<Fault>) {
    let number = |name| std::env::var(name).ok().map(|text| text.parse().unwrap());
    if !is_nightly() {
        return (1, SHORT.to_vec());
    }
    let seed = number("WORST_DAY_SEED").unwrap_or_else(rand::random);
    let count = number("WORST_DAY_FAULTS").unwrap_or(200);
    let mut random = StdRng::seed_from_u64(seed);
    (seed, (0..count).map(|_| Fault::draw(&mut random)).collect())
}

impl Day {
    async fn begin(seed: u64) -> Self {
        // One of our own, since it's restarted too.
        let broker = Arc::new(block_in_place(Broker::start));
        let proxy = Proxy::to(broker.plain_port).await;
        let vep = Vep::open(&broker, NAME, ExchangeKind::Topic, seed).await;
        vep.state().await.center.numbers_availability = true;
        let history = vep.state().await.center.history.clone();
        let source = VngageSource::plain(&broker, NAME).via_proxy(proxy.port);
        let (source, voice) = {
            let center = &vep.state().await.center;
            mixed_site::mix_into(source, center, history.clone()).await
        };
        let wallboard = Wallboard::serve(source.clone()).await;
        wallboard.wait_for_state("live", SOON).await;
        let vep = Arc::new(Mutex::new(Some(vep)));
        let orders = PushedOrders::start(wallboard.url("/api/v1/values"), history.clone());
        let mut day = Self {
            broker,
            proxy,
            source,
            judge: Judge::new(history),
            traffic: tokio::spawn(publish_traffic(vep.clone())),
            onlookers: None,
            vep,
            voice,
            _orders: orders,
            wallboard,
            random: StdRng::seed_from_u64(seed),
        };
        day.recover(VOICE_RECOVERED_WITHIN).await;
        day.judge.begin_day();
        day.look_everywhere().await;
        sleep(tier(1, 20)).await;
        day
    }

    /// Looks at every surface from now on.
    async fn look_everywhere(&mut self) {
        let groups = {
            let vep = self.vep.lock().await;
            vep.as_ref().unwrap().state().await.center.group_ids()
        };
        let url = self.wallboard.url("");
        let mut onlookers = Onlookers::gather("", &url, &groups, &self.judge, LOOK_INTERVAL).await;
        onlookers.look_at_mixed_site().await;
        onlookers.count_the_day();
        self.onlookers = Some(onlookers);
    }

    async fn cause(&mut self, fault: Fault) {
        let seconds = Duration::from_secs;
        match fault {
            Fault::Kill => {
                self.wallboard.stop("-KILL");
                sleep(Duration::from_millis(self.random.random_range(0..2_000))).await;
                self.wallboard.start_again().await;
            }
            Fault::Pause(time) => {
                self.wallboard.signal("-STOP");
                sleep(seconds(time)).await;
                self.wallboard.signal("-CONT");
            }
            Fault::PauseAndCut(time) => {
                self.wallboard.signal("-STOP");
                sleep(seconds(time) / 2).await;
                self.proxy.cut();
                sleep(seconds(time) / 2).await;
                self.wallboard.signal("-CONT");
            }
            Fault::Cut(time) => {
                self.proxy.set(NetworkCondition::Refusing);
                self.proxy.cut();
                sleep(seconds(time)).await;
                self.proxy.set(NetworkCondition::Normal);
            }
            Fault::HalfOpen(time) | Fault::DeadLine(time) => {
                self.proxy.set(NetworkCondition::Silent);
                sleep(seconds(time)).await;
                if matches!(fault, Fault::DeadLine(_)) {
                    self.proxy.cut();
                }
                self.proxy.set(NetworkCondition::Normal);
            }
            Fault::BrokerRestart => self.restart_broker().await,
            Fault::StandBy(time) => {
                self.wallboard.stop("-KILL");
                let mut stand_by = Wallboard::serve(self.source.clone()).await;
                stand_by.wait_for_state("live", SOON).await;
                sleep(seconds(time)).await;
                stand_by.stop(["-TERM", "-KILL"][self.random.random_range(0..2)]);
                self.wallboard.start_again().await;
            }
            Fault::OldFolder {
                seconds: age,
                is_consistent,
            } => {
                if is_consistent {
                    self.wallboard.signal("-STOP");
                }
                let copy = block_in_place(|| self.wallboard.copy_data());
                if is_consistent {
                    self.wallboard.signal("-CONT");
                }
                sleep(seconds(age)).await;
                self.wallboard.stop("-KILL");
                block_in_place(|| self.wallboard.restore_data(&copy));
                self.wallboard.start_again().await;
            }
            Fault::FlippedBytes => {
                self.wallboard.stop("-KILL");
                self.flip_bytes();
                self.wallboard.start_again().await;
            }
            Fault::SecondServer => self.start_second().await,
            Fault::VoiceStop(time) => self.voice.pause(seconds(time)).await,
            Fault::VoiceCut(time) => {
                self.voice.proxy.set(NetworkCondition::Refusing);
                self.voice.proxy.cut();
                sleep(seconds(time)).await;
                self.voice.proxy.set(NetworkCondition::Normal);
            }
            Fault::VoiceDeadLine(time) => {
                self.voice.proxy.set(NetworkCondition::Silent);
                sleep(seconds(time)).await;
                self.voice.proxy.cut();
                self.voice.proxy.set(NetworkCondition::Normal);
            }
        }
    }

    /// Restarts the broker. What Vngage publishes meanwhile is lost.
    async fn restart_broker(&self) {
        let mut vep = self.vep.lock().await;
        let center = vep.take().unwrap().close().await;
        block_in_place(|| {
            self.broker.stop();
            self.broker.start_again();
        });
        *vep = Some(Vep::reopen(&self.broker, NAME, ExchangeKind::Topic, center).await);
    }

    /// Flips bytes in the log's newest entries.
    fn flip_bytes(&mut self) {
        let path = self.wallboard.file("wallboard-log.db-wal");
        let mut bytes = fs::read(&path).unwrap();
        for _ in 0..40 {
            let at = self.random.random_range(0..bytes.len());
            bytes[at] ^= 1 << self.random.random_range(0..8);
        }
        fs::write(&path, bytes).unwrap();
    }

    /// Starts a second server on the same data folder, which must refuse to run.
    async fn start_second(&self) {
        let folder = tempfile::tempdir().unwrap();
        let port = ports::free();
        let database = self.wallboard.file("wallboard.db").display().to_string();
        let configuration = self.source.configuration(port, port);
        let configuration = configuration.replace("wallboard.db", &database);
        let path = folder.path().join("wallboard.toml");
        fs::write(&path, configuration).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        command.args(["serve", "--config"]).arg(path);
        command.envs(self.source.environment());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut second = Process::start(&mut command);
        let began = Instant::now();
        while began.elapsed() < RECOVERED_WITHIN {
            if let Some(status) = second.try_wait().unwrap() {
                assert!(!status.success());
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        self.judge.find("second server", 0.0, "it runs");
    }

    /// Waits until all queues are up to date and right. Returns how long that took.
    async fn recover(&self, within: Duration) -> Duration {
        self.settle("recovery", within, async || {
            let queues = self.wallboard.get("/api/v1/queues").await?;
            self.judge
                .check_current(&shown::of_queues(&queues), CURRENT)
        })
        .await
    }

    /// Waits until a check holds. Returns how long that took; too long is a finding.
    async fn settle(
        &self,
        what: &str,
        within: Duration,
        check: impl AsyncFn() -> Result<(), String>,
    ) -> Duration {
        let began = Instant::now();
        loop {
            let result = check().await;
            let time = began.elapsed().saturating_sub(self.judge.lateness());
            match result {
                Ok(()) if time <= within => return time,
                Err(_) if began.elapsed() < SOON => sleep(Duration::from_millis(25)).await,
                late => {
                    let sentence = format!("not right after {time:.1?}: {late:?}");
                    self.judge.find(what, time.as_secs_f64(), &sentence);
                    return time;
                }
            }
        }
    }

    async fn gaps(&self) -> Vec<(i64, i64)> {
        let site = self.wallboard.get("/api/v1/site").await.unwrap();
        judge::gaps_of(&site["metrics"]["offered"])
    }

    /// Ends the traffic and judges what is left.
    async fn end(&mut self) {
        // Between two runs: a vendor that stops halfway through one has lost messages.
        let mut traffic = self.vep.lock().await;
        self.onlookers.take().unwrap().leave();
        assert!(!self.traffic.is_finished(), "the traffic has ended");
        self.traffic.abort();
        let vep = traffic.take().unwrap();
        drop(traffic);
        vep.drain().await;
        self.settle("everything", RECOVERED_WITHIN, async || {
            let checked = check_no_contradiction(&self.wallboard, &vep).await;
            checked.map_err(|wrong| wrong.join(", "))
        })
        .await;
        let site = self.wallboard.get("/api/v1/site").await.unwrap();
        let metrics = &site["metrics"];
        for metric in ["offered", "answered", "abandoned"] {
            println!("{metric}: {}", metrics[metric]);
        }
        assert!(metrics["offered"]["value"].is_u64(), "{metrics}");
        println!("{}", self.judge.day_in_short(&site));
        println!("values: {}", self.judge.values_by_surface());
        self.judge.judge_day(&site);
    }
}

/// Publishes random events, and each second a new number of available agents for every group.
pub async fn publish_traffic(vep: Arc<Mutex<Option<Vep>>>) {
    for run in 0_u64.. {
        let vep = vep.lock().await;
        let Some(vep) = vep.as_ref() else { return };
        vep.run(RATE, Duration::from_millis(250), DISORDER).await;
        if run % 4 == 0 {
            let mut state = vep.state().await;
            for group in 0..state.center.groups.len() {
                let messages = state.center.change_availability_of(group);
                state.publish(messages).await;
            }
        }
    }
}
