//! `wallboard import`: takes in once, in the foreground, what the sources of files have.

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

/// How often a bar moves.
const BAR_INTERVAL: Duration = Duration::from_millis(200);
/// How often a line is printed where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Import files once and exit
#[derive(Debug, Args)]
#[command(
    after_help = "Waits for files that are still being written, and for another import of the same source, including one by the running server. Exit status 0: there was at least one file, every file was imported now or earlier, and no day of the last four weeks (or of the requested days) is partial or missing. Imported data is kept, whatever happens later."
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
        let imports = app::prepare_imports(
            &plan,
            self.source.as_deref(),
            (self.since, self.until),
            &stop,
        )?;
        let asked = stop.clone();
        tokio::spawn(async move {
            signals.wait_for_stop().await;
            asked.cancel();
        });

        let mut unwell = 0;
        for import in imports {
            let id = import.id.to_string();
            let shown = tokio::spawn(show_progress(id.clone(), import.status.clone()));
            let end = import.run().await;
            // It ends with the status that it watches.
            shown.await.ok();
            let is_well = print_result(&id, &end, self.strict);
            unwell += usize::from(!is_well);
            if stop.is_cancelled() {
                return Err(CommandError::Stopped);
            }
        }
        match unwell {
            0 => Ok(()),
            count => Err(CommandError::ImportsFailed(count)),
        }
    }
}

/// Shows how an import goes until it has ended.
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
                debug_assert!(ended.is_err(), "nothing is waited for but the end");
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
    // How long small files took says little of a large one.
    let tells = 0 < progress.bytes_done && progress.bytes / 20 <= progress.bytes_done;
    let left = (tells && status.phase == ImportPhase::Importing).then(|| {
        let (done, all) = (progress.bytes_done, progress.bytes);
        let left = u128::from(all.saturating_sub(done)) * elapsed.as_millis() / u128::from(done);
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX));
        format!(", about {} left", indicatif::HumanDuration(left))
    });
    format!("{}{}", describe_phase(status), left.unwrap_or_default())
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

/// Says what came of it. Returns whether all is well.
fn print_result(id: &str, end: &OneTimeImportReport, strict: bool) -> bool {
    let outcome = match &end.result {
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
        &outcome.not_yet.reasons,
        outcome.not_yet.count,
    );
    for row in &end.rejected_rows {
        println!("  skipped: {} line {}: {}", row.key, row.line, row.reason);
    }
    let told = end.rejected_rows.len() as u64;
    if told < outcome.rejected_rows {
        println!(
            "  and {} more rows; see the Data sources page",
            outcome.rejected_rows - told
        );
    }
    for sentence in end.gaps.to_sentences() {
        println!("  {sentence}");
    }
    if outcome.found == 0 {
        eprintln!(
            "{id}: {}",
            app::describe_nothing_found(&end.requested, outcome)
        );
    }
    0 < outcome.found
        && outcome.failed.count == 0
        && outcome.not_yet.count == 0
        && !end.has_gaps
        && !(strict && 0 < outcome.rejected_rows)
}

fn print_files(what: &str, named: &BTreeMap<String, String>, count: u64) {
    for (key, why) in named {
        eprintln!("  {what}: {key}: {why}");
    }
    let more = count.saturating_sub(named.len() as u64);
    if 0 < more {
        eprintln!("  {what}: and {more} more files");
    }
}
