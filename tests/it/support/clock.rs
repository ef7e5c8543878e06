//! A wall clock of a program's own, which can be wrong.

use std::{fs, io::Write, path::PathBuf, process::Command, sync::OnceLock};

use super::wallboard::Environment;

const SOURCE: &str = include_str!("clock.c");

/// The clock of a program that was started with its environment.
#[derive(Debug)]
pub struct WallClock {
    file: tempfile::NamedTempFile,
}

impl WallClock {
    /// A clock that is right.
    pub fn new() -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&0_i64.to_ne_bytes()).unwrap();
        Self { file }
    }

    /// Sets it so many seconds ahead of the right time, now.
    pub fn set_ahead(&self, seconds: i64) {
        // In place: the program has mapped it.
        let mut file = fs::File::options().write(true).open(self.file.path());
        let written = file.as_mut().unwrap().write_all(&seconds.to_ne_bytes());
        written.unwrap();
    }

    pub fn environment(&self) -> Environment {
        let library = library().to_str().unwrap().to_owned();
        let file = self.file.path().to_str().unwrap().to_owned();
        vec![("LD_PRELOAD", library), ("TEST_CLOCK", file)]
    }
}

/// The library that is preloaded, built once by the C compiler that builds `SQLite` too.
fn library() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        // It stays for other processes of the same tests: a few kilobytes.
        let dir = tempfile::Builder::new()
            .prefix("wallboard-clock-")
            .tempdir();
        let dir = dir.unwrap().keep();
        let (source, library) = (dir.join("clock.c"), dir.join("clock.so"));
        fs::write(&source, SOURCE).unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]);
        let built = compiler.arg(&library).arg(&source).status();
        assert!(built.unwrap().success(), "the C compiler fails");
        library
    })
}
