//! Arguments, then one call into the load generator. Beside the product's program, so that its tests and
//! benchmarks find both.

use std::process::ExitCode;

use clap::Parser;
use wallboard_bench::BenchCommand;

fn main() -> ExitCode {
    BenchCommand::parse().run()
}
