//! Genesys statistics from the wire to the snapshot, on one core: time to subscribe to very many,
//! updates per second through one long-polling connection, and memory per statistic. The baseline
//! is a client that polls the same server and parses the same bytes into a bare struct.
//!
//! Server and client are separate processes, so that each has its own CPU time and memory.

use std::{
    env,
    io::{BufRead, BufReader, Read, stdin},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

#[path = "genesys/client.rs"]
mod client;
#[path = "genesys/server.rs"]
mod server;

/// Number of statistics of each subject.
const SITES: [Site; 3] = [
    Site {
        name: "queues of six and agents of two statistics",
        queues: (1000, 6),
        agents: (2000, 2),
    },
    Site {
        name: "queues of one statistic",
        queues: (10_000, 1),
        agents: (0, 0),
    },
    Site {
        name: "agents of one statistic",
        queues: (0, 0),
        agents: (10_000, 1),
    },
];

/// Ten thousand statistics.
#[derive(Clone, Copy, Debug)]
struct Site {
    name: &'static str,
    /// Number of subjects, and of statistics of each.
    queues: (usize, usize),
    agents: (usize, usize),
}

impl Site {
    fn statistics(self) -> usize {
        self.queues.0 * self.queues.1 + self.agents.0 * self.agents.1
    }

    /// The same, small.
    fn small(self) -> Self {
        Self {
            queues: (self.queues.0 / 100, self.queues.1),
            agents: (self.agents.0 / 100, self.agents.1),
            ..self
        }
    }
}

fn main() {
    let role: Vec<String> = env::args().skip(1).collect();
    match role.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => block_on(async {
            std::thread::spawn(end_with_parent);
            server::serve().await;
        }),
        ["measure", site, port] => {
            let site = SITES[site.parse::<usize>().expect("it is a number")];
            block_on(client::measure(site, port.parse().expect("it is a port")));
        }
        _ => (0..SITES.len()).for_each(measure_site),
    }
}

fn measure_site(site: usize) {
    let (mut server, port) = start_server();
    let status = this_program(&["measure", &site.to_string(), &port]).status();
    assert!(status.expect("this program runs").success(), "see above");
    server.kill().expect("it runs until it's killed");
    server.wait().expect("it was killed");
}

fn start_server() -> (Child, String) {
    let mut serve = this_program(&["serve"]);
    serve.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = serve.spawn().expect("this program runs");
    let out = server.stdout.take().expect("it is piped");
    let mut port = String::new();
    (BufReader::new(out).read_line(&mut port)).expect("the server prints its port");
    (server, port.trim().to_owned())
}

fn this_program(arguments: &[&str]) -> Command {
    let mut this_program = Command::new(env::current_exe().expect("this program has a path"));
    this_program.args(arguments);
    this_program
}

/// However the process that started this has ended.
fn end_with_parent() {
    drop(stdin().read_to_end(&mut Vec::new()));
    std::process::exit(0);
}

/// All on one core.
fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(work);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn timed(start: Instant) -> String {
    format!("{:.2} s", start.elapsed().as_secs_f64())
}
