//! Attributes a response's errors to statistics. An error names its statistic by our id, in
//! fields of its own, or in words, and some name none. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    genesys::{
        envelope::{find_fault, find_statistic_id},
        statistic_registry::StatisticIndex,
    },
    statserver::Statistic,
};

/// The most reasons in one sentence.
const REASONS_MAX: usize = 3;

/// A statistic of the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchMember<'a> {
    pub(super) index: StatisticIndex,
    /// Our id for it; meaningless when polling.
    pub(super) statistic_id: Uuid,
    pub(super) statistic: &'a Statistic,
}

/// The clarity with which an error names a statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MatchStrength {
    Partly,
    Fully,
}

/// Returns the reasons why statistics in `missing` have no value.
pub(super) fn attribute_errors(
    errors: &[Value],
    members: &[BatchMember<'_>],
    missing: &BTreeSet<StatisticIndex>,
) -> BTreeMap<StatisticIndex, String> {
    let errors = errors.iter().map(|error| {
        let why = find_fault(error).unwrap_or_else(|| "no reason given".to_owned());
        (error, why)
    });
    let mut errors: Vec<(&Value, String)> = errors.collect();
    let mut reasons = BTreeMap::new();
    // An error that fully names one statistic doesn't apply to others with a part of its name.
    for strength in [MatchStrength::Fully, MatchStrength::Partly] {
        errors.retain(|(error, why)| {
            let is_match =
                |member: &&BatchMember<'_>| match_member(error, why, member) == Some(strength);
            let mut is_claimed = false;
            for member in members.iter().filter(is_match) {
                is_claimed = true;
                if missing.contains(&member.index) {
                    reasons.entry(member.index).or_insert_with(|| why.clone());
                }
            }
            !is_claimed
        });
    }
    if let Some(why) = unattributed_reason(errors) {
        for index in missing {
            reasons.entry(*index).or_insert_with(|| why.clone());
        }
    }
    reasons
}

/// The reason for statistics to which no error is attributed.
fn unattributed_reason(errors: Vec<(&Value, String)>) -> Option<String> {
    let mut reasons: Vec<String> = errors.into_iter().map(|(_, why)| why).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.len() < 2 {
        return reasons.pop();
    }
    reasons.truncate(REASONS_MAX);
    let reasons = reasons.join("; ");
    Some(format!(
        "Genesys doesn't report which reason belongs to which statistic: {reasons}"
    ))
}

fn match_member(error: &Value, why: &str, member: &BatchMember<'_>) -> Option<MatchStrength> {
    if let Some(id) = find_statistic_id(error) {
        return (id == member.statistic_id).then_some(MatchStrength::Fully);
    }
    let Statistic { name, object, .. } = member.statistic;
    let field_matches = |key: &str, expected: &str| match find_text(error, key) {
        Some(found) => Some(found == expected),
        None => mentions_name(why, expected).then_some(true),
    };
    match (
        field_matches("name", name),
        field_matches("objectId", object),
    ) {
        (Some(false), _) | (_, Some(false)) | (None, None) => None,
        (Some(true), Some(true)) => Some(MatchStrength::Fully),
        _ => Some(MatchStrength::Partly),
    }
}

/// Finds a text under this key, anywhere in an error.
fn find_text<'a>(error: &'a Value, key: &str) -> Option<&'a str> {
    match error {
        Value::Array(inner) => inner.iter().find_map(|error| find_text(error, key)),
        Value::Object(inner) => {
            let text = inner.get(key).and_then(Value::as_str);
            text.or_else(|| inner.values().find_map(|error| find_text(error, key)))
        }
        _ => None,
    }
}

/// Whether a text contains a name that isn't part of a longer one.
fn mentions_name(words: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || "_@-+".contains(letter);
    words.match_indices(name).any(|(at, _)| {
        let before = words[..at].chars().next_back();
        let after = words[at + name.len()..].chars().next();
        ![before, after].into_iter().flatten().any(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_longer_name_is_not_a_mention() {
        let words = "Statistic 'TotalAnsweredAG' of '11@switch' not found: Süd-1.";

        for (name, expected) in [
            ("11@switch", true),
            ("1@switch", false),
            ("switch", false),
            ("TotalAnswered", false),
            ("TotalAnsweredAG", true),
            ("Süd-1", true),
            ("Süd", false),
        ] {
            assert_eq!(mentions_name(words, name), expected, "{name}");
        }
    }
}
