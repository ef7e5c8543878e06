//! `wallboard log export`: a slice of the input log as a file, even while the server runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::HumanCount;

use crate::{app, settings};

use super::{CommandError, StopSignals};

/// Export a slice of the input log
#[derive(Debug, Args)]
pub(super) struct LogCommand {
    #[command(subcommand)]
    command: LogAction,
}

#[derive(Debug, Subcommand)]
enum LogAction {
    Export(ExportCommand),
}

/// Export a slice of the log to a file, also while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "The file has names only as far as [privacy] agent_names allows, and agents' IDs. To play it: wallboard replay FILE"
)]
struct ExportCommand {
    /// File to write; it must not exist
    #[arg(value_name = "FILE")]
    target: PathBuf,
    /// Configuration file that sets the database path, the time zone and the privacy
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// First moment, such as 2026-11-20T10:42, 10:42 or -1h; in the site's time zone unless it has an
    /// offset
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    from: String,
    /// Last moment
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    to: String,
}

impl LogCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.command {
            LogAction::Export(export) => export.run().await,
        }
    }
}

impl ExportCommand {
    async fn run(self) -> Result<(), CommandError> {
        let settings = settings::load_file(&self.config)?;
        let mut signals = StopSignals::new();
        let slice = tokio::select! {
            slice = app::export_log(&settings, [&self.from, &self.to], &self.target) => slice?,
            () = signals.wait_for_stop() => return Err(CommandError::ExportStopped),
        };
        let [from, to] = [slice.from, slice.to].map(|at| {
            let local = at.to_zoned(settings.site.zone.clone());
            local.strftime("%Y-%m-%dT%H:%M:%S").to_string()
        });
        println!(
            "Exported {} entries from {from} to {to} to {}",
            HumanCount(slice.entries),
            self.target.display()
        );
        Ok(())
    }
}
