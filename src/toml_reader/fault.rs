//! What is wrong with a configuration: where, what, and how to mend it.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// One thing that is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// From 1; 0 where the file as a whole is meant.
    pub line: usize,
    pub column: usize,
    /// The key as written with its tables: `sources.chat.url`.
    pub key: String,
    /// What is wrong. Never the value of a secret.
    pub what: String,
    /// What to write instead; may be empty where `what` says it all.
    pub fix: String,
}

impl ConfigFault {
    pub fn at_span(text: &str, span: &Range<usize>, key: &str, what: &str, mend: &str) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            what: what.to_owned(),
            fix: mend.to_owned(),
        }
    }
}

/// Everything found wrong in one file, in its order.
#[derive(Debug, thiserror::Error)]
pub struct ConfigFaults {
    /// The file as the user named it.
    pub file: String,
    pub faults: Vec<ConfigFault>,
    /// The folder of board files, where the rest of the file says which.
    pub boards: Option<PathBuf>,
}

impl ConfigFaults {
    /// Where the text is no TOML one slip is found again and again: the first of each line
    /// is told, and of a list without an end only where it is first felt.
    pub fn as_syntax_faults(mut self) -> Self {
        let endless = self
            .faults
            .iter()
            .find(|fault| fault.what.starts_with("unclosed array"));
        if let Some(mend) = endless.map(|fault| fault.fix.clone()) {
            self.faults.truncate(1);
            self.faults[0].fix = mend;
        }
        let follows = |fault: &ConfigFault| fault.what.starts_with("duplicate key");
        self.faults
            .sort_by_key(|fault| (fault.line, follows(fault), fault.column));
        self.faults.dedup_by_key(|fault| fault.line);
        self
    }

    /// The file itself could not be read.
    pub fn unreadable_file(file: &Path, what: &str, mend: &str) -> Self {
        let fault = ConfigFault {
            line: 0,
            column: 0,
            key: String::new(),
            what: what.to_owned(),
            fix: mend.to_owned(),
        };
        Self {
            file: file.display().to_string(),
            faults: vec![fault],
            boards: None,
        }
    }

    /// The file is text only up to `place`.
    pub fn not_utf8(file: &Path, bytes: &[u8], place: usize) -> Self {
        let valid = str::from_utf8(&bytes[..place]).unwrap_or_default();
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
        for (place, fault) in self.faults.iter().enumerate() {
            if 0 < place {
                writeln!(f)?;
            }
            write!(f, "{}", self.file)?;
            if 0 < fault.line {
                write!(f, ":{}:{}", fault.line, fault.column)?;
            }
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
