//! A private Azure Blob storage: Azurite on a free loopback port, filled by Azure's own library.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::{Value, json};

use super::{ports, server_process::ServerProcess};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/azurite");
/// Azurite's default account and its public key.
pub const ACCOUNT: &str = "devstoreaccount1";
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

#[derive(Debug)]
pub struct Azure {
    pub port: u16,
    _server: ServerProcess,
}

impl Azure {
    /// Returns the shared server. Each test uses its own container.
    pub fn shared() -> &'static Azure {
        static SHARED: OnceLock<Azure> = OnceLock::new();
        SHARED.get_or_init(Azure::start)
    }

    pub fn start() -> Azure {
        let server = format!("{FOLDER}/node_modules/.bin/azurite-blob");
        assert!(Path::new(&server).exists(), "run scripts/install first");
        let dir = tempfile::Builder::new()
            .prefix("wallboard-azure-")
            .tempdir()
            .unwrap()
            .keep();
        let port = ports::free();
        let listen = port.to_string();
        let command = [
            &server,
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            &listen,
            "--location",
            dir.to_str().unwrap(),
            "--silent",
            "--disableTelemetry",
            "--skipApiVersionCheck",
        ];
        Azure {
            port,
            _server: ServerProcess::start_and_wipe(&dir, port, &command),
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/{ACCOUNT}", self.port)
    }

    pub fn connection_string(&self) -> String {
        format!(
            "DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={};",
            self.endpoint()
        )
    }

    /// Returns a connection string that grants only `permissions` (`r`, `l`, …) on one container,
    /// and expires in `minutes`.
    pub fn sas(&self, container: &str, permissions: &str, minutes: i64) -> String {
        let command = json!({ "container": container, "sas": permissions, "minutes": minutes });
        let response = self.run_command(&command);
        let token = response["sas"].as_str().unwrap();
        format!(
            "BlobEndpoint={};SharedAccessSignature={token}",
            self.endpoint()
        )
    }

    /// Creates the container if it's missing and uploads files under exactly these names.
    pub fn put(&self, container: &str, files: &[(&str, &[u8])]) {
        let files: Vec<Value> = files
            .iter()
            .map(|(name, content)| json!({ "name": name, "content": content }))
            .collect();
        self.run_command(&json!({ "container": container, "files": files }));
    }

    fn run_command(&self, command: &Value) -> Value {
        let mut fill = Command::new("node")
            .arg(format!("{FOLDER}/fill.mjs"))
            .arg(self.connection_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = fill.stdin.take().unwrap();
        stdin.write_all(command.to_string().as_bytes()).unwrap();
        drop(stdin);
        let output = fill.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
