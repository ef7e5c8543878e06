//! The wallboard under test: the real program with a test configuration.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use reqwest::{StatusCode, header};
use serde_json::Value;

use super::{Broker, Disk, Process, broker, http, ports, wait_until};

/// A file with this name next to the configuration has all names that the program can resolve,
/// as `/etc/hosts` does.
pub const HOSTS: &str = "hosts";
/// Runs a program where no name server responds and `$0/hosts` is in place of `/etc/hosts`.
const WITH_OWN_NAMES: &str = r#"
    echo "nameserver 127.0.0.1" >"$0/resolv.conf"
    mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts && exec "$@"
"#;

const START_WITHIN: Duration = Duration::from_mins(1);

/// Configuration of a Vngage source.
#[derive(Clone, Debug)]
pub struct VngageSource {
    pub url: String,
    pub exchange: String,
    pub queue: String,
    pub ca_file: Option<PathBuf>,
    /// Additional lines of `[sources.chat]`.
    pub extra_toml: String,
    /// Names and contents of board files.
    pub boards: Vec<(String, String)>,
    /// Further secrets that `extra_toml` refers to.
    pub secrets: Environment,
}

impl VngageSource {
    /// A source over plain AMQP, with an exchange and a queue named after `name`.
    pub fn plain(broker: &Broker, name: &str) -> Self {
        Self {
            url: broker.plain_url(),
            exchange: name.into(),
            queue: format!("wallboard {name}"),
            ca_file: None,
            extra_toml: String::new(),
            boards: Vec::new(),
            secrets: Vec::new(),
        }
    }

    pub fn tls(broker: &Broker, name: &str) -> Self {
        Self {
            url: broker.tls_url(),
            ca_file: Some(broker.certificates.ca.clone()),
            ..Self::plain(broker, name)
        }
    }

    /// The same source through a proxy.
    pub fn via_proxy(self, port: u16) -> Self {
        let (rest, path) = self.url.rsplit_once('/').unwrap();
        let (host, _) = rest.rsplit_once(':').unwrap();
        Self {
            url: format!("{host}:{port}/{path}"),
            ..self
        }
    }

    /// Returns a whole configuration with this source only.
    pub fn configuration(&self, port: u16, public_port: u16) -> String {
        format!("{}{}", base_configuration(port, public_port), self.toml())
    }

    /// Returns the secrets that the configuration refers to.
    pub fn environment(&self) -> Environment {
        let mut secrets = self.secrets.clone();
        secrets.push(("VNGAGE_URL", self.url.clone()));
        secrets
    }

    /// Returns the source's section.
    pub fn toml(&self) -> String {
        let ca = self.ca_file.as_ref().map_or(String::new(), |path| {
            format!("ca_file = {:?}\n", path.display().to_string())
        });
        format!(
            "[sources.chat]\nkind = \"vngage\"\nurl = {{ env = \"VNGAGE_URL\" }}\n\
             exchange = {:?}\nqueue = {:?}\n{ca}{}\n",
            self.exchange, self.queue, self.extra_toml
        )
    }
}

/// Returns what every configuration has in addition to its sources.
pub fn base_configuration(port: u16, public_port: u16) -> String {
    configuration_in(&zone_far_from_midnight(), port, public_port)
}

/// The same for a site in that time zone.
pub fn configuration_in(zone: &str, port: u16, public_port: u16) -> String {
    format!(
        "time_zone = \"{zone}\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
         public_url = \"http://127.0.0.1:{public_port}\"\n\
         [store]\nurl = \"sqlite:wallboard.db\"\n[access]\nmode = \"open\"\n",
    )
}

/// Environment variables for the configuration's secrets.
pub type Environment = Vec<(&'static str, String)>;

#[derive(Debug)]
pub struct Wallboard {
    pub port: u16,
    environment: Environment,
    dir: tempfile::TempDir,
    process: Process,
    http: reqwest::Client,
}

impl Wallboard {
    pub async fn serve(source: VngageSource) -> Self {
        let port = ports::free();
        Self::serve_at(source, port, port).await
    }

    /// Starts a wallboard that clients reach at `public_port`, through a proxy.
    pub async fn serve_at(source: VngageSource, port: u16, public_port: u16) -> Self {
        let configuration = source.configuration(port, public_port);
        Self::serve_with(source, port, &configuration, &[]).await
    }

    /// Starts a wallboard with this configuration and additional files next to it.
    pub async fn serve_with(
        source: VngageSource,
        port: u16,
        configuration: &str,
        files: &[(&str, &str)],
    ) -> Self {
        let boards = source.boards.iter();
        let boards: Vec<_> = boards
            .map(|(name, text)| (format!("boards/{name}"), text.as_str()))
            .collect();
        let boards = boards.iter().map(|(name, text)| (name.as_str(), *text));
        let files: Vec<_> = boards.chain(files.iter().copied()).collect();
        Self::start(configuration, port, &files, source.environment()).await
    }

    /// Sends a form as a page does. Returns the status, where it leads, and the page.
    pub async fn send_form(
        &self,
        path: &str,
        form: &[(&str, &str)],
    ) -> (StatusCode, String, String) {
        let request = http::client_without_redirects().post(self.url(path));
        let request = request.header("sec-fetch-site", "same-origin").form(form);
        let answer = request.send().await.unwrap();
        let location = answer.headers().get(header::LOCATION);
        let location = location.map_or("", |to| to.to_str().unwrap()).to_owned();
        (answer.status(), location, answer.text().await.unwrap())
    }

    /// Starts a wallboard whose database and log are on a disk of their own.
    pub async fn serve_on(disk: &Disk, source: VngageSource) -> Self {
        let port = ports::free();
        let configuration = source.configuration(port, port);
        let database = format!("sqlite:{}", disk.database().display());
        let configuration = configuration.replace("sqlite:wallboard.db", &database);
        Self::serve_with(source, port, &configuration, &[]).await
    }

    /// Starts a wallboard with any sources and their secrets.
    pub async fn start(
        configuration: &str,
        port: u16,
        files: &[(&str, &str)],
        environment: Environment,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("boards")).unwrap();
        fs::write(dir.path().join("wallboard.toml"), configuration).unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let process = spawn(dir.path(), &environment);
        let http = http::client();
        let mut wallboard = Self {
            port,
            environment,
            dir,
            process,
            http,
        };
        wallboard.wait_until_up().await;
        wallboard
    }

    /// Stops the program and starts it again with the same folder and address.
    pub async fn restart(&mut self, signal: &str) {
        self.stop(signal);
        self.start_again().await;
    }

    /// Stops the program.
    pub fn stop(&mut self, signal: &str) {
        self.signal(signal);
        let status = self.process.wait().unwrap();
        assert!(
            signal == "-KILL" || status.success(),
            "an orderly stop must succeed: {status}"
        );
    }

    /// Starts the stopped program again with the same folder and address.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.dir.path(), &self.environment);
        self.wait_until_up().await;
    }

    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn signal(&self, signal: &str) {
        self.process.signal(signal);
    }

    /// Returns the JSON at `path`.
    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let describe = |error: reqwest::Error| format!("{path}: {error}");
        let response = self
            .http
            .get(self.url(path))
            .send()
            .await
            .map_err(describe)?;
        let response = response.error_for_status().map_err(describe)?;
        response.json().await.map_err(describe)
    }

    /// Returns the page at `path`.
    pub async fn text(&self, path: &str) -> String {
        let response = self.http.get(self.url(path)).send().await.unwrap();
        let response = response.error_for_status().unwrap();
        response.text().await.unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Returns its first source, from `/api/v1/sources`.
    pub async fn source(&self) -> Result<Value, String> {
        let sources = self.get("/api/v1/sources").await?;
        Ok(sources["sources"][0].clone())
    }

    /// Waits until the source is in `state`.
    pub async fn wait_for_state(&self, state: &str, within: Duration) -> Value {
        wait_until(&format!("the source becomes {state}"), within, async || {
            let source = self.source().await?;
            if source["state"] == state {
                Ok(source)
            } else {
                Err(source.to_string())
            }
        })
        .await
    }

    /// Returns the path of a file next to the configuration, or of the configuration itself.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Copies the files of its databases as they are now.
    pub fn copy_data(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for name in self.data_files() {
            // SQLite may just have removed it.
            fs::copy(self.file(&name), copy.path().join(&name)).ok();
        }
        copy
    }

    /// Puts a copy in place of the stopped program's data.
    pub fn restore_data(&self, copy: &tempfile::TempDir) {
        for name in self.data_files() {
            fs::remove_file(self.file(&name)).unwrap();
        }
        for file in fs::read_dir(copy.path()).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            fs::copy(file.path(), self.file(&name)).unwrap();
        }
    }

    fn data_files(&self) -> Vec<String> {
        let files = fs::read_dir(self.dir.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".db")).collect()
    }

    /// Writes `text` as the configuration and reloads it.
    pub fn reload_with(&self, text: &str) {
        fs::write(self.file("wallboard.toml"), text).unwrap();
        self.signal("-HUP");
    }

    /// Returns its standard output and standard error since the first start.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// Returns its peak memory in KiB.
    pub fn peak_memory(&self) -> u64 {
        self.process.status("VmHWM")
    }

    async fn wait_until_up(&mut self) {
        let deadline = tokio::time::Instant::now() + START_WITHIN;
        while self.get("/readyz").await.is_err() {
            let ended = self.process.try_wait().unwrap();
            let late = tokio::time::Instant::now() > deadline;
            assert!(
                ended.is_none() && !late,
                "the wallboard isn't up:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Wallboard {
    fn drop(&mut self) {
        // Already gone if the test ended it.
        self.process.kill().ok();
        self.process.wait().ok();
        let log = self.log();
        if std::thread::panicking() {
            eprintln!("--- the wallboard's log:\n{}", tail(&log));
            return;
        }
        assert!(
            !log.contains(broker::PASSWORD),
            "the password is in the log"
        );
        assert!(
            !log.contains("amqp://") && !log.contains("amqps://"),
            "an address is in the log"
        );
        // Short secrets are words that a log may contain (addresses are checked above).
        for (name, secret) in &self.environment {
            assert!(!log.contains(secret), "{name} is in the log");
        }
        assert!(!log.contains("panicked"), "the wallboard panicked:\n{log}");
    }
}

/// Whether this machine permits a process of ours names of its own ([`HOSTS`]).
pub fn can_have_own_names() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c"]);
    command
        .arg("mount --bind /etc/hosts /etc/hosts")
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn spawn(dir: &Path, environment: &Environment) -> Process {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(dir.join("log"))
        .unwrap();
    let program = env!("CARGO_BIN_EXE_wallboard");
    let mut command = if dir.join(HOSTS).exists() {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", WITH_OWN_NAMES]);
        command.arg(dir).arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .args(["serve", "--log", "debug", "--config"])
        .arg(dir.join("wallboard.toml"))
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stderr(log.try_clone().unwrap())
        .stdout(log);
    Process::start(&mut command)
}

/// Returns a zone where it's about noon, so that no test crosses the end of a business day.
pub fn zone_far_from_midnight() -> String {
    let ahead = 12
        - jiff::Zoned::now()
            .with_time_zone(jiff::tz::TimeZone::UTC)
            .hour();
    match ahead {
        // These names have inverted signs: Etc/GMT-3 is three hours ahead.
        1.. => format!("Etc/GMT-{ahead}"),
        0 => "Etc/GMT".into(),
        _ => format!("Etc/GMT+{}", -ahead),
    }
}

fn tail(log: &str) -> &str {
    let from = log.len().saturating_sub(6_000);
    &log[log.ceil_char_boundary(from)..]
}
