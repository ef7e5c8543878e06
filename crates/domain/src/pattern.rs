//! Patterns on ids: `*` matches any run of characters, everything else matches itself. A literal
//! wins, then the longest literal prefix, then file order.

use serde::{Deserialize, Serialize};

use super::Id;

/// One pattern, such as `chat/*` or `chat/3f2b…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern(pub String);

impl Pattern {
    pub fn matches(&self, id: &str) -> bool {
        // Most patterns differ from an id within a few characters.
        let bytes = self.0.bytes().zip(id.bytes());
        let shared = bytes
            .take_while(|(pattern, id)| pattern == id && *pattern != b'*')
            .count();
        if self.0.as_bytes().get(shared) != Some(&b'*') {
            return shared == self.0.len() && shared == id.len();
        }
        let (others, mut rest) = (&self.0[shared + 1..], &id[shared..]);
        let (middle, last) = others.rsplit_once('*').unwrap_or(("", others));

        for part in middle.split('*') {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.len() >= last.len() && rest.ends_with(last)
    }

    pub fn is_literal(&self) -> bool {
        !self.0.contains('*')
    }

    /// Sort key by specificity: literals first, then the length of the literal prefix.
    fn specificity_rank(&self) -> (bool, usize) {
        let prefix = self.0.find('*').unwrap_or(self.0.len());
        (self.is_literal(), prefix)
    }
}

/// Whether one of these patterns matches. Writes the ID only if there are any.
pub(super) fn matches_any(patterns: &[Pattern], id: &Id) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let id = id.to_string();
    patterns.iter().any(|pattern| pattern.matches(&id))
}

/// The pattern that matches every id.
const ANY: &str = "*";

/// Values by pattern, in file order; the most specific match wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patterns<T>(pub Vec<(Pattern, T)>);

impl<T> Default for Patterns<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Patterns<T> {
    /// Puts values in the place of those with the same pattern, and adds the others.
    pub fn replace_all(&mut self, new: Self) {
        (self.0).retain(|(pattern, _)| new.0.iter().all(|(other, _)| other != pattern));
        self.0.extend(new.0);
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        let matching = self.0.iter().filter(|(p, _)| p.matches(id));
        // The first of equals in file order.
        let best = matching.min_by_key(|(p, _)| std::cmp::Reverse(p.specificity_rank()));
        best.map(|(_, value)| value)
    }

    /// Returns the value for an id that a pattern other than the one for all matches.
    pub fn get_named(&self, id: &str) -> Option<&T> {
        let mut patterns = self.0.iter();
        let is_named = patterns.any(|(pattern, _)| pattern.0 != ANY && pattern.matches(id));
        is_named.then(|| self.get(id)).flatten()
    }

    /// Returns every match, the most specific first.
    pub fn matching_values(&self, id: &str) -> impl Iterator<Item = &T> {
        let mut found: Vec<_> = self.0.iter().filter(|(p, _)| p.matches(id)).collect();
        // A stable sort retains file order among equals.
        found.sort_by_key(|(p, _)| std::cmp::Reverse(p.specificity_rank()));
        found.into_iter().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, id: &str, expected: bool) {
        assert_eq!(
            Pattern(pattern.into()).matches(id),
            expected,
            "{pattern} {id}"
        );
    }

    #[test]
    fn star_matches_any_run_of_characters() {
        check("*", "chat/1", true);
        check("chat/*", "chat/1", true);
        check("chat/*", "voice/1", false);
        check("chat/1", "chat/1", true);
        check("chat/1", "chat/12", false);
        check("*-test", "chat/a-test", true);
        check("c*t/*1*", "chat/314", true);
        check("a*a", "a", false);
        check("a**b*c", "axbxc", true);
        check("a*b*c", "acb", false);
        check("chat", "chat/1", false);
        check("chat/1", "chat", false);
        check("chat*", "chat", true);
        check("å*", "ä1", false);
        check("å*ö", "åäö", true);
        check("åäö", "åäo", false);
    }

    #[test]
    fn most_specific_pattern_wins() {
        let patterns = Patterns(
            ["*", "chat/*", "chat/1", "chat/1*"]
                .map(|p| (Pattern(p.into()), p))
                .to_vec(),
        );

        assert_eq!(patterns.get("chat/1"), Some(&"chat/1"));
        assert_eq!(patterns.get("chat/12"), Some(&"chat/1*"));
        assert_eq!(patterns.get("chat/2"), Some(&"chat/*"));
        assert_eq!(patterns.get("voice/1"), Some(&"*"));
        for id in ["chat/1", "chat/12", "chat/2", "voice/1"] {
            assert_eq!(patterns.get(id), patterns.matching_values(id).next());
        }
        let equals = Patterns(["*1", "*2", "*1"].map(|p| (Pattern(p.into()), p)).to_vec());
        assert!(std::ptr::eq(
            equals.get("1").unwrap(),
            &raw const equals.0[0].1
        ));
    }
}
