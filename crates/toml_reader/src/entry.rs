//! One key of the file and its typed values. A value of the wrong form is reported along
//! with the form it must have.

use std::{
    fs,
    ops::{Range, RangeInclusive},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use toml::{
    Spanned,
    de::{DeInteger, DeValue},
};

use jiff::tz::TimeZone;
use strum::VariantNames;

use wallboard_domain::RedactedText;

use super::{
    duration,
    given_text::{GivenText, STRING},
    nearest::nearest_word,
    reader::{ConfigReader, ConfigSection, SecretForm, SecretPlace, quote_key},
};

/// One key and its value.
#[derive(Debug)]
pub struct ConfigEntry<'r, 't> {
    pub reader: &'r ConfigReader<'t>,
    pub name: &'r str,
    pub path: String,
    pub key_span: Range<usize>,
    pub value: &'r Spanned<DeValue<'t>>,
}

impl<'r, 't> ConfigEntry<'r, 't> {
    /// Reports a fault in the value.
    pub fn report_fault(&self, what: &str, fix: &str) {
        self.reader
            .record_fault(&self.value.span(), &self.path, what, fix);
    }

    /// Reports a fault in the key.
    pub fn report_key_fault(&self, what: &str, fix: &str) {
        self.reader
            .record_fault(&self.key_span, &self.path, what, fix);
    }

    pub fn as_section(&self) -> Option<ConfigSection<'r, 't>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(self.reader.open_section(
                self.path.clone(),
                self.key_span.clone(),
                table,
            )),
            _ => self.report_wrong_type("a table"),
        }
    }

    pub fn read_boolean(&self) -> Option<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.report_wrong_type("true or false"),
        }
    }

    pub fn read_whole(&self, allowed: RangeInclusive<u32>) -> Option<u32> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => parse_integer(number),
            _ => None,
        };
        let wanted = format!(
            "a whole number from {} to {}",
            allowed.start(),
            allowed.end()
        );
        match number {
            Some(number) if allowed.contains(&number) => Some(number),
            _ => self.report_no_number(&wanted),
        }
    }

    /// Shows a number that is out of range. Anything else isn't a number.
    fn report_no_number<T>(&self, wanted: &str) -> Option<T> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            DeValue::String(_) => {
                return self.report_wrong_type(&format!("{wanted}, without quotes"));
            }
            _ => return self.report_wrong_type(wanted),
        };
        let what = format!("{number} isn't allowed");
        self.report_fault(&what, &format!("it must be {wanted}"));
        None
    }

    /// Reads a whole number of any size, also as text.
    pub fn read_number(&self, wanted: &str) -> Option<u64> {
        match self.value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .or_else(|| self.report_wrong_type(wanted)),
            _ => self.parse_with(wanted, |text| text.trim().parse().ok()),
        }
    }

    pub fn read_percent(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => parse_integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            // Someone who writes 0.8 means 80: no target is below 1 %.
            Some(number) if number == 0.0 || (1.0..=100.0).contains(&number) => Some(number),
            _ => self.report_no_number("a percentage such as 80 (0, or from 1 to 100)"),
        }
    }

    /// Reads a number above 0.
    pub fn read_positive(&self) -> Option<f64> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => parse_integer(number).map(f64::from),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if 0.0 < number && f64::is_finite(number) => Some(number),
            _ => self.report_no_number("a number above 0"),
        }
    }

    pub fn read_duration(&self, allowed: RangeInclusive<Duration>) -> Option<Duration> {
        const WANTED: &str = r#"a duration such as "500ms", "10s", "15m" or "24h""#;
        let given = self.resolve_text(WANTED)?;
        match duration::parse_duration(&given.text) {
            Some(length) if allowed.contains(&length) => Some(length),
            Some(_) => {
                let (from, to) = (*allowed.start(), *allowed.end());
                let (from, to) = (
                    duration::format_duration(from),
                    duration::format_duration(to),
                );
                self.report_unparsed(&given, &format!("between {from} and {to}"))
            }
            None => self.report_unparsed(&given, WANTED),
        }
    }

    /// Returns the value in place of its table's header, with texts and numbers as they are in the file.
    pub fn format_value(&self) -> String {
        match self.value.get_ref() {
            DeValue::Table(_) => {
                let entries = self.as_section().map(|section| section.all_entries());
                let pairs = entries.into_iter().flatten();
                let pairs = pairs.map(|e| format!("{} = {}", quote_key(e.name), e.format_value()));
                format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            }
            DeValue::Array(items) if items.iter().any(|item| item.span() == self.value.span()) => {
                // Tables with headers of their own: the span is the first one's.
                let tables = self.read_items("").unwrap_or_default();
                let tables: Vec<_> = tables.iter().map(ConfigEntry::format_value).collect();
                format!("[{}]", tables.join(", "))
            }
            _ => self.reader.text_at(&self.value.span()).to_owned(),
        }
    }

    /// Whether somebody changed it in the browser: then nothing of the server may be read for it.
    pub(super) fn is_recorded(&self) -> bool {
        self.reader.recorded_part(&self.key_span).is_some()
    }

    /// Rejects a file or a folder that somebody chose in the browser. Returns whether it did.
    pub fn reject_in_browser(&self, what: &str) -> bool {
        if self.is_recorded() {
            let what = format!("is {what} of the server, which the browser can't choose");
            self.report_key_fault(&what, "keep it in the configuration file");
        }
        self.is_recorded()
    }

    pub fn is_list(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Array(_))
    }

    /// Whether the value is exactly this string.
    pub fn is_text(&self, text: &str) -> bool {
        matches!(self.value.get_ref(), DeValue::String(value) if value == text)
    }

    pub fn read_text(&self) -> Option<String> {
        self.resolve_text(STRING).map(|given| given.text)
    }

    /// Reads a time zone of the IANA database.
    pub fn read_time_zone(&self) -> Option<TimeZone> {
        let name = self.read_text()?;
        if let Ok(zone) = TimeZone::get(&name) {
            return Some(zone);
        }
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|zone| zone.as_str().to_owned())
            .collect();
        // Someone who writes "Berlin" means Europe/Berlin, not a zone with similar spelling.
        let is_city = |zone: &&str| {
            let city = zone.rsplit('/').next().unwrap_or_default();
            city.eq_ignore_ascii_case(&name.replace(' ', "_"))
        };
        let names = || known.iter().map(String::as_str);
        let near = names()
            .find(is_city)
            .or_else(|| nearest_word(&name, names()));
        let near = near.unwrap_or("Europe/Stockholm");
        self.report_fault(
            "unknown time zone",
            &format!("use a name from the IANA database such as \"{near}\""),
        );
        None
    }

    /// Reads a text that isn't empty.
    pub fn read_nonempty_text(&self) -> Option<String> {
        self.parse_with("text that isn't empty", |text| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    /// Reads a secret. In clear it may only be in a file: a change in the browser is sealed before it is stored.
    pub fn read_secret(&self) -> Option<RedactedText> {
        let text = self.read_text()?;
        self.record_as_secret(&text);
        Some(RedactedText(text))
    }

    /// Reads a secret like [`Self::read_secret`]. One that was given in the browser and can't be opened is no fault:
    /// `stand_in` is read in its place, and [`Self::unopened_secret`] of the table says why.
    pub fn read_secret_or_stand_in(&self, stand_in: &str) -> Option<RedactedText> {
        match self.find_unopened() {
            Some(why) => {
                self.reader.record_unopened(&self.path, why);
                Some(RedactedText(stand_in.to_owned()))
            }
            None => self.read_secret(),
        }
    }

    /// Why a secret in this table can't be opened, if a stand-in was read for it.
    pub fn unopened_secret(&self) -> Option<String> {
        self.reader.unopened_below(&self.path)
    }

    /// Notes that the text, which was read here, is a secret. A sealed one is noted when it's opened.
    pub(super) fn record_as_secret(&self, text: &str) {
        let form = match self.value.get_ref() {
            DeValue::String(_) => SecretForm::Clear,
            DeValue::Table(table) if !table.contains_key("sealed") => SecretForm::Elsewhere,
            _ => return,
        };
        if !text.is_empty() {
            self.record_secret(form, Some(text.to_owned()));
        }
    }

    pub(super) fn record_secret(&self, form: SecretForm, secret: Option<String>) {
        self.reader.record_secret(SecretPlace {
            span: self.value.span(),
            path: self.path.clone(),
            form,
            secret: secret.map(RedactedText),
        });
    }

    /// Reads a path, relative to the configuration file, of a readable file.
    pub fn read_file_path(&self) -> Option<PathBuf> {
        if self.reject_in_browser("a file") {
            return None;
        }
        let given = self.resolve_text("the path of a file, in quotes")?;
        let path = self.reader.resolve_path(&given.text);
        match fs::File::open(&path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => Some(path),
            Ok(_) => self.report_unparsed(&given, "a file"),
            Err(cause) => {
                let what = format!("{given} can't be read ({cause})");
                self.report_fault(&what, "paths are relative to the configuration file");
                None
            }
        }
    }

    pub fn parse_with<T>(&self, wanted: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let given = self.resolve_text(wanted)?;
        match parse(&given.text) {
            Some(value) => Some(value),
            None => self.report_unparsed(&given, wanted),
        }
    }

    /// Reads one of the `allowed` words.
    pub fn read_word(&self, allowed: &[&'static str]) -> Option<&'static str> {
        self.read_word_or(allowed, |_| None)
    }

    /// Reads a word. `explain` returns what another text is and how to fix it, if it's known.
    pub fn read_word_or(
        &self,
        allowed: &[&'static str],
        explain: impl Fn(&str) -> Option<(String, String)>,
    ) -> Option<&'static str> {
        let given = self.resolve_text(&format!("one of: {}", allowed.join(", ")))?;
        let found = allowed.iter().find(|word| **word == given.text);
        if found.is_some() {
            return found.copied();
        }
        if let Some((what, fix)) = explain(&given.text) {
            self.report_fault(&what, &fix);
        } else {
            let near = nearest_word(&given.text, allowed.iter().copied())
                .map(|near| format!("did you mean \"{near}\"? "))
                .unwrap_or_default();
            let fix = format!("{near}allowed: {}", allowed.join(", "));
            self.report_fault(&format!("{given} is unknown"), &fix);
        }
        None
    }

    /// Reads the name of an enum's variant.
    pub fn read_variant<E: FromStr + VariantNames>(&self) -> Option<E> {
        self.read_word(E::VARIANTS)?.parse().ok()
    }

    pub fn read_texts(&self) -> Vec<String> {
        let items = self.read_items(r#"a list of strings such as ["a", "b"]"#);
        items
            .unwrap_or_default()
            .iter()
            .filter_map(ConfigEntry::read_text)
            .collect()
    }

    /// The items of a list, each with its position.
    pub fn read_items(&self, wanted: &str) -> Option<Vec<Self>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return self.report_wrong_type(wanted);
        };
        let item = |value: &'r Spanned<DeValue<'t>>| ConfigEntry {
            reader: self.reader,
            name: self.name,
            path: self.path.clone(),
            key_span: value.span(),
            value,
        };
        Some(items.iter().map(item).collect())
    }

    /// Reads a list or a single item without a list.
    pub fn read_one_or_more(&self, wanted: &str) -> Option<Vec<Self>> {
        match self.value.get_ref() {
            DeValue::String(_) | DeValue::Table(_) => Some(vec![ConfigEntry {
                reader: self.reader,
                name: self.name,
                path: self.path.clone(),
                key_span: self.key_span.clone(),
                value: self.value,
            }]),
            _ => self.read_items(wanted),
        }
    }

    /// Reads a table of strings with keys chosen by the user, in the order of the file.
    pub fn read_map(&self) -> Vec<(String, String)> {
        let Some(section) = self.as_section() else {
            return Vec::new();
        };
        section
            .all_entries()
            .iter()
            .filter_map(|entry| Some((entry.name.to_owned(), entry.read_text()?)))
            .collect()
    }

    fn report_unparsed<T>(&self, given: &GivenText, wanted: &str) -> Option<T> {
        self.report_fault(
            &format!("{given} isn't allowed"),
            &format!("it must be {wanted}"),
        );
        None
    }

    pub(super) fn report_wrong_type<T>(&self, wanted: &str) -> Option<T> {
        self.report_fault(
            "has a value of the wrong type",
            &format!("it must be {wanted}"),
        );
        None
    }
}

fn parse_integer(number: &DeInteger<'_>) -> Option<u32> {
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}
