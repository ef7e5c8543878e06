//! The command line: one file per command.

mod backup;
mod check;
mod completions;
mod config;
mod database_option;
mod demo;
mod device;
mod error;
mod forget;
mod health;
mod import;
mod log;
mod log_export;
mod man;
mod notify;
mod openapi;
mod progress;
mod replay;
mod run_app;
mod serve;
mod stop_signals;
mod token;
mod user;

use clap::{Parser, Subcommand};
use listenfd::ListenFd;

use wallboard_runtime::source_log::SourceLog;

pub use error::CommandError;
use run_app::run_app;
use stop_signals::StopSignals;

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
    Config(config::ConfigCommand),
    Backup(backup::BackupCommand),
    Forget(forget::ForgetCommand),
    Log(log_export::LogCommand),
    Replay(replay::ReplayCommand),
    Import(import::ImportCommand),
    User(user::UserCommand),
    Device(device::DeviceCommand),
    Token(token::TokenCommand),
    Notify(notify::NotifyCommand),
    Health(health::HealthCommand),
    /// Print the OpenAPI document that describes the JSON API
    Openapi,
    Completions(completions::CompletionsCommand),
    Man(man::ManCommand),
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
        Command::Check(check) => check.run().await,
        Command::Config(config) => config.run().await,
        Command::Completions(completions) => completions.run(),
        Command::Demo(demo) => Box::pin(demo.run(source_log)).await,
        Command::Forget(forget) => forget.run().await,
        Command::Health(health) => health.run().await,
        Command::Notify(notify) => Box::pin(notify.run()).await,
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
