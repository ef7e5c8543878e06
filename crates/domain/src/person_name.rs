//! Names of people, and how much of them readers see. Only this module decides it: everything else
//! holds a [`PersonName`], which exposes no text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Shown instead of a name that must stay hidden.
const ANONYMOUS: &str = "Agent";
const NAMELESS: &str = "Unnamed agent";

/// Longer numbers may be phone or national id numbers.
const ACCOUNT_DIGITS: usize = 7;

/// The part of agents' names that boards show: `[privacy] agent_names`. From most to least.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "kebab-case")]
pub enum NameVisibility {
    Full,
    #[default]
    FirstInitial,
    Initials,
    None,
}

impl NameVisibility {
    /// Whether more than initials are shown, so that logins, which may be names, are too.
    pub fn shows_names(self) -> bool {
        matches!(self, Self::Full | Self::FirstInitial)
    }
}

/// A person's name or, if unnamed, their account's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(NameKind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum NameKind {
    Name(Arc<str>),
    Id(Arc<str>),
    Unknown,
}

impl PersonName {
    pub fn from_name(name: &str) -> Self {
        match name.trim() {
            "" => Self::unknown(),
            name => Self(NameKind::Name(name.into())),
        }
    }

    /// Exports use people's names as ids: an id of several words is a name.
    pub fn from_id(id: &str) -> Self {
        let id = id.trim();
        if id.contains(char::is_whitespace) {
            return Self::from_name(id);
        }
        Self(NameKind::Id(id.into()))
    }

    pub fn unknown() -> Self {
        Self(NameKind::Unknown)
    }

    /// Returns the name shortened as `names` requires.
    pub fn shorten_for(&self, visibility: NameVisibility) -> String {
        let shortened = match (visibility, &self.0) {
            (NameVisibility::None, _) => ANONYMOUS.to_owned(),
            (_, NameKind::Unknown) => NAMELESS.to_owned(),
            (NameVisibility::Full, NameKind::Name(text) | NameKind::Id(text)) => text.to_string(),
            (_, NameKind::Id(id)) if is_account_number(id) => id.to_string(),
            // An account id doesn't show where the first name ends.
            (_, NameKind::Id(id)) => handle_initials(id),
            (NameVisibility::FirstInitial, NameKind::Name(name)) => format_first_initial(name),
            (NameVisibility::Initials, NameKind::Name(name)) => format_initials(name),
        };
        if shortened.is_empty() {
            ANONYMOUS.to_owned()
        } else {
            shortened
        }
    }
}

/// "Anna Karlsson" and "Karlsson, Anna" → "Anna K.", "Anna" → "Anna", "Agent 12" → "Agent 12".
fn format_first_initial(name: &str) -> String {
    let words = split_words(name);
    match &words[..] {
        [only] if is_first_name(only) => (*only).to_owned(),
        [first, number] if is_word(first) && is_account_number(number) => {
            format!("{first} {number}")
        }
        [first, .., last] if is_word(first) => match first_letter(last) {
            Some(initial) => format!("{first} {initial}."),
            None => (*first).to_owned(),
        },
        _ => format_initials(name),
    }
}

/// "Anna Karlsson" and "Karlsson, Anna" → "AK".
fn format_initials(name: &str) -> String {
    match &split_words(name)[..] {
        [first, .., last] if !first.contains('@') => first_letter(first)
            .into_iter()
            .chain(first_letter(last))
            .collect(),
        _ => handle_initials(name),
    }
}

/// "anna.karlsson@example.com" → "AK".
fn handle_initials(handle: &str) -> String {
    let account = handle.split('@').find(|part| !part.is_empty());
    let words = account.unwrap_or_default();
    let mut words = words
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next().filter(|c| c.is_alphabetic()));
    let (first, last) = (words.next(), words.next_back());
    let initials = first.into_iter().chain(last);
    initials.flat_map(char::to_uppercase).collect()
}

/// Splits a name into words, first name first.
fn split_words(name: &str) -> Vec<&str> {
    let (last, first) = match name.split_once(',') {
        Some((last, first)) => (last, first),
        None => ("", name),
    };
    let words = first.split_whitespace().chain(last.split_whitespace());
    words.collect()
}

fn first_letter(word: &str) -> Option<char> {
    word.chars().find(|c| c.is_alphanumeric())
}

/// Whether the first of several words is a name, not an address or an account.
fn is_word(word: &str) -> bool {
    word.chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
}

/// Whether a single word is a first name: "Anna", "Anna-Lena". Accounts (`akarlsson`,
/// `AnnaKarlsson`) and scripts that write names without a space may contain more.
fn is_first_name(word: &str) -> bool {
    let mut parts = word.split(['-', '\'', '’']);
    parts.all(|part| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
    })
}

fn is_account_number(id: &str) -> bool {
    (1..=ACCOUNT_DIGITS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorten_all_ways(name: &PersonName) -> [String; 4] {
        use NameVisibility::{FirstInitial, Full, Initials, None};
        [Full, FirstInitial, Initials, None].map(|visibility| name.shorten_for(visibility))
    }

    #[test]
    fn names_are_shortened_as_configured() {
        for (name, first_initial, initials) in [
            ("Anna Karlsson", "Anna K.", "AK"),
            ("Karlsson, Anna", "Anna K.", "AK"),
            ("Ludwig van Beethoven", "Ludwig B.", "LB"),
            ("Anna Karlsson (Support)", "Anna S.", "AS"),
            ("Émile Zola", "Émile Z.", "ÉZ"),
            ("Anna-Lena", "Anna-Lena", "AL"),
            ("Anna", "Anna", "A"),
            ("Agent 12", "Agent 12", "A1"),
            ("王伟", "王", "王"),
            ("AnnaKarlsson", "A", "A"),
            ("akarlsson", "A", "A"),
            ("anna.karlsson", "AK", "AK"),
            ("anna.karlsson@example.com", "AK", "AK"),
            ("anna.karlsson@example.com (Support)", "AK", "AK"),
            ("🙂", "Agent", "Agent"),
        ] {
            let expected = [name, first_initial, initials, "Agent"];
            assert_eq!(shorten_all_ways(&PersonName::from_name(name)), expected);
        }
    }

    #[test]
    fn spaces_around_names_and_ids_are_not_shown() {
        let full = |name: PersonName| name.shorten_for(NameVisibility::Full);

        assert_eq!(
            full(PersonName::from_name("  Anna Karlsson ")),
            "Anna Karlsson"
        );
        assert_eq!(
            full(PersonName::from_id("  Anna Karlsson")),
            "Anna Karlsson"
        );
        assert_eq!(full(PersonName::from_id("  akarlsson ")), "akarlsson");
    }

    #[test]
    fn ids_show_at_most_initials_and_short_numbers() {
        for (id, shown) in [
            ("anna.karlsson@example.com", "AK"),
            ("AnnaKarlsson", "A"),
            ("anna_m_karlsson", "AK"),
            ("Anna", "A"),
            ("agent-17", "A"),
            ("7001", "7001"),
            ("0701234567", "Agent"),
            ("19800101-1234", "Agent"),
            ("@", "Agent"),
        ] {
            assert_eq!(
                shorten_all_ways(&PersonName::from_id(id)),
                [id, shown, shown, "Agent"]
            );
        }
        let several_words = PersonName::from_id("Anna Karlsson");
        assert_eq!(several_words, PersonName::from_name("Anna Karlsson"));
        let nameless = shorten_all_ways(&PersonName::from_name(" "));
        assert_eq!(nameless, [NAMELESS, NAMELESS, NAMELESS, ANONYMOUS]);
    }
}
