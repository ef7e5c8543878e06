//! Walks the parsed file and collects what is wrong with its place instead of
//! stopping at the first fault; [`Entry`] takes the values out.

use std::{
    cell::RefCell,
    ops::Range,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Fault, Faults, entry::Entry, nearest::nearest};

/// One file being read.
#[derive(Debug)]
pub struct Reader<'t> {
    text: &'t str,
    file: &'t Path,
    pub environment: fn(&str) -> Option<String>,
    /// Where a key belongs that people write into another table.
    homes: &'static [(&'static str, &'static str)],
    faults: RefCell<Vec<Fault>>,
}

/// One table of the file.
#[derive(Debug)]
pub struct Section<'r, 't> {
    reader: &'r Reader<'t>,
    table: &'r DeTable<'t>,
    path: String,
    span: Range<usize>,
    /// Keys asked for so far: those that are allowed.
    known: RefCell<Vec<&'static str>>,
    /// Keys already refused by name.
    refused: RefCell<Vec<&'static str>>,
}

impl<'t> Reader<'t> {
    pub fn new(
        text: &'t str,
        file: &'t Path,
        environment: fn(&str) -> Option<String>,
        homes: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            text,
            file,
            environment,
            homes,
            faults: RefCell::default(),
        }
    }

    pub fn root<'r>(&'r self, table: &'r Spanned<DeTable<'t>>) -> Section<'r, 't> {
        self.section(String::new(), 0..0, table.get_ref())
    }

    pub fn section<'r>(
        &'r self,
        path: String,
        span: Range<usize>,
        table: &'r DeTable<'t>,
    ) -> Section<'r, 't> {
        Section {
            reader: self,
            table,
            path,
            span,
            known: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    pub fn fault(&self, span: &Range<usize>, key: &str, what: &str, mend: &str) {
        let fault = Fault::at(self.text, span, key, what, mend);
        self.faults.borrow_mut().push(fault);
    }

    pub fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// All faults, in the order of the file.
    pub fn faults(&self) -> Faults {
        let mut faults = self.faults.borrow().clone();
        faults.sort_by_key(|fault| (fault.line, fault.column));
        Faults {
            file: self.file.display().to_string(),
            faults,
            boards: None,
        }
    }

    /// A path as written, relative to the file.
    pub fn beside(&self, path: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(path)
    }
}

impl<'r, 't> Section<'r, 't> {
    /// The value of `key`, which from now on is one of the allowed.
    pub fn entry(&self, key: &'static str) -> Option<Entry<'r, 't>> {
        self.known.borrow_mut().push(key);
        self.find(key)
    }

    /// A value that must be there; `example` shows how to write it.
    pub fn required(&self, key: &'static str, example: &str) -> Option<Entry<'r, 't>> {
        let entry = self.entry(key);
        if entry.is_none() {
            self.fault(key, "is missing", &format!("write {example}"));
        }
        entry
    }

    /// The full name of a key in it.
    pub fn at(&self, key: &str) -> String {
        joined(&self.path, key)
    }

    /// Something is wrong with the table, about a key that is not there.
    pub fn fault(&self, key: &str, what: &str, mend: &str) {
        let path = self.at(key);
        self.reader.fault(&self.span, &path, what, mend);
    }

    /// The table at `key`, if there is one.
    pub fn section_at(&self, key: &'static str) -> Option<Section<'r, 't>> {
        self.entry(key)?.section()
    }

    /// Refuses by name a key that the product knows and this version lacks.
    pub fn lacks(&self, key: &'static str, mend: &str) {
        self.refused.borrow_mut().push(key);
        if let Some(entry) = self.find(key) {
            entry.fault_at_key("isn't in this version", mend);
        }
    }

    /// Every key and value, in the order of the file, where keys are the user's own.
    pub fn entries(&self) -> Vec<Entry<'r, 't>> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| self.entry_of(key, value))
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    /// Refuses every key that was not asked for.
    pub fn end(self) {
        let known = self.known.borrow();
        for entry in self.entries() {
            let refused = self.refused.borrow();
            if known.contains(&entry.name) || refused.contains(&entry.name) {
                continue;
            }
            let mut allowed = known.clone();
            allowed.sort_unstable();
            allowed.dedup();
            let near = nearest(entry.name, allowed.iter().copied())
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let home = (self.reader.homes.iter())
                .find(|(key, _)| *key == entry.name)
                .map(|(key, home)| format!("`{key}` belongs {home}; "))
                .unwrap_or_default();
            let mend = format!("{near}{home}allowed here: {}", allowed.join(", "));
            entry.fault_at_key("unknown key", &mend);
        }
    }

    fn find(&self, key: &str) -> Option<Entry<'r, 't>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(self.entry_of(key, value))
    }

    fn entry_of(
        &self,
        key: &'r Spanned<std::borrow::Cow<'t, str>>,
        value: &'r Spanned<DeValue<'t>>,
    ) -> Entry<'r, 't> {
        Entry {
            reader: self.reader,
            name: key.get_ref(),
            path: joined(&self.path, key.get_ref()),
            key_span: key.span(),
            value,
        }
    }
}

/// `path.key`, the key quoted where TOML needs it.
fn joined(path: &str, key: &str) -> String {
    let is_bare = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let key = if is_bare {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}
