//! Imports of a month of a large contact center at full speed, one after another, as load for other
//! measurements. Each is a separate process; its threads have a lower priority, as in the server.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use tempfile::TempDir;

const CONFIGURATION: &str = "[store]\nurl = \"sqlite:wallboard.db\"\n\
    [access]\nmode = \"open\"\n\
    [sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\nfolder = \"export\"\n\
    time_zone = \"America/New_York\"\nsettle = \"1s\"\n";

/// An export ready to be imported.
pub(super) struct Export(TempDir);

/// Imports until it's dropped.
pub(super) struct Importing {
    is_over: Arc<AtomicBool>,
    imports: Option<JoinHandle<()>>,
}

impl Export {
    pub(super) fn generate() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let written = fs::write(folder.path().join("wallboard.toml"), CONFIGURATION);
        written.expect("the folder is ours");
        let mut generate = Command::new("python3");
        generate
            .arg("tests/history/generate.py")
            .arg(folder.path().join("export"));
        generate.args([
            "--plain",
            "--seed",
            "7",
            "--from",
            "2026-01-01",
            "--days",
            "15",
        ]);
        generate.args(["--calls-per-day", "20000", "--queues", "50"]);
        generate.args(["--agents", "200", "--tenant", "1234"]);
        let status = generate.stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{generate:?}");
        Self(folder)
    }

    pub(super) fn import(&self) -> Importing {
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, folder) = (Arc::clone(&is_over), self.0.path().to_owned());
        let imports = thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                import_once(&folder);
            }
        });
        Importing {
            is_over,
            imports: Some(imports),
        }
    }
}

impl Drop for Importing {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let ended = self.imports.take().map(JoinHandle::join);
        assert!(ended.is_none_or(|ended| ended.is_ok()), "an import failed");
    }
}

/// Imports into a new database.
fn import_once(folder: &Path) {
    for end in ["", "-wal", "-shm"] {
        // They exist only sometimes.
        fs::remove_file(folder.join(format!("wallboard.db{end}"))).ok();
    }
    let mut import = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    import
        .args(["import", "--log", "error", "--config"])
        .arg(folder.join("wallboard.toml"))
        .stdout(Stdio::null());
    let imported = import.status().expect("the program was built");
    assert!(imported.success(), "{import:?}");
}
