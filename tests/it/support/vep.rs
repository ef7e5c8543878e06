//! The vendor's side of the connection: publishes the events of a [`ContactCenter`] as messily as
//! the vendor may, and answers `configuration.agent.collect` with the full state.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::{FutureExt, StreamExt};
use lapin::{
    BasicProperties, Channel, Connection, Consumer, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
        QueueBindOptions, QueueDeclareOptions,
    },
    types::FieldTable,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::{Mutex, MutexGuard},
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    Broker,
    contact_center::{ContactCenter, Message},
};

/// The vendor's throttling interval.
pub const THROTTLE: Duration = Duration::from_secs(2);
const COLLECT: &str = "configuration.agent.collect";

/// Disorder in publishing, as shares of all messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disorder {
    /// Sent twice, the second time later.
    pub duplicated: f64,
    /// Delayed and overtaken by up to `window` others.
    pub delayed: f64,
    pub window: usize,
    /// Additional unreadable messages.
    pub malformed: f64,
}

impl Disorder {
    pub const NONE: Disorder = Disorder {
        duplicated: 0.0,
        delayed: 0.0,
        window: 0,
        malformed: 0.0,
    };
    pub const HIGH: Disorder = Disorder {
        duplicated: 0.2,
        delayed: 0.2,
        window: 50,
        malformed: 0.02,
    };
}

/// A vendor with one exchange. Publishes timers until it's dropped.
#[derive(Debug)]
pub struct Vep {
    /// Keeps the connection open.
    connection: Connection,
    state: Arc<Mutex<VepState>>,
    tasks: Vec<JoinHandle<()>>,
}

/// The contact center and the publishing state behind one lock.
#[derive(Debug)]
pub struct VepState {
    pub center: ContactCenter,
    pub disorder: Disorder,
    /// Number of collect requests received.
    pub collect_count: usize,
    channel: Channel,
    exchange: String,
    random: StdRng,
    delayed_messages: VecDeque<(&'static str, Vec<u8>)>,
}

impl Vep {
    /// Panics if another test uses the exchange.
    pub async fn open(broker: &Broker, exchange: &str, kind: ExchangeKind, seed: u64) -> Self {
        broker.reserve_exchange(exchange);
        Self::reopen(broker, exchange, kind, ContactCenter::new(seed)).await
    }

    /// Puts the same contact center on a new connection, as after a broker restart.
    pub async fn reopen(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        center: ContactCenter,
    ) -> Self {
        Self::start(broker, exchange, kind, center, true).await
    }

    /// Starts a vendor that publishes nothing by itself and answers nothing.
    pub async fn reopen_silent(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        center: ContactCenter,
    ) -> Self {
        Self::start(broker, exchange, kind, center, false).await
    }

    async fn start(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        center: ContactCenter,
        is_active: bool,
    ) -> Self {
        let connection = broker.connect().await;
        let channel = connection.create_channel().await.unwrap();
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await
            .unwrap();
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        channel
            .exchange_declare(exchange.into(), kind, durable, FieldTable::default())
            .await
            .unwrap();
        let state = Arc::new(Mutex::new(VepState {
            center,
            disorder: Disorder::NONE,
            collect_count: 0,
            channel: channel.clone(),
            exchange: exchange.into(),
            random: StdRng::seed_from_u64(1),
            delayed_messages: VecDeque::new(),
        }));
        let mut tasks = Vec::new();
        if is_active {
            let requests = consume_collect_requests(&channel, exchange).await;
            tasks.push(tokio::spawn(answer_collect(requests, state.clone())));
            tasks.push(tokio::spawn(publish_timers(state.clone())));
        }
        Self {
            connection,
            state,
            tasks,
        }
    }

    pub async fn state(&self) -> MutexGuard<'_, VepState> {
        self.state.lock().await
    }

    /// Generates `rate` events per second for `time`, then sends all delayed messages. A busy machine
    /// takes longer for as many.
    pub async fn run(&self, rate: u32, time: Duration, disorder: Disorder) {
        let start = Instant::now();
        let mut ticker = interval(Duration::from_millis(10));
        ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut generated = 0;
        self.state().await.disorder = disorder;
        let all = f64::from(rate) * time.as_secs_f64();
        while f64::from(generated) < all {
            ticker.tick().await;
            let due = all.min(f64::from(rate) * start.elapsed().as_secs_f64());
            let mut state = self.state().await;
            while f64::from(generated) < due {
                generated += 1;
                let messages = state.center.next_event();
                state.publish(messages).await;
            }
        }
        self.drain().await;
    }

    /// Generates events until `work` ends. Ends between two runs: a vendor that stops halfway through
    /// one has lost messages.
    pub async fn run_during(&self, rate: u32, disorder: Disorder, work: impl Future<Output = ()>) {
        let is_working = AtomicBool::new(true);
        let traffic = async {
            while is_working.load(Relaxed) {
                self.run(rate, Duration::from_secs(2), disorder).await;
            }
        };
        tokio::join!(work.map(|()| is_working.store(false, Relaxed)), traffic);
    }

    /// Sends all delayed messages and waits until the broker has confirmed everything.
    pub async fn drain(&self) {
        let mut state = self.state().await;
        state.disorder = Disorder::NONE;
        state.flush().await;
        state.channel.wait_for_confirms().await.unwrap();
    }

    /// Closes the connection in an orderly way and returns the contact center.
    pub async fn close(self) -> ContactCenter {
        self.stop();
        // The broker may already be gone.
        self.connection.close(200, "bye".into()).await.ok();
        std::mem::replace(&mut self.state.lock().await.center, ContactCenter::new(0))
    }

    fn stop(&self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Drop for Vep {
    fn drop(&mut self) {
        self.stop();
    }
}

impl VepState {
    /// Publishes messages with the configured disorder.
    pub async fn publish(&mut self, messages: Vec<Message>) {
        for message in messages {
            let body = serde_json::to_vec(&message.body).unwrap();
            if self.with_probability(self.disorder.malformed) {
                let (key, body) = self.malformed_message(message.key, &body);
                self.send(key, &body).await;
            }
            if self.with_probability(self.disorder.delayed) {
                self.delayed_messages.push_back((message.key, body));
            } else {
                self.send(message.key, &body).await;
                if self.with_probability(self.disorder.duplicated) {
                    self.delayed_messages.push_back((message.key, body));
                }
            }
            while self.delayed_messages.len() > self.disorder.window {
                self.send_delayed().await;
            }
        }
    }

    /// Publishes raw bytes. While the broker is down the message is lost, like the vendor's own.
    pub async fn send(&self, key: &str, body: &[u8]) {
        let confirm = self
            .channel
            .basic_publish(
                self.exchange.as_str().into(),
                key.into(),
                BasicPublishOptions::default(),
                body,
                BasicProperties::default(),
            )
            .await;
        // `drain` awaits all confirms together.
        drop(confirm);
    }

    async fn flush(&mut self) {
        while !self.delayed_messages.is_empty() {
            self.send_delayed().await;
        }
    }

    /// Sends a random delayed message.
    async fn send_delayed(&mut self) {
        let n = self.random.random_range(0..self.delayed_messages.len());
        let (key, body) = self.delayed_messages.swap_remove_back(n).unwrap();
        self.send(key, &body).await;
    }

    fn with_probability(&mut self, share: f64) -> bool {
        share > 0.0 && self.random.random_bool(share)
    }

    /// Returns a malformed message under a known or unknown key. Half a message keeps its key: under
    /// another one it could report a case that never opened.
    fn malformed_message(&mut self, own: &'static str, body: &[u8]) -> (&'static str, Vec<u8>) {
        let key = [
            "group.loadChanged",
            "case.opened",
            "configuration.agent",
            "group.newThing",
        ];
        let key = key[self.random.random_range(0..key.len())];
        let body = match self.random.random_range(0..5) {
            0 => return (own, body[..body.len() / 2].to_vec()),
            1 => b"{\"eventTime\":\"\xff\xfe\"}".to_vec(),
            2 => [b"[".repeat(10_000), b"]".repeat(10_000)].concat(),
            3 => b"{\"groupId\":7,\"caseId\":[],\"agentId\":{},\"eventTime\":\"soon\"}".to_vec(),
            _ => Vec::new(),
        };
        (key, body)
    }
}

async fn consume_collect_requests(channel: &Channel, exchange: &str) -> Consumer {
    let nothing = FieldTable::default();
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = channel
        .queue_declare("".into(), options, nothing.clone())
        .await
        .unwrap();
    let name = queue.name().clone();
    let bind = QueueBindOptions::default();
    channel
        .queue_bind(
            name.clone(),
            exchange.into(),
            COLLECT.into(),
            bind,
            nothing.clone(),
        )
        .await
        .unwrap();
    let no_ack = BasicConsumeOptions {
        no_ack: true,
        ..Default::default()
    };
    channel
        .basic_consume(name, "vep".into(), no_ack, nothing)
        .await
        .unwrap()
}

/// Publishes the full state whenever the wallboard requests it.
async fn answer_collect(mut requests: Consumer, state: Arc<Mutex<VepState>>) {
    while let Some(Ok(_)) = requests.next().await {
        let mut state = state.lock().await;
        state.collect_count += 1;
        let all = state.center.full_state();
        state.publish(all).await;
    }
}

async fn publish_timers(state: Arc<Mutex<VepState>>) {
    let mut throttle = interval(THROTTLE);
    loop {
        throttle.tick().await;
        let mut state = state.lock().await;
        let timers = state.center.timers();
        state.publish(timers).await;
    }
}
