//! `wallboard serve`: runs the server.

use std::path::{Path, PathBuf};

use clap::Args;
use listenfd::ListenFd;
use tokio::sync::mpsc;

#[cfg(target_os = "linux")]
use crate::app::RunningServer;
use crate::{
    app::{AppError, InvalidConfig, ReloadResult, RuntimeConfig, SocketOrigin},
    source_log::SourceLog,
};

use super::{CommandError, run_app};

/// Run the wallboard server
#[derive(Debug, Args)]
pub(super) struct ServeCommand {
    /// Configuration file (see wallboard.sample.toml); SIGHUP reloads it
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
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
        let plan = RuntimeConfig {
            source_log,
            socket: self.socket_origin(sockets)?,
            ..load_plan(&self.config)?
        };
        let public = plan.public_url.clone();
        let scheme = plan.url_scheme();
        let plans = watch_reloads(self.config);
        run_app(plan, plans, |app| {
            let url = public.unwrap_or_else(|| format!("{scheme}://{}", app.address));
            println!("Open {url}/");
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
