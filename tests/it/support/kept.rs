//! A server of the tests' own: it ends with the test process, however that ends,
//! also where it stands in a `static` that is never dropped.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Starts `$@`, waits for the end of its standard input, which the kernel closes when
/// the test process is gone, then ends the server; with `WIPE` its folder goes too.
const KEEPER: &str = r#"
    "$@" </dev/null >>"$0/out" 2>&1 &
    server=$!
    cat >/dev/null
    kill -9 "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    [ -z "$WIPE" ] || rm -rf "$0"
"#;

const START_WITHIN: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub struct Kept(Child);

impl Kept {
    /// Starts `command`, which works in `dir` and says there in `out` what it says, and
    /// waits until it listens on `port`.
    pub fn start(dir: &Path, port: u16, command: &[&str]) -> Self {
        Self::with(dir, port, command, "")
    }

    /// As `start`; the folder is removed when the server ends.
    pub fn start_and_wipe(dir: &Path, port: u16, command: &[&str]) -> Self {
        Self::with(dir, port, command, "yes")
    }

    fn with(dir: &Path, port: u16, command: &[&str], wipe: &str) -> Self {
        let keeper = Command::new("sh")
            .args(["-c", KEEPER])
            .arg(dir)
            .args(command)
            .env("WIPE", wipe)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let kept = Self(keeper);
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = || fs::read_to_string(dir.join("out")).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "{command:?} does not start:\n{}",
                said()
            );
            thread::sleep(Duration::from_millis(20));
        }
        kept
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Its only task is to end what may be gone already.
        self.0.wait().ok();
    }
}
