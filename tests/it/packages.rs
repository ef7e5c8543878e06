//! The installation packages: each puts everything in its place, works from there, and can be
//! removed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::is_nightly;

/// A root folder into which dpkg itself installs packages.
struct Root(tempfile::TempDir);

impl Root {
    fn new() -> Self {
        let root = Self(tempfile::tempdir().unwrap());
        let database = root.path("var/lib/dpkg");
        for folder in ["info", "updates", "triggers"] {
            fs::create_dir_all(database.join(folder)).unwrap();
        }
        fs::write(database.join("status"), "").unwrap();
        root
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn dpkg(&self, action: &str, what: impl AsRef<Path>) {
        let mut command = Command::new("dpkg");
        command
            .arg(format!("--root={}", self.0.path().display()))
            // Its libraries are those of this machine, and it has no shell of its own.
            .args(["--force-depends", "--force-script-chrootless"])
            .args(["--force-not-root", "--log=/dev/null", action])
            .arg(what.as_ref());
        succeeds(&mut command);
    }
}

/// Returns a command's output. Panics if it fails.
fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap();
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

fn only_file_ending_in(ending: &str, folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.to_string_lossy().ends_with(ending));
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

#[test]
fn package_installs_works_and_uninstalls() {
    // The packaging tool must be built first.
    if !is_nightly() {
        return;
    }
    let output = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/package");
    succeeds(
        Command::new(script)
            .arg(output.path())
            .env("WALLBOARD_PROFILE", "dev"),
    );

    let root = Root::new();
    root.dpkg("--install", only_file_ending_in(".deb", output.path()));

    let program = root.path("usr/bin/wallboard");
    let version = concat!("wallboard ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(succeeds(Command::new(&program).arg("--version")), version);
    assert!(program.metadata().unwrap().permissions().mode() & 0o111 == 0o111);
    for file in [
        "usr/bin/wallboard-bench",
        "usr/lib/systemd/system/wallboard.service",
        "usr/lib/systemd/system/wallboard.socket",
        "usr/share/bash-completion/completions/wallboard",
        "usr/share/zsh/vendor-completions/_wallboard",
        "usr/share/fish/vendor_completions.d/wallboard.fish",
        "usr/share/man/man1/wallboard.1.gz",
        "usr/share/man/man1/wallboard-serve.1.gz",
        "usr/share/doc/wallboard/examples/boards/overview.toml",
        "usr/share/doc/wallboard/CHANGELOG.md",
        "usr/share/doc/wallboard/docs/README.md",
        "usr/share/doc/wallboard/docs/how-to/install.md",
        "usr/share/doc/wallboard/packaging/cluster/nats.conf",
        "usr/share/doc/wallboard/copyright",
        "usr/share/doc/wallboard/sbom.cdx.json",
    ] {
        assert!(root.path(file).is_file(), "{file}");
    }
    for file in [
        "etc/wallboard/wallboard.toml",
        "usr/share/doc/wallboard/wallboard.sample.toml",
    ] {
        let text = fs::read_to_string(root.path(file)).unwrap();
        // The secret comes from systemd, which isn't available here.
        let secret = "{ file = \"/run/credentials/wallboard.service/vngage-url\" }";
        let config = root.path("etc/wallboard/tried.toml");
        fs::write(
            &config,
            text.replace(secret, "\"amqps://u:p@broker.test/v\""),
        )
        .unwrap();
        let mut check = Command::new(&program);
        check.args(["check", "--offline", "--config"]).arg(config);
        succeeds(check.env("VNGAGE_URL", "amqps://u:p@broker.test/v"));
    }

    fs::remove_file(root.path("etc/wallboard/tried.toml")).unwrap();
    root.dpkg("--purge", "wallboard");
    assert!(!root.path("usr/bin/wallboard").exists());
    assert!(!root.path("etc/wallboard").exists());

    let archive = only_file_ending_in(".tar.gz", output.path());
    let unpacked = tempfile::tempdir().unwrap();
    succeeds(
        Command::new("tar")
            .args(["--extract", "--strip-components=1", "--file"])
            .arg(archive)
            .arg("--directory")
            .arg(unpacked.path()),
    );
    let program = unpacked.path().join("usr/bin/wallboard");
    assert_eq!(succeeds(Command::new(program).arg("--version")), version);
}
