//! What is wrong with a configuration: where, what, and how to mend it.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// One thing that is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1; 0 where the file as a whole is meant.
    pub line: usize,
    pub column: usize,
    /// The key as written with its tables: `sources.chat.url`.
    pub key: String,
    /// What is wrong. Never the value of a secret.
    pub what: String,
    /// What to write instead; may be empty where `what` says it all.
    pub mend: String,
}

impl Fault {
    pub fn at(text: &str, span: &Range<usize>, key: &str, what: &str, mend: &str) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            what: what.to_owned(),
            mend: mend.to_owned(),
        }
    }
}

/// Everything found wrong in one file, in its order.
#[derive(Debug, thiserror::Error)]
pub struct Faults {
    /// The file as the user named it.
    pub file: String,
    pub faults: Vec<Fault>,
    /// The folder of board files, where the rest of the file says which.
    pub boards: Option<PathBuf>,
}

impl Faults {
    /// Where the text is no TOML one slip is found again and again: the first of each line
    /// is told, and of a list without an end only where it is first felt.
    pub fn of_syntax(mut self) -> Self {
        let endless = self
            .faults
            .iter()
            .find(|fault| fault.what.starts_with("unclosed array"));
        if let Some(mend) = endless.map(|fault| fault.mend.clone()) {
            self.faults.truncate(1);
            self.faults[0].mend = mend;
        }
        let follows = |fault: &Fault| fault.what.starts_with("duplicate key");
        self.faults
            .sort_by_key(|fault| (fault.line, follows(fault), fault.column));
        self.faults.dedup_by_key(|fault| fault.line);
        self
    }

    /// The file itself could not be read.
    pub fn unreadable(file: &Path, what: &str, mend: &str) -> Self {
        let fault = Fault {
            line: 0,
            column: 0,
            key: String::new(),
            what: what.to_owned(),
            mend: mend.to_owned(),
        };
        Self {
            file: file.display().to_string(),
            faults: vec![fault],
            boards: None,
        }
    }

    /// The file is text only up to `place`.
    pub fn not_text(file: &Path, bytes: &[u8], place: usize) -> Self {
        let valid = str::from_utf8(&bytes[..place]).unwrap_or_default();
        let fault = Fault::at(
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

impl fmt::Display for Faults {
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
            if !fault.mend.is_empty() {
                write!(f, "; {}", fault.mend)?;
            }
        }
        Ok(())
    }
}
