//! A NATS server with `JetStream` of the test's own, and a cluster of three. Unit tests of the product
//! use this file too.

use std::{
    collections::HashSet,
    env, fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::Value;

use super::ports;

/// Debian's, an old one.
const SERVER: &str = "/usr/sbin/nats-server";
/// The current one.
const CURRENT_SERVER: &str = "tests/nats/venv/bin/nats-server";
/// `current` has all tests use the current server.
const SERVER_VARIABLE: &str = "WALLBOARD_NATS";
const START_WITHIN: Duration = Duration::from_mins(1);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Waits for the end of standard input, which the kernel closes when the test process is gone. Then
/// ends the server that runs and removes its folder `$0`.
const WATCHDOG: &str = r#"
    cat >/dev/null
    pid=$(cat "$0/pid" 2>/dev/null) && kill -9 "$pid" 2>/dev/null
    rm -rf "$0" || { sleep 1; rm -rf "$0"; }
"#;

/// A server on loopback, which ends with the test.
#[derive(Debug)]
pub struct NatsServer {
    pub port: u16,
    monitoring_port: u16,
    program: PathBuf,
    dir: PathBuf,
    process: Mutex<Option<Child>>,
    watchdog: Child,
}

impl NatsServer {
    /// Starts a server for this test alone.
    pub fn start() -> Self {
        Self::launch(usual_server(), "alone", "")
    }

    /// Starts a server of the current version.
    pub fn start_current() -> Self {
        Self::launch(current_server(), "alone", "")
    }

    /// Starts one with further lines in its configuration.
    pub fn start_with(configuration: &str) -> Self {
        Self::launch(usual_server(), "alone", configuration)
    }

    /// Starts it after a stop, with the same port and store, and waits until it accepts clients. One
    /// of a cluster has no `JetStream` before `NatsCluster::wait_until_ready`.
    pub fn start_again(&self) {
        let out = fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("out"))
            .unwrap();
        let mut server = Command::new(&self.program)
            .arg("--config")
            .arg(self.dir.join("nats.conf"))
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn()
            .unwrap();
        fs::write(self.dir.join("pid"), server.id().to_string()).unwrap();
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let has_ended = server.try_wait().unwrap().is_some();
            if has_ended || deadline < Instant::now() {
                let output = fs::read_to_string(self.dir.join("out")).unwrap_or_default();
                panic!("NATS doesn't start:\n{output}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        let previous = self.process.lock().replace(server);
        assert!(previous.is_none(), "NATS runs already");
    }

    /// Stops in an orderly way.
    pub fn stop(&self) {
        self.signal("-TERM");
        self.wait_until_ended();
    }

    /// Kills the server, as a power failure would.
    pub fn kill(&self) {
        self.signal("-KILL");
        self.wait_until_ended();
    }

    /// Keeps what a server that doesn't run has stored.
    pub fn keep_store(&self) {
        let kept = self.dir.join("kept");
        let copied = Command::new("cp")
            .arg("-r")
            .args([self.store(), kept])
            .status();
        assert!(copied.unwrap().success());
    }

    /// Brings back what was kept, as after a power failure that lost everything since.
    pub fn bring_store_back(&self) {
        fs::remove_dir_all(self.store()).unwrap();
        fs::rename(self.dir.join("kept"), self.store()).unwrap();
    }

    /// Sends a signal like `-STOP` or `-CONT`.
    pub fn signal(&self, signal: &str) {
        let process = self.process.lock();
        let pid = process.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// How many of the other servers it is connected with.
    pub fn connected_servers(&self) -> usize {
        let body: Value = serde_json::from_str(&self.ask("/routez").unwrap()).unwrap();
        let routes = body["routes"].as_array().unwrap().iter();
        let servers: HashSet<_> = routes.map(|route| &route["remote_id"]).collect();
        servers.len()
    }

    /// How often it refused another server's certificate.
    pub fn refusals(&self) -> usize {
        let output = fs::read_to_string(self.dir.join("out")).unwrap();
        output.matches("x509: ").count()
    }

    /// How many `JetStream` consumers it has.
    pub fn consumer_count(&self) -> u64 {
        let body = self.ask("/jsz").unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        body["consumers"].as_u64().unwrap()
    }

    fn launch(program: PathBuf, name: &str, more: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("wallboard-nats-")
            .tempdir()
            .unwrap()
            .keep();
        let (port, monitoring_port) = (ports::free(), ports::free());
        let configuration = format!(
            "server_name: {name}\n\
             listen: \"127.0.0.1:{port}\"\n\
             http: \"127.0.0.1:{monitoring_port}\"\n\
             jetstream {{ store_dir: \"{}\", max_mem: 64MB, max_file: 4GB }}\n\
             {more}",
            dir.join("store").display()
        );
        fs::write(dir.join("nats.conf"), configuration).unwrap();
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG])
            .arg(&dir)
            .stdin(Stdio::piped())
            .spawn();
        let server = Self {
            port,
            monitoring_port,
            program,
            dir,
            process: Mutex::default(),
            watchdog: watchdog.unwrap(),
        };
        server.start_again();
        server
    }

    /// Limits how much a server that doesn't run may store from its next start on.
    pub fn limit_store(&self, size: &str) {
        let file = self.dir.join("nats.conf");
        let configuration = fs::read_to_string(&file).unwrap();
        let (before, rest) = configuration.split_once("max_file: ").unwrap();
        let (_, after) = rest.split_once(" }").unwrap();
        fs::write(&file, format!("{before}max_file: {size} }}{after}")).unwrap();
    }

    fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    fn wait_until_ended(&self) {
        remove_pid(&self.dir);
        let ended = self.process.lock().take();
        ended.unwrap().wait().unwrap();
    }

    /// Returns whether its `JetStream` takes part in the cluster.
    fn is_healthy(&self) -> bool {
        self.ask("/healthz").is_some()
    }

    /// Asks the server about itself. `None`: no answer, or not a good one.
    fn ask(&self, path: &str) -> Option<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.monitoring_port)).ok()?;
        connection.set_read_timeout(Some(ANSWER_WITHIN)).unwrap();
        write!(connection, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.contains(" 200 ").then(|| body.to_owned())
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        // Already gone if the test ended it.
        if let Some(mut process) = self.process.get_mut().take() {
            if thread::panicking() {
                let ended = process.try_wait();
                let output = fs::read_to_string(self.dir.join("out")).unwrap_or_default();
                eprintln!(
                    "--- the log of NATS at {}, ended: {ended:?}:\n{output}",
                    self.port
                );
            }
            process.kill().ok();
            process.wait().ok();
        }
        remove_pid(&self.dir);
        drop(self.watchdog.stdin.take());
        // Its only task left is to remove the folder.
        self.watchdog.wait().ok();
    }
}

/// The server of tests that name no version.
fn usual_server() -> PathBuf {
    match env::var(SERVER_VARIABLE).as_deref() {
        Ok("current") => current_server(),
        _ => SERVER.into(),
    }
}

/// It is in the project's folder, which has that of each crate.
fn current_server() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut servers = folders.map(|folder| folder.join(CURRENT_SERVER));
    servers.find(|server| server.exists()).unwrap()
}

/// By then the number may be another process's.
fn remove_pid(dir: &Path) {
    fs::remove_file(dir.join("pid")).ok();
}

/// Three servers that store everything three times. They tell clients nothing about each other, so
/// that a proxy before one of them stays the only way.
#[derive(Debug)]
pub struct NatsCluster {
    pub servers: [NatsServer; 3],
}

impl NatsCluster {
    pub fn start() -> Self {
        Self::start_ready(&usual_server(), "")
    }

    /// Starts servers of the current version.
    pub fn start_current() -> Self {
        Self::start_ready(&current_server(), "")
    }

    /// Starts servers of the current version with further lines in their configurations.
    pub fn start_with(configuration: &str) -> Self {
        Self::start_ready(&current_server(), configuration)
    }

    /// Starts servers that encrypt what they tell each other and clients. All know the first as
    /// `localhost`, and the other by the address that it tells. `tls`: a block of each configuration.
    /// They may not be ready.
    pub fn start_encrypted(tls: [&str; 3]) -> Self {
        let ports = Self::route_ports();
        let first = format!("\"nats://localhost:{}\"", ports[0]);
        let in_cluster = tls.map(|tls| format!("routes: [{first}]\n{tls}"));
        Self::launch(&usual_server(), ports, &in_cluster, &tls)
    }

    fn start_ready(program: &Path, more: &str) -> Self {
        let ports = Self::route_ports();
        let routes = ports.map(|port| format!("\"nats://127.0.0.1:{port}\""));
        let routes = format!("routes: [{}]", routes.join(", "));
        let in_cluster = [(); 3].map(|()| routes.clone());
        let cluster = Self::launch(program, ports, &in_cluster, &[more; 3]);
        cluster.wait_until_ready();
        cluster
    }

    fn route_ports() -> [u16; 3] {
        [ports::free(), ports::free(), ports::free()]
    }

    /// `in_cluster`: further lines of each server's `cluster` block; `more`: of its configuration.
    fn launch(
        program: &Path,
        route_ports: [u16; 3],
        in_cluster: &[String; 3],
        more: &[&str; 3],
    ) -> Self {
        let launch = |number: usize, name: &str| {
            let (port, in_cluster) = (route_ports[number], &in_cluster[number]);
            let cluster = format!(
                "cluster {{ name: wallboard, listen: \"127.0.0.1:{port}\", no_advertise: true\n\
                 {in_cluster} }}\n{}",
                more[number]
            );
            NatsServer::launch(program.to_owned(), name, &cluster)
        };
        let servers = [launch(0, "one"), launch(1, "two"), launch(2, "three")];
        Self { servers }
    }

    /// The addresses of all servers.
    pub fn urls(&self) -> [String; 3] {
        self.servers.each_ref().map(NatsServer::url)
    }

    /// Waits until those that run have found each other: two at least.
    pub fn wait_until_ready(&self) {
        let deadline = Instant::now() + START_WITHIN;
        let is_running = |server: &&NatsServer| server.process.lock().is_some();
        let running: Vec<_> = self.servers.iter().filter(is_running).collect();
        while !running.iter().all(|server| server.is_healthy()) {
            assert!(Instant::now() < deadline, "the NATS cluster isn't ready");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
