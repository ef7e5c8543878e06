//! `wallboard import`: imports the files of all file sources once, in the foreground.

use std::{collections::BTreeMap, io::IsTerminal, path::PathBuf, time::Duration};

use clap::Args;
use indicatif::{DecimalBytes, HumanCount, ProgressBar};
use jiff::civil::Date;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::app::{self, ImportPhase, ImportStatus, OneTimeImportReport, RuntimeConfig};

use super::{CommandError, StopSignals, progress};

/// The update interval of the progress bar.
const BAR_INTERVAL: Duration = Duration::from_millis(200);
/// The interval between printed lines without a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Import files once and exit
#[derive(Debug, Args)]
#[command(
    after_help = "May run while the server runs. Waits for files that are still being written, and for another import of the same source, including one by the running server. Exit status 0: there was at least one file, every file was imported now or earlier, and no day of the last four weeks (or of the requested days) is partial or missing. Imported data is kept, whatever happens later."
)]
pub(super) struct ImportCommand {
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Import only this source
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// First day to import, such as 2026-11-01; the default is set by `history`
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// Last day to import
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Exit with status 1 if any row is skipped
    #[arg(long)]
    strict: bool,
}

impl ImportCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let plan = RuntimeConfig::load_file(&self.config)?;
        let stop = CancellationToken::new();
        let mut signals = StopSignals::new();
        let imports =
            app::prepare_imports(&plan, self.source.as_deref(), self.since, self.until, &stop)?;
        let stop_imports = stop.clone();
        tokio::spawn(async move {
            signals.wait_for_stop().await;
            stop_imports.cancel();
        });

        let mut failed_count = 0;
        for import in imports {
            let id = import.id.to_string();
            let progress = tokio::spawn(show_progress(id.clone(), import.status.clone()));
            let report = import.run().await;
            // The task ends with the status that it watches.
            progress.await.ok();
            let is_complete = print_result(&id, &report, self.strict);
            failed_count += usize::from(!is_complete);
            if stop.is_cancelled() {
                return Err(CommandError::Stopped);
            }
        }
        match failed_count {
            0 => Ok(()),
            count => Err(CommandError::ImportsFailed(count)),
        }
    }
}

/// Shows an import's progress until it ends.
async fn show_progress(id: String, mut status: watch::Receiver<ImportStatus>) {
    let is_terminal = std::io::stderr().is_terminal();
    let mut ticks = interval(if is_terminal {
        BAR_INTERVAL
    } else {
        LINE_INTERVAL
    });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let bar = progress::import_bar(&id);
    let started = Instant::now();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            ended = status.wait_for(|_| false) => {
                debug_assert!(ended.is_err(), "the wait ends only when the sender is dropped");
                break;
            }
        }
        let now = status.borrow().clone();
        if is_terminal {
            draw_bar(&bar, &now);
        } else {
            eprintln!("{id}: {}", progress_line(&now, started.elapsed()));
        }
    }
    bar.finish_and_clear();
}

fn draw_bar(bar: &ProgressBar, status: &ImportStatus) {
    let progress = &status.progress;
    let (done, all) = if status.phase == ImportPhase::Computing {
        (progress.days_done, progress.days)
    } else {
        (progress.bytes_done, progress.bytes)
    };
    bar.set_length(all);
    bar.set_position(done);
    bar.set_message(describe_phase(status));
}

/// "12 of 300 files, 45,000 rows, 12 MB of 300 MB, about 2 min left"
fn progress_line(status: &ImportStatus, elapsed: Duration) -> String {
    let progress = &status.progress;
    // The time for small files says little about a large one.
    let has_estimate = 0 < progress.bytes_done && progress.bytes / 20 <= progress.bytes_done;
    let remaining = (has_estimate && status.phase == ImportPhase::Importing).then(|| {
        let (done, all) = (progress.bytes_done, progress.bytes);
        let remaining =
            u128::from(all.saturating_sub(done)) * elapsed.as_millis() / u128::from(done);
        let remaining = Duration::from_millis(u64::try_from(remaining).unwrap_or(u64::MAX));
        format!(", about {} left", indicatif::HumanDuration(remaining))
    });
    format!(
        "{}{}",
        describe_phase(status),
        remaining.unwrap_or_default()
    )
}

fn describe_phase(status: &ImportStatus) -> String {
    let progress = &status.progress;
    match status.phase {
        ImportPhase::Waiting => "waiting for another import of this source to finish".to_owned(),
        ImportPhase::Listing | ImportPhase::Idle => "checking for files".to_owned(),
        ImportPhase::Stabilizing => "waiting for files to finish uploading".to_owned(),
        ImportPhase::Importing => format!(
            "{} of {} files, {} rows, {} of {}",
            HumanCount(progress.files_done),
            HumanCount(progress.files),
            HumanCount(progress.rows),
            DecimalBytes(progress.bytes_done),
            DecimalBytes(progress.bytes),
        ),
        ImportPhase::Computing => format!(
            "computing intervals, {} of {} days done",
            HumanCount(progress.days_done),
            HumanCount(progress.days),
        ),
    }
}

/// Prints the result. Returns whether the import was complete.
fn print_result(id: &str, report: &OneTimeImportReport, strict: bool) -> bool {
    let outcome = match &report.result {
        Ok(outcome) => outcome,
        Err(why) => {
            eprintln!("{id}: {why}");
            return false;
        }
    };
    println!("{id}: {}", app::describe_outcome(outcome));
    print_files(
        "couldn't be imported",
        &outcome.failed.reasons,
        outcome.failed.count,
    );
    print_files(
        "not imported yet",
        &outcome.deferred.reasons,
        outcome.deferred.count,
    );
    for row in &report.rejected_rows {
        println!("  skipped: {} line {}: {}", row.key, row.line, row.reason);
    }
    let printed_count = report.rejected_rows.len() as u64;
    if printed_count < outcome.rejected_rows {
        println!(
            "  and {} more rows; see the Data sources page",
            outcome.rejected_rows - printed_count
        );
    }
    for missing in report.gaps.list_missing() {
        println!("  {missing}");
    }
    if outcome.found == 0 {
        eprintln!(
            "{id}: {}",
            app::describe_nothing_found(&report.requested, outcome)
        );
    }
    0 < outcome.found
        && outcome.failed.count == 0
        && outcome.deferred.count == 0
        && !report.has_gaps
        && !(strict && 0 < outcome.rejected_rows)
}

fn print_files(what: &str, reasons: &BTreeMap<String, String>, count: u64) {
    for (key, why) in reasons {
        eprintln!("  {what}: {key}: {why}");
    }
    let more = count.saturating_sub(reasons.len() as u64);
    if 0 < more {
        eprintln!("  {what}: and {more} more files");
    }
}
