//! `wallboard serve`: the product.

use std::path::{Path, PathBuf};

use clap::Args;
use tokio::sync::mpsc;

use crate::{app::Plan, logbook::Logbook, settings};

use super::{Failure, work};

/// Show the boards of the sources in the configuration
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration (wallboard.sample.toml explains it); SIGHUP reads it again
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
    Ok(Plan::of(settings::load(config)?)?)
}

/// What the file asks for whenever SIGHUP asks to read it again. A file that is
/// wrong changes nothing.
#[cfg(unix)]
fn reread(config: PathBuf) -> mpsc::Receiver<Plan> {
    use tokio::signal::unix::{SignalKind, signal};
    use tracing::{error, warn};

    let (plans, coming) = mpsc::channel(1);
    let mut asked = match signal(SignalKind::hangup()) {
        Ok(asked) => asked,
        Err(error) => {
            warn!(
                error = &error as &dyn std::error::Error,
                "SIGHUP cannot be heard: the configuration is read at the start only"
            );
            return coming;
        }
    };
    tokio::spawn(async move {
        while asked.recv().await.is_some() {
            match plan(&config) {
                Ok(plan) => {
                    if plans.send(plan).await.is_err() {
                        return;
                    }
                }
                Err(failure) => {
                    for fault in failure.sentence().lines() {
                        error!("Configuration not taken over, all stays as it is: {fault}");
                    }
                }
            }
        }
    });
    coming
}

#[cfg(not(unix))]
fn reread(_: PathBuf) -> mpsc::Receiver<Plan> {
    mpsc::channel(1).1
}
