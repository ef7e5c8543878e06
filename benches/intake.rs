//! A backlog consumed from `RabbitMQ` with acknowledgments, through decoder and fold. The baseline,
//! in turn: a bare lapin consumer at the same prefetch that parses nothing.

use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt};
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
        ConfirmSelectOptions, ExchangeDeclareOptions, QueueDeclareOptions,
    },
    types::FieldTable,
};
use wallboard_domain::{Input, SiteConfig, SourceId, SourceSetup};
use wallboard_live::{self as live, LiveHandle, LiveState, Snapshot};
use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};
use wallboard_sources::{
    LiveSource,
    vngage::{VngageSettings, VngageSource},
};

#[path = "../tests/it/support"]
#[expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared with the tests, which use all of it"
)]
mod support {
    mod certificates;
    mod ports;

    mod broker;
    pub use broker::Broker;
}

use support::Broker;

const EXCHANGE: &str = "integration";
const KEY: &str = "group.loadChanged";
const SOURCE: &str = "chat";
const OURS: &str = "wallboard";
const BARE: &str = "bare";
const PREFETCH: u16 = 300;
const MESSAGES: u32 = 60_000;
const TURNS: usize = 3;
/// Number of available deliveries that the bare consumer acknowledges at once, as we do.
const BATCH: usize = 64;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime
        .block_on(run())
        .expect("the broker accepts every operation");
}

async fn run() -> lapin::Result<()> {
    let broker = Broker::start();
    let url = broker.plain_url();
    let publisher = publisher(&url).await?;
    let mut wallboard = Wallboard::open(&url).await;

    println!(
        "{MESSAGES} messages of {KEY} waiting in RabbitMQ, prefetch {PREFETCH}; best of {TURNS} turns"
    );
    let (mut bare, mut ours) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        fill(&publisher, BARE).await?;
        bare = bare.min(drain_bare(&url).await?);
        fill(&publisher, OURS).await?;
        ours = ours.min(wallboard.drain().await);
    }

    let (bare, ours) = (per_second(bare), per_second(ours));
    println!("bare lapin consumer   {bare:>8.0} messages/s");
    println!("intake into the fold  {ours:>8.0} messages/s");
    println!("ratio                 {:>8.2} (target 0.70)", ours / bare);
    Ok(())
}

fn per_second(elapsed: Duration) -> f64 {
    f64::from(MESSAGES) / elapsed.as_secs_f64()
}

async fn publisher(url: &str) -> lapin::Result<Channel> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..Default::default()
    };
    let kind = ExchangeKind::Topic;
    channel
        .exchange_declare(EXCHANGE.into(), kind, durable, FieldTable::default())
        .await?;
    let durable = QueueDeclareOptions {
        durable: true,
        ..Default::default()
    };
    channel
        .queue_declare(BARE.into(), durable, FieldTable::default())
        .await?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    Ok(channel)
}

/// Puts a backlog into one of the queues.
async fn fill(channel: &Channel, queue: &str) -> lapin::Result<()> {
    for n in 0..MESSAGES {
        let body = format!(
            r#"{{"eventTime":"2026-11-20T09:00:00.{:03}Z","groupId":"3f2b8c1e-9d4a-4c77-8f10-6a5b3c2d{:04x}","numberOfAvailableAgents":{},"numberOfVisitorsInQueue":{},"numberOfVisitorsInConversation":{}}}"#,
            n % 1000,
            n % 50,
            n % 9,
            n % 31,
            n % 17
        );
        // Straight to one queue. The vendor's key is preserved by not binding anything else.
        let (exchange, key) = if queue == OURS {
            (EXCHANGE, KEY)
        } else {
            ("", queue)
        };
        let options = BasicPublishOptions::default();
        let properties = BasicProperties::default();
        channel
            .basic_publish(
                exchange.into(),
                key.into(),
                options,
                body.as_bytes(),
                properties,
            )
            .await?;
    }
    channel.wait_for_confirms().await?;
    Ok(())
}

async fn drain_bare(url: &str) -> lapin::Result<Duration> {
    let start = Instant::now();
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel
        .basic_qos(PREFETCH, BasicQosOptions::default())
        .await?;
    let options = BasicConsumeOptions::default();
    let mut consumer = channel
        .basic_consume(BARE.into(), "".into(), options, FieldTable::default())
        .await?;
    let mut received = 0;
    while received < MESSAGES {
        let Some(first) = consumer.next().await else {
            break;
        };
        let mut last = first?.delivery_tag;
        received += 1;
        for _ in 1..BATCH {
            let Some(Some(more)) = consumer.next().now_or_never() else {
                break;
            };
            last = more?.delivery_tag;
            received += 1;
        }
        channel
            .basic_ack(last, BasicAckOptions { multiple: true })
            .await?;
    }
    let elapsed = start.elapsed();
    connection.close(200, "done".into()).await?;
    Ok(elapsed)
}

/// The product's own path, up to the snapshot.
struct Wallboard {
    source: VngageSource,
    sender: IngestSender,
    live: LiveHandle,
}

impl Wallboard {
    /// Connects once, so that the queue and its bindings exist.
    async fn open(url: &str) -> Self {
        let clock = ProcessClock::start_now();
        let mut state = LiveState::default();
        state.apply_input(&Input::SiteConfig(site().into()), clock.now());
        let live = LiveHandle::new(clock.clone(), state);
        let (sender, receiver) = ingest::ingest_channel(clock.clone());
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        let source = VngageSource::new(VngageSettings {
            id: SourceId::from(SOURCE),
            url: url.to_owned(),
            exchange: EXCHANGE.into(),
            events_exchange: EXCHANGE.into(),
            queue: OURS.into(),
            prefetch: PREFETCH,
            ca_file: None,
            client: None,
            allow_plaintext: false,
            transcripts: None,
        });
        let mut wallboard = Self {
            source,
            sender,
            live,
        };
        wallboard.run_until(live::SourceSnapshot::is_live).await;
        wallboard
    }

    async fn drain(&mut self) -> Duration {
        let start = Instant::now();
        let before = self
            .live
            .read_snapshot(|snapshot, _| source(snapshot).counts.applied);
        let all = before + u64::from(MESSAGES);
        self.run_until(|source| all <= source.counts.applied).await;
        start.elapsed()
    }

    async fn run_until(&mut self, is_done: impl Fn(&live::SourceSnapshot) -> bool) {
        let live = &self.live;
        let done = async {
            let mut changes = live.subscribe_changes();
            while !live.read_snapshot(|snapshot, _| is_done(source(snapshot))) {
                changes
                    .changed()
                    .await
                    .expect("the live state keeps running");
            }
        };
        tokio::select! {
            Err(error) = self.source.run(&self.sender) => panic!("the source ended: {error}"),
            () = done => {}
        }
    }
}

fn site() -> SiteConfig {
    SiteConfig {
        sources: vec![SourceSetup::new(
            SourceId::from(SOURCE),
            wallboard_sources::vngage::KIND,
        )],
        ..SiteConfig::default()
    }
}

fn source(snapshot: &Snapshot) -> &live::SourceSnapshot {
    &snapshot.sources[&SourceId::from(SOURCE)]
}
