//! `wallboard backup`: a consistent copy of the store while the product runs.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clap::Args;
use tokio::task::spawn_blocking;

use crate::{app, settings};

use super::{CommandError, StopSignals, progress};

/// Back up the database to one file, also while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "An earlier backup with the same name is replaced once the new one is complete and verified. Other files are never overwritten. To restore, see docs/operate.md."
)]
pub(super) struct BackupCommand {
    /// Path of the backup file
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Configuration file that sets the database path
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl BackupCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let from = settings::load_file(&self.config)?.store;
        let stop = Arc::new(AtomicBool::new(false));
        let (to, stopped) = (self.to.clone(), stop.clone());
        let mut signals = StopSignals::new();
        let copying = spawn_blocking(move || {
            let bar = progress::byte_bar();
            let copied = app::create_backup(&from, &to, |done, all| {
                bar.set_length(all);
                bar.set_position(done);
                if stopped.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            bar.finish_and_clear();
            copied
        });
        tokio::pin!(copying);
        let copied = tokio::select! {
            copied = &mut copying => copied,
            () = signals.wait_for_stop() => {
                stop.store(true, Ordering::Relaxed);
                copying.await
            }
        };
        let size = copied.map_err(|panic| CommandError::Task("the backup", panic))??;
        let size = indicatif::DecimalBytes(size);
        println!("Copied {size} to {}", self.to.display());
        Ok(())
    }
}
