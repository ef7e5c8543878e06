//! The connection to NATS with `JetStream`, and the names of what a site has there. Knows neither the
//! log nor records.

mod fault;

#[cfg(any(test, feature = "testing"))]
#[path = "../../../tests/it/support/ports.rs"]
#[allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "belongs to the integration tests too"
)]
mod ports;
#[cfg(any(test, feature = "testing"))]
#[path = "../../../tests/it/support/nats.rs"]
#[allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "belongs to the integration tests too"
)]
pub mod test_server;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_nats::{
    Client, ConnectOptions, Event, ServerError,
    connection::State,
    jetstream::{
        self, Context,
        context::CreateStreamError,
        kv,
        message::StreamMessage,
        stream::{
            DiscardPolicy, RawMessageError, RawMessageErrorKind, RetentionPolicy, StorageType,
            Stream,
        },
    },
};
use rand::Rng;
use tokio::{sync::mpsc, time::sleep};
use tracing::{debug, info, warn};

use crate::https;
use wallboard_domain::RedactedText;

pub use fault::{NatsFault, is_refused_for_room, is_write_in_flight};

/// How long a server may take to answer one request.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
/// A half-open connection is noticed after three of these.
const PING_INTERVAL: Duration = Duration::from_secs(1);
/// Between two looks at a stream that another client is creating.
const CREATION_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause between two attempts to connect, in milliseconds.
const RECONNECT_PAUSE_MAX: u64 = 1_000;

/// How to reach the servers, from `[cluster]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsSettings {
    /// Addresses like `nats://10.0.0.1:4222` or `tls://nats.example.com`.
    pub servers: Vec<String>,
    /// The name of the site in those of its stream and buckets: `a-z`, `0-9` and `-`.
    pub site: String,
    /// The name of this node.
    pub node: String,
    pub credentials: NatsCredentials,
    /// The authority that signed the servers' certificates; `None`: the system's.
    pub ca_file: Option<PathBuf>,
    /// How many servers store everything: 1, 3 or 5.
    pub replicas: usize,
}

#[cfg(any(test, feature = "testing"))]
impl NatsSettings {
    /// Settings of a test's node, which stores everything once.
    pub fn of_test(servers: Vec<String>, site: &str) -> Self {
        Self {
            servers,
            site: site.to_owned(),
            node: "test".to_owned(),
            credentials: NatsCredentials::None,
            ca_file: None,
            replicas: 1,
        }
    }
}

/// Our identity for the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NatsCredentials {
    None,
    /// A `.creds` file.
    File(PathBuf),
    Token(RedactedText),
    User {
        name: String,
        password: RedactedText,
    },
}

/// Why there is no connection. Contains no secrets.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    #[error("can't read the credentials file {0}; check `credentials_file`")]
    Credentials(PathBuf, #[source] std::io::Error),
    #[error("`ca_file` {0}")]
    Authority(#[from] https::AuthorityFileError),
    #[error("can't connect to NATS; check `nats` in [cluster], and that the servers run")]
    Connect(#[from] async_nats::ConnectError),
}

/// A connection, which is restored for as long as this exists. Cheap to clone.
#[derive(Clone, Debug)]
pub struct NatsConnection {
    client: Client,
    context: Context,
    settings: Arc<NatsSettings>,
}

impl NatsConnection {
    /// Connects in the background: requests fail until that has succeeded.
    pub async fn open(settings: NatsSettings) -> Result<Self, NatsError> {
        let options = connect_options(&settings).await?.retry_on_initial_connect();
        Self::connect(settings, options).await
    }

    /// Connects now, or says why not.
    pub async fn connect_once(settings: NatsSettings) -> Result<Self, NatsError> {
        let options = one_attempt_options(&settings).await?;
        Self::connect(settings, options).await
    }

    /// Connects now, or says why not. What the servers refuse from then on is sent to `refusals`, in
    /// their words.
    pub async fn try_open(
        settings: NatsSettings,
        refusals: mpsc::Sender<String>,
    ) -> Result<Self, NatsError> {
        let options = one_attempt_options(&settings).await?;
        let options = options.event_callback(move |event| {
            let refusals = refusals.clone();
            async move {
                if let Event::ServerError(ServerError::Other(words)) = event {
                    // More than fit into the channel say nothing new.
                    refusals.try_send(words).ok();
                }
            }
        });
        Self::connect(settings, options).await
    }

    async fn connect(settings: NatsSettings, options: ConnectOptions) -> Result<Self, NatsError> {
        let client = options.connect(settings.servers.as_slice()).await?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(REQUEST_TIMEOUT);
        Ok(Self {
            client,
            context,
            settings: Arc::new(settings),
        })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    pub fn settings(&self) -> &NatsSettings {
        &self.settings
    }

    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Returns the site's name for a stream or bucket.
    pub fn name_of(&self, part: &str) -> String {
        format!("wallboard-{}-{part}", self.settings.site)
    }

    /// Returns the site's subject for a stream.
    pub fn subject_of(&self, part: &str) -> String {
        format!("wallboard.{}.{part}", self.settings.site)
    }

    /// Opens a stream, or creates it.
    pub async fn open_stream(
        &self,
        config: jetstream::stream::Config,
    ) -> Result<Stream, CreateStreamError> {
        loop {
            let stream = self.context.get_or_create_stream(config.clone()).await?;
            // Servers before 2.9.25 report one that somebody is still creating, as of year 1, and end when it's read.
            if stream.cached_info().created.year() > 1 {
                return Ok(stream);
            }
            sleep(CREATION_PAUSE).await;
        }
    }

    /// Opens a bucket, or creates it. Unlike the client's own, every read asks the server that leads
    /// its group, so it sees each write that ended before. `max_age`: how long values stay.
    pub async fn open_bucket(
        &self,
        part: &str,
        max_age: Duration,
        max_bytes: i64,
    ) -> Result<Stream, CreateStreamError> {
        self.open_stream(jetstream::stream::Config {
            name: self.bucket_stream(part),
            subjects: vec![self.key_subject(part, ">")],
            max_messages_per_subject: 1,
            max_age,
            max_bytes,
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            num_replicas: self.settings.replicas,
            allow_rollup: true,
            deny_delete: true,
            allow_direct: false,
            ..Default::default()
        })
        .await
    }

    /// Returns the name of the stream that is a bucket.
    pub fn bucket_stream(&self, part: &str) -> String {
        format!("KV_{}", self.name_of(part))
    }

    /// Returns the subject of a key in a bucket; `>` is every key.
    pub fn key_subject(&self, part: &str, key: &str) -> String {
        format!("$KV.{}.{key}", self.name_of(part))
    }

    /// Reads the first entry of a bucket after a sequence number, without a consumer. `None`: there is
    /// none.
    pub async fn next_entry(
        &self,
        part: &str,
        after: u64,
    ) -> Result<Option<StreamMessage>, RawMessageError> {
        let stream = self.context.get_stream_no_info(self.bucket_stream(part));
        let stream = stream
            .await
            .map_err(|error| RawMessageError::with_source(RawMessageErrorKind::Other, error))?;
        let request = stream.raw_message_builder().sequence(after + 1);
        let found = request.next_by_subject(self.key_subject(part, ">")).send();
        match found.await {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns a bucket that exists.
    pub async fn bucket(&self, part: &str) -> Result<kv::Store, jetstream::context::KeyValueError> {
        self.context.get_key_value(self.name_of(part)).await
    }
}

/// Options that try each server once.
async fn one_attempt_options(settings: &NatsSettings) -> Result<ConnectOptions, NatsError> {
    let options = connect_options(settings).await?;
    Ok(options.max_reconnects(settings.servers.len()))
}

async fn connect_options(settings: &NatsSettings) -> Result<ConnectOptions, NatsError> {
    let mut options = ConnectOptions::new()
        .name(format!("wallboard {}", settings.node))
        .ping_interval(PING_INTERVAL)
        .connection_timeout(REQUEST_TIMEOUT)
        .request_timeout(Some(REQUEST_TIMEOUT))
        .reconnect_delay_callback(|attempt| {
            let longest = (50 << attempt.min(8)).min(RECONNECT_PAUSE_MAX);
            Duration::from_millis(rand::rng().random_range(longest / 2..=longest))
        })
        .event_callback(async |event| log_event(&event));
    options = match &settings.credentials {
        NatsCredentials::None => options,
        NatsCredentials::File(path) => options
            .credentials_file(path)
            .await
            .map_err(|cause| NatsError::Credentials(path.clone(), cause))?,
        NatsCredentials::Token(token) => options.token(token.0.clone()),
        NatsCredentials::User { name, password } => {
            options.user_and_password(name.clone(), password.0.clone())
        }
    };
    if settings.ca_file.is_some() || settings.servers.iter().any(|url| url.starts_with("tls:")) {
        let tls = https::tls_config_trusting(settings.ca_file.as_deref())?;
        options = options.tls_client_config(tls).require_tls(true);
    }
    Ok(options)
}

fn log_event(event: &Event) {
    match event {
        Event::Connected => info!("Connected to NATS"),
        Event::Disconnected => warn!("Lost the connection to NATS"),
        Event::SlowConsumer(_) => warn!("NATS sends faster than this node reads"),
        // The caller reports a failed request.
        Event::ClientError(error) => debug!("NATS: {error}"),
        other => info!("NATS: {other}"),
    }
}
