//! Lines about what was refused: some in the reader's language, others in English.

use std::fmt::{Display, Formatter};

use wallboard_texts::Texts;

/// A line about what was refused, and its language: faults are in English, as the command writes them.
#[derive(Clone, Debug)]
pub(in crate::web) struct RefusalLine {
    pub(in crate::web) text: String,
    pub(in crate::web) tag: &'static str,
}

impl RefusalLine {
    pub(in crate::web) fn english(text: impl Into<String>) -> Self {
        Self::new(Texts::english(), text)
    }

    pub(in crate::web) fn new(texts: &Texts, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tag: texts.tag(),
        }
    }
}

impl Display for RefusalLine {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
