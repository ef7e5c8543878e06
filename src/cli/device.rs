//! `wallboard device`: paired screens.

use clap::{Args, Subcommand};

use crate::app::AuditAction;

use super::{
    CommandError,
    database_option::{DatabaseOption, record},
};

/// The digits of an ID that are shown, enough to tell screens apart.
const ID_SHOWN: usize = 12;

/// Manage paired screens
#[derive(Debug, Args)]
pub(super) struct DeviceCommand {
    #[command(subcommand)]
    action: DeviceAction,
}

#[derive(Debug, Subcommand)]
enum DeviceAction {
    /// Print a row for each paired screen: ID, board, name and place
    List {
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Remove a paired screen; it shows a code again within 5 seconds
    Revoke {
        /// The ID, or its beginning
        id: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
}

impl DeviceCommand {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.action {
            DeviceAction::List { database } => {
                let access = database.open().await?;
                for listed in access.screens().directory().list_screens() {
                    let (id, screen) = (listed.id.to_text(), &listed.screen);
                    let id = id.get(..ID_SHOWN).unwrap_or(&id);
                    let row = format!(
                        "{id}  {:<16} {}  {}",
                        screen.content(),
                        screen.name,
                        screen.place
                    );
                    println!("{}", row.trim_end());
                }
            }
            DeviceAction::Revoke { id, database } => {
                let access = database.open().await?;
                let screens = access.screens();
                let listed = screens.directory().list_screens();
                let mut found = (listed.iter()).filter(|one| one.id.to_text().starts_with(&id));
                let (Some(one), None) = (found.next(), found.next()) else {
                    return Err(CommandError::UnknownDevice(id));
                };
                screens.remove(one.id).await?;
                record(&access, AuditAction::RemovedScreen, &one.screen.name).await;
                println!("Removed {}", one.screen.name);
            }
        }
        Ok(())
    }
}
