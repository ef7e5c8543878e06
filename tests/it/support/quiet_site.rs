//! A wallboard whose one source never answers, for tests of its process and its listening socket.

use std::{fs, net::TcpListener, os::fd::OwnedFd, path::Path, process::Command, time::Duration};

use super::{http, ports, wait_until};

const SOON: Duration = Duration::from_secs(30);

/// As systemd does it: the listening socket is descriptor 3. The shell becomes the program.
const PASS_SOCKET: &str = r#"exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@""#;

/// Returns everything but `[server]` of a configuration whose database is in `folder`.
pub fn quiet_source(folder: &Path) -> String {
    format!(
        "[access]\nmode = \"open\"\n[store]\nurl = \"sqlite:{}\"\n[sources.chat]\nkind = \"vngage\"\n\
         url = \"amqp://nobody@127.0.0.1:{}/\"\nexchange = \"integration\"\n",
        folder.join("wallboard.db").display(),
        ports::free(),
    )
}

#[derive(Debug)]
pub struct QuietSite {
    folder: tempfile::TempDir,
    pub port: u16,
}

impl QuietSite {
    pub fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            port: ports::free(),
        };
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:{}\"\n{}",
            site.port,
            quiet_source(Path::new("")),
        );
        fs::write(site.folder().join("wallboard.toml"), text).unwrap();
        site
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Binds the address, as systemd does.
    pub fn bind(&self) -> TcpListener {
        TcpListener::bind(("127.0.0.1", self.port)).unwrap()
    }

    /// Returns the command that starts the server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        self.add_arguments(&mut command);
        command.args(arguments);
        command
    }

    /// Returns the command that starts another server with the same folder on another address.
    pub fn command_elsewhere(&self) -> Command {
        let text = fs::read_to_string(self.folder().join("wallboard.toml")).unwrap();
        let text = text.replace(&self.port.to_string(), &ports::free().to_string());
        let file = self.folder().join("elsewhere.toml");
        fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        command.args(["serve", "--config"]).arg(file);
        command
    }

    /// Returns the command that starts the server with this socket, as systemd passes it.
    pub fn command_with_socket(&self, socket: &TcpListener) -> Command {
        let mut command = self.command_in_shell(PASS_SOCKET);
        command.stdin(OwnedFd::from(socket.try_clone().unwrap()));
        command
    }

    /// Returns the command that starts the server from a script, as `exec "$0" "$@"`.
    pub fn command_in_shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_wallboard")]);
        self.add_arguments(&mut command);
        command
    }

    fn add_arguments(&self, command: &mut Command) {
        command.args(["serve", "--config"]);
        command.arg(self.folder().join("wallboard.toml"));
    }

    pub async fn wait_until_ready(&self) {
        let http = http::client();
        wait_until("the server is ready", SOON, async || {
            let answer = http.get(self.url("/readyz")).send().await;
            let answer = answer.map_err(|error| error.to_string())?;
            if answer.status() == 200 {
                Ok(())
            } else {
                Err(answer.status().to_string())
            }
        })
        .await;
    }
}
