//! `wallboard serve`: the product.

use std::path::PathBuf;

use clap::Args;

use crate::{app::Plan, settings};

use super::{Failure, work};

/// Show the boards of the sources in the configuration
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration (wallboard.sample.toml explains it)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let plan = Plan::of(settings::load(&self.config)?)?;
        let public = plan.public_url.clone();
        work(plan, |app| {
            let url = public.unwrap_or_else(|| format!("http://{}", app.address));
            println!("Open {url}/");
        })
        .await
    }
}
