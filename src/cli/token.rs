//! `wallboard token`: API tokens of programs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::{ApiTokenChoice, AuditAction, Membership, TOKEN_DAYS_MAX, open_accounts};

use super::{
    CommandError,
    user::{MembershipOptions, record},
};

/// The digits of an ID that are shown, enough to tell tokens apart.
const ID_SHOWN: usize = 12;

/// Manage API tokens, with which programs read
#[derive(Debug, Args)]
pub(super) struct TokenCommand {
    #[command(subcommand)]
    action: TokenAction,
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Make a token for a program and print it, this once
    Add {
        name: String,
        #[command(flatten)]
        membership: MembershipOptions,
        /// How long it holds, in days
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=i64::from(TOKEN_DAYS_MAX)))]
        days: u16,
        /// Configuration file that sets the database path
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Print a row for each token: ID, role, end, groups and name
    List {
        /// Configuration file that sets the database path
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Revoke a token; it reads nothing any more within seconds
    Revoke {
        /// The ID, or its beginning
        id: String,
        /// Configuration file that sets the database path
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

impl TokenCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.action {
            TokenAction::Add {
                name,
                membership,
                days,
                config,
            } => {
                let access = open_accounts(&config).await?;
                let membership: Membership = membership.into();
                let subject = format!("{name}, {}", membership.role);
                let choice = ApiTokenChoice {
                    name,
                    membership,
                    days,
                };
                let token = access.api_tokens().add(choice).await?;
                record(&access, AuditAction::MadeToken, &subject).await;
                println!("{token}");
            }
            TokenAction::List { config } => {
                let access = open_accounts(&config).await?;
                for program in access.api_tokens().directory().list_tokens() {
                    let (id, token) = (program.id.to_text(), &program.token);
                    let id = id.get(..ID_SHOWN).unwrap_or(&id);
                    let groups: Vec<_> = token.groups.iter().map(String::as_str).collect();
                    let (groups, end) = (groups.join(","), token.expires_at.strftime("%F"));
                    println!(
                        "{id}  {:<10} {end}  {groups:<20} {}",
                        token.role, token.name
                    );
                }
            }
            TokenAction::Revoke { id, config } => {
                let access = open_accounts(&config).await?;
                let listed = access.api_tokens().directory().list_tokens();
                let mut found = (listed.iter()).filter(|one| one.id.to_text().starts_with(&id));
                let (Some(one), None) = (found.next(), found.next()) else {
                    return Err(CommandError::UnknownToken(id));
                };
                access.api_tokens().revoke(one.id).await?;
                record(&access, AuditAction::RevokedToken, &one.token.name).await;
                println!("Revoked {}", one.token.name);
            }
        }
        Ok(())
    }
}
