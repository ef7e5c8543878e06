//! `wallboard check`: checks everything and tells how to fix problems.

use std::path::PathBuf;

use clap::Args;

use crate::app::{self, RuntimeConfig};

use super::CommandError;

/// Check the configuration, database, port, NATS servers and every data source
#[derive(Debug, Args)]
pub(super) struct CheckCommand {
    /// Configuration file to check
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only read the configuration; don't connect to anything
    #[arg(long)]
    offline: bool,
    /// Try well-known statistic names on this source's objects (Genesys, GMS), and print
    /// the configuration for those that work
    #[arg(long, value_name = "SOURCE", conflicts_with = "offline")]
    discover: Option<String>,
}

impl CheckCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let plan = RuntimeConfig::load_file(&self.config)?;
        if let Some(source) = &self.discover {
            return print_discovery(&plan, source).await;
        }
        print_row("config", &self.config.display().to_string(), None);
        for note in &plan.notes {
            println!("note    {note}");
        }
        if self.offline {
            return Ok(());
        }

        let report = app::check_plan(&plan).await;
        for finding in &report.rows {
            print_row(finding.what, &finding.name, finding.fault.as_deref());
        }
        for note in &report.notes {
            println!("note    {note}");
        }
        let failed = report.rows.iter().filter(|finding| finding.fault.is_some());
        match failed.count() {
            0 => Ok(()),
            count => Err(CommandError::ChecksFailed(count)),
        }
    }
}

/// Prints only TOML: findings are comments.
async fn print_discovery(plan: &RuntimeConfig, source: &str) -> Result<(), CommandError> {
    let discovered = app::discover_names(plan, source).await?;
    print!("{}", discovered.toml);
    match discovered.count {
        0 => Err(CommandError::NoStatisticAnswers),
        _ => Ok(()),
    }
}

fn print_row(what: &str, name: &str, fault: Option<&str>) {
    match fault {
        None => println!("ok      {what:<7} {name}"),
        Some(fault) => println!("NOT OK  {what:<7} {name}: {fault}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Returns the first block of this kind in the readme, without its indentation.
    fn block(fence: &str, begins_with: &str) -> String {
        let readme = include_str!("../../README.md");
        let blocks = readme
            .split("```")
            .filter_map(|block| block.strip_prefix(fence));
        let mut blocks = blocks.map(|block| {
            let lines: Vec<&str> = block.trim().lines().map(str::trim).collect();
            lines.join("\n")
        });
        blocks.find(|block| block.starts_with(begins_with)).unwrap()
    }

    #[tokio::test]
    async fn readme_shows_every_row_of_a_check_of_its_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = block("toml", "time_zone");
        // Nothing listens there.
        let url = "\"amqp://user:password@127.0.0.1:1/vhost\"";
        let configuration = configuration.replace("{ env = \"VNGAGE_URL\" }", url);
        let file = folder.path().join("wallboard.toml");
        fs::write(&file, configuration).unwrap();

        let plan = RuntimeConfig::load_file(&file).unwrap();
        let report = app::check_plan(&plan).await;

        let folder = format!("{}/", folder.path().display());
        let rows = report.rows.iter();
        let rows =
            rows.map(|row| format!("ok      {:<7} {}", row.what, row.name.replace(&folder, "")));
        let shown = block("", "ok      config");
        let shown: Vec<&str> = shown.lines().skip(1).collect();
        assert_eq!(rows.collect::<Vec<_>>(), shown);
    }
}
