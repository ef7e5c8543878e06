//! Everything that can happen to the machines of a cluster, in random order and under traffic. Each node's
//! screens, pages and API are judged throughout: nothing unmarked is old, and values are up to date again within
//! 12 s wherever a majority and the broker live.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use lapin::ExchangeKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::Mutex,
    task::{JoinHandle, block_in_place},
    time::{Instant, sleep},
};

use crate::{
    cluster_faults::ACCOUNTED,
    cluster_kills::NEXT_UPDATE_WITHIN,
    support::{
        Broker, NatsCluster, Vep, VngageSource, Wallboard, is_nightly,
        judge::{self, Judge},
        machines::{MachineFault, Machines},
        onlookers::Onlookers,
        print_measured, shown, wait_until,
    },
    vngage_breaks::check_no_contradiction,
    worst_day::{CURRENT, publish_traffic},
};

const NAME: &str = "cluster-worst-day";
const FAULTS: u64 = 60;
const SOON: Duration = Duration::from_secs(45);
/// How often each page of each node is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(600);
/// By then, everything is marked that the leader no longer updates.
const MARKED: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Something happens to a machine, for so many seconds. `is_with_nats`: to its NATS server too.
    Machine {
        fault: MachineFault,
        is_leader: bool,
        is_with_nats: bool,
        seconds: u64,
    },
    /// The clock of a machine is so many seconds ahead for so long.
    Clock {
        ahead: i64,
        is_leader: bool,
        seconds: u64,
    },
    /// Two of three NATS servers are gone, or hang.
    StolenQuorum { is_killed: bool, seconds: u64 },
}

const SHORT: [Fault; 3] = [
    Fault::Machine {
        fault: MachineFault::PowerLoss,
        is_leader: true,
        is_with_nats: false,
        seconds: 6,
    },
    Fault::Clock {
        ahead: -3_600,
        is_leader: true,
        seconds: 6,
    },
    Fault::StolenQuorum {
        is_killed: false,
        seconds: 6,
    },
];

impl Fault {
    fn draw(random: &mut StdRng) -> Self {
        let is_leader = random.random_ratio(2, 3);
        let seconds = random.random_range(6..25);
        let fault = match random.random_range(0..10) {
            0..2 => MachineFault::Hang,
            2..4 => MachineFault::PowerLoss,
            4..6 => MachineFault::Cut,
            6 => MachineFault::Kill,
            7..9 => {
                let ahead = [-3_600, 3_600][random.random_range(0..2)];
                return Self::Clock {
                    ahead,
                    is_leader,
                    seconds,
                };
            }
            _ => {
                let is_killed = random.random();
                return Self::StolenQuorum { is_killed, seconds };
            }
        };
        Self::Machine {
            fault,
            is_leader,
            is_with_nats: random.random_ratio(1, 3),
            seconds,
        }
    }
}

struct ClusterDay {
    machines: Machines,
    nats: NatsCluster,
    vep: Arc<Mutex<Option<Vep>>>,
    judge: Arc<Judge>,
    traffic: JoinHandle<()>,
    onlookers: Vec<Onlookers>,
    slowest: Duration,
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_shows_nothing_old_as_current_and_recovers_within_12_s() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let (seed, faults) = if is_nightly() {
        let seed = number("WORST_DAY_SEED").unwrap_or_else(rand::random);
        let count = number("WORST_DAY_FAULTS").unwrap_or(FAULTS);
        let mut random = StdRng::seed_from_u64(seed);
        (seed, (0..count).map(|_| Fault::draw(&mut random)).collect())
    } else {
        (1, SHORT.to_vec())
    };
    let mut random = StdRng::seed_from_u64(seed);
    println!("seed {seed}, {} faults", faults.len());
    let mut day = ClusterDay::begin(seed).await;
    for (number, fault) in faults.into_iter().enumerate() {
        let leader = day.machines.nodes.wait_until_settled().await;
        day.judge.begin(&format!("{number} {fault:?}"));
        let machine = |is_leader| if is_leader { leader } else { (leader + 1) % 3 };
        let took = match fault {
            Fault::Machine {
                fault,
                is_leader,
                is_with_nats,
                seconds,
            } => {
                let machine = machine(is_leader);
                day.break_machine(machine, fault, is_with_nats, seconds)
                    .await
            }
            Fault::Clock {
                ahead,
                is_leader,
                seconds,
            } => day.set_clock(machine(is_leader), ahead, seconds).await,
            Fault::StolenQuorum { is_killed, seconds } => {
                day.steal_quorum(is_killed, seconds).await
            }
        };
        println!("{number} {fault:?}: up to date again after {took:.1?}");
        sleep(Duration::from_millis(random.random_range(500..3_000))).await;
    }
    day.end().await;
}

impl ClusterDay {
    async fn begin(seed: u64) -> Self {
        let broker = Broker::shared();
        let nats = block_in_place(NatsCluster::start_current);
        let vep = Vep::open(broker, NAME, ExchangeKind::Topic, seed).await;
        vep.state().await.center.numbers_availability = true;
        let history = vep.state().await.center.history.clone();
        let source = shown::prepare(VngageSource::plain(broker, NAME));
        let ports = nats.servers.each_ref().map(|server| server.port);
        let machines = Machines::start(broker, &source, &ports, "replicas = 3\n").await;
        let vep = Arc::new(Mutex::new(Some(vep)));
        let mut day = Self {
            machines,
            nats,
            judge: Judge::new(history),
            traffic: tokio::spawn(publish_traffic(vep.clone())),
            onlookers: Vec::new(),
            vep,
            slowest: Duration::ZERO,
        };
        day.recover(Instant::now()).await;
        day.judge.begin_day();
        day.look_everywhere().await;
        day.slowest = Duration::ZERO;
        day
    }

    /// Looks at each node from now on.
    async fn look_everywhere(&mut self) {
        let groups = {
            let vep = self.vep.lock().await;
            vep.as_ref().unwrap().state().await.center.group_ids()
        };
        let nodes = &self.machines.nodes;
        self.onlookers =
            Onlookers::gather_at_nodes(nodes, &groups, &self.judge, LOOK_INTERVAL).await;
    }

    async fn break_machine(
        &mut self,
        machine: usize,
        fault: MachineFault,
        is_with_nats: bool,
        seconds: u64,
    ) -> Duration {
        let began = Instant::now();
        self.machines.cause(machine, fault);
        let nats = &self.nats.servers[machine];
        if is_with_nats {
            nats.signal("-STOP");
        }
        sleep(MARKED).await;
        let took = self.recover(began).await;
        sleep(Duration::from_secs(seconds).saturating_sub(began.elapsed())).await;
        let nats = &self.nats.servers[machine];
        if is_with_nats && fault == MachineFault::Hang {
            nats.signal("-CONT");
        } else if is_with_nats {
            block_in_place(|| {
                nats.kill();
                nats.start_again();
            });
        }
        self.machines.repair(machine).await;
        if is_with_nats {
            // Until it has caught up, the loss of another server leaves no majority.
            block_in_place(|| self.nats.wait_until_ready());
        }
        took
    }

    async fn set_clock(&mut self, machine: usize, ahead: i64, seconds: u64) -> Duration {
        let began = Instant::now();
        self.machines.clocks[machine].set_ahead(ahead);
        sleep(MARKED).await;
        let took = self.recover_except(Some(machine), began).await;
        sleep(Duration::from_secs(seconds).saturating_sub(began.elapsed())).await;
        self.machines.clocks[machine].set_ahead(0);
        took
    }

    async fn steal_quorum(&mut self, is_killed: bool, seconds: u64) -> Duration {
        let servers = &self.nats.servers[1..];
        for server in servers {
            if is_killed {
                server.kill();
            } else {
                server.signal("-STOP");
            }
        }
        sleep(Duration::from_secs(seconds)).await;
        block_in_place(|| {
            for server in servers {
                if is_killed {
                    server.start_again();
                } else {
                    server.signal("-CONT");
                }
            }
            self.nats.wait_until_ready();
        });
        self.recover(Instant::now()).await
    }

    /// Waits until all nodes without a fault are up to date and right. Returns how long after `began`.
    async fn recover(&mut self, began: Instant) -> Duration {
        self.recover_except(None, began).await
    }

    /// A node whose clock is wrong may stay marked.
    async fn recover_except(&mut self, wrong: Option<usize>, began: Instant) -> Duration {
        let wrong = wrong.map(|wrong| self.machines.nodes.0[wrong].port);
        for node in self.machines.alive() {
            while Some(node.port) != wrong
                && let Err(error) = self.check_current(node).await
            {
                if SOON < began.elapsed() {
                    let sentence = format!("not up to date: {error}");
                    self.judge
                        .find("recovery", began.elapsed().as_secs_f64(), &sentence);
                    break;
                }
                sleep(Duration::from_millis(25)).await;
            }
        }
        let took = began.elapsed().saturating_sub(self.judge.lateness());
        self.slowest = self.slowest.max(took);
        if NEXT_UPDATE_WITHIN < took {
            let sentence = format!("up to date after {took:.1?}");
            self.judge.find("recovery", took.as_secs_f64(), &sentence);
        }
        took
    }

    async fn check_current(&self, node: &Wallboard) -> Result<(), String> {
        let queues = node.get("/api/v1/queues").await?;
        self.judge
            .check_current(&shown::of_queues(&queues), CURRENT)
    }

    /// Ends the traffic and judges what is left.
    async fn end(mut self) {
        self.judge.begin("at rest");
        self.machines.nodes.wait_until_settled().await;
        // Between two runs: a vendor that stops halfway through one has lost messages.
        let mut traffic = self.vep.lock().await;
        for onlookers in self.onlookers.drain(..) {
            onlookers.leave();
        }
        assert!(!self.traffic.is_finished(), "the traffic has ended");
        self.traffic.abort();
        let vep = traffic.take().unwrap();
        drop(traffic);
        vep.drain().await;
        for node in &self.machines.nodes.0 {
            wait_until("nothing is wrong", ACCOUNTED, async || {
                check_no_contradiction(node, &vep).await
            })
            .await;
            let site = node.get("/api/v1/site").await.unwrap();
            println!("{}", self.judge.day_in_short(&site));
            self.judge.judge_day(&site);
        }
        let (oldest, lateness) = self.judge.extremes();
        let slowest = self.slowest;
        print_measured("up to date again, at worst", slowest, NEXT_UPDATE_WITHIN);
        print_measured(
            "oldest unmarked value that is allowed",
            oldest,
            judge::OLDEST,
        );
        print_measured("this process was late by", lateness, "any");
        let looks = self.judge.looks.load(Relaxed);
        let values = self.judge.values.load(Relaxed);
        let findings = self.judge.findings();
        let what = format!("findings in {looks} looks at {values} values");
        print_measured(&what, findings.len(), 0);
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}
