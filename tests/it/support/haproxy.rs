//! `HAProxy` with the configuration that is delivered, in front of three servers.

use std::fs;

use tempfile::TempDir;

use super::{ports, server_process::ServerProcess};

const DELIVERED: &str = include_str!("../../../packaging/cluster/haproxy.cfg");
const PROGRAM: &str = "/usr/sbin/haproxy";

/// Ends with the test.
#[derive(Debug)]
pub struct HaProxy {
    pub port: u16,
    _process: ServerProcess,
    _dir: TempDir,
}

impl HaProxy {
    /// Starts it without TLS, on a port of this machine and with the servers there.
    pub fn start(servers: [u16; 3]) -> Self {
        let (port, dir) = (ports::free(), TempDir::new().unwrap());
        let mut replaced = vec![(
            "bind :443 ssl crt /etc/haproxy/wall.pem".to_owned(),
            format!("bind 127.0.0.1:{port}"),
        )];
        replaced.extend((1..).zip(servers).map(|(number, server)| {
            let delivered = format!("wall{number}.example.com:8080");
            (delivered, format!("127.0.0.1:{server}"))
        }));
        let configuration = replaced
            .iter()
            .fold(DELIVERED.to_owned(), |text, (from, to)| {
                assert!(text.contains(from), "{from} isn't in haproxy.cfg");
                text.replace(from, to)
            });
        let file = dir.path().join("haproxy.cfg");
        fs::write(&file, configuration).unwrap();
        let command = [PROGRAM, "-db", "-f", file.to_str().unwrap()];
        let process = ServerProcess::start(dir.path(), port, &command);
        Self {
            port,
            _process: process,
            _dir: dir,
        }
    }
}
