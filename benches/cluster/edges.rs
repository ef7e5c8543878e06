//! The model of docs/evidence/scale.md beside one, two and three real edge nodes that share the same viewers.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::{net::TcpStream, time::sleep};

use super::{LeadingProcess, nats::NatsServer, ports};

const VIEWERS: u32 = 3_000;
/// Updates per second: every board changes as often as it may.
const RATE: u64 = 500;
const TIME: Duration = Duration::from_secs(15);
const PROGRAM: &str = env!("CARGO_BIN_EXE_wallboard");
const LOAD: &str = env!("CARGO_BIN_EXE_wallboard-bench");

/// Measures an edge node without viewers and with all of them, and says what the model makes of that
/// for more nodes.
pub(crate) async fn compare_with_model() {
    let nats = NatsServer::start();
    let _leader = LeadingProcess::start(RATE, &nats.url());
    let alone = [Edge::start(0, &nats.url()).await];
    let idle = measure(&alone, 0).await;
    let served = measure(&alone, VIEWERS).await;
    drop(alone);
    println!(
        "edge node at {RATE} updates/s: {idle:.3} processors without viewers, {served:.3} with {VIEWERS}"
    );
    for count in [2, 3] {
        let mut edges = Vec::new();
        for number in 0..count {
            edges.push(Edge::start(number, &nats.url()).await);
        }
        let measured = measure(&edges, VIEWERS).await;
        let model = f64::from(count) * idle + (served - idle);
        println!(
            "  {count} edge nodes with {VIEWERS} viewers together: {measured:.3} processors, by the model {model:.3}: ratio {:.2}",
            measured / model
        );
    }
}

/// Returns the processors that all nodes use while viewers watch, each an equal part.
async fn measure(edges: &[Edge], viewers: u32) -> f64 {
    let each = viewers / u32::try_from(edges.len()).unwrap_or(1);
    let mut loads: Vec<Child> = edges
        .iter()
        .filter(|_| 0 < each)
        .map(|edge| edge.watch(each))
        .collect();
    // Until all are connected.
    sleep(Duration::from_secs(5)).await;
    let before: f64 = edges.iter().map(Edge::cpu_seconds).sum();
    sleep(TIME).await;
    let used = edges.iter().map(Edge::cpu_seconds).sum::<f64>() - before;
    for load in &mut loads {
        let ended = load.wait().expect("the viewers end");
        assert!(ended.success(), "viewers weren't served");
    }
    used / TIME.as_secs_f64()
}

/// A node that never leads.
struct Edge {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Edge {
    async fn start(number: i32, nats: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), ports::free());
        let configuration = format!(
            "time_zone = \"UTC\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
             public_url = \"http://127.0.0.1:{port}\"\n[store]\nurl = \"sqlite:wallboard.db\"\n\
             [access]\nmode = \"open\"\n[cluster]\nnats = {nats:?}\nsite = \"bench\"\n\
             node = \"edge{number}\"\nrole = \"edge\"\n"
        );
        fs::write(folder.path().join("wallboard.toml"), configuration).expect("a file");
        let process = Command::new(PROGRAM)
            .current_dir(folder.path())
            .args(["serve", "--config", "wallboard.toml"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
        // Until it follows.
        sleep(Duration::from_secs(3)).await;
        Self {
            process,
            port,
            _folder: folder,
        }
    }

    fn watch(&self, viewers: u32) -> Child {
        Command::new(LOAD)
            .arg(format!("http://127.0.0.1:{}", self.port))
            .args(["--viewers", &viewers.to_string(), "--for", "20s"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// The processor time that it has used.
    fn cpu_seconds(&self) -> f64 {
        let stat = Path::new("/proc").join(self.process.id().to_string());
        let stat = fs::read_to_string(stat.join("stat")).expect("the node runs");
        // After the name, which may have spaces.
        let fields: Vec<_> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |index: usize| fields[index].parse::<f64>().expect("a number");
        // The kernel reports hundredths of a second.
        (ticks(11) + ticks(12)) / 100.0
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
