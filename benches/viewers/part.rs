//! A process of the benchmark: a server, or all viewers.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::server::Server;

/// Argument that makes this program a part of the benchmark.
pub(super) const ROLE: &str = "WALLBOARD_BENCH_ROLE";

/// `scripts/bench` installs bun.
const BUN_PROGRAM: &str = "benches/viewers/node_modules/.bin/bun";
const BUN_SERVER: &str = "benches/viewers/server.js";

/// Servers and viewers have a core each.
const SERVER_CORE: &str = "0";
const VIEWERS_CORE: &str = "1";

/// It ends with us, because its standard input does.
pub(super) struct Part {
    process: Child,
    output: BufReader<ChildStdout>,
    input: ChildStdin,
}

impl Part {
    pub(super) fn start_server(server: Server, flush_ms: u64) -> Self {
        let mut command = on_core(SERVER_CORE);
        match server {
            Server::Bun => command.args([BUN_PROGRAM, BUN_SERVER, &flush_ms.to_string()]),
            Server::Wallboard => command
                .arg(program())
                .env(ROLE, format!("wallboard {flush_ms}")),
            Server::SendLoop => command
                .arg(program())
                .env(ROLE, format!("send-loop {flush_ms}")),
        };
        Self::start(command)
    }

    /// Starts viewers of which the first ones can be made to return.
    pub(super) fn start_viewers(address: &str, count: usize, returning: usize) -> Self {
        let mut command = on_core(VIEWERS_CORE);
        let role = format!("viewers {address} {count} {returning}");
        command.arg(program()).env(ROLE, role);
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("taskset and the program exist");
        Self {
            output: BufReader::new(process.stdout.take().expect("piped above")),
            input: process.stdin.take().expect("piped above"),
            process,
        }
    }

    /// Waits for a line of its output.
    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        assert!(
            read.is_ok_and(|read| 0 < read),
            "a part of the benchmark ended"
        );
        line.trim().to_owned()
    }

    pub(super) fn send(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("the part is running");
    }

    /// Resident memory in KiB.
    pub(super) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = fs::read_to_string(path).expect("/proc lists the process");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|kib| kib.trim().strip_suffix(" kB"));
        resident
            .and_then(|kib| kib.parse().ok())
            .expect("a number of KiB")
    }

    /// Processor time of all threads, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "years are less than 2^52 ns")]
    pub(super) fn processor_time(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let tasks = tasks.expect("/proc lists the process").flatten();
        let times = tasks.filter_map(|task| {
            // A thread may have ended.
            let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        });
        times.sum::<u64>() as f64 / 1e9
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Already gone is fine.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn on_core(core: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]);
    command
}

fn program() -> std::path::PathBuf {
    env::current_exe().expect("the running program has a path")
}
