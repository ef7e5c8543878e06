//! A text that the site gives in one or several languages.

use serde::{Deserialize, Serialize};

use super::Language;

/// A text in at least one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalizedText(Vec<(Language, String)>);

impl LocalizedText {
    /// The same text in every language.
    pub fn of_all(text: impl Into<String>) -> Self {
        Self(vec![(Language::English, text.into())])
    }

    pub fn new(texts: Vec<(Language, String)>) -> Self {
        Self(texts)
    }

    /// Returns the text in a language, else in English, else in the first; empty only if there is none.
    pub fn get(&self, language: Language) -> &str {
        let find = |wanted| {
            let found = self.0.iter().find(|(language, _)| *language == wanted);
            found.map(|(_, text)| text.as_str())
        };
        let first = || self.0.first().map(|(_, text)| text.as_str());
        find(language)
            .or_else(|| find(Language::English))
            .or_else(first)
            .unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_without_a_text_has_the_english_one_or_the_first() {
        let both = LocalizedText::new(vec![
            (Language::Swedish, "Ordrar".to_owned()),
            (Language::English, "Orders".to_owned()),
        ]);
        let texts = [Language::Swedish, Language::German].map(|language| both.get(language));
        assert_eq!(texts, ["Ordrar", "Orders"]);
        let swedish = LocalizedText::new(vec![(Language::Swedish, "Ordrar".to_owned())]);
        assert_eq!(swedish.get(Language::German), "Ordrar");
        assert_eq!(LocalizedText::default().get(Language::German), "");
    }
}
