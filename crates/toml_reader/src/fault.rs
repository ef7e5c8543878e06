//! Faults in a configuration: position, cause and fix.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The fault of a key that a table lacks.
pub(crate) const MISSING: &str = "is missing";

/// The text in which a fault is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FaultPlace {
    /// The file that was read.
    #[default]
    File,
    /// Another file, such as a board's.
    OtherFile(Arc<str>),
    /// An entry that was changed in the browser, by its header.
    Browser(Arc<str>),
}

/// One fault in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    pub place: FaultPlace,
    /// From 1, or 0 for the file as a whole.
    pub line: usize,
    pub column: usize,
    /// The key with its tables, such as `sources.chat.url`.
    pub key: String,
    /// The fault. Never contains the value of a secret.
    pub what: String,
    /// How to fix it. May be empty if `what` is enough.
    pub fix: String,
}

impl ConfigFault {
    /// Whether it's in the entry of the browser with this header.
    pub fn is_in_entry(&self, header: &str) -> bool {
        matches!(&self.place, FaultPlace::Browser(entry) if **entry == *header)
    }

    /// Whether the key isn't there at all, so that `fix` is the line to write.
    pub fn is_missing(&self) -> bool {
        self.what == MISSING
    }

    pub fn at_span(text: &str, span: &Range<usize>, key: &str, what: &str, fix: &str) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            place: FaultPlace::File,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            what: what.to_owned(),
            fix: fix.to_owned(),
        }
    }
}

/// All faults in one file, in the order of the file.
#[derive(Clone, Debug, thiserror::Error)]
pub struct ConfigFaults {
    /// The file as the user named it.
    pub file: String,
    pub faults: Vec<ConfigFault>,
    /// The folder of board files, if the rest of the file names one.
    pub boards: Option<PathBuf>,
}

impl ConfigFaults {
    /// Returns where a fault is, as people find it: "wallboard.toml:3:1".
    pub fn place_of(&self, fault: &ConfigFault) -> String {
        let (line, column) = (fault.line, fault.column);
        let file = match &fault.place {
            FaultPlace::Browser(entry) if line == 0 => {
                return format!("changed in the browser: {entry}");
            }
            FaultPlace::Browser(entry) => {
                return format!("changed in the browser: {entry}, line {line}");
            }
            FaultPlace::OtherFile(file) => file,
            FaultPlace::File => &*self.file,
        };
        if line == 0 {
            return file.to_owned();
        }
        format!("{file}:{line}:{column}")
    }

    /// Adds the faults of another file, which keep their place.
    #[must_use]
    pub fn with_faults_of(mut self, other: Self) -> Self {
        let file: Arc<str> = other.file.into();
        self.faults
            .extend(other.faults.into_iter().map(|fault| ConfigFault {
                place: match fault.place {
                    FaultPlace::File => FaultPlace::OtherFile(Arc::clone(&file)),
                    named => named,
                },
                ..fault
            }));
        self
    }

    /// Reduces the faults of a text that isn't TOML, where one mistake causes many. Keeps the
    /// first fault of each line, and for an unclosed array only the very first.
    pub fn as_syntax_faults(mut self) -> Self {
        let endless = self
            .faults
            .iter()
            .find(|fault| fault.what.starts_with("unclosed array"));
        if let Some(fix) = endless.map(|fault| fault.fix.clone()) {
            self.faults.truncate(1);
            self.faults[0].fix = fix;
        }
        let follows = |fault: &ConfigFault| fault.what.starts_with("duplicate key");
        self.faults
            .sort_by_key(|fault| (fault.line, follows(fault), fault.column));
        self.faults.dedup_by_key(|fault| fault.line);
        self
    }

    /// A file that couldn't be read.
    pub fn unreadable_file(file: &Path, what: &str, fix: &str) -> Self {
        let fault = ConfigFault {
            place: FaultPlace::File,
            line: 0,
            column: 0,
            key: String::new(),
            what: what.to_owned(),
            fix: fix.to_owned(),
        };
        Self {
            file: file.display().to_string(),
            faults: vec![fault],
            boards: None,
        }
    }

    /// A file that is UTF-8 only up to the offset `valid_up_to`.
    pub fn not_utf8(file: &Path, bytes: &[u8], valid_up_to: usize) -> Self {
        let valid = str::from_utf8(&bytes[..valid_up_to]).unwrap_or_default();
        let fault = ConfigFault::at_span(
            valid,
            &(valid.len()..valid.len()),
            "",
            "isn't UTF-8 text",
            "save the file as UTF-8",
        );
        Self {
            file: file.display().to_string(),
            faults: vec![fault],
            boards: None,
        }
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if 0 < index {
                writeln!(f)?;
            }
            f.write_str(&self.place_of(fault))?;
            if !fault.key.is_empty() {
                write!(f, ": {}", fault.key)?;
            }
            write!(f, ": {}", fault.what)?;
            if !fault.fix.is_empty() {
                write!(f, "; {}", fault.fix)?;
            }
        }
        Ok(())
    }
}
