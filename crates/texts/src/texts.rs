//! One language: its messages, ready to write.

use std::{
    fmt::{Debug, Formatter},
    sync::LazyLock,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_syntax::ast::Pattern;
use unic_langid::LanguageIdentifier;

use wallboard_domain::{Language, Metric};

use super::{
    message_room::Room,
    messages::ROOMS,
    metric_texts::MetricTexts,
    numbers::{self, NumberStyle},
    plain_pattern,
};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::load(Language::English));
static SWEDISH: LazyLock<Texts> = LazyLock::new(|| Texts::load(Language::Swedish));
static GERMAN: LazyLock<Texts> = LazyLock::new(|| Texts::load(Language::German));

/// Everything that is written in one language. Loaded once, when first needed.
pub struct Texts {
    /// Its tag, for `lang`.
    tag: &'static str,
    language: Language,
    bundle: Bundle,
    /// Messages without parameters, as [`ROOMS`] lists them.
    plain: [Vec<String>; ROOMS.len()],
    /// Whether the bundle changes the text of messages.
    is_transformed: bool,
    metrics: Vec<MetricTexts>,
    pub(crate) numbers: NumberStyle,
}

impl Texts {
    /// Returns the texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Swedish => &SWEDISH,
            Language::German => &GERMAN,
        }
    }

    /// Returns the texts of every language.
    pub fn all() -> [&'static Self; 3] {
        [&ENGLISH, &SWEDISH, &GERMAN]
    }

    /// Returns the texts of what isn't translated.
    pub fn english() -> &'static Self {
        Self::of(Language::English)
    }

    /// The BCP 47 tag of the language.
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// The language of what the site itself has texts for.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns a metric's texts.
    pub fn metric(&self, metric: Metric) -> &MetricTexts {
        &self.metrics[metric as usize]
    }

    fn load(language: Language) -> Self {
        let mut bundle = new_bundle(language);
        bundle.set_formatter(Some(match language {
            Language::English => |value, _| numbers::ENGLISH.format_argument(value),
            Language::Swedish => |value, _| numbers::SWEDISH.format_argument(value),
            Language::German => |value, _| numbers::GERMAN.format_argument(value),
        }));
        Self::new(language.into_str(), language, bundle)
    }

    fn new(tag: &'static str, language: Language, bundle: Bundle) -> Self {
        let mut texts = Self {
            tag,
            language,
            bundle,
            plain: [const { Vec::new() }; ROOMS.len()],
            is_transformed: tag != language.into_str(),
            metrics: Vec::new(),
            numbers: match language {
                Language::English => numbers::ENGLISH,
                Language::Swedish => numbers::SWEDISH,
                Language::German => numbers::GERMAN,
            },
        };
        texts.plain = ROOMS.map(|room| {
            let texts = room.plain.iter().map(|key| texts.write(key, &[]));
            texts.collect()
        });
        texts.metrics = Metric::all()
            .map(|metric| MetricTexts::load(&texts, metric))
            .collect();
        texts
    }

    pub(crate) fn plain(&self, room: Room, index: usize) -> &str {
        &self.plain[room as usize][index]
    }

    /// Writes a message. One that a language lacks shows its key: a test finds it before anybody does.
    pub(crate) fn write(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        self.write_attribute(key, None, values)
    }

    /// The same of an attribute of a message.
    pub(crate) fn write_attribute(
        &self,
        key: &str,
        attribute: Option<&str>,
        values: &[(&'static str, FluentValue<'_>)],
    ) -> String {
        let message = self.bundle.get_message(key);
        let pattern = message.and_then(|message| match attribute {
            None => message.value(),
            Some(name) => Some(message.get_attribute(name)?.value()),
        });
        let Some(pattern) = pattern else {
            return key.to_owned();
        };
        let plain = (!self.is_transformed)
            .then(|| plain_pattern::write_plain_pattern(pattern, values, self.numbers));
        let text = plain
            .flatten()
            .unwrap_or_else(|| self.resolve(pattern, values));
        with_one_full_stop(text)
    }

    fn resolve(
        &self,
        pattern: &Pattern<&str>,
        values: &[(&'static str, FluentValue<'_>)],
    ) -> String {
        let arguments: FluentArgs<'_> = values.iter().cloned().collect();
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&arguments), &mut errors);
        text.into_owned()
    }
}

/// Reads the files of a folder when compiling.
macro_rules! files_of {
    ($folder:literal) => {
        [
            include_str!(concat!("../i18n/", $folder, "/account.ftl")),
            include_str!(concat!("../i18n/", $folder, "/agent_data.ftl")),
            include_str!(concat!("../i18n/", $folder, "/agent_page.ftl")),
            include_str!(concat!("../i18n/", $folder, "/alert_messages.ftl")),
            include_str!(concat!("../i18n/", $folder, "/figure_form.ftl")),
            include_str!(concat!("../i18n/", $folder, "/alert_rule.ftl")),
            include_str!(concat!("../i18n/", $folder, "/alerts.ftl")),
            include_str!(concat!("../i18n/", $folder, "/announcements.ftl")),
            include_str!(concat!("../i18n/", $folder, "/board_editor.ftl")),
            include_str!(concat!("../i18n/", $folder, "/boards.ftl")),
            include_str!(concat!("../i18n/", $folder, "/call_list.ftl")),
            include_str!(concat!("../i18n/", $folder, "/case_list.ftl")),
            include_str!(concat!("../i18n/", $folder, "/dates.ftl")),
            include_str!(concat!("../i18n/", $folder, "/definitions.ftl")),
            include_str!(concat!("../i18n/", $folder, "/editing.ftl")),
            include_str!(concat!("../i18n/", $folder, "/errors.ftl")),
            include_str!(concat!("../i18n/", $folder, "/figures.ftl")),
            include_str!(concat!("../i18n/", $folder, "/forecast.ftl")),
            include_str!(concat!("../i18n/", $folder, "/form_fields.ftl")),
            include_str!(concat!("../i18n/", $folder, "/found_queues.ftl")),
            include_str!(concat!("../i18n/", $folder, "/frame.ftl")),
            include_str!(concat!("../i18n/", $folder, "/gallery.ftl")),
            include_str!(concat!("../i18n/", $folder, "/history.ftl")),
            include_str!(concat!("../i18n/", $folder, "/history_figures.ftl")),
            include_str!(concat!("../i18n/", $folder, "/history_files.ftl")),
            include_str!(concat!("../i18n/", $folder, "/imports.ftl")),
            include_str!(concat!("../i18n/", $folder, "/metrics.ftl")),
            include_str!(concat!("../i18n/", $folder, "/playlists.ftl")),
            include_str!(concat!("../i18n/", $folder, "/queue_edit.ftl")),
            include_str!(concat!("../i18n/", $folder, "/queue_page.ftl")),
            include_str!(concat!("../i18n/", $folder, "/reports.ftl")),
            include_str!(concat!("../i18n/", $folder, "/rewind.ftl")),
            include_str!(concat!("../i18n/", $folder, "/screens.ftl")),
            include_str!(concat!("../i18n/", $folder, "/server.ftl")),
            include_str!(concat!("../i18n/", $folder, "/set_up.ftl")),
            include_str!(concat!("../i18n/", $folder, "/settings.ftl")),
            include_str!(concat!("../i18n/", $folder, "/shift.ftl")),
            include_str!(concat!("../i18n/", $folder, "/sign_in.ftl")),
            include_str!(concat!("../i18n/", $folder, "/sources.ftl")),
            include_str!(concat!("../i18n/", $folder, "/table_editor.ftl")),
            include_str!(concat!("../i18n/", $folder, "/users.ftl")),
        ]
    };
}

/// The files of a language.
pub(crate) fn files(language: Language) -> [&'static str; 41] {
    match language {
        Language::English => files_of!("en"),
        Language::Swedish => files_of!("sv"),
        Language::German => files_of!("de"),
    }
}

fn new_bundle(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.into_str().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Names are isolated where they need it.
    bundle.set_use_isolating(false);
    for text in files(language) {
        // A file with a fault has the messages around it; a test finds the fault.
        let resource = FluentResource::try_new(text.to_owned());
        let resource = resource.unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Debug for Texts {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Texts").field(&self.tag).finish()
    }
}

/// A sentence that ends with an abbreviation, such as a month's, has one full stop.
fn with_one_full_stop(mut text: String) -> String {
    if text.ends_with("..") && !text.ends_with("...") {
        text.pop();
    }
    text
}

#[cfg(test)]
impl Texts {
    /// Writes a message with Fluent's resolver, and without.
    pub(crate) fn write_both_ways(
        &self,
        key: &str,
        values: &[(&'static str, FluentValue<'_>)],
    ) -> (String, Option<String>) {
        let message = self.bundle.get_message(key).unwrap();
        let pattern = message.value().unwrap();
        let plain = plain_pattern::write_plain_pattern(pattern, values, self.numbers);
        (self.resolve(pattern, values), plain)
    }
}

/// English with accents, 40 % longer and in brackets: what is written without them isn't translated.
#[cfg(any(test, feature = "testing"))]
mod pseudo {
    use std::borrow::Cow;

    use super::{Language, LazyLock, Texts, new_bundle, numbers};

    static PSEUDO: LazyLock<Texts> = LazyLock::new(|| {
        let mut bundle = new_bundle(Language::English);
        bundle.set_transform(Some(distort));
        bundle.set_formatter(Some(|value, _| numbers::ENGLISH.format_argument(value)));
        Texts::new("en-XA", Language::English, bundle)
    });

    impl Texts {
        /// Returns the texts of the pseudo-language.
        pub fn pseudo() -> &'static Self {
            &PSEUDO
        }
    }

    fn distort(text: &str) -> Cow<'_, str> {
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        if letters == 0 {
            return text.into();
        }
        let accented = text.chars().map(|letter| match letter {
            'a' => 'á',
            'e' => 'é',
            'i' => 'î',
            'o' => 'ö',
            'u' => 'ü',
            'n' => 'ñ',
            'A' => 'Å',
            'E' => 'É',
            'N' => 'Ñ',
            'O' => 'Ö',
            other => other,
        });
        let more = "~".repeat(letters * 2 / 5);
        format!("[{}{more}]", accented.collect::<String>()).into()
    }
}
