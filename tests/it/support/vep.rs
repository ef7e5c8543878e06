//! The vendor's side of the line: publishes what happens in a [`Centre`], as untidily
//! as the vendor may, and answers `configuration.agent.collect` with everything.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::StreamExt;
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
    centre::{Centre, Message},
};

/// The vendor's throttling interval.
pub const THROTTLE: Duration = Duration::from_secs(2);
const COLLECT: &str = "configuration.agent.collect";

/// How untidily is published, as shares of all messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mess {
    /// Sent twice, the second time later.
    pub twice: f64,
    /// Held back and overtaken by up to `window` others.
    pub late: f64,
    pub window: usize,
    /// Further messages that nobody can read.
    pub poison: f64,
}

impl Mess {
    pub const TIDY: Mess = Mess {
        twice: 0.0,
        late: 0.0,
        window: 0,
        poison: 0.0,
    };
    pub const UNTIDY: Mess = Mess {
        twice: 0.2,
        late: 0.2,
        window: 50,
        poison: 0.02,
    };
}

/// A vendor with one exchange. Its timers run until it is dropped.
#[derive(Debug)]
pub struct Vep {
    /// Keeps the connection open.
    connection: Connection,
    desk: Arc<Mutex<Desk>>,
    tasks: Vec<JoinHandle<()>>,
}

/// What one happening after the other goes through.
#[derive(Debug)]
pub struct Desk {
    pub centre: Centre,
    pub mess: Mess,
    /// How often everything was asked for.
    pub collected: usize,
    channel: Channel,
    exchange: String,
    random: StdRng,
    held: VecDeque<(&'static str, Vec<u8>)>,
}

impl Vep {
    pub async fn open(broker: &Broker, exchange: &str, kind: ExchangeKind, seed: u64) -> Self {
        Self::reopen(broker, exchange, kind, Centre::new(seed)).await
    }

    /// The same centre on a new connection, as after the broker was away.
    pub async fn reopen(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        centre: Centre,
    ) -> Self {
        Self::start(broker, exchange, kind, centre, true).await
    }

    /// A vendor that says nothing by itself and answers nothing.
    pub async fn reopen_mute(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        centre: Centre,
    ) -> Self {
        Self::start(broker, exchange, kind, centre, false).await
    }

    async fn start(
        broker: &Broker,
        exchange: &str,
        kind: ExchangeKind,
        centre: Centre,
        is_talkative: bool,
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
        let desk = Arc::new(Mutex::new(Desk {
            centre,
            mess: Mess::TIDY,
            collected: 0,
            channel: channel.clone(),
            exchange: exchange.into(),
            random: StdRng::seed_from_u64(1),
            held: VecDeque::new(),
        }));
        let mut tasks = Vec::new();
        if is_talkative {
            let asked = listen_for_collect(&channel, exchange).await;
            tasks.push(tokio::spawn(answer_collect(asked, desk.clone())));
            tasks.push(tokio::spawn(tell_timers(desk.clone())));
        }
        Self {
            connection,
            desk,
            tasks,
        }
    }

    pub async fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().await
    }

    /// Lets `rate` things happen each second for `time`, then sends all that was held back.
    pub async fn run(&self, rate: u32, time: Duration, mess: Mess) {
        let start = Instant::now();
        let mut pace = interval(Duration::from_millis(10));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut happened = 0;
        self.desk().await.mess = mess;
        while start.elapsed() < time {
            pace.tick().await;
            let due = f64::from(rate) * start.elapsed().as_secs_f64();
            let mut desk = self.desk().await;
            while f64::from(happened) < due {
                happened += 1;
                let said = desk.centre.happen();
                desk.publish(said).await;
            }
        }
        self.settle().await;
    }

    /// Everything held back is sent, and the broker has it all.
    pub async fn settle(&self) {
        let mut desk = self.desk().await;
        desk.mess = Mess::TIDY;
        desk.flush().await;
        desk.channel.wait_for_confirms().await.unwrap();
    }

    /// Ends the connection in order and gives back the centre.
    pub async fn close(self) -> Centre {
        self.stop();
        // The broker may be gone already.
        self.connection.close(200, "bye".into()).await.ok();
        std::mem::replace(&mut self.desk.lock().await.centre, Centre::new(0))
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

impl Desk {
    /// Publishes what was said, as untidily as agreed.
    pub async fn publish(&mut self, said: Vec<Message>) {
        for message in said {
            let body = serde_json::to_vec(&message.body).unwrap();
            if self.happens(self.mess.poison) {
                let (key, poison) = self.poison(&body);
                self.send(key, &poison).await;
            }
            if self.happens(self.mess.late) {
                self.held.push_back((message.key, body));
            } else {
                self.send(message.key, &body).await;
                if self.happens(self.mess.twice) {
                    self.held.push_back((message.key, body));
                }
            }
            while self.held.len() > self.mess.window {
                self.release().await;
            }
        }
    }

    /// Publishes bytes as they are. Where the broker is away the message is lost, as the vendor's are.
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
        // Confirms are awaited together, in `settle`.
        drop(confirm);
    }

    async fn flush(&mut self) {
        while !self.held.is_empty() {
            self.release().await;
        }
    }

    /// Sends one of those held back, any of them.
    async fn release(&mut self) {
        let n = self.random.random_range(0..self.held.len());
        let (key, body) = self.held.swap_remove_back(n).unwrap();
        self.send(key, &body).await;
    }

    fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.random.random_bool(share)
    }

    /// Something under a known or unknown key that holds nothing to be used.
    fn poison(&mut self, body: &[u8]) -> (&'static str, Vec<u8>) {
        let key = [
            "group.loadChanged",
            "case.opened",
            "configuration.agent",
            "group.newThing",
        ];
        let key = key[self.random.random_range(0..key.len())];
        let body = match self.random.random_range(0..5) {
            0 => body[..body.len() / 2].to_vec(),
            1 => b"{\"eventTime\":\"\xff\xfe\"}".to_vec(),
            2 => [b"[".repeat(10_000), b"]".repeat(10_000)].concat(),
            3 => b"{\"groupId\":7,\"caseId\":[],\"agentId\":{},\"eventTime\":\"soon\"}".to_vec(),
            _ => Vec::new(),
        };
        (key, body)
    }
}

async fn listen_for_collect(channel: &Channel, exchange: &str) -> Consumer {
    let nothing = FieldTable::default();
    let ours = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = channel
        .queue_declare("".into(), ours, nothing.clone())
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

/// Everything is told anew whenever the wallboard asks for it.
async fn answer_collect(mut asked: Consumer, desk: Arc<Mutex<Desk>>) {
    while let Some(Ok(_)) = asked.next().await {
        let mut desk = desk.lock().await;
        desk.collected += 1;
        let all = desk.centre.everything();
        desk.publish(all).await;
    }
}

async fn tell_timers(desk: Arc<Mutex<Desk>>) {
    let mut throttle = interval(THROTTLE);
    loop {
        throttle.tick().await;
        let mut desk = desk.lock().await;
        let timers = desk.centre.timers();
        desk.publish(timers).await;
    }
}
