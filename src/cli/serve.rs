//! `wallboard serve`: the product.

use std::path::{Path, PathBuf};

use clap::Args;
use tokio::sync::mpsc;

use crate::{
    app::{Faulty, Plan, Reread},
    logbook::Logbook,
};

use super::{Failure, work};

/// Run the wallboard server
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Configuration file (see wallboard.sample.toml); SIGHUP reloads it
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub(super) async fn run(self, logbook: Logbook) -> Result<(), Failure> {
        let plan = Plan {
            logbook,
            ..plan(&self.config)?
        };
        let public = plan.public_url.clone();
        let scheme = plan.scheme();
        let plans = reread(self.config);
        work(plan, plans, |app| {
            let url = public.unwrap_or_else(|| format!("{scheme}://{}", app.address));
            println!("Open {url}/");
        })
        .await
    }
}

fn plan(config: &Path) -> Result<Plan, Failure> {
    Ok(Plan::load(config)?)
}

/// What the file says whenever SIGHUP asks to read it again.
#[cfg(unix)]
fn reread(config: PathBuf) -> mpsc::Receiver<Reread> {
    use tokio::{
        signal::unix::{SignalKind, signal},
        task::spawn_blocking,
    };
    use tracing::warn;

    let (plans, coming) = mpsc::channel(1);
    let mut asked = match signal(SignalKind::hangup()) {
        Ok(asked) => asked,
        Err(error) => {
            warn!(
                error = &error as &dyn std::error::Error,
                "Can't listen for SIGHUP: the configuration is only read at start"
            );
            return coming;
        }
    };
    tokio::spawn(async move {
        while asked.recv().await.is_some() {
            let config = config.clone();
            let read = move || plan(&config).map_err(|failure| failure.sentence());
            let read = spawn_blocking(read).await;
            let read = read.unwrap_or_else(|panic| Err(panic.to_string()));
            if plans.send(read.map_err(Faulty)).await.is_err() {
                return;
            }
        }
    });
    coming
}

#[cfg(not(unix))]
fn reread(_: PathBuf) -> mpsc::Receiver<Reread> {
    mpsc::channel(1).1
}
