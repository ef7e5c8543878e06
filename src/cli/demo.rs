//! `wallboard demo`: the whole product on simulated upstreams.

use std::net::SocketAddr;

use clap::Args;
use tokio::sync::mpsc;

use crate::app::RuntimeConfig;
use wallboard_runtime::source_log::SourceLog;

use super::{CommandError, run_app};

/// Run with a simulated contact center; needs no setup
#[derive(Debug, Args)]
pub(super) struct DemoCommand {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Random seed; the same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Simulation speed, from 0.01 to 1000 times real time
    #[arg(long, value_name = "X", default_value = "1", value_parser = speed)]
    speed: f64,
}

fn speed(text: &str) -> Result<f64, &'static str> {
    match text.parse() {
        Ok(speed) if (0.01..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("must be a number from 0.01 to 1000"),
    }
}

impl DemoCommand {
    pub(super) async fn run(self, source_log: SourceLog) -> Result<(), CommandError> {
        let plan = RuntimeConfig {
            source_log,
            ..RuntimeConfig::demo_config(self.listen, self.seed, self.speed)
        };
        // There is no configuration file to reload.
        let no_plans = mpsc::channel(1).1;
        run_app(plan, no_plans, |app| {
            println!(
                "Open http://{}/ to see the demo. Press Ctrl-C to stop.",
                app.address
            );
        })
        .await
    }
}
