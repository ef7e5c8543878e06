//! A private, SFTP-only `sshd` with its own folder, keys and loopback port, run by the user who
//! runs the tests.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{ports, server_process::ServerProcess};

const SERVER: &str = "/usr/sbin/sshd";
const EXTERNAL_SERVER: &str = "/usr/lib/openssh/sftp-server";

/// File format of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    OpenSsh,
    /// PKCS#8.
    Pkcs8,
    /// PKCS#1 for RSA, SEC 1 for ECDSA.
    Pem,
    /// `PuTTY`'s own, the newer and the older one.
    Ppk3,
    Ppk2,
}

#[derive(Debug)]
pub struct Sshd {
    pub port: u16,
    /// The SFTP root: a session starts here, like in a home folder.
    pub home: PathBuf,
    dir: TempDir,
    host_keys: Vec<String>,
    /// SFTP requests that it denies.
    denied_requests: String,
    /// Whether file permissions count, also where root runs the tests.
    heeds_permissions: bool,
    server: Option<ServerProcess>,
}

impl Sshd {
    /// Starts a server with an ed25519 host key.
    pub fn start() -> Self {
        Self::with_host_keys(&["ed25519"])
    }

    /// Starts a server with host keys of these kinds (`ed25519`, `ecdsa`, `rsa`).
    pub fn with_host_keys(kinds: &[&str]) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("wallboard-sshd-")
            .tempdir()
            .unwrap();
        let home = dir.path().join("home");
        fs::create_dir(&home).unwrap();
        fs::write(dir.path().join("authorized_keys"), "").unwrap();
        let mut sshd = Self {
            port: ports::free(),
            home,
            dir,
            host_keys: kinds.iter().map(|&kind| kind.to_owned()).collect(),
            denied_requests: String::new(),
            heeds_permissions: false,
            server: None,
        };
        sshd.make_host_keys();
        sshd.start_again();
        sshd
    }

    pub fn start_again(&mut self) {
        let configuration = self.configuration();
        let file = self.dir.path().join("sshd_config");
        fs::write(&file, configuration).unwrap();
        let command = [SERVER, "-D", "-e", "-f", file.to_str().unwrap()];
        self.server = Some(ServerProcess::start(self.dir.path(), self.port, &command));
    }

    /// Accepts no new connections. Open ones stay open.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Denies permission for these SFTP requests (`opendir`, `open`, …).
    pub fn deny_requests(&mut self, requests: &str) {
        self.denied_requests = format!("-P {requests}");
        self.stop();
        self.start_again();
    }

    /// Serves files as an account that obeys permissions, unlike root.
    pub fn heed_permissions(&mut self) {
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.dir.path(), everybody).unwrap();
        self.heeds_permissions = true;
        self.stop();
        self.start_again();
    }

    /// Replaces the host keys, as if another machine had this address.
    pub fn replace_host_keys(&mut self) {
        self.stop();
        self.make_host_keys();
        self.start_again();
    }

    /// The account that may sign in.
    pub fn user() -> String {
        run(Command::new("id").arg("-un"))
    }

    /// Creates a private key (`ed25519`, `ecdsa`, `rsa`) and authorizes it.
    pub fn key(&self, kind: &str, format: KeyFormat, passphrase: &str) -> PathBuf {
        let key = self.unauthorized_key(kind, format, passphrase);
        self.authorize(&fs::read_to_string(key.with_extension("pub")).unwrap());
        key
    }

    /// Creates a private key without authorizing it. Its public half is the same path with `.pub`.
    pub fn unauthorized_key(&self, kind: &str, format: KeyFormat, passphrase: &str) -> PathBuf {
        let count = fs::read_dir(self.dir.path()).unwrap().count();
        let key = self.dir.path().join(format!("{kind}-{count}.key"));
        make_key(&key, kind, passphrase, format);
        key
    }

    /// Authorizes a public key.
    pub fn authorize(&self, public: &str) {
        let file = self.dir.path().join("authorized_keys");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{before}{}\n", public.trim())).unwrap();
    }

    /// Writes a `known_hosts` file with the first host key.
    pub fn known_hosts(&self) -> PathBuf {
        let file = self.dir.path().join("known_hosts");
        fs::write(&file, format!("{}\n", self.known_hosts_line())).unwrap();
        file
    }

    /// `[127.0.0.1]:PORT KIND KEY`.
    pub fn known_hosts_line(&self) -> String {
        let public = self.host_key(&self.host_keys[0]).with_extension("pub");
        let public = fs::read_to_string(public).unwrap();
        let mut words = public.split_whitespace();
        let (kind, key) = (words.next().unwrap(), words.next().unwrap());
        format!("[127.0.0.1]:{} {kind} {key}", self.port)
    }

    /// Returns the fingerprint (`SHA256:…`) of this kind of host key, as `ssh-keygen` prints it.
    pub fn fingerprint(&self, kind: &str) -> String {
        fingerprint(&self.host_key(kind).with_extension("pub"))
    }

    /// Puts a file at a path below its home.
    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.home.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    fn host_key(&self, kind: &str) -> PathBuf {
        self.dir.path().join(format!("host_{kind}"))
    }

    fn make_host_keys(&self) {
        for kind in &self.host_keys {
            let key = self.host_key(kind);
            for old in [key.clone(), key.with_extension("pub")] {
                fs::remove_file(old).ok();
            }
            make_key(&key, kind, "", KeyFormat::OpenSsh);
        }
    }

    fn configuration(&self) -> String {
        let at = |name: &str| self.dir.path().join(name).display().to_string();
        let host_keys = self.host_keys.iter();
        let host_keys: Vec<_> = host_keys
            .map(|kind| format!("HostKey {}", self.host_key(kind).display()))
            .collect();
        let host_keys = host_keys.join("\n");
        let sftp = format!("-d {} {}", self.home.display(), self.denied_requests);
        let server = if self.heeds_permissions && Self::user() == "root" {
            format!(
                "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups {EXTERNAL_SERVER} {sftp}"
            )
        } else {
            format!("internal-sftp {sftp}")
        };
        format!(
            "ListenAddress 127.0.0.1\nPort {}\n{host_keys}\n\
             PidFile {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
             PermitRootLogin prohibit-password\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nMaxStartups 100\nLogLevel VERBOSE\n\
             Subsystem sftp {server}\nForceCommand {server}\n",
            self.port,
            at("pid"),
            at("authorized_keys"),
        )
    }
}

/// Returns the fingerprint (`SHA256:…`) of a key file.
pub fn fingerprint(key: &Path) -> String {
    let line = run(Command::new("ssh-keygen").arg("-lf").arg(key));
    line.split(' ').nth(1).unwrap().to_owned()
}

fn make_key(key: &Path, kind: &str, passphrase: &str, format: KeyFormat) {
    let mut make = Command::new("ssh-keygen");
    // Minimal work: the tests are about formats, not about strength.
    make.args(["-q", "-a", "1", "-t", kind, "-N", passphrase, "-C", "tests"]);
    if kind == "rsa" {
        make.args(["-b", "2048"]);
    }
    make.arg("-f").arg(key);
    match format {
        KeyFormat::Pkcs8 => make.args(["-m", "PKCS8"]),
        KeyFormat::Pem => make.args(["-m", "PEM"]),
        KeyFormat::OpenSsh | KeyFormat::Ppk2 | KeyFormat::Ppk3 => &mut make,
    };
    run(&mut make);
    // puttygen and similar tools go by the extension alone.
    let public = PathBuf::from(format!("{}.pub", key.display()));
    fs::rename(public, key.with_extension("pub")).unwrap();
    match format {
        KeyFormat::Ppk3 => to_ppk(key, passphrase, "version=3,memory=64,passes=1"),
        KeyFormat::Ppk2 => to_ppk(key, passphrase, "version=2"),
        KeyFormat::OpenSsh | KeyFormat::Pkcs8 | KeyFormat::Pem => {}
    }
}

fn to_ppk(key: &Path, passphrase: &str, format: &str) {
    let secret = key.with_extension("pass");
    fs::write(&secret, passphrase).unwrap();
    let ppk = key.with_extension("ppk");
    let mut convert = Command::new("puttygen");
    convert
        .arg(key)
        .args(["-O", "private", "--ppk-param", format])
        .arg("--old-passphrase")
        .arg(&secret)
        .arg("--new-passphrase")
        .arg(&secret)
        .arg("-o")
        .arg(&ppk);
    run(&mut convert);
    fs::rename(ppk, key).unwrap();
    fs::remove_file(secret).unwrap();
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
