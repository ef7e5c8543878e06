//! The option that names the database of users, screens and tokens, for the commands that manage them.

use std::path::PathBuf;

use clap::Args;

use crate::app::{AuditAction, AuditActor, SignIn, open_accounts};

use super::CommandError;

#[derive(Debug, Args)]
pub(super) struct DatabaseOption {
    /// Configuration file that sets the database path
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl DatabaseOption {
    /// Opens it; a server may be running.
    pub(super) async fn open(&self) -> Result<SignIn, CommandError> {
        Ok(open_accounts(&self.config).await?)
    }
}

/// Notes in the audit trail what a command did.
pub(super) async fn record(access: &SignIn, action: AuditAction, subject: &str) {
    let actor = AuditActor::command_line();
    access.audit().record(&actor, action, subject).await;
}
