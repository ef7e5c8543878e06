//! `wallboard health`: asks a running wallboard whether it is ready. For containers and scripts
//! without another HTTP client.

use axum::http::Uri;
use clap::Args;

use crate::app::check_health;

use super::CommandError;

/// Check that a running wallboard is ready; exit status 0 if it is
#[derive(Debug, Args)]
pub(super) struct HealthCommand {
    /// Address of the wallboard
    #[arg(
        long,
        value_name = "URL",
        env = "WALLBOARD_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: Uri,
}

impl HealthCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        check_health(self.url).await?;
        println!("ready");
        Ok(())
    }
}
