//! A server and its viewers, while they are measured.

use std::{thread, time::Duration};

use wallboard_bench::LoadFigures;

use super::{pace::Pace, part::Part, server::Server};

/// Until a server that has just started is quiet.
const START_TIME: Duration = Duration::from_secs(1);
/// Until a pace is steady.
const SETTLE_TIME: Duration = Duration::from_secs(2);
/// Until memory that connecting took is free again.
const IDLE_TIME: Duration = Duration::from_secs(12);

pub(super) struct Session {
    server: Part,
    viewers: Part,
    viewer_count: usize,
    memory_before: u64,
}

/// Figures at one pace.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) figures: LoadFigures,
    pub(super) time: Duration,
    /// Processor time of the server and of the viewers, in seconds.
    pub(super) server_time: f64,
    pub(super) viewers_time: f64,
}

/// How viewers came back.
#[derive(Clone, Debug)]
pub(super) struct Return {
    pub(super) returned: f64,
    pub(super) seconds: f64,
    pub(super) failed_attempts: f64,
    pub(super) staying: LoadFigures,
}

impl Session {
    /// Starts a server and connects viewers.
    pub(super) fn open(server: Server, viewers: usize, flush_ms: u64) -> Self {
        Self::open_returning(server, viewers, 0, flush_ms)
    }

    /// With so many viewers that can return.
    pub(super) fn open_returning(
        server: Server,
        viewer_count: usize,
        returning: usize,
        flush_ms: u64,
    ) -> Self {
        let mut server = Part::start_server(server, flush_ms);
        let address = server.line();
        thread::sleep(START_TIME);
        let memory_before = server.memory();
        let mut viewers = Part::start_viewers(&address, viewer_count, returning);
        viewers.line();
        Self {
            server,
            viewers,
            viewer_count,
            memory_before,
        }
    }

    /// Waits until the server is idle. Returns its memory in MiB, and in KiB for each viewer.
    pub(super) fn idle_memory(&self) -> (f64, f64) {
        thread::sleep(IDLE_TIME);
        self.memory()
    }

    /// The server's memory in MiB, and in KiB for each viewer.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a process has less than 2^52 KiB"
    )]
    pub(super) fn memory(&self) -> (f64, f64) {
        let now = self.server.memory();
        let added = now.saturating_sub(self.memory_before);
        (now as f64 / 1024.0, added as f64 / self.viewer_count as f64)
    }

    /// Measures at a pace, which stays.
    pub(super) fn measure(&mut self, pace: Pace, time: Duration) -> Measured {
        self.server.send(&pace.to_string());
        thread::sleep(SETTLE_TIME);
        self.viewers.send("begin");
        let before = (self.server.processor_time(), self.viewers.processor_time());
        thread::sleep(time);
        let (server, viewers) = (self.server.processor_time(), self.viewers.processor_time());
        self.viewers.send("report");
        Measured {
            figures: read_figures(&self.viewers.line()),
            time,
            server_time: server - before.0,
            viewers_time: viewers - before.1,
        }
    }

    /// Lets the returning viewers drop their connections at once and come back, at a pace.
    pub(super) fn let_return(&mut self, pace: Pace) -> Return {
        self.server.send(&pace.to_string());
        thread::sleep(SETTLE_TIME);
        self.viewers.send("return");
        let line = self.viewers.line();
        let mut numbers = line.split(' ').map(|n| n.parse().expect("a number"));
        let mut next = || numbers.next().expect("three numbers");
        Return {
            returned: next(),
            seconds: next(),
            failed_attempts: next(),
            staying: read_figures(&self.viewers.line()),
        }
    }
}

fn read_figures(line: &str) -> LoadFigures {
    serde_json::from_str(line).expect("the viewers' figures")
}

#[expect(clippy::cast_precision_loss, reason = "figures to print")]
impl Measured {
    /// Microseconds of the server's processor time.
    pub(super) fn micros_per_frame(&self) -> f64 {
        self.server_time * 1e6 / self.figures.frames.max(1) as f64
    }

    pub(super) fn frames_per_second(&self) -> f64 {
        self.figures.frames as f64 / self.time.as_secs_f64()
    }

    /// Cores that the server and the viewers used.
    pub(super) fn cores(&self) -> (f64, f64) {
        let seconds = self.time.as_secs_f64();
        (self.server_time / seconds, self.viewers_time / seconds)
    }

    /// From publishing to arrival in ms, median and 99th percentile. Without frames, not a number.
    pub(super) fn delay(&self) -> (f64, f64) {
        (self.figures.delay).map_or((f64::NAN, f64::NAN), |delay| {
            (delay.p50 as f64, delay.p99 as f64)
        })
    }

    /// From the change to arrival in ms, median and 99th percentile.
    pub(super) fn age(&self) -> (f64, f64) {
        (self.figures.age).map_or((f64::NAN, f64::NAN), |age| (age.p50 as f64, age.p99 as f64))
    }

    /// Connections that were lost and frames that are missing.
    pub(super) fn losses(&self) -> f64 {
        (self.figures.lost_count() + self.figures.gaps) as f64
    }
}
