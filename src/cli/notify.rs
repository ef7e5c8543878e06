//! `wallboard notify`: sends test messages.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::{self, RuntimeConfig};

use super::CommandError;

/// Send a test message to a channel
#[derive(Debug, Args)]
pub(super) struct NotifyCommand {
    #[command(subcommand)]
    action: NotifyAction,
}

#[derive(Debug, Subcommand)]
enum NotifyAction {
    /// Send a test message to a channel of the configuration or of the browser, and print the answer
    Test {
        /// Its name: floor for [channels.floor]
        channel: String,
        /// Configuration file
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

impl NotifyCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let NotifyAction::Test { channel, config } = self.action;
        let plan = RuntimeConfig::load_file(&config)?;
        let accepted = Box::pin(app::test_channel(plan, &channel)).await?;
        let millis = accepted.took.as_millis();
        println!("ok      {channel}: {} in {millis} ms", accepted.answer);
        Ok(())
    }
}
