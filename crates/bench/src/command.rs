//! The command line of `wallboard-bench`: how many viewers a running server carries, measured from
//! outside.

use std::{fmt::Display, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;
use tokio::{
    runtime::Runtime,
    time::{Instant, sleep, sleep_until},
};

use wallboard_domain::error_chain;

use super::{
    LoadError, LoadPlan, LoadTarget, TargetChoice, ViewerCrowd, cookies::read_cookies,
    crowd::VIEWERS_MAX, load_report::LoadReport,
};

const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// After viewers dropped their connections, the others are watched at least this long.
const RETURN_WATCH: Duration = Duration::from_secs(5);

/// Measure how many viewers a running server carries
#[derive(Debug, Parser)]
#[command(
    name = "wallboard-bench",
    version,
    after_help = "Puts load on one server for a limited time and stores nothing. Run it beside the server, or on a machine nearby."
)]
pub struct BenchCommand {
    /// Address of the wallboard
    #[arg(value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Board that all viewers watch: what follows /boards/ in its address
    #[arg(long, value_name = "ID", default_value = "queues")]
    board: String,
    /// How many viewers, up to 18000
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=most_viewers()))]
    viewers: u16,
    /// How long they watch, once all are connected, up to 10m
    #[arg(long = "for", value_name = "DURATION", default_value = "20s", value_parser = parse_duration)]
    duration: Duration,
    /// Then half of them drop their connection at once and come back
    #[arg(long)]
    reconnect: bool,
    /// With sign-in: cookies of sessions or paired screens, one on each line, one for each 100 viewers
    #[arg(long, value_name = "FILE")]
    cookie_file: Option<PathBuf>,
    /// The server's `public_url`, if it's another address than URL
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Confirm that a server on another machine is yours
    #[arg(long)]
    host_is_mine: bool,
}

fn most_viewers() -> i64 {
    i64::try_from(VIEWERS_MAX).unwrap_or(i64::MAX)
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let length = text.parse::<SignedDuration>().ok();
    let length = length.filter(|length| (SHORTEST..=LONGEST).contains(length));
    length
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| "must be from 1s to 10m, like 20s".to_owned())
}

impl BenchCommand {
    /// Runs the measurement, prints its report or the failure, and returns the exit status.
    pub fn run(self) -> ExitCode {
        // Fails if there is a provider, which will do.
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let runtime = match Runtime::new() {
            Ok(runtime) => runtime,
            Err(cause) => return fail(format_args!("couldn't start the runtime: {cause}"), 1),
        };
        match runtime.block_on(self.bench_server()) {
            Ok(report) => {
                print!("{report}");
                if report.all_served() {
                    ExitCode::SUCCESS
                } else {
                    fail("some viewers weren't served: see the figures above", 1)
                }
            }
            Err(error) => fail(error_chain(&error), if error.is_usage() { 2 } else { 1 }),
        }
    }

    async fn bench_server(self) -> Result<LoadReport, LoadError> {
        let cookies = match &self.cookie_file {
            Some(file) => read_cookies(file)?,
            None => Vec::new(),
        };
        let choice = TargetChoice {
            url: &self.url,
            board: &self.board,
            origin: self.origin.as_deref(),
            is_host_mine: self.host_is_mine,
        };
        let viewers = usize::from(self.viewers);
        let plan = LoadPlan {
            target: LoadTarget::find(choice).await?,
            viewers,
            returning: if self.reconnect { viewers / 2 } else { 0 },
            cookies,
        };
        let bar = viewer_bar(u64::from(self.viewers));
        let connected = ViewerCrowd::connect(plan, || bar.inc(1)).await;
        bar.finish_and_clear();
        Ok(self.measure(connected?).await)
    }

    async fn measure(&self, mut crowd: ViewerCrowd) -> LoadReport {
        let connect_time = crowd.connect_time();
        crowd.start_over();
        let began = Instant::now();
        sleep(self.duration).await;
        let (watched, figures) = (began.elapsed(), crowd.figures());
        let mut report = LoadReport {
            viewers: self.viewers,
            board: self.board.clone(),
            url: self.url.clone(),
            connect_time,
            watched,
            figures,
            clock: crowd.clock_difference(),
            returned: None,
        };
        if self.reconnect {
            crowd.start_over();
            let watch_until = Instant::now() + RETURN_WATCH;
            let returned = crowd.reconnect().await;
            sleep_until(watch_until).await;
            report.returned = Some((returned, crowd.staying_figures()));
        }
        report
    }
}

fn fail(reason: impl Display, status: u8) -> ExitCode {
    eprintln!("wallboard-bench: {reason}");
    ExitCode::from(status)
}

/// Returns a bar of viewers that connect. It draws on standard error, and only if that is a terminal.
fn viewer_bar(viewers: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} viewers connected");
    ProgressBar::new(viewers).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duration_is_limited() {
        assert_eq!(parse_duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(parse_duration("10m"), Ok(Duration::from_mins(10)));
        for wrong in ["11m", "0s", "-5s", "20", "soon"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
