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

use crate::app::{self, ImportEnd, Phase, Plan, Status};

use super::{Failure, Signals, progress};

/// How often a bar moves.
const BLINK: Duration = Duration::from_millis(200);
/// How often a line is printed where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

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
    pub(super) async fn run(self) -> Result<(), Failure> {
        let plan = Plan::load(&self.config)?;
        let stop = CancellationToken::new();
        let mut signals = Signals::new();
        let imports = app::imports(
            &plan,
            self.source.as_deref(),
            (self.since, self.until),
            &stop,
        )?;
        let asked = stop.clone();
        tokio::spawn(async move {
            signals.asked_to_stop().await;
            asked.cancel();
        });

        let mut unwell = 0;
        for import in imports {
            let id = import.id.to_string();
            let shown = tokio::spawn(show(id.clone(), import.status.clone()));
            let end = import.run().await;
            // It ends with the status that it watches.
            shown.await.ok();
            let is_well = tell(&id, &end, self.strict);
            unwell += usize::from(!is_well);
            if stop.is_cancelled() {
                return Err(Failure::Stopped);
            }
        }
        match unwell {
            0 => Ok(()),
            count => Err(Failure::Import(count)),
        }
    }
}

/// Shows how an import goes until it has ended.
async fn show(id: String, mut status: watch::Receiver<Status>) {
    let is_terminal = std::io::stderr().is_terminal();
    let mut ticks = interval(if is_terminal { BLINK } else { LINE });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let bar = progress::of_files(&id);
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
            draw(&bar, &now);
        } else {
            eprintln!("{id}: {}", line(&now, started.elapsed()));
        }
    }
    bar.finish_and_clear();
}

fn draw(bar: &ProgressBar, status: &Status) {
    let progress = &status.progress;
    let (done, all) = if status.phase == Phase::Reckoning {
        (progress.days_done, progress.days)
    } else {
        (progress.bytes_done, progress.bytes)
    };
    bar.set_length(all);
    bar.set_position(done);
    bar.set_message(what(status));
}

/// "12 of 300 files, 45,000 rows, 12 MB of 300 MB, about 2 min left"
fn line(status: &Status, elapsed: Duration) -> String {
    let progress = &status.progress;
    // How long small files took says little of a large one.
    let tells = 0 < progress.bytes_done && progress.bytes / 20 <= progress.bytes_done;
    let left = (tells && status.phase == Phase::Taking).then(|| {
        let (done, all) = (progress.bytes_done, progress.bytes);
        let left = u128::from(all.saturating_sub(done)) * elapsed.as_millis() / u128::from(done);
        let left = Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX));
        format!(", about {} left", indicatif::HumanDuration(left))
    });
    format!("{}{}", what(status), left.unwrap_or_default())
}

fn what(status: &Status) -> String {
    let progress = &status.progress;
    match status.phase {
        Phase::Waiting => "waiting for another import of this source to finish".to_owned(),
        Phase::Listing | Phase::Idle => "checking for files".to_owned(),
        Phase::Settling => "waiting for files to finish uploading".to_owned(),
        Phase::Taking => format!(
            "{} of {} files, {} rows, {} of {}",
            HumanCount(progress.files_done),
            HumanCount(progress.files),
            HumanCount(progress.rows),
            DecimalBytes(progress.bytes_done),
            DecimalBytes(progress.bytes),
        ),
        Phase::Reckoning => format!(
            "computing intervals, {} of {} days done",
            HumanCount(progress.days_done),
            HumanCount(progress.days),
        ),
    }
}

/// Says what came of it. Returns whether all is well.
fn tell(id: &str, end: &ImportEnd, strict: bool) -> bool {
    let outcome = match &end.result {
        Ok(outcome) => outcome,
        Err(why) => {
            eprintln!("{id}: {why}");
            return false;
        }
    };
    println!("{id}: {}", app::told(outcome));
    files(
        "couldn't be imported",
        &outcome.failed.named,
        outcome.failed.count,
    );
    files(
        "not imported yet",
        &outcome.not_yet.named,
        outcome.not_yet.count,
    );
    for row in &end.aside {
        println!("  skipped: {} line {}: {}", row.key, row.line, row.reason);
    }
    let told = end.aside.len() as u64;
    if told < outcome.set_aside {
        println!(
            "  and {} more rows; see the Data sources page",
            outcome.set_aside - told
        );
    }
    for sentence in end.gaps.sentences() {
        println!("  {sentence}");
    }
    if outcome.found == 0 {
        eprintln!("{id}: {}", app::nothing_found(&end.asked_for, outcome));
    }
    0 < outcome.found
        && outcome.failed.count == 0
        && outcome.not_yet.count == 0
        && !end.has_gaps
        && !(strict && 0 < outcome.set_aside)
}

fn files(what: &str, named: &BTreeMap<String, String>, count: u64) {
    for (key, why) in named {
        eprintln!("  {what}: {key}: {why}");
    }
    let more = count.saturating_sub(named.len() as u64);
    if 0 < more {
        eprintln!("  {what}: and {more} more files");
    }
}
