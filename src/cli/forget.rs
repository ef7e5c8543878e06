//! `wallboard forget`: deletes what is stored about one person, and lists it.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

use clap::Args;
use indicatif::HumanCount;
use jiff::{Timestamp, tz::TimeZone};

use crate::app::{
    DataRetention, ForgetError, ForgettingPlan, InventoryRow, PersonSearchError, RuntimeConfig,
    finish_forgetting,
};

use super::CommandError;

/// Delete what is stored about one person, and list it
#[derive(Debug, Args)]
#[command(
    after_help = "May run while the server runs, which then shows the person no longer. Files that are imported later don't bring the person back. Figures of queues stay. If this is interrupted, run it again. See docs/about/privacy.md#forget-a-person for what stays, and why."
)]
pub(super) struct ForgetCommand {
    /// An agent's ID (chat/1234), a person of the configuration (person/anna), an exact name or
    /// email address, or a user's name; user/NAME if an agent has the same
    person: String,
    /// Configuration file that sets the database path
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only list what is kept
    #[arg(long)]
    dry_run: bool,
    /// Don't ask for confirmation
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

impl ForgetCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let plan = RuntimeConfig::load_file(&self.config)?;
        let forgetting = match ForgettingPlan::prepare(&plan, &self.person).await {
            // It may have been the same person.
            Err(ForgetError::Search(PersonSearchError::Unknown(_)))
                if !self.dry_run && finish_forgetting(&plan).await? =>
            {
                println!("Finished what an earlier run began.");
                return Ok(());
            }
            prepared => prepared?,
        };
        if self.dry_run || !self.yes {
            print_plan(&forgetting, &plan.site.zone);
        }
        if self.dry_run {
            return Ok(());
        }
        if !self.yes && !confirm()? {
            return Err(CommandError::NotConfirmed);
        }
        forgetting.run(&plan).await?;
        println!("Forgotten:\n");
        print_plan(&forgetting, &plan.site.zone);
        Ok(())
    }
}

fn print_plan(forgetting: &ForgettingPlan, zone: &TimeZone) {
    let head = ["What", "Rows", "From", "To", "Kept for", "Forgetting it"].map(str::to_owned);
    let rows = forgetting.rows.iter();
    let rows = rows.filter(|row| row.rows != Some(0));
    let rows: Vec<_> = rows
        .map(|row| format_row(row, &forgetting.retention, zone))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]);
        let widths = cells.map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::new();
        for ((index, cell), width) in row.iter().enumerate().zip(widths) {
            let aligned = match index {
                1 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            };
            line = [line, aligned].join("  ");
        }
        println!("{}", line.trim());
    }
    if rows.is_empty() {
        println!("Nothing is kept about them.");
    }
    for note in &forgetting.notes {
        println!("\n{note}");
    }
}

fn format_row(row: &InventoryRow, retention: &DataRetention, zone: &TimeZone) -> [String; 6] {
    let date = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let none = || "–".to_owned();
    [
        row.kind.label().to_owned(),
        row.rows
            .map_or_else(none, |rows| HumanCount(rows).to_string()),
        row.span.map_or_else(none, |(first, _)| date(first)),
        row.span.map_or_else(none, |(_, last)| date(last)),
        row.kind.kept_for(retention).to_string(),
        row.kind.outcome().to_owned(),
    ]
}

/// Asks at a terminal; else, `--yes` is missing.
fn confirm() -> Result<bool, CommandError> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("\nThis can't be undone. Forget this person? Type yes: ");
    io::stdout().flush().map_err(CommandError::Print)?;
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.map_err(CommandError::Confirmation)?;
    Ok(answer.trim() == "yes")
}
