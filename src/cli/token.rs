//! `wallboard token`: API tokens of programs.

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use strum::IntoEnumIterator;

use crate::app::{ApiTokenChoice, AuditAction, Membership, Role, TOKEN_DAYS_MAX, WriteRight};

use super::{
    CommandError,
    database_option::{DatabaseOption, record},
};

/// The digits of an ID that are shown, enough to tell tokens apart.
const ID_SHOWN: usize = 12;

/// Manage API tokens
#[derive(Debug, Args)]
pub(super) struct TokenCommand {
    #[command(subcommand)]
    action: TokenAction,
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Create a token and print it once
    Add {
        name: String,
        /// Whose data it reads
        #[arg(long, required_unless_present_any = ["values", "case_records"], value_parser = PossibleValuesParser::new([Role::Viewer, Role::Supervisor].map(<&str>::from)))]
        role: Option<String>,
        /// Sends values of this source, and does nothing else
        #[arg(long, value_name = "SOURCE", conflicts_with_all = ["role", "groups", "write"])]
        values: Option<String>,
        /// Reads the records of ended cases, and does nothing else
        #[arg(long, conflicts_with_all = ["role", "values", "write"])]
        case_records: bool,
        /// A group below [access.groups] whose boards, queues and agents it reads; may be repeated.
        /// Without any, everything
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// Also changes these, for a supervisor; may be repeated
        #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(WriteRight::iter().map(<&str>::from)))]
        write: Vec<String>,
        /// Days until it expires
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=i64::from(TOKEN_DAYS_MAX)))]
        days: u16,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Print a row for each token: ID, role, end, groups, what it changes, and name
    List {
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Revoke a token; it stops working within 5 seconds
    Revoke {
        /// The ID, or its beginning
        id: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
}

impl TokenCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.action {
            TokenAction::Add {
                name,
                role,
                values,
                case_records,
                groups,
                write,
                days,
                database,
            } => {
                let access = database.open().await?;
                let choice = ApiTokenChoice {
                    name,
                    // clap has checked the words.
                    membership: Membership {
                        role: role
                            .and_then(|word| word.parse().ok())
                            .unwrap_or(Role::Viewer),
                        groups: groups.into_iter().collect(),
                    },
                    may_write: write.iter().filter_map(|word| word.parse().ok()).collect(),
                    sends_values_of: values.as_deref().map(Into::into),
                    reads_case_records: case_records,
                    days,
                };
                let subject = choice.describe();
                let token = access.api_tokens().add(choice).await?;
                record(&access, AuditAction::MadeToken, &subject).await;
                println!("{token}");
            }
            TokenAction::List { database } => {
                let access = database.open().await?;
                for program in access.api_tokens().directory().list_tokens() {
                    let (id, token) = (program.id.to_text(), &program.token);
                    let id = id.get(..ID_SHOWN).unwrap_or(&id);
                    let groups: Vec<_> = token.groups.iter().map(String::as_str).collect();
                    let (groups, end) = (groups.join(","), token.expires_at.strftime("%F"));
                    let writes = match &token.sends_values_of {
                        Some(source) => format!("values of {source}"),
                        None if token.reads_case_records => "case records".to_owned(),
                        None => token.list_writes(","),
                    };
                    let role = match token.sends_values_of {
                        Some(_) => "sends",
                        None if token.reads_case_records => "reads",
                        None => token.role.into(),
                    };
                    println!(
                        "{id}  {role:<10} {end}  {groups:<20} {writes:<20} {}",
                        token.name
                    );
                }
            }
            TokenAction::Revoke { id, database } => {
                let access = database.open().await?;
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
