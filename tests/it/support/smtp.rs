//! A mail server (tests/smtp/server.mjs) on a free loopback port, with TLS and a login.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{certificates::Pair, ports, server_process::ServerProcess};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp");
pub const USER: &str = "wallboard@example.com";
pub const PASSWORD: &str = "Smtp-Hemlighet+&=%:";

#[derive(Debug)]
pub struct SmtpServer {
    pub port: u16,
    mails: TempDir,
    _server: ServerProcess,
}

impl SmtpServer {
    /// Starts one with this certificate. `plan` has more of what it may be told.
    pub fn start(certificate: &Pair, plan: &Value) -> Self {
        let folder = Path::new(FOLDER);
        assert!(
            folder.join("node_modules").exists(),
            "run scripts/install first"
        );
        let (port, mails) = (ports::free(), tempfile::tempdir().unwrap());
        let mut whole = json!({
            "port": port,
            "mails": mails.path(),
            "cert": certificate.cert,
            "key": certificate.key,
            "user": USER,
            "password": PASSWORD,
        });
        for (key, value) in plan.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let program = folder.join("server.mjs").display().to_string();
        let command = ["node", &*program, &*whole.to_string()];
        Self {
            port,
            _server: ServerProcess::start(mails.path(), port, &command),
            mails,
        }
    }

    /// The mails that it accepted, in their order.
    pub fn mails(&self) -> Vec<Value> {
        let read = |number: usize| {
            let file = self.mails.path().join(format!("{number}.json"));
            fs::read_to_string(file).ok()
        };
        let texts = (1..).map_while(read);
        texts
            .map(|text| serde_json::from_str(&text).unwrap())
            .collect()
    }
}
