//! The command line: one file per command.

mod backup;
mod bench;
mod check;
mod completions;
mod database_option;
mod demo;
mod device;
mod forget;
mod health;
mod import;
mod load_report;
mod log;
mod log_export;
mod man;
mod openapi;
mod progress;
mod replay;
mod serve;
mod token;
mod user;

use std::{io, path::PathBuf};

use clap::{Parser, Subcommand};
use listenfd::ListenFd;
use tokio::{signal, sync::mpsc, task::JoinError};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{
        AccountError, AccountsError, ApiTokenError, App, AppError, BackupError, ConfigurationError,
        DiscoverError, ExportError, ForgetError, HealthError, ImportSetupError, LoadError,
        ReloadResult, RuntimeConfig, ScreenError,
    },
    settings::ConfigFaults,
};
use wallboard_domain::error_chain;
use wallboard_runtime::source_log::SourceLog;

/// Real-time wallboard for contact centers.
#[derive(Debug, Parser)]
#[command(name = "wallboard", version, about)]
pub struct CommandLine {
    #[command(flatten)]
    pub log: log::LogOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoCommand),
    Serve(serve::ServeCommand),
    Check(check::CheckCommand),
    Backup(backup::BackupCommand),
    Bench(bench::BenchCommand),
    Forget(forget::ForgetCommand),
    Log(log_export::LogCommand),
    Replay(replay::ReplayCommand),
    Import(import::ImportCommand),
    User(user::UserCommand),
    Device(device::DeviceCommand),
    Token(token::TokenCommand),
    Health(health::HealthCommand),
    /// Print the OpenAPI document that describes the JSON API
    Openapi,
    Completions(completions::CompletionsCommand),
    Man(man::ManCommand),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Settings(#[from] ConfigFaults),
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("some viewers weren't served: see the figures above")]
    ViewersNotServed,
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
    #[error("couldn't write the output")]
    Print(#[source] io::Error),
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
            | Self::Configuration(_)
            | Self::App(AppError::PassedSockets(_) | AppError::PassedAddress { .. })
            | Self::Export(ExportError::EmptyPeriod | ExportError::InvalidTime(..))
            | Self::Imports(ImportSetupError::NoSource { .. } | ImportSetupError::None)
            | Self::Discover(DiscoverError::NoSource { .. } | DiscoverError::NoNames { .. }) => 2,
            Self::Load(error) if error.is_usage() => 2,
            Self::App(_)
            | Self::Backup(_)
            | Self::Load(_)
            | Self::ViewersNotServed
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

/// Runs the command of the arguments. `source_log` holds the recent log lines of sources,
/// `sockets` those that systemd passed.
pub async fn run_command(
    arguments: CommandLine,
    source_log: SourceLog,
    sockets: ListenFd,
) -> Result<(), CommandError> {
    match arguments.command {
        Command::Backup(backup) => backup.run().await,
        Command::Bench(bench) => bench.run().await,
        Command::Check(check) => check.run().await,
        Command::Completions(completions) => completions.run(),
        Command::Demo(demo) => Box::pin(demo.run(source_log)).await,
        Command::Forget(forget) => forget.run().await,
        Command::Health(health) => health.run().await,
        Command::Import(import) => import.run().await,
        Command::Log(log) => log.run().await,
        Command::Man(manual) => manual.run(),
        Command::Openapi => openapi::print_document(),
        Command::Replay(replay) => Box::pin(replay.run(source_log)).await,
        Command::User(user) => user.run().await,
        Command::Device(device) => device.run().await,
        Command::Token(token) => token.run().await,
        Command::Serve(serve) => Box::pin(serve.run(source_log, sockets)).await,
    }
}

/// Starts the app, calls `on_started`, and runs it until a stop signal. Each plan from `plans`
/// replaces the running one.
async fn run_app(
    plan: RuntimeConfig,
    plans: mpsc::Receiver<ReloadResult>,
    on_started: impl FnOnce(&App),
) -> Result<(), CommandError> {
    let stop = CancellationToken::new();
    let stop_app = stop.clone();
    // Register first, so that no signal is lost during the start.
    let mut signals = StopSignals::new();
    let app = Box::pin(App::start(plan)).await?;
    on_started(&app);
    tokio::spawn(async move {
        signals.wait_for_stop().await;
        stop_app.cancel();
    });
    // Reading the configuration again makes it large.
    Ok(Box::pin(app.run(stop, plans)).await?)
}

/// SIGTERM and Ctrl-C.
struct StopSignals {
    #[cfg(unix)]
    terminate: Option<signal::unix::Signal>,
}

impl StopSignals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate()).ok(),
        }
    }

    async fn wait_for_stop(&mut self) {
        #[cfg(unix)]
        let terminate = async {
            match &mut self.terminate {
                Some(terminate) => terminate.recv().await,
                None => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminate = std::future::pending::<()>();
        tokio::select! {
            // If Ctrl-C can't be observed, SIGTERM still works.
            Ok(()) = signal::ctrl_c() => {}
            _ = terminate => {}
        }
    }
}
