//! The log on standard error: one event per line, whatever its text contains.

mod repeat_limit;

use std::{
    io::{self, Write},
    panic,
};

use clap::{Args, ValueEnum};
use tracing::{error, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use wallboard_runtime::source_log::SourceLog;

use repeat_limit::RepeatLimit;

/// How to log.
#[derive(Clone, Copy, Debug, Args)]
pub struct LogOptions {
    /// Log format on standard error
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true,
        help_heading = "Log"
    )]
    log_format: LogFormat,
    /// Minimum log level: error, warn, info, debug or trace
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        global = true,
        help_heading = "Log"
    )]
    log: LevelFilter,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum LogFormat {
    #[default]
    Text,
    Json,
}

impl LogOptions {
    /// Starts logging. Events about sources also go to the source log, whatever the level of the
    /// log.
    pub fn init_logging(self) -> SourceLog {
        // Library messages below a warning don't help operators.
        let levels = Targets::new()
            .with_default(self.log.min(LevelFilter::WARN))
            // It repeats the broker's own words, which may name the user; the supervisor logs each
            // failure once, in ours.
            .with_target("lapin", LevelFilter::OFF)
            .with_target("wallboard", self.log)
            .and(RepeatLimit::start_limit());
        let source_log = SourceLog::default();
        let ours = Targets::new().with_target("wallboard", LevelFilter::INFO);
        let registry = tracing_subscriber::registry().with(source_log.clone().with_filter(ours));
        match self.log_format {
            LogFormat::Text => registry
                .with(
                    fmt::layer()
                        .with_ansi(false)
                        .with_writer(|| OneLineWriter(io::stderr()))
                        .with_filter(levels),
                )
                .init(),
            LogFormat::Json => registry
                .with(
                    fmt::layer()
                        .json()
                        .with_writer(io::stderr)
                        .with_filter(levels),
                )
                .init(),
        }
        // The default hook's multi-line output would break the one-event-per-line format.
        panic::set_hook(Box::new(|panic| {
            error!(error = %panic, "Panic: this is a bug in Wallboard");
        }));
        source_log
    }
}

/// Replaces control characters, so that no name or error text can forge a line.
struct OneLineWriter<W>(W);

impl<W: Write> Write for OneLineWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let body = event.strip_suffix(b"\n").unwrap_or(event);
        let mut line: Vec<u8> = body
            .iter()
            .map(|byte| if byte.is_ascii_control() { b' ' } else { *byte })
            .collect();
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_cannot_forge_a_log_line() {
        let mut written = Vec::new();

        OneLineWriter(&mut written)
            .write_all(b"INFO Name \r\nERROR all lost\x1b[2J\n")
            .unwrap();

        assert_eq!(written, b"INFO Name   ERROR all lost [2J\n");
    }
}
