//! One key of the file and the typed values that can be taken out of it. What a
//! value must be is said where it is not.

use std::{
    fmt::Display,
    fs,
    ops::{Range, RangeInclusive},
    path::PathBuf,
    time::Duration,
};

use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use super::{
    Secret, duration,
    nearest::nearest,
    reader::{Reader, Section},
};

/// One key and its value.
pub(super) struct Entry<'r, 't> {
    pub(super) reader: &'r Reader<'t>,
    pub(super) name: &'r str,
    pub(super) path: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: &'r Spanned<DeValue<'t>>,
}

/// A string, and whether it came from outside the file and so is not to be repeated.
struct Given {
    text: String,
    hidden: bool,
}

impl<'r, 't> Entry<'r, 't> {
    /// Something is wrong with the value.
    pub(super) fn fault(&self, what: &str, mend: &str) {
        self.reader
            .fault(&self.value.span(), &self.path, what, mend);
    }

    /// Something is wrong with the key.
    pub(super) fn fault_at_key(&self, what: &str, mend: &str) {
        self.reader.fault(&self.key_span, &self.path, what, mend);
    }

    pub(super) fn section(&self) -> Option<Section<'r, 't>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(self.reader.section(
                self.path.clone(),
                self.key_span.clone(),
                table,
            )),
            _ => self.wrong("a table"),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong("true or false"),
        }
    }

    pub(super) fn whole(&self, allowed: RangeInclusive<u32>) -> Option<u32> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => integer(number),
            _ => None,
        };
        let wanted = format!(
            "a whole number from {} to {}",
            allowed.start(),
            allowed.end()
        );
        match number {
            Some(number) if allowed.contains(&number) => Some(number),
            _ => self.wrong(&wanted),
        }
    }

    /// A whole number of any size, also as text.
    pub(super) fn number(&self, wanted: &str) -> Option<u64> {
        match self.value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .or_else(|| self.wrong(wanted)),
            _ => self.parsed(wanted, |text| text.trim().parse().ok()),
        }
    }

    pub(super) fn percent(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if (0.0..=100.0).contains(&number) => Some(number),
            _ => self.wrong("a number from 0 to 100"),
        }
    }

    /// A number above 0.
    pub(super) fn positive(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if 0.0 < number && f64::is_finite(number) => Some(number),
            _ => self.wrong("a number above 0"),
        }
    }

    pub(super) fn duration(&self, allowed: RangeInclusive<Duration>) -> Option<Duration> {
        const WANTED: &str = r#"a duration such as "500ms", "10s", "15m" or "24h""#;
        if matches!(
            self.value.get_ref(),
            DeValue::Integer(_) | DeValue::Float(_)
        ) {
            return self.wrong(WANTED);
        }
        let given = self.given()?;
        match duration::parse(&given.text) {
            Some(length) if allowed.contains(&length) => Some(length),
            Some(_) => {
                let (from, to) = (*allowed.start(), *allowed.end());
                let (from, to) = (duration::shown(from), duration::shown(to));
                self.refuse(&given, &format!("between {from} and {to}"))
            }
            None => self.refuse(&given, WANTED),
        }
    }

    pub(super) fn text(&self) -> Option<String> {
        self.given().map(|given| given.text)
    }

    /// A text with something in it.
    pub(super) fn filled(&self) -> Option<String> {
        self.parsed("a text with something in it", |text| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    pub(super) fn secret(&self) -> Option<Secret> {
        self.text().map(Secret::new)
    }

    /// A path beside the file that leads to something readable.
    pub(super) fn readable_file(&self) -> Option<PathBuf> {
        let given = self.given()?;
        let path = self.reader.beside(&given.text);
        match fs::File::open(&path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => Some(path),
            Ok(_) => self.refuse(&given, "a file"),
            Err(cause) => {
                let what = format!("{} cannot be read ({cause})", shown(&given));
                self.fault(&what, "paths are relative to the configuration file");
                None
            }
        }
    }

    pub(super) fn parsed<T>(
        &self,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let given = self.given()?;
        match parse(&given.text) {
            Some(value) => Some(value),
            None => self.refuse(&given, wanted),
        }
    }

    /// One of `allowed`.
    pub(super) fn word(&self, allowed: &[&'static str]) -> Option<&'static str> {
        let given = self.given()?;
        let found = allowed.iter().find(|word| **word == given.text);
        if found.is_none() {
            let near = nearest(&given.text, allowed.iter().copied())
                .map(|near| format!("did you mean \"{near}\"? "))
                .unwrap_or_default();
            let mend = format!("{near}allowed: {}", allowed.join(", "));
            self.fault(&format!("{} is not known", shown(&given)), &mend);
        }
        found.copied()
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let items = self.items(r#"a list of strings such as ["a", "b"]"#);
        items
            .unwrap_or_default()
            .iter()
            .filter_map(Entry::text)
            .collect()
    }

    /// The items of a list, each with its own place.
    pub(super) fn items(&self, wanted: &str) -> Option<Vec<Self>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return self.wrong(wanted);
        };
        let item = |value: &'r Spanned<DeValue<'t>>| Entry {
            reader: self.reader,
            name: self.name,
            path: self.path.clone(),
            key_span: value.span(),
            value,
        };
        Some(items.iter().map(item).collect())
    }

    /// A list, or the one thing that would stand in it.
    pub(super) fn one_or_more(&self, wanted: &str) -> Option<Vec<Self>> {
        match self.value.get_ref() {
            DeValue::String(_) | DeValue::Table(_) => Some(vec![Entry {
                reader: self.reader,
                name: self.name,
                path: self.path.clone(),
                key_span: self.key_span.clone(),
                value: self.value,
            }]),
            _ => self.items(wanted),
        }
    }

    /// A table of strings by the user's own keys, in the order of the file.
    pub(super) fn map(&self) -> Vec<(String, String)> {
        let Some(section) = self.section() else {
            return Vec::new();
        };
        section
            .entries()
            .iter()
            .filter_map(|entry| Some((entry.name.to_owned(), entry.text()?)))
            .collect()
    }

    /// A literal, or what `{ env = … }` or `{ file = … }` leads to.
    fn given(&self) -> Option<Given> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(Given {
                text: text.to_string(),
                hidden: false,
            }),
            DeValue::Table(table) => self.given_from(table),
            _ => self.wrong(r#"a string, { env = "NAME" } or { file = "path" }"#),
        }
    }

    fn given_from(&self, table: &DeTable<'t>) -> Option<Given> {
        let only = (table.len() == 1).then(|| table.iter().next()).flatten();
        let text = match only.map(|(key, value)| (&**key.get_ref(), value.get_ref())) {
            Some(("env", DeValue::String(name))) => match (self.reader.environment)(name) {
                Some(text) if !text.is_empty() => Ok(text),
                Some(_) => Err(format!("the environment variable {name} is empty")),
                None => Err(format!("the environment variable {name} is not set")),
            },
            Some(("file", DeValue::String(path))) => {
                match fs::read_to_string(self.reader.beside(path)) {
                    Ok(text) if text.trim().is_empty() => Err(format!("the file {path} is empty")),
                    Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
                    Err(cause) => Err(format!("the file {path} cannot be read ({cause})")),
                }
            }
            _ => return self.wrong(r#"a string, { env = "NAME" } or { file = "path" }"#),
        };
        match text {
            Ok(text) => Some(Given { text, hidden: true }),
            Err(what) => {
                self.fault(&what, "set it for the user that the product runs as");
                None
            }
        }
    }

    fn refuse<T>(&self, given: &Given, wanted: &str) -> Option<T> {
        self.fault(
            &format!("{} is not allowed", shown(given)),
            &format!("it must be {wanted}"),
        );
        None
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.fault(
            "has a value of the wrong kind",
            &format!("it must be {wanted}"),
        );
        None
    }
}

fn integer(number: &DeInteger<'_>) -> Option<u32> {
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}

fn shown(given: &Given) -> impl Display {
    if given.hidden {
        "the value that it leads to".to_owned()
    } else {
        format!("{:?}", given.text)
    }
}
