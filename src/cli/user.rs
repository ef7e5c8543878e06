//! `wallboard user`: who may sign in. A running server follows within 5 seconds.

use std::io::{self, IsTerminal};

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use strum::IntoEnumIterator;

use crate::app::{Accounts, AuditAction, Membership, Password, Role};

use super::{
    CommandError,
    database_option::{DatabaseOption, record},
};

/// Manage users
#[derive(Debug, Args)]
pub(super) struct UserCommand {
    #[command(subcommand)]
    action: UserAction,
}

#[derive(Debug, Subcommand)]
enum UserAction {
    /// Add a user; the password is asked for, or read from standard input
    Add {
        name: String,
        #[command(flatten)]
        membership: MembershipOptions,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Set what a user may do and see; open pages follow within 5 seconds
    Role {
        name: String,
        #[command(flatten)]
        membership: MembershipOptions,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Print a row for each user: name, role, groups and status
    List {
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Disable a user; open pages close within 5 seconds
    Disable {
        name: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Give a disabled user access again
    Enable {
        name: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Set a user's password, asked for or read from standard input; all sessions end
    Password {
        name: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
}

#[derive(Debug, Args)]
struct MembershipOptions {
    /// The user's role
    #[arg(long, value_parser = PossibleValuesParser::new(Role::iter().map(<&str>::from)))]
    role: String,
    /// A group below [access.groups] whose boards, queues and agents the user sees; may be repeated.
    /// Without any, everything
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
}

impl From<MembershipOptions> for Membership {
    fn from(options: MembershipOptions) -> Self {
        Self {
            // clap has checked the word.
            role: options.role.parse().unwrap_or(Role::Viewer),
            groups: options.groups.into_iter().collect(),
        }
    }
}

impl UserCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.action {
            UserAction::Add {
                name,
                membership,
                database,
            } => {
                let access = database.open().await?;
                let adding = (access.accounts()).add_user(&name, membership, read_password()?);
                let user = adding.await?;
                let subject = format!("{}, {}", user.name, user.role);
                record(&access, AuditAction::AddedUser, &subject).await;
                println!("Added {subject}");
            }
            UserAction::Role {
                name,
                membership,
                database,
            } => {
                let (access, role) = (database.open().await?, membership.role.clone());
                let changing = access.accounts().set_membership(&name, membership);
                changing.await?;
                record(
                    &access,
                    AuditAction::ChangedRole,
                    &format!("{name}, {role}"),
                )
                .await;
                println!("Made {name} {role}");
            }
            UserAction::List { database } => {
                print_users(database.open().await?.accounts()).await?;
            }
            UserAction::Disable { name, database } => {
                let access = database.open().await?;
                access.accounts().set_disabled(&name, true).await?;
                record(&access, AuditAction::DisabledUser, &name).await;
                println!("Disabled {name}");
            }
            UserAction::Enable { name, database } => {
                let access = database.open().await?;
                access.accounts().set_disabled(&name, false).await?;
                record(&access, AuditAction::EnabledUser, &name).await;
                println!("Enabled {name}");
            }
            UserAction::Password { name, database } => {
                let access = database.open().await?;
                let setting = access
                    .accounts()
                    .set_password(&name, read_password()?, None);
                setting.await?;
                record(&access, AuditAction::SetPassword, &name).await;
                println!("Set the password of {name}");
            }
        }
        Ok(())
    }
}

async fn print_users(accounts: &Accounts) -> Result<(), CommandError> {
    for user in accounts.list_users().await? {
        let state = match (user.is_of_provider(), user.is_disabled) {
            (false, false) => "",
            (false, true) => "disabled",
            (true, false) => "from the identity provider",
            (true, true) => "from the identity provider, disabled",
        };
        let groups: Vec<_> = user.groups.iter().map(String::as_str).collect();
        let groups = groups.join(",");
        let row = format!("{:<32} {:<10} {groups:<20} {state}", user.name, user.role);
        println!("{}", row.trim_end());
    }
    Ok(())
}

/// Asks twice at a terminal; else reads a line.
fn read_password() -> Result<Password, CommandError> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin()
            .read_line(&mut line)
            .map_err(CommandError::Password)?;
        return Ok(Password::new(line.trim_end_matches(['\r', '\n'])));
    }
    let ask = |prompt| rpassword::prompt_password(prompt).map_err(CommandError::Password);
    let password = Password::new(ask("Password (at least 12 characters): ")?);
    if Password::new(ask("Again: ")?) != password {
        return Err(CommandError::PasswordsDiffer);
    }
    Ok(password)
}
