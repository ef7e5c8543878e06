//! Why a command failed, and its exit status.

use std::{io, path::PathBuf};

use tokio::task::JoinError;

use crate::{
    app::{
        AccountError, AccountsError, ApiTokenError, AppError, BackupError, ChannelTestError,
        ConfigCommandError, ConfigurationError, DiscoverError, ExportError, ForgetError,
        HealthError, ImportSetupError, ScreenError,
    },
    settings::ConfigFaults,
};
use wallboard_domain::error_chain;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Settings(#[from] ConfigFaults),
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    #[error(
        "--listen is for a new {0}, and there's one in this folder: set `listen` in its [server] table"
    )]
    ListenWithConfig(&'static str),
    #[error(
        "--listen must be an address of this machine, such as 127.0.0.1:8080: until HTTPS is set up, passwords would travel unencrypted"
    )]
    ListenForOthers,
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("the export was stopped; there's no file")]
    ExportStopped,
    #[error(transparent)]
    Imports(#[from] ImportSetupError),
    #[error("sources not fully imported: {0} (see the messages above)")]
    ImportsFailed(usize),
    #[error("stopped; imported data is saved, and the next import continues from there")]
    Stopped,
    #[error("{0} failed because of a bug; see the log for details")]
    Task(&'static str, #[source] JoinError),
    #[error(transparent)]
    Health(#[from] HealthError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Screen(#[from] ScreenError),
    #[error(
        "no screen, or more than one, has an ID that begins with {0:?}; `wallboard device list` shows all"
    )]
    UnknownDevice(String),
    #[error(transparent)]
    ApiToken(#[from] ApiTokenError),
    #[error(
        "no token, or more than one, has an ID that begins with {0:?}; `wallboard token list` shows all"
    )]
    UnknownToken(String),
    #[error(transparent)]
    Forget(#[from] ForgetError),
    #[error("not confirmed; nothing was changed. Without a terminal, use --yes")]
    NotConfirmed,
    #[error("couldn't read the answer")]
    Confirmation(#[source] io::Error),
    #[error("couldn't read the password")]
    Password(#[source] io::Error),
    #[error("the two passwords aren't the same; nothing was changed")]
    PasswordsDiffer,
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    #[error(
        "none of the well-known statistic names exist on this server; ask your contact center's administrator for the names"
    )]
    NoStatisticAnswers,
    #[error(transparent)]
    Channel(#[from] ChannelTestError),
    #[error("couldn't write the output")]
    Print(#[source] io::Error),
    #[error(transparent)]
    Config(#[from] ConfigCommandError),
    #[error("couldn't read {}", file.display())]
    ReadFile {
        file: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("couldn't write to {}", folder.display())]
    Write {
        folder: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("checks failed: {0} (see the rows marked NOT OK)")]
    ChecksFailed(usize),
}

impl CommandError {
    /// 2 for a usage or configuration error, 1 for a failure at run time.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Settings(_)
            | Self::Accounts(AccountsError::Settings(_))
            | Self::Config(
                ConfigCommandError::Settings(_) | ConfigCommandError::MissingSecrets { .. },
            )
            | Self::Configuration(_)
            | Self::ListenWithConfig(_)
            | Self::ListenForOthers
            | Self::App(
                AppError::PassedSockets(_)
                | AppError::PassedAddress { .. }
                | AppError::Configuration(_),
            )
            | Self::Export(ExportError::EmptyPeriod | ExportError::InvalidTime(..))
            | Self::Imports(ImportSetupError::NoSource { .. } | ImportSetupError::None)
            | Self::Channel(
                ChannelTestError::NoChannel { .. }
                | ChannelTestError::Browser(ConfigCommandError::Settings(_)),
            )
            | Self::Discover(DiscoverError::NoSource { .. } | DiscoverError::NoNames { .. }) => 2,
            Self::App(_)
            | Self::Backup(_)
            | Self::Config(_)
            | Self::ReadFile { .. }
            | Self::Export(_)
            | Self::ExportStopped
            | Self::Imports(ImportSetupError::Store(_))
            | Self::ImportsFailed(_)
            | Self::Stopped
            | Self::Task(..)
            | Self::Discover(DiscoverError::Unwell { .. })
            | Self::ChecksFailed(_)
            | Self::NoStatisticAnswers
            | Self::Health(_)
            | Self::Channel(ChannelTestError::Send { .. } | ChannelTestError::Browser(_))
            | Self::Accounts(
                AccountsError::Store(_) | AccountsError::Nats(_) | AccountsError::Records(_),
            )
            | Self::Screen(_)
            | Self::UnknownDevice(_)
            | Self::ApiToken(_)
            | Self::UnknownToken(_)
            | Self::Account(_)
            | Self::Forget(_)
            | Self::NotConfirmed
            | Self::Confirmation(_)
            | Self::Password(_)
            | Self::PasswordsDiffer
            | Self::Print(_)
            | Self::Write { .. } => 1,
        }
    }

    /// Formats the error and its causes as one sentence.
    pub fn to_sentence(&self) -> String {
        error_chain(self)
    }
}
