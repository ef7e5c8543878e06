//! Walks the parsed file and collects all faults with their positions instead of stopping
//! at the first. [`ConfigEntry`] reads the values.

use std::{
    borrow::Cow,
    cell::{OnceCell, RefCell},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use wallboard_domain::RedactedText;

use super::{
    ConfigFault, ConfigFaults, FaultPlace, entry::ConfigEntry, fault::MISSING,
    nearest::suggest_word,
};

/// The most faults of one file that are collected. Placing each costs time, and nobody reads
/// more.
pub const FAULTS_MAX: usize = 100;

/// One file being read.
#[derive(Debug)]
pub struct ConfigReader<'t> {
    text: &'t str,
    file: &'t Path,
    pub environment: fn(&str) -> Option<String>,
    /// Keys that are often written into the wrong table, and where they belong.
    key_locations: &'static [(&'static str, &'static str)],
    /// The parts of the text that aren't in the file, in their order.
    recorded: Vec<RecordedPart>,
    /// The file of the key that opens sealed secrets, if it isn't the usual one.
    secret_key: OnceCell<PathBuf>,
    /// Secrets that were read.
    secrets: RefCell<Vec<SecretPlace>>,
    /// Secrets that can't be opened and that stand-ins were read for, with the reason.
    unopened: RefCell<Vec<(String, String)>>,
    /// Each with its place in the text.
    faults: RefCell<Vec<(usize, ConfigFault)>>,
}

/// A part of the text that was changed in the browser.
#[derive(Clone, Debug)]
pub struct RecordedPart {
    /// In the text.
    pub span: Range<usize>,
    /// The entry's header, for people.
    pub entry: Arc<str>,
}

/// Where the text has a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlace {
    /// Of the value.
    pub span: Range<usize>,
    /// The key with its tables, for which it is sealed.
    pub path: String,
    pub form: SecretForm,
    /// `None`: it can't be opened.
    pub secret: Option<RedactedText>,
}

/// How a secret is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretForm {
    Clear,
    Sealed,
    /// In a variable or a file that the text names.
    Elsewhere,
}

/// One table of the file.
#[derive(Debug)]
pub struct ConfigSection<'r, 't> {
    reader: &'r ConfigReader<'t>,
    table: &'r DeTable<'t>,
    path: String,
    span: Range<usize>,
    /// Keys requested so far, which are the allowed ones.
    known: RefCell<Vec<&'static str>>,
    /// Keys already rejected by name.
    rejected: RefCell<Vec<&'static str>>,
}

impl<'t> ConfigReader<'t> {
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
            key_locations: homes,
            recorded: Vec::new(),
            secret_key: OnceCell::new(),
            secrets: RefCell::default(),
            unopened: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    /// The same, for a text whose last parts were changed in the browser.
    #[must_use]
    pub fn with_recorded(self, recorded: Vec<RecordedPart>) -> Self {
        Self { recorded, ..self }
    }

    /// Returns the part that was changed in the browser, if the span is in one.
    pub fn recorded_part(&self, span: &Range<usize>) -> Option<&RecordedPart> {
        let after = (self.recorded).partition_point(|part| part.span.start <= span.start);
        let part = self.recorded.get(after.checked_sub(1)?)?;
        (span.start <= part.span.end).then_some(part)
    }

    pub fn root_section<'r>(&'r self, table: &'r Spanned<DeTable<'t>>) -> ConfigSection<'r, 't> {
        self.open_section(String::new(), 0..0, table.get_ref())
    }

    pub fn open_section<'r>(
        &'r self,
        path: String,
        span: Range<usize>,
        table: &'r DeTable<'t>,
    ) -> ConfigSection<'r, 't> {
        ConfigSection {
            reader: self,
            table,
            path,
            span,
            known: RefCell::default(),
            rejected: RefCell::default(),
        }
    }

    pub fn record_fault(&self, span: &Range<usize>, key: &str, what: &str, fix: &str) {
        if FAULTS_MAX <= self.faults.borrow().len() {
            return;
        }
        let fault = match self.recorded_part(span) {
            None => ConfigFault::at_span(self.text, span, key, what, fix),
            Some(part) => {
                let start = part.span.start;
                let text = self.text.get(part.span.clone()).unwrap_or_default();
                let local = span.start - start..span.end.saturating_sub(start);
                ConfigFault {
                    place: FaultPlace::Browser(Arc::clone(&part.entry)),
                    ..ConfigFault::at_span(text, &local, key, what, fix)
                }
            }
        };
        self.faults.borrow_mut().push((span.start, fault));
    }

    /// Returns where a part of the text is: "wallboard.toml, line 3".
    pub fn describe_place(&self, span: &Range<usize>) -> String {
        if let Some(part) = self.recorded_part(span) {
            return format!("changed in the browser: {}", part.entry);
        }
        let line = ConfigFault::at_span(self.text, span, "", "", "").line;
        format!("{}, line {line}", self.file.display())
    }

    /// Returns a part of the file as it is.
    pub fn text_at(&self, span: &Range<usize>) -> &'t str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Sets the file of the key that opens sealed secrets.
    pub fn set_secret_key(&self, file: PathBuf) {
        self.secret_key.set(file).ok();
    }

    /// The file of the key that opens sealed secrets; next to the configuration unless it is set.
    pub fn secret_key(&self) -> PathBuf {
        let file = self.secret_key.get().cloned();
        file.unwrap_or_else(|| self.resolve_path("secret.key"))
    }

    /// The secrets that were read, in the order of the text.
    pub fn secret_places(&self) -> Vec<SecretPlace> {
        let mut places = self.secrets.borrow().clone();
        places.sort_by_key(|place| place.span.start);
        places.dedup();
        places
    }

    /// Notes that a secret can't be opened, and why.
    pub(super) fn record_unopened(&self, path: &str, why: String) {
        self.unopened.borrow_mut().push((path.to_owned(), why));
    }

    /// Why the first secret below a key can't be opened.
    pub(super) fn unopened_below(&self, path: &str) -> Option<String> {
        let unopened = self.unopened.borrow();
        let mut all = unopened.iter();
        let found = all.find(|(of, _)| {
            let rest = of.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with('.'))
        });
        found.map(|(_, why)| why.clone())
    }

    pub(super) fn record_secret(&self, place: SecretPlace) {
        self.secrets.borrow_mut().push(place);
    }

    pub fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// All faults, in the order of the file.
    pub fn collected_faults(&self) -> ConfigFaults {
        let mut faults = self.faults.borrow().clone();
        faults.sort_by_key(|(start, _)| *start);
        ConfigFaults {
            file: self.file.display().to_string(),
            faults: faults.into_iter().map(|(_, fault)| fault).collect(),
            boards: None,
        }
    }

    /// Resolves a path relative to the configuration file.
    pub fn resolve_path(&self, path: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(path)
    }
}

impl<'r, 't> ConfigSection<'r, 't> {
    /// The value of `key`, which counts as allowed from now on.
    pub fn entry(&self, key: &'static str) -> Option<ConfigEntry<'r, 't>> {
        self.known.borrow_mut().push(key);
        self.find_entry(key)
    }

    /// Returns a required value, or records a fault with `example`.
    pub fn required_entry(&self, key: &'static str, example: &str) -> Option<ConfigEntry<'r, 't>> {
        let entry = self.entry(key);
        if entry.is_none() {
            self.record_missing(key, &format!("write {example}"));
        }
        entry
    }

    /// The full name of a key in this table.
    pub fn key_path(&self, key: &str) -> String {
        join_path(&self.path, key)
    }

    /// Records that the table lacks a key.
    pub fn record_missing(&self, key: &str, fix: &str) {
        self.record_fault(key, MISSING, fix);
    }

    /// Records a fault in the table, about a key that isn't in it.
    pub fn record_fault(&self, key: &str, what: &str, fix: &str) {
        let path = self.key_path(key);
        self.reader.record_fault(&self.span, &path, what, fix);
    }

    /// The table at `key`, if there is one.
    pub fn section_at(&self, key: &'static str) -> Option<ConfigSection<'r, 't>> {
        self.entry(key)?.as_section()
    }

    /// Rejects a key that isn't supported in this version.
    pub fn reject_key(&self, key: &'static str, fix: &str) {
        self.rejected.borrow_mut().push(key);
        if let Some(entry) = self.find_entry(key) {
            entry.report_key_fault("isn't in this version", fix);
        }
    }

    /// All keys and values in the order of the file, for tables whose keys the user chooses.
    pub fn all_entries(&self) -> Vec<ConfigEntry<'r, 't>> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| self.make_entry(key, value))
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    /// Rejects every key that was never requested.
    pub fn finish_section(self) {
        let known = self.known.borrow();
        for entry in self.all_entries() {
            let rejected = self.rejected.borrow();
            if known.contains(&entry.name) || rejected.contains(&entry.name) {
                continue;
            }
            let mut allowed = known.clone();
            allowed.sort_unstable();
            allowed.dedup();
            let advice = (self.reader.key_locations.iter())
                .find(|(key, _)| *key == entry.name)
                .map_or_else(
                    || suggest_word(entry.name, &allowed),
                    |(key, home)| format!("`{key}` belongs {home}; "),
                );
            let fix = format!("{advice}allowed here: {}", allowed.join(", "));
            entry.report_key_fault("unknown key", &fix);
        }
    }

    fn find_entry(&self, key: &str) -> Option<ConfigEntry<'r, 't>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(self.make_entry(key, value))
    }

    fn make_entry(
        &self,
        key: &'r Spanned<Cow<'t, str>>,
        value: &'r Spanned<DeValue<'t>>,
    ) -> ConfigEntry<'r, 't> {
        ConfigEntry {
            reader: self.reader,
            name: key.get_ref(),
            path: join_path(&self.path, key.get_ref()),
            key_span: key.span(),
            value,
        }
    }
}

/// Returns a key as TOML writes it.
pub fn quote_key(key: &str) -> Cow<'_, str> {
    if is_bare(key) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(toml::Value::String(key.to_owned()).to_string())
    }
}

fn is_bare(key: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !key.is_empty() && key.chars().all(is_plain)
}

/// Joins `path.key`, with the key quoted where TOML requires it.
fn join_path(path: &str, key: &str) -> String {
    let key = if is_bare(key) {
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
