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

use super::{Failure, Signals, progress};

/// Back up the database to one file, also while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "An earlier backup with the same name is replaced once the new one is complete and verified. Other files are never overwritten. To restore, see docs/operate.md."
)]
pub(super) struct Backup {
    /// Path of the backup file
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Configuration file that sets the database path
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Backup {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let from = settings::load(&self.config)?.store;
        let stop = Arc::new(AtomicBool::new(false));
        let (to, stopped) = (self.to.clone(), stop.clone());
        let mut signals = Signals::new();
        let copying = spawn_blocking(move || {
            let bar = progress::of_bytes();
            let copied = app::backup(&from, &to, |done, all| {
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
            () = signals.asked_to_stop() => {
                stop.store(true, Ordering::Relaxed);
                copying.await
            }
        };
        let size = copied.map_err(|panic| Failure::Task("the backup", panic))??;
        let size = indicatif::DecimalBytes(size);
        println!("Copied {size} to {}", self.to.display());
        Ok(())
    }
}
