//! One key of the file and the typed values that can be taken out of it. What a
//! value must be is said where it is not.

use std::{
    fmt::Display,
    fs,
    io::ErrorKind,
    ops::{Range, RangeInclusive},
    path::PathBuf,
    time::Duration,
};

use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use jiff::tz::TimeZone;

use crate::domain::Hidden;

use super::{
    duration,
    nearest::nearest,
    reader::{Reader, Section},
};

/// One key and its value.
#[derive(Debug)]
pub struct Entry<'r, 't> {
    pub reader: &'r Reader<'t>,
    pub name: &'r str,
    pub path: String,
    pub key_span: Range<usize>,
    pub value: &'r Spanned<DeValue<'t>>,
}

/// A string, and whether it came from outside the file and so is not to be repeated.
struct Given {
    text: String,
    hidden: bool,
}

/// What a text may be written as.
const STRING: &str = r#"a string, { env = "NAME" } or { file = "path" }"#;

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

impl<'r, 't> Entry<'r, 't> {
    /// Something is wrong with the value.
    pub fn fault(&self, what: &str, mend: &str) {
        self.reader
            .fault(&self.value.span(), &self.path, what, mend);
    }

    /// Something is wrong with the key.
    pub fn fault_at_key(&self, what: &str, mend: &str) {
        self.reader.fault(&self.key_span, &self.path, what, mend);
    }

    pub fn section(&self) -> Option<Section<'r, 't>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(self.reader.section(
                self.path.clone(),
                self.key_span.clone(),
                table,
            )),
            _ => self.wrong("a table"),
        }
    }

    pub fn boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong("true or false"),
        }
    }

    pub fn whole(&self, allowed: RangeInclusive<u32>) -> Option<u32> {
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
            _ => self.no_number(&wanted),
        }
    }

    /// A number that is out of range is shown; anything else is no number at all.
    fn no_number<T>(&self, wanted: &str) -> Option<T> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            DeValue::String(_) => return self.wrong(&format!("{wanted}, without quotes")),
            _ => return self.wrong(wanted),
        };
        let what = format!("{number} isn't allowed");
        self.fault(&what, &format!("it must be {wanted}"));
        None
    }

    /// A whole number of any size, also as text.
    pub fn number(&self, wanted: &str) -> Option<u64> {
        match self.value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .or_else(|| self.wrong(wanted)),
            _ => self.parsed(wanted, |text| text.trim().parse().ok()),
        }
    }

    pub fn percent(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            // 0.8 is meant as 80: nobody aims at less than one in a hundred.
            Some(number) if number == 0.0 || (1.0..=100.0).contains(&number) => Some(number),
            _ => self.no_number("a percentage such as 80 (0, or from 1 to 100)"),
        }
    }

    /// A number above 0.
    pub fn positive(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if 0.0 < number && f64::is_finite(number) => Some(number),
            _ => self.no_number("a number above 0"),
        }
    }

    pub fn duration(&self, allowed: RangeInclusive<Duration>) -> Option<Duration> {
        const WANTED: &str = r#"a duration such as "500ms", "10s", "15m" or "24h""#;
        let given = self.given(WANTED)?;
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

    pub fn is_list(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(_))
    }

    /// Whether just this stands there.
    pub fn is_text(&self, text: &str) -> bool {
        matches!(self.value.get_ref(), DeValue::String(own) if own == text)
    }

    pub fn text(&self) -> Option<String> {
        self.given(STRING).map(|given| given.text)
    }

    /// A time zone of the IANA database.
    pub fn time_zone(&self) -> Option<TimeZone> {
        let name = self.text()?;
        if let Ok(zone) = TimeZone::get(&name) {
            return Some(zone);
        }
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|zone| zone.as_str().to_owned())
            .collect();
        // "Berlin", as one says it, is nearer to Europe/Berlin than to what it can be mistyped for.
        let is_city = |zone: &&str| {
            let city = zone.rsplit('/').next().unwrap_or_default();
            city.eq_ignore_ascii_case(&name.replace(' ', "_"))
        };
        let names = || known.iter().map(String::as_str);
        let near = names().find(is_city).or_else(|| nearest(&name, names()));
        let near = near.unwrap_or("Europe/Stockholm");
        self.fault(
            "unknown time zone",
            &format!("use a name from the IANA database such as \"{near}\""),
        );
        None
    }

    /// A text with something in it.
    pub fn filled(&self) -> Option<String> {
        self.parsed("text that isn't empty", |text| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    pub fn secret(&self) -> Option<Hidden> {
        self.text().map(Hidden)
    }

    /// A path beside the file that leads to something readable.
    pub fn readable_file(&self) -> Option<PathBuf> {
        let given = self.given("the path of a file, in quotes")?;
        let path = self.reader.beside(&given.text);
        match fs::File::open(&path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => Some(path),
            Ok(_) => self.refuse(&given, "a file"),
            Err(cause) => {
                let what = format!("{} can't be read ({cause})", shown(&given));
                self.fault(&what, "paths are relative to the configuration file");
                None
            }
        }
    }

    pub fn parsed<T>(&self, wanted: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let given = self.given(wanted)?;
        match parse(&given.text) {
            Some(value) => Some(value),
            None => self.refuse(&given, wanted),
        }
    }

    /// One of `allowed`.
    pub fn word(&self, allowed: &[&'static str]) -> Option<&'static str> {
        let given = self.given(&format!("one of: {}", allowed.join(", ")))?;
        let found = allowed.iter().find(|word| **word == given.text);
        if found.is_none() {
            let near = nearest(&given.text, allowed.iter().copied())
                .map(|near| format!("did you mean \"{near}\"? "))
                .unwrap_or_default();
            let mend = format!("{near}allowed: {}", allowed.join(", "));
            self.fault(&format!("{} is unknown", shown(&given)), &mend);
        }
        found.copied()
    }

    pub fn texts(&self) -> Vec<String> {
        let items = self.items(r#"a list of strings such as ["a", "b"]"#);
        items
            .unwrap_or_default()
            .iter()
            .filter_map(Entry::text)
            .collect()
    }

    /// The items of a list, each with its own place.
    pub fn items(&self, wanted: &str) -> Option<Vec<Self>> {
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
    pub fn one_or_more(&self, wanted: &str) -> Option<Vec<Self>> {
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
    pub fn map(&self) -> Vec<(String, String)> {
        let Some(section) = self.section() else {
            return Vec::new();
        };
        section
            .entries()
            .iter()
            .filter_map(|entry| Some((entry.name.to_owned(), entry.text()?)))
            .collect()
    }

    /// A literal, or what `{ env = … }` or `{ file = … }` leads to; what is none of them
    /// is told what is wanted.
    fn given(&self, wanted: &str) -> Option<Given> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(Given {
                text: text.to_string(),
                hidden: false,
            }),
            DeValue::Table(table) => self.given_from(table),
            _ => self.wrong(wanted),
        }
    }

    fn given_from(&self, table: &DeTable<'t>) -> Option<Given> {
        let only = (table.len() == 1).then(|| table.iter().next()).flatten();
        let text = match only.map(|(key, value)| (&**key.get_ref(), value.get_ref())) {
            Some(("env", DeValue::String(name))) => self.variable(name),
            Some(("file", DeValue::String(path))) => self.content(path),
            _ => return self.wrong(STRING),
        };
        match text {
            Ok(text) => Some(Given { text, hidden: true }),
            Err((what, mend)) => {
                self.fault(&what, mend);
                None
            }
        }
    }

    /// What does not look like a name may be the secret itself, and is not repeated.
    fn variable(&self, name: &str) -> Result<String, (String, &'static str)> {
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

    /// What a file holds, without blanks around it and the mark that some editors put first.
    fn content(&self, path: &str) -> Result<String, (String, &'static str)> {
        if path.contains("://") {
            return Err((
                "isn't the path of a file (not shown: it may be a secret)".to_owned(),
                "use the path of a file that contains it: { file = \"secrets/vngage-url\" }",
            ));
        }
        match fs::read_to_string(self.reader.beside(path)) {
            Ok(text) if text.trim_matches(is_blank).is_empty() => Err((
                format!("the file {path} is empty"),
                "put the secret in it, on one line",
            )),
            Ok(text) => Ok(text.trim_matches(is_blank).to_owned()),
            Err(cause) => {
                let mend = match cause.kind() {
                    ErrorKind::NotFound => {
                        "paths are relative to the configuration file; systemd credentials exist only while the service runs"
                    }
                    ErrorKind::PermissionDenied => "give the service user read permission",
                    ErrorKind::InvalidData => "save the file as UTF-8",
                    _ => "use the path of a file that contains it",
                };
                Err((format!("can't read the file {path} ({cause})"), mend))
            }
        }
    }

    fn refuse<T>(&self, given: &Given, wanted: &str) -> Option<T> {
        self.fault(
            &format!("{} isn't allowed", shown(given)),
            &format!("it must be {wanted}"),
        );
        None
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.fault(
            "has a value of the wrong type",
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
