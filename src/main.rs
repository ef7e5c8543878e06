//! Arguments and logging, then one call into the library.

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;
use wallboard::cli::{self, CommandLine};

/// Gives free memory back to the system by a thread of its own, some seconds after a large
/// answer. The C library's keeps it in every thread that made one. It serves `SQLite` too.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let logbook = arguments.log.init_logging();
    // One TLS provider for all, before anybody opens a line.
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
    match runtime.block_on(cli::run_command(arguments, logbook)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.to_sentence().lines() {
                eprintln!("wallboard: {line}");
            }
            ExitCode::from(failure.exit_status())
        }
    }
}
