//! A private `sshd` that speaks SFTP only: its own folder, keys and port on loopback, run
//! by whoever runs the tests.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{kept::Kept, ports};

const SERVER: &str = "/usr/sbin/sshd";

/// How a private key lies in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
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
    /// What stands behind SFTP: a session starts here, as in a home.
    pub home: PathBuf,
    dir: TempDir,
    host_keys: Vec<String>,
    /// Requests of SFTP that it denies.
    refused: String,
    server: Option<Kept>,
}

impl Sshd {
    /// With a host key of kind ed25519.
    pub fn start() -> Self {
        Self::with_host_keys(&["ed25519"])
    }

    /// With host keys of these kinds (`ed25519`, `ecdsa`, `rsa`).
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
            refused: String::new(),
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
        self.server = Some(Kept::start(self.dir.path(), self.port, &command));
    }

    /// No new line is let in; those that are open stay so.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Permission is denied to these requests of SFTP (`opendir`, `open`, …).
    pub fn refuse(&mut self, requests: &str) {
        self.refused = format!("-P {requests}");
        self.stop();
        self.start_again();
    }

    /// Another machine stands behind the same address.
    pub fn replace_host_keys(&mut self) {
        self.stop();
        self.make_host_keys();
        self.start_again();
    }

    /// The account that it lets in.
    pub fn user() -> String {
        said(Command::new("id").arg("-un"))
    }

    /// A new private key (`ed25519`, `ecdsa`, `rsa`) that it lets in.
    pub fn key(&self, kind: &str, form: Form, passphrase: &str) -> PathBuf {
        let key = self.foreign_key(kind, form, passphrase);
        self.authorize(&fs::read_to_string(key.with_extension("pub")).unwrap());
        key
    }

    /// A new private key that it does not let in; beside it, with `.pub`, its public half.
    pub fn foreign_key(&self, kind: &str, form: Form, passphrase: &str) -> PathBuf {
        let count = fs::read_dir(self.dir.path()).unwrap().count();
        let key = self.dir.path().join(format!("{kind}-{count}.key"));
        make_key(&key, kind, passphrase, form);
        key
    }

    /// Lets the holder of a public key in.
    pub fn authorize(&self, public: &str) {
        let file = self.dir.path().join("authorized_keys");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{before}{}\n", public.trim())).unwrap();
    }

    /// A file in the form of `known_hosts` that names it, with its first host key.
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

    /// `SHA256:…` of its host key of this kind, as `ssh-keygen` tells it.
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
            make_key(&key, kind, "", Form::OpenSsh);
        }
    }

    fn configuration(&self) -> String {
        let at = |name: &str| self.dir.path().join(name).display().to_string();
        let host_keys = self.host_keys.iter();
        let host_keys: Vec<_> = host_keys
            .map(|kind| format!("HostKey {}", self.host_key(kind).display()))
            .collect();
        let host_keys = host_keys.join("\n");
        let sftp = format!("-d {} {}", self.home.display(), self.refused);
        format!(
            "ListenAddress 127.0.0.1\nPort {}\n{host_keys}\n\
             PidFile {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
             PermitRootLogin prohibit-password\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nMaxStartups 100\nLogLevel VERBOSE\n\
             Subsystem sftp internal-sftp {sftp}\nForceCommand internal-sftp {sftp}\n",
            self.port,
            at("pid"),
            at("authorized_keys"),
        )
    }
}

/// `SHA256:…` of a key file.
pub fn fingerprint(key: &Path) -> String {
    let line = said(Command::new("ssh-keygen").arg("-lf").arg(key));
    line.split(' ').nth(1).unwrap().to_owned()
}

fn make_key(key: &Path, kind: &str, passphrase: &str, form: Form) {
    let mut make = Command::new("ssh-keygen");
    // As little work as can be: the tests are about forms, not about strength.
    make.args(["-q", "-a", "1", "-t", kind, "-N", passphrase, "-C", "tests"]);
    if kind == "rsa" {
        make.args(["-b", "2048"]);
    }
    make.arg("-f").arg(key);
    match form {
        Form::Pkcs8 => make.args(["-m", "PKCS8"]),
        Form::Pem => make.args(["-m", "PEM"]),
        Form::OpenSsh | Form::Ppk2 | Form::Ppk3 => &mut make,
    };
    said(&mut make);
    // The extension is the whole of what puttygen and its like go by.
    let beside = PathBuf::from(format!("{}.pub", key.display()));
    fs::rename(beside, key.with_extension("pub")).unwrap();
    match form {
        Form::Ppk3 => to_ppk(key, passphrase, "version=3,memory=64,passes=1"),
        Form::Ppk2 => to_ppk(key, passphrase, "version=2"),
        Form::OpenSsh | Form::Pkcs8 | Form::Pem => {}
    }
}

fn to_ppk(key: &Path, passphrase: &str, form: &str) {
    let secret = key.with_extension("pass");
    fs::write(&secret, passphrase).unwrap();
    let ppk = key.with_extension("ppk");
    let mut convert = Command::new("puttygen");
    convert
        .arg(key)
        .args(["-O", "private", "--ppk-param", form])
        .arg("--old-passphrase")
        .arg(&secret)
        .arg("--new-passphrase")
        .arg(&secret)
        .arg("-o")
        .arg(&ppk);
    said(&mut convert);
    fs::rename(ppk, key).unwrap();
    fs::remove_file(secret).unwrap();
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
