//! `wallboard backup`: consistent copies of the store and the log, even while the server runs.

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

/// Back up the database and the log, also while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "An earlier backup with the same name is replaced once the new one is complete and verified. Other files are never overwritten. To restore, see docs/how-to/backup.md#restore."
)]
pub(super) struct BackupCommand {
    /// Path of the backup file; the log's copy is next to it, with -log in its name
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Configuration file that sets the database path
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl BackupCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let settings = settings::load_file(&self.config)?;
        copy_file(settings.store.clone(), self.to.clone()).await?;
        let log = app::log_path(&settings.store);
        if settings.log.enabled && log.exists() {
            copy_file(log, app::log_path(&self.to)).await?;
        }
        Ok(())
    }
}

/// Copies one database, with a progress bar, and reports the end.
async fn copy_file(from: PathBuf, to: PathBuf) -> Result<(), CommandError> {
    let stop = Arc::new(AtomicBool::new(false));
    let (target, stopped) = (to.clone(), stop.clone());
    let mut signals = StopSignals::new();
    let copy_task = spawn_blocking(move || {
        let bar = progress::byte_bar();
        let result = app::create_backup(&from, &target, |done, all| {
            bar.set_length(all);
            bar.set_position(done);
            if stopped.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        bar.finish_and_clear();
        result
    });
    tokio::pin!(copy_task);
    let result = tokio::select! {
        result = &mut copy_task => result,
        () = signals.wait_for_stop() => {
            stop.store(true, Ordering::Relaxed);
            copy_task.await
        }
    };
    let size = result.map_err(|panic| CommandError::Task("the backup", panic))??;
    let size = indicatif::DecimalBytes(size);
    println!("Copied {size} to {}", to.display());
    Ok(())
}
