//! The text of a value: as written, or from the environment or a file, which the fault of a
//! configuration never shows.

use std::{
    fmt::{self, Display, Formatter},
    fs,
    io::ErrorKind,
};

use toml::de::{DeTable, DeValue};

use super::{entry::ConfigEntry, reader::SecretForm, secret_key::SecretKey};

/// A string, and whether it came from outside the file and must not be shown.
pub(super) struct GivenText {
    pub(super) text: String,
    pub(super) hidden: bool,
}

/// The accepted forms of a text.
pub(super) const STRING: &str = r#"a string, { env = "NAME" } or { file = "path" }"#;

impl Display for GivenText {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.hidden {
            formatter.write_str("the value that it leads to")
        } else {
            write!(formatter, "{:?}", self.text)
        }
    }
}

impl<'t> ConfigEntry<'_, 't> {
    /// Resolves a literal, `{ env = … }` or `{ file = … }`. Anything else is reported along
    /// with what is `wanted`.
    pub(super) fn resolve_text(&self, wanted: &str) -> Option<GivenText> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(GivenText {
                text: text.to_string(),
                hidden: false,
            }),
            DeValue::Table(table) => self.resolve_table(table),
            _ => self.report_wrong_type(wanted),
        }
    }

    /// Why a secret that was given in the browser can't be opened, and what to do; `None`: it can, or it isn't one.
    pub(super) fn find_unopened(&self) -> Option<String> {
        let DeValue::Table(table) = self.value.get_ref() else {
            return None;
        };
        let mut values = table.iter();
        let (Some((key, value)), None) = (values.next(), values.next()) else {
            return None;
        };
        let DeValue::String(sealed) = value.get_ref() else {
            return None;
        };
        let is_sealed = key.get_ref() == "sealed";
        let opened = is_sealed.then(|| self.open_sealed(sealed))?;
        let (what, fix) = opened.err()?;
        Some(format!("`{}` {what}; {fix}", self.name))
    }

    fn resolve_table(&self, table: &DeTable<'t>) -> Option<GivenText> {
        let only = (table.len() == 1).then(|| table.iter().next()).flatten();
        let only = only.map(|(key, value)| (&**key.get_ref(), value.get_ref()));
        let is_sealed = matches!(only, Some(("sealed", _)));
        if self.is_recorded() && !is_sealed {
            self.report_fault(
                "must be text, because people change it in the browser",
                "write the text in quotes, or keep it in the configuration file",
            );
            return None;
        }
        let text = match only {
            Some(("sealed", DeValue::String(sealed))) => self.open_sealed(sealed),
            Some(("env", DeValue::String(name))) => self.environment_variable(name),
            Some(("file", DeValue::String(path))) => self.file_content(path),
            _ => return self.report_wrong_type(STRING),
        };
        match text {
            Ok(text) => Some(GivenText { text, hidden: true }),
            Err((what, fix)) => {
                self.report_fault(&what, fix);
                None
            }
        }
    }

    /// Opens a secret that was given in the browser.
    fn open_sealed(&self, sealed: &str) -> Result<String, (String, &'static str)> {
        let key = SecretKey::load(&self.reader.secret_key());
        let opened = key.and_then(|key| key.open(&self.path, sealed));
        self.record_secret(SecretForm::Sealed, opened.as_ref().ok().cloned());
        opened.map_err(|error| (format!("can't be opened: {error}"), error.fix()))
    }

    /// Reads an environment variable. A text that isn't a valid name may be the secret
    /// itself, so it is never shown.
    fn environment_variable(&self, name: &str) -> Result<String, (String, &'static str)> {
        const SET: &str = "set it for the service user";
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err((
                "isn't the name of an environment variable (not shown: it may be a secret)"
                    .to_owned(),
                "use only its name, without $: { env = \"VNGAGE_URL\" }",
            ));
        }
        match (self.reader.environment)(name) {
            Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            Some(_) => Err((format!("the environment variable {name} is empty"), SET)),
            None => Err((format!("the environment variable {name} is not set"), SET)),
        }
    }

    /// Reads a file, without surrounding whitespace or a byte order mark.
    fn file_content(&self, path: &str) -> Result<String, (String, &'static str)> {
        if path.contains("://") {
            return Err((
                "isn't the path of a file (not shown: it may be a secret)".to_owned(),
                "use the path of a file that contains it: { file = \"secrets/vngage-url\" }",
            ));
        }
        match fs::read_to_string(self.reader.resolve_path(path)) {
            Ok(text) if text.trim_matches(is_blank).is_empty() => Err((
                format!("the file {path} is empty"),
                "put the secret in it, on one line",
            )),
            Ok(text) => Ok(text.trim_matches(is_blank).to_owned()),
            Err(cause) => {
                let fix = match cause.kind() {
                    ErrorKind::NotFound => {
                        "paths are relative to the configuration file; systemd credentials exist only while the service runs"
                    }
                    ErrorKind::PermissionDenied => "give the service user read permission",
                    ErrorKind::InvalidData => "save the file as UTF-8",
                    _ => "use the path of a file that contains it",
                };
                Err((format!("can't read the file {path} ({cause})"), fix))
            }
        }
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}
