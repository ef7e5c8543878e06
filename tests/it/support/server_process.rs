//! A test server process that ends with the test process, however that ends, even if it's in a
//! `static` that is never dropped.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Starts `$@` and waits for the end of standard input, which the kernel closes when the test
/// process is gone. Then ends the server; with `WIPE`, its folder is removed too.
const WATCHDOG: &str = r#"
    "$@" </dev/null >>"$0/out" 2>&1 &
    server=$!
    cat >/dev/null
    kill -9 "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    [ -z "$WIPE" ] || rm -rf "$0"
"#;

const START_WITHIN: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub struct ServerProcess(Child);

impl ServerProcess {
    /// Starts `command` in `dir`, with its output in the file `out` there, and waits until it
    /// listens on `port`.
    pub fn start(dir: &Path, port: u16, command: &[&str]) -> Self {
        Self::launch(dir, port, command, "")
    }

    /// Like `start`, but removes the folder when the server ends.
    pub fn start_and_wipe(dir: &Path, port: u16, command: &[&str]) -> Self {
        Self::launch(dir, port, command, "yes")
    }

    fn launch(dir: &Path, port: u16, command: &[&str], wipe: &str) -> Self {
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG])
            .arg(dir)
            .args(command)
            .env("WIPE", wipe)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let process = Self(watchdog);
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let output = || fs::read_to_string(dir.join("out")).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "{command:?} doesn't start:\n{}",
                output()
            );
            thread::sleep(Duration::from_millis(20));
        }
        process
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Its only task is to end what may already be gone.
        self.0.wait().ok();
    }
}
