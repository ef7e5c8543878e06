//! `wallboard replay`: shows a slice of the log as it happened.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use tokio::sync::mpsc;

use crate::app::{LogReplay, RuntimeConfig};
use wallboard_runtime::source_log::SourceLog;

use super::{CommandError, run_app};

/// Play a slice or a copy of the log; needs no setup
#[derive(Debug, Args)]
#[command(
    after_help = "The file is only read. Every page shows that it isn't live. After its end everything is out of date."
)]
pub(super) struct ReplayCommand {
    /// File from wallboard log export, or a copy of a log by wallboard backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How many times faster than it happened, from 1 to 1000
    #[arg(long, value_name = "X", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    speed: u32,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl ReplayCommand {
    pub(super) async fn run(self, source_log: SourceLog) -> Result<(), CommandError> {
        let replay = LogReplay {
            file: self.file,
            speed: self.speed,
        };
        let plan = RuntimeConfig {
            source_log,
            ..RuntimeConfig::replay_config(self.listen, replay)
        };
        // There is no configuration file to reload.
        let no_plans = mpsc::channel(1).1;
        run_app(plan, no_plans, |app| {
            println!(
                "Open http://{}/ to see the replay. Press Ctrl-C to stop.",
                app.address
            );
        })
        .await
    }
}
