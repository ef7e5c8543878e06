//! Arguments and logging, then one call into the library.

use std::process::ExitCode;

use clap::Parser;
use listenfd::ListenFd;
use tikv_jemallocator::Jemalloc;
use wallboard::cli::{self, CommandLine};

/// Returns free memory to the system from a background thread a few seconds after a large answer.
/// The C library's allocator keeps it in every thread that used it. `SQLite` uses it too.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let logbook = arguments.log.init_logging();
    // This changes the environment, so there must be no other thread yet.
    let sockets = ListenFd::from_env();
    // One TLS provider for all, installed before the first connection.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("wallboard: another TLS provider is already installed");
        return ExitCode::FAILURE;
    }

    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(cause) => {
            eprintln!("wallboard: couldn't start the runtime: {cause}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run_command(arguments, logbook, sockets)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.to_sentence().lines() {
                eprintln!("wallboard: {line}");
            }
            ExitCode::from(failure.exit_status())
        }
    }
}
