//! For tests that look for texts past the message files.

use std::collections::BTreeSet;

use fluent_syntax::{ast::Entry, parser};

/// Returns the keys of the messages that forms of vendors and channels name.
pub fn form_keys() -> BTreeSet<String> {
    let file = parser::parse(include_str!("../i18n/en/form_fields.ftl"));
    let file = file.unwrap_or_else(|(file, _)| file);
    let keys = file.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    });
    keys.collect()
}

/// Returns the words outside of the brackets that the pseudo-language puts around all of its own.
pub fn unbracketed_words(text: &str) -> BTreeSet<String> {
    let (mut depth, mut is_entity) = (0, false);
    let outside = text.chars().map(|letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            '&' => is_entity = true,
            ';' => is_entity = false,
            _ => {}
        }
        if depth == 0 && !is_entity {
            letter
        } else {
            ' '
        }
    });
    let outside: String = outside.collect();
    let words = outside.split(|letter: char| !letter.is_alphanumeric());
    let words =
        words.filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1);
    words.map(str::to_owned).collect()
}
