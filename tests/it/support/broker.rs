//! A private `RabbitMQ` with its own folder, ports, node name, cookie and name daemon. It ends with
//! the test process, however that ends.

use std::{
    collections::HashMap,
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use lapin::{
    Connection, ConnectionProperties,
    options::{QueueDeclareOptions, QueueDeleteOptions},
    types::FieldTable,
};
use parking_lot::Mutex;
use serde_json::json;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard};

use super::{certificates::Certificates, ports};

/// The wallboard's account, and a password that must not appear anywhere.
pub const USER: &str = "wallboard";
pub const PASSWORD: &str = "Tr0ub4dor-und-3";
/// An account that may look and consume, but declare nothing.
pub const ONLOOKER: &str = "onlooker";
/// An account that may do everything except declare the restart sentinel's queue.
pub const NO_SENTINEL: &str = "unmarked";
/// An account with exactly the permissions that docs/start/vngage.md asks for, on the exchange "narrow".
pub const NARROW: &str = "narrow";
/// The virtual host "vergic/site one", URL-encoded.
pub const VHOST: &str = "vergic%2Fsite%20one";

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const CONTROL: &str = "/usr/lib/rabbitmq/bin/rabbitmqctl";
const START_WITHIN: Duration = Duration::from_secs(90);

/// Waits for the end of standard input, which the kernel closes when the test process is gone. Then
/// ends the broker and its name daemon and removes their folder.
const WATCHDOG: &str = r#"
    epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" </dev/null >/dev/null 2>&1 &
    names=$!
    cat >/dev/null
    [ ! -e "$0/pid" ] || kill -9 "$(cat "$0/pid")" 2>/dev/null
    kill "$names" 2>/dev/null
    rm -rf "$0"
"#;

#[derive(Debug)]
pub struct Broker {
    pub plain_port: u16,
    pub tls_port: u16,
    pub certificates: Certificates,
    dir: PathBuf,
    environment: Vec<(&'static str, String)>,
    watchdog: Child,
    /// The test that uses each exchange.
    exchange_tests: Mutex<HashMap<String, String>>,
}

impl Broker {
    /// Returns the broker that most tests share. Each test uses its own exchange and queue.
    pub fn shared() -> &'static Broker {
        static SHARED: OnceLock<Broker> = OnceLock::new();
        SHARED.get_or_init(Broker::start)
    }

    /// Starts a separate broker for tests that stop and restart it.
    pub fn start() -> Broker {
        let dir = tempfile::Builder::new()
            .prefix("wallboard-broker-")
            .tempdir()
            .unwrap()
            .keep();
        let (plain_port, tls_port) = (ports::free(), ports::free());
        let certificates = Certificates::write_to(&dir);
        write_configuration(&dir, plain_port, tls_port, &certificates);
        let environment = environment(&dir);
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG])
            .arg(&dir)
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let broker = Broker {
            plain_port,
            tls_port,
            certificates,
            dir,
            environment,
            watchdog,
            exchange_tests: Mutex::default(),
        };
        broker.start_again();
        broker
    }

    /// Starts the server (after a stop) and waits until it accepts clients.
    pub fn start_again(&self) {
        let out = fs::File::create(self.dir.join("out")).unwrap();
        let mut server = Command::new(SERVER)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + START_WITHIN;
        while !self.is_open() {
            let ended = server.try_wait().unwrap().is_some();
            if ended || Instant::now() > deadline {
                let how = if ended { "ended" } else { "takes too long" };
                panic!("RabbitMQ {how} at its start:\n{}", self.read_output());
            }
            thread::sleep(Duration::from_millis(50));
        }
        // Reaps the server's shell when it has ended.
        thread::spawn(move || server.wait());
    }

    /// Returns what the server has said, on its output and in its log.
    fn read_output(&self) -> String {
        let logs = fs::read_dir(self.dir.join("log")).into_iter().flatten();
        let logs = logs.map(|log| log.unwrap().path());
        let files = [self.dir.join("out")].into_iter().chain(logs);
        files
            .filter_map(|file| fs::read_to_string(file).ok())
            .collect()
    }

    /// Stops in an orderly way: connections are closed with `CONNECTION_FORCED` first.
    pub fn stop(&self) {
        self.end("-TERM");
    }

    /// Kills the server, as a power failure would.
    pub fn kill(&self) {
        self.end("-KILL");
    }

    /// Raises or clears the memory alarm, which blocks everyone who publishes.
    pub fn set_memory_alarm(&self, is_raised: bool) {
        let watermark = if is_raised { "0" } else { "0.95" };
        let mut command = Command::new(CONTROL);
        command.args(["--node", self.environment("RABBITMQ_NODENAME")]);
        command.args(["set_vm_memory_high_watermark", watermark]);
        let output = command.envs(self.environment.iter().cloned()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    fn environment(&self, name: &str) -> &str {
        let mut all = self.environment.iter();
        &all.find(|(key, _)| *key == name).unwrap().1
    }

    pub fn plain_url(&self) -> String {
        url("amqp", USER, PASSWORD, "127.0.0.1", self.plain_port)
    }

    pub fn tls_url(&self) -> String {
        url("amqps", USER, PASSWORD, "localhost", self.tls_port)
    }

    /// Reserves an exchange for the running test. Panics if it's another test's: each would see
    /// the other's events.
    pub fn reserve_exchange(&self, exchange: &str) {
        let test = thread::current().name().unwrap_or_default().to_owned();
        let mut tests = self.exchange_tests.lock();
        let owner = tests.entry(exchange.to_owned()).or_insert(test.clone());
        assert_eq!(*owner, test, "{exchange:?} is used by two tests");
    }

    /// Reserves the queue of sources that name none, empty, for as long as the guard is there.
    pub async fn reserve_usual_queue(&self) -> AsyncMutexGuard<'static, ()> {
        static TAKEN: AsyncMutex<()> = AsyncMutex::const_new(());
        let guard = TAKEN.lock().await;
        let connection = self.connect().await;
        let channel = connection.create_channel().await.unwrap();
        for queue in ["wallboard", "wallboard.mark"] {
            channel
                .queue_delete(queue.into(), QueueDeleteOptions::default())
                .await
                .unwrap();
        }
        connection.close(200, "done".into()).await.unwrap();
        guard
    }

    /// Opens a separate connection for the test.
    pub async fn connect(&self) -> Connection {
        Connection::connect(&self.plain_url(), ConnectionProperties::default())
            .await
            .unwrap()
    }

    /// Returns how many messages a queue has; fails if there's none of this name.
    pub async fn queue_depth(&self, queue: &str) -> lapin::Result<u32> {
        let connection = self.connect().await;
        let channel = connection.create_channel().await?;
        let passive = QueueDeclareOptions {
            passive: true,
            ..Default::default()
        };
        let queue = channel.queue_declare(queue.into(), passive, FieldTable::default());
        Ok(queue.await?.message_count())
    }

    fn is_open(&self) -> bool {
        [self.plain_port, self.tls_port]
            .iter()
            .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
    }

    fn end(&self, signal: &str) {
        let pid = fs::read_to_string(self.dir.join("pid")).unwrap();
        let is_running = || Path::new("/proc").join(pid.trim()).exists();
        Command::new("kill")
            .args([signal, pid.trim()])
            .status()
            .unwrap();
        let deadline = Instant::now() + START_WITHIN;
        while is_running() {
            assert!(Instant::now() < deadline, "RabbitMQ doesn't stop");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Its only task is to end what is already gone; its status doesn't matter.
        self.watchdog.wait().ok();
    }
}

pub fn url(scheme: &str, user: &str, password: &str, host: &str, port: u16) -> String {
    format!("{scheme}://{user}:{password}@{host}:{port}/{VHOST}")
}

fn environment(dir: &Path) -> Vec<(&'static str, String)> {
    let at = |name: &str| dir.join(name).display().to_string();
    vec![
        ("HOME", at("home")),
        ("RABBITMQ_MNESIA_BASE", at("db")),
        ("RABBITMQ_LOG_BASE", at("log")),
        (
            "RABBITMQ_NODENAME",
            format!("wallboard{}@localhost", ports::free()),
        ),
        ("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config")),
        ("RABBITMQ_CONF_ENV_FILE", at("env.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins")),
        ("RABBITMQ_FEATURE_FLAGS_FILE", at("feature_flags")),
        ("RABBITMQ_PID_FILE", at("pid")),
        ("ERL_CRASH_DUMP", at("erl_crash.dump")),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("ERL_EPMD_PORT", ports::free().to_string()),
        ("RABBITMQ_DIST_PORT", ports::free().to_string()),
        (
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1}".into(),
        ),
    ]
}

/// Alarms, which block everyone who publishes, are next to impossible: they would say something about
/// the machine and nothing about the product.
fn write_configuration(dir: &Path, plain: u16, tls: u16, certificates: &Certificates) {
    let definitions = dir.join("definitions.json");
    let configuration = format!(
        "listeners.tcp.1 = 127.0.0.1:{plain}\n\
         listeners.ssl.1 = 127.0.0.1:{tls}\n\
         ssl_options.cacertfile = {}\n\
         ssl_options.certfile = {}\n\
         ssl_options.keyfile = {}\n\
         ssl_options.verify = verify_peer\n\
         ssl_options.fail_if_no_peer_cert = false\n\
         loopback_users = none\n\
         disk_free_limit.absolute = 1MB\n\
         vm_memory_high_watermark.relative = 0.95\n\
         load_definitions = {}\n",
        certificates.ca.display(),
        certificates.server.cert.display(),
        certificates.server.key.display(),
        definitions.display(),
    );
    let vhost = "vergic/site one";
    let permission = |user: &str, configure: &str| json!({"user": user, "vhost": vhost, "configure": configure, "write": ".*", "read": ".*"});
    let definitions_text = json!({
        "users": [
            {"name": USER, "password": PASSWORD, "tags": ""},
            {"name": ONLOOKER, "password": PASSWORD, "tags": ""},
            {"name": NO_SENTINEL, "password": PASSWORD, "tags": ""},
            {"name": NARROW, "password": PASSWORD, "tags": ""},
        ],
        "vhosts": [{"name": vhost}],
        "permissions": [
            permission(USER, ".*"),
            permission(ONLOOKER, "^$"),
            permission(NO_SENTINEL, "^(?!.*\\.mark$)"),
            {
                "user": NARROW, "vhost": vhost,
                "configure": "^wallboard narrow(\\.mark)?$",
                "write": "^(wallboard narrow|narrow|amq\\.default)$",
                "read": "^(wallboard narrow|narrow)$",
            },
        ],
    });
    fs::create_dir(dir.join("home")).unwrap();
    fs::write(dir.join("rabbitmq.conf"), configuration).unwrap();
    fs::write(definitions, definitions_text.to_string()).unwrap();
    fs::write(dir.join("env.conf"), "").unwrap();
    fs::write(dir.join("enabled_plugins"), "[].\n").unwrap();
}
