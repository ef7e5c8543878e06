//! `wallboard serve`: runs the server.

use std::{
    fs::File,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::Args;
use listenfd::ListenFd;
use tokio::sync::mpsc;

#[cfg(target_os = "linux")]
use crate::app::RunningServer;
use crate::app::{AppError, InvalidConfig, ReloadResult, RuntimeConfig, SocketOrigin};
use wallboard_runtime::source_log::SourceLog;

use super::{CommandError, run_app};

/// The configuration in the current folder.
const DEFAULT_CONFIG: &str = "wallboard.toml";
const FIRST_STEPS_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The configuration of a new installation: everything else is set up in the browser.
const FIRST_LINES: &str = "\
# Made by `wallboard serve`. The pages have what isn't here; wallboard.sample.toml lists every key.

[server]
listen = \"{listen}\"

[access]
mode = \"login\"
";

/// Run the wallboard server
#[derive(Debug, Args)]
pub(super) struct ServeCommand {
    /// Configuration file (see wallboard.sample.toml); SIGHUP reloads it [default: wallboard.toml in
    /// this folder, which is made if it's missing]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address for a new wallboard.toml, of this machine only [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", conflicts_with = "config")]
    listen: Option<SocketAddr>,
    /// Stop the server with this process ID and continue on its address; nobody is refused meanwhile
    #[cfg(target_os = "linux")]
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    take_over: Option<i32>,
}

impl ServeCommand {
    pub(super) async fn run(
        self,
        source_log: SourceLog,
        sockets: ListenFd,
    ) -> Result<(), CommandError> {
        let config = self.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG));
        let is_first_run = self.config.is_none() && !config.exists();
        if is_first_run {
            let listen = self.listen.unwrap_or(FIRST_STEPS_ADDRESS);
            if !listen.ip().is_loopback() {
                return Err(CommandError::ListenForOthers);
            }
            write_first_lines(config, listen).map_err(|cause| CommandError::Write {
                folder: ".".into(),
                cause,
            })?;
        } else if self.listen.is_some() {
            return Err(CommandError::ListenWithConfig(DEFAULT_CONFIG));
        }
        let plan = RuntimeConfig {
            source_log,
            socket: self.socket_origin(sockets)?,
            ..load_plan(config)?
        };
        let public = plan.public_url.clone();
        let scheme = plan.url_scheme();
        let plans = watch_reloads(config.to_owned());
        run_app(plan, plans, |app| {
            let url = public.unwrap_or_else(|| format!("{scheme}://{}", app.address));
            if is_first_run {
                println!(
                    "Made {DEFAULT_CONFIG} in this folder. Open {url}/ with the code above to set up."
                );
            } else {
                println!("Open {url}/");
            }
        })
        .await
    }

    fn socket_origin(&self, sockets: ListenFd) -> Result<SocketOrigin, AppError> {
        #[cfg(target_os = "linux")]
        if let Some(pid) = self.take_over {
            return Ok(SocketOrigin::Beside(RunningServer::open(pid)?));
        }
        SocketOrigin::from_systemd(sockets)
    }
}

fn write_first_lines(config: &Path, listen: SocketAddr) -> io::Result<()> {
    let lines = FIRST_LINES.replace("{listen}", &listen.to_string());
    File::create_new(config)?.write_all(lines.as_bytes())
}

fn load_plan(config: &Path) -> Result<RuntimeConfig, CommandError> {
    Ok(RuntimeConfig::load_file(config)?)
}

/// Reads the configuration again on each SIGHUP and sends the result.
#[cfg(unix)]
fn watch_reloads(config: PathBuf) -> mpsc::Receiver<ReloadResult> {
    use tokio::{
        signal::unix::{SignalKind, signal},
        task::spawn_blocking,
    };
    use tracing::warn;

    let (sender, receiver) = mpsc::channel(1);
    let mut hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => {
            warn!(
                error = &error as &dyn std::error::Error,
                "Can't listen for SIGHUP: the configuration is only read at start"
            );
            return receiver;
        }
    };
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            let config = config.clone();
            let load = move || load_plan(&config).map_err(|failure| failure.to_sentence());
            let result = spawn_blocking(load).await;
            let result = result.unwrap_or_else(|panic| Err(panic.to_string()));
            if sender.send(result.map_err(InvalidConfig)).await.is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(not(unix))]
fn watch_reloads(_: PathBuf) -> mpsc::Receiver<ReloadResult> {
    mpsc::channel(1).1
}
